/*
 * significance.h - what the tests share: totals over units, distributions, sorting.
 */
#ifndef SY_KERNEL_SIGNIFICANCE_H
#define SY_KERNEL_SIGNIFICANCE_H

#include "base/base.h"
#include "steelyard/significance.h"

/* The total of all sums, of all weights (the count where there are none), and their ratio R. */
typedef struct sy_totals {
  double sum, weight, ratio;
} sy_totals;

sy_totals sy_units_total(sy_units units);

static inline double sy_unit_weight(sy_units units, size_t unit) {
  return units.weights ? units.weights[unit] : 1.0;
}

/* P(Z > z) of the normal distribution, and the z with P(Z <= z) = p. */
double sy_normal_upper(double z);
double sy_normal_quantile(double p);

/* Sort n numbers (no NaN) upwards; spare: room for n. O(n), by digits. */
void sy_sort_numbers(double *numbers, double *spare, size_t n);

#endif
