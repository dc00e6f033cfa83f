/*
 * tuning.c - NDCG gaps and regrets of the tasks of a value model, by their definitions.
 *
 * For each request the partial sums are: per task the sum of 1 - NDCG, then per task how many
 * requests counted. A gap and a regret differ in one thing only, what is ordered and what is gained:
 *
 *   gap      order by the score without the task;  gains: the score, the same ideal for all tasks
 *   regret   order by the score, one for all;      gains: the task's, an ideal for each
 */
#include "kernel/tuning.h"

#include <math.h>
#include <string.h>

sy_status sy_evaluation_check(const sy_evaluation *e, sy_error *error) {
  const sy_predictions *p = e->predictions;
  if (p->tasks == 0 || p->tasks > SY_TASKS_MAX)
    return sy_fail(error, SY_E_LIMIT, "%zu tasks: from 1 to %d can be tuned", p->tasks,
                   SY_TASKS_MAX);
  if (p->dtype != SY_F32 && p->dtype != SY_F64)
    return sy_fail(error, SY_E_ARGUMENT, "predictions: f32 or f64 numbers are needed");
  for (size_t t = 0; t < p->tasks; t++)
    if (!isfinite(e->weights[t]))
      return sy_fail(error, SY_E_NUMBER, "weights[%zu]: %g", t + 1, e->weights[t]);
  if (e->rule->ties == SY_TIES_NAME && !e->rule->names)
    return sy_fail(error, SY_E_ARGUMENT, "ties by name: item names are needed");
  return sy_work_fits(e->work, p->requests, error);
}

sy_status sy_gap_check(const sy_rule *rule, sy_error *error) {
  if (rule->gain == SY_GAIN_LINEAR) return SY_OK;
  return sy_fail(error, SY_E_UNSUPPORTED, "gain: NDCG gaps are defined for linear gain only");
}

#if SY_TASKS_MAX * (SY_TASKS_MAX + 2) > SY_PARTIALS
#error the sums, derivatives and counts of all tasks do not fit
#endif

sy_status sy_evaluation_run(const sy_evaluation *e, sy_work *work, sy_block block, double *values,
                            double *jacobian, size_t *counted, sy_error *error) {
  size_t tasks = e->predictions->tasks, sums = jacobian ? tasks + tasks * tasks : tasks;
  const double *totals = work->partials, *counts = totals + sums;
  size_t row = sy_reduce(work, e->predictions->requests, sums + tasks, block, e);
  if (row != SY_NO_ROW)
    return sy_fail(error, SY_E_NUMBER,
                   "a score or gain is not finite, or too large, in the request that starts at row "
                   "%zu",
                   row + 1);
  for (size_t i = 0; i < sums; i++)
    if (!isfinite(totals[i]))
      return sy_fail(error, SY_E_NUMBER, "task %zu: scores or gains too large to add up",
                     (i < tasks ? i : (i - tasks) / tasks) + 1);
  for (size_t j = 0; j < tasks; j++) {
    values[j] = counts[j] > 0 ? totals[j] / counts[j] : (double)NAN;
    if (counted) counted[j] = (size_t)counts[j];
    for (size_t t = j * tasks; jacobian && t < (j + 1) * tasks; t++)
      jacobian[t] = counts[j] > 0 ? totals[tasks + t] / counts[j] : (double)NAN;
  }
  return SY_OK;
}

static void add_loss(const sy_evaluation *e, double dcg, double ideal, size_t j, double *partial) {
  double ndcg;
  if (!sy_ndcg_value(dcg, ideal, e->rule->empty, &ndcg)) return;
  partial[j] += 1.0 - ndcg;
  partial[e->predictions->tasks + j] += 1;
}

/*
 * The reference scripts rank both vectors before they compare them, which makes their NDCG that of
 * the inverse permutation: at rank r stands the gain whose own rank is the place that the r-th item
 * of `by_gain` has in `by_score`.
 */
static double seed_dcg(const sy_evaluation *e, sy_slot *slot, sy_reals gains,
                       const int32_t *by_gain, const int32_t *by_score, size_t n) {
  int32_t *place = slot->sorting.indices[0];
  size_t places = sy_places(e->rule, n);
  for (size_t r = 0; r < n; r++) place[by_score[r]] = (int32_t)r;
  sy_kernel_gather(e->work->kernels, gains.dtype, gains.data, by_gain, n, slot->keys);
  for (size_t r = 0; r < places; r++) slot->selected[r] = slot->keys[place[by_gain[r]]];
  return sy_discounted_sum(e->work, slot->selected, places);
}

static void order_all(const sy_evaluation *e, sy_slot *slot, sy_reals values, size_t n,
                      int32_t *order) {
  sy_kernel_order(e->work->kernels, values.dtype, values.data, n, n, &slot->sorting, order);
}

/*
 * The part of the remembered orders for one request and one of its tasks + 1 rankings, or NULL where
 * only a few places count (selecting them costs less) or ties are not by input order.
 */
static int32_t *remembered(const sy_evaluation *e, size_t from, size_t n, size_t ranking) {
  if (!e->orders || sy_places(e->rule, n) < n || e->rule->ties != SY_TIES_INPUT) return NULL;
  return e->orders + from * (e->predictions->tasks + 1) + ranking * n;
}

/* DCG in the order of scores, starting from the order of the last call, which is left up to date. */
static double dcg_from_memory(const sy_evaluation *e, sy_slot *slot, sy_reals scores,
                              sy_reals gains, size_t n, int32_t *order) {
  const sy_kernels *kernels = e->work->kernels;
  if (n > 0 && (order[0] < 0 || !sy_kernel_refine(kernels, scores.dtype, scores.data, n, order)))
    sy_kernel_order(kernels, scores.dtype, scores.data, n, n, &slot->sorting, order);
  return sy_dcg_of_order(e->work, slot, gains, order, n, e->rule->gain);
}

static double gap_ideal(const sy_evaluation *e, sy_slot *slot, sy_reals base, size_t from,
                        size_t n) {
  int32_t *memory = remembered(e, from, n, e->predictions->tasks);
  if (memory) return dcg_from_memory(e, slot, base, base, n, memory);
  return sy_dcg_ideal(e->work, slot, base, n, e->rule);
}

/*
 * DCG of gains in the order of scores, under the evaluation's semantics; `ranking` is which of the
 * request's tasks + 1 remembered orders that is.
 */
static double ordered_dcg(const sy_evaluation *e, sy_slot *slot, sy_reals scores, sy_reals gains,
                          size_t ranking, size_t from, size_t n) {
  const int32_t *names = e->rule->names ? e->rule->names + from : NULL;
  int32_t *memory = remembered(e, from, n, ranking);
  if (e->semantics == SY_SEMANTICS_SEED) {
    order_all(e, slot, gains, n, slot->order);
    order_all(e, slot, scores, n, slot->other_order);
    return seed_dcg(e, slot, gains, slot->order, slot->other_order, n);
  }
  if (memory) return dcg_from_memory(e, slot, scores, gains, n, memory);
  return sy_dcg_by_score(e->work, slot, scores, gains, n, e->rule, names);
}

static size_t gap_block(const void *context, sy_slot *slot, size_t first, size_t last,
                        double *partial) {
  const sy_evaluation *e = context;
  const sy_predictions *p = e->predictions;
  sy_reals base = {slot->scores, p->dtype}, others = {slot->others, p->dtype};
  for (size_t r = first; r < last; r++) {
    size_t from = (size_t)p->requests.offsets[r];
    size_t n = (size_t)p->requests.offsets[r + 1] - from;
    if (sy_kernel_score(e->work->kernels, p->dtype, e->weights, p->tasks, p->tasks, p->columns,
                        from, n, slot->scores))
      return from;
    double ideal = gap_ideal(e, slot, base, from, n);
    if (!isfinite(ideal)) return from;
    for (size_t j = 0; j < p->tasks; j++) {
      if (sy_kernel_score(e->work->kernels, p->dtype, e->weights, p->tasks, j, p->columns, from, n,
                          slot->others))
        return from;
      add_loss(e, ordered_dcg(e, slot, others, base, j, from, n), ideal, j, partial);
    }
  }
  return SY_NO_ROW;
}

sy_status sy_ndcg_gaps(const sy_predictions *predictions, const double *weights,
                       const sy_rule *rule, sy_semantics semantics, int32_t *orders, sy_work *work,
                       double *gaps, size_t *counted, sy_error *error) {
  sy_evaluation e = {.work = work,
                     .predictions = predictions,
                     .weights = weights,
                     .rule = rule,
                     .semantics = semantics,
                     .orders = orders};
  sy_status status = sy_evaluation_check(&e, error);
  if (status) return status;
  status = sy_gap_check(rule, error);
  if (status) return status;
  return sy_evaluation_run(&e, work, gap_block, gaps, NULL, counted, error);
}

/* The task's gains of one request, padded, in the slot. */
static sy_reals load_gains(const sy_evaluation *e, sy_slot *slot, size_t j, size_t from, size_t n,
                           int *bad) {
  sy_vector gains = {e->gains[j], e->predictions->dtype};
  return sy_load_reals(e->work, gains, from, n, slot->gains, bad);
}

static size_t regret_block(const void *context, sy_slot *slot, size_t first, size_t last,
                           double *partial) {
  const sy_evaluation *e = context;
  const sy_predictions *p = e->predictions;
  sy_reals scores = {slot->scores, p->dtype};
  for (size_t r = first; r < last; r++) {
    size_t from = (size_t)p->requests.offsets[r];
    size_t n = (size_t)p->requests.offsets[r + 1] - from;
    if (sy_kernel_score(e->work->kernels, p->dtype, e->weights, p->tasks, p->tasks, p->columns,
                        from, n, slot->scores))
      return from;
    for (size_t j = 0; j < p->tasks; j++) {
      int bad;
      sy_reals gains = load_gains(e, slot, j, from, n, &bad);
      if (bad) return from;
      double ideal =
          e->ideals ? e->ideals[r * p->tasks + j] : sy_dcg_ideal(e->work, slot, gains, n, e->rule);
      if (!isfinite(ideal)) return from;
      double dcg = ideal > 0 ? ordered_dcg(e, slot, scores, gains, 0, from, n) : 0;
      add_loss(e, dcg, ideal, j, partial);
    }
  }
  return SY_NO_ROW;
}

sy_status sy_regrets(const sy_predictions *predictions, const double *weights,
                     const void *const *gains, const double *ideals, const sy_rule *rule,
                     sy_semantics semantics, int32_t *orders, sy_work *work, double *regrets,
                     size_t *counted, sy_error *error) {
  sy_evaluation e = {.work = work,
                     .predictions = predictions,
                     .weights = weights,
                     .gains = gains ? gains : predictions->columns,
                     .ideals = ideals,
                     .rule = rule,
                     .semantics = semantics,
                     .orders = orders};
  sy_status status = sy_evaluation_check(&e, error);
  if (status) return status;
  return sy_evaluation_run(&e, work, regret_block, regrets, NULL, counted, error);
}

typedef struct ideal_job {
  sy_evaluation evaluation;
  double *ideals;
} ideal_job;

static size_t ideal_block(const void *context, sy_slot *slot, size_t first, size_t last,
                          double *partial) {
  const ideal_job *job = context;
  const sy_evaluation *e = &job->evaluation;
  const sy_predictions *p = e->predictions;
  (void)partial;
  for (size_t r = first; r < last; r++) {
    size_t from = (size_t)p->requests.offsets[r];
    size_t n = (size_t)p->requests.offsets[r + 1] - from;
    for (size_t j = 0; j < p->tasks; j++) {
      int bad;
      sy_reals gains = load_gains(e, slot, j, from, n, &bad);
      if (bad) return from;
      double ideal = sy_dcg_ideal(e->work, slot, gains, n, e->rule);
      if (!isfinite(ideal)) return from;
      job->ideals[r * p->tasks + j] = ideal;
    }
  }
  return SY_NO_ROW;
}

sy_status sy_ideal_dcg(const sy_predictions *predictions, const void *const *gains,
                       const sy_rule *rule, sy_work *work, double *ideals, sy_error *error) {
  static const double weights[SY_TASKS_MAX]; /* unused, but checked */
  ideal_job job = {.evaluation = {.work = work,
                                  .predictions = predictions,
                                  .weights = weights,
                                  .gains = gains ? gains : predictions->columns,
                                  .rule = rule},
                   .ideals = ideals};
  sy_status status = sy_evaluation_check(&job.evaluation, error);
  if (status) return status;
  size_t row = sy_reduce(work, predictions->requests, 1, ideal_block, &job);
  if (row == SY_NO_ROW) return SY_OK;
  return sy_fail(error, SY_E_NUMBER,
                 "a gain is not finite, or too large, in the request that starts at row %zu",
                 row + 1);
}
