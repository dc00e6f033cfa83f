/*
 * rbp_residual.c - how much rank-biased precision could still grow.
 */
#include "kernel/measure/ranking.h"

/* The tail's weight p^n is made as those of the sum are. */
static double rest(double p, size_t n, double unjudged, const sy_metric *m) {
  double tail = 1;
  while (n-- > 0) tail *= p;
  return unjudged > 0 || m->parameter[1] != 0 ? tail + (1 - p) * unjudged : 0;
}

static double value(const sy_ranking *r, const sy_metric *m) {
  size_t n = sy_ranks(r, m);
  double p = m->parameter[0], weight = 1, sum = 0;
  for (size_t i = 0; r->judged && i < n; i++, weight *= p)
    if (!sy_bit(r->judged, i)) sum += weight;
  return rest(p, n, sum, m);
}

static double expected(const sy_ranking *r, const sy_metric *m) {
  sy_tie tie = {0};
  size_t n = sy_ranks(r, m);
  double p = m->parameter[0], weight = 1, sum = 0;
  while (r->judged && sy_next_tie(r, &tie) && tie.first < n) {
    double share = 1 - (double)(tie.relevant + tie.nonrelevant) / (double)tie.items;
    for (size_t i = tie.first; i < tie.first + tie.items && i < n; i++, weight *= p)
      sum += share * weight;
  }
  return rest(p, n, sum, m);
}

const sy_metric_kind sy_metric_rbp_residual = {
    .name = "rbp_residual",
    .help =
        "What RBP would gain if all unjudged items, and all ranks behind the last, were perfect: "
        "p^n + (1 - p) * sum of p^(r - 1) over unjudged ranks (tail=0: 0 where all are judged). "
        "best and worst go by labels, not by judgments.",
    .source = "Moffat and Zobel 2008; trec_eval rbp_resid (tail=0)",
    .flags = SY_METRIC_CUTOFF | SY_METRIC_BITS | SY_METRIC_LOWER,
    .parameters = {{"p", 0.9, 0, 1, "persistence"},
                   {"tail", 1, 0, 1, "0: count the tail only where an item is unjudged", 1}},
    .value = value,
    .expected = expected,
};
