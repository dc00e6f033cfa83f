/*
 * kernel_calibration.c - the square of the maximum mean calibration error (MMCE).
 *
 * With weights w that add up to 1, residuals r = w (p - y) and k(d) = exp(-|d| / bandwidth), the loss
 * is the sum over pairs of r_i r_j k(p_i - p_j). Over rows by prediction, what those below give to a
 * row, L = sum of r_j k(p_i - p_j), is a neighbour's L and residual, faded by one exponential; so is
 * H of those above. Rows of equal predictions are one step, of residual R: the loss is the sum of
 * R (R + 2 L), its slope by r is 2 (R + L + H), and by p, through the kernel alone,
 * 2 r (H - L) / bandwidth (the kernel's own kink counts as flat).
 */
#include <math.h>

#include "kernel/objective/calibration.h"

/* Of the step that each row belongs to, written at its first row, and where it ends. */
typedef struct steps {
  double *fade;  /* k of the distance to the step below; the first's does not matter */
  double *sum;   /* R */
  double *below; /* L */
  size_t *end;
} steps;

static steps lay_out(const sy_task_rows *rows, size_t room) {
  double *numbers = rows->own;
  return (steps){numbers, numbers + room, numbers + 2 * room,
                 (size_t *)(void *)(numbers + 3 * room)};
}

/* Cut the rows into steps: returns how many. */
static size_t cut(const sy_objective_job *job, sy_task_rows *rows, steps s) {
  double sharp = 1.0 / job->options->bandwidth, last = 0;
  size_t count = 0;
  for (size_t i = 0; i < rows->n; count++) {
    double p = rows->p[i], sum = 0;
    for (; i < rows->n && rows->p[i] == p; i++) {
      double away = (1.0 - rows->y[i]) * rows->p[i] - rows->y[i] * rows->q[i];
      rows->slope[i] = rows->w[i] * away; /* the residual, for now */
      sum += rows->slope[i];
    }
    s.fade[count] = (last - p) * sharp;
    s.sum[count] = sum;
    s.end[count] = i;
    last = p;
  }
  if (count) job->kernels->exponentials(s.fade, count, s.fade);
  return count;
}

static void make_weights_shares(sy_task_rows *rows) {
  double total = 0;
  for (size_t i = 0; i < rows->n; i++) total += rows->w[i];
  for (size_t i = 0; i < rows->n; i++) rows->w[i] /= total;
}

static double loss(const sy_objective_job *job, sy_task_rows *rows) {
  steps s = lay_out(rows, job->rows);
  double value = 0, below = 0, above = 0, sharp = 1.0 / job->options->bandwidth;
  make_weights_shares(rows);
  size_t count = cut(job, rows, s);
  for (size_t k = 0; k < count; k++) {
    if (k) below = (below + s.sum[k - 1]) * s.fade[k];
    s.below[k] = below;
    value += s.sum[k] * (s.sum[k] + 2.0 * below);
  }
  for (size_t k = count; k-- > 0;) {
    double near = s.sum[k] + s.below[k] + above, tilt = (above - s.below[k]) * sharp;
    for (size_t i = k ? s.end[k - 1] : 0; i < s.end[k]; i++) {
      double by_p = 2.0 * (rows->w[i] * near + rows->slope[i] * tilt);
      rows->slope[i] = by_p * (rows->p[i] * rows->q[i]);
    }
    above = (above + s.sum[k]) * s.fade[k];
  }
  return value < 0 ? 0.0 : value; /* the kernel is positive definite: below 0 is rounding */
}

static sy_task_plan plan_of(const sy_objective_job *job) {
  return (sy_task_plan){.sorts = 1,
                        .least = 1,
                        .own = job->rows * (3 * sizeof(double) + sizeof(size_t)),
                        .loss = loss};
}

static sy_status check(const sy_objective_job *job, sy_error *error) {
  sy_status status = sy_objective_tasks_check(job, error);
  return status ? status : sy_objective_above_zero("bandwidth", job->options->bandwidth, error);
}

static size_t bytes(const sy_objective_job *job) {
  sy_task_plan plan = plan_of(job);
  return sy_objective_tasks_bytes(job, &plan);
}

static void run(sy_objective_job *job) {
  sy_task_plan plan = plan_of(job);
  sy_objective_tasks(job, &plan);
}

const sy_objective_kind sy_objective_kernel_calibration = {
    .name = "kernel_calibration",
    .help = "sum over pairs of (p - y) (p' - y') exp(-|p - p'| / bandwidth) / n^2, over tasks: the "
            "square of MMCE; Kumar, Sarawagi and Jain 2018",
    .least = 0,
    .most = 1,
    .check = check,
    .bytes = bytes,
    .run = run};
