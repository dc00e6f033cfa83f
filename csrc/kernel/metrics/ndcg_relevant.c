/*
 * ndcg_relevant.c - NDCG, averaged over the ranks where something is gained.
 */
#include "kernel/measure/ranking.h"

static double value(const sy_ranking *r, const sy_metric *m) {
  const double *ideal = sy_ideal_worths(r, m);
  double dcg = 0, best = 0, sum = 0;
  size_t worthy = 0, found = 0;
  for (size_t i = 0; i < r->items || i < r->retrieved; i++) {
    double discount = sy_discount_at(r, m, i);
    if (i < r->items && ideal[i] > 0) {
      best += ideal[i] * discount;
      worthy++;
    }
    if (i >= r->retrieved) continue;
    double gain = sy_worth(r->log, m->gain, r->grades[i]);
    dcg += gain * discount;
    if (gain > 0) {
      sum += best > 0 ? dcg / best : 0; /* a table of discounts may begin with zeroes */
      found++;
    }
  }
  if (!isfinite(dcg) || !isfinite(best)) return (double)INFINITY;
  if (worthy == 0 || !(best > 0)) return (double)NAN;
  return (sum + (double)(worthy - found) * dcg / best) / (double)worthy;
}

/* A group of equal scores: sums over its items, and of the discounts of its ranks so far. */
typedef struct level {
  double items, worth, positive, worthy; /* `positive`: the worth of the `worthy`, above 0 */
  double discounts;
} level;

static level level_of(const sy_ranking *r, const sy_metric *m, size_t first, size_t last) {
  level l = {.items = (double)(last - first)};
  for (size_t i = first; i < last; i++) {
    double gain = sy_worth(r->log, m->gain, r->grades[i]);
    l.worth += gain;
    l.positive += gain > 0 ? gain : 0;
    l.worthy += gain > 0;
  }
  return l;
}

/*
 * The mean of DCG up to a rank, 0 where what stands there gains nothing: DCG before the group, that of
 * another item at each of the group's ranks before, and the item's own.
 */
static double step(level *l, double before, double discount) {
  double pairs = l->items * (l->items - 1), sum = l->worthy / l->items * before;
  if (pairs > 0) sum += (l->worth * l->worthy - l->positive) / pairs * l->discounts;
  l->discounts += discount;
  return sum + l->positive / l->items * discount;
}

static double expected(const sy_ranking *r, const sy_metric *m) {
  const double *ideal = sy_ideal_worths(r, m);
  double dcg = 0, best = 0, sum = 0, worthy = 0, found = 0;
  size_t group = 0, last = 0;
  level l = {0};
  for (size_t i = 0; i < r->items; i++) {
    double discount = sy_discount_at(r, m, i);
    if (ideal[i] > 0) {
      best += ideal[i] * discount;
      worthy++;
    }
    if (i >= r->retrieved) continue;
    if (i == last) {
      last = (size_t)r->ends[group++];
      l = level_of(r, m, i, last);
      found += l.worthy;
    }
    double here = step(&l, dcg, discount);
    sum += best > 0 ? here / best : 0;
    if (i + 1 == last) dcg += l.worth / l.items * l.discounts;
  }
  if (!isfinite(dcg) || !isfinite(best) || !isfinite(sum)) return (double)INFINITY;
  if (worthy == 0 || !(best > 0)) return (double)NAN;
  return (sum + (worthy - found) * dcg / best) / worthy;
}

const sy_metric_kind sy_metric_ndcg_relevant = {
    .name = "ndcg_relevant",
    .help =
        "Mean over items with a gain of NDCG at their rank; those not ranked count with NDCG over "
        "all.",
    .source = "trec_eval ndcg_rel",
    .flags = SY_METRIC_GAIN | SY_METRIC_ALL_RANKS,
    .perfect = 1,
    .value = value,
    .expected = expected,
};
