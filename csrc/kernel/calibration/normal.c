/*
 * normal.c - the normal distribution's upper tail, in logarithms.
 */
#include "kernel/calibration/normal.h"

#include "kernel/elementary.h"

/* From here up the continued fraction has settled after TERMS terms; below, the series is quick. */
#define SERIES_BELOW 2.0
#define TERMS 200

/* P(0 < Z < x) / density(x) = x + x^3 / 3 + x^5 / 15 + ... */
static double middle_over_density(double x) {
  double term = x, sum = x;
  for (int k = 3; term > sum * 1e-18; k += 2) {
    term *= x * x / k;
    sum += term;
  }
  return sum;
}

/* P(Z > x) / density(x) = 1 / (x + 1 / (x + 2 / (x + 3 / ...))) (Laplace). */
static double mills_ratio(double x) {
  double below = x;
  for (int k = TERMS; k > 0; k--) below = x + k / below;
  return 1.0 / below;
}

double sy_normal_log_tail(double x) {
  const double log_root_two_pi = 0.91893853320467274178;
  if (x < SERIES_BELOW) {
    double density = sy_exp(-0.5 * x * x - log_root_two_pi);
    return sy_ln(0.5 - density * middle_over_density(x));
  }
  return sy_ln(mills_ratio(x)) - 0.5 * x * x - log_root_two_pi;
}

double sy_normal_two_sided(double confidence) {
  double tail = 0.5 * (1.0 - confidence), low = 0.0, high = 40.0;
  if (!(tail > 0.0)) return high;
  for (double wanted = sy_ln(tail); high - low > 1e-15 * high;) {
    double middle = 0.5 * (low + high);
    if (middle <= low || middle >= high) break;
    if (sy_normal_log_tail(middle) > wanted) low = middle;
    else high = middle;
  }
  return 0.5 * (low + high);
}
