/*
 * adjust.c - p-values of many comparisons, made larger so that together they promise what each does.
 */
#include <math.h>

#include "kernel/significance/significance.h"

/* By what the p of place i (from 1, the smallest first) among n is multiplied. */
static double factor(sy_adjustment method, double i, double n, double harmonic) {
  switch (method) {
    case SY_ADJUST_BONFERRONI: return n;
    case SY_ADJUST_HOLM:
    case SY_ADJUST_HOCHBERG: return n - i + 1.0;
    case SY_ADJUST_BH: return n / i;
    case SY_ADJUST_BY: return harmonic * (n / i);
  }
  return n;
}

/* The adjusted of sorted p-values. Holm's steps down: no smaller than before; the others' step up. */
static void adjust_sorted(const double *sorted, size_t n, sy_adjustment method, double *adjusted) {
  double harmonic = 0.0, bound;
  for (size_t i = 1; i <= n; i++) harmonic += 1.0 / (double)i;
  for (size_t i = 0; i < n; i++) {
    double larger = sorted[i] * factor(method, (double)i + 1.0, (double)n, harmonic);
    adjusted[i] = fmin(1.0, larger);
  }
  if (method == SY_ADJUST_HOLM) {
    bound = 0.0;
    for (size_t i = 0; i < n; i++) adjusted[i] = bound = fmax(bound, adjusted[i]);
  } else {
    bound = 1.0;
    for (size_t i = n; i-- > 0;) adjusted[i] = bound = fmin(bound, adjusted[i]);
  }
}

/* The first place of a number in a sorted list that has it. */
static size_t find(const double *sorted, size_t n, double value) {
  size_t low = 0, high = n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/* Equal p-values get equal adjusted ones from every method, so that a p is found again by itself. */
sy_status sy_adjust(const double *p, size_t n, sy_adjustment method, double *scratch,
                    double *adjusted, sy_error *error) {
  double *sorted = scratch, *spare = scratch + n;
  size_t count = 0;
  for (size_t i = 0; i < n; i++) {
    if (isnan(p[i])) continue;
    if (!(p[i] >= 0.0 && p[i] <= 1.0))
      return sy_fail(error, SY_E_NUMBER, "p_values[%zu]: %g is not between 0 and 1", i + 1, p[i]);
    sorted[count++] = p[i];
  }
  sy_sort_numbers(sorted, spare, count);
  adjust_sorted(sorted, count, method, spare);
  for (size_t i = 0; i < n; i++)
    adjusted[i] = isnan(p[i]) ? p[i] : spare[find(sorted, count, p[i])];
  return SY_OK;
}
