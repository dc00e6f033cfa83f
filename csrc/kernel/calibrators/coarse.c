/*
 * coarse.c - a curve with fewer atoms, which fits cannot tell from all.
 *
 * Atoms whose predictions lie in one of 256 cells an octave (of p below 1/2, of 1 - p above) become
 * a pair that keeps their weight, mean and variance, and with which labels covary as they did. What
 * a smooth function of the prediction sums to then differs by third moments of a 256th: about 1e-9
 * of it.
 */
#include <math.h>

#include "kernel/calibrators/calibrator.h"
#include "kernel/calibrators/fit.h"

/* Bits of the key that a cell spans. */
#define CELL_BITS 44

static int64_t cell_of(double p) {
  return p <= 0.0 ? INT64_MIN : p >= 1.0 ? INT64_MAX : sy_key_of(p) >> CELL_BITS;
}

/* The first atom from `from` on that is in another cell: strides double, then halve. */
static size_t end_of_cell(const double *p, size_t from, size_t n) {
  int64_t cell = cell_of(p[from]);
  size_t low = from, stride = 1, high;
  while (low + stride < n && cell_of(p[low + stride]) == cell) {
    low += stride;
    stride *= 2;
  }
  high = low + stride < n ? low + stride : n; /* p[low] is in the cell, p[high] is not */
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    if (cell_of(p[middle]) == cell) low = middle;
    else high = middle;
  }
  return high;
}

/*
 * An atom of weight and label sums w and y at p; or, where atoms spread about it, two of half the
 * weight.
 */
static size_t add_pair(double p, double spread, double w, double y, double tilt, double *out_p,
                       double *out_w, double *out_y) {
  int two = spread > 0.0 && p - spread > 0.0 && p + spread < 1.0;
  out_p[0] = two ? p - spread : p;
  out_w[0] = two ? 0.5 * w : w;
  out_y[0] = two ? 0.5 * (y - tilt / spread) : y;
  if (!two) return 1;
  out_p[1] = p + spread;
  out_w[1] = 0.5 * w;
  out_y[1] = 0.5 * (y + tilt / spread);
  return 2;
}

size_t sy_coarsen(const sy_curve *curve, int pairs, double *p, double *w, double *y) {
  const sy_kernels *kernels = sy_best_kernels();
  size_t count = 0;
  for (size_t from = 0, end; from < curve->count; from = end) {
    const double *cell_p = curve->p + from, *cell_w = curve->w + from, *cell_y = curve->y + from;
    double sums[3], moments[2] = {0.0, 0.0}, mean;
    end = end_of_cell(curve->p, from, curve->count);
    kernels->sum_cell(cell_p, cell_w, cell_y, end - from, sums);
    mean = sums[2] / sums[0];
    mean = mean < cell_p[0] ? cell_p[0] : mean > curve->p[end - 1] ? curve->p[end - 1] : mean;
    if (pairs && end - from > 1)
      kernels->spread_cell(cell_p, cell_w, cell_y, end - from, mean, moments);
    count += add_pair(mean, sqrt(moments[0] / sums[0]), sums[0], sums[1], moments[1], p + count,
                      w + count, y + count);
  }
  return count;
}
