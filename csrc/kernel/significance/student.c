/*
 * student.c - the paired t-test, and the distributions of Student and of the normal law.
 *
 * Tails are computed as themselves, never as 1 - something, so that small p-values keep their digits.
 */
#include <float.h>
#include <math.h>

#include "kernel/significance/significance.h"

/* ----------------------------------------------------------------------------------- normal -- */

double sy_normal_upper(double z) { return 0.5 * erfc(z * M_SQRT1_2); }

/* Where the falling function reaches p: halve the interval until no double lies inside. */
static double solve(double (*falling)(double, double), double parameter, double p, double low,
                    double high) {
  for (;;) {
    double middle = 0.5 * (low + high);
    if (!(middle > low && middle < high)) return middle;
    if (falling(middle, parameter) > p) low = middle;
    else high = middle;
  }
}

static double normal_tail(double z, double unused) {
  (void)unused;
  return sy_normal_upper(z);
}

double sy_normal_quantile(double p) {
  if (p <= 0.0) return -INFINITY;
  if (p >= 1.0) return INFINITY;
  return p < 0.5 ? -solve(normal_tail, 0.0, p, 0.0, 40.0)
                 : solve(normal_tail, 0.0, 1.0 - p, 0.0, 40.0);
}

/* -------------------------------------------------------------------------------- Student's -- */

/* Gamma(a + 1/2) / Gamma(a): large a by the series in 1 / a, whose next term is below 1e-15. */
static double gamma_ratio(double a) {
  if (a < 100.0) return tgamma(a + 0.5) / tgamma(a);
  double x = 1.0 / a;
  double series = 1.0 + x * (-1.0 / 8 + x * (1.0 / 128 + x * (5.0 / 1024 + x * (-21.0 / 32768))));
  return sqrt(a) * series;
}

/*
 * The continued fraction of the incomplete beta function (DLMF 8.17.22) by Lentz's method:
 * I_x(a, b) = x^a (1 - x)^b / (a B(a, b)) times this, quickly for x < (a + 1) / (a + b + 2).
 * It takes some sqrt(a) steps.
 */
static double beta_fraction(double a, double b, double x) {
  const double tiny = 1e-300;
  double c = 1.0, d = 1.0 - (a + b) * x / (a + 1.0);
  d = 1.0 / (fabs(d) < tiny ? tiny : d);
  double value = d;
  for (int step = 1; step < 1000000; step++) {
    double m = step;
    double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
    double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
    d = 1.0 / (1.0 + even * d);
    c = 1.0 + even / c;
    value *= d * c;
    d = 1.0 / (1.0 + odd * d);
    c = 1.0 + odd / c;
    value *= d * c;
    if (fabs(d * c - 1.0) < 2.0 * DBL_EPSILON) break;
  }
  return value;
}

/*
 * P(|T| > t) = I_x(v / 2, 1 / 2) at x = v / (v + t^2), for t > 0. With a = v / 2 the factor before the
 * fraction is x^a sqrt(1 - x) gamma_ratio(a) / (a sqrt(pi)); the logarithm of x is taken as
 * -log(1 + t^2 / v), which is exact where x is close to 1.
 */
static double two_sided(double t, double degrees) {
  double a = 0.5 * degrees, u = t / sqrt(degrees), square = u * u;
  if (isinf(t)) return 0.0;
  if (degrees > 1e20) return 2.0 * sy_normal_upper(t);
  double x = 1.0 / (1.0 + square), y = square / (1.0 + square);
  if (isinf(square)) x = 0.0, y = 1.0;
  double log_x = isinf(square) ? -2.0 * log(u) : -log1p(square);
  double factor = exp(a * log_x) * sqrt(y) * gamma_ratio(a) / sqrt(M_PI);
  if (x < (a + 1.0) / (a + 2.5)) return factor / a * beta_fraction(a, 0.5, x);
  return 1.0 - factor / 0.5 * beta_fraction(0.5, a, y);
}

double sy_student_upper(double t, double degrees) {
  if (isnan(t) || !(degrees > 0.0)) return NAN;
  if (t == 0.0) return 0.5;
  double half = 0.5 * two_sided(fabs(t), degrees);
  return t > 0.0 ? half : 1.0 - half;
}

double sy_student_two_sided(double p, double degrees) {
  if (!(p > 0.0 && p <= 1.0 && degrees > 0.0)) return NAN;
  double high = 1.0;
  while (two_sided(high, degrees) > p)
    if (isinf(high *= 2.0)) return INFINITY;
  return p == 1.0 ? 0.0 : solve(two_sided, degrees, p, 0.0, high);
}

/* ------------------------------------------------------------------------------- the t-test -- */

static double standard_error(sy_units units, sy_totals totals) {
  double squares = 0.0, count = (double)units.count;
  for (size_t c = 0; c < units.count; c++) {
    double residual = units.sums[c] - totals.ratio * sy_unit_weight(units, c);
    squares += residual * residual;
  }
  return sqrt(count / (count - 1.0) * squares) / totals.weight;
}

void sy_t_test(sy_units units, sy_t_test_result *result) {
  sy_totals totals = sy_units_total(units);
  sy_t_test_result r = {NAN, (double)units.count - 1.0, NAN, NAN, NAN, NAN};
  if (units.count >= 2) {
    r.error = standard_error(units, totals);
    r.statistic = totals.ratio == 0.0 ? 0.0 : totals.ratio / r.error;
    r.greater = sy_student_upper(r.statistic, r.degrees);
    r.less = sy_student_upper(-r.statistic, r.degrees);
    r.p = fmin(1.0, 2.0 * fmin(r.greater, r.less));
  }
  *result = r;
}
