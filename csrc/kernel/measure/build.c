/*
 * build.c - ranks a request as a view of it wants.
 *
 * Where several orders of ties are asked for, one order of all ranks is made and only its groups of
 * equal scores are rearranged from view to view; a request without ties is ranked once.
 */
#include "kernel/measure/build.h"

#include <string.h>

/* Numbers that kernels may read where they are: their own type, and more than the padding behind. */
static int in_place(const sy_request *q, sy_vector vector) {
  size_t rows = (size_t)q->log->requests.offsets[q->log->requests.count];
  int real = vector.dtype == SY_F32 || vector.dtype == SY_F64;
  return real && rows - q->from >= q->items + SY_PAD;
}

static sy_reals load_labels(const sy_request *q, int *bad) {
  sy_vector labels = q->log->labels;
  if (!in_place(q, labels))
    return sy_load_reals(q->work, labels, q->from, q->items, q->label_room, bad);
  labels = sy_vector_from(labels, q->from);
  *bad = sy_kernel_has_infinite(q->work->kernels, labels.dtype, labels.data, q->items);
  return (sy_reals){labels.data, labels.dtype};
}

/* Scores may be infinite: only where something is, a second look tells whether it is NaN. */
static sy_reals load_scores(const sy_request *q, int *bad) {
  sy_vector scores = q->log->scores;
  if (!in_place(q, scores))
    return sy_load_scores(q->work, scores, q->from, q->items, q->score_room, bad);
  scores = sy_vector_from(scores, q->from);
  *bad = sy_kernel_has_infinite(q->work->kernels, scores.dtype, scores.data, q->items) &&
         sy_kernel_has_nan(q->work->kernels, scores.dtype, scores.data, q->items);
  return (sy_reals){scores.data, scores.dtype};
}

static void load(sy_request *q, size_t index) {
  const sy_log *log = q->log;
  const sy_predictions *p = log->predictions;
  int bad_scores, bad_labels;
  q->from = (size_t)log->requests.offsets[index];
  q->items = (size_t)log->requests.offsets[index + 1] - q->from;
  q->retrieved = log->retrieved ? (size_t)log->retrieved[index] : q->items;
  if (p) {
    q->scores = (sy_reals){q->score_room, p->dtype};
    bad_scores = sy_kernel_score(q->work->kernels, p->dtype, log->weights, p->tasks, p->tasks,
                                 p->columns, q->from, q->items, q->score_room);
  } else {
    q->scores = load_scores(q, &bad_scores);
  }
  q->labels = load_labels(q, &bad_labels);
  q->bad = bad_scores || bad_labels;
}

static void order_batch(sy_request *batch, size_t count, size_t depth) {
  const void *scores[SY_BATCH];
  size_t sizes[SY_BATCH];
  int32_t *orders[SY_BATCH];
  for (size_t i = 0; i < count; i++) {
    scores[i] = batch[i].scores.data;
    sizes[i] = batch[i].retrieved;
    orders[i] = batch[i].order;
    batch[i].ordered = 1;
  }
  sy_kernel_order_batch(batch->work->kernels, batch->scores.dtype, scores, sizes, count,
                        depth ? depth : SIZE_MAX, &batch->slot->sorting, orders);
}

/* The largest labels that DCGs at the view's cutoffs divide by. */
static void find_ideals(sy_request *batch, size_t count, size_t depth) {
  const void *labels[SY_BATCH];
  size_t sizes[SY_BATCH];
  double *ideals[SY_BATCH];
  for (size_t i = 0; i < count; i++) {
    labels[i] = batch[i].labels.data;
    sizes[i] = batch[i].items;
    ideals[i] = batch[i].ideal;
    batch[i].sorted = depth < sizes[i] ? depth : sizes[i];
  }
  sy_kernel_largest_batch(batch->work->kernels, batch->labels.dtype, labels, sizes, count, depth,
                          &batch->slot->sorting, ideals);
}

static int is_short(const sy_log *log, size_t index) {
  return log->requests.offsets[index + 1] - log->requests.offsets[index] <= SY_SHORT;
}

size_t sy_requests_load(const sy_request *model, size_t first, size_t last, const sy_view *view,
                        sy_request *batch) {
  const sy_log *log = model->log;
  sy_slot *slot = model->slot;
  size_t count = 0;
  int bad = 0;
  while (count < SY_BATCH && first + count < last && !model->full && !bad &&
         is_short(log, first + count)) {
    sy_request *q = &batch[count];
    *q = *model;
    q->score_room = slot->batch[count].scores;
    q->label_room = slot->batch[count].labels;
    q->order = slot->batch[count].order;
    q->ideal = slot->batch[count].ideal;
    load(q, first + count++);
    bad = q->bad;
  }
  if (count) {
    size_t good = count - (size_t)bad; /* NaN has no order, and ends the pass */
    order_batch(batch, good, view->depth);
    if (view->needs_ideal && view->ideal_depth) find_ideals(batch, good, view->ideal_depth);
    return count;
  }
  *batch = *model;
  batch->score_room = slot->scores;
  batch->label_room = slot->gains;
  batch->order = slot->order;
  batch->ideal = slot->slopes;
  load(batch, first);
  return 1;
}

/* Find the groups of equal scores in an order of all ranks. */
static size_t find_groups(const sy_request *q, int32_t *ends) {
  const int32_t *order = q->order;
  size_t groups = 0;
  for (size_t rank = 1; rank < q->retrieved; rank++)
    if (sy_real_at(q->scores, (size_t)order[rank]) !=
        sy_real_at(q->scores, (size_t)order[rank - 1]))
      ends[groups++] = (int32_t)rank;
  if (q->retrieved) ends[groups++] = (int32_t)q->retrieved;
  return groups;
}

/* By what a group is sorted, largest first. */
static double tie_key(const sy_request *q, const sy_view *view, size_t item) {
  const sy_log *log = q->log;
  if (view->ties == SY_TIES_NAME) return log->names[q->from + item];
  double label = sy_real_at(q->labels, item);
  double worth = view->by_worth ? sy_worth(log, SY_GAIN_TABLE, label) : label;
  return view->ties == SY_TIES_BEST ? worth : -worth;
}

/*
 * Equal keys stay by row, also where the view before this one has moved the group's items. The worst
 * order is the best one reversed, so that it is the worst for comparisons with another order, too.
 */
static void rearrange(const sy_request *q, const sy_view *view, size_t first, size_t last) {
  int reversed = view->ties == SY_TIES_WORST, by_row = !q->moved && !reversed;
  size_t m = last - first;
  int32_t *order = q->slot->order + first;
  double *keys = q->slot->keys;
  for (size_t i = 0; !by_row && i < m; i++) keys[i] = reversed ? order[i] : -order[i];
  if (!by_row) sy_order_by_keys(q->work, q->slot, m, order);
  for (size_t i = 0; i < m; i++) keys[i] = tie_key(q, view, (size_t)order[i]);
  sy_order_by_keys(q->work, q->slot, m, order);
}

static void order_ties(sy_request *q, const sy_view *view) {
  size_t first = 0;
  if (view->ties == SY_TIES_INPUT || view->ties == SY_TIES_AVERAGE) return;
  for (size_t g = 0; g < q->groups; g++) {
    size_t last = (size_t)q->slot->ends[g];
    if (last - first > 1) rearrange(q, view, first, last);
    first = last;
  }
  q->moved = 1;
}

/* Its order, of at least `depth` ranks; where full, the groups of equal scores, too. */
static void order_items(sy_request *q, const sy_view *view, size_t depth) {
  sy_slot *slot = q->slot;
  const sy_kernels *kernels = q->work->kernels;
  if (!q->full) {
    if (!q->ordered)
      sy_kernel_order(kernels, q->scores.dtype, q->scores.data, q->retrieved, depth, &slot->sorting,
                      q->order);
    return;
  }
  if (!q->ordered) {
    sy_kernel_order(kernels, q->scores.dtype, q->scores.data, q->retrieved, q->retrieved,
                    &slot->sorting, q->order);
    q->ordered = 1;
    q->moved = 0;
    q->groups = find_groups(q, slot->ends);
  }
  if (q->groups < q->retrieved) order_ties(q, view);
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
    double label = sy_real_at(r->labels, i);
    int relevant = any ? label > level : label >= level;
    r->relevant_count += judged[i] == 1 && relevant;
    r->nonrelevant_count += judged[i] == 1 && !relevant;
  }
}

void sy_ranking_begin(const sy_request *model, const sy_view *view, sy_memo *memo, sy_ranking *r) {
  *r = (sy_ranking){.log = model->log,
                    .work = model->work,
                    .slot = model->slot,
                    .ideal_depth = view->ideal_depth,
                    .largest = model->largest,
                    .relevance = view->relevance,
                    .marked = view->needs_relevance,
                    .ends = model->slot->ends,
                    .room = model->slot->pulls,
                    .memo = memo};
}

void sy_request_rank(sy_request *q, const sy_view *view, sy_ranking *r) {
  const sy_log *log = q->log;
  size_t limit = log->depth && log->depth < q->retrieved ? log->depth : q->retrieved;
  size_t depth = view->depth && view->depth < limit ? view->depth : limit;
  order_items(q, view, depth);
  r->from = q->from;
  r->items = q->items;
  r->candidates = q->retrieved;
  r->retrieved = limit;
  r->depth = depth;
  r->scores = q->scores;
  r->labels = q->labels;
  r->order = q->order;
  r->ideal = q->ideal;
  r->groups = r->relevant_count = r->nonrelevant_count = 0;
  r->memo->dcgs = 0;
  r->memo->sorted = q->sorted;
  if (log->judged_only && log->judged) {
    r->retrieved = sy_keep_judged(r, q->order, limit);
    q->ordered = 0;
    if (r->depth > r->retrieved) r->depth = r->retrieved;
  }
  if (view->ties == SY_TIES_AVERAGE && q->groups < q->retrieved) {
    r->depth = r->retrieved; /* whole groups are looked at */
    r->groups = q->groups;
  }
  sy_ranking_mark(r);
  if (r->marked) count_relevant(r);
}
