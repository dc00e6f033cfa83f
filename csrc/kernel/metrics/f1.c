/*
 * f1.c - the harmonic mean of precision and recall, weighted by beta.
 */
#include "kernel/measure/ranking.h"

/*
 * (1 + b^2) P R / (b^2 P + R) with P = hits / k and R = hits / relevant: linear in the hits. Both sides
 * are divided by 1 + b^2, so that a large beta does no harm.
 */
static double blend(double hits, const sy_ranking *r, const sy_metric *m) {
  double precision = 1 / (1 + m->parameter[0] * m->parameter[0]), recall = 1 - precision;
  double k = (double)(m->k ? m->k : r->retrieved);
  return hits > 0 ? hits / (recall * (double)r->relevant_count + precision * k) : 0;
}

static double value(const sy_ranking *r, const sy_metric *m) {
  return blend((double)sy_hits(r, sy_ranks(r, m)), r, m);
}

SY_EACH_CUTOFF(value)

static double expected(const sy_ranking *r, const sy_metric *m) {
  return blend(sy_expected_hits(r, sy_ranks(r, m)), r, m);
}

const sy_metric_kind sy_metric_f1 = {
    .name = "f1",
    .alias = "f",
    .help = "(1 + beta^2) P R / (beta^2 P + R) of precision P and recall R at the cutoff.",
    .source = "van Rijsbergen 1979; trec_eval set_F (whose parameter is beta^2)",
    .flags = SY_METRIC_CUTOFF | SY_METRIC_RELEVANCE,
    .parameters = {{"beta", 1, 0, HUGE_VAL, "above 1 recall counts more, below 1 precision"}},
    .perfect = 1,
    .values = values,
    .expected = expected,
};
