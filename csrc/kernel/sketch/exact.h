/*
 * exact.h - sums of 128 bits in units of 2^-64, and the grid's edges.
 */
#ifndef SY_SKETCH_EXACT_H
#define SY_SKETCH_EXACT_H

#include "base/base.h"
#include "steelyard/sketches.h"

/* x in [0, 2^63), rounded to the unit, half to even. */
static inline sy_exact sy_exact_of(double x) {
  sy_exact term;
  double rest;
  term.high = (uint64_t)x;
  rest = (x - (double)term.high) * 0x1p64;
  if (rest < 0x1p52) rest = (rest + 0x1p52) - 0x1p52;
  term.low = (uint64_t)rest;
  return term;
}

static inline sy_exact sy_exact_whole(int64_t whole) {
  sy_exact term = {0, (uint64_t)whole};
  return term;
}

/* 1 where the sum no longer fits 2^63. */
static inline int sy_exact_add(sy_exact *sum, sy_exact term) {
  sum->low += term.low;
  sum->high += term.high + (sum->low < term.low);
  return sum->high >> 63 != 0;
}

static inline int sy_exact_below(sy_exact a, sy_exact b) {
  return a.high < b.high || (a.high == b.high && a.low < b.low);
}

static inline int sy_exact_is_zero(sy_exact a) { return (a.high | a.low) == 0; }

/* part / whole for part <= whole, whole above 0: the nearest double. */
double sy_exact_ratio(sy_exact part, sy_exact whole);

/* The sums of a bin one after another. */
#define SY_BIN_SUMS 8
static inline sy_exact *sy_bin_sum(sy_bin *bin, size_t index) { return &bin->w + index; }

/* SY_E_LIMIT; and that where a sum over all bins does not fit. */
sy_status sy_bins_too_much(sy_error *error);
sy_status sy_bins_fit(const sy_bin *bins, size_t count, sy_error *error);

/* One bin more in another of the same key. 1 where a sum does not fit. */
int sy_bin_add(sy_bin *bin, const sy_bin *more);

/* The least and the greatest double whose key it is. */
void sy_sketch_edges(int64_t key, int bits, double *least, double *greatest);

#endif
