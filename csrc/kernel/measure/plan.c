/*
 * plan.c - puts metrics into views, and those that differ in the cutoff only side by side.
 */
#include "kernel/measure/plan.h"

#include <string.h>

static int same_relevance(double a, double b) { return a == b || (isnan(a) && isnan(b)); }

static sy_view view_of(const sy_metric *m) {
  int told = m->ties == SY_TIES_BEST || m->ties == SY_TIES_WORST;
  return (sy_view){
      .ties = m->ties, .by_worth = told && m->gain == SY_GAIN_TABLE, .relevance = m->relevance};
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
  view->needs_relevance |= m->weight == SY_WEIGHT_RELEVANT;
}

/* The metric's view, found or made; SY_VIEWS_MAX where there is no room. */
static size_t find_view(sy_plan *p, const sy_metric *m) {
  sy_view wanted = view_of(m);
  size_t v = 0;
  while (v < p->views && !same_view(&p->view[v], &wanted)) v++;
  if (v == SY_VIEWS_MAX) return v;
  int fresh = v == p->views;
  if (fresh) p->view[p->views++] = wanted;
  widen(&p->view[v], m, fresh);
  return v;
}

/* Views by order of ties, so that an order is rearranged as seldom as can be; `input` comes first. */
static void sort_views(sy_plan *p) {
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
static void insert_member(sy_plan *p, size_t first, size_t at, size_t m) {
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

static void mark_runs(sy_plan *p) {
  for (size_t v = 0; v < p->views; v++)
    for (size_t i = p->start[v], j; i < p->start[v + 1]; i = j) {
      for (j = i + 1; j < p->start[v + 1] &&
                      same_but_cutoff(&p->metrics[p->members[i]], &p->metrics[p->members[j]]);)
        j++;
      p->last[i] = (uint16_t)j;
    }
  for (size_t i = 0; i < p->count; i++) p->metric[i] = &p->metrics[p->members[i]];
}

static void list_members(sy_plan *p) {
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

static double find_largest(const sy_plan *p) {
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

static void find_plain(sy_plan *p) {
  for (size_t m = 0; m < p->count; m++)
    p->plain[m] = p->metrics[m].mean != SY_MEAN_GEOMETRIC &&
                  p->metrics[m].weight == SY_WEIGHT_EQUAL && !p->log->request_weights &&
                  !sy_wanted(p->per_request, m) && !sy_wanted(p->per_weight, m);
}

sy_status sy_plan_make(sy_plan *p, sy_error *error) {
  for (size_t m = 0; m < p->count; m++)
    if (find_view(p, &p->metrics[m]) == SY_VIEWS_MAX)
      return sy_fail(error, SY_E_LIMIT,
                     "metrics: more than %d orders of ties and levels of relevance", SY_VIEWS_MAX);
  p->largest = find_largest(p);
  find_plain(p);
  sort_views(p);
  list_members(p);
  p->full = p->views > 1 || p->view[0].ties != SY_TIES_INPUT || p->log->judged_only;
  return SY_OK;
}
