/*
 * ndcg.c - normalised discounted cumulative gain.
 */
#include "kernel/measure/ranking.h"

/* Sums that overflow come back as infinity, which no metric is. */
static double value(const sy_ranking *r, const sy_metric *m) {
  sy_dcg dcg = sy_ranking_dcg(r, m);
  if (!isfinite(dcg.dcg) || !isfinite(dcg.ideal)) return (double)INFINITY;
  return dcg.ideal > 0 ? dcg.dcg / dcg.ideal : (double)NAN;
}

SY_EACH_CUTOFF(value)

const sy_metric_kind sy_metric_ndcg = {
    .name = "ndcg",
    .help = "DCG divided by the DCG of the best order of all the request's items.",
    .source = "Jarvelin and Kekalainen 2002; Burges et al. 2005 (exponential gain)",
    .flags = SY_METRIC_CUTOFF | SY_METRIC_GAIN,
    .perfect = 1,
    .values = values,
    .expected = value,
};
