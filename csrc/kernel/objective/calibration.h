/*
 * calibration.h - what the calibration losses share: the rows of a task, as probabilities, and the
 * gap of a group of them.
 */
#ifndef SY_OBJECTIVE_CALIBRATION_H
#define SY_OBJECTIVE_CALIBRATION_H

#include "kernel/objective/objective.h"

/* A task's rows that count, in the order of the log or by logit; arrays are padded. */
typedef struct sy_task_rows {
  size_t n;
  int32_t *row; /* which row of the matrix each is */
  double *z, *y, *w;
  double *p, *q; /* the prediction and 1 less it */
  double *slope; /* to fill in: of the task's loss, by z */
  void *own;     /* the kind's own scratch, aligned */
} sy_task_rows;

/*
 * A task's loss: fill in slopes and return it. In a mean over groups or buckets it is that, in a
 * sum the sum; tasks are added up by sy_objective_tasks.
 */
typedef double (*sy_task_loss)(const sy_objective_job *job, sy_task_rows *rows);

/* What the kinds hand over to sy_objective_tasks. */
typedef struct sy_task_plan {
  int sorts;    /* rows by logit ascending, equal ones as they came */
  int by_codes; /* only rows that have a code count */
  size_t least; /* so few rows a task needs to count */
  size_t own;   /* bytes */
  sy_task_loss loss;
} sy_task_plan;

size_t sy_objective_tasks_bytes(const sy_objective_job *job, const sy_task_plan *plan);
void sy_objective_tasks(sy_objective_job *job, const sy_task_plan *plan);

/* Refuse more rows than have numbers. */
sy_status sy_objective_tasks_check(const sy_objective_job *job, sy_error *error);

/* Sums over a group's rows, by weight: of 1, prediction, label, both sides' product, and p - y. */
typedef struct sy_gap_sums {
  double n, p, y, v, away;
} sy_gap_sums;

/* The square of a gap, and what a row's p and p (1 - p) add to it. */
typedef struct sy_gap_slopes {
  double by_p, by_v;
} sy_gap_slopes;

sy_status sy_objective_gap_check(const sy_objective_job *job, sy_error *error);

static inline void sy_gap_add(sy_gap_sums *sums, double w, double p, double q, double y) {
  sums->n += w;
  sums->p += w * p;
  sums->y += w * y;
  sums->v += w * (p * q);
  sums->away += w * ((1.0 - y) * p - y * q);
}

/* A row's slope by its logit. */
static inline double sy_gap_slope(sy_gap_slopes by, double w, double p, double q) {
  return w * (p * q) * (by.by_p + by.by_v * (q - p));
}

/*
 * The loss of `count` groups from their sums: the mean or sum over those with rows, and the slopes
 * of each.
 */
double sy_objective_gaps(const sy_objective_job *job, const sy_gap_sums *sums, size_t count,
                         sy_gap_slopes *slopes);

#endif
