/*
 * prior.c - how much segments differ: a Gamma prior of their factors by the greatest marginal
 * likelihood.
 */
#include <math.h>

#include "kernel/segments/segments.h"
#include "kernel/elementary.h"

/* Shapes are looked for at 2^-10, 2^-9 .. 2^20 and then between the neighbours of the best. */
#define GRID 31
#define LOWEST (-10.0)
#define LN_2 0.69314718055994530942

/* So much more likely than no difference at all must a shape be: below is rounding. */
#define LEAST_GAIN 1e-6

/* ln Gamma(x) for x > 0: Stirling's series from 10 up, x (x + 1) ... (x + k - 1) below. */
static double log_gamma(double x) {
  const double half_log_two_pi = 0.91893853320467274178;
  double product = 1.0, inverse, square;
  while (x < 10.0) {
    product *= x;
    x += 1.0;
  }
  inverse = 1.0 / x;
  square = inverse * inverse;
  return (x - 0.5) * sy_ln(x) - x + half_log_two_pi - sy_ln(product) +
         inverse * (1.0 / 12.0 -
                    square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square * (1.0 / 1680.0))));
}

/*
 * The log likelihood of all segments, negative binomial, less what it is where all factors are the
 * mean. binary_log: of the shape.
 */
static double gain(const double *expected, const double *observed, size_t count, double mean,
                   double binary_log) {
  double shape = sy_exp(binary_log * LN_2), of_shape = log_gamma(shape), log_shape = sy_ln(shape);
  double total = 0.0;
  for (size_t i = 0; i < count; i++) {
    double y = observed[i], m = mean * expected[i];
    if (!(m > 0.0)) continue;
    total +=
        log_gamma(y + shape) - of_shape - y * log_shape - (y + shape) * sy_ln(1.0 + m / shape) + m;
  }
  return total;
}

/* The best place within a step of the grid's best one, by golden section. */
static double refine(const double *expected, const double *observed, size_t count, double mean,
                     double middle) {
  const double golden = 0.61803398874989484820;
  double low = fmax(middle - 1.0, LOWEST), high = fmin(middle + 1.0, LOWEST + GRID - 1);
  double a = high - golden * (high - low), b = low + golden * (high - low);
  double at_a = gain(expected, observed, count, mean, a);
  double at_b = gain(expected, observed, count, mean, b);
  for (int step = 0; step < 30; step++) {
    if (at_a >= at_b) {
      high = b, b = a, at_b = at_a;
      a = high - golden * (high - low);
      at_a = gain(expected, observed, count, mean, a);
    } else {
      low = a, a = b, at_a = at_b;
      b = low + golden * (high - low);
      at_b = gain(expected, observed, count, mean, b);
    }
  }
  return 0.5 * (low + high);
}

void sy_segment_prior_fit(const double *expected, const double *observed, size_t count,
                          sy_segment_prior *prior) {
  double sum_expected = 0.0, sum_observed = 0.0, best = LEAST_GAIN, at = 0.0;
  for (size_t i = 0; i < count; i++) sum_expected += expected[i], sum_observed += observed[i];
  prior->mean = sum_expected > 0.0 ? sum_observed / sum_expected : (double)NAN;
  prior->shape = (double)INFINITY;
  for (int i = 0; i < GRID; i++) {
    double here = gain(expected, observed, count, prior->mean, LOWEST + i);
    if (here > best) {
      best = here;
      at = LOWEST + i;
    }
  }
  if (best > LEAST_GAIN)
    prior->shape = sy_exp(refine(expected, observed, count, prior->mean, at) * LN_2);
}
