/*
 * steelyard/calibration.h - are predicted probabilities right? Part of steelyard.h.
 *
 * Everything starts from a curve: what rows of (prediction, label, weight) say, one atom for each
 * distinct prediction, in ascending order. A curve forgets the order of rows, so no number that
 * comes from it depends on that order; equal predictions are never split. The bins of a sketch
 * (steelyard/sketches.h) are a curve too, a little coarser, and every function here takes either.
 */
#include "steelyard.h" /* which includes this file, so that its parts stand in order */

#ifndef STEELYARD_CALIBRATION_H
#define STEELYARD_CALIBRATION_H

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- the curve ------------------ */

/*
 * Rows to be measured or fitted. predictions and labels: SY_F32 or SY_F64, in [0, 1]; labels may be
 * fractions. weights: SY_F32 or SY_F64, 0 or from 1e-100 to 1e100, or data = NULL for 1 each.
 */
typedef struct sy_labelled {
  sy_vector predictions, labels, weights;
  size_t n;
} sy_labelled;

/* Sums over all rows. Predictions count in the log loss as no nearer to 0 and 1 than 2^-52. */
typedef struct sy_curve_totals {
  double n;       /* rows */
  double w;       /* sum of w */
  double p;       /* sum of w p */
  double y;       /* sum of w y */
  double ww;      /* sum of w^2 */
  double wwp;     /* sum of w^2 p */
  double wwpq;    /* sum of w^2 p (1 - p) */
  double squared; /* sum of w (p - y)^2 */
  double log;     /* sum of w (-y ln p - (1 - y) ln(1 - p)) */
  double clipped; /* rows whose log loss would be infinite */
} sy_curve_totals;

/*
 * Atoms in ascending order of p, which are distinct; none has weight 0. Rows of weight 0 count
 * nowhere. n is w where there are no weights (the same array).
 */
typedef struct sy_curve {
  size_t count;
  const double *p;    /* the prediction; of a sketch's bin, the weighted mean of its predictions */
  const double *n;    /* rows */
  const double *w;    /* sum of w */
  const double *y;    /* sum of w y, from 0 to w */
  const double *wwpq; /* sum of w^2 p (1 - p): the variance of sum of w y where p is right */
  sy_curve_totals total;
} sy_curve;

/*
 * The curve of rows. block: sy_curve_bytes(n) bytes of any alignment, in which the curve's arrays
 * come to lie, at its start, and which must outlive it. 0 where that is more than the address space
 * has. Refuses NaN (SY_E_NUMBER), and predictions, labels and weights out of their ranges
 * (SY_E_ARGUMENT), naming the row. O(n) by radix sort. Row order changes no bit.
 */
SY_API size_t sy_curve_bytes(size_t n);
SY_API sy_status sy_curve_of_rows(const sy_labelled *rows, void *block, sy_curve *curve,
                                  sy_error *error);

/*
 * The proper scores of rows as they are, without a curve: sums that do not depend on the order of
 * rows, to a bit. Refuses what sy_curve_of_rows does. O(n): one pass, two with weights.
 */
typedef struct sy_scores {
  double brier, log_loss; /* means; NaN without weight */
  double weight, clipped;
} sy_scores;
SY_API sy_status sy_proper_scores(const sy_labelled *rows, sy_scores *scores, sy_error *error);

/*
 * Rows in an order that is the same however they were arranged: ascending by each of the columns in
 * turn (any dtype; no NaN), equal rows in any order among themselves. order: n row numbers from 0.
 * scratch: sy_canonical_bytes(n) bytes. O(n columns).
 */
SY_API size_t sy_canonical_bytes(size_t n);
SY_API void sy_canonical_order(const sy_vector *columns, size_t count, size_t n, void *scratch,
                               int64_t *order);

/* ---------------------------------------------------------------- overall -------------------- */

typedef struct sy_calibration_summary {
  double n, weight;
  double mean_prediction, mean_label;
  double ratio; /* sum of predictions / sum of labels; infinite without labels, NaN without both */
  double ratio_low, ratio_high;
  double brier, log_loss;
  double clipped;            /* rows at 0 or 1 that were wrong: they count as 2^-52 away */
  double normalised_entropy; /* log loss / entropy of the mean label; NaN where that is 0 */
  double logit_shift;        /* what added to all logits makes the means equal */
  double free_entropy;       /* the normalised entropy after that shift */
  double auc;                /* ties count half; NaN with one class */
} sy_calibration_summary;

/*
 * The ratio's interval takes labels as independent with means min(1, p / ratio) and inverts the
 * score test (Wilson's, for unequal probabilities): sound with few labels and none. Where that
 * accepts no ratio (many labels at predictions of 0), it is Wilson's of the mean label. confidence:
 * in (0, 1). Sources: normalised entropy: He et al. 2014; interval: Wilson 1927.
 */
SY_API void sy_curve_summary(const sy_curve *curve, double confidence,
                             sy_calibration_summary *summary);

/* ---------------------------------------------------------------- buckets -------------------- */

typedef enum sy_bucketing {
  SY_BUCKETS_MASS = 0,  /* of equal weight, as far as equal predictions, never split, allow */
  SY_BUCKETS_WIDTH = 1, /* ((b - 1)/K, b/K]; 0 goes to the first (Guo et al. 2017) */
  SY_BUCKETS_FLOOR = 2, /* by the whole part of p K, as doubles round it; 1 has one of its own, the
                           K + 1st (UMC's code, which has 0.29 and 0.28 of 100 together) */
  SY_BUCKETS_STEPS = 3 /* [(b - 1) s, b s) with s = 1 / K, as doubles round them; 1 goes to the last
                           (MCGrad's code, numpy.linspace: 0.075 lies below three steps of 1/40) */
} sy_bucketing;

typedef struct sy_bucket {
  double low, high; /* its least and its greatest prediction */
  double n, weight;
  double mean_prediction, mean_label;
  double ww;   /* sum of w^2 */
  double wwpq; /* sum of w^2 p (1 - p) */
} sy_bucket;

#define SY_BUCKETS_MAX 100000

/*
 * Up to `count` buckets (FLOOR: one more), empty ones left out; returns how many. out: room for
 * them. O(atoms).
 */
SY_API size_t sy_curve_buckets(const sy_curve *curve, sy_bucketing kind, size_t count,
                               sy_bucket *out);

typedef struct sy_bucket_errors {
  double expected; /* sum of weight share * |mean prediction - mean label|: ECE */
  double sum;      /* the same without weights: the sum over buckets */
  double mean;     /* and its mean */
  double maximum;
  double plain_l2;    /* square root of the weighted mean square */
  double debiased_l2; /* the same less the variance of mean labels (Kumar et al. 2019; of weighted
                         ones with weight^2 / ww for the number of rows), from 0 up */
} sy_bucket_errors;

SY_API void sy_bucket_errors_of(const sy_bucket *buckets, size_t count, sy_bucket_errors *errors);

/* ---------------------------------------------------------------- CORP ----------------------- */

/* score = mcb - dsc + unc (Dimitriadis, Gneiting and Jordan 2021). */
typedef struct sy_decomposition {
  double score, mcb, dsc, unc;
} sy_decomposition;

/*
 * The isotonic regression of labels on predictions, by pooling adjacent violators, exactly: blocks
 * in ascending order, block b has the atoms first[b] .. first[b + 1] - 1 and the value value[b].
 * first: count + 1 numbers, value, weight: count. Returns how many blocks. O(atoms).
 */
SY_API size_t sy_curve_isotonic(const sy_curve *curve, int64_t *first, double *value,
                                double *weight);

/* The decomposition of the Brier score and of the log loss by that regression. */
SY_API void sy_curve_corp(const sy_curve *curve, const int64_t *first, const double *value,
                          size_t blocks, sy_decomposition *brier, sy_decomposition *log_loss);

/*
 * Where the isotonic regression would lie if the predictions were right: for each of `points`
 * ascending predictions at[], the quantiles (1 - level) / 2 and (1 + level) / 2 of `resamples`
 * regressions of labels drawn from the predictions. scratch: sy_curve_band_bytes. Seeded. More than
 * 8,192 atoms are drawn together to as many of equal weight. O(resamples * atoms).
 */
SY_API size_t sy_curve_band_bytes(const sy_curve *curve, size_t points, size_t resamples);
SY_API void sy_curve_band(const sy_curve *curve, const double *at, size_t points, double level,
                          size_t resamples, uint64_t seed, void *scratch, double *low,
                          double *high);

/* ---------------------------------------------------------------- smooth error --------------- */

typedef struct sy_smooth_error {
  double error;     /* smECE: the integral of |smoothed residual| at the bandwidth that equals it */
  double bandwidth; /* the same but where the least bandwidth, 2^-13, was too wide */
} sy_smooth_error;

#define SY_SMOOTH_LEAST 0x1p-13 /* the least bandwidth */

/*
 * The smooth calibration error of Blasiok and Nakkiran 2023 with the reflected Gaussian kernel on
 * [0, 1], to 1e-7. scratch: sy_curve_smooth_bytes(). O(atoms + 1 / bandwidth) a step.
 */
SY_API size_t sy_curve_smooth_bytes(void);
SY_API void sy_curve_smooth_error(const sy_curve *curve, void *scratch, sy_smooth_error *result);
/* The integral at a given bandwidth, from 2^-13 up. */
SY_API double sy_curve_smooth_error_at(const sy_curve *curve, double bandwidth, void *scratch);

/* ---------------------------------------------------------------- cumulative differences ----- */

typedef struct sy_cumulative {
  double sigma;          /* standard deviation of the mean residual where predictions are right */
  double range, maximum; /* of the cumulative residuals, as shares of all weight (ECCE-R, -MAD) */
  double kuiper, ks;     /* the same in units of sigma; 0 or infinite where sigma is 0 */
  double kuiper_log_p, ks_log_p;      /* ln of the asymptotic p-values, exact in the tail */
  double steepest_low, steepest_high; /* between which predictions the range is attained */
} sy_cumulative;

/*
 * Cumulative differences by Tygert 2021 (Arrieta-Ibarra et al. 2022), equal predictions together.
 */
SY_API void sy_curve_cumulative(const sy_curve *curve, sy_cumulative *result);

/* ln P(range of Brownian motion on [0, 1] > x) and ln P(max |.| > x); to 1e-10 relative of p. */
SY_API double sy_kuiper_log_p(double x);
SY_API double sy_ks_log_p(double x);

#ifdef __cplusplus
}
#endif

#endif
