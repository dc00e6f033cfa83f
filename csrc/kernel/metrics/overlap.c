/*
 * overlap.c - what two top k have in common.
 */
#include "kernel/measure/ranking.h"

static double value(const sy_ranking *r, const sy_metric *m) {
  size_t n = sy_ranks(r, m);
  const int32_t *other = sy_label_order(r, n);
  size_t common = 0;
  for (size_t i = 0; i < r->items; i++) r->room[i] = 0;
  for (size_t i = 0; i < n; i++) r->room[other[i]] = 1;
  for (size_t i = 0; i < n; i++) common += r->room[r->order[i]] == 1;
  return n ? (double)common / (double)n : (double)NAN;
}

/* The chance of each item to stand in the first k ranks: its group's share of them. */
static double expected(const sy_ranking *r, const sy_metric *m) {
  size_t n = sy_ranks(r, m), first = 0;
  const int32_t *other = sy_label_order(r, n);
  double common = 0;
  for (size_t g = 0; g < r->groups; g++) {
    size_t last = (size_t)r->ends[g], within = n < last ? n : last;
    double chance = first < n ? (double)(within - first) / (double)(last - first) : 0;
    for (; first < last; first++) r->room[r->order[first]] = chance;
  }
  for (size_t i = 0; i < n; i++) common += r->room[other[i]];
  return n ? common / (double)n : (double)NAN;
}

const sy_metric_kind sy_metric_overlap = {
    .name = "overlap",
    .help =
        "The share of the first k items by score that are also among the first k by label: two "
        "orders compared, where labels are the scores of the other. Equal labels: the earlier row "
        "first.",
    .source = "Fagin, Kumar and Sivakumar 2003",
    .flags = SY_METRIC_CUTOFF | SY_METRIC_BITS,
    .perfect = 1,
    .value = value,
    .expected = expected,
};
