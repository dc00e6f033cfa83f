/*
 * rows.c - rows read, checked, a block at a time.
 */
#include "kernel/calibration/rows.h"

static const double *load(sy_vector vector, size_t from, size_t n, double *copy) {
  const float *values = vector.data;
  if (!values) return NULL;
  if (vector.dtype == SY_F64) return (const double *)vector.data + from;
  for (size_t i = 0; i < n; i++) copy[i] = (double)values[from + i];
  return copy;
}

/* How many of n numbers are outside of [low, high] or NaN. */
static size_t count_outside(const double *values, size_t n, double low, double high) {
  size_t outside = 0;
  for (size_t i = 0; i < n; i++) outside += !((values[i] >= low) & (values[i] <= high));
  return outside;
}

static size_t count_bad_weights(const double *w, size_t n) {
  size_t bad = 0;
  for (size_t i = 0; i < n; i++)
    bad += !(((w[i] >= SY_WEIGHT_LEAST) & (w[i] <= SY_WEIGHT_MOST)) | (w[i] == 0.0));
  return bad;
}

static sy_status describe(const char *name, size_t row, double value, sy_error *error) {
  int is_weight = name[0] == 'w';
  if (isnan(value)) return sy_fail(error, SY_E_NUMBER, "%s[%zu]: NaN", name, row + 1);
  return sy_fail(error, SY_E_ARGUMENT, "%s[%zu]: %.17g is not %s", name, row + 1, value,
                 is_weight ? "0 or from 1e-100 to 1e100" : "from 0 to 1");
}

/* What is bad in row i of a block that starts at row `from`, if anything is. */
static sy_status check_row(const sy_rows_block *b, size_t from, size_t i, sy_error *error) {
  if (count_outside(b->p + i, 1, 0.0, 1.0))
    return describe("predictions", from + i, b->p[i], error);
  if (count_outside(b->y + i, 1, 0.0, 1.0)) return describe("labels", from + i, b->y[i], error);
  if (b->w && count_bad_weights(b->w + i, 1)) return describe("weights", from + i, b->w[i], error);
  return SY_OK;
}

static sy_status find_bad(const sy_rows_block *b, size_t from, sy_error *error) {
  sy_status status = SY_OK;
  for (size_t i = 0; !status && i < b->n; i++) status = check_row(b, from, i, error);
  return status;
}

void sy_rows_peek(const sy_labelled *rows, size_t from, sy_rows_block *block) {
  size_t n = rows->n - from < SY_ROWS_BLOCK ? rows->n - from : SY_ROWS_BLOCK;
  block->n = n;
  block->p = load(rows->predictions, from, n, block->copies[0]);
  block->y = load(rows->labels, from, n, block->copies[1]);
  block->w = load(rows->weights, from, n, block->copies[2]);
}

sy_status sy_rows_load(const sy_labelled *rows, size_t from, sy_rows_block *block,
                       sy_error *error) {
  sy_rows_peek(rows, from, block);
  if (count_outside(block->p, block->n, 0.0, 1.0) | count_outside(block->y, block->n, 0.0, 1.0))
    return find_bad(block, from, error);
  if (block->w && count_bad_weights(block->w, block->n)) return find_bad(block, from, error);
  return SY_OK;
}

sy_status sy_rows_check(const sy_labelled *rows, sy_error *error) {
  sy_rows_block block;
  sy_status status = SY_OK;
  for (size_t from = 0; !status && from < rows->n; from += SY_ROWS_BLOCK)
    status = sy_rows_load(rows, from, &block, error);
  return status;
}

static int is_real(sy_vector vector) { return vector.dtype == SY_F32 || vector.dtype == SY_F64; }

sy_status sy_rows_check_types(const sy_labelled *rows, sy_error *error) {
  const char *name = !is_real(rows->predictions)                     ? "predictions"
                     : !is_real(rows->labels)                        ? "labels"
                     : rows->weights.data && !is_real(rows->weights) ? "weights"
                                                                     : NULL;
  if (!name) return SY_OK;
  return sy_fail(error, SY_E_ARGUMENT, "%s: f32 or f64 numbers are needed", name);
}
