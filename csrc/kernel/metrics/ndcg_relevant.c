/*
 * ndcg_relevant.c - NDCG, averaged over the ranks where something is gained.
 */
#include "kernel/measure/ranking.h"

static double value(const sy_ranking *r, const sy_metric *m) {
  const double *ideal = sy_ideal_worths(r, m);
  double dcg = 0, best = 0, sum = 0;
  size_t worthy = 0, found = 0;
  for (size_t i = 0; i < r->items || i < r->retrieved; i++) {
    double discount = sy_discount_at(r, m, i);
    if (i < r->items && ideal[i] > 0) {
      best += ideal[i] * discount;
      worthy++;
    }
    if (i >= r->retrieved) continue;
    double gain = sy_worth(r->log, m->gain, r->grades[i]);
    dcg += gain * discount;
    if (gain > 0) {
      sum += best > 0 ? dcg / best : 0; /* a table of discounts may begin with zeroes */
      found++;
    }
  }
  if (!isfinite(dcg) || !isfinite(best)) return (double)INFINITY;
  if (worthy == 0 || !(best > 0)) return (double)NAN;
  return (sum + (double)(worthy - found) * dcg / best) / (double)worthy;
}

const sy_metric_kind sy_metric_ndcg_relevant = {
    .name = "ndcg_relevant",
    .help =
        "Mean over items with a gain of NDCG at their rank; those not ranked count with NDCG over "
        "all.",
    .source = "trec_eval ndcg_rel",
    .flags = SY_METRIC_GAIN | SY_METRIC_ALL_RANKS,
    .perfect = 1,
    .value = value,
};
