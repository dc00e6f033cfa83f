/*
 * build.c - ranks a request as a view of it wants.
 *
 * Where several orders of ties are asked for, one order of all ranks is made and only its groups of
 * equal scores are rearranged from view to view; a request without ties is ranked once.
 */
#include "kernel/measure/build.h"

#include <string.h>

int sy_request_load(sy_request *q, size_t index) {
  const sy_log *log = q->log;
  int bad_scores, bad_labels;
  q->from = (size_t)log->requests.offsets[index];
  q->items = (size_t)log->requests.offsets[index + 1] - q->from;
  q->retrieved = log->retrieved ? (size_t)log->retrieved[index] : q->items;
  q->ordered = q->tied = 0;
  if (log->predictions) {
    const sy_predictions *p = log->predictions;
    q->scores = (sy_reals){q->slot->scores, p->dtype};
    bad_scores = sy_kernel_score(q->work->kernels, p->dtype, log->weights, p->tasks, p->tasks,
                                 p->columns, q->from, q->items, q->slot->scores);
  } else {
    q->scores =
        sy_load_scores(q->work, log->scores, q->from, q->items, q->slot->scores, &bad_scores);
  }
  q->labels = sy_load_reals(q->work, log->labels, q->from, q->items, q->slot->gains, &bad_labels);
  return !bad_scores && !bad_labels;
}

static double real_at(sy_reals reals, size_t i) {
  return reals.dtype == SY_F32 ? (double)((const float *)reals.data)[i]
                               : ((const double *)reals.data)[i];
}

/* Find the groups of equal scores in an order of all ranks. */
static size_t find_groups(const sy_request *q, int32_t *ends) {
  const int32_t *order = q->slot->order;
  size_t groups = 0;
  for (size_t rank = 1; rank < q->retrieved; rank++)
    if (real_at(q->scores, (size_t)order[rank]) != real_at(q->scores, (size_t)order[rank - 1]))
      ends[groups++] = (int32_t)rank;
  if (q->retrieved) ends[groups++] = (int32_t)q->retrieved;
  return groups;
}

/* By what a group is sorted, largest first. */
static double tie_key(const sy_request *q, const sy_view *view, size_t item) {
  const sy_log *log = q->log;
  if (view->ties == SY_TIES_NAME) return log->names[q->from + item];
  double label = real_at(q->labels, item);
  double worth = view->by_worth ? sy_worth(log, SY_GAIN_TABLE, label) : label;
  return view->ties == SY_TIES_BEST ? worth : -worth;
}

static void rearrange(const sy_request *q, const sy_view *view, size_t first, size_t last) {
  sy_slot *slot = q->slot;
  size_t m = last - first;
  int32_t *order = slot->order + first, *moved = slot->sorting.indices[0];
  for (size_t i = 0; i < m; i++) slot->keys[i] = tie_key(q, view, (size_t)order[i]);
  sy_kernel_order(q->work->kernels, SY_F64, slot->keys, m, m, &slot->sorting, slot->other_order);
  for (size_t i = 0; i < m; i++) moved[i] = order[slot->other_order[i]];
  memcpy(order, moved, m * sizeof *order);
}

static void order_ties(sy_request *q, const sy_view *view, size_t groups) {
  size_t first = 0;
  if (view->ties == SY_TIES_INPUT || view->ties == SY_TIES_AVERAGE) return;
  for (size_t g = 0; g < groups; g++) {
    size_t last = (size_t)q->slot->ends[g];
    if (last - first > 1) rearrange(q, view, first, last);
    first = last;
  }
}

/* The order in slot->order, of at least `depth` ranks; returns how many groups there are, or 0. */
static size_t order_items(sy_request *q, const sy_view *view, size_t depth) {
  sy_slot *slot = q->slot;
  const sy_kernels *kernels = q->work->kernels;
  if (!q->full) {
    sy_kernel_order(kernels, q->scores.dtype, q->scores.data, q->retrieved, depth, &slot->sorting,
                    slot->order);
    return 0;
  }
  if (!q->ordered || view->ties == SY_TIES_INPUT) {
    sy_kernel_order(kernels, q->scores.dtype, q->scores.data, q->retrieved, q->retrieved,
                    &slot->sorting, slot->order);
    q->ordered = 1;
  }
  size_t groups = find_groups(q, slot->ends);
  q->tied = groups < q->retrieved;
  if (q->tied) order_ties(q, view, groups);
  return groups;
}

/* Leave out of the order what has no judgment; returns how many are left. */
static size_t keep_judged(const sy_request *q, int32_t *order, size_t n) {
  size_t kept = 0;
  for (size_t i = 0; i < n; i++)
    if (q->log->judged[q->from + (size_t)order[i]] == 1) order[kept++] = order[i];
  return kept;
}

static void mark_judged(sy_ranking *r) {
  const int32_t *judged = r->log->judged + r->from;
  uint64_t *known = r->slot->bits[1], *pooled = r->slot->bits[2];
  memset(known, 0, (r->depth / 64 + 1) * sizeof *known);
  memset(pooled, 0, (r->depth / 64 + 1) * sizeof *pooled);
  for (size_t i = 0; i < r->depth; i++) {
    int32_t state = judged[r->order[i]];
    known[i / 64] |= (uint64_t)(state == 1) << i % 64;
    pooled[i / 64] |= (uint64_t)(state != 0) << i % 64;
  }
  for (size_t w = 0; w <= r->depth / 64; w++) r->slot->bits[0][w] &= known[w];
  r->judged = known;
  r->pooled = pooled;
}

void sy_ranking_mark(sy_ranking *r) {
  int any = isnan(r->relevance);
  double *grades = r->slot->selected;
  sy_kernel_gather(r->work->kernels, r->labels.dtype, r->labels.data, r->order, r->depth, grades);
  r->grades = grades;
  if (!r->marked) return;
  r->work->kernels->mark(grades, r->depth, any ? 0 : r->relevance, any, r->slot->bits[0]);
  r->relevant = r->slot->bits[0];
  if (r->log->judged) mark_judged(r);
}

/* Relevant and judged not to be, among all items; judgments make it a slow path. */
static void count_relevant(sy_ranking *r) {
  int any = isnan(r->relevance);
  double level = any ? 0 : r->relevance;
  const int32_t *judged = r->log->judged ? r->log->judged + r->from : NULL;
  if (!judged) {
    r->relevant_count = r->depth == r->items
                            ? sy_bits(r->relevant, r->depth)
                            : sy_kernel_count_above(r->work->kernels, r->labels.dtype,
                                                    r->labels.data, r->items, level, any);
    r->nonrelevant_count = r->items - r->relevant_count;
    return;
  }
  for (size_t i = 0; i < r->items; i++) {
    double label = real_at(r->labels, i);
    int relevant = any ? label > level : label >= level;
    r->relevant_count += judged[i] == 1 && relevant;
    r->nonrelevant_count += judged[i] == 1 && !relevant;
  }
}

void sy_request_rank(sy_request *q, const sy_view *view, sy_memo *memo, sy_ranking *r) {
  sy_slot *slot = q->slot;
  size_t limit = q->log->depth && q->log->depth < q->retrieved ? q->log->depth : q->retrieved;
  size_t depth = view->depth && view->depth < limit ? view->depth : limit, groups;
  groups = order_items(q, view, depth);
  *r = (sy_ranking){.log = q->log,
                    .work = q->work,
                    .slot = slot,
                    .from = q->from,
                    .items = q->items,
                    .retrieved = limit,
                    .depth = depth,
                    .ideal_depth = view->ideal_depth,
                    .scores = q->scores,
                    .labels = q->labels,
                    .largest = q->largest,
                    .relevance = view->relevance,
                    .order = slot->order,
                    .ends = slot->ends,
                    .ideal = slot->slopes,
                    .room = slot->pulls,
                    .memo = memo};
  memo->dcgs = memo->sorted = 0;
  if (q->log->judged_only && q->log->judged) {
    r->retrieved = keep_judged(q, slot->order, limit);
    if (r->depth > r->retrieved) r->depth = r->retrieved;
  }
  if (view->ties == SY_TIES_AVERAGE && q->tied) {
    r->depth = r->retrieved; /* whole groups are looked at */
    r->groups = groups;
  }
  r->marked = view->needs_relevance;
  sy_ranking_mark(r);
  if (view->needs_relevance) count_relevant(r);
}
