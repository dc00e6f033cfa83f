/*
 * regret.c - what an order leaves on the table.
 */
#include "kernel/measure/ranking.h"

static double value(const sy_ranking *r, const sy_metric *m) {
  sy_dcg dcg = sy_ranking_dcg(r, m);
  if (!isfinite(dcg.dcg) || !isfinite(dcg.ideal)) return (double)INFINITY;
  return dcg.ideal > 0 ? 1.0 - dcg.dcg / dcg.ideal : (double)NAN;
}

SY_EACH_CUTOFF(value)

const sy_metric_kind sy_metric_regret = {
    .name = "regret",
    .help = "1 - NDCG: how far the order is from the best one.",
    .source = "Jarvelin and Kekalainen 2002",
    .flags = SY_METRIC_CUTOFF | SY_METRIC_GAIN | SY_METRIC_LOWER,
    .none = 1,
    .values = values,
    .expected = value,
};
