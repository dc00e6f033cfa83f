/*
 * relevant_retrieved.c - how many relevant items are ranked.
 */
#include "kernel/measure/ranking.h"

static double value(const sy_ranking *r, const sy_metric *m) {
  return (double)sy_hits(r, sy_ranks(r, m));
}

static double expected(const sy_ranking *r, const sy_metric *m) {
  return sy_expected_hits(r, sy_ranks(r, m));
}

const sy_metric_kind sy_metric_relevant_retrieved = {
    .name = "relevant_retrieved",
    .alias = "num_rel_ret",
    .help = "The number of relevant items among the first k ranks.",
    .source = "trec_eval num_rel_ret",
    .flags = SY_METRIC_CUTOFF | SY_METRIC_COUNT | SY_METRIC_BITS,
    .mean = SY_MEAN_SUM,
    .value = value,
    .expected = expected,
};
