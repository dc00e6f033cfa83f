/*
 * cumulative.c - cumulative differences between labels and predictions, and their tests.
 *
 * Where predictions are right, the cumulative residuals in units of sigma are a Brownian motion on
 * [0, 1] for many rows. With Q the normal upper tail, for large x
 *   P(range > x)   = 8 (Q(x) - 2 Q(2x) + 3 Q(3x) - ...)
 *   P(max |.| > x) = 4 (Q(x) - Q(3x) + Q(5x) - ...)
 * which is exact in the tail, and for small x, by the other side of Jacobi's identity, over odd m
 *   P(range <= x)   = 8 sum (1 / x^2 + 1 / (pi m)^2) exp(-(pi m / x)^2 / 2)
 *   P(max |.| <= x) = 4 / pi sum +-(1 / m) exp(-(pi m / x)^2 / 8)
 */
#include <math.h>

#include "kernel/calibration/normal.h"
#include "kernel/elementary.h"
#include "steelyard.h"

#define PI 3.14159265358979323846

/* Below the first the second pair of series serves. About the medians. */
#define KUIPER_SWITCH 1.6
#define KS_SWITCH 1.2

/* sy_exp goes no lower; what is below adds nothing. */
static double exp_or_zero(double x) { return x < -690.0 ? 0.0 : sy_exp(x); }

static double kuiper_below(double x) {
  double sum = 0.0;
  for (int m = 1; m <= 7; m += 2) {
    double a = PI * m;
    sum += (1.0 / (x * x) + 1.0 / (a * a)) * exp_or_zero(-0.5 * (a / x) * (a / x));
  }
  return 8.0 * sum;
}

static double ks_below(double x) {
  double sum = 0.0;
  for (int m = 1, sign = 1; m <= 13; m += 2, sign = -sign) {
    double a = PI * m;
    sum += sign * exp_or_zero(-0.125 * (a / x) * (a / x)) / m;
  }
  return 4.0 / PI * sum;
}

double sy_kuiper_log_p(double x) {
  double first, rest = 0.0;
  if (isnan(x)) return x;
  if (x <= 0.01) return 0.0;
  if (x < KUIPER_SWITCH) return sy_ln(1.0 - kuiper_below(x));
  if (isinf(x)) return -INFINITY;
  first = sy_normal_log_tail(x);
  for (int k = 2, sign = -1; k <= 7; k++, sign = -sign)
    rest += sign * k * exp_or_zero(sy_normal_log_tail(k * x) - first);
  return sy_ln(8.0 * (1.0 + rest)) + first;
}

double sy_ks_log_p(double x) {
  double first, rest = 0.0;
  if (isnan(x)) return x;
  if (x <= 0.01) return 0.0;
  if (x < KS_SWITCH) return sy_ln(1.0 - ks_below(x));
  if (isinf(x)) return -INFINITY;
  first = sy_normal_log_tail(x);
  for (int k = 3, sign = -1; k <= 9; k += 2, sign = -sign)
    rest += sign * exp_or_zero(sy_normal_log_tail(k * x) - first);
  return sy_ln(4.0 * (1.0 + rest)) + first;
}

/* ------------------------------------------------------------------------ the walk ------------ */

/*
 * A walk's lowest and highest point: after how many atoms it is there first, and after how many it
 * was last at the other one by then.
 */
typedef struct extreme {
  double value;
  size_t at, other_at, last_at;
} extreme;

typedef struct walk {
  extreme lowest, highest;
} walk;

/* outside: by how much the walk is beyond the extreme; 0: it is there again. */
static void look(extreme *e, const extreme *other, double here, double outside, size_t at) {
  if (outside >= 0.0) e->last_at = at;
  if (outside > 0.0) e->value = here, e->at = at, e->other_at = other->last_at;
}

/* Sums are kept with what their rounding lost (Neumaier). */
static walk walk_of(const sy_curve *curve) {
  walk w = {{0.0, 0, 0, 0}, {0.0, 0, 0, 0}};
  double sum = 0.0, lost = 0.0;
  for (size_t k = 0; k < curve->count; k++) {
    double step = curve->y[k] - curve->w[k] * curve->p[k], next = sum + step, here;
    lost += fabs(sum) >= fabs(step) ? (sum - next) + step : (step - next) + sum;
    sum = next;
    here = sum + lost;
    look(&w.lowest, &w.highest, here, w.lowest.value - here, k + 1);
    look(&w.highest, &w.lowest, here, here - w.highest.value, k + 1);
  }
  return w;
}

/* x / sigma: 0 of nothing, infinite where there is no variance. */
static double in_sigmas(double x, double sigma) { return x == 0.0 ? 0.0 : x / sigma; }

void sy_curve_cumulative(const sy_curve *curve, sy_cumulative *result) {
  sy_cumulative r = {0};
  walk w = walk_of(curve);
  const extreme *last = w.lowest.at > w.highest.at ? &w.lowest : &w.highest;
  double weight = curve->total.w;
  r.steepest_low = last->at ? curve->p[last->other_at] : (double)NAN;
  r.steepest_high = last->at ? curve->p[last->at - 1] : (double)NAN;
  if (curve->count) {
    r.sigma = sqrt(curve->total.wwpq) / weight;
    r.range = (w.highest.value - w.lowest.value) / weight;
    r.maximum = fmax(w.highest.value, -w.lowest.value) / weight;
    r.kuiper = in_sigmas(r.range, r.sigma);
    r.ks = in_sigmas(r.maximum, r.sigma);
  } else {
    r.sigma = r.range = r.maximum = r.kuiper = r.ks = NAN;
  }
  r.kuiper_log_p = sy_kuiper_log_p(r.kuiper);
  r.ks_log_p = sy_ks_log_p(r.ks);
  *result = r;
}
