/*
 * scores.c - proper scores of rows as they come.
 *
 * Sums that do not see the order of rows: each term is cut into a multiple of 2^-20 and one of
 * 2^-62 (the rest is rounded off), of which doubles add up thousands without rounding. Weights
 * count in units of the power of two at or above the largest.
 */
#include "kernel/calibration/rows.h"
#include "kernel/work.h"

/* high in units of 2^-20, low in units of 2^-62. */
typedef struct wide {
  int64_t high, low;
} wide;

static void add_wide(wide *sum, const double parts[2]) {
  sum->high += (int64_t)(parts[0] * 0x1p20);
  sum->low += (int64_t)(parts[1] * 0x1p62);
  sum->high += sum->low >> 42;
  sum->low &= (INT64_C(1) << 42) - 1;
}

static double wide_value(wide sum) {
  return (double)sum.high * 0x1p-20 + (double)sum.low * 0x1p-62;
}

static double largest_weight(const sy_labelled *rows) {
  double largest = 0.0;
  for (size_t i = 0; rows->weights.data && i < rows->n; i++) {
    double w = sy_vector_at(rows->weights, i);
    largest = w > largest ? w : largest;
  }
  return rows->weights.data ? largest : 1.0;
}

static size_t count_clipped(const sy_rows_block *b) {
  size_t clipped = 0;
  for (size_t i = 0; i < b->n; i++)
    clipped += ((b->p[i] == 0.0) | (b->p[i] == 1.0)) & (b->y[i] != b->p[i]);
  for (size_t i = 0; clipped && b->w && i < b->n; i++)
    clipped -= ((b->p[i] == 0.0) | (b->p[i] == 1.0)) & (b->y[i] != b->p[i]) & !(b->w[i] > 0.0);
  return clipped;
}

sy_status sy_proper_scores(const sy_labelled *rows, sy_scores *scores, sy_error *error) {
  const sy_kernels *kernels = sy_best_kernels();
  sy_rows_block block;
  wide weight = {0, 0}, squared = {0, 0}, loss = {0, 0};
  double scale = 1.0, all;
  size_t clipped = 0;
  int exponent = 0;
  sy_status status = sy_rows_check_types(rows, error);
  if (status) return status;
  if (rows->weights.data) {
    double largest = largest_weight(rows);
    if (!(largest <= SY_WEIGHT_MOST)) return sy_rows_check(rows, error);
    (void)frexp(largest, &exponent);
    scale = ldexp(1.0, -exponent);
  }
  for (size_t from = 0; from < rows->n; from += SY_ROWS_BLOCK) {
    double parts[6];
    status = sy_rows_load(rows, from, &block, error);
    if (status) return status;
    kernels->proper_scores(block.p, block.y, block.w, block.n, scale, parts);
    add_wide(&weight, parts);
    add_wide(&squared, parts + 2);
    add_wide(&loss, parts + 4);
    clipped += count_clipped(&block);
  }
  all = wide_value(weight);
  *scores =
      (sy_scores){wide_value(squared) / all, wide_value(loss) / all, ldexp(all, exponent), clipped};
  return SY_OK;
}
