/*
 * check.c - bins that came from elsewhere.
 */
#include "kernel/sketch/exact.h"

/* Weights were rounded. */
#define SLACK (1.0 + 0x1p-30)

/* What is wrong with a bin, or NULL. */
static const char *fault_of(const sy_bin *bin, int64_t after, int64_t keys) {
  const sy_exact *sums = &bin->w;
  if (bin->key <= after) return "its key is not above the one before";
  if (bin->key >= keys) return "its key is beyond the grid";
  if (bin->n < 1) return "it has no rows";
  if (bin->clipped < 0 || bin->clipped > bin->n) return "it has more clipped rows than rows";
  if (!(bin->heaviest >= SY_SKETCH_WEIGHT_LEAST && bin->heaviest <= SY_SKETCH_WEIGHT_MOST))
    return "its heaviest weight is not from 2^-20 to 2^20";
  for (size_t i = 0; i < SY_BIN_SUMS; i++)
    if (sums[i].high >> 63) return "a sum is negative";
  if (sy_exact_is_zero(bin->w)) return "it has no weight";
  if (sy_exact_value(bin->w) > (double)bin->n * bin->heaviest * SLACK)
    return "it has more weight than its rows can have";
  if (sy_exact_below(bin->w, bin->y)) return "it has more labels than weight";
  if (sy_exact_below(bin->w, bin->p)) return "its mean prediction is above 1";
  return NULL;
}

sy_status sy_sketch_check(const sy_bin *bins, size_t count, int bits, sy_error *error) {
  int64_t keys = (int64_t)sy_sketch_keys(bits), last = -1;
  if (!keys)
    return sy_fail(error, SY_E_ARGUMENT, "bits: %d is not from 1 to %d", bits, SY_SKETCH_BITS_MAX);
  for (size_t i = 0; i < count; last = bins[i].key, i++) {
    const char *fault = fault_of(&bins[i], last, keys);
    if (fault) return sy_fail(error, SY_E_ARGUMENT, "bins[%zu]: %s", i + 1, fault);
  }
  return sy_bins_fit(bins, count, error);
}
