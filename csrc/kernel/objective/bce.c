/*
 * bce.c - binary cross-entropy of logits: the log loss.
 */
#include <math.h>

#include "kernel/objective/objective.h"

static sy_status check(const sy_objective_job *job, sy_error *error) {
  const double *positive = job->options->positive_weights;
  for (size_t t = 0; positive && t < job->columns; t++)
    if (!(positive[t] >= 0) || !isfinite(positive[t]))
      return sy_fail(error, SY_E_ARGUMENT, "positive_weights[%zu]: %g: must be a number from 0 up",
                     t + 1, positive[t]);
  return SY_OK;
}

static void points(const sy_objective_job *job, size_t column, const double *z, const double *y,
                   size_t n, double *loss, double *slope) {
  const double *positive = job->options->positive_weights;
  job->kernels->cross_entropies(z, y, positive ? positive[column] : 1.0, n, loss, slope);
}

static void run(sy_objective_job *job) { sy_objective_pointwise(job, points); }

const sy_objective_kind sy_objective_bce = {
    .name = "bce",
    .help = "log loss of logits z: (1 - y) log(1 + exp(z)) + positive_weight y log(1 + exp(-z)); "
            "Good 1952",
    .least = 0,
    .most = 1,
    .check = check,
    .run = run};
