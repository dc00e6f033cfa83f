/*
 * arp.c - average relevance position.
 */
#include "kernel/measure/ranking.h"

static double share(double sum, double labels) {
  if (!isfinite(sum) || !isfinite(labels)) return (double)INFINITY;
  return labels > 0 ? sum / labels : (double)NAN;
}

static double value(const sy_ranking *r, const sy_metric *m) {
  double sum = 0, labels = 0;
  (void)m;
  for (size_t i = 0; i < r->retrieved; i++) {
    sum += r->grades[i] * (double)(i + 1);
    labels += r->grades[i];
  }
  return share(sum, labels);
}

/* Every item of a group stands, on average, at its middle. */
static double expected(const sy_ranking *r, const sy_metric *m) {
  sy_tie tie = {0};
  double sum = 0, labels = 0;
  (void)m;
  while (sy_next_tie(r, &tie)) {
    double group = 0;
    for (size_t i = 0; i < tie.items; i++) group += r->grades[tie.first + i];
    sum += group * ((double)tie.first + ((double)tie.items + 1) / 2);
    labels += group;
  }
  return share(sum, labels);
}

const sy_metric_kind sy_metric_arp = {
    .name = "arp",
    .help = "Average relevance position: the mean rank of the items, weighted by their labels.",
    .source = "TensorFlow Ranking; Zhu 2004",
    .flags = SY_METRIC_LOWER | SY_METRIC_BITS,
    .perfect = 1,
    .value = value,
    .expected = expected,
};
