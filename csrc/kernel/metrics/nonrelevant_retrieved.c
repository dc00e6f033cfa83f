/*
 * nonrelevant_retrieved.c - how many ranked items are judged not to be relevant.
 */
#include "kernel/measure/ranking.h"

static double value(const sy_ranking *r, const sy_metric *m) {
  return (double)sy_misses(r, sy_ranks(r, m));
}

static double expected(const sy_ranking *r, const sy_metric *m) {
  size_t n = sy_ranks(r, m);
  return (double)n - sy_expected_hits(r, n) - sy_expected_unjudged(r, n);
}

const sy_metric_kind sy_metric_nonrelevant_retrieved = {
    .name = "nonrelevant_retrieved",
    .alias = "num_nonrel_judged_ret",
    .help = "The number of items among the first k ranks that are judged not to be relevant. best "
            "and worst go by labels, not by judgments.",
    .source = "trec_eval num_nonrel_judged_ret",
    .flags = SY_METRIC_CUTOFF | SY_METRIC_COUNT | SY_METRIC_BITS | SY_METRIC_LOWER,
    .mean = SY_MEAN_SUM,
    .value = value,
    .expected = expected,
};
