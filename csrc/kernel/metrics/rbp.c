/*
 * rbp.c - rank-biased precision.
 */
#include "kernel/measure/ranking.h"

/* Labels are brought into [0, 1]: divided by the request's largest where that is above 1. */
static double unit_of(const sy_ranking *r, const sy_metric *m) {
  double largest = m->parameter[1] != 0 ? 1 : sy_largest_label(r);
  return largest > 1 ? largest : 1;
}

static double gain_at(const sy_ranking *r, const sy_metric *m, size_t i) {
  if (m->parameter[1] != 0) return (double)sy_bit(r->relevant, i);
  return 0.5 * r->grades[i] + 0.5 * fabs(r->grades[i]); /* max(0, grade), without a branch */
}

/* The weights sum to 1 at most: no gains are too large to be added up. */
static void values(const sy_ranking *r, const sy_metric *const *metrics, size_t count,
                   double *out) {
  double p = metrics[0]->parameter[0], unit = unit_of(r, metrics[0]), weight = 1 - p, sum = 0;
  size_t i = 0;
  for (size_t c = 0; c < count; c++) {
    for (size_t n = sy_ranks(r, metrics[c]); i < n; i++, weight *= p)
      sum += weight * gain_at(r, metrics[0], i);
    out[c] = sum / unit;
  }
}

/* Every place of a group holds the group's mean gain. */
static double expected(const sy_ranking *r, const sy_metric *m) {
  sy_tie tie = {0};
  size_t n = sy_ranks(r, m);
  double p = m->parameter[0], unit = unit_of(r, m), weight = 1 - p, sum = 0;
  while (sy_next_tie(r, &tie) && tie.first < n) {
    double gain = 0, weights = 0;
    for (size_t i = 0; i < tie.items; i++) {
      gain += gain_at(r, m, tie.first + i) / (double)tie.items;
      if (tie.first + i < n) weights += weight;
      weight *= p;
    }
    sum += gain * weights;
  }
  return sum / unit;
}

const sy_metric_kind sy_metric_rbp = {
    .name = "rbp",
    .help =
        "(1 - p) times the sum over ranks r of gain * p^(r - 1): what a reader gains who goes on "
        "to the next item with probability p. Gain is the label, divided by the request's "
        "largest where that is above 1 (binary=1: 1 for relevant items).",
    .source = "Moffat and Zobel 2008; trec_eval rbp",
    .flags = SY_METRIC_CUTOFF | SY_METRIC_BITS,
    .parameters = {{"p", 0.9, 0, 1, "persistence"}, {"binary", 0, 0, 1, "1: relevant or not", 1}},
    .perfect = 1,
    .values = values,
    .expected = expected,
};
