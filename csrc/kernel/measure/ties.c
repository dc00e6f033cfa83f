/*
 * ties.c - the mean of a metric over the orders of ties, for metrics without a formula for it.
 */
#include "kernel/measure/build.h"

#define MOST_ORDERS 1000 /* so many are all looked at; of more, so many seeded ones */
#define FEWEST_ORDERS 16
#define MOST_ITEMS 8000000 /* of a large request fewer orders: so many items in all */

/* The number of orders of all groups, or MOST_ORDERS + 1 where there are more. */
static size_t count_orders(const sy_ranking *r) {
  size_t orders = 1, first = 0;
  for (size_t g = 0; g < r->groups; g++) {
    size_t last = (size_t)r->ends[g];
    for (size_t i = 2; i <= last - first; i++) {
      orders *= i;
      if (orders > MOST_ORDERS) return MOST_ORDERS + 1;
    }
    first = last;
  }
  return orders;
}

/* How many seeded orders bound the time that a request takes; large ones vary less. */
static size_t sample_size(const sy_ranking *r) {
  size_t rounds = MOST_ITEMS / r->retrieved;
  if (rounds > MOST_ORDERS) return MOST_ORDERS;
  return rounds > FEWEST_ORDERS ? rounds : FEWEST_ORDERS;
}

static void swap(int32_t *items, size_t a, size_t b) {
  int32_t item = items[a];
  items[a] = items[b];
  items[b] = item;
}

static void reverse(int32_t *items, size_t first, size_t last) {
  for (; first + 1 < last; first++) swap(items, first, --last);
}

/* The next order of n items in lexicographic order; 0, and the first one, behind the last. */
static int next_order(int32_t *items, size_t n) {
  size_t i = n - 1, j;
  while (i > 0 && items[i - 1] > items[i]) i--;
  if (i == 0) {
    reverse(items, 0, n);
    return 0;
  }
  for (j = n - 1; items[j] < items[i - 1];) j--;
  swap(items, i - 1, j);
  reverse(items, i, n);
  return 1;
}

/* Like an odometer: the first group that has a next order takes it, those before start anew. */
static void next_orders(const sy_ranking *r, int32_t *order) {
  size_t first = 0;
  for (size_t g = 0; g < r->groups; g++) {
    size_t last = (size_t)r->ends[g];
    if (last - first > 1 && next_order(order + first, last - first)) return;
    first = last;
  }
}

static void shuffle(const sy_ranking *r, int32_t *order, sy_random *random) {
  size_t first = 0;
  for (size_t g = 0; g < r->groups; g++) {
    size_t last = (size_t)r->ends[g];
    for (size_t n = last - first; n > 1; n--)
      swap(order + first, n - 1, sy_random_below(random, n));
    first = last;
  }
}

/* By row again, and nothing remembered: the next metric finds what this one found. */
static void restore(const sy_ranking *r) {
  sy_ranking one = *r;
  sy_kernel_order(r->work->kernels, r->scores.dtype, r->scores.data, r->retrieved, r->retrieved,
                  &r->slot->sorting, r->slot->order);
  r->memo->dcgs = 0;
  sy_ranking_mark(&one);
}

double sy_sampled_value(const sy_ranking *r, const sy_metric *m) {
  sy_random random;
  sy_ranking one = *r;
  size_t orders = count_orders(r), rounds = orders > MOST_ORDERS ? sample_size(r) : orders;
  double sum = 0;
  sy_random_seed(&random, 1);
  one.groups = 0;
  for (size_t i = 0; i < rounds; i++) {
    one.memo->dcgs = 0;
    if (orders > MOST_ORDERS) shuffle(r, r->slot->order, &random);
    sy_ranking_mark(&one);
    sum += sy_value(&one, m);
    if (orders <= MOST_ORDERS) next_orders(r, r->slot->order);
  }
  restore(r);
  return sum / (double)rounds;
}
