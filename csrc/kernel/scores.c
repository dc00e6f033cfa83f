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
