/*
 * linear_ease.c - EASE: the Gram matrix, its Cholesky factor and its inverse, in place, in one
 * triangle of doubles or in the f32 matrix of weights itself.
 */
#include <math.h>
#include <stdint.h>

#include "learn/linear_parts.h"

/* Columns of the inverse that are spread over the weights together. */
#define BAND 16

size_t sy_ease_scratch(size_t columns, sy_dtype dtype) {
  if (dtype != SY_F64) return 0;
  return (columns % 2 ? columns * ((columns + 1) / 2) : columns / 2 * (columns + 1)) *
         sizeof(double);
}

typedef struct ease {
  sy_packing packing;
  double l2;
  double *packed; /* SY_F64 */
  float *weights;
  double *diagonal; /* of the inverse */
} ease;

/* ---------------------------------------------------------------- the Gram matrix ------------ */

static void keep_packed(void *context, size_t c, size_t first, size_t last, const double *sums) {
  const ease *e = context;
  /* In both halves what is given stands side by side. */
  double *to = e->packed + (c < e->packing.half ? sy_packed(&e->packing, first, c)
                                                : sy_packed(&e->packing, c, first));
  for (size_t i = first; i <= last; i++) to[i - first] = sums[i];
  to[c - first] += e->l2;
}

static void keep_f32(void *context, size_t c, size_t first, size_t last, const double *sums) {
  const ease *e = context;
  float *to = e->weights + c * e->packing.n;
  for (size_t i = first; i <= last; i++) to[i] = (float)sums[i];
  to[c] = (float)(sums[c] + e->l2);
}

/* ---------------------------------------------------------------- the weights ---------------- */

static void spread_packed(const ease *e, size_t from, size_t to) {
  const size_t n = e->packing.n;
  for (size_t i = from; i < n; i++) {
    const double own = e->diagonal[i];
    size_t end = i < to ? i : to;
    for (size_t c = from; c < end; c++) {
      double p = e->packed[sy_packed(&e->packing, i, c)];
      e->weights[i * n + c] = (float)(-p / e->diagonal[c]);
      e->weights[c * n + i] = (float)(-p / own);
    }
    if (i < to) e->weights[i * n + i] = 0.0F;
  }
}

/* The inverse is in the columns below the diagonal, which C sees as rows right of it. */
static void spread_f32(const ease *e, size_t from, size_t to) {
  const size_t n = e->packing.n;
  for (size_t i = from; i < n; i++) {
    const double own = e->diagonal[i];
    size_t end = i < to ? i : to;
    for (size_t c = from; c < end; c++) {
      double p = (double)e->weights[c * n + i];
      e->weights[i * n + c] = (float)(-p / e->diagonal[c]);
      e->weights[c * n + i] = (float)(-p / own);
    }
    if (i < to) e->weights[i * n + i] = 0.0F;
  }
}

static void spread_band(void *context, int thread, size_t band) {
  const ease *e = context;
  size_t from = band * BAND, to = e->packing.n - from < BAND ? e->packing.n : from + BAND;
  (void)thread;
  if (e->packed) spread_packed(e, from, to);
  else spread_f32(e, from, to);
}

static void spread(ease *e, int threads) {
  const size_t n = e->packing.n;
  for (size_t i = 0; i < n; i++)
    e->diagonal[i] =
        e->packed ? e->packed[sy_packed(&e->packing, i, i)] : (double)e->weights[i * n + i];
  sy_share((n + BAND - 1) / BAND, 1, threads, spread_band, e);
}

/* ---------------------------------------------------------------- all of it ------------------ */

static sy_status invert(const ease *e, sy_error *error) {
  const size_t n = e->packing.n;
  int info =
      e->packed ? sy_lapack_factor_packed(n, e->packed) : sy_lapack_factor(SY_F32, n, e->weights);
  if (info == 0)
    info = e->packed ? sy_lapack_inverse_packed(n, e->packed) : sy_lapack_inverse(n, e->weights);
  if (info == 0) return SY_OK;
  return sy_fail(
      error, SY_E_NUMBER,
      "ease: X'X + l2 I is not positive definite in %s from item %d on: a larger l2%s is "
      "needed",
      e->packed ? "f64" : "f32", info, e->packed ? "" : ", or f64,");
}

sy_status sy_ease(const sy_sparse *x, double l2, sy_dtype dtype, int threads,
                  const sy_memory *memory, void *scratch, float *weights, sy_error *error) {
  const size_t n = x->columns;
  ease e = {sy_packing_of(n), l2, dtype == SY_F64 ? scratch : NULL, weights, NULL};
  if (!(l2 > 0.0) || !isfinite(l2))
    return sy_fail(error, SY_E_ARGUMENT, "ease: l2: a number above 0 is needed, got %g", l2);
  if (dtype != SY_F32 && dtype != SY_F64)
    return sy_fail(error, SY_E_ARGUMENT, "ease: dtype: f32 or f64 is needed");
  sy_status status = sy_lapack_need("ease", error);
  if (status != SY_OK) return status;
  if (threads < 1) threads = 1;
  if (e.packed)
    status = sy_gram_columns(x, e.packing.half, threads, memory, keep_packed, &e, error);
  else status = sy_gram_columns(x, n, threads, memory, keep_f32, &e, error);
  if (status == SY_OK) status = invert(&e, error);
  if (status != SY_OK) return status;
  e.diagonal = sy_allocate(memory, n * sizeof(double));
  if (!e.diagonal) return sy_fail_memory(error);
  spread(&e, threads);
  sy_release(memory, e.diagonal, n * sizeof(double));
  return SY_OK;
}
