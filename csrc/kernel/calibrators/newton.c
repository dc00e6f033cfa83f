/*
 * newton.c - Newton's method for logistic fits of up to three coefficients.
 *
 * The loss is convex; a ridge towards the identity, of weight RIDGE a row, keeps coefficients
 * finite where classes are separable, and is below what anybody could tell elsewhere. Directions of
 * which the data says nothing (all predictions equal) are left where they stand, in the order of
 * their numbers: the offset first takes what it can.
 */
#include "kernel/calibrators/fit.h"

#define RIDGE 1e-12
#define STEPS 100
#define HALVINGS 40

/*
 * A decrement (the loss that a step promises, twice), for each unit of weight, after which a step
 * is the last: the next would be about its square.
 */
#define CLOSE 1e-16

/* What remains of a direction's curvature beside those before it, from which on it is told. */
#define TOLD 1e-12

/* The most that one step may move a logit. */
#define STRIDE 60.0

/*
 * A point with its loss, gradient (uphill of the likelihood) and curvature; the latter without the
 * ridge.
 */
typedef struct point {
  double theta[3], loss, gradient[3], curvature[3][3];
} point;

static void place(const sy_fit_space *space, const double *at, double *theta) {
  for (size_t i = 0; i < 3; i++) {
    theta[i] = space->base[i];
    for (size_t k = 0; k < space->count; k++) theta[i] += at[k] * space->direction[k][i];
  }
}

static void look(const sy_fit_data *data, int with_loss, point *at) {
  const double identity[3] = {0.0, 1.0, data->form.logs ? 1.0 : 0.0};
  double s[SY_SUMS] = {0}, ridge = RIDGE * data->weight;
  data->kernels->likelihood(&data->form, at->theta, data->p, data->w, data->y, data->n, with_loss,
                            s);
  const double gradient[3] = {s[SY_SUM_R], s[SY_SUM_RU], s[SY_SUM_RV]};
  const double curvature[3][3] = {{s[SY_SUM_H], s[SY_SUM_HU], s[SY_SUM_HV]},
                                  {s[SY_SUM_HU], s[SY_SUM_HUU], s[SY_SUM_HUV]},
                                  {s[SY_SUM_HV], s[SY_SUM_HUV], s[SY_SUM_HVV]}};
  at->loss = s[SY_SUM_LOSS];
  memcpy(at->curvature, curvature, sizeof curvature);
  for (size_t i = 0; i < 3; i++) {
    double away = at->theta[i] - identity[i];
    at->gradient[i] = gradient[i] - ridge * away;
    at->loss += 0.5 * ridge * away * away;
  }
}

/* A gradient and a curvature along a space's directions. */
typedef struct system {
  size_t n;
  double g[3], h[3][3];
} system;

static system project(const point *at, const sy_fit_space *space, double ridge) {
  system s = {.n = space->count};
  for (size_t k = 0; k < s.n; k++) {
    const double *one = space->direction[k];
    for (size_t i = 0; i < 3; i++) s.g[k] += at->gradient[i] * one[i];
    for (size_t l = 0; l < s.n; l++)
      for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++)
          s.h[k][l] +=
              one[i] * (at->curvature[i][j] + (i == j ? ridge : 0.0)) * space->direction[l][j];
  }
  return s;
}

/* Gauss's elimination below row k, from rows after it. */
static void eliminate(system *s, size_t k) {
  for (size_t l = k + 1; l < s->n; l++) {
    double share = s->h[l][k] / s->h[k][k];
    for (size_t m = k; m < s->n; m++) s->h[l][m] -= share * s->h[k][m];
    s->g[l] -= share * s->g[k];
  }
}

/*
 * Take the directions of which the data says nothing out of s: the curvature without a ridge tells.
 */
static void leave_untold(system data, system *s) {
  double whole[3] = {data.h[0][0], data.h[1][1], data.h[2][2]};
  for (size_t k = 0; k < s->n; k++) {
    if (data.h[k][k] > TOLD * whole[k]) {
      eliminate(&data, k);
      continue;
    }
    for (size_t l = 0; l < s->n; l++) {
      s->h[k][l] = s->h[l][k] = data.h[k][l] = data.h[l][k] = 0.0;
    }
    s->h[k][k] = 1.0;
    s->g[k] = 0.0;
  }
}

/* Solve h step = g. Returns dot(g, step). */
static double solve(system s, double *step) {
  double decrement = 0.0;
  const system whole = s;
  for (size_t k = 0; k < s.n; k++) eliminate(&s, k);
  for (size_t k = s.n; k-- > 0;) {
    step[k] = s.g[k];
    for (size_t l = k + 1; l < s.n; l++) step[k] -= s.h[k][l] * step[l];
    step[k] /= s.h[k][k];
    decrement += whole.g[k] * step[k];
  }
  return decrement;
}

/* How far a step moves the logit of the first or the last atom, whichever more. */
static double stride_of(const sy_fit_data *data, const sy_fit_space *space, const double *step) {
  double most = 0.0;
  for (size_t end = 0; end < 2; end++) {
    double u, v, move, p = data->p[end ? data->n - 1 : 0];
    sy_fit_basis(&data->form, p, &u, &v);
    move = 0.0;
    for (size_t k = 0; k < space->count; k++) {
      const double *d = space->direction[k];
      move += step[k] * (d[0] + d[1] * u + d[2] * v);
    }
    if (move < 0.0) move = -move;
    if (move > most) most = move;
  }
  return most;
}

/* Shorten the step until the loss falls as it should; 0 where it does not. */
static int advance(const sy_fit_data *data, sy_fit_space *space, const double *step,
                   double decrement, point *from) {
  double stride = stride_of(data, space, step), share = stride > STRIDE ? STRIDE / stride : 1.0;
  for (int i = 0; i < HALVINGS; i++, share *= 0.5) {
    double at[3] = {0};
    point next;
    for (size_t k = 0; k < space->count; k++) at[k] = space->at[k] + share * step[k];
    place(space, at, next.theta);
    look(data, 1, &next);
    if (!(next.loss <= from->loss - 1e-4 * share * decrement)) continue;
    memcpy(space->at, at, sizeof at);
    *from = next;
    return 1;
  }
  return 0;
}

static double find_step(const sy_fit_data *data, const sy_fit_space *space, const point *at,
                        double *step) {
  system s = project(at, space, RIDGE * data->weight);
  leave_untold(project(at, space, 0.0), &s);
  return solve(s, step);
}

void sy_fit_newton(const sy_fit_data *data, sy_fit_space *space, double *theta) {
  double close = CLOSE * data->weight, step[3] = {0};
  point at;
  place(space, space->at, at.theta);
  look(data, 0, &at);
  for (int i = 0; i < STEPS && space->count > 0; i++) {
    double decrement = find_step(data, space, &at, step);
    if (!(decrement >= 0.0)) break; /* rounding: not downhill */
    if (decrement <= close) {
      for (size_t k = 0; k < space->count; k++) space->at[k] += step[k];
      break;
    }
    if (i == 0) look(data, 1, &at);
    if (!advance(data, space, step, decrement, &at)) break;
  }
  place(space, space->at, theta);
}

double sy_fit_loss(const sy_fit_data *data, const double *theta) {
  point at = {.theta = {theta[0], theta[1], theta[2]}};
  look(data, 1, &at);
  return at.loss;
}

int sy_fit_bind(sy_fit_space *space, const sy_fit_bound *bound) {
  double along[3] = {0}, gap = bound->least, most = 0.0;
  size_t pivot = 0;
  for (size_t i = 0; i < 3; i++) gap -= bound->normal[i] * space->base[i];
  for (size_t k = 0; k < space->count; k++) {
    for (size_t i = 0; i < 3; i++) along[k] += bound->normal[i] * space->direction[k][i];
    if (along[k] * along[k] > most * most) most = along[pivot = k];
  }
  if (!(most * most > 1e-18)) return 0;
  for (size_t i = 0; i < 3; i++) {
    double d = space->direction[pivot][i];
    space->base[i] += d * gap / most;
    for (size_t k = 0; k < space->count; k++)
      if (k != pivot) space->direction[k][i] -= d * along[k] / most;
  }
  space->count--;
  for (size_t k = pivot; k < space->count; k++) {
    memcpy(space->direction[k], space->direction[k + 1], sizeof space->direction[k]);
    space->at[k] = space->at[k + 1];
  }
  return 1;
}
