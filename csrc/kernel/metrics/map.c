/*
 * map.c - (mean) average precision.
 */
#include "kernel/measure/ranking.h"

static double normalised(double sum, const sy_ranking *r, const sy_metric *m) {
  size_t most = r->relevant_count;
  if (m->parameter[0] != 0 && m->k && m->k < most) most = m->k;
  return sum / (double)most;
}

static void values(const sy_ranking *r, const sy_metric *const *metrics, size_t count,
                   double *out) {
  size_t found = 0, i = 0;
  double sum = 0;
  for (size_t c = 0; c < count; c++) {
    size_t n = sy_ranks(r, metrics[c]);
    for (i = sy_next_bit(r->relevant, i, n); i < n; i = sy_next_bit(r->relevant, i + 1, n))
      sum += (double)++found / (double)(i + 1);
    out[c] = normalised(sum, r, metrics[c]);
  }
}

/*
 * At the i-th place (from 0) of a group with h of its m items relevant, behind f relevant ones, stands
 * a relevant item with probability h / m, and then f + 1 + i (h - 1) / (m - 1) were found on average.
 */
static double expected(const sy_ranking *r, const sy_metric *m) {
  sy_tie tie = {0};
  size_t n = sy_ranks(r, m);
  double sum = 0;
  while (sy_next_tie(r, &tie) && tie.first < n) {
    double items = (double)tie.items, hits = (double)tie.relevant;
    double slope = tie.items > 1 ? (hits - 1) / (items - 1) : 0;
    for (size_t i = 0; i < tie.items && tie.first + i < n && tie.relevant; i++)
      sum += hits / items * ((double)tie.relevant_before + 1 + (double)i * slope) /
             (double)(tie.first + i + 1);
  }
  return normalised(sum, r, m);
}

const sy_metric_kind sy_metric_map = {
    .name = "map",
    .alias = "average_precision",
    .help =
        "Sum of the precision at each relevant item among the first k ranks, divided by the number "
        "of relevant items of the request (capped=1: or by k, if that is smaller).",
    .source = "trec_eval map, map_cut; ties: McSherry and Najork 2008",
    .flags = SY_METRIC_CUTOFF | SY_METRIC_RELEVANCE,
    .parameters = {{"capped", 0, 0, 1, "1: divide by the smaller of k and the relevant items", 1}},
    .perfect = 1,
    .values = values,
    .expected = expected,
};
