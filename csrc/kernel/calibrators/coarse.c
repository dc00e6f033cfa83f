/*
 * coarse.c - a curve with fewer atoms, for the first steps of a fit.
 */
#include "kernel/calibrators/calibrator.h"
#include "kernel/calibrators/fit.h"
#include "kernel/sum.h"

/* Bits of the key that a cell spans: 128 cells an octave. */
#define CELL_BITS 45

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

size_t sy_coarsen(const sy_curve *curve, double *p, double *w, double *y) {
  const sy_kernels *kernels = sy_best_kernels();
  size_t count = 0;
  for (size_t from = 0, end; from < curve->count; from = end) {
    end = end_of_cell(curve->p, from, curve->count);
    w[count] = sy_sum(sy_f64(curve->w + from), end - from);
    y[count] = sy_sum(sy_f64(curve->y + from), end - from);
    p[count] = kernels->dot(curve->w + from, curve->p + from, end - from) / w[count];
    count++;
  }
  return count;
}
