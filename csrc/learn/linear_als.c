/*
 * linear_als.c - alternating least squares for implicit feedback: a system of equations for each row,
 * solved by Cholesky by one thread, with a BLAS that keeps to that thread.
 */
#include <cblas.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "kernel/elementary.h"
#include "learn/gemm.h"
#include "learn/linear_parts.h"
#include "steelyard/networks.h"

/* Rows that are gathered for one product. */
#define GATHERED 64

typedef struct als {
  const sy_sparse *x;
  const sy_als_options *options;
  sy_dtype dtype;
  size_t size;        /* of a number */
  const char *others; /* factors of columns */
  const void *gram;   /* unobserved * others' others, the lower triangle by columns */
  char *scratch;      /* of all threads */
  char *own;          /* factors of rows */
  int64_t bad;        /* the first row that has no solution */
} als;

/* One thread's: the system, its right-hand side, gathered rows. */
static size_t scratch_numbers(size_t d) { return d * d + d + GATHERED * d; }

static void symmetric(const als *a, int add, size_t rows, const void *from, double factor,
                      void *to) {
  const int d = (int)a->options->factors, k = (int)rows;
  if (a->dtype == SY_F32)
    cblas_ssyrk(CblasColMajor, CblasLower, CblasNoTrans, d, k, (float)factor, from, d,
                add ? 1.0F : 0.0F, to, d);
  else
    cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, d, k, factor, from, d, add ? 1.0 : 0.0, to,
                d);
}

/* l2 times how often, in the sense of the loss, a row is seen. */
static double penalty(const sy_als_options *o, double observed, double others) {
  double count = observed + o->unobserved * others;
  if (o->exponent == 1.0) return o->l2 * count;
  if (o->exponent == 0.0 || count == 0.0) return o->l2;
  return o->l2 * sy_exp(o->exponent * sy_ln(count));
}

/* Add what entries at .. at + n observe: weight times (h h', h). */
static void gather(const als *a, int64_t at, size_t n, char *rows, char *right) {
  const size_t d = a->options->factors;
  for (size_t i = 0; i < n; i++) {
    size_t id = (size_t)(a->x->ids[at + (int64_t)i] - a->x->base);
    double weight = a->x->values ? (double)a->x->values[at + (int64_t)i] : 1.0;
    double root = sqrt(weight);
    if (a->dtype == SY_F32) {
      const float *h = (const float *)(const void *)a->others + id * d;
      float *to = (float *)(void *)rows + i * d, *b = (float *)(void *)right;
      for (size_t f = 0; f < d; f++) to[f] = (float)root * h[f];
      for (size_t f = 0; f < d; f++) b[f] += (float)weight * h[f];
    } else {
      const double *h = (const double *)(const void *)a->others + id * d;
      double *to = (double *)(void *)rows + i * d, *b = (double *)(void *)right;
      for (size_t f = 0; f < d; f++) to[f] = root * h[f];
      for (size_t f = 0; f < d; f++) b[f] += weight * h[f];
    }
  }
}

static void add_diagonal(const als *a, double value, void *system) {
  const size_t d = a->options->factors;
  for (size_t f = 0; f < d; f++) {
    if (a->dtype == SY_F32) ((float *)system)[f * d + f] += (float)value;
    else ((double *)system)[f * d + f] += value;
  }
}

/* 0, or that the system is not positive definite. */
static int solve_row(const als *a, size_t row, char *scratch, char *out) {
  const size_t d = a->options->factors;
  const int64_t first = a->x->offsets[row], last = a->x->offsets[row + 1];
  char *right = scratch + d * d * a->size, *rows = right + d * a->size;
  if (first == last) {
    memset(out, 0, d * a->size);
    return 0;
  }
  memcpy(scratch, a->gram, d * d * a->size);
  memset(right, 0, d * a->size);
  for (int64_t at = first; at < last; at += GATHERED) {
    size_t n = (size_t)(last - at < GATHERED ? last - at : GATHERED);
    gather(a, at, n, rows, right);
    symmetric(a, 1, n, rows, 1.0, scratch);
  }
  add_diagonal(a, penalty(a->options, (double)(last - first), (double)a->x->columns), scratch);
  if (sy_lapack_factor(a->dtype, d, scratch) != 0) return 1;
  sy_lapack_solve(a->dtype, d, scratch, right);
  memcpy(out, right, d * a->size);
  return 0;
}

static sy_status check(const sy_sparse *x, const sy_als_options *o, sy_dtype dtype,
                       sy_error *error) {
  if (dtype != SY_F32 && dtype != SY_F64)
    return sy_fail(error, SY_E_ARGUMENT, "als: dtype: f32 or f64 is needed");
  if (o->factors < 1 || o->factors > SY_ALS_FACTORS_MAX)
    return sy_fail(error, SY_E_ARGUMENT, "als: factors: 1 to %d are possible, not %zu",
                   SY_ALS_FACTORS_MAX, o->factors);
  if (!(o->l2 > 0.0) || !isfinite(o->l2))
    return sy_fail(error, SY_E_ARGUMENT, "als: l2: a number above 0 is needed, got %g", o->l2);
  if (!(o->unobserved >= 0.0) || !isfinite(o->unobserved))
    return sy_fail(error, SY_E_ARGUMENT, "als: unobserved: a number from 0 up is needed, got %g",
                   o->unobserved);
  if (!(o->exponent >= 0.0 && o->exponent <= 10.0))
    return sy_fail(error, SY_E_ARGUMENT, "als: exponent: 0 to 10 is possible, not %g", o->exponent);
  for (int64_t e = 0; x->values && e < x->offsets[x->rows]; e++)
    if (!(x->values[e] >= 0.0F) || !isfinite(x->values[e]))
      return sy_fail(error, SY_E_NUMBER, "als: the weight of entry %lld is %g: from 0 up is needed",
                     (long long)e + 1, (double)x->values[e]);
  return sy_lapack_need("als", error);
}

static void solve_job(void *context, int thread, size_t row) {
  als *a = context;
  const size_t d = a->options->factors, each = scratch_numbers(d) * a->size;
  if (solve_row(a, row, a->scratch + (size_t)thread * each, a->own + row * d * a->size))
    sy_note_least(&a->bad, (int64_t)row);
}

sy_status sy_als_solve(const sy_sparse *x, sy_dtype dtype, const void *others,
                       const sy_als_options *options, const sy_memory *memory, void *own,
                       sy_error *error) {
  sy_status status = check(x, options, dtype, error);
  if (status != SY_OK) return status;
  const int threads = options->threads < 1 ? 1 : options->threads;
  const size_t d = options->factors, size = sy_dtype_size(dtype);
  const size_t bytes = (d * d + (size_t)threads * scratch_numbers(d)) * size;
  char *block = sy_allocate(memory, bytes);
  if (!block) return sy_fail_memory(error);
  als a = {x, options, dtype, size, others, block, block + d * d * size, own, INT64_MAX};
  sy_blas_threads(1);
  memset(block, 0, d * d * size);
  if (x->columns) symmetric(&a, 0, x->columns, others, options->unobserved, block);
  sy_share(x->rows, 16, threads, solve_job, &a);
  sy_blas_threads(threads);
  sy_release(memory, block, bytes);
  if (a.bad == INT64_MAX) return SY_OK;
  return sy_fail(
      error, SY_E_NUMBER,
      "als: row %lld: its system of equations is not positive definite in %s: a larger l2 "
      "is needed",
      (long long)a.bad + 1, dtype == SY_F32 ? "f32" : "f64");
}

void sy_als_scores(const float *rows, size_t n, const float *columns, size_t m, size_t factors,
                   float *scores) {
  sy_matrix x = {(void *)(uintptr_t)rows, factors}, w = {(void *)(uintptr_t)columns, factors};
  sy_gemm_forward(SY_F32, 1, n, m, factors, x, w, NULL, (sy_matrix){scores, m});
}

/* ---------------------------------------------------------------- the loss ------------------- */

static double factor_at(const void *factors, sy_dtype dtype, size_t at) {
  return dtype == SY_F32 ? (double)((const float *)factors)[at] : ((const double *)factors)[at];
}

static double inner(const void *a, size_t i, const void *b, size_t j, sy_dtype dtype, size_t d) {
  double sum = 0;
  for (size_t f = 0; f < d; f++)
    sum += factor_at(a, dtype, i * d + f) * factor_at(b, dtype, j * d + f);
  return sum;
}

/* The Gram matrix of n rows of factors, all of it. */
static void gram_of(const void *factors, size_t n, sy_dtype dtype, size_t d, double *gram) {
  memset(gram, 0, d * d * sizeof *gram);
  for (size_t i = 0; i < n; i++)
    for (size_t f = 0; f < d; f++) {
      const double own = factor_at(factors, dtype, i * d + f);
      for (size_t g = 0; g < d; g++) gram[f * d + g] += own * factor_at(factors, dtype, i * d + g);
    }
}

sy_status sy_als_loss(const sy_sparse *x, sy_dtype dtype, const void *rows, const void *columns,
                      const sy_als_options *options, const sy_memory *memory, double *loss,
                      sy_error *error) {
  sy_status status = check(x, options, dtype, error);
  const size_t d = options->factors, bytes = (2 * d * d + x->columns) * sizeof(double);
  double sum = 0, *grams, *counts;
  if (status != SY_OK) return status;
  grams = sy_allocate(memory, bytes);
  if (!grams) return sy_fail_memory(error);
  counts = grams + 2 * d * d;
  for (size_t j = 0; j < x->columns; j++) counts[j] = 0;
  for (size_t r = 0; r < x->rows; r++) {
    double own = (double)(x->offsets[r + 1] - x->offsets[r]);
    for (int64_t e = x->offsets[r]; e < x->offsets[r + 1]; e++) {
      size_t id = (size_t)(x->ids[e] - x->base);
      double miss = 1.0 - inner(rows, r, columns, id, dtype, d);
      sum += (x->values ? (double)x->values[e] : 1.0) * miss * miss;
      counts[id] += 1;
    }
    sum += penalty(options, own, (double)x->columns) * inner(rows, r, rows, r, dtype, d);
  }
  for (size_t j = 0; j < x->columns; j++)
    sum += penalty(options, counts[j], (double)x->rows) * inner(columns, j, columns, j, dtype, d);
  gram_of(rows, x->rows, dtype, d, grams);
  gram_of(columns, x->columns, dtype, d, grams + d * d);
  for (size_t i = 0; i < d * d; i++) sum += options->unobserved * grams[i] * grams[d * d + i];
  sy_release(memory, grams, bytes);
  *loss = sum;
  return SY_OK;
}
