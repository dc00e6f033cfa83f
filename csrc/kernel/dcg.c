/*
 * dcg.c - discounted cumulative gain of one request under every tie policy.
 *
 * Whatever the policy, DCG is the dot product of the discounts with the gains in rank order. Ties
 * only change which gains stand at the ranks that a group of equal scores shares: their mean, the
 * largest first, the smallest first, or those of the names in descending order.
 */
#include "kernel/dcg.h"

#include <math.h>
#include <string.h>

double sy_gain_worth(sy_gain gain, double value) {
  if (gain == SY_GAIN_LINEAR) return value;
  if (value == floor(value) && fabs(value) < 1000) return ldexp(1.0, (int)value) - 1.0;
  return (double)(exp2l((long double)value) - 1.0L);
}

sy_reals sy_load_reals(const sy_work *work, sy_vector vector, size_t from, size_t n, void *room,
                       int *bad) {
  sy_reals reals = {room, vector.dtype == SY_F32 ? SY_F32 : SY_F64};
  if (vector.dtype == SY_F32 || vector.dtype == SY_F64) {
    vector = sy_vector_from(vector, from);
    *bad = sy_kernel_load(work->kernels, vector.dtype, vector.data, n, room);
  } else {
    double *numbers = room;
    for (size_t i = 0; i < n; i++) numbers[i] = sy_vector_at(vector, from + i);
    *bad = 0;
  }
  return reals;
}

sy_reals sy_load_scores(const sy_work *work, sy_vector scores, size_t from, size_t n, void *room,
                        int *bad) {
  sy_reals reals = sy_load_reals(work, scores, from, n, room, bad);
  if (*bad) *bad = sy_kernel_has_nan(work->kernels, reals.dtype, reals.data, n);
  return reals;
}

static void order_reals(const sy_work *work, sy_slot *slot, sy_reals values, size_t n,
                        size_t places, int32_t *order) {
  sy_kernel_order(work->kernels, values.dtype, values.data, n, places, &slot->sorting, order);
}

static void gather_reals(const sy_work *work, sy_reals values, const int32_t *order, size_t n,
                         double *out) {
  sy_kernel_gather(work->kernels, values.dtype, values.data, order, n, out);
}

/* The end of the group of equal scores that starts at rank `first`. */
static size_t group_end(sy_reals scores, const int32_t *order, size_t first, size_t n) {
  double score = sy_real_at(scores, (size_t)order[first]);
  size_t last = first + 1;
  while (last < n && sy_real_at(scores, (size_t)order[last]) == score) last++;
  return last;
}

void sy_order_by_keys(const sy_work *work, sy_slot *slot, size_t m, int32_t *items) {
  sy_reals keys = {slot->keys, SY_F64};
  int32_t *moved = slot->sorting.indices[0];
  order_reals(work, slot, keys, m, m, slot->other_order);
  for (size_t i = 0; i < m; i++) moved[i] = items[slot->other_order[i]];
  memcpy(items, moved, m * sizeof *items);
}

void sy_order_by_score(const sy_work *work, sy_slot *slot, sy_reals scores, size_t n, size_t places,
                       const int32_t *names, int32_t *order) {
  size_t last;
  if (!names) {
    order_reals(work, slot, scores, n, places, order);
    return;
  }
  order_reals(work, slot, scores, n, n, order);
  for (size_t first = 0; first < places; first = last) {
    last = group_end(scores, order, first, n);
    if (last - first == 1) continue;
    for (size_t i = first; i < last; i++) slot->keys[i - first] = names[order[i]];
    sy_order_by_keys(work, slot, last - first, order + first);
  }
}

void sy_level_group(double *worths, size_t m) {
  double sum = 0;
  for (size_t i = 0; i < m; i++) sum += worths[i];
  for (size_t i = 0; i < m; i++) worths[i] = sum / (double)m;
}

/* Sort a group's gains: the largest first (sign 1) or the smallest first (sign -1). */
static void sort_group(const sy_work *work, sy_slot *slot, double *selected, size_t m,
                       double sign) {
  sy_reals keys = {slot->keys, SY_F64};
  for (size_t i = 0; i < m; i++) slot->keys[i] = sign * selected[i];
  order_reals(work, slot, keys, m, m, slot->other_order);
  for (size_t i = 0; i < m; i++) selected[i] = sign * slot->keys[slot->other_order[i]];
}

static void value_gains(sy_gain gain, double *selected, size_t n) {
  if (gain == SY_GAIN_LINEAR) return; /* most are: spare the calls */
  for (size_t i = 0; i < n; i++) selected[i] = sy_gain_worth(gain, selected[i]);
}

/* Average, best, worst: gains of all ranks, then each group of equals by the policy. */
static double dcg_over_ties(const sy_work *work, sy_slot *slot, sy_reals scores, sy_reals gains,
                            size_t n, const sy_rule *rule) {
  size_t last, places = sy_places(rule, n);
  order_reals(work, slot, scores, n, n, slot->order);
  gather_reals(work, gains, slot->order, n, slot->selected);
  value_gains(rule->gain, slot->selected, n);
  for (size_t first = 0; first < places; first = last) {
    last = group_end(scores, slot->order, first, n);
    if (last - first == 1) continue;
    if (rule->ties == SY_TIES_AVERAGE) sy_level_group(slot->selected + first, last - first);
    else
      sort_group(work, slot, slot->selected + first, last - first,
                 rule->ties == SY_TIES_BEST ? 1.0 : -1.0);
  }
  return sy_discounted_sum(work, slot->selected, places);
}

double sy_dcg_of_order(const sy_work *work, sy_slot *slot, sy_reals gains, const int32_t *order,
                       size_t places, sy_gain gain) {
  if (gain == SY_GAIN_LINEAR)
    return sy_kernel_weigh(work->kernels, gains.dtype, gains.data, order, places, work->discounts);
  gather_reals(work, gains, order, places, slot->selected);
  value_gains(gain, slot->selected, places);
  return sy_discounted_sum(work, slot->selected, places);
}

double sy_dcg_by_score(const sy_work *work, sy_slot *slot, sy_reals scores, sy_reals gains,
                       size_t n, const sy_rule *rule, const int32_t *names) {
  size_t places = sy_places(rule, n);
  if (rule->ties != SY_TIES_INPUT && rule->ties != SY_TIES_NAME)
    return dcg_over_ties(work, slot, scores, gains, n, rule);
  sy_order_by_score(work, slot, scores, n, places, rule->ties == SY_TIES_NAME ? names : NULL,
                    slot->order);
  return sy_dcg_of_order(work, slot, gains, slot->order, places, rule->gain);
}

double sy_dcg_ideal(const sy_work *work, sy_slot *slot, sy_reals gains, size_t n,
                    const sy_rule *rule) {
  size_t places = sy_places(rule, n);
  if (rule->gain == SY_GAIN_LINEAR)
    return sy_kernel_weigh_largest(work->kernels, gains.dtype, gains.data, n, places,
                                   &slot->sorting, work->discounts);
  sy_kernel_largest(work->kernels, gains.dtype, gains.data, n, places, &slot->sorting,
                    slot->selected);
  value_gains(rule->gain, slot->selected, places);
  return sy_discounted_sum(work, slot->selected, places);
}

int sy_ndcg_value(double dcg, double ideal, sy_empty empty, double *ndcg) {
  if (ideal > 0) {
    *ndcg = dcg / ideal;
    return 1;
  }
  *ndcg = empty == SY_EMPTY_SKIP ? (double)NAN : empty == SY_EMPTY_ONE ? 1.0 : 0.0;
  return empty != SY_EMPTY_SKIP;
}

sy_status sy_fail_number(sy_vector scores, sy_vector gains, size_t from, size_t rows, sy_gain gain,
                         sy_error *error) {
  for (size_t i = from; i < rows; i++) {
    double value = sy_vector_at(gains, i);
    if (isnan(value)) return sy_fail(error, SY_E_NUMBER, "gains[%zu]: NaN", i + 1);
    if (isinf(value)) return sy_fail(error, SY_E_NUMBER, "gains[%zu]: %g", i + 1, value);
    if (gain == SY_GAIN_EXPONENTIAL && !isfinite(sy_gain_worth(gain, value)))
      return sy_fail(error, SY_E_NUMBER, "gains[%zu]: %g: 2^%g is too large", i + 1, value, value);
    if (scores.data && isnan(sy_vector_at(scores, i)))
      return sy_fail(error, SY_E_NUMBER, "scores[%zu]: NaN", i + 1);
  }
  return sy_fail(error, SY_E_NUMBER,
                 "a score is NaN, or a DCG too large, in the request that starts at row %zu",
                 from + 1);
}
