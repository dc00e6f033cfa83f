/*
 * yaap.c - the log odds of average precision.
 */
#include "kernel/measure/ranking.h"

static double value(const sy_ranking *r, const sy_metric *m) {
  size_t found = 0;
  double sum = 0;
  (void)m;
  SY_FOR_BITS(i, r->relevant, r->retrieved) sum += (double)++found / (double)(i + 1);
  return log((1 + sum) / (1 + (double)r->relevant_count - sum));
}

const sy_metric_kind sy_metric_yaap = {
    .name = "yaap",
    .help =
        "log((1 + S) / (1 + R - S)), S being the sum of the precisions at the R relevant items.",
    .source = "Robertson 2006; trec_eval yaap",
    .flags = SY_METRIC_RELEVANCE,
    .value = value,
};
