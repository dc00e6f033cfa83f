/*
 * iprec_mean.c - interpolated precision, averaged over evenly spaced levels of recall.
 */
#include "kernel/measure/ranking.h"

static double value(const sy_ranking *r, const sy_metric *m) {
  size_t points = (size_t)m->parameter[0];
  double sum = 0;
  for (size_t i = 0; i < points; i++)
    sum += sy_interpolated_precision(r, (double)i / (double)(points - 1));
  return sum / (double)points;
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
