/*
 * utility.c - a sum of prices for hits and misses.
 */
#include "kernel/measure/ranking.h"

/* The ranked set is the same in every order of ties. */
static double value(const sy_ranking *r, const sy_metric *m) {
  const double *price = m->parameter;
  double hits = (double)sy_hits(r, r->retrieved), retrieved = (double)r->retrieved;
  double relevant = (double)r->relevant_count;
  return price[0] * hits + price[1] * (retrieved - hits) + price[2] * (relevant - hits) +
         price[3] * (hits - retrieved - relevant);
}

const sy_metric_kind sy_metric_utility = {
    .name = "utility",
    .help =
        "a * hits + b * (ranked - hits) + c * (relevant - hits) + d * (hits - ranked - relevant).",
    .source = "trec_eval utility (for a collection of size 0)",
    .flags = SY_METRIC_BITS,
    .parameters = {{"a", 1, -HUGE_VAL, HUGE_VAL, "price of a relevant item that is ranked"},
                   {"b", -1, -HUGE_VAL, HUGE_VAL, "of one that is not relevant"},
                   {"c", 0, -HUGE_VAL, HUGE_VAL, "of a relevant one that is not ranked"},
                   {"d", 0, -HUGE_VAL, HUGE_VAL, "of the rest"}},
    .value = value,
    .expected = value,
};
