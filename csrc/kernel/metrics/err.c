/*
 * err.c - expected reciprocal rank: a reader stops at an item that satisfies.
 */
#include <string.h>

#include "kernel/measure/ranking.h"

/* 2^x, of whole x without a call, else rounded once, whatever variant of exp2 a libm picks. */
static double power(double x) {
  if (x > -1000 && x < 1000 && x == (double)(int)x) {
    uint64_t bits = (uint64_t)((int)x + 1023) << 52;
    memcpy(&x, &bits, sizeof x);
    return x;
  }
  return (double)exp2l((long double)x);
}

/* The largest label: as the user says, else of the whole log, so that requests can be compared. */
static double largest(const sy_ranking *r, const sy_metric *m) {
  return m->parameter[0] > 0 ? m->parameter[0] : r->largest;
}

/*
 * The chance that a label satisfies: (2^label - 1) / 2^most, in [0, 1]; least is 2^-most. Which labels
 * are 0 cannot be foreseen, so that no branch asks.
 */
static double satisfies(double label, double most, double least) {
  double chance = power(label - most) - least;
  chance = 0.5 * (chance + fabs(chance));
  if (chance > 1) chance = 1;
  return chance;
}

static void values(const sy_ranking *r, const sy_metric *const *metrics, size_t count,
                   double *out) {
  double most = largest(r, metrics[0]), least = power(-most), going_on = 1, sum = 0;
  size_t i = 0;
  for (size_t c = 0; c < count; c++) {
    for (size_t n = sy_ranks(r, metrics[c]); i < n; i++) {
      double stops = satisfies(r->grades[i], most, least);
      sum += going_on * stops / (double)(int64_t)(i + 1);
      going_on *= 1 - stops;
    }
    out[c] = sum;
  }
}

/*
 * The chance to go on behind the first i of a group's items, over its orders, is the mean of the
 * products of all subsets of i: built up item by item without large numbers.
 */
static void mean_products(const sy_ranking *r, const sy_metric *m, const sy_tie *tie) {
  double *product = r->room, most = largest(r, m), least = power(-most);
  product[0] = 1;
  for (size_t n = 1; n <= tie->items; n++) {
    double on = 1 - satisfies(r->grades[tie->first + n - 1], most, least);
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
    .help =
        "Sum over ranks r of 1 / r times the chance that a reader stops there, who is satisfied by "
        "a label g with probability (2^g - 1) / 2^max.",
    .source = "Chapelle et al. 2009",
    .flags = SY_METRIC_CUTOFF | SY_METRIC_RELEVANCE | SY_METRIC_LARGEST,
    .parameters = {{"max", 0, 0, 1000, "the largest label there is; 0: the log's largest"}},
    .perfect = 1,
    .values = values,
    .expected = expected,
};
