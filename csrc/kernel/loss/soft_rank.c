/*
 * soft_rank.c - soft ranks of the requests of a log, and their vector-Jacobian product.
 */
#include <math.h>

#include "kernel/loss/loss.h"

typedef struct soft_ranking {
  const sy_work *work;
  sy_vector values;
  sy_requests requests;
  double temperature;
  sy_soft soft;
  double *ranks;
  int32_t *blocks;
  const double *known_ranks; /* of the pull */
  const int32_t *known_blocks;
  const double *pulls;
  double *gradient;
} soft_ranking;

static size_t rank_block(const void *context, sy_slot *slot, size_t first, size_t last,
                         double *partial) {
  const soft_ranking *job = context;
  double *values = slot->scores;
  (void)partial;
  for (size_t r = first; r < last; r++) {
    size_t from = (size_t)job->requests.offsets[r];
    size_t n = (size_t)job->requests.offsets[r + 1] - from;
    for (size_t i = 0; i < n; i++) {
      values[i] = sy_vector_at(job->values, from + i);
      if (!isfinite(values[i])) return from + i;
    }
    sy_permutahedron(job->work, slot, values, n, job->temperature, job->soft, job->ranks + from,
                     job->blocks ? job->blocks + from : slot->other_order);
  }
  return SY_NO_ROW;
}

static size_t pull_block(const void *context, sy_slot *slot, size_t first, size_t last,
                         double *partial) {
  const soft_ranking *job = context;
  (void)partial;
  for (size_t r = first; r < last; r++) {
    size_t from = (size_t)job->requests.offsets[r];
    size_t n = (size_t)job->requests.offsets[r + 1] - from;
    for (size_t i = from; i < from + n; i++) {
      int32_t block = job->known_blocks[i];
      if (!isfinite(job->pulls[i]) || block < 0 || (size_t)block >= n) return i;
    }
    sy_permutahedron_pull(slot, job->known_ranks + from, job->known_blocks + from,
                          job->pulls + from, n, job->temperature, job->soft, job->gradient + from);
  }
  return SY_NO_ROW;
}

static sy_status check(const soft_ranking *job, sy_error *error) {
  if (!(job->temperature > 0) || !isfinite(job->temperature))
    return sy_fail(error, SY_E_ARGUMENT, "temperature: %g: must be a number above 0",
                   job->temperature);
  return sy_work_fits(job->work, job->requests, error);
}

sy_status sy_soft_rank(sy_vector values, sy_requests requests, double temperature, sy_soft soft,
                       sy_work *work, double *ranks, int32_t *blocks, sy_error *error) {
  soft_ranking job = {.work = work,
                      .values = values,
                      .requests = requests,
                      .temperature = temperature,
                      .soft = soft,
                      .ranks = ranks,
                      .blocks = blocks};
  sy_status status = check(&job, error);
  if (status) return status;
  size_t row = sy_reduce(work, requests, 1, rank_block, &job);
  if (row == SY_NO_ROW) return SY_OK;
  return sy_fail(error, SY_E_NUMBER, "values[%zu]: %g", row + 1, sy_vector_at(values, row));
}

sy_status sy_soft_rank_pull(const double *ranks, const int32_t *blocks, const double *pulls,
                            sy_requests requests, double temperature, sy_soft soft, sy_work *work,
                            double *gradient, sy_error *error) {
  soft_ranking job = {.work = work,
                      .requests = requests,
                      .temperature = temperature,
                      .soft = soft,
                      .known_ranks = ranks,
                      .known_blocks = blocks,
                      .pulls = pulls,
                      .gradient = gradient};
  sy_status status = check(&job, error);
  if (status) return status;
  size_t row = sy_reduce(work, requests, 1, pull_block, &job);
  if (row == SY_NO_ROW) return SY_OK;
  if (!isfinite(pulls[row]))
    return sy_fail(error, SY_E_NUMBER, "pulls[%zu]: %g", row + 1, pulls[row]);
  return sy_fail(error, SY_E_ARGUMENT, "blocks[%zu]: %d is none of its request", row + 1,
                 (int)blocks[row]);
}
