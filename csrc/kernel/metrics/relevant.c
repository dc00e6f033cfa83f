/*
 * relevant.c - how many items are relevant, ranked or not.
 */
#include "kernel/measure/ranking.h"

static double value(const sy_ranking *r, const sy_metric *m) {
  (void)m;
  return (double)r->relevant_count;
}

const sy_metric_kind sy_metric_relevant = {
    .name = "relevant",
    .alias = "num_rel",
    .help = "The number of relevant items, ranked or not.",
    .source = "trec_eval num_rel",
    .flags = SY_METRIC_COUNT | SY_METRIC_BITS,
    .mean = SY_MEAN_SUM,
    .value = value,
    .expected = value,
};
