/*
 * precision.c - the relevant share of the first k ranks.
 */
#include "kernel/measure/ranking.h"

/* Ranks that a short request does not have count as not relevant, as in trec_eval. */
static double share(double hits, const sy_ranking *r, const sy_metric *m) {
  size_t k = m->k ? m->k : r->retrieved;
  return k ? hits / (double)k : 0;
}

static double value(const sy_ranking *r, const sy_metric *m) {
  return share((double)sy_hits(r, sy_ranks(r, m)), r, m);
}

SY_EACH_CUTOFF(value)

static double expected(const sy_ranking *r, const sy_metric *m) {
  return share(sy_expected_hits(r, sy_ranks(r, m)), r, m);
}

const sy_metric_kind sy_metric_precision = {
    .name = "precision",
    .alias = "p",
    .help =
        "Relevant items among the first k ranks, divided by k; without a cutoff, by all ranked.",
    .source = "trec_eval P, set_P",
    .flags = SY_METRIC_CUTOFF | SY_METRIC_RELEVANCE,
    .perfect = 1,
    .values = values,
    .expected = expected,
};
