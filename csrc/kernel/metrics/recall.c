/*
 * recall.c - the share of the relevant items that stands in the first k ranks.
 */
#include "kernel/measure/ranking.h"

static double value(const sy_ranking *r, const sy_metric *m) {
  return (double)sy_hits(r, sy_ranks(r, m)) / (double)r->relevant_count;
}

SY_EACH_CUTOFF(value)

static double expected(const sy_ranking *r, const sy_metric *m) {
  return sy_expected_hits(r, sy_ranks(r, m)) / (double)r->relevant_count;
}

const sy_metric_kind sy_metric_recall = {
    .name = "recall",
    .help = "Relevant items among the first k ranks, divided by all of the request's.",
    .source = "trec_eval recall, set_recall",
    .flags = SY_METRIC_CUTOFF | SY_METRIC_RELEVANCE,
    .perfect = 1,
    .values = values,
    .expected = expected,
};
