/*
 * dcg.c - discounted cumulative gain, not normalised.
 */
#include "kernel/measure/ranking.h"

/* Empty where nothing can be gained, as NDCG, so that both are means over the same requests. */
static double value(const sy_ranking *r, const sy_metric *m) {
  sy_dcg dcg = sy_ranking_dcg(r, m);
  if (!isfinite(dcg.dcg) || !isfinite(dcg.ideal)) return (double)INFINITY;
  return dcg.ideal > 0 || m->empty != SY_EMPTY_SKIP ? dcg.dcg : (double)NAN;
}

SY_EACH_CUTOFF(value)

const sy_metric_kind sy_metric_dcg = {
    .name = "dcg",
    .help = "Sum over ranks r of gain / log2(r + 1).",
    .source = "Jarvelin and Kekalainen 2002",
    .flags = SY_METRIC_CUTOFF | SY_METRIC_GAIN,
    .values = values,
    .expected = value,
};
