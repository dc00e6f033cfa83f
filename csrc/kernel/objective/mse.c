/*
 * mse.c - squared error.
 */
#include <float.h>

#include "kernel/objective/objective.h"

static void points(const sy_objective_job *job, size_t column, const double *z, const double *y,
                   size_t n, double *loss, double *slope) {
  (void)job;
  (void)column;
  for (size_t i = 0; i < n; i++) {
    double away = z[i] - y[i];
    loss[i] = away * away;
    slope[i] = 2.0 * away;
  }
}

static void run(sy_objective_job *job) { sy_objective_pointwise(job, points); }

const sy_objective_kind sy_objective_mse = {.name = "mse",
                                            .help = "(output - target)^2; Legendre 1805",
                                            .least = -DBL_MAX,
                                            .most = DBL_MAX,
                                            .run = run};
