/*
 * smooth.c - gaps and regrets with soft ranks, and their derivatives by the weights.
 *
 * For one request and task let u be the scores that order the items, g the gains, r(u) the soft
 * ranks and D(r) = cutoff(r) / log2(1 + r) the smooth discount. Then DCG = sum of g_i D(r_i), and
 *
 *   dDCG/dw_t = sum over i of p_ti (x_i + y_i),
 *     x_i = D(r_i) where the gains are the scores themselves (gaps), else 0
 *     y_i = dDCG/du_i = the pull of all soft ranks on u_i, for every weight t that u depends on
 *
 * A gap's ideal is smooth too: the DCG of the full score in its own soft order. With the true ideal,
 * what softness alone loses would be the same large addend to the gap of every task.
 */
#include <math.h>
#include <string.h>

#include "kernel/tuning.h"

double sy_soft_discount(double rank, size_t k, double edge, double *slope) {
  const double ln2 = 0.69314718055994530942;
  double logarithm = log1p(rank), base = ln2 / logarithm;
  double base_slope = -base / (logarithm * (1.0 + rank)), cut, cut_slope;
  if (k == 0) {
    *slope = base_slope;
    return base;
  }
  cut = 1.0 / (1.0 + exp((rank - (double)k - 0.5) / edge));
  cut_slope = -cut * (1.0 - cut) / edge;
  *slope = base_slope * cut + base * cut_slope;
  return base * cut;
}

static double prediction_at(const sy_predictions *p, size_t t, size_t row) {
  return sy_vector_at((sy_vector){p->columns[t], p->dtype}, row);
}

/* Scores in double, without one task (>= tasks: with all), padded as soft ranks want it. */
static void soft_scores(const sy_evaluation *e, size_t without, size_t from, size_t n,
                        double *scores) {
  const sy_predictions *p = e->predictions;
  for (size_t i = 0; i < n; i++) scores[i] = 0;
  for (size_t t = 0; t < p->tasks; t++) {
    if (t == without) continue;
    for (size_t i = 0; i < n; i++) scores[i] += e->weights[t] * prediction_at(p, t, from + i);
  }
  for (size_t i = n; i < n + 8; i++) scores[i] = -INFINITY;
}

/*
 * Smooth DCG of gains in the order of scores u. Leaves in slot->selected the discounts D(r_i) and in
 * slot->slopes the derivative by each u_i.
 */
static double soft_dcg(const sy_evaluation *e, sy_slot *slot, const double *u, const double *gains,
                       size_t n) {
  const sy_kernels *kernels = e->work->kernels;
  double *ranks = slot->keys, sum = 0;
  size_t k = e->rule->k && e->rule->k < n ? e->rule->k : 0;
  kernels->soft_ranks(u, n, e->temperature, ranks);
  for (size_t i = 0; i < n; i++) {
    double slope;
    slot->selected[i] = sy_soft_discount(ranks[i], k, e->edge, &slope);
    slot->pulls[i] = gains[i] * slope;
    sum += gains[i] * slot->selected[i];
  }
  memset(slot->pulls + n, 0, 8 * sizeof(double));
  kernels->soft_rank_gradient(u, slot->pulls, n, e->temperature, slot->slopes);
  return sum;
}

/* Add 1 - dcg/ideal and its derivatives; by_weight[t] = d dcg / d w_t, and the same of the ideal. */
static void add_soft_loss(const sy_evaluation *e, size_t j, double dcg, double ideal,
                          const double *by_weight, const double *ideal_by_weight, double *partial) {
  size_t tasks = e->predictions->tasks;
  double ndcg, *jacobian = partial + tasks + j * tasks;
  if (!sy_ndcg_value(dcg, ideal, e->rule->empty, &ndcg)) return;
  partial[j] += 1.0 - ndcg;
  partial[tasks + tasks * tasks + j] += 1;
  if (!(ideal > 0)) return;
  for (size_t t = 0; t < tasks; t++) {
    double moved = ideal_by_weight ? ideal_by_weight[t] : 0.0;
    jacobian[t] += (ndcg * moved - by_weight[t]) / ideal;
  }
}

/*
 * The derivatives of the last soft_dcg by the weights, where the gains are the scores of all tasks and
 * the order is that of the scores without one task (>= tasks: with all).
 */
static void slopes_by_weight(const sy_evaluation *e, const sy_slot *slot, size_t without,
                             size_t from, size_t n, double *by_weight) {
  const sy_predictions *p = e->predictions;
  for (size_t t = 0; t < p->tasks; t++) {
    by_weight[t] = 0;
    for (size_t i = 0; i < n; i++) {
      double pull = slot->selected[i] + (t == without ? 0.0 : slot->slopes[i]);
      by_weight[t] += prediction_at(p, t, from + i) * pull;
    }
  }
}

static size_t soft_gap_block(const void *context, sy_slot *slot, size_t first, size_t last,
                             double *partial) {
  const sy_evaluation *e = context;
  const sy_predictions *p = e->predictions;
  const double *base = slot->scores, *u = slot->others;
  double by_weight[SY_TASKS_MAX], ideal_by_weight[SY_TASKS_MAX];
  for (size_t r = first; r < last; r++) {
    size_t from = (size_t)p->requests.offsets[r];
    size_t n = (size_t)p->requests.offsets[r + 1] - from;
    soft_scores(e, p->tasks, from, n, slot->scores);
    double ideal = soft_dcg(e, slot, base, base, n);
    if (!isfinite(ideal)) return from;
    slopes_by_weight(e, slot, p->tasks, from, n, ideal_by_weight);
    for (size_t j = 0; j < p->tasks; j++) {
      soft_scores(e, j, from, n, slot->others);
      double dcg = soft_dcg(e, slot, u, base, n);
      if (dcg != dcg) return from;
      slopes_by_weight(e, slot, j, from, n, by_weight);
      add_soft_loss(e, j, dcg, ideal, by_weight, ideal_by_weight, partial);
    }
  }
  return SY_NO_ROW;
}

static size_t soft_regret_block(const void *context, sy_slot *slot, size_t first, size_t last,
                                double *partial) {
  const sy_evaluation *e = context;
  const sy_predictions *p = e->predictions;
  double by_weight[SY_TASKS_MAX];
  for (size_t r = first; r < last; r++) {
    size_t from = (size_t)p->requests.offsets[r];
    size_t n = (size_t)p->requests.offsets[r + 1] - from;
    soft_scores(e, p->tasks, from, n, slot->scores);
    for (size_t j = 0; j < p->tasks; j++) {
      sy_vector gains = {e->gains[j], p->dtype};
      for (size_t i = 0; i < n; i++)
        slot->gains[i] = sy_gain_worth(e->rule->gain, sy_vector_at(gains, from + i));
      double dcg = soft_dcg(e, slot, slot->scores, slot->gains, n);
      if (dcg != dcg) return from;
      for (size_t t = 0; t < p->tasks; t++) {
        by_weight[t] = 0;
        for (size_t i = 0; i < n; i++)
          by_weight[t] += prediction_at(p, t, from + i) * slot->slopes[i];
      }
      add_soft_loss(e, j, dcg, e->ideals[r * p->tasks + j], by_weight, NULL, partial);
    }
  }
  return SY_NO_ROW;
}

static sy_status soft_run(const sy_evaluation *e, sy_work *work, sy_block block, double *values,
                          double *jacobian, sy_error *error) {
  sy_status status = sy_evaluation_check(e, error);
  if (status) return status;
  if (!(e->temperature > 0) || !(e->edge > 0))
    return sy_fail(error, SY_E_ARGUMENT, "temperature %g, edge %g: must be above 0", e->temperature,
                   e->edge);
  if (!jacobian) return sy_fail(error, SY_E_ARGUMENT, "jacobian: NULL");
  return sy_evaluation_run(e, work, block, values, jacobian, NULL, error);
}

sy_status sy_smooth_gaps(const sy_predictions *predictions, const double *weights,
                         const sy_rule *rule, double temperature, double edge, sy_work *work,
                         double *values, double *jacobian, sy_error *error) {
  sy_evaluation e = {.work = work,
                     .predictions = predictions,
                     .weights = weights,
                     .rule = rule,
                     .temperature = temperature,
                     .edge = edge};
  sy_status status = sy_gap_check(rule, error);
  if (status) return status;
  return soft_run(&e, work, soft_gap_block, values, jacobian, error);
}

sy_status sy_smooth_regrets(const sy_predictions *predictions, const double *weights,
                            const void *const *gains, const double *ideals, const sy_rule *rule,
                            double temperature, double edge, sy_work *work, double *values,
                            double *jacobian, sy_error *error) {
  sy_evaluation e = {.work = work,
                     .predictions = predictions,
                     .weights = weights,
                     .gains = gains ? gains : predictions->columns,
                     .ideals = ideals,
                     .rule = rule,
                     .temperature = temperature,
                     .edge = edge};
  if (!ideals)
    return sy_fail(error, SY_E_ARGUMENT, "ideals: needed here (sy_ideal_dcg makes them)");
  return soft_run(&e, work, soft_regret_block, values, jacobian, error);
}
