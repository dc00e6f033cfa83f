/*
 * tuning.h - what the true and the smooth gaps and regrets share.
 */
#ifndef SY_TUNING_H
#define SY_TUNING_H

#include "kernel/dcg.h"

/* One evaluation of all tasks over a log. */
typedef struct sy_evaluation {
  const sy_work *work;
  const sy_predictions *predictions;
  const double *weights;
  const void *const *gains; /* per task, of the predictions' type */
  const double *ideals;     /* request-major, or NULL */
  const sy_rule *rule;
  sy_semantics semantics;
  int32_t *orders;          /* the last call's orders, or NULL */
  double temperature, edge; /* of the smooth stand-ins */
} sy_evaluation;

/* Refuse what no evaluation can work on. */
sy_status sy_evaluation_check(const sy_evaluation *evaluation, sy_error *error);

/* Refuse a rule under which gaps are not defined. */
sy_status sy_gap_check(const sy_rule *rule, sy_error *error);

/*
 * Reduce `block`, whose partials are the tasks' sums, their tasks * tasks derivatives where jacobian
 * is not NULL, and how many requests count for each task; then divide the ones by the others.
 * counted may be NULL. A result that is not finite, but for want of requests, is an error.
 */
sy_status sy_evaluation_run(const sy_evaluation *evaluation, sy_work *work, sy_block block,
                            double *values, double *jacobian, size_t *counted, sy_error *error);

#endif
