/*
 * piecewise.c - a monotone map of logits, linear between knots.
 *
 * f(z) = z + d(z), with d linear between its values at the knots and constant beyond. The loss is
 * that of the labels, plus prior / 8 times the sum of (slope - 1)^2 over pieces and the mean of d^2
 * over knots: `prior` rows, each of the most that a row can tell of a logit, say that the
 * predictions are right. Slopes are kept above SY_SLOPE_MIN by a logarithmic barrier, which is
 * lowered until it says less than a millionth of a row. All matrices are tridiagonal.
 */
#include <math.h>

#include "kernel/calibrators/fit.h"
#include "kernel/calibrators/knots.h"

/* Knots are no closer than that. */
#define NEAREST 0.0625

#define STEPS 50
#define HALVINGS 60

/* The loss is known to about so much of it: a step that promises less is the last. */
#define CLOSE 1e-13

typedef struct piecewise {
  size_t n; /* atoms */
  const double *p, *w, *y;
  double low, high; /* the logits of 0 and 1 */
  double *z;
  size_t knots;
  double *x, *d, *trial, *step;      /* of knots */
  double *slope, *diagonal, *beside; /* gradient and curvature */
  double weight, penalty, barrier;
} piecewise;

static size_t atoms_kept(size_t atoms) { return atoms > SY_COARSE_FROM ? SY_COARSE_MAX : atoms; }

/* For any fit of a map through knots: this one, one of buckets, one of the regression's blocks. */
size_t sy_fit_knots_bytes(size_t atoms) {
  size_t buckets = atoms < SY_BUCKETS_MAX ? atoms : SY_BUCKETS_MAX;
  size_t blocks = (atoms + 1) * (sizeof(int64_t) + 2 * sizeof(double));
  size_t most = buckets * sizeof(sy_bucket) > blocks ? buckets * sizeof(sy_bucket) : blocks;
  size_t pieces = (3 + 1 + 7) * sizeof(double) * (atoms_kept(atoms) + 1);
  return most > pieces ? most : pieces;
}

/* Where there are rows of 0 or 1, these stand for something less certain. */
static void set_ends(piecewise *f, const sy_curve *curve) {
  sy_fit_ends ends = sy_fit_ends_of(curve);
  f->low = ends.zero > 0.0 ? sy_log_odds(sy_sides_of(ends.zero)) : -SY_LOGIT_MAX;
  f->high = ends.one > 0.0 ? -sy_log_odds(sy_sides_of(ends.one)) : SY_LOGIT_MAX;
}

static piecewise lay_out(const sy_curve *curve, double *scratch) {
  size_t room = atoms_kept(curve->count) + 1;
  double *p = scratch, *w = p + room, *y = w + room, *next = y + room;
  piecewise f = {curve->count, curve->p, curve->w, curve->y, .weight = curve->total.w};
  double **arrays[] = {&f.z, &f.x, &f.d, &f.trial, &f.step, &f.slope, &f.diagonal, &f.beside};
  for (size_t i = 0; i < SY_COUNT(arrays); i++, next += room) *arrays[i] = next;
  if (curve->count > SY_COARSE_FROM) {
    f.n = sy_coarsen(curve, 0, p, w, y);
    f.p = p;
    f.w = w;
    f.y = y;
  }
  set_ends(&f, curve);
  for (size_t i = 0; i < f.n; i++) {
    double z = sy_log_odds(sy_sides_of(f.p[i]));
    f.z[i] = z < f.low ? f.low : z > f.high ? f.high : z;
  }
  return f;
}

/* Knots at the middles of `knots` shares of the weight, where they are apart. */
static void choose_knots(piecewise *f, size_t knots) {
  double below = 0.0;
  size_t at = 0;
  for (size_t k = 0; k < knots; k++) {
    double level = f->weight * ((double)k + 0.5) / (double)knots;
    while (at + 1 < f->n && below + f->w[at] < level) below += f->w[at++];
    if (f->knots && !(f->z[at] - f->x[f->knots - 1] >= NEAREST)) continue;
    f->d[f->knots] = 0.0;
    f->x[f->knots++] = f->z[at];
  }
}

/* ---------------------------------------------------------------------------- the loss -------- */

static double loss_of(double f, double w, double y) {
  double e = sy_exp(f < 0.0 ? f : -f);
  return w * ((f < 0.0 ? 0.0 : f) + sy_ln(1.0 + e)) - y * f;
}

/*
 * The piece of an atom (its left knot; the last has none to its right) and how far it is along it.
 */
static size_t piece_of(const piecewise *f, size_t at, double z, double *along) {
  while (at + 1 < f->knots && f->x[at + 1] <= z) at++;
  *along = 0.0;
  if (at + 1 < f->knots && z > f->x[at]) *along = (z - f->x[at]) / (f->x[at + 1] - f->x[at]);
  return at;
}

/* Of deviations d: what the labels lose, and with `derive` its gradient and curvature. */
static double add_labels(piecewise *f, const double *d, int derive) {
  double loss = 0.0, along;
  size_t at = 0;
  for (size_t i = 0; i < f->n; i++) {
    double left, value, s;
    at = piece_of(f, at, f->z[i], &along);
    left = 1.0 - along;
    value = f->z[i] + left * d[at] + (along > 0.0 ? along * d[at + 1] : 0.0);
    loss += loss_of(value, f->w[i], f->y[i]);
    if (!derive) continue;
    s = sy_sigmoid(value);
    double residual = f->w[i] * s - f->y[i], h = f->w[i] * s * (1.0 - s);
    f->slope[at] += residual * left;
    f->diagonal[at] += h * left * left;
    if (along > 0.0) {
      f->slope[at + 1] += residual * along;
      f->diagonal[at + 1] += h * along * along;
      f->beside[at] += h * left * along;
    }
  }
  return loss;
}

/* What slopes lose: to the prior and to the barrier. Infinite where one is too low. */
static double add_slopes(piecewise *f, const double *d, int derive) {
  double loss = 0.0;
  for (size_t j = 0; j + 1 < f->knots; j++) {
    double width = f->x[j + 1] - f->x[j], away = (d[j + 1] - d[j]) / width;
    double above = 1.0 + away - SY_SLOPE_MIN;
    if (!(above > 0.0)) return INFINITY;
    loss += 0.5 * f->penalty * away * away - f->barrier * sy_ln(above);
    if (!derive) continue;
    double pull = (f->penalty * away - f->barrier / above) / width;
    double h = (f->penalty + f->barrier / (above * above)) / (width * width);
    f->slope[j] -= pull;
    f->slope[j + 1] += pull;
    f->diagonal[j] += h;
    f->diagonal[j + 1] += h;
    f->beside[j] -= h;
  }
  return loss;
}

static double add_levels(piecewise *f, const double *d, int derive) {
  double loss = 0.0, share = f->penalty / (double)f->knots;
  for (size_t k = 0; k < f->knots; k++) {
    loss += 0.5 * share * d[k] * d[k];
    if (!derive) continue;
    f->slope[k] += share * d[k];
    f->diagonal[k] += share;
  }
  return loss;
}

static double look(piecewise *f, const double *d, int derive) {
  double slopes;
  for (size_t k = 0; derive && k < f->knots; k++) f->slope[k] = f->diagonal[k] = f->beside[k] = 0.0;
  slopes = add_slopes(f, d, derive);
  return isinf(slopes) ? slopes : slopes + add_levels(f, d, derive) + add_labels(f, d, derive);
}

/* ---------------------------------------------------------------------------- the descent ----- */

/* step = - curvature^-1 slope, by elimination along the diagonal; returns what it promises. */
static double newton_step(piecewise *f) {
  double promise = 0.0;
  for (size_t k = 0; k < f->knots; k++) f->step[k] = -f->slope[k];
  for (size_t k = 1; k < f->knots; k++) {
    double share = f->beside[k - 1] / f->diagonal[k - 1];
    f->diagonal[k] -= share * f->beside[k - 1];
    f->step[k] -= share * f->step[k - 1];
  }
  for (size_t k = f->knots; k-- > 0;) {
    if (k + 1 < f->knots) f->step[k] -= f->beside[k] * f->step[k + 1];
    f->step[k] /= f->diagonal[k];
    promise -= f->slope[k] * f->step[k];
  }
  return promise;
}

/* Down to the optimum at the present barrier. */
static void descend(piecewise *f) {
  double loss = look(f, f->d, 1);
  for (int i = 0; i < STEPS; i++) {
    double promise = newton_step(f), share = 1.0, next = INFINITY;
    int halvings = 0;
    for (; halvings < HALVINGS; halvings++, share *= 0.5) {
      for (size_t k = 0; k < f->knots; k++) f->trial[k] = f->d[k] + share * f->step[k];
      next = look(f, f->trial, 0);
      if (next <= loss - 1e-4 * share * promise) break;
    }
    if (halvings == HALVINGS) return;
    memcpy(f->d, f->trial, f->knots * sizeof *f->d);
    if (promise <= CLOSE * f->weight) return;
    loss = look(f, f->d, 1);
  }
}

static void write_map(const piecewise *f, double *x, double *y, sy_map *map) {
  size_t last = f->knots - 1;
  map->in_logits = 1;
  if (f->x[0] > f->low + NEAREST) sy_knots_add(map, x, y, f->low, f->low + f->d[0]);
  for (size_t k = 0; k <= last; k++) sy_knots_add(map, x, y, f->x[k], f->x[k] + f->d[k]);
  if (f->x[last] < f->high - NEAREST) sy_knots_add(map, x, y, f->high, f->high + f->d[last]);
}

sy_status sy_fit_piecewise(const sy_curve *curve, size_t knots, double prior, void *scratch,
                           double *x, double *y, sy_map *map, sy_error *error) {
  piecewise f;
  if (knots == 0) return sy_fail(error, SY_E_ARGUMENT, "knots: expected at least one");
  if (!(prior >= 0.0 && prior <= SY_PRIOR_MAX))
    return sy_fail(error, SY_E_ARGUMENT, "prior: expected a number of rows, got %g", prior);
  *map = sy_knots_begin(x, y);
  if (curve->count == 0) {
    map->in_logits = 1;
    sy_knots_add(map, x, y, -SY_LOGIT_MAX, -SY_LOGIT_MAX);
    sy_knots_add(map, x, y, SY_LOGIT_MAX, SY_LOGIT_MAX);
    return SY_OK;
  }
  f = lay_out(curve, scratch);
  choose_knots(&f, knots < f.n ? knots : f.n);
  f.penalty = 0.25 * prior + 1e-9 * f.weight;
  for (f.barrier = 1e-3 * f.weight; f.barrier > 1e-10 * f.weight; f.barrier *= 1e-2) descend(&f);
  write_map(&f, x, y, map);
  return SY_OK;
}
