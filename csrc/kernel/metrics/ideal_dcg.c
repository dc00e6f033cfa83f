/*
 * ideal_dcg.c - the largest DCG that a request's items can have.
 */
#include "kernel/measure/ranking.h"

static double value(const sy_ranking *r, const sy_metric *m) {
  double ideal = sy_ranking_dcg(r, m).ideal;
  return isfinite(ideal) ? ideal : (double)INFINITY;
}

const sy_metric_kind sy_metric_ideal_dcg = {
    .name = "ideal_dcg",
    .help = "DCG of the best order of all the request's items.",
    .source = "Jarvelin and Kekalainen 2002",
    .flags = SY_METRIC_CUTOFF | SY_METRIC_GAIN,
    .value = value,
    .expected = value,
};
