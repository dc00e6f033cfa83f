/*
 * gain_cost.c - gains, discounted by how much more an ideal reader would have had.
 */
#include "kernel/measure/ranking.h"

static double positive(double x) { return x > 0 ? x : 0; }

static double value(const sy_ranking *r, const sy_metric *m) {
  const double *ideal = sy_ideal_worths(r, m);
  double cost = 0, gained = 0, sum = 0, all = 0;
  for (size_t i = 0; i < r->retrieved; i++) {
    double gain = sy_worth(r->log, m->gain, r->grades[i]);
    double best = i < r->items ? positive(ideal[i]) : 0;
    gained += gain;
    cost += best > 1 ? best : 1;
    if (gain != 0) sum += gain / log2(2 + cost - gained);
  }
  for (size_t i = 0; i < r->items; i++) all += positive(ideal[i]);
  if (!isfinite(gained) || !isfinite(cost) || !isfinite(all)) return (double)INFINITY;
  return all > 0 ? sum / all : (double)NAN;
}

const sy_metric_kind sy_metric_gain_cost = {
    .name = "gain_cost",
    .help =
        "Sum over ranks of gain / log2(2 + C - G), divided by the sum of all gains: G is what was "
        "gained up to there, C what the best order would have (at least 1 a rank). best and worst "
        "put large gains first and last, which need not be the extremes.",
    .source = "trec_eval G",
    .flags = SY_METRIC_GAIN | SY_METRIC_ALL_RANKS,
    .perfect = 1,
    .value = value,
};
