/*
 * plan.h - which rankings a set of metrics needs, and which metrics read them.
 */
#ifndef SY_PLAN_H
#define SY_PLAN_H

#include "kernel/measure/build.h"

#define SY_VIEWS_MAX 32

/*
 * Metrics are put into views, an order of ties and a level of relevance each. Within a view those that
 * differ in nothing but the cutoff stand together, by cutoff, so that one walk gives all their values.
 */
typedef struct sy_plan {
  const sy_log *log;
  const sy_work *work;
  const sy_metric *metrics;
  size_t count;
  double *const *per_request;
  double *const *per_weight;
  size_t views;
  sy_view view[SY_VIEWS_MAX];
  uint16_t start[SY_VIEWS_MAX + 1];        /* where a view's metrics begin in `members` */
  uint16_t members[SY_METRICS_MAX];        /* indices of metrics, by view */
  uint16_t last[SY_METRICS_MAX];           /* for the first of a walk: behind its last */
  const sy_metric *metric[SY_METRICS_MAX]; /* metrics[members[i]] */
  unsigned char plain[SY_METRICS_MAX];     /* only an equal mean is asked for */
  int full;                                /* orders of all ranks are needed */
  double largest;                          /* label, where a metric asks for it */
} sy_plan;

/* Fill in a plan whose first six fields are set. SY_E_LIMIT: too many views. */
sy_status sy_plan_make(sy_plan *plan, sy_error *error);

/* Refuse a log or metrics that cannot be measured. */
sy_status sy_log_check(const sy_log *log, const sy_metric *metrics, size_t count,
                       const sy_work *work, sy_error *error);

static inline int sy_wanted(double *const *arrays, size_t m) { return arrays && arrays[m]; }

#endif
