/*
 * r_precision.c - precision at as many ranks as there are relevant items.
 */
#include "kernel/measure/ranking.h"

/* trec_eval's rounding: 0.9 is added before the fraction is cut off. */
static size_t cutoff(const sy_ranking *r, const sy_metric *m) {
  return (size_t)(m->parameter[0] * (double)r->relevant_count + 0.9);
}

static size_t ranks(const sy_ranking *r, size_t k) { return k < r->retrieved ? k : r->retrieved; }

static double value(const sy_ranking *r, const sy_metric *m) {
  size_t k = cutoff(r, m);
  return k ? (double)sy_hits(r, ranks(r, k)) / (double)k : 0;
}

static double expected(const sy_ranking *r, const sy_metric *m) {
  size_t k = cutoff(r, m);
  return k ? sy_expected_hits(r, ranks(r, k)) / (double)k : 0;
}

const sy_metric_kind sy_metric_r_precision = {
    .name = "r_precision",
    .alias = "rprec",
    .help =
        "Precision at R ranks, R being the request's number of relevant items; with multiple, at "
        "so many times R.",
    .source = "trec_eval Rprec, Rprec_mult",
    .flags = SY_METRIC_RELEVANCE | SY_METRIC_ALL_RANKS,
    .parameters = {{"multiple", 1, 0, 1e6, "how many times R"}},
    .perfect = 1,
    .value = value,
    .expected = expected,
};
