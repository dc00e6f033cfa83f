/*
 * pointwise.c - losses that are sums over elements: column by column, block by block.
 */
#include "kernel/objective/objective.h"

/*
 * Multiply losses and slopes by weights (NULL: all 1), and add the losses up: loss i in lane i mod 8.
 * What weighs 0 counts as 0, even an infinity or NaN.
 */
static void weigh(const double *weights, size_t n, double *loss, double *slope, double *lanes) {
  size_t i = 0;
  for (size_t k = 0; weights && k < n; k++) {
    loss[k] = weights[k] > 0.0 ? weights[k] * loss[k] : 0.0;
    slope[k] = weights[k] > 0.0 ? weights[k] * slope[k] : 0.0;
  }
  for (; i + 8 <= n; i += 8)
    for (size_t l = 0; l < 8; l++) lanes[l] += loss[i + l];
  for (size_t l = 0; i + l < n; l++) lanes[l] += loss[i + l];
}

/* The weights of rows `from` on whose targets were observed, in `weights`; or NULL: all 1. */
static const double *load_weights(const sy_objective_job *job, size_t from, const double *y,
                                  size_t n, double *weights) {
  if (job->complete && !job->options->row_weights) return NULL;
  for (size_t i = 0; i < n; i++) weights[i] = y[i] == y[i] ? sy_row_weight(job, from + i) : 0.0;
  return weights;
}

/* What a column's weighted sum, times the column's weight, is multiplied by. */
static double common_scale(const sy_objective_job *job) {
  double total = 0;
  if (job->options->reduction == SY_REDUCE_SUM) return 1.0;
  for (size_t t = 0; t < job->columns; t++) total += sy_task_weight(job, t) * job->observed[t];
  return total > 0 ? 1.0 / total : 0.0;
}

static double run_column(sy_objective_job *job, size_t column, double scale,
                         sy_objective_points points) {
  double z[SY_OBJECTIVE_BLOCK], y[SY_OBJECTIVE_BLOCK], weights[SY_OBJECTIVE_BLOCK];
  double loss[SY_OBJECTIVE_BLOCK], slope[SY_OBJECTIVE_BLOCK], lanes[8] = {0};
  size_t stride = job->columns;
  for (size_t from = 0; from < job->rows; from += SY_OBJECTIVE_BLOCK) {
    size_t n = job->rows - from < SY_OBJECTIVE_BLOCK ? job->rows - from : SY_OBJECTIVE_BLOCK;
    size_t first = from * stride + column;
    sy_objective_load(job->outputs, first, stride, n, z);
    sy_objective_load(job->targets, first, stride, n, y);
    points(job, column, z, y, n, loss, slope);
    weigh(load_weights(job, from, y, n, weights), n, loss, slope, lanes);
    sy_objective_add(job, first, stride, n, slope, scale);
  }
  return scale * (((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
                  ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7])));
}

void sy_objective_pointwise(sy_objective_job *job, sy_objective_points points) {
  double common = common_scale(job);
  for (size_t t = 0; t < job->columns; t++) {
    double scale = common * sy_task_weight(job, t);
    if (scale > 0 && job->observed[t] > 0) job->parts[t] = run_column(job, t, scale, points);
  }
}
