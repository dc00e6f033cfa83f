/*
 * scores.c - scores of all items for histories: sums of rows of a matrix of weights.
 */
#include <string.h>

#include "base/base.h"
#include "kernel/vector/rows.h"
#include "kernel/work.h"
#include "steelyard/linear.h"

/* Columns that all histories of a call go through before the next ones, so that weights stay near. */
#define TILE 256

/* Multiply-adds from which on a second thread pays. */
#define WORTH_THREADS 1e6

static const sy_row_loops *best_loops(void) {
  static const sy_row_loops *const sets[] = {
#ifdef SY_HAVE_avx512
      &sy_row_loops_avx512,
#endif
#ifdef SY_HAVE_avx2
      &sy_row_loops_avx2,
#endif
      &sy_row_loops_baseline,
  };
  return sets[sy_best_set()];
}

typedef struct tiles {
  const sy_row_loops *loops;
  const sy_sparse *histories;
  const float *weights;
  size_t columns;
  float *scores;
} tiles;

static void score_tile(void *context, int thread, size_t tile) {
  const tiles *d = context;
  const sy_sparse *h = d->histories;
  const size_t from = tile * TILE, left = d->columns - from, width = left < TILE ? left : TILE;
  (void)thread;
  for (size_t r = 0; r < h->rows; r++) {
    int64_t at = h->offsets[r], n = h->offsets[r + 1] - at;
    d->loops->sum(d->weights + from, d->columns, h->ids + at, h->base,
                  h->values ? h->values + at : NULL, (size_t)n, width,
                  d->scores + r * d->columns + from);
  }
}

void sy_linear_scores(const sy_sparse *histories, const float *weights, size_t columns, int threads,
                      float *scores) {
  tiles d = {best_loops(), histories, weights, columns, scores};
  const double rows = (double)histories->rows,
               entries = (double)histories->offsets[histories->rows];
  if ((rows + entries) * (double)columns < WORTH_THREADS) threads = 1;
  sy_share((columns + TILE - 1) / TILE, 1, threads, score_tile, &d);
}

/* ---------------------------------------------------------------- sparse weights ------------- */

/* Add one row of weights. 0: it makes no sense. */
static int add_row(const sy_sparse *weights, int64_t entries, size_t row, float value,
                   float *scores) {
  const int64_t first = weights->offsets[row], last = weights->offsets[row + 1];
  if (first < 0 || first > last || last > entries) return 0;
  for (int64_t e = first; e < last; e++) {
    int64_t column = (int64_t)weights->ids[e] - weights->base;
    if (column < 0 || (size_t)column >= weights->columns) return 0;
    scores[column] += value * weights->values[e];
  }
  return 1;
}

typedef struct few {
  const sy_sparse *histories, *weights;
  int64_t entries;
  float *scores;
  int64_t bad; /* the first item whose row makes no sense */
} few;

static void score_row(void *context, int thread, size_t r) {
  few *f = context;
  const sy_sparse *h = f->histories;
  float *own = f->scores + r * f->weights->columns;
  (void)thread;
  memset(own, 0, f->weights->columns * sizeof *own);
  for (int64_t e = h->offsets[r]; e < h->offsets[r + 1]; e++) {
    int64_t item = h->ids[e] - h->base;
    float value = h->values ? h->values[e] : 1.0F;
    if (!add_row(f->weights, f->entries, (size_t)item, value, own)) sy_note_least(&f->bad, item);
  }
}

sy_status sy_sparse_scores(const sy_sparse *histories, const sy_sparse *weights, size_t entries,
                           int threads, float *scores, sy_error *error) {
  few f = {histories, weights, (int64_t)entries, scores, INT64_MAX};
  if ((double)histories->rows * (double)weights->columns < WORTH_THREADS) threads = 1;
  sy_share(histories->rows, 8, threads, score_row, &f);
  if (f.bad == INT64_MAX) return SY_OK;
  return sy_fail(error, SY_E_ARGUMENT, "weights: the row of item %lld makes no sense",
                 (long long)f.bad + 1);
}

void sy_sparse_of(const float *dense, size_t rows, size_t columns, int64_t *offsets, int32_t *ids,
                  float *values) {
  int64_t count = 0;
  for (size_t r = 0; r < rows; r++) {
    const float *row = dense + r * columns;
    if (!ids) offsets[r] = count;
    for (size_t c = 0; c < columns; c++) {
      if (row[c] == 0.0F) continue;
      if (ids) {
        ids[count] = (int32_t)c + 1;
        values[count] = row[c];
      }
      count++;
    }
  }
  if (!ids) offsets[rows] = count;
}
