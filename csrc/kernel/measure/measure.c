/*
 * measure.c - many metrics in one pass over a log.
 *
 * Metrics are put into views (an order of ties and a level of relevance). Each request is loaded once,
 * ranked once for each view, and every metric of the view reads its value off that ranking.
 */
#include <string.h>

#include "kernel/measure/build.h"

#define MOST_VIEWS 32

/* What one metric adds up to over a block of requests. */
enum { SUM_VALUES, SUM_WEIGHTS, COUNTED, EMPTY, SUMS };

typedef struct plan {
  const sy_log *log;
  const sy_work *work;
  const sy_metric *metrics;
  size_t count;
  double *const *per_request;
  double *const *per_weight;
  size_t views;
  sy_view view[MOST_VIEWS];
  uint16_t start[MOST_VIEWS + 1];   /* where a view's metrics begin in `members` */
  uint16_t members[SY_METRICS_MAX]; /* metrics by view, those that differ in the cutoff only together */
  uint16_t last[SY_METRICS_MAX];    /* behind the last of those, for the first of them */
  const sy_metric *metric[SY_METRICS_MAX]; /* the same, as their values are asked for */
  unsigned char plain[SY_METRICS_MAX]; /* nothing but the mean is asked for, and it is an equal one */
  int full;
  double largest; /* label, where a metric asks for it */
} plan;

/* ------------------------------------------------------------------------------------- plan -- */

static int same_relevance(double a, double b) { return a == b || (isnan(a) && isnan(b)); }

static sy_view view_of(const sy_metric *m) {
  int told = m->ties == SY_TIES_BEST || m->ties == SY_TIES_WORST;
  return (sy_view){.ties = m->ties,
                   .by_worth = told && m->gain == SY_GAIN_TABLE,
                   .relevance = m->relevance};
}

static int same_view(const sy_view *a, const sy_view *b) {
  return a->ties == b->ties && a->by_worth == b->by_worth &&
         same_relevance(a->relevance, b->relevance);
}

static size_t deeper(size_t a, size_t b) { return a == 0 || b == 0 ? 0 : a > b ? a : b; }

static void widen(sy_view *view, const sy_metric *m, int fresh) {
  size_t depth = sy_metric_depth(m);
  view->depth = fresh ? depth : deeper(view->depth, depth);
  view->ideal_depth = fresh ? m->k : deeper(view->ideal_depth, m->k);
  view->needs_ideal |= (m->kind->flags & SY_METRIC_GAIN) != 0 && m->gain != SY_GAIN_TABLE;
  view->needs_relevance |= (m->kind->flags & (SY_METRIC_RELEVANCE | SY_METRIC_BITS)) != 0;
  view->needs_ideal |= (m->kind->flags & SY_METRIC_GAIN) != 0 && m->gain != SY_GAIN_TABLE;
  view->needs_relevance |= m->weight == SY_WEIGHT_RELEVANT;
}

/* The metric's view, found or made; MOST_VIEWS where there is no room. */
static size_t find_view(plan *p, const sy_metric *m) {
  sy_view wanted = view_of(m);
  size_t v = 0;
  while (v < p->views && !same_view(&p->view[v], &wanted)) v++;
  if (v == MOST_VIEWS) return v;
  int fresh = v == p->views;
  if (fresh) p->view[p->views++] = wanted;
  widen(&p->view[v], m, fresh);
  return v;
}

/* Views by order of ties, so that an order is rearranged as seldom as can be; `input` comes first. */
static void sort_views(plan *p) {
  for (size_t i = 1; i < p->views; i++)
    for (size_t j = i; j > 0 && p->view[j].ties < p->view[j - 1].ties; j--) {
      sy_view view = p->view[j];
      p->view[j] = p->view[j - 1];
      p->view[j - 1] = view;
    }
}

/* Do two metrics differ in nothing but the cutoff, as far as their values go? */
static int same_but_cutoff(const sy_metric *a, const sy_metric *b) {
  return a->kind == b->kind && a->gain == b->gain && a->discount == b->discount &&
         a->base == b->base && memcmp(a->parameter, b->parameter, sizeof a->parameter) == 0;
}

/* A cutoff of 0 is the deepest. */
static int shallower(const sy_metric *a, const sy_metric *b) {
  return a->k != 0 && (b->k == 0 || a->k < b->k);
}

/* Put a metric behind those it differs from in the cutoff only, by cutoff, or at the end. */
static void insert_member(plan *p, size_t first, size_t at, size_t m) {
  const sy_metric *metric = &p->metrics[m];
  size_t place = at;
  for (size_t i = first; i < at; i++)
    if (same_but_cutoff(metric, &p->metrics[p->members[i]])) {
      for (place = i; place < at && same_but_cutoff(metric, &p->metrics[p->members[place]]) &&
                      !shallower(metric, &p->metrics[p->members[place]]);)
        place++;
      break;
    }
  memmove(p->members + place + 1, p->members + place, (at - place) * sizeof *p->members);
  p->members[place] = (uint16_t)m;
}

static void mark_runs(plan *p) {
  for (size_t v = 0; v < p->views; v++)
    for (size_t i = p->start[v], j; i < p->start[v + 1]; i = j) {
      for (j = i + 1; j < p->start[v + 1] && same_but_cutoff(&p->metrics[p->members[i]],
                                                             &p->metrics[p->members[j]]);)
        j++;
      p->last[i] = (uint16_t)j;
    }
  for (size_t i = 0; i < p->count; i++) p->metric[i] = &p->metrics[p->members[i]];
}

static void list_members(plan *p) {
  size_t at = 0;
  for (size_t v = 0; v < p->views; v++) {
    p->start[v] = (uint16_t)at;
    for (size_t m = 0; m < p->count; m++) {
      sy_view view = view_of(&p->metrics[m]);
      if (same_view(&view, &p->view[v])) insert_member(p, p->start[v], at++, m);
    }
  }
  p->start[p->views] = (uint16_t)at;
  mark_runs(p);
}

/* Does a metric ask for the log's largest label? Not where it is told (its first parameter). */
static int asks_for_largest(const sy_metric *m) {
  return m->kind->flags & SY_METRIC_LARGEST && !(m->parameter[0] > 0);
}

static double find_largest(const plan *p) {
  size_t rows = (size_t)p->log->requests.offsets[p->log->requests.count];
  int asked = 0;
  double largest = 0;
  for (size_t m = 0; m < p->count; m++) asked |= asks_for_largest(&p->metrics[m]);
  for (size_t i = 0; asked && i < rows; i++) {
    double label = sy_vector_at(p->log->labels, i);
    largest = label > largest ? label : largest;
  }
  return largest;
}

static void find_plain(plan *p) {
  for (size_t m = 0; m < p->count; m++)
    p->plain[m] = p->metrics[m].mean != SY_MEAN_GEOMETRIC &&
                  p->metrics[m].weight == SY_WEIGHT_EQUAL && !p->log->request_weights &&
                  !p->per_request && !p->per_weight;
}

static sy_status make_plan(plan *p, sy_error *error) {
  for (size_t m = 0; m < p->count; m++)
    if (find_view(p, &p->metrics[m]) == MOST_VIEWS)
      return sy_fail(error, SY_E_LIMIT,
                     "metrics: more than %d orders of ties and levels of relevance", MOST_VIEWS);
  p->largest = find_largest(p);
  find_plain(p);
  sort_views(p);
  list_members(p);
  p->full = p->views > 1 || p->view[0].ties != SY_TIES_INPUT || p->log->judged_only;
  return SY_OK;
}

/* ----------------------------------------------------------------------------------- checks -- */

static sy_status check_metric(const sy_log *log, const sy_metric *m, sy_error *error) {
  const char *name = m->kind->name;
  if (m->ties == SY_TIES_NAME && !log->names)
    return sy_fail(error, SY_E_ARGUMENT, "%s: ties by name: item names are needed", name);
  if (m->ties == SY_TIES_AVERAGE && (log->depth || log->judged_only))
    return sy_fail(error, SY_E_ARGUMENT,
                   "%s: ties are averaged over whole rankings only: no depth, no judged_only", name);
  if (m->gain == SY_GAIN_TABLE && !log->gain_count)
    return sy_fail(error, SY_E_ARGUMENT, "%s: gain by table: the table is missing", name);
  if (m->discount == SY_DISCOUNT_TABLE && !log->discount_count)
    return sy_fail(error, SY_E_ARGUMENT, "%s: discount by table: the table is missing", name);
  if (m->discount == SY_DISCOUNT_JARVELIN && !(m->base > 1))
    return sy_fail(error, SY_E_ARGUMENT, "%s: base %g: must be above 1", name, m->base);
  return SY_OK;
}

static sy_status check_finite(const char *name, const double *numbers, size_t count,
                              sy_error *error) {
  for (size_t i = 0; i < count; i++)
    if (!isfinite(numbers[i]))
      return sy_fail(error, SY_E_NUMBER, "%s[%zu]: %g", name, i + 1, numbers[i]);
  return SY_OK;
}

/* A table's labels are its indices. */
static sy_status check_table(const sy_log *log, sy_error *error) {
  size_t rows = (size_t)log->requests.offsets[log->requests.count];
  for (size_t i = 0; i < rows; i++) {
    double label = sy_vector_at(log->labels, i);
    if (!(label >= 0 && label < (double)log->gain_count && label == floor(label)))
      return sy_fail(error, SY_E_ARGUMENT, "gains[%zu]: %g has no place in the gain table of 0 to %zu",
                     i + 1, label, log->gain_count - 1);
  }
  return SY_OK;
}

static sy_status check_retrieved(const sy_log *log, sy_error *error) {
  for (size_t r = 0; r < log->requests.count; r++) {
    int64_t items = log->requests.offsets[r + 1] - log->requests.offsets[r];
    if (log->retrieved[r] < 0 || log->retrieved[r] > items)
      return sy_fail(error, SY_E_ARGUMENT, "retrieved[%zu]: %lld of %lld items", r + 1,
                     (long long)log->retrieved[r], (long long)items);
  }
  return SY_OK;
}

static sy_status check_weights(const sy_log *log, sy_error *error) {
  for (size_t r = 0; r < log->requests.count; r++)
    if (!(log->request_weights[r] >= 0) || isinf(log->request_weights[r]))
      return sy_fail(error, SY_E_NUMBER, "request_weights[%zu]: %g", r + 1,
                     log->request_weights[r]);
  return SY_OK;
}

static sy_status check(const sy_log *log, const sy_metric *metrics, size_t count,
                       const sy_work *work, sy_error *error) {
  sy_status status = sy_work_fits(work, log->requests, error);
  int table = 0;
  if (count == 0 || count > SY_METRICS_MAX)
    return sy_fail(error, SY_E_LIMIT, "%zu metrics: 1 to %d can be measured in one pass", count,
                   SY_METRICS_MAX);
  if (log->predictions && log->predictions->dtype != SY_F32 && log->predictions->dtype != SY_F64)
    return sy_fail(error, SY_E_ARGUMENT, "predictions: f32 or f64 numbers are needed");
  for (size_t m = 0; !status && m < count; m++) {
    status = check_metric(log, &metrics[m], error);
    table |= metrics[m].gain == SY_GAIN_TABLE;
  }
  if (!status) status = check_finite("gain table", log->gain_table, log->gain_count, error);
  if (!status)
    status = check_finite("discount table", log->discount_table, log->discount_count, error);
  if (!status && table) status = check_table(log, error);
  if (!status && log->retrieved) status = check_retrieved(log, error);
  if (!status && log->request_weights) status = check_weights(log, error);
  return status;
}

/* ------------------------------------------------------------------------------------- pass -- */

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

static double weight_of(const sy_ranking *r, const sy_metric *m, const plan *p, size_t request) {
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
  double value = values / weights;
  return mean == SY_MEAN_GEOMETRIC ? exp(value) : value;
}

/* Returns 0 where the value is not a number that can be added up. */
static int record(const plan *p, const sy_ranking *r, size_t request, size_t index, double value,
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
  if (p->per_request && p->per_request[index]) p->per_request[index][request] = value;
  if (p->per_weight && p->per_weight[index]) p->per_weight[index][request] = weight;
  if (isnan(value)) return 1;
  sums[SUM_VALUES] += weight * to_sum(m->mean, value);
  sums[SUM_WEIGHTS] += weight;
  sums[COUNTED] += 1;
  return !isinf(value);
}

/* Returns 0 where a value is not a number that can be added up. */
static int measure_request(const plan *p, sy_request *q, size_t request, sy_ranking *rankings,
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
  const plan *p = context;
  sy_request batch[SY_BATCH], model = {.log = p->log,
                                       .work = p->work,
                                       .slot = slot,
                                       .full = p->full,
                                       .largest = p->largest};
  sy_ranking rankings[MOST_VIEWS];
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

/* Say which number was bad: a label, a score, or what finite numbers add up to. */
static sy_status fail_number(const plan *p, size_t row, sy_error *error) {
  const sy_log *log = p->log;
  size_t rows = (size_t)log->requests.offsets[log->requests.count];
  int exponential = 0;
  for (size_t m = 0; m < p->count; m++) exponential |= p->metrics[m].gain == SY_GAIN_EXPONENTIAL;
  for (size_t i = row; i < rows; i++) {
    double label = sy_vector_at(log->labels, i);
    if (!isfinite(label)) return sy_fail(error, SY_E_NUMBER, "gains[%zu]: %g", i + 1, label);
    if (exponential && !isfinite(sy_gain_worth(SY_GAIN_EXPONENTIAL, label)))
      return sy_fail(error, SY_E_NUMBER, "gains[%zu]: %g: 2^%g is too large", i + 1, label, label);
    if (!log->predictions && isnan(sy_vector_at(log->scores, i)))
      return sy_fail(error, SY_E_NUMBER, "scores[%zu]: NaN", i + 1);
  }
  return sy_fail(error, SY_E_NUMBER,
                 "a score is NaN, or a DCG too large, in the request that starts at row %zu",
                 row + 1);
}

sy_status sy_measure(const sy_log *log, const sy_metric *metrics, size_t count, sy_work *work,
                     double *const *per_request, double *const *per_weight, sy_metric_mean *means,
                     sy_error *error) {
  plan p = {.log = log,
            .work = work,
            .metrics = metrics,
            .count = count,
            .per_request = per_request,
            .per_weight = per_weight};
  sy_status status = check(log, metrics, count, work, error);
  if (!status) status = make_plan(&p, error);
  if (status) return status;
  size_t row = sy_reduce(work, log->requests, count * SUMS, measure_block, &p);
  if (row != SY_NO_ROW) return fail_number(&p, row, error);
  for (size_t m = 0; m < count; m++) {
    const double *sums = work->partials + m * SUMS;
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
    means[s].value = means[s].counted ? from_sum(metric->mean, means[s].value, sums[s])
                                      : (double)NAN;
}
