/*
 * ranking.c - what metrics ask of a ranked request: DCG and its ideal, ties, sorted labels.
 */
#include "kernel/measure/ranking.h"

#include <string.h>

/* ---------------------------------------------------------------------- gains and discounts -- */

double sy_worth(const sy_log *log, sy_gain gain, double label) {
  if (gain == SY_GAIN_TABLE) return log->gain_table[(size_t)label];
  return sy_gain_worth(gain, label);
}

/* work->discounts[i] is 1 / log2(i + 2), so that 1 / log_b(rank) is log2(b) times the one before. */
double sy_discount_at(const sy_ranking *r, const sy_metric *m, size_t rank) {
  switch (m->discount) {
    case SY_DISCOUNT_LOG2: return r->work->discounts[rank];
    case SY_DISCOUNT_JARVELIN:
      if ((double)(rank + 1) < m->base) return 1;
      return rank == 0 ? 1 : log2(m->base) * r->work->discounts[rank - 1];
    case SY_DISCOUNT_RECIPROCAL: return 1.0 / (double)(rank + 1);
    case SY_DISCOUNT_NONE: return 1;
    case SY_DISCOUNT_TABLE: return rank < r->log->discount_count ? r->log->discount_table[rank] : 0;
  }
  return 0;
}

static double discounted(const sy_ranking *r, const sy_metric *m, double *worths, size_t n) {
  if (m->discount == SY_DISCOUNT_LOG2) return sy_discounted_sum(r->work, worths, n);
  for (size_t i = 0; i < n; i++) worths[i] *= sy_discount_at(r, m, i);
  return sy_sum(sy_f64(worths), n);
}

static void copy_worths(const sy_ranking *r, sy_gain gain, const double *labels, size_t n) {
  for (size_t i = 0; i < n; i++) r->room[i] = sy_worth(r->log, gain, labels[i]);
}

/* Every rank of a group gets the group's mean worth. */
static void level_groups(const sy_ranking *r, double *worths) {
  size_t first = 0;
  for (size_t g = 0; g < r->groups; g++) {
    size_t last = (size_t)r->ends[g];
    if (last - first > 1) sy_level_group(worths + first, last - first);
    first = last;
  }
}

static double dcg_of(const sy_ranking *r, const sy_metric *m) {
  size_t n = sy_ranks(r, m);
  if (r->groups == 0 && m->gain == SY_GAIN_LINEAR && m->discount == SY_DISCOUNT_LOG2)
    return sy_discounted_sum(r->work, r->grades, n);
  copy_worths(r, m->gain, r->grades, r->groups ? r->depth : n);
  level_groups(r, r->room);
  return discounted(r, m, r->room, n);
}

/* A table may make small labels the most worth: its worths are sorted, not its labels. */
static void sort_worths(const sy_ranking *r, sy_gain gain, size_t n) {
  double *all = r->slot->keys;
  for (size_t i = 0; i < r->items; i++) all[i] = sy_worth(r->log, gain, sy_real_at(r->labels, i));
  sy_kernel_largest(r->work->kernels, SY_F64, all, r->items, n, &r->slot->sorting, r->room);
}

const double *sy_ideal_worths(const sy_ranking *r, const sy_metric *m) {
  if (m->gain == SY_GAIN_TABLE) sort_worths(r, m->gain, r->items);
  else copy_worths(r, m->gain, sy_ideal_labels(r, r->items), r->items);
  return r->room;
}

size_t sy_keep_judged(const sy_ranking *r, int32_t *order, size_t n) {
  const int32_t *judged = r->log->judged + r->from;
  size_t kept = 0;
  for (size_t i = 0; i < n; i++)
    if (judged[order[i]] == 1) order[kept++] = order[i];
  return kept;
}

const int32_t *sy_label_order(const sy_ranking *r, size_t n) {
  int some = r->log->judged_only && r->log->judged;
  sy_kernel_order(r->work->kernels, r->labels.dtype, r->labels.data, r->candidates,
                  some ? r->candidates : n, &r->slot->sorting, r->slot->other_order);
  if (some) sy_keep_judged(r, r->slot->other_order, r->candidates);
  return r->slot->other_order;
}

static double ideal_of(const sy_ranking *r, const sy_metric *m) {
  size_t n = m->k && m->k < r->items ? m->k : r->items;
  if (m->gain == SY_GAIN_TABLE) {
    sort_worths(r, m->gain, n);
    return discounted(r, m, r->room, n);
  }
  const double *labels = sy_ideal_labels(r, n);
  if (m->gain == SY_GAIN_LINEAR && m->discount == SY_DISCOUNT_LOG2)
    return sy_discounted_sum(r->work, labels, n);
  copy_worths(r, m->gain, labels, n);
  return discounted(r, m, r->room, n);
}

sy_dcg sy_ranking_dcg(const sy_ranking *r, const sy_metric *m) {
  sy_memo *memo = r->memo;
  for (size_t i = 0; i < memo->dcgs; i++)
    if (memo->dcg[i].k == m->k && memo->dcg[i].gain == m->gain &&
        memo->dcg[i].discount == m->discount && memo->dcg[i].base == m->base)
      return memo->dcg[i].dcg;
  sy_dcg dcg = {dcg_of(r, m), ideal_of(r, m)};
  if (memo->dcgs < SY_DCG_MEMOS) {
    size_t i = memo->dcgs++;
    memo->dcg[i].k = m->k;
    memo->dcg[i].gain = m->gain;
    memo->dcg[i].discount = m->discount;
    memo->dcg[i].base = m->base;
    memo->dcg[i].dcg = dcg;
  }
  return dcg;
}

const double *sy_ideal_labels(const sy_ranking *r, size_t n) {
  size_t wanted = r->ideal_depth && r->ideal_depth < r->items ? r->ideal_depth : r->items;
  if (n > wanted) wanted = r->items;
  if (r->memo->sorted < n) {
    sy_kernel_largest(r->work->kernels, r->labels.dtype, r->labels.data, r->items, wanted,
                      &r->slot->sorting, r->ideal);
    r->memo->sorted = wanted;
  }
  return r->ideal;
}

double sy_largest_label(const sy_ranking *r) { return r->items ? sy_ideal_labels(r, 1)[0] : 0; }

/* ------------------------------------------------------------------------------------- ties -- */

int sy_next_tie(const sy_ranking *r, sy_tie *tie) {
  if (tie->group == r->groups) return 0;
  size_t first = tie->first + tie->items, last = (size_t)r->ends[tie->group++];
  size_t unjudged = r->judged ? last - first - sy_bits_between(r->judged, first, last) : 0;
  tie->relevant_before += tie->relevant;
  tie->nonrelevant_before += tie->nonrelevant;
  tie->first = first;
  tie->items = last - first;
  tie->relevant = sy_bits_between(r->relevant, first, last);
  tie->nonrelevant = tie->items - unjudged - tie->relevant;
  return 1;
}

/* Whole groups count as they are; of the one that the cutoff splits, its share. */
static double expected_bits(const sy_ranking *r, const uint64_t *bits, size_t n) {
  size_t first = 0;
  for (size_t g = 0; g < r->groups; g++) {
    size_t last = (size_t)r->ends[g];
    if (last > n) {
      double share = (double)(n - first) / (double)(last - first);
      return (double)sy_bits(bits, first) + share * (double)sy_bits_between(bits, first, last);
    }
    first = last;
  }
  return (double)sy_bits(bits, n);
}

double sy_expected_hits(const sy_ranking *r, size_t n) { return expected_bits(r, r->relevant, n); }

double sy_expected_unjudged(const sy_ranking *r, size_t n) {
  return r->judged ? (double)n - expected_bits(r, r->judged, n) : 0;
}
