/*
 * unjudged.c - the share of the first k ranks that nobody judged.
 */
#include "kernel/measure/ranking.h"

static double share(double unjudged, const sy_ranking *r, const sy_metric *m) {
  size_t k = m->k ? m->k : r->retrieved;
  return k ? unjudged / (double)k : 0;
}

static double value(const sy_ranking *r, const sy_metric *m) {
  return share((double)sy_unjudged(r, sy_ranks(r, m)), r, m);
}

SY_EACH_CUTOFF(value)

static double expected(const sy_ranking *r, const sy_metric *m) {
  return share(sy_expected_unjudged(r, sy_ranks(r, m)), r, m);
}

const sy_metric_kind sy_metric_unjudged = {
    .name = "unjudged",
    .alias = "unj",
    .help = "Items without a judgment among the first k ranks, divided by k. best and worst go by "
            "labels, not by judgments.",
    .source = "trec_eval unj",
    .flags = SY_METRIC_CUTOFF | SY_METRIC_BITS | SY_METRIC_LOWER,
    .values = values,
    .expected = expected,
};
