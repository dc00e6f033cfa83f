/*
 * summary.c - what a curve says overall: ratio and interval, proper scores, AUC, the logit's shift.
 */
#include <math.h>

#include "kernel/calibration/lanes.h"
#include "kernel/calibration/normal.h"
#include "kernel/elementary.h"
#include "steelyard.h"

/* ----------------------------------------------------------------- the ratio's interval ------- */

/*
 * With t = 1 / ratio, labels have means min(1, t p), and t is in the interval where
 *   (Y - E(t))^2 <= z^2 V(t),  E(t) = sum of w min(1, t p),  V(t) = sum of w^2 t p (1 - t p),
 * the latter over means below 1. Between the t at which means reach 1 that is a quadratic.
 */
typedef struct score_test { /* of weights as shares of all */
  double missing;           /* Y less the weight of the rows whose mean is 1 */
  double p, squares, fall;  /* of the others: sums of w p, w^2 p and w^2 p^2 */
  double zz;
} score_test;

static score_test test_of(double w, double y, double p, double squares, double fall, double z) {
  return (score_test){y / w, p / w, squares / w / w, fall / w / w, z * z};
}

static int accepts(const score_test *s, double t) {
  double gap = s->missing - t * s->p;
  return gap * gap <= s->zz * (t * s->squares - t * t * s->fall);
}

/* The two ends of what a quadratic accepts; 0 where it accepts nothing. */
static int solve(const score_test *s, double *low, double *high) {
  double a = s->p * s->p + s->zz * s->fall, b = s->p * s->missing + 0.5 * s->zz * s->squares;
  double d = b * b - a * s->missing * s->missing;
  if (!(d >= 0.0 && b > 0.0)) return 0;
  *high = (b + sqrt(d)) / a;
  *low = s->missing * s->missing / (a * *high); /* by the product, without cancellation */
  return 1;
}

static void add_atom(score_test *s, const sy_curve *curve, size_t k) {
  double p = curve->p[k], w = curve->w[k] / curve->total.w, pq = p * (1.0 - p);
  double squares =
      pq > 0.0 ? curve->wwpq[k] / curve->total.w / curve->total.w / pq : w * w / curve->n[k];
  s->missing += w;
  s->p += w * p;
  s->squares += squares * p;
  s->fall += squares * p * p;
}

static double clamp(double x, double low, double high) {
  return x < low ? low : x > high ? high : x;
}

/*
 * From t = infinity, where all means are 1, downwards: at 1 / p the mean of an atom leaves 1. The
 * ends that are found are set.
 */
static void walk_down(const sy_curve *curve, score_test *s, double *t_low, double *t_high) {
  double above = INFINITY, low, high;
  int inside;
  for (size_t k = 0; k < curve->count; k++)
    s->missing += curve->p[k] > 0.0 ? curve->y[k] - curve->w[k] : curve->y[k];
  s->missing /= curve->total.w;
  inside = s->missing == 0.0;
  if (inside) *t_high = INFINITY;
  for (size_t k = 0; k < curve->count; k++) {
    double t = 1.0 / curve->p[k];
    if (!(curve->p[k] > 0.0)) continue;
    int now = accepts(s, t);
    if (now != inside && solve(s, &low, &high)) {
      if (now && *t_high < 0.0) *t_high = clamp(high, t, above);
      if (!now) *t_low = clamp(low, t, above);
    }
    inside = now;
    above = t;
    add_atom(s, curve, k);
  }
}

/* Ends below 0 stand for none. */
static void find_interval(const sy_curve *curve, double z, double *t_low, double *t_high) {
  const sy_curve_totals *t = &curve->total;
  score_test all = test_of(t->w, t->y, t->p, t->wwp, t->wwp - t->wwpq, z), s = {.zz = z * z};
  double most = curve->p[curve->count - 1], low = 0.0, high = 0.0;
  int solved = solve(&all, &low, &high);
  *t_low = *t_high = -1.0;
  if (!(solved && high * most <= 1.0)) walk_down(curve, &s, t_low, t_high);
  if (solved && low * most <= 1.0) *t_low = low;
  if (solved && high * most <= 1.0 && *t_high < 0.0) *t_high = high;
}

/* Where the test accepts no ratio at all, Wilson's interval of the mean label stands in. */
static void wilson(const sy_curve *curve, double z, double *t_low, double *t_high) {
  const sy_curve_totals *t = &curve->total;
  score_test labels = test_of(t->w, t->y, t->w, t->ww, t->ww, z);
  solve(&labels, t_low, t_high);
  *t_low *= t->w / t->p;
  *t_high *= t->w / t->p;
}

/*
 * The estimate always lies in its interval, though where many means are 1 the test may refuse it.
 */
static void set_ratio(const sy_curve *curve, double confidence, sy_calibration_summary *s) {
  double t_low = 0.0, t_high = INFINITY, z = sy_normal_two_sided(confidence);
  s->ratio = curve->total.p / curve->total.y;
  if (isnan(s->ratio)) return;
  if (curve->total.p > 0.0) find_interval(curve, z, &t_low, &t_high);
  if (t_low < 0.0 || t_high < 0.0) wilson(curve, z, &t_low, &t_high);
  s->ratio_low = fmin(s->ratio, 1.0 / t_high);
  s->ratio_high = fmax(s->ratio, 1.0 / t_low);
}

/* ------------------------------------------------------------------------ the logit's shift --- */

/*
 * With the logit moved by d, p becomes p e^d / (p e^d + 1 - p): no logarithm is needed. Logits are
 * held within -40 and 40 as those of sy_logit.
 */
#define LEAST_ODDS 4.2483542552915889e-18 /* exp(-40) */

static inline double at_least(double x, double least) { return x > least ? x : least; }

typedef struct shifted {
  double mean, slope; /* sums of w q and w q (1 - q) with logits moved */
} shifted;

static inline void add_shifted(double p, double w, double factor, double *mean, double *slope) {
  double for_one = factor * at_least(p, LEAST_ODDS), for_zero = at_least(1.0 - p, LEAST_ODDS);
  double all = for_one + for_zero, q = for_one / all;
  *mean += w * q;
  *slope += w * (q * (for_zero / all));
}

static shifted shift_by(const sy_curve *curve, double shift) {
  const double *p = curve->p, *w = curve->w;
  double mean[SY_LANES] = {0}, slope[SY_LANES] = {0}, factor = sy_exp(shift);
  size_t k = 0;
  for (; k + SY_LANES <= curve->count; k += SY_LANES)
    for (size_t l = 0; l < SY_LANES; l++)
      add_shifted(p[k + l], w[k + l], factor, &mean[l], &slope[l]);
  for (; k < curve->count; k++)
    add_shifted(p[k], w[k], factor, &mean[k % SY_LANES], &slope[k % SY_LANES]);
  return (shifted){sy_fold(mean), sy_fold(slope)};
}

static double shifted_log(const sy_curve *curve, double shift) {
  double loss[SY_LANES] = {0}, factor = sy_exp(shift);
  for (size_t k = 0; k < curve->count; k++) {
    double p = curve->p[k], y = curve->y[k];
    double for_one = factor * at_least(p, LEAST_ODDS), for_zero = at_least(1.0 - p, LEAST_ODDS);
    double all = for_one + for_zero;
    loss[k % SY_LANES] -= y * sy_ln(at_least(for_one / all, SY_NEAREST)) +
                          (curve->w[k] - y) * sy_ln(at_least(for_zero / all, SY_NEAREST));
  }
  return sy_fold(loss);
}

/*
 * Newton's method within a bracket that shrinks. The sum of labels lies strictly between 0 and w.
 */
static double find_shift(const sy_curve *curve) {
  double low = -100.0, high = 100.0, x = 0.0;
  for (int i = 0; i < 200; i++) {
    shifted s = shift_by(curve, x);
    double gap = s.mean - curve->total.y, step = gap / s.slope;
    if (fabs(step) <= 1e-15 * fmax(1.0, fabs(x))) return x - step;
    if (gap > 0.0) high = x;
    else low = x;
    if (high - low <= 1e-15 * fmax(1.0, fabs(x))) break;
    x = x - step > low && x - step < high ? x - step : 0.5 * (low + high);
  }
  return x;
}

static void set_entropies(const sy_curve *curve, sy_calibration_summary *s) {
  double m = s->mean_label, entropy = 0.0;
  if (m > 0.0 && m < 1.0) entropy = -(m * sy_ln(m) + (1.0 - m) * sy_ln(1.0 - m));
  s->normalised_entropy = entropy > 0.0 ? s->log_loss / entropy : (double)NAN;
  s->free_entropy = NAN;
  s->logit_shift = m > 0.0 ? INFINITY : -INFINITY;
  if (!(entropy > 0.0)) return;
  s->logit_shift = find_shift(curve);
  s->free_entropy = shifted_log(curve, s->logit_shift) / curve->total.w / entropy;
}

/* ----------------------------------------------------------------------------------- all ------ */

/* P(a positive's prediction > a negative's) + half of P(equal). */
static double auc_of(const sy_curve *curve) {
  double below = 0.0, won[SY_LANES] = {0}, positive = 0.0, auc;
  for (size_t k = 0; k < curve->count; k++) {
    double y = curve->y[k], negative = curve->w[k] - y;
    won[k % SY_LANES] += y * (below + 0.5 * negative);
    below += negative;
    positive += y;
  }
  auc = sy_fold(won) / (positive * below);
  return auc > 1.0 ? 1.0 : auc; /* rounding */
}

void sy_curve_summary(const sy_curve *curve, double confidence, sy_calibration_summary *summary) {
  const sy_curve_totals *t = &curve->total;
  sy_calibration_summary s = {.n = t->n, .weight = t->w, .clipped = t->clipped};
  s.mean_prediction = t->p / t->w;
  s.mean_label = t->y / t->w;
  s.brier = t->squared / t->w;
  s.log_loss = t->log / t->w;
  s.auc = auc_of(curve);
  s.ratio = s.ratio_low = s.ratio_high = NAN;
  s.logit_shift = s.normalised_entropy = s.free_entropy = NAN;
  if (curve->count) {
    set_ratio(curve, confidence, &s);
    set_entropies(curve, &s);
  }
  *summary = s;
}
