/*
 * dcg.h - DCG of one request, for the kernels that need it for many.
 */
#ifndef SY_DCG_H
#define SY_DCG_H

#include "kernel/work.h"

/* One request's scores or gains inside the library: n contiguous SY_F32 or SY_F64 numbers. */
typedef struct sy_reals {
  const void *data;
  sy_dtype dtype;
} sy_reals;

static inline double sy_real_at(sy_reals reals, size_t i) {
  return reals.dtype == SY_F32 ? (double)((const float *)reals.data)[i]
                               : ((const double *)reals.data)[i];
}

/* How many ranks count. */
static inline size_t sy_places(const sy_rule *rule, size_t n) {
  return rule->k && rule->k < n ? rule->k : n;
}

/* What a gain is worth under the rule. */
double sy_gain_worth(sy_gain gain, double value);

/*
 * DCG@k of n items ordered by score, under the rule. Both vectors are padded and hold no NaN.
 * names: the request's own part of rule->names. slot->order, selected and keys are overwritten.
 */
double sy_dcg_by_score(const sy_work *work, sy_slot *slot, sy_reals scores, sy_reals gains,
                       size_t n, const sy_rule *rule, const int32_t *names);

/* The dot product of worths in rank order with the discounts. */
static inline double sy_discounted_sum(const sy_work *work, const double *worths, size_t places) {
  return work->kernels->dot(worths, work->discounts, places);
}

/* Give every rank of a group of m equal scores the group's mean worth. */
void sy_level_group(double *worths, size_t m);

/*
 * Order m items by slot->keys, largest first, equal ones as they stand. slot->other_order is
 * overwritten.
 */
void sy_order_by_keys(const sy_work *work, sy_slot *slot, size_t m, int32_t *items);

/*
 * Say which number of rows from .. rows - 1 was bad: a gain, a score (unless they have no data), or
 * what finite numbers add up to.
 */
sy_status sy_fail_number(sy_vector scores, sy_vector gains, size_t from, size_t rows, sy_gain gain,
                         sy_error *error);

/* DCG@k of items in a given order. slot->selected is overwritten. */
double sy_dcg_of_order(const sy_work *work, sy_slot *slot, sy_reals gains, const int32_t *order,
                       size_t places, sy_gain gain);

/* The largest DCG@k that these gains can have. slot->selected is overwritten. */
double sy_dcg_ideal(const sy_work *work, sy_slot *slot, sy_reals gains, size_t n,
                    const sy_rule *rule);

/*
 * The order of n padded scores; equal ones by index, or by names, descending, where given.
 * slot->keys and selected are overwritten.
 */
void sy_order_by_score(const sy_work *work, sy_slot *slot, sy_reals scores, size_t n, size_t places,
                       const int32_t *names, int32_t *order);

/*
 * D(rank) = cutoff(rank) / log2(1 + rank) at a soft rank, and D': cutoff(rank) is
 * sigmoid((k + 1/2 - rank) / edge), or 1 where k is 0. In smooth.c.
 */
double sy_soft_discount(double rank, size_t k, double edge, double *slope);

/*
 * NDCG from its parts under rule->empty. Returns 0, with *ndcg NaN, for a request to be skipped.
 */
int sy_ndcg_value(double dcg, double ideal, sy_empty empty, double *ndcg);

/*
 * A request's numbers as padded reals in `room`: copied as they are, integers as double. *bad is set
 * to 1 if some of them is not finite; for scores, which may be infinite, if some of them is NaN.
 */
sy_reals sy_load_reals(const sy_work *work, sy_vector vector, size_t from, size_t n, void *room,
                       int *bad);
sy_reals sy_load_scores(const sy_work *work, sy_vector scores, size_t from, size_t n, void *room,
                        int *bad);

#endif
