/*
 * relative_precision.c - precision, of the highest that the number of relevant items allows.
 */
#include "kernel/measure/ranking.h"

static double share(double hits, const sy_ranking *r, const sy_metric *m) {
  size_t k = m->k ? m->k : r->retrieved;
  size_t most = k < r->relevant_count ? k : r->relevant_count;
  return most ? hits / (double)most : 0;
}

static double value(const sy_ranking *r, const sy_metric *m) {
  return share((double)sy_hits(r, sy_ranks(r, m)), r, m);
}

SY_EACH_CUTOFF(value)

static double expected(const sy_ranking *r, const sy_metric *m) {
  return share(sy_expected_hits(r, sy_ranks(r, m)), r, m);
}

const sy_metric_kind sy_metric_relative_precision = {
    .name = "relative_precision",
    .help = "Relevant items among the first k ranks, divided by the smaller of k and the number of "
            "relevant items.",
    .source = "trec_eval relative_P, set_relative_P",
    .flags = SY_METRIC_CUTOFF | SY_METRIC_RELEVANCE,
    .perfect = 1,
    .values = values,
    .expected = expected,
};
