/*
 * ndcg.c - NDCG over the requests of a log, of given scores or of a value model's.
 */
#include <math.h>

#include "kernel/dcg.h"

/* What one pass over a log needs; scores are given, or made from predictions and weights. */
typedef struct measuring {
  const sy_work *work;
  const sy_rule *rule;
  sy_requests requests;
  sy_vector scores;
  const sy_predictions *predictions;
  const double *weights;
  sy_vector gains;
  double *per_request;
  double *per_request_dcg;
} measuring;

enum { SUM_NDCG, SUM_DCG, COUNTED, EMPTY, SUMS };

static sy_status check_rule(const sy_rule *rule, sy_error *error) {
  if (rule->ties == SY_TIES_NAME && !rule->names)
    return sy_fail(error, SY_E_ARGUMENT, "ties by name: item names are needed");
  return SY_OK;
}

/* The request's scores in the slot; *bad is set where one of them is NaN. */
static sy_reals load_scores(const measuring *job, sy_slot *slot, size_t from, size_t n, int *bad) {
  const sy_predictions *p = job->predictions;
  sy_reals reals;
  if (p) {
    reals = (sy_reals){slot->scores, p->dtype};
    *bad = sy_kernel_score(job->work->kernels, p->dtype, job->weights, p->tasks, p->tasks,
                           p->columns, from, n, slot->scores);
  } else {
    reals = sy_load_scores(job->work, job->scores, from, n, slot->scores, bad);
  }
  return reals;
}

static size_t measure_block(const void *context, sy_slot *slot, size_t first, size_t last,
                            double *partial) {
  const measuring *job = context;
  const sy_rule *rule = job->rule;
  for (size_t r = first; r < last; r++) {
    size_t from = (size_t)job->requests.offsets[r];
    size_t n = (size_t)job->requests.offsets[r + 1] - from;
    int bad_score, bad_gain;
    sy_reals scores = load_scores(job, slot, from, n, &bad_score);
    sy_reals gains = sy_load_reals(job->work, job->gains, from, n, slot->gains, &bad_gain);
    if (bad_score || bad_gain) return from;
    double ideal = sy_dcg_ideal(job->work, slot, gains, n, rule), ndcg;
    double dcg = sy_dcg_by_score(job->work, slot, scores, gains, n, rule,
                                 rule->names ? rule->names + from : NULL);
    if (!isfinite(ideal) || !isfinite(dcg)) return from;
    int counts = sy_ndcg_value(dcg, ideal, rule->empty, &ndcg);
    if (job->per_request) job->per_request[r] = ndcg;
    if (job->per_request_dcg) job->per_request_dcg[r] = counts ? dcg : (double)NAN;
    partial[EMPTY] += !(ideal > 0);
    if (!counts) continue;
    partial[SUM_NDCG] += ndcg;
    partial[SUM_DCG] += dcg;
    partial[COUNTED] += 1;
  }
  return SY_NO_ROW;
}

/* Say which number was bad: a gain, a score, or what finite numbers add up to. */
static sy_status fail_number(const measuring *job, size_t row, sy_error *error) {
  size_t rows = (size_t)job->requests.offsets[job->requests.count];
  for (size_t i = row; i < rows; i++) {
    double gain = sy_vector_at(job->gains, i);
    if (!isfinite(gain)) return sy_fail(error, SY_E_NUMBER, "gains[%zu]: %g", i + 1, gain);
    if (!isfinite(sy_gain_worth(job->rule->gain, gain)))
      return sy_fail(error, SY_E_NUMBER, "gains[%zu]: %g: 2^%g is too large", i + 1, gain, gain);
    if (!job->predictions && isnan(sy_vector_at(job->scores, i)))
      return sy_fail(error, SY_E_NUMBER, "scores[%zu]: NaN", i + 1);
  }
  return sy_fail(error, SY_E_NUMBER,
                 "a score is NaN, or a DCG too large, in the request that starts at row %zu",
                 row + 1);
}

static sy_status measure(measuring *job, sy_work *work, sy_ndcg_mean *mean, sy_error *error) {
  const double *sums = work->partials;
  sy_status status = check_rule(job->rule, error);
  if (!status) status = sy_work_fits(work, job->requests, error);
  if (status) return status;
  size_t row = sy_reduce(work, job->requests, SUMS, measure_block, job);
  if (row != SY_NO_ROW) return fail_number(job, row, error);
  mean->ndcg = sums[COUNTED] > 0 ? sums[SUM_NDCG] / sums[COUNTED] : (double)NAN;
  mean->dcg = sums[COUNTED] > 0 ? sums[SUM_DCG] / sums[COUNTED] : (double)NAN;
  mean->counted = (size_t)sums[COUNTED];
  mean->empty = (size_t)sums[EMPTY];
  return SY_OK;
}

sy_status sy_ndcg(sy_vector scores, sy_vector gains, sy_requests requests, const sy_rule *rule,
                  sy_work *work, double *per_request, double *per_request_dcg, sy_ndcg_mean *mean,
                  sy_error *error) {
  measuring job = {.work = work,
                   .rule = rule,
                   .requests = requests,
                   .scores = scores,
                   .gains = gains,
                   .per_request = per_request,
                   .per_request_dcg = per_request_dcg};
  return measure(&job, work, mean, error);
}

sy_status sy_value_ndcg(const sy_predictions *predictions, const double *weights, sy_vector gains,
                        const sy_rule *rule, sy_work *work, double *per_request, sy_ndcg_mean *mean,
                        sy_error *error) {
  measuring job = {.work = work,
                   .rule = rule,
                   .requests = predictions->requests,
                   .predictions = predictions,
                   .weights = weights,
                   .gains = gains,
                   .per_request = per_request};
  if (predictions->dtype != SY_F32 && predictions->dtype != SY_F64)
    return sy_fail(error, SY_E_ARGUMENT, "predictions: f32 or f64 numbers are needed");
  return measure(&job, work, mean, error);
}

sy_status sy_dcg_one(sy_vector scores, sy_vector gains, size_t n, const sy_rule *rule,
                     sy_work *work, sy_dcg *result, sy_error *error) {
  int64_t offsets[2] = {0, (int64_t)n};
  sy_slot *slot = &work->slots[0];
  measuring job = {
      .work = work, .rule = rule, .requests = {1, offsets}, .scores = scores, .gains = gains};
  int bad_score, bad_gain;
  sy_status status = check_rule(rule, error);
  if (status) return status;
  if (n > work->longest)
    return sy_fail(error, SY_E_ARGUMENT, "%zu items, the work was made for %zu", n, work->longest);
  sy_reals score_reals = load_scores(&job, slot, 0, n, &bad_score);
  sy_reals gain_reals = sy_load_reals(work, gains, 0, n, slot->gains, &bad_gain);
  if (bad_score || bad_gain) return fail_number(&job, 0, error);
  double ideal = sy_dcg_ideal(work, slot, gain_reals, n, rule);
  double dcg = sy_dcg_by_score(work, slot, score_reals, gain_reals, n, rule, rule->names);
  if (!isfinite(ideal) || !isfinite(dcg)) return fail_number(&job, 0, error);
  *result = (sy_dcg){dcg, ideal};
  return SY_OK;
}
