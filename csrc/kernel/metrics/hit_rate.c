/*
 * hit_rate.c - is there a relevant item in the first k ranks?
 */
#include "kernel/measure/ranking.h"

static double value(const sy_ranking *r, const sy_metric *m) {
  return sy_hits(r, sy_ranks(r, m)) > 0;
}

SY_EACH_CUTOFF(value)

/*
 * 1 - the probability that the places drawn from the group that the cutoff splits are all misses:
 * the product over drawn places i of (items - relevant - i) / (items - i).
 */
static double expected(const sy_ranking *r, const sy_metric *m) {
  sy_tie tie = {0};
  size_t n = sy_ranks(r, m);
  double miss = 1;
  while (sy_next_tie(r, &tie) && tie.first < n) {
    size_t drawn = n - tie.first < tie.items ? n - tie.first : tie.items;
    for (size_t i = 0; i < drawn && miss > 0; i++)
      miss *= (double)(tie.items - tie.relevant > i ? tie.items - tie.relevant - i : 0) /
              (double)(tie.items - i);
  }
  return 1 - miss;
}

const sy_metric_kind sy_metric_hit_rate = {
    .name = "hit_rate",
    .alias = "success",
    .help = "1 where a relevant item is among the first k ranks, else 0.",
    .source = "trec_eval success; hit rate of recommender evaluation",
    .flags = SY_METRIC_CUTOFF | SY_METRIC_RELEVANCE,
    .perfect = 1,
    .values = values,
    .expected = expected,
};
