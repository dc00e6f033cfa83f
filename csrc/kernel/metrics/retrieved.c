/*
 * retrieved.c - how many items are ranked.
 */
#include "kernel/measure/ranking.h"

static double value(const sy_ranking *r, const sy_metric *m) { return (double)sy_ranks(r, m); }

const sy_metric_kind sy_metric_retrieved = {
    .name = "retrieved",
    .alias = "num_ret",
    .help = "The number of ranked items.",
    .source = "trec_eval num_ret",
    .flags = SY_METRIC_CUTOFF | SY_METRIC_COUNT,
    .mean = SY_MEAN_SUM,
    .value = value,
    .expected = value,
};
