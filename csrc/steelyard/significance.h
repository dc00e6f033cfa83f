/*
 * significance.h - is the difference between two rankings more than chance? Paired tests, confidence
 * intervals and corrections for many comparisons, over the per-request values of any metric. Included
 * by steelyard.h.
 *
 * Everything works on *units*: what was drawn independently of the rest. A unit is a request, or a
 * cluster of requests (all those of one user) where requests of a cluster go together. Unit c has
 *     sums[c] = sum of w_i d_i        weights[c] = sum of w_i
 * over its requests i, where d_i is the difference (or the value) and w_i the request's weight, 1 if
 * none is given. The quantity of interest is the ratio R = sum of sums / sum of weights, the weighted
 * mean; with neither clusters nor weights it is the plain mean of n independent differences, and all
 * that follows is the textbook's.
 *
 * Differences are second - first: what the second system gains over the first. `p` is two-sided,
 * `greater` the one-sided p-value of the alternative that the second is better, `less` that it is
 * worse. Nothing here allocates, and everything runs on the calling thread: results depend on the
 * arguments alone.
 */
#ifndef STEELYARD_SIGNIFICANCE_H
#define STEELYARD_SIGNIFICANCE_H

#include "steelyard.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ----------------------------------------------------------------------------------- units -- */

typedef struct sy_units {
  size_t count;
  const double *sums;
  const double *weights; /* all above 0 (and, as the sums, finite); NULL: 1 each */
} sy_units;

/* What the requests say before any test. All of it but the counts is NaN where no request counts. */
typedef struct sy_pairs {
  size_t requests; /* that count */
  size_t left_out; /* NaN in one of the systems, or of weight 0 */
  size_t units;    /* with at least one request that counts */
  double first;    /* the (weighted) mean of the first system; 0 where there is none */
  double second;
  double difference; /* R */
  double deviation;  /* of the requests' differences, with n - 1; NaN for fewer than two */
  size_t wins;       /* requests in which the second is higher */
  size_t ties, losses;
} sy_pairs;

/*
 * Pair up two systems' values request by request and add them up by unit. first may be NULL (all 0):
 * the differences are then the values of one system. weights may be NULL. Request r of n belongs to
 * the cluster whose offsets hold it, clusters->count of them; NULL: each request is a unit.
 * sums, unit_weights: room for n numbers; the first pairs->units are written.
 * SY_E_NUMBER names the first infinite value or weight that is not a finite number from 0 up, or says
 * that all of them add up to more than 1e150. O(n).
 */
SY_API sy_status sy_pair_units(const double *first, const double *second, const double *weights,
                               size_t n, const sy_requests *clusters, double *sums,
                               double *unit_weights, sy_pairs *pairs, sy_error *error);

/* ----------------------------------------------------------------------------------- t-test -- */

typedef struct sy_t_test_result {
  double statistic; /* R / error */
  double degrees;   /* units - 1 */
  double error;     /* R's standard error */
  double p, greater, less;
} sy_t_test_result;

/*
 * The paired t-test of R = 0. Its variance is the linearized one of a ratio,
 *     error^2 = C / (C - 1) * sum over units of (sums[c] - R weights[c])^2 / (sum of weights)^2
 * for C units, which is the classic s^2 / n for single requests without weights, and robust to
 * dependence within clusters otherwise (Cochran 1977, 6.3; Cameron and Miller 2015; Deng, Knoblich and
 * Lu 2018), referred to C - 1 degrees of freedom. Fewer than two units: everything is NaN but the
 * degrees. An error of 0: p is 1 where R is 0, else 0 and the statistic is infinite. O(C).
 */
SY_API void sy_t_test(sy_units units, sy_t_test_result *result);

/*
 * P(T > t) for Student's distribution with degrees > 0, by the continued fraction of the incomplete
 * beta function, accurate relatively (about 1e-12) down to the smallest doubles. NaN for NaN.
 */
SY_API double sy_student_upper(double t, double degrees);

/* The t with P(|T| > t) = p, for 0 < p <= 1: the half-width of a 1 - p interval in standard errors. */
SY_API double sy_student_two_sided(double p, double degrees);

/* -------------------------------------------------------------------------------- Wilcoxon -- */

/* What becomes of differences that are 0. */
typedef enum sy_zeros {
  SY_ZEROS_DROP = 0, /* they are left out (Wilcoxon 1945) */
  SY_ZEROS_PRATT = 1 /* they take part in the ranking, then leave (Pratt 1959; Cureton 1967) */
} sy_zeros;

typedef struct sy_wilcoxon_result {
  double positive, negative; /* the sums of ranks of differences above and below 0 */
  double statistic;          /* the smaller of the two */
  double z;                  /* of the normal approximation; NaN where exact */
  double p, greater, less;
  size_t units; /* that were ranked: for SY_ZEROS_DROP, those that differ from 0 */
  int exact;
} sy_wilcoxon_result;

/* Up to how many units (as scipy.stats.wilcoxon, "auto") the distribution is exact. */
#define SY_WILCOXON_EXACT 50

/*
 * Wilcoxon's signed-rank test of the units' means sums[c] / weights[c]; the weights have no other
 * part in it. Equal sizes share the mean of their ranks; they are equal only to the last bit.
 * Exact for at most SY_WILCOXON_EXACT units of which none is 0 and no two are equal in size, else the
 * normal approximation with its variance corrected for ties, and by `continuity` towards the middle
 * by 1/2. p is 1 where all units are 0, NaN for no unit. scratch: room for 2 * units.count numbers.
 * O(C).
 */
SY_API void sy_wilcoxon(sy_units units, sy_zeros zeros, int continuity, double *scratch,
                        sy_wilcoxon_result *result);

/* ---------------------------------------------------------------------------- randomisation -- */

typedef struct sy_randomisation_result {
  double p, greater, less;
  double error;     /* the standard error of a p by Monte Carlo; 0 where exact */
  size_t resamples; /* how many assignments of signs were looked at */
  int exact;
} sy_randomisation_result;

#define SY_RANDOMISATION_EXACT 20 /* units: 2^20 assignments */
#define SY_RESAMPLES_MAX 10000000

/*
 * Fisher's randomisation test (1935; Smucker, Allan and Carterette 2007): if the systems were the
 * same, every unit's difference could as well have had the other sign. p is the share of assignments
 * of signs whose |R| is at least the observed one. All 2^C are looked at for C of up to
 * SY_RANDOMISATION_EXACT units, else `resamples` random ones (1 to SY_RESAMPLES_MAX) of a generator
 * that starts at seed, and p = (hits + 1) / (resamples + 1), with error = sqrt(p (1 - p) / resamples).
 * Sums count as equal within 2^-40 of the sum of |sums|, so that rounding breaks no tie.
 * scratch: room for `resamples` numbers (none where exact). NaN for no unit. The resamples' signs are
 * taken 64 units at a time from tables of sums: O(C * resamples), some 0.03 ns each.
 * SY_E_ARGUMENT: resamples out of range.
 */
SY_API sy_status sy_randomisation(sy_units units, size_t resamples, uint64_t seed, double *scratch,
                                  sy_randomisation_result *result, sy_error *error);

/* -------------------------------------------------------------------------------- bootstrap -- */

typedef enum sy_bootstrap_kind {
  SY_BOOTSTRAP_PERCENTILE = 0,
  SY_BOOTSTRAP_BCA = 1 /* bias-corrected and accelerated (Efron 1987) */
} sy_bootstrap_kind;

typedef struct sy_interval {
  double low, high;
  double error; /* the standard deviation of the resampled means */
} sy_interval;

/*
 * A confidence interval of R from `resamples` samples of C units out of C, drawn with replacement by
 * a generator that starts at seed; the mean of a resample is its own ratio. Quantiles of the
 * resampled means are interpolated linearly. The acceleration comes from leaving out one unit at a
 * time. scratch: room for 2 * resamples numbers. O(C * resamples), about a nanosecond and a half
 * each while the units fit the caches.
 * SY_E_ARGUMENT: fewer than 2 units, confidence not between 0 and 1, resamples not 1 to
 * SY_RESAMPLES_MAX; SY_E_LIMIT: 2^32 units or more.
 */
SY_API sy_status sy_bootstrap(sy_units units, sy_bootstrap_kind kind, double confidence,
                              size_t resamples, uint64_t seed, double *scratch,
                              sy_interval *interval, sy_error *error);

/* --------------------------------------------------------------------------- many p-values -- */

typedef enum sy_adjustment {
  SY_ADJUST_BONFERRONI = 0, /* any error at all, any dependence */
  SY_ADJUST_HOLM = 1,       /* the same, never worse (Holm 1979) */
  SY_ADJUST_HOCHBERG = 2,   /* the same under independence (Hochberg 1988) */
  SY_ADJUST_BH = 3,         /* the share of false discoveries (Benjamini and Hochberg 1995) */
  SY_ADJUST_BY = 4          /* the same under any dependence (Benjamini and Yekutieli 2001) */
} sy_adjustment;

/*
 * adjusted[i]: the smallest level at which comparison i is rejected among all of them. A p that is
 * NaN stays NaN and is not counted. scratch: room for 2 * n. O(n log n). SY_E_NUMBER names the first p
 * that is not between 0 and 1.
 */
SY_API sy_status sy_adjust(const double *p, size_t n, sy_adjustment method, double *scratch,
                           double *adjusted, sy_error *error);

#ifdef __cplusplus
}
#endif

#endif /* STEELYARD_SIGNIFICANCE_H */
