/*
 * rbp.c - rank-biased precision.
 */
#include "kernel/measure/ranking.h"

/* Labels are brought into [0, 1]: divided by the request's largest where that is above 1. */
static double scale(const sy_ranking *r) {
  double largest = sy_largest_label(r);
  return largest > 1 ? 1 / largest : 1;
}

static double gain_at(const sy_ranking *r, const sy_metric *m, size_t i) {
  if (m->parameter[1] != 0) return (double)sy_bit(r->relevant, i);
  return r->grades[i] > 0 ? r->grades[i] : 0;
}

static double value(const sy_ranking *r, const sy_metric *m) {
  size_t n = sy_ranks(r, m);
  double p = m->parameter[0], weight = 1, sum = 0;
  for (size_t i = 0; i < n; i++, weight *= p) sum += weight * gain_at(r, m, i);
  return (1 - p) * sum * (m->parameter[1] != 0 ? 1 : scale(r));
}

/* Every place of a group holds the group's mean gain. */
static double expected(const sy_ranking *r, const sy_metric *m) {
  sy_tie tie = {0};
  size_t n = sy_ranks(r, m);
  double p = m->parameter[0], weight = 1, sum = 0;
  while (sy_next_tie(r, &tie) && tie.first < n) {
    double gains = 0, weights = 0;
    for (size_t i = 0; i < tie.items; i++) {
      gains += gain_at(r, m, tie.first + i);
      if (tie.first + i < n) weights += weight;
      weight *= p;
    }
    sum += gains / (double)tie.items * weights;
  }
  return (1 - p) * sum * (m->parameter[1] != 0 ? 1 : scale(r));
}

const sy_metric_kind sy_metric_rbp = {
    .name = "rbp",
    .help = "(1 - p) times the sum over ranks r of gain * p^(r - 1): what a reader gains who goes on "
            "to the next item with probability p. Gain is the label, divided by the request's "
            "largest where that is above 1 (binary=1: 1 for relevant items).",
    .source = "Moffat and Zobel 2008; trec_eval rbp",
    .flags = SY_METRIC_CUTOFF | SY_METRIC_BITS,
    .parameters = {{"p", 0.9, 0, 1, "persistence"}, {"binary", 0, 0, 1, "1: relevant or not"}},
    .perfect = 1,
    .value = value,
    .expected = expected,
};
