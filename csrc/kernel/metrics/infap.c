/*
 * infap.c - average precision inferred from judgments of a sample of the pool.
 */
#include "kernel/measure/ranking.h"

#define EPSILON 0.00001

/*
 * The precision expected at rank i (from 0) of a relevant item, behind so many relevant and not
 * relevant ones and `pooled` items of the pool, judged or not.
 */
static double inferred(double i, double relevant, double nonrelevant, double pooled) {
  if (i == 0) return 1;
  return 1 / (i + 1) + i / (i + 1) * (pooled / i) *
                           ((relevant + EPSILON) / (relevant + nonrelevant + 2 * EPSILON));
}

static size_t pooled_before(const sy_ranking *r, size_t n) {
  return r->pooled ? sy_bits(r->pooled, n) : n;
}

static double value(const sy_ranking *r, const sy_metric *m) {
  size_t found = 0;
  double sum = 0;
  (void)m;
  SY_FOR_BITS(i, r->relevant, r->retrieved) {
    sum += inferred((double)i, (double)found, (double)sy_misses(r, i), (double)pooled_before(r, i));
    found++;
  }
  return sum / (double)r->relevant_count;
}

/*
 * A group around one of its relevant items: of the `others`, judged ones come in relevant and not
 * relevant, the rest is pooled or not. With j judged ones before it, the numbers of relevant and of
 * pooled ones are independent, and the value is linear in each: their means do.
 */
typedef struct around {
  double others, judged, relevant, pooled;
} around;

/* lgamma itself writes a global, which other threads write, too. */
static double log_factorial(double n) {
  int sign;
  return lgamma_r(n + 1, &sign);
}

static double log_choose(double n, double k) {
  return log_factorial(n) - log_factorial(k) - log_factorial(n - k);
}

/* The mean at the i-th place (from 0) of the group, over the number of judged ones before it. */
static double expected_at(const sy_ranking *r, const sy_tie *tie, const around *a, size_t i) {
  double before = (double)i, sum = 0, rank = (double)(tie->first + i);
  double unjudged = a->others - a->judged, all = log_choose(a->others, before);
  double pool = (double)pooled_before(r, tie->first);
  size_t least = (size_t)fmax(0, before - unjudged), most = (size_t)fmin(before, a->judged);
  for (size_t n = least; n <= most; n++) {
    double j = (double)n;
    double chance = exp(log_choose(a->judged, j) + log_choose(unjudged, before - j) - all);
    double relevant = a->judged > 0 ? j * a->relevant / a->judged : 0;
    double extra = unjudged > 0 ? (before - j) * a->pooled / unjudged : 0;
    sum += chance * inferred(rank, (double)tie->relevant_before + relevant,
                             (double)tie->nonrelevant_before + j - relevant, pool + j + extra);
  }
  return sum;
}

static double expected(const sy_ranking *r, const sy_metric *m) {
  sy_tie tie = {0};
  double sum = 0;
  (void)m;
  while (sy_next_tie(r, &tie)) {
    size_t pooled = pooled_before(r, tie.first + tie.items) - pooled_before(r, tie.first);
    around a = {.others = (double)tie.items - 1,
                .judged = (double)(tie.relevant + tie.nonrelevant) - 1,
                .relevant = (double)tie.relevant - 1,
                .pooled = (double)(pooled - tie.relevant - tie.nonrelevant)};
    double share = (double)tie.relevant / (double)tie.items;
    for (size_t i = 0; tie.relevant && i < tie.items; i++)
      sum += share * expected_at(r, &tie, &a, i);
  }
  return sum / (double)r->relevant_count;
}

const sy_metric_kind sy_metric_infap = {
    .name = "infap",
    .help = "Average precision where only a sample of the pool is judged: precision at a relevant "
            "item is inferred from the judged items before it. best and worst put relevant items "
            "first and last, which with pooled, unjudged items need not be the extremes.",
    .source = "Yilmaz and Aslam 2006; trec_eval infAP",
    .flags = SY_METRIC_RELEVANCE,
    .perfect = 1,
    .value = value,
    .expected = expected,
};
