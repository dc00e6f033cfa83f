/*
 * bootstrap.c - confidence intervals by drawing units with replacement.
 */
#include <math.h>

#include "kernel/significance/significance.h"
#include "kernel/sum.h"

/* --------------------------------------------------------------------------------- resampling -- */

/* Where units are drawn from; refused is 2^32 mod bound. */
typedef struct urn {
  sy_random random;
  uint32_t bound, refused;
} urn;

/*
 * 0 .. bound - 1, each as likely, from 32 random bits, or from others where these are one of the few
 * values too many (Lemire 2019).
 */
static inline size_t pick(urn *u, uint32_t bits) {
  uint64_t product = (uint64_t)bits * u->bound;
  while (__builtin_expect((uint32_t)product < u->refused, 0))
    product = (sy_random_bits(&u->random) >> 32) * u->bound;
  return (size_t)(product >> 32);
}

/* The ratio of one resample; each draw of the generator serves two units. */
static double resample(sy_units units, urn *u) {
  double sums[2] = {0.0, 0.0}, weights[2] = {0.0, 0.0};
  for (size_t i = 0; i < units.count; i += 2) {
    uint64_t bits = sy_random_bits(&u->random);
    size_t one = pick(u, (uint32_t)bits);
    sums[0] += units.sums[one];
    weights[0] += sy_unit_weight(units, one);
    if (i + 1 == units.count) break;
    size_t other = pick(u, (uint32_t)(bits >> 32));
    sums[1] += units.sums[other];
    weights[1] += sy_unit_weight(units, other);
  }
  return (sums[0] + sums[1]) / (weights[0] + weights[1]);
}

static void resample_all(sy_units units, size_t resamples, uint64_t seed, double *means) {
  urn u = {.bound = (uint32_t)units.count};
  u.refused = (0U - u.bound) % u.bound;
  sy_random_seed(&u.random, seed);
  for (size_t r = 0; r < resamples; r++) means[r] = resample(units, &u);
}

/* ---------------------------------------------------------------------------------- intervals -- */

/* Between the two numbers of a sorted list that are nearest to a share of it. */
static double quantile(const double *sorted, size_t n, double share) {
  double place = share * (double)(n - 1);
  size_t below = (size_t)place;
  if (below + 1 >= n) return sorted[n - 1];
  return sorted[below] + (place - (double)below) * (sorted[below + 1] - sorted[below]);
}

static double deviation(const double *means, size_t n) {
  double mean = sy_sum(sy_f64(means), n) / (double)n, squares = 0.0;
  for (size_t i = 0; i < n; i++) squares += (means[i] - mean) * (means[i] - mean);
  return n < 2 ? (double)NAN : sqrt(squares / (double)(n - 1));
}

/* The share of resampled means below the real one, equals counting half: never quite 0 or 1. */
static double share_below(const double *sorted, size_t n, double value) {
  double below = 0.0, least = 0.5 / (double)n;
  for (size_t i = 0; i < n; i++) {
    if (sorted[i] < value) below += 1.0;
    else if (sorted[i] == value) below += 0.5;
    else break;
  }
  return fmin(fmax(below / (double)n, least), 1.0 - least);
}

/*
 * sum of u^3 / (6 (sum of u^2)^1.5) for u = the mean of the jackknife's ratios - that without unit c
 * (Efron and Tibshirani 1993, 14.15). Without unit c, R changes by (R W_c - S_c) / (W - W_c).
 */
static double acceleration(sy_units units) {
  sy_totals t = sy_units_total(units);
  double mean = 0.0, squares = 0.0, cubes = 0.0;
  for (int pass = 0; pass < 2; pass++) {
    for (size_t c = 0; c < units.count; c++) {
      double weight = sy_unit_weight(units, c);
      double change = (t.ratio * weight - units.sums[c]) / (t.weight - weight);
      if (pass == 0) mean += change / (double)units.count;
      double u = mean - change;
      if (pass == 1) squares += u * u, cubes += u * u * u;
    }
  }
  double result = cubes / (6.0 * squares * sqrt(squares));
  return isfinite(result) ? result : 0.0;
}

/* Where BCa looks instead of at the share whose normal quantile is z. */
static double corrected_share(double z, double bias, double accelerated) {
  double shifted = bias + z, divisor = 1.0 - accelerated * shifted;
  if (divisor <= 0.0) return shifted > 0.0 ? 1.0 : 0.0;
  return sy_normal_upper(-(bias + shifted / divisor));
}

static void find_ends(sy_units units, sy_bootstrap_kind kind, double confidence,
                      const double *sorted, size_t n, sy_interval *interval) {
  double low = 0.5 * (1.0 - confidence), high = 1.0 - low;
  if (kind == SY_BOOTSTRAP_BCA) {
    double bias = sy_normal_quantile(share_below(sorted, n, sy_units_total(units).ratio));
    double accelerated = acceleration(units), z = sy_normal_quantile(low);
    low = corrected_share(z, bias, accelerated);
    high = corrected_share(-z, bias, accelerated);
  }
  interval->low = quantile(sorted, n, low);
  interval->high = quantile(sorted, n, high);
}

sy_status sy_bootstrap(sy_units units, sy_bootstrap_kind kind, double confidence, size_t resamples,
                       uint64_t seed, double *scratch, sy_interval *interval, sy_error *error) {
  if (units.count < 2)
    return sy_fail(error, SY_E_ARGUMENT, "a bootstrap needs at least 2 units, and there %s %zu",
                   units.count == 1 ? "is" : "are", units.count);
  if (units.count > UINT32_MAX)
    return sy_fail(error, SY_E_LIMIT, "a bootstrap of %zu units: more than 2^32 - 1", units.count);
  if (!(confidence > 0.0 && confidence < 1.0))
    return sy_fail(error, SY_E_ARGUMENT, "confidence: %g is not between 0 and 1", confidence);
  if (resamples < 1 || resamples > SY_RESAMPLES_MAX)
    return sy_fail(error, SY_E_ARGUMENT, "resamples: %zu is not from 1 to %d", resamples,
                   SY_RESAMPLES_MAX);
  resample_all(units, resamples, seed, scratch);
  interval->error = deviation(scratch, resamples);
  sy_sort_numbers(scratch, scratch + resamples, resamples);
  find_ends(units, kind, confidence, scratch, resamples, interval);
  return SY_OK;
}
