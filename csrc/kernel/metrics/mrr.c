/*
 * mrr.c - (mean) reciprocal rank of the first relevant item.
 */
#include "kernel/measure/ranking.h"

static double value(const sy_ranking *r, const sy_metric *m) {
  size_t n = sy_ranks(r, m), first = sy_next_bit(r->relevant, 0, n);
  return first < n ? 1.0 / (double)(first + 1) : 0;
}

SY_EACH_CUTOFF(value)

/*
 * Only the first group with a relevant item counts. `missed`: the probability that none of its places
 * before the i-th holds one.
 */
static double expected(const sy_ranking *r, const sy_metric *m) {
  sy_tie tie = {0};
  size_t n = sy_ranks(r, m);
  double sum = 0, missed = 1;
  while (sy_next_tie(r, &tie) && tie.relevant == 0) continue;
  for (size_t i = 0; i + tie.relevant <= tie.items && tie.relevant && tie.first + i < n; i++) {
    double left = (double)(tie.items - i), hit = (double)tie.relevant / left;
    sum += missed * hit / (double)(tie.first + i + 1);
    missed *= 1 - hit;
  }
  return sum;
}

const sy_metric_kind sy_metric_mrr = {
    .name = "mrr",
    .alias = "recip_rank",
    .help = "1 / the rank of the first relevant item; 0 where none is among the first k.",
    .source = "trec_eval recip_rank; ties: McSherry and Najork 2008",
    .flags = SY_METRIC_CUTOFF | SY_METRIC_RELEVANCE,
    .perfect = 1,
    .values = values,
    .expected = expected,
};
