/*
 * scores.c - scores of all items for histories: sums of rows of a matrix of weights.
 */
#include <string.h>

#include "base/base.h"
#include "kernel/vector/rows.h"
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
  const char *best = sy_cpu_list()[0];
  size_t i = 0;
  while (strcmp(sets[i]->name, best) != 0) i++;
  return sets[i];
}

void sy_linear_scores(const sy_sparse *histories, const float *weights, size_t columns, int threads,
                      float *scores) {
  const sy_row_loops *loops = best_loops();
  const int64_t tiles = (int64_t)((columns + TILE - 1) / TILE);
  const int64_t rows = (int64_t)histories->rows;
  const double work = ((double)rows + (double)histories->offsets[rows]) * (double)columns;
  if (work < WORTH_THREADS || threads < 1) threads = 1;
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1) if (threads > 1)
  for (int64_t t = 0; t < tiles; t++) {
    size_t from = (size_t)t * TILE, width = columns - from < TILE ? columns - from : TILE;
    for (int64_t r = 0; r < rows; r++) {
      int64_t at = histories->offsets[r], n = histories->offsets[r + 1] - at;
      loops->sum(weights + from, columns, histories->ids + at, histories->base,
                 histories->values ? histories->values + at : NULL, (size_t)n, width,
                 scores + (size_t)r * columns + from);
    }
  }
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

sy_status sy_sparse_scores(const sy_sparse *histories, const sy_sparse *weights, size_t entries,
                           int threads, float *scores, sy_error *error) {
  const int64_t rows = (int64_t)histories->rows;
  const double work = (double)rows * (double)weights->columns;
  int64_t bad = INT64_MAX;
  if (work < WORTH_THREADS || threads < 1) threads = 1;
#pragma omp parallel for num_threads(threads) schedule(dynamic, 8)                                 \
    reduction(min                                                                                  \
              : bad) if (threads > 1)
  for (int64_t r = 0; r < rows; r++) {
    float *own = scores + (size_t)r * weights->columns;
    memset(own, 0, weights->columns * sizeof *own);
    for (int64_t e = histories->offsets[r]; e < histories->offsets[r + 1]; e++) {
      int64_t item = histories->ids[e] - histories->base;
      float value = histories->values ? histories->values[e] : 1.0F;
      if (!add_row(weights, (int64_t)entries, (size_t)item, value, own) && item < bad) bad = item;
    }
  }
  if (bad == INT64_MAX) return SY_OK;
  return sy_fail(error, SY_E_ARGUMENT, "weights: the row of item %lld makes no sense",
                 (long long)bad + 1);
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
