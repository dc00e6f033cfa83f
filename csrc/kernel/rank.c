/*
 * rank.c - scores and orders, of one request and of a log.
 */
#include <math.h>
#include <string.h>

#include "kernel/dcg.h"

#define LAST 32 /* scores that are made apart, since kernels write whole vectors */

/* Scoring keeps no state, so it needs no work: it picks the kernels anew, a few comparisons. */
sy_status sy_score(const double *weights, size_t tasks, const void *const *columns, sy_dtype dtype,
                   size_t n, void *scores) {
  if (dtype != SY_F32 && dtype != SY_F64) return SY_E_ARGUMENT;
  const sy_kernels *kernels = sy_best_kernels();
  size_t size = sy_dtype_size(dtype), whole = n - n % LAST;
  double last[LAST + SY_PAD];
  sy_kernel_score(kernels, dtype, weights, tasks, tasks, columns, 0, whole, scores);
  sy_kernel_score(kernels, dtype, weights, tasks, tasks, columns, whole, n - whole, last);
  memcpy((char *)scores + whole * size, last, (n - whole) * size);
  return SY_OK;
}

static sy_status check_scores(sy_vector scores, sy_error *error) {
  if (scores.dtype == SY_F32 || scores.dtype == SY_F64) return SY_OK;
  return sy_fail(error, SY_E_ARGUMENT, "scores: f32 or f64 numbers are needed");
}

/* Name the first NaN of n scores from a row on. */
static sy_status fail_nan(sy_vector scores, size_t from, size_t n, sy_error *error) {
  size_t i = from;
  while (i + 1 < from + n && !isnan(sy_vector_at(scores, i))) i++;
  return sy_fail(error, SY_E_NUMBER, "scores[%zu]: NaN", i + 1);
}

sy_status sy_rank(sy_vector scores, size_t n, size_t k, const int32_t *names, sy_work *work,
                  int32_t *order, sy_error *error) {
  sy_slot *slot = &work->slots[0];
  sy_status status = check_scores(scores, error);
  if (status) return status;
  if (n > work->longest)
    return sy_fail(error, SY_E_ARGUMENT, "%zu items, the work was made for %zu", n, work->longest);
  int bad;
  sy_reals reals = sy_load_scores(work, scores, 0, n, slot->scores, &bad);
  if (bad) return fail_nan(scores, 0, n, error);
  size_t places = k && k < n ? k : n;
  sy_order_by_score(work, slot, reals, n, places, names, slot->order);
  memcpy(order, slot->order, places * sizeof *order);
  return SY_OK;
}

typedef struct ranking {
  const sy_work *work;
  sy_vector scores;
  sy_requests requests;
  size_t k;
  const int32_t *names;
  int64_t *order;
  const int64_t *order_offsets;
} ranking;

static size_t rank_block(const void *context, sy_slot *slot, size_t first, size_t last,
                         double *partial) {
  const ranking *job = context;
  (void)partial;
  for (size_t r = first; r < last; r++) {
    size_t from = (size_t)job->requests.offsets[r];
    size_t n = (size_t)job->requests.offsets[r + 1] - from;
    size_t places = job->k && job->k < n ? job->k : n;
    int bad;
    sy_reals reals = sy_load_scores(job->work, job->scores, from, n, slot->scores, &bad);
    if (bad) return from;
    sy_order_by_score(job->work, slot, reals, n, places, job->names ? job->names + from : NULL,
                      slot->order);
    int64_t *order = job->order + job->order_offsets[r];
    for (size_t i = 0; i < places; i++) order[i] = (int64_t)from + slot->order[i];
  }
  return SY_NO_ROW;
}

sy_status sy_rank_requests(sy_vector scores, sy_requests requests, size_t k, const int32_t *names,
                           sy_work *work, int64_t *order, int64_t *order_offsets, sy_error *error) {
  ranking job = {work, scores, requests, k, names, order, order_offsets};
  sy_status status = check_scores(scores, error);
  if (!status) status = sy_work_fits(work, requests, error);
  if (status) return status;
  order_offsets[0] = 0;
  for (size_t r = 0; r < requests.count; r++) {
    int64_t size = requests.offsets[r + 1] - requests.offsets[r];
    order_offsets[r + 1] = order_offsets[r] + (k && (uint64_t)size > k ? (int64_t)k : size);
  }
  size_t row = sy_reduce(work, requests, 1, rank_block, &job);
  if (row == SY_NO_ROW) return SY_OK;
  return fail_nan(scores, row, (size_t)requests.offsets[requests.count] - row, error);
}
