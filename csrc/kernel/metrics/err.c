/*
 * err.c - expected reciprocal rank: a reader stops at an item that satisfies.
 */
#include "kernel/measure/ranking.h"

/* The largest label: as the user says, else of the whole log, so that requests can be compared. */
static double satisfies(const sy_ranking *r, const sy_metric *m, double label) {
  double most = m->parameter[0] > 0 ? m->parameter[0] : r->largest;
  double chance = label > 0 ? (exp2(label) - 1) / exp2(most) : 0;
  return chance < 1 ? chance : 1;
}

static double value(const sy_ranking *r, const sy_metric *m) {
  size_t n = sy_ranks(r, m);
  double going_on = 1, sum = 0;
  for (size_t i = 0; i < n; i++) {
    double stops = satisfies(r, m, r->grades[i]);
    sum += going_on * stops / (double)(i + 1);
    going_on *= 1 - stops;
  }
  return sum;
}

/*
 * The chance to go on behind the first i of a group's items, over its orders, is the mean of the
 * products of all subsets of i: built up item by item without large numbers.
 */
static void mean_products(const sy_ranking *r, const sy_metric *m, const sy_tie *tie) {
  double *product = r->room;
  product[0] = 1;
  for (size_t n = 1; n <= tie->items; n++) {
    double on = 1 - satisfies(r, m, r->grades[tie->first + n - 1]);
    product[n] = product[n - 1] * on;
    for (size_t i = n - 1; i > 0; i--)
      product[i] = ((double)(n - i) * product[i] + (double)i * on * product[i - 1]) / (double)n;
  }
}

static double expected(const sy_ranking *r, const sy_metric *m) {
  sy_tie tie = {0};
  size_t n = sy_ranks(r, m);
  double going_on = 1, sum = 0;
  while (sy_next_tie(r, &tie) && tie.first < n) {
    mean_products(r, m, &tie);
    for (size_t i = 0; i < tie.items && tie.first + i < n; i++)
      sum += going_on * (r->room[i] - r->room[i + 1]) / (double)(tie.first + i + 1);
    going_on *= r->room[tie.items];
  }
  return sum;
}

const sy_metric_kind sy_metric_err = {
    .name = "err",
    .help = "Sum over ranks r of 1 / r times the chance that a reader stops there, who is satisfied by "
            "a label g with probability (2^g - 1) / 2^max.",
    .source = "Chapelle et al. 2009",
    .flags = SY_METRIC_CUTOFF | SY_METRIC_RELEVANCE | SY_METRIC_LARGEST,
    .parameters = {{"max", 0, 0, 1000, "the largest label there is; 0: the log's largest"}},
    .perfect = 1,
    .value = value,
    .expected = expected,
};
