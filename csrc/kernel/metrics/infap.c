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

static double value(const sy_ranking *r, const sy_metric *m) {
  size_t found = 0, judged = 0, pooled = 0, last = 0;
  double sum = 0;
  (void)m;
  SY_FOR_BITS(i, r->relevant, r->retrieved) {
    judged += r->judged ? sy_bits_between(r->judged, last, i) : i - last;
    pooled += r->pooled ? sy_bits_between(r->pooled, last, i) : i - last;
    sum += inferred((double)i, (double)found, (double)(judged - found), (double)pooled);
    found++;
    last = i;
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

/* Larger groups, of judged items and others, take too long: orders are sampled in place of them. */
#define MOST_ITEMS 100000

/* A share of the likeliest number's chance that does not count. */
#define LEAST 0x1p-60

/* What a relevant item at the i-th place (from 0) of a group is worth behind j judged ones of it. */
static double worth_behind(const sy_tie *tie, const around *a, double i, double pool, double j) {
  double unjudged = a->others - a->judged;
  double relevant = a->judged > 0 ? j * a->relevant / a->judged : 0;
  double extra = unjudged > 0 ? (i - j) * a->pooled / unjudged : 0;
  return inferred((double)tie->first + i, (double)tie->relevant_before + relevant,
                  (double)tie->nonrelevant_before + j - relevant, pool + j + extra);
}

/*
 * Its mean over the number of judged ones before it: the likeliest one's chance counts as 1, and from
 * there on both sides each chance follows from the one before.
 */
static double expected_at(const sy_tie *tie, const around *a, double i, double pool) {
  double unjudged = a->others - a->judged, lowest = fmax(0, i - unjudged);
  double highest = fmin(i, a->judged), mode = floor((i + 1) * (a->judged + 1) / (a->others + 2));
  mode = fmin(fmax(mode, lowest), highest);
  double chance = 1, all = 1, sum = worth_behind(tie, a, i, pool, mode);
  for (double j = mode; j < highest && chance > LEAST; j++) {
    chance *= (a->judged - j) * (i - j) / ((j + 1) * (unjudged - i + j + 1));
    all += chance;
    sum += chance * worth_behind(tie, a, i, pool, j + 1);
  }
  chance = 1;
  for (double j = mode; j > lowest && chance > LEAST; j--) {
    chance *= j * (unjudged - i + j) / ((a->judged - j + 1) * (i - j + 1));
    all += chance;
    sum += chance * worth_behind(tie, a, i, pool, j - 1);
  }
  return sum / all;
}

static double expected(const sy_ranking *r, const sy_metric *m) {
  sy_tie tie = {0};
  double sum = 0, before = 0; /* of the pool, before the group */
  while (sy_next_tie(r, &tie)) {
    size_t last = tie.first + tie.items;
    size_t pooled = r->pooled ? sy_bits_between(r->pooled, tie.first, last) : tie.items;
    around a = {.others = (double)tie.items - 1,
                .judged = (double)(tie.relevant + tie.nonrelevant) - 1,
                .relevant = (double)tie.relevant - 1,
                .pooled = (double)(pooled - tie.relevant - tie.nonrelevant)};
    double share = (double)tie.relevant / (double)tie.items;
    if (tie.relevant && a.judged > 0 && a.judged < a.others && tie.items > MOST_ITEMS)
      return sy_sampled_value(r, m);
    for (size_t i = 0; tie.relevant && i < tie.items; i++)
      sum += share * expected_at(&tie, &a, (double)i, before);
    before += (double)pooled;
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
