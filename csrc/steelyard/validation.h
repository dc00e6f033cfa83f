/*
 * steelyard/validation.h - how good is a calibrator on rows that it has not seen? Folds, the losses
 * of single rows, and a prior that draws fits to the identity. Part of steelyard.h.
 */
#include "steelyard.h" /* which includes this file, so that its parts stand in order */

#ifndef STEELYARD_VALIDATION_H
#define STEELYARD_VALIDATION_H

#ifdef __cplusplus
extern "C" {
#endif

#define SY_FOLDS_MAX 1000

/*
 * Deal rows to folds 0 .. folds - 1 (2 to SY_FOLDS_MAX), so that the order of rows does not matter:
 * rows are sorted by the columns (any dtype, no NaN), those that are equal in the first one are
 * shuffled, and each `folds` neighbours get one fold each, in a random order from `seed`. Folds are
 * then alike in the first column. In no other: were they alike in labels too, what is fitted to
 * some of them would fit the rest as if it had seen it. With whole = 1, rows that are equal in all
 * columns (those of one user) go to one fold together. of_row: n folds. scratch: as for
 * sy_canonical_order, and n int64 more. Returns how many were dealt: n, or the different rows.
 * O(n columns).
 */
SY_API size_t sy_deal_bytes(size_t n);
SY_API size_t sy_deal_folds(const sy_vector *columns, size_t count, size_t n, int whole,
                            size_t folds, uint64_t seed, void *scratch, int32_t *of_row);

typedef enum sy_row_loss {
  SY_ROW_LOG = 0,  /* -y ln p - (1 - y) ln(1 - p), p no nearer to 0 and 1 than 2^-52 */
  SY_ROW_BRIER = 1 /* (p - y)^2 */
} sy_row_loss;

/* The loss of each row; NaN for NaN. predictions, labels: n numbers of SY_F32 or SY_F64. O(n). */
SY_API void sy_row_losses(sy_vector predictions, sy_vector labels, size_t n, sy_row_loss kind,
                          double *losses);

/*
 * A curve to which rows were added that say: the predictions are right. They are `rows` many (from
 * 0 to 1e18) of weight 1, spread as the curve's own weight, and fits to the result are drawn to the
 * identity by so much. block: sy_curve_bytes(curve->count) bytes of any alignment, which the new
 * curve lies in. Its losses (total.squared, log, clipped) stay those of the old one.
 */
SY_API void sy_curve_toward_identity(const sy_curve *curve, double rows, void *block,
                                     sy_curve *drawn);

#ifdef __cplusplus
}
#endif

#endif
