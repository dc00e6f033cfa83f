/*
 * bin_gain.c - relevant items, discounted by the misses before them.
 */
#include "kernel/measure/ranking.h"

static double value(const sy_ranking *r, const sy_metric *m) {
  size_t found = 0;
  double sum = 0;
  (void)m;
  SY_FOR_BITS(i, r->relevant, r->retrieved) sum += r->work->discounts[i - found++];
  return sum / (double)r->relevant_count;
}

/* Of b misses in its group, 0 to b stand before a relevant item, all as likely. */
static double expected(const sy_ranking *r, const sy_metric *m) {
  sy_tie tie = {0};
  double sum = 0;
  (void)m;
  while (sy_next_tie(r, &tie)) {
    size_t misses = tie.items - tie.relevant, before = tie.first - tie.relevant_before;
    double group = 0;
    for (size_t b = 0; tie.relevant && b <= misses; b++) group += r->work->discounts[before + b];
    sum += (double)tie.relevant * group / (double)(misses + 1);
  }
  return sum / (double)r->relevant_count;
}

const sy_metric_kind sy_metric_bin_gain = {
    .name = "bin_gain",
    .help = "Mean over relevant items of 1 / log2(2 + the number of items before it that are not "
            "relevant).",
    .source = "trec_eval binG",
    .flags = SY_METRIC_RELEVANCE,
    .perfect = 1,
    .value = value,
    .expected = expected,
};
