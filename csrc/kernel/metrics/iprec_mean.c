/*
 * iprec_mean.c - interpolated precision, averaged over evenly spaced levels of recall.
 */
#include "kernel/measure/ranking.h"

static double value(const sy_ranking *r, const sy_metric *m) {
  double points = m->parameter[0], sum = 0;
  for (double i = 0; i < points; i++) sum += sy_interpolated_precision(r, i / (points - 1));
  return sum / points;
}

const sy_metric_kind sy_metric_iprec_mean = {
    .name = "iprec_mean",
    .help = "Mean of the interpolated precision at recall 0, 1 / (points - 1), ..., 1.",
    .source = "trec_eval 11pt_avg",
    .flags = SY_METRIC_RELEVANCE,
    .parameters = {{"points", 11, 2, 1001, "how many levels"}},
    .perfect = 1,
    .value = value,
};
