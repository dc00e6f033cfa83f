/*
 * corp.c - the isotonic regression of labels on predictions, and what it makes of proper scores.
 */
#include <math.h>

#include "kernel/calibration/lanes.h"
#include "kernel/elementary.h"
#include "steelyard.h"

/*
 * Runs of labels that do not rise are pooled in any case. Finding them first, without branches,
 * leaves a fraction of the atoms to the stack. value holds sums of labels. Returns how many runs.
 */
static size_t pool_runs(const sy_curve *curve, int64_t *first, double *value, double *weight) {
  const double *w = curve->w, *y = curve->y;
  double w_sum = 0.0, y_sum = 0.0;
  size_t run = 0;
  for (size_t k = 0; k < curve->count; k++) {
    int rises = k > 0 && y[k] * w[k - 1] > y[k - 1] * w[k];
    run += (size_t)rises;
    w_sum = w[k] + (rises ? 0.0 : w_sum);
    y_sum = y[k] + (rises ? 0.0 : y_sum);
    first[run] = rises || k == 0 ? (int64_t)k : first[run];
    weight[run] = w_sum;
    value[run] = y_sum;
  }
  return curve->count ? run + 1 : 0;
}

/*
 * Pooling adjacent violators, with the blocks so far as a stack at the start of the runs. Blocks of
 * equal values are pooled, too, so that values ascend strictly.
 */
size_t sy_curve_isotonic(const sy_curve *curve, int64_t *first, double *value, double *weight) {
  size_t runs = pool_runs(curve, first, value, weight), blocks = 0;
  for (size_t r = 0; r < runs; r++) {
    double w = weight[r], y = value[r];
    int64_t start = first[r];
    while (blocks && value[blocks - 1] * w >= y * weight[blocks - 1]) {
      blocks--;
      w += weight[blocks];
      y += value[blocks];
      start = first[blocks];
    }
    first[blocks] = start;
    value[blocks] = y;
    weight[blocks++] = w;
  }
  first[blocks] = (int64_t)curve->count;
  for (size_t b = 0; b < blocks; b++) {
    double mean = value[b] / weight[b];
    value[b] = mean < 1.0 ? mean : 1.0;
  }
  return blocks;
}

/* - v ln v - (1 - v) ln(1 - v) */
static double entropy_of(double v) {
  double q = 1.0 - v;
  return v > 0.0 && q > 0.0 ? -(v * sy_ln(v) + q * sy_ln(q)) : 0.0;
}

static double not_negative(double x) { return x > 0.0 ? x : 0.0; }

/* sum over a block of w (p - y)^2 - w (v - y)^2, without the squares of labels. */
static void add_gain(const sy_curve *curve, size_t from, size_t to, double v, double *lane) {
  for (size_t k = from; k < to; k++) {
    double p = curve->p[k];
    lane[k % SY_LANES] += (p - v) * (curve->w[k] * (p + v) - 2.0 * curve->y[k]);
  }
}

/*
 * With v the regression and m the mean label: MCB is what the score loses from p to v, DSC what it
 * loses from m to v, and UNC the score of m.
 */
void sy_curve_corp(const sy_curve *curve, const int64_t *first, const double *value, size_t blocks,
                   sy_decomposition *brier, sy_decomposition *log_loss) {
  double weight = curve->total.w, mean = curve->total.y / weight, entropy;
  double gain[SY_LANES] = {0}, spread[SY_LANES] = {0}, rest[SY_LANES] = {0};
  for (size_t b = 0; b < blocks; b++) {
    size_t from = (size_t)first[b], to = (size_t)first[b + 1];
    double v = value[b], w = 0.0;
    for (size_t k = from; k < to; k++) w += curve->w[k];
    add_gain(curve, from, to, v, gain);
    spread[b % SY_LANES] += w * ((v - mean) * (v - mean));
    rest[b % SY_LANES] += w * entropy_of(v);
  }
  brier->score = curve->total.squared / weight;
  brier->mcb = not_negative(sy_fold(gain) / weight);
  brier->dsc = sy_fold(spread) / weight;
  brier->unc = brier->score - brier->mcb + brier->dsc;
  entropy = curve->count ? entropy_of(mean) : (double)NAN;
  log_loss->score = curve->total.log / weight;
  log_loss->mcb = not_negative(log_loss->score - sy_fold(rest) / weight);
  log_loss->dsc = not_negative(entropy - sy_fold(rest) / weight);
  log_loss->unc = entropy;
  if (!curve->count) *brier = *log_loss = (sy_decomposition){NAN, NAN, NAN, NAN};
}
