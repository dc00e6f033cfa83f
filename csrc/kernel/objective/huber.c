/*
 * huber.c - half the squared error near the target, and the error itself far from it.
 */
#include <float.h>
#include <math.h>

#include "kernel/objective/objective.h"

static sy_status check(const sy_objective_job *job, sy_error *error) {
  return sy_objective_above_zero("delta", job->options->delta, error);
}

static void points(const sy_objective_job *job, size_t column, const double *z, const double *y,
                   size_t n, double *loss, double *slope) {
  double delta = job->options->delta;
  (void)column;
  for (size_t i = 0; i < n; i++) {
    double away = z[i] - y[i], size = fabs(away);
    double far = delta * (size - 0.5 * delta), near = 0.5 * away * away;
    double within = away > delta ? delta : away < -delta ? -delta : away;
    loss[i] = size > delta ? far : near;
    slope[i] = within;
  }
}

static void run(sy_objective_job *job) { sy_objective_pointwise(job, points); }

const sy_objective_kind sy_objective_huber = {
    .name = "huber",
    .help = "d = |output - target|: d^2 / 2 up to delta, then delta (d - delta / 2); Huber 1964",
    .least = -DBL_MAX,
    .most = DBL_MAX,
    .check = check,
    .run = run};
