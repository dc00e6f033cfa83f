/*
 * iprec_mean.c - interpolated precision, averaged over evenly spaced levels of recall.
 */
#include "kernel/measure/ranking.h"

/* best[f]: the highest precision where at least f relevant items are found, for f = 0 .. found. */
static size_t find_best(const sy_ranking *r, double *best) {
  size_t found = 0;
  best[0] = 0;
  SY_FOR_BITS(i, r->relevant, r->retrieved) {
    found++;
    best[found] = (double)found / (double)(i + 1);
  }
  for (size_t f = found; f-- > 0;)
    if (best[f + 1] > best[f]) best[f] = best[f + 1];
  return found;
}

static double value(const sy_ranking *r, const sy_metric *m) {
  size_t points = (size_t)m->parameter[0], found = find_best(r, r->room);
  double sum = 0;
  for (size_t i = 0; i < points; i++) {
    size_t needed = sy_needed(r, (double)i / (double)(points - 1));
    sum += needed <= found ? r->room[needed] : 0;
  }
  return sum / (double)points;
}

const sy_metric_kind sy_metric_iprec_mean = {
    .name = "iprec_mean",
    .help = "Mean of the interpolated precision at recall 0, 1 / (points - 1), ..., 1.",
    .source = "trec_eval 11pt_avg",
    .flags = SY_METRIC_RELEVANCE,
    .parameters = {{"points", 11, 2, 1001, "how many levels", 1}},
    .perfect = 1,
    .value = value,
};
