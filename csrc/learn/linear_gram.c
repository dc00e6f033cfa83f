/*
 * linear_gram.c - Gram matrices of sparse rows, column by column: each column is summed by one thread,
 * over the rows in their order, in scratch that stays in the cache.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "learn/linear_parts.h"

/* Which entries a column has: the row, and where in it. */
typedef struct place {
  int32_t row, at;
} place;

typedef struct columns {
  size_t *starts; /* of each column's places, one more than there are columns */
  place *places;
} columns;

static void list_places(const sy_sparse *x, columns *out) {
  size_t *starts = out->starts;
  const size_t n = x->columns;
  memset(starts, 0, (n + 1) * sizeof *starts);
  for (int64_t e = 0; e < x->offsets[x->rows]; e++) starts[x->ids[e] - x->base + 1]++;
  for (size_t c = 0; c < n; c++) starts[c + 1] += starts[c];
  for (size_t r = 0; r < x->rows; r++)
    for (int64_t e = x->offsets[r]; e < x->offsets[r + 1]; e++)
      out->places[starts[x->ids[e] - x->base]++] =
          (place){(int32_t)r, (int32_t)(e - x->offsets[r])};
  for (size_t c = n; c > 0; c--) starts[c] = starts[c - 1]; /* each was moved to its end */
  starts[0] = 0;
}

/* Entries first .. last of X, times a factor. */
static void add_run(const sy_sparse *x, int64_t first, int64_t last, double *sums) {
  const int32_t *ids = x->ids;
  double *from = sums - x->base;
  for (int64_t e = first; e < last; e++) from[ids[e]] += 1.0;
}

static void add_weighted(const sy_sparse *x, int64_t first, int64_t last, double factor,
                         double *sums) {
  double *from = sums - x->base;
  for (int64_t e = first; e < last; e++) from[x->ids[e]] += factor * (double)x->values[e];
}

static void sum_column(const sy_sparse *x, const columns *by, size_t c, size_t half, double *sums) {
  const size_t first = c < half ? c : half, last = c < half ? x->columns : c + 1;
  memset(sums + first, 0, (last - first) * sizeof *sums);
  for (size_t p = by->starts[c]; p < by->starts[c + 1]; p++) {
    const int64_t row = x->offsets[by->places[p].row], at = row + by->places[p].at;
    int64_t from = at, to = x->offsets[by->places[p].row + 1];
    if (c >= half) {
      to = at + 1;
      while (from > row && (size_t)(x->ids[from - 1] - x->base) >= half) from--;
    }
    if (x->values) add_weighted(x, from, to, (double)x->values[at], sums);
    else add_run(x, from, to, sums);
  }
}

typedef struct summing {
  const sy_sparse *x;
  const columns *by;
  size_t half;
  double *sums; /* as many a thread as there are columns */
  sy_gram_column column;
  void *context;
} summing;

static void do_column(void *context, int thread, size_t c) {
  const summing *s = context;
  double *own = s->sums + (size_t)thread * s->x->columns;
  sum_column(s->x, s->by, c, s->half, own);
  s->column(s->context, c, c < s->half ? c : s->half, c < s->half ? s->x->columns - 1 : c, own);
}

sy_status sy_gram_columns(const sy_sparse *x, size_t half, int threads, const sy_memory *memory,
                          sy_gram_column column, void *context, sy_error *error) {
  const size_t n = x->columns, entries = (size_t)x->offsets[x->rows];
  if (x->rows > INT32_MAX || n > INT32_MAX)
    return sy_fail(error, SY_E_LIMIT, "at most 2147483647 rows and columns");
  for (size_t e = 0; x->values && e < entries; e++)
    if (!isfinite(x->values[e]))
      return sy_fail(error, SY_E_NUMBER, "the weight of entry %zu is %g", e + 1,
                     (double)x->values[e]);
  if (threads < 1) threads = 1;
  const size_t starts_bytes = (n + 1) * sizeof(size_t), places_bytes = entries * sizeof(place);
  const size_t sums_bytes = (size_t)threads * n * sizeof(double);
  columns by = {sy_allocate(memory, starts_bytes), sy_allocate(memory, places_bytes)};
  double *sums = sy_allocate(memory, sums_bytes);
  const int whole = by.starts && by.places && sums;
  sy_status status = whole ? SY_OK : sy_fail_memory(error);
  if (whole) {
    list_places(x, &by);
    summing s = {x, &by, half, sums, column, context};
    sy_share(n, 8, threads, do_column, &s);
  }
  sy_release(memory, sums, sums_bytes);
  sy_release(memory, by.places, places_bytes);
  sy_release(memory, by.starts, starts_bytes);
  return status;
}

/* ---------------------------------------------------------------- the whole matrix ----------- */

typedef struct whole {
  size_t n;
  void *gram;
  sy_dtype dtype;
} whole;

static void keep_both(void *context, size_t c, size_t first, size_t last, const double *sums) {
  const whole *w = context;
  float *f32 = w->gram;
  double *f64 = w->gram;
  for (size_t i = first; i <= last; i++) {
    if (w->dtype == SY_F32) f32[c * w->n + i] = f32[i * w->n + c] = (float)sums[i];
    else f64[c * w->n + i] = f64[i * w->n + c] = sums[i];
  }
}

sy_status sy_gram(const sy_sparse *x, sy_dtype dtype, int threads, const sy_memory *memory,
                  void *gram, sy_error *error) {
  whole w = {x->columns, gram, dtype};
  if (dtype != SY_F32 && dtype != SY_F64)
    return sy_fail(error, SY_E_ARGUMENT, "a Gram matrix is of f32 or f64");
  return sy_gram_columns(x, x->columns, threads, memory, keep_both, &w, error);
}
