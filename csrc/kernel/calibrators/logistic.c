/*
 * logistic.c - maps fitted by maximum likelihood: shift, temperature, Platt, quadratic, beta.
 *
 * Long curves are coarsened first, which moves no coefficient by more than about 1e-8.
 */
#include <math.h>

#include "kernel/calibrators/fit.h"

#define BOUNDS 3

/* What is looked for: a space, where to start in it, and bounds. */
typedef struct model {
  sy_fit_space space;
  size_t bounds;
  sy_fit_bound bound[BOUNDS];
} model;

static void add_direction(model *m, double d0, double d1, double d2, double at) {
  double *direction = m->space.direction[m->space.count];
  direction[0] = d0;
  direction[1] = d1;
  direction[2] = d2;
  m->space.at[m->space.count++] = at;
}

static void add_bound(model *m, double n0, double n1, double n2, double least) {
  sy_fit_bound bound = {{n0, n1, n2}, least};
  m->bound[m->bounds++] = bound;
}

static int has_logs(sy_logistic_kind kind) {
  return kind == SY_LOGISTIC_BETA_ABM || kind == SY_LOGISTIC_BETA_AB || kind == SY_LOGISTIC_BETA_A;
}

/* Slopes of a beta map: neither below 0, and one of them above. */
static void bound_beta(model *m) {
  add_bound(m, 0, 1, 0, 0);
  add_bound(m, 0, 0, 1, 0);
  add_bound(m, 0, 1, 1, SY_SLOPE_MIN);
}

/* z_low, z_high: the data's logits. Each starts as the identity where it can. */
static model model_of(sy_logistic_kind kind, double z_low, double z_high) {
  model m = {0};
  switch (kind) {
    case SY_LOGISTIC_SHIFT:
      m.space.base[1] = 1;
      add_direction(&m, 1, 0, 0, 0);
      break;
    case SY_LOGISTIC_TEMPERATURE:
      add_direction(&m, 0, 1, 0, 1);
      add_bound(&m, 0, 1, 0, SY_SLOPE_MIN);
      break;
    case SY_LOGISTIC_PLATT:
    case SY_LOGISTIC_BETA_AM:
      add_direction(&m, 1, 0, 0, 0);
      add_direction(&m, 0, 1, 0, 1);
      add_bound(&m, 0, 1, 0, SY_SLOPE_MIN);
      break;
    case SY_LOGISTIC_QUADRATIC:
      add_direction(&m, 1, 0, 0, 0);
      add_direction(&m, 0, 1, 0, 1);
      add_direction(&m, 0, 0, 1, 0);
      add_bound(&m, 0, 1, 2 * z_low, SY_SLOPE_MIN);
      add_bound(&m, 0, 1, 2 * z_high, SY_SLOPE_MIN);
      break;
    case SY_LOGISTIC_BETA_ABM:
      add_direction(&m, 1, 0, 0, 0);
      add_direction(&m, 0, 1, 0, 1);
      add_direction(&m, 0, 0, 1, 1);
      bound_beta(&m);
      break;
    case SY_LOGISTIC_BETA_AB: /* 1/2 stays: a ln 2p - b ln 2(1 - p) */
      add_direction(&m, SY_LN2, 1, 0, 1);
      add_direction(&m, -SY_LN2, 0, 1, 1);
      bound_beta(&m);
      break;
    case SY_LOGISTIC_BETA_A: /* a ln 2p */
      add_direction(&m, SY_LN2, 1, 0, 1);
      add_bound(&m, 0, 1, 0, SY_SLOPE_MIN);
      break;
  }
  return m;
}

/* ---------------------------------------------------------------------------- bounds ---------- */

static int is_within(const model *m, const double *theta, unsigned but) {
  for (size_t b = 0; b < m->bounds; b++) {
    const double *normal = m->bound[b].normal;
    double sum = normal[0] * theta[0] + normal[1] * theta[1] + normal[2] * theta[2];
    if (!(but >> b & 1) && !(sum >= m->bound[b].least - 1e-12)) return 0;
  }
  return 1;
}

/* The optimum with a set of bounds (a bit each) kept as equations; 0 where these contradict. */
static int solve_with(const sy_fit_data *data, const model *m, unsigned set, double *theta) {
  sy_fit_space space = m->space;
  for (size_t b = 0; b < m->bounds; b++)
    if ((set >> b & 1) && !sy_fit_bind(&space, &m->bound[b])) return 0;
  sy_fit_newton(data, &space, theta);
  return 1;
}

/*
 * The best within all bounds, some set of which holds it; where rounding finds none, theta stays.
 */
static void solve_bounded(const sy_fit_data *data, const model *m, double *theta) {
  double least = INFINITY, free[3];
  if (solve_with(data, m, 0, free) && is_within(m, free, 0)) {
    memcpy(theta, free, sizeof free);
    return;
  }
  for (unsigned set = 1; set < 1u << m->bounds; set++) {
    double found[3], loss;
    if (!solve_with(data, m, set, found) || !is_within(m, found, set)) continue;
    loss = sy_fit_loss(data, found);
    if (loss < least) {
      least = loss;
      memcpy(theta, found, sizeof found);
    }
  }
}

/* ---------------------------------------------------------------------------- the fit --------- */

size_t sy_fit_logistic_bytes(size_t atoms) {
  return 3 * sizeof(double) * (atoms > SY_COARSE_FROM ? SY_COARSE_MAX : 0) + 64;
}

/* next: how far the next prediction is from the end; 0 where there is none. */
static double end_of(double weight, double next) {
  double half_row = 0.5 / (weight + 1.0);
  return next > 0.0 && next < half_row ? next : half_row;
}

sy_fit_ends sy_fit_ends_of(const sy_curve *curve) {
  const double *p = curve->p, *w = curve->w;
  size_t last = curve->count - 1;
  sy_fit_ends ends = {0.0, 0.0};
  if (p[0] <= 0.0) ends.zero = end_of(w[0], last > 0 && p[1] < 1.0 ? p[1] : 0.0);
  if (p[last] >= 1.0) ends.one = end_of(w[last], last > 0 ? 1.0 - p[last - 1] : 0.0);
  return ends;
}

static sy_fit_data data_of(const sy_curve *curve, sy_logistic_kind kind, int smoothing) {
  double positive = curve->total.y, negative = curve->total.w - positive;
  sy_fit_data data = {sy_best_kernels(), curve->p,       curve->w, curve->y,
                      curve->count,      curve->total.w, {0}};
  sy_fit_ends ends = sy_fit_ends_of(curve);
  if (negative < 0.0) negative = 0.0;
  data.form.logs = has_logs(kind);
  data.form.second =
      kind == SY_LOGISTIC_QUADRATIC || (data.form.logs && kind != SY_LOGISTIC_BETA_A);
  data.form.zero = ends.zero;
  data.form.one = 1.0 - ends.one;
  data.form.label_scale = 1.0;
  if (smoothing) {
    double one = (positive + 1.0) / (positive + 2.0), none = 1.0 / (negative + 2.0);
    data.form.label_scale = one - none;
    data.form.label_floor = none;
  }
  return data;
}

static void coarsen(const sy_curve *curve, double *scratch, sy_fit_data *data) {
  double *p = scratch, *w = p + SY_COARSE_MAX, *y = w + SY_COARSE_MAX;
  data->n = sy_coarsen(curve, 1, p, w, y);
  data->p = p;
  data->w = w;
  data->y = y;
}

/* The ends of what the fit sees, where the map is held. */
static void set_range(const sy_curve *curve, const sy_likelihood *form, sy_map *map) {
  sy_sides low = sy_sides_within(curve->p[0], form->zero, form->one);
  sy_sides high = sy_sides_within(curve->p[curve->count - 1], form->zero, form->one);
  map->z_low = sy_log_odds(low);
  map->z_high = sy_log_odds(high);
  map->p_low = form->zero;
  map->q_low = 1.0 - form->one;
}

static void fit(const sy_curve *curve, sy_logistic_kind kind, int bounded, int smoothing,
                void *scratch, sy_map *map) {
  sy_map fitted = {.kind = SY_MAP_LOGISTIC, .rate = 1.0, .c = {0.0, 1.0, 1.0, 0.0}};
  double theta[3] = {0.0, 1.0, has_logs(kind) ? 1.0 : 0.0}; /* the identity */
  sy_fit_data data;
  model m;
  *map = fitted;
  if (curve->count == 0) return;
  data = data_of(curve, kind, smoothing);
  set_range(curve, &data.form, &fitted);
  m = model_of(kind, fitted.z_low, fitted.z_high);
  if (!bounded) m.bounds = 0;
  if (curve->count > SY_COARSE_FROM) coarsen(curve, scratch, &data);
  solve_bounded(&data, &m, theta);
  fitted.c[0] = theta[0];
  fitted.c[1] = theta[1];
  fitted.c[2] = data.form.logs ? theta[2] : theta[1];
  fitted.c[3] = data.form.logs ? 0.0 : theta[2];
  *map = fitted;
}

sy_status sy_fit_logistic(const sy_curve *curve, sy_logistic_kind kind, int smoothing,
                          void *scratch, sy_map *map, sy_error *error) {
  if ((int)kind < SY_LOGISTIC_SHIFT || kind > SY_LOGISTIC_BETA_A)
    return sy_fail(error, SY_E_ARGUMENT, "kind: %d is no logistic map", (int)kind);
  fit(curve, kind, 1, smoothing, scratch, map);
  return SY_OK;
}

void sy_fit_beta_ab_free(const sy_curve *curve, int smoothing, void *scratch, sy_map *map) {
  fit(curve, SY_LOGISTIC_BETA_AB, 0, smoothing, scratch, map);
}
