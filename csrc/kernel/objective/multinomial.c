/*
 * multinomial.c - cross-entropy of a row's softmax.
 *
 * Over the classes that were observed, z_m the largest of their logits: the loss is
 * sum of y_j (log of the sum of exp(z - z_m) - (z_j - z_m)), and the slope
 * (sum of y) softmax_j - y_j. The largest logit's 1 stays out of the sum, so that the logarithm
 * of a row that is sure is not lost.
 */
#include <float.h>
#include <math.h>

#include "kernel/elementary.h"
#include "kernel/objective/objective.h"
#include "kernel/sum.h"

/* A row's numbers, of `columns` each. */
typedef struct row_of {
  double *behind, *target, *power, *slope;
} row_of;

static size_t bytes(const sy_objective_job *job) { return 4 * job->columns * sizeof(double); }

static row_of lay_out(const sy_objective_job *job) {
  double *numbers = (double *)(void *)job->scratch;
  size_t n = job->columns;
  return (row_of){numbers, numbers + n, numbers + 2 * n, numbers + 3 * n};
}

/* The weight of the rows that count, having a target at all. */
static double counted(const sy_objective_job *job) {
  double total = 0;
  for (size_t r = 0; r < job->rows; r++) {
    size_t t = 0;
    while (t < job->columns && isnan(sy_vector_at(job->targets, r * job->columns + t))) t++;
    if (t < job->columns) total += sy_row_weight(job, r);
  }
  return total;
}

/*
 * Load a row: logits behind the largest, -infinity where no target was observed, and weighted
 * targets. Returns the place of the largest; columns: nothing was observed.
 */
static size_t load_row(const sy_objective_job *job, size_t r, row_of row) {
  size_t n = job->columns, largest = n;
  sy_objective_load(job->outputs, r * n, 1, n, row.behind);
  sy_objective_load(job->targets, r * n, 1, n, row.target);
  for (size_t t = 0; t < n; t++) {
    if (isnan(row.target[t])) continue;
    if (largest == n || row.behind[t] > row.behind[largest]) largest = t;
  }
  if (largest == n) return n;
  double most = row.behind[largest];
  for (size_t t = 0; t < n; t++) {
    int none = isnan(row.target[t]);
    row.behind[t] = none ? (double)-INFINITY : row.behind[t] - most;
    row.target[t] = none ? 0.0 : sy_task_weight(job, t) * row.target[t];
  }
  return largest;
}

static double row_loss(const sy_objective_job *job, row_of row, size_t largest) {
  size_t n = job->columns;
  double loss = 0, total = sy_sum(sy_f64(row.target), n);
  job->kernels->exponentials(row.behind, n, row.power);
  for (size_t t = 0; t < n; t++)
    if (!isfinite(row.behind[t])) row.power[t] = 0.0;
  row.power[largest] = 0.0;
  double rest = sy_sum(sy_f64(row.power), n), mass = sy_ln1p(rest);
  row.power[largest] = 1.0;
  for (size_t t = 0; t < n; t++) {
    if (row.target[t] > 0) loss += row.target[t] * (mass - row.behind[t]);
    row.slope[t] = total * (row.power[t] / (1.0 + rest)) - row.target[t];
  }
  return loss;
}

static void run(sy_objective_job *job) {
  double total = counted(job), scale = 1.0, sum = 0;
  row_of row = lay_out(job);
  if (!(total > 0)) return;
  if (job->options->reduction == SY_REDUCE_MEAN) scale = 1.0 / total;
  for (size_t r = 0; r < job->rows; r++) {
    double weight = sy_row_weight(job, r);
    size_t largest = weight > 0 ? load_row(job, r, row) : job->columns;
    if (largest == job->columns) continue;
    sum += weight * row_loss(job, row, largest);
    sy_objective_add(job, r * job->columns, 1, job->columns, row.slope, scale * weight);
  }
  job->parts[0] = scale * sum;
}

const sy_objective_kind sy_objective_multinomial = {
    .name = "multinomial",
    .help = "- sum of y_j log softmax(z)_j over a row's classes; Bridle 1990",
    .whole = 1,
    .least = 0,
    .most = DBL_MAX,
    .bytes = bytes,
    .run = run};
