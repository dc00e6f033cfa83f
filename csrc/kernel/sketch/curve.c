/*
 * curve.c - a sketch as a curve.
 */
#include "kernel/sketch/exact.h"

#define ALIGNMENT 64

size_t sy_sketch_curve_bytes(size_t count) {
  size_t each = 5 * sizeof(double);
  return count > (SIZE_MAX - ALIGNMENT) / each ? 0 : count * each + ALIGNMENT;
}

/* The mean of its predictions, which rounding may have moved out of the bin. */
static double mean_prediction(const sy_bin *bin, int bits) {
  double mean = sy_exact_ratio(bin->p, bin->w), least, greatest;
  sy_sketch_edges(bin->key, bits, &least, &greatest);
  return mean < least ? least : mean > greatest ? greatest : mean;
}

/* No weights were given: 1 is the largest, and all of them together are n. */
static int is_plain(const sy_bin *bin) {
  return bin->heaviest == 1.0 && bin->w.low == 0 && bin->w.high == (uint64_t)bin->n;
}

static sy_curve_totals totals_of(const sy_bin *bins, size_t count) {
  sy_bin sum = {0};
  for (size_t i = 0; i < count; i++) (void)sy_bin_add(&sum, &bins[i]); /* fits: see sy_bins_fit */
  sy_curve_totals total = {(double)sum.n,
                           sy_exact_value(sum.w),
                           sy_exact_value(sum.p),
                           sy_exact_value(sum.y),
                           sy_exact_value(sum.ww),
                           sy_exact_value(sum.wwp),
                           sy_exact_value(sum.wwpq),
                           sy_exact_value(sum.squared),
                           sy_exact_value(sum.log),
                           (double)sum.clipped};
  return total;
}

void sy_sketch_curve(const sy_bin *bins, size_t count, int bits, void *block, sy_curve *curve) {
  double *p = (double *)(((uintptr_t)block + ALIGNMENT - 1) & ~(uintptr_t)(ALIGNMENT - 1));
  double *n = p + count, *y = n + count, *wwpq = y + count, *w = wwpq + count;
  int plain = 1;
  for (size_t i = 0; i < count; i++) {
    p[i] = mean_prediction(&bins[i], bits);
    n[i] = (double)bins[i].n;
    y[i] = sy_exact_value(bins[i].y);
    wwpq[i] = sy_exact_value(bins[i].wwpq);
    w[i] = sy_exact_value(bins[i].w);
    plain &= is_plain(&bins[i]);
  }
  *curve = (sy_curve){count, p, n, plain ? n : w, y, wwpq, totals_of(bins, count)};
}
