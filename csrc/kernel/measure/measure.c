/*
 * measure.c - many metrics in one pass over a log.
 *
 * Each request is loaded once and ranked once for each view of the plan; every metric of the view reads
 * its value off that ranking.
 */
#include <string.h>

#include "kernel/measure/plan.h"

/* What one metric adds up to over a block of requests. */
enum { SUM_VALUES, SUM_WEIGHTS, COUNTED, EMPTY, SUMS };

/* The values of `count` metrics that differ in the cutoff only. */
static void values_of(sy_ranking *r, const sy_metric *const *metrics, size_t count,
                      double *values) {
  const sy_metric_kind *kind = metrics[0]->kind;
  int empty = kind->flags & SY_METRIC_RELEVANCE && r->relevant_count == 0;
  if (!empty && r->groups == 0 && kind->values) {
    kind->values(r, metrics, count, values);
    return;
  }
  for (size_t i = 0; i < count; i++) {
    if (empty) values[i] = (double)NAN;
    else if (r->groups == 0) values[i] = kind->value(r, metrics[i]);
    else if (kind->expected) values[i] = kind->expected(r, metrics[i]);
    else values[i] = sy_sampled_value(r, metrics[i]);
  }
}

static double weight_of(const sy_ranking *r, const sy_metric *m, const sy_plan *p, size_t request) {
  double weight = p->log->request_weights ? p->log->request_weights[request] : 1;
  if (m->weight == SY_WEIGHT_ITEMS) weight *= (double)r->items;
  if (m->weight == SY_WEIGHT_RELEVANT) weight *= (double)r->relevant_count;
  return weight;
}

/* What an empty request counts as; NaN where it is left out. */
static double value_of_empty(const sy_metric *m) {
  if (m->empty == SY_EMPTY_SKIP) return (double)NAN;
  return m->empty == SY_EMPTY_ONE ? m->kind->perfect : m->kind->none;
}

static double to_sum(sy_mean mean, double value) {
  const double least = 0.00001;
  if (mean != SY_MEAN_GEOMETRIC) return value;
  return log(value > least ? value : least);
}

static double from_sum(sy_mean mean, double values, double weights) {
  if (mean == SY_MEAN_SUM) return values;
  double value = weights > 0 ? values / weights : (double)NAN;
  return mean == SY_MEAN_GEOMETRIC ? exp(value) : value;
}

/* Returns 0 where the value is not a number that can be added up. */
static int record(const sy_plan *p, const sy_ranking *r, size_t request, size_t index, double value,
                  double *sums) {
  const sy_metric *m = &p->metrics[index];
  if (p->plain[index] && !isnan(value)) { /* as nearly all are */
    sums[SUM_VALUES] += value;
    sums[SUM_WEIGHTS] += 1;
    sums[COUNTED] += 1;
    return !isinf(value);
  }
  double weight = weight_of(r, m, p, request);
  if (isnan(value)) {
    sums[EMPTY] += 1;
    value = value_of_empty(m);
  }
  if (sy_wanted(p->per_request, index)) p->per_request[index][request] = value;
  if (sy_wanted(p->per_weight, index)) p->per_weight[index][request] = weight;
  if (isnan(value)) return 1;
  sums[SUM_VALUES] += weight * to_sum(m->mean, value);
  sums[SUM_WEIGHTS] += weight;
  sums[COUNTED] += 1;
  return !isinf(value);
}

/* Returns 0 where a value is not a number that can be added up. */
static int measure_request(const sy_plan *p, sy_request *q, size_t request, sy_ranking *rankings,
                           double *partial) {
  double values[SY_METRICS_MAX];
  for (size_t v = 0; v < p->views; v++) {
    sy_request_rank(q, &p->view[v], &rankings[v]);
    for (size_t i = p->start[v], last; i < p->start[v + 1]; i = last) {
      last = p->last[i];
      values_of(&rankings[v], p->metric + i, last - i, values);
      for (size_t j = i; j < last; j++) {
        size_t m = p->members[j];
        if (!record(p, &rankings[v], request, m, values[j - i], partial + m * SUMS)) return 0;
      }
    }
  }
  return 1;
}

static size_t measure_block(const void *context, sy_slot *slot, size_t first, size_t last,
                            double *partial) {
  const sy_plan *p = context;
  sy_request batch[SY_BATCH],
      model = {
          .log = p->log, .work = p->work, .slot = slot, .full = p->full, .largest = p->largest};
  sy_ranking rankings[SY_VIEWS_MAX];
  sy_memo memo;
  for (size_t v = 0; v < p->views; v++) sy_ranking_begin(&model, &p->view[v], &memo, &rankings[v]);
  while (first < last) {
    size_t count = sy_requests_load(&model, first, last, &p->view[0], batch);
    for (size_t i = 0; i < count; i++)
      if (batch[i].bad || !measure_request(p, &batch[i], first + i, rankings, partial))
        return batch[i].from;
    first += count;
  }
  return SY_NO_ROW;
}

static sy_status fail_number(const sy_plan *p, size_t row, sy_error *error) {
  const sy_log *log = p->log;
  size_t rows = (size_t)log->requests.offsets[log->requests.count];
  sy_gain gain = SY_GAIN_LINEAR;
  sy_vector none = {0}, scores = log->predictions ? none : log->scores;
  for (size_t m = 0; m < p->count; m++)
    if (p->metrics[m].gain == SY_GAIN_EXPONENTIAL) gain = SY_GAIN_EXPONENTIAL;
  return sy_fail_number(scores, log->labels, row, rows, gain, error);
}

sy_status sy_measure(const sy_log *log, const sy_metric *metrics, size_t count, sy_work *work,
                     double *const *per_request, double *const *per_weight, sy_metric_mean *means,
                     sy_error *error) {
  sy_plan p = {.log = log,
               .work = work,
               .metrics = metrics,
               .count = count,
               .per_request = per_request,
               .per_weight = per_weight};
  sy_status status = sy_log_check(log, metrics, count, work, error);
  if (!status) status = sy_plan_make(&p, error);
  if (status) return status;
  size_t row = sy_reduce(work, log->requests, count * SUMS, measure_block, &p);
  if (row != SY_NO_ROW) return fail_number(&p, row, error);
  for (size_t m = 0; m < count; m++) {
    const double *sums = work->partials + m * SUMS;
    if (!isfinite(sums[SUM_VALUES]) || !isfinite(sums[SUM_WEIGHTS]))
      return sy_fail(error, SY_E_NUMBER, "%s: values and weights are too large to be added up",
                     metrics[m].kind->name);
    means[m].value = from_sum(metrics[m].mean, sums[SUM_VALUES], sums[SUM_WEIGHTS]);
    if (sums[COUNTED] == 0) means[m].value = (double)NAN;
    means[m].counted = (size_t)sums[COUNTED];
    means[m].empty = (size_t)sums[EMPTY];
  }
  return SY_OK;
}

void sy_metric_slices(const sy_metric *metric, const double *values, const double *weights,
                      const int32_t *slice, size_t requests, size_t slices, sy_metric_mean *means,
                      double *sums) {
  memset(means, 0, slices * sizeof *means);
  memset(sums, 0, slices * sizeof *sums);
  for (size_t r = 0; r < requests; r++) {
    if (slice[r] < 0) continue;
    sy_metric_mean *mean = &means[slice[r]];
    double weight = weights ? weights[r] : 1;
    if (isnan(values[r])) {
      mean->empty++;
      continue;
    }
    mean->value += weight * to_sum(metric->mean, values[r]);
    sums[slice[r]] += weight;
    mean->counted++;
  }
  for (size_t s = 0; s < slices; s++)
    means[s].value =
        means[s].counted ? from_sum(metric->mean, means[s].value, sums[s]) : (double)NAN;
}
