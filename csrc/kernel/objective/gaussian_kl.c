/*
 * gaussian_kl.c - how far a row's normal distribution is from the standard one: the regularizer of
 * variational autoencoders.
 *
 * A row's outputs are means m and log variances v of as many independent numbers: the divergence is
 * the sum of (exp(v) - 1 - v + m^2) / 2. Near v = 0 the first three cancel; a series takes over.
 */
#include <math.h>

#include "kernel/elementary.h"
#include "kernel/objective/objective.h"
#include "kernel/sum.h"

/* Beyond it, exp(v) would be cut off. */
#define MOST 700.0

static size_t bytes(const sy_objective_job *job) { return 3 * job->columns * sizeof(double); }

static sy_status check(const sy_objective_job *job, sy_error *error) {
  size_t half = job->columns / 2;
  if (job->columns % 2)
    return sy_fail(error, SY_E_ARGUMENT,
                   "outputs: %zu columns: as many means as log variances are needed", job->columns);
  if (job->options->task_weights)
    return sy_fail(error, SY_E_ARGUMENT, "task_weights: gaussian_kl has no tasks");
  for (size_t r = 0; r < job->rows; r++)
    for (size_t c = half; c < job->columns; c++)
      if (sy_vector_at(job->outputs, r * job->columns + c) > MOST)
        return sy_fail(error, SY_E_NUMBER, "outputs[%zu][%zu]: %g: too large for a log variance",
                       r + 1, c + 1, sy_vector_at(job->outputs, r * job->columns + c));
  return SY_OK;
}

/* exp(v) - 1 - v within 0.25 of 0, to the last bits: v^2 (1 / 2! + v / 3! + v^2 / 4! ...). */
static double series(double v) {
  static const double inverse[] = {1.0 / 2,       1.0 / 6,        1.0 / 24,       1.0 / 120,
                                   1.0 / 720,     1.0 / 5040,     1.0 / 40320,    1.0 / 362880,
                                   1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600};
  double sum = 1.0 / 6227020800.0;
  for (size_t k = SY_COUNT(inverse); k-- > 0;) sum = inverse[k] + v * sum;
  return v * v * sum;
}

static double row_loss(const sy_objective_job *job, size_t r, double *z, double *loss,
                       double *slope) {
  size_t half = job->columns / 2;
  sy_objective_load(job->outputs, r * job->columns, 1, job->columns, z);
  job->kernels->exponentials(z + half, half, loss + half);
  for (size_t i = 0; i < half; i++) {
    loss[i] = 0.5 * z[i] * z[i];
    slope[i] = z[i];
  }
  for (size_t i = half; i < job->columns; i++) {
    double above = fabs(z[i]) < 0.25 ? series(z[i]) : loss[i] - 1.0 - z[i];
    loss[i] = 0.5 * above;
    slope[i] = 0.5 * (z[i] + above);
  }
  return sy_sum(sy_f64(loss), job->columns);
}

static void run(sy_objective_job *job) {
  double total = 0, scale = 1.0, sum = 0, *z = (double *)(void *)job->scratch;
  double *loss = z + job->columns, *slope = loss + job->columns;
  for (size_t r = 0; r < job->rows; r++) total += sy_row_weight(job, r);
  if (!(total > 0)) return;
  if (job->options->reduction == SY_REDUCE_MEAN) scale = 1.0 / total;
  for (size_t r = 0; r < job->rows; r++) {
    double weight = sy_row_weight(job, r);
    if (!(weight > 0)) continue;
    sum += weight * row_loss(job, r, z, loss, slope);
    sy_objective_add(job, r * job->columns, 1, job->columns, slope, scale * weight);
  }
  job->parts[0] = scale * sum;
}

const sy_objective_kind sy_objective_gaussian_kl = {
    .name = "gaussian_kl",
    .help = "KL(N(m, exp(v)) || N(0, 1)): sum of (exp(v) - 1 - v + m^2) / 2 over a row; "
            "Kingma and Welling 2013",
    .no_targets = 1,
    .whole = 1,
    .check = check,
    .bytes = bytes,
    .run = run};
