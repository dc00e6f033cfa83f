/*
 * rbo.c - rank-biased overlap of two orders.
 */
#include "kernel/measure/ranking.h"

/* Counts an item of either order; returns 1 where the other order had it before. */
static size_t meet(double *seen, int32_t item) {
  seen[item] += 1;
  return seen[item] == 2;
}

static double value(const sy_ranking *r, const sy_metric *m) {
  size_t n = sy_ranks(r, m), common = 0;
  const int32_t *other = sy_label_order(r, n);
  double p = m->parameter[0], weight = 1, sum = 0, agreement = 0;
  if (n == 0) return (double)NAN;
  for (size_t i = 0; i < r->items; i++) r->room[i] = 0;
  for (size_t i = 0; i < n; i++, weight *= p) {
    common += meet(r->room, r->order[i]);
    common += meet(r->room, other[i]);
    agreement = (double)common / (double)(i + 1);
    sum += weight * agreement;
  }
  return (1 - p) * sum + weight * agreement;
}

/* Every item's group, and no item of the other order found in any group yet. */
static void number_groups(const sy_ranking *r, double *found) {
  size_t first = 0;
  for (size_t g = 0; g < r->groups; g++) {
    found[g] = 0;
    for (; first < (size_t)r->ends[g]; first++) r->room[r->order[first]] = (double)g;
  }
}

/*
 * What the first d of both orders have in common, in the mean: of the other order's first d, all that
 * belong to groups passed, and of the group being passed the share that is.
 */
static double expected(const sy_ranking *r, const sy_metric *m) {
  size_t n = sy_ranks(r, m), first = 0, group = 0;
  const int32_t *other = sy_label_order(r, n);
  double p = m->parameter[0], weight = 1, sum = 0, agreement = 0, passed = 0;
  double *found = r->slot->keys;
  if (n == 0) return (double)NAN;
  number_groups(r, found);
  for (size_t i = 0; i < n; i++, weight *= p) {
    if (i == (size_t)r->ends[group]) {
      first = i;
      passed += found[group++];
    }
    size_t of = (size_t)r->room[other[i]];
    if (of < group) passed += 1;
    else found[of] += 1;
    double share = (double)(i + 1 - first) / (double)((size_t)r->ends[group] - first);
    agreement = (passed + share * found[group]) / (double)(i + 1);
    sum += weight * agreement;
  }
  return (1 - p) * sum + weight * agreement;
}

const sy_metric_kind sy_metric_rbo = {
    .name = "rbo",
    .help =
        "Rank-biased overlap between the order by score and the order by label, where labels are "
        "the scores of another: (1 - p) times the sum over depths d of p^(d - 1) times the share "
        "that the two first d have in common, extrapolated behind the last. Equal labels: the "
        "earlier row first.",
    .source = "Webber, Moffat and Zobel 2010 (RBO_EXT)",
    .flags = SY_METRIC_CUTOFF | SY_METRIC_BITS,
    .parameters = {{"p", 0.9, 0, 1, "persistence"}},
    .perfect = 1,
    .value = value,
    .expected = expected,
};
