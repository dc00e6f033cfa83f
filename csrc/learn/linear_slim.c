/*
 * linear_slim.c - SLIM by coordinate descent over the Gram matrix: each item's weights are a
 * regression of their own, done by one thread.
 *
 * With r = G_j - G w, the best weight i, others held, is S(r_i + G_ii w_i) / (G_ii + l2), S cutting
 * by l1 (and below 0); a weight that moves by d costs r -= d G_i (Friedman, Hastie and Tibshirani
 * 2010, "covariance updates").
 */
#include <math.h>
#include <stdint.h>

#include "kernel/work.h"
#include "learn/coordinates/coordinates.h"
#include "learn/linear_parts.h"

typedef struct slim {
  const sy_coordinates *loops;
  const float *f32; /* the Gram matrix, as one of them */
  const double *f64;
  size_t n;
  const sy_slim_options *options;
  float *weights;
  double *scratch; /* 2 n a thread */
  struct outcome *outcomes;
} slim;

/* What became of one item. */
typedef struct outcome {
  double objective;
  size_t sweeps, weights;
  int converged;
} outcome;

static double gram_at(const slim *s, size_t i, size_t j) {
  return s->f32 ? (double)s->f32[i * s->n + j] : s->f64[i * s->n + j];
}

static double best_weight(const sy_slim_options *o, double pull, double square) {
  double beyond = fabs(pull) - o->l1;
  if (beyond <= 0.0 || (pull < 0.0 && o->nonnegative)) return 0.0;
  return copysign(beyond, pull) / (square + o->l2);
}

/* One pass over all weights; the largest move. */
static double sweep(const slim *s, size_t j, double *w, double *r) {
  double most = 0.0;
  for (size_t i = 0; i < s->n; i++) {
    double square = gram_at(s, i, i), step;
    if (i == j || square <= 0.0) continue; /* nobody has the item */
    step = best_weight(s->options, r[i] + square * w[i], square) - w[i];
    if (step == 0.0) continue;
    w[i] += step;
    if (s->f32) s->loops->step_f32(s->f32 + i * s->n, step, s->n, r);
    else s->loops->step_f64(s->f64 + i * s->n, step, s->n, r);
    if (fabs(step) > most) most = fabs(step);
  }
  return most;
}

/* |x_j - Xw|^2 / 2 + l2 |w|^2 / 2 + l1 |w|_1, by r. */
static double objective(const slim *s, size_t j, const double *w, const double *r) {
  double fit = gram_at(s, j, j), penalty = 0.0;
  for (size_t i = 0; i < s->n; i++) {
    if (w[i] == 0.0) continue;
    fit -= w[i] * (gram_at(s, j, i) + r[i]);
    penalty += s->options->l1 * fabs(w[i]) + 0.5 * s->options->l2 * w[i] * w[i];
  }
  return 0.5 * fit + penalty;
}

static void regress(void *context, int thread, size_t j) {
  const slim *s = context;
  const size_t n = s->n;
  double *w = s->scratch + 2 * n * (size_t)thread, *r = w + n;
  outcome out = {0, 0, 0, 0};
  for (size_t i = 0; i < n; i++) {
    w[i] = 0.0;
    r[i] = gram_at(s, j, i);
  }
  while (!out.converged && out.sweeps < s->options->sweeps) {
    out.converged = sweep(s, j, w, r) <= s->options->tolerance;
    out.sweeps++;
  }
  out.objective = objective(s, j, w, r);
  for (size_t i = 0; i < n; i++) {
    s->weights[i * n + j] = (float)w[i];
    out.weights += w[i] != 0.0;
  }
  s->outcomes[j] = out;
}

static const sy_coordinates *best_loops(void) {
  static const sy_coordinates *const sets[] = {
#ifdef SY_HAVE_avx512
      &sy_coordinates_avx512,
#endif
#ifdef SY_HAVE_avx2
      &sy_coordinates_avx2,
#endif
      &sy_coordinates_baseline,
  };
  return sets[sy_best_set()];
}

static sy_status check(const sy_slim_options *o, sy_dtype dtype, sy_error *error) {
  if (dtype != SY_F32 && dtype != SY_F64)
    return sy_fail(error, SY_E_ARGUMENT, "slim: dtype: f32 or f64 is needed");
  if (!(o->l1 >= 0.0) || !isfinite(o->l1))
    return sy_fail(error, SY_E_ARGUMENT, "slim: l1: a number from 0 up is needed, got %g", o->l1);
  if (!(o->l2 >= 0.0) || !isfinite(o->l2))
    return sy_fail(error, SY_E_ARGUMENT, "slim: l2: a number from 0 up is needed, got %g", o->l2);
  if (!(o->tolerance >= 0.0) || !isfinite(o->tolerance))
    return sy_fail(error, SY_E_ARGUMENT, "slim: tolerance: a number from 0 up is needed, got %g",
                   o->tolerance);
  if (o->sweeps < 1) return sy_fail(error, SY_E_ARGUMENT, "slim: sweeps: at least 1 is needed");
  return SY_OK;
}

sy_status sy_slim(const void *gram, sy_dtype dtype, size_t n, const sy_slim_options *options,
                  const sy_memory *memory, float *weights, sy_slim_report *report,
                  sy_error *error) {
  const int threads = options->threads < 1 ? 1 : options->threads;
  const size_t scratch_bytes = 2 * (size_t)threads * n * sizeof(double);
  const size_t outcomes_bytes = n * sizeof(outcome);
  sy_status status = check(options, dtype, error);
  if (status != SY_OK) return status;
  double *scratch = sy_allocate(memory, scratch_bytes);
  outcome *outcomes = sy_allocate(memory, outcomes_bytes);
  if (scratch && outcomes) {
    slim s = {best_loops(),
              dtype == SY_F32 ? gram : NULL,
              dtype == SY_F64 ? gram : NULL,
              n,
              options,
              weights,
              scratch,
              outcomes};
    sy_share(n, 4, threads, regress, &s);
    *report = (sy_slim_report){0, 0, 0, 0};
    for (size_t j = 0; j < n; j++) {
      report->objective += outcomes[j].objective;
      report->weights += outcomes[j].weights;
      report->unconverged += !outcomes[j].converged;
      if (outcomes[j].sweeps > report->sweeps) report->sweeps = outcomes[j].sweeps;
    }
  } else {
    status = sy_fail_memory(error);
  }
  sy_release(memory, outcomes, outcomes_bytes);
  sy_release(memory, scratch, scratch_bytes);
  return status;
}
