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

/* A chance to go on that is smaller is none. */
#define LEAST 0x1p-60

/* More steps than this take too long: orders are sampled in place of them. */
#define MOST_STEPS ((double)(1 << 28))

/* A group of equal scores: of its items, those at which a reader may stop matter. */
typedef struct crowd {
  size_t first, items, stopping;
  double most, least; /* as above */
  size_t known;       /* chances to go on are known behind so many stopping ones; 0 behind more */
} crowd;

static double goes_on(const sy_ranking *r, const crowd *c, size_t i) {
  return 1 - satisfies(r->grades[c->first + i], c->most, c->least);
}

/* By Maclaurin's inequality no mean product of i chances is above the i-th power of their mean. */
static crowd crowd_of(const sy_ranking *r, const sy_metric *m, const sy_tie *tie) {
  crowd c = {.first = tie->first, .items = tie->items, .most = largest(r, m)};
  double sum = 0;
  c.least = power(-c.most);
  for (size_t i = 0; i < c.items; i++) {
    double on = goes_on(r, &c, i);
    sum += on < 1 ? on : 0;
    c.stopping += on < 1;
  }
  double mean = c.stopping ? sum / (double)c.stopping : 0;
  double enough = mean > 0 ? log(LEAST) / log(mean) + 1 : 1; /* infinite for a mean of 1 */
  c.known = enough < (double)c.stopping ? (size_t)enough : c.stopping;
  return c;
}

/*
 * The chance to go on behind i of the stopping items is, over their orders, the mean of the products
 * of all subsets of i: built up item by item without large numbers, in room.
 */
static void mean_products(const sy_ranking *r, const crowd *c) {
  double *product = r->room;
  size_t n = 0;
  product[0] = 1;
  for (size_t item = 0; item < c->items; item++) {
    double on = goes_on(r, c, item);
    if (!(on < 1)) continue;
    double share = 1 / (double)++n;
    if (n <= c->known) product[n] = product[n - 1] * on;
    for (size_t i = n <= c->known ? n - 1 : c->known; i > 0; i--)
      product[i] = ((double)(n - i) * product[i] + (double)i * on * product[i - 1]) * share;
  }
}

/*
 * The mean of 1 / rank, 0 behind n ranks, of the stopping item with h of them before it. It stands at
 * the group's i-th place in C(i, h) C(items - 1 - i, stopping - 1 - h) of all cases; its likeliest
 * place counts as 1, and from there on both sides each place follows from the one before.
 */
static double mean_reciprocal(const crowd *c, size_t h, size_t n) {
  double items = (double)c->items, stopping = (double)c->stopping, before = (double)h;
  double lowest = before, highest = items - stopping + before, rank = (double)c->first + 1;
  double mode = floor(before * items / fmax(1, stopping - 1)), bound = (double)n, chance = 1;
  mode = fmin(fmax(mode, lowest), highest);
  double all = 1, sum = mode + rank <= bound ? 1 / (mode + rank) : 0;
  for (double i = mode; i < highest && chance > LEAST; i++) {
    chance *= (i + 1) * (highest - i) / ((i + 1 - before) * (items - 1 - i));
    all += chance;
    if (i + 1 + rank <= bound) sum += chance / (i + 1 + rank);
  }
  chance = 1;
  for (double i = mode; i > lowest && chance > LEAST; i--) {
    chance *= (i - before) * (items - i) / (i * (highest - i + 1));
    all += chance;
    if (i - 1 + rank <= bound) sum += chance / (i - 1 + rank);
  }
  return sum / all;
}

static double expected(const sy_ranking *r, const sy_metric *m) {
  sy_tie tie = {0};
  size_t n = sy_ranks(r, m);
  double going_on = 1, sum = 0;
  while (sy_next_tie(r, &tie) && tie.first < n) {
    crowd c = crowd_of(r, m, &tie);
    if (n - c.first < c.known) c.known = n - c.first;
    if ((double)c.stopping * (double)c.known > MOST_STEPS) return sy_sampled_value(r, m);
    mean_products(r, &c);
    for (size_t h = 0; h < c.known; h++)
      sum += going_on * (r->room[h] - r->room[h + 1]) * mean_reciprocal(&c, h, n);
    going_on *= c.known == c.stopping ? r->room[c.known] : 0;
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
