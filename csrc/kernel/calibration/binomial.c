/*
 * binomial.c - random counts, exactly distributed: by inversion where few are expected, else by
 * Hormann's transformed rejection ("The generation of binomial random variates", 1993, BTRS).
 */
#include "kernel/calibration/binomial.h"

#include <math.h>

#include "kernel/elementary.h"

/* Below so many expected successes their number is counted out; above, rejection is quick. */
#define FEW 10.0

/* Successes one after the other, by the ratios of their probabilities. p <= 1/2. */
static double count_out(sy_random *random, double n, double p) {
  double q = 1.0 - p, odds = p / q;
  for (;;) {
    double share = sy_exp(n * sy_ln(q)), u = sy_random_uniform(random), k = 0.0;
    while (k <= n && u >= share && share > 0.0) {
      u -= share;
      share *= odds * (n - k) / (k + 1.0);
      k++;
    }
    if (k <= n && share > 0.0) return k; /* else rounding left nothing to stop at */
  }
}

/* ln k! less Stirling's formula for it. */
static double stirling_rest(double k) {
  static const double small[10] = {0.08106146679532726, 0.04134069595540929, 0.02767792568499834,
                                   0.02079067210376509, 0.01664469118982119, 0.01387612882307075,
                                   0.01189670994589177, 0.01041126526197209, 0.009255462182712733,
                                   0.008330563433362871};
  double next = k + 1.0, square = next * next;
  if (k < 10.0) return small[(int)k];
  return (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / 1260.0 / square) / square) / next;
}

/* p <= 1/2, n p >= FEW. */
static double reject(sy_random *random, double n, double p) {
  double odds = p / (1.0 - p), spread = sqrt(n * p * (1.0 - p));
  double b = 1.15 + 2.53 * spread, a = -0.0873 + 0.0248 * b + 0.01 * p, c = n * p + 0.5;
  double alpha = (2.83 + 5.1 / b) * spread, quick = 0.92 - 4.2 / b, mode = floor((n + 1.0) * p);
  for (;;) {
    double u = sy_random_uniform(random) - 0.5, v = 1.0 - sy_random_uniform(random);
    double us = 0.5 - fabs(u), k = floor((2.0 * a / us + b) * u + c);
    if (us >= 0.07 && v <= quick) return k;
    if (!(k >= 0.0 && k <= n)) continue;
    v = sy_ln(v * alpha / (a / (us * us) + b));
    double bound = (mode + 0.5) * sy_ln((mode + 1.0) / (odds * (n - mode + 1.0))) +
                   stirling_rest(mode) + stirling_rest(n - mode) +
                   (n + 1.0) * sy_ln((n - mode + 1.0) / (n - k + 1.0)) +
                   (k + 0.5) * sy_ln(odds * (n - k + 1.0) / (k + 1.0)) - stirling_rest(k) -
                   stirling_rest(n - k);
    if (v <= bound) return k;
  }
}

double sy_random_binomial(sy_random *random, double n, double p) {
  if (n == 1.0) return sy_random_uniform(random) < p;
  if (p > 0.5) return n - sy_random_binomial(random, n, 1.0 - p);
  if (!(p > 0.0)) return 0.0;
  return n * p < FEW ? count_out(random, n, p) : reject(random, n, p);
}
