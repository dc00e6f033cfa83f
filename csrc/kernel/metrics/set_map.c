/*
 * set_map.c - precision times recall of the retrieved set: average precision without an order.
 */
#include "kernel/measure/ranking.h"

static double product(double hits, const sy_ranking *r) {
  return r->retrieved ? hits * hits / ((double)r->retrieved * (double)r->relevant_count) : 0;
}

/* The retrieved are the same in every order of ties. */
static double value(const sy_ranking *r, const sy_metric *m) {
  (void)m;
  return product((double)sy_hits(r, r->retrieved), r);
}

const sy_metric_kind sy_metric_set_map = {
    .name = "set_map",
    .help = "Precision times recall of all ranked items.",
    .source = "trec_eval set_map",
    .flags = SY_METRIC_RELEVANCE,
    .perfect = 1,
    .value = value,
    .expected = value,
};
