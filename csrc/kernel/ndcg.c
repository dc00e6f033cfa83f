/*
 * ndcg.c - NDCG by a rule, for one request and for a log: the pass of measure/ with two metrics.
 */
#include <math.h>

#include "kernel/dcg.h"

extern const sy_metric_kind sy_metric_ndcg, sy_metric_dcg;

static sy_status check_rule(const sy_rule *rule, sy_error *error) {
  if (rule->gain == SY_GAIN_TABLE)
    return sy_fail(error, SY_E_ARGUMENT, "gain by table: sy_measure has it");
  if (rule->ties == SY_TIES_NAME && !rule->names)
    return sy_fail(error, SY_E_ARGUMENT, "ties by name: item names are needed");
  return SY_OK;
}

static sy_metric metric_of(const sy_metric_kind *kind, const sy_rule *rule) {
  return (sy_metric){.kind = kind,
                     .k = rule->k,
                     .gain = rule->gain,
                     .ties = rule->ties,
                     .empty = rule->empty,
                     .base = 2,
                     .relevance = (double)NAN};
}

static sy_status measure(sy_log *log, const sy_rule *rule, sy_work *work, double *per_request,
                         double *per_request_dcg, sy_ndcg_mean *mean, sy_error *error) {
  sy_metric metrics[] = {metric_of(&sy_metric_ndcg, rule), metric_of(&sy_metric_dcg, rule)};
  double *values[] = {per_request, per_request_dcg};
  sy_metric_mean means[2];
  sy_status status = check_rule(rule, error);
  if (status) return status;
  log->names = rule->names;
  status = sy_measure(log, metrics, 2, work, values, NULL, means, error);
  if (status) return status;
  *mean = (sy_ndcg_mean){means[0].value, means[1].value, means[0].counted, means[0].empty};
  return SY_OK;
}

sy_status sy_ndcg(sy_vector scores, sy_vector gains, sy_requests requests, const sy_rule *rule,
                  sy_work *work, double *per_request, double *per_request_dcg, sy_ndcg_mean *mean,
                  sy_error *error) {
  sy_log log = {.requests = requests, .scores = scores, .labels = gains};
  return measure(&log, rule, work, per_request, per_request_dcg, mean, error);
}

sy_status sy_value_ndcg(const sy_predictions *predictions, const double *weights, sy_vector gains,
                        const sy_rule *rule, sy_work *work, double *per_request, sy_ndcg_mean *mean,
                        sy_error *error) {
  sy_log log = {.requests = predictions->requests,
                .predictions = predictions,
                .weights = weights,
                .labels = gains};
  return measure(&log, rule, work, per_request, NULL, mean, error);
}

sy_status sy_dcg_one(sy_vector scores, sy_vector gains, size_t n, const sy_rule *rule,
                     sy_work *work, sy_dcg *result, sy_error *error) {
  sy_slot *slot = &work->slots[0];
  int bad_score, bad_gain;
  sy_status status = check_rule(rule, error);
  if (status) return status;
  if (n > work->longest)
    return sy_fail(error, SY_E_ARGUMENT, "%zu items, the work was made for %zu", n, work->longest);
  sy_reals score_reals = sy_load_scores(work, scores, 0, n, slot->scores, &bad_score);
  sy_reals gain_reals = sy_load_reals(work, gains, 0, n, slot->gains, &bad_gain);
  if (bad_score || bad_gain) return sy_fail_number(scores, gains, 0, n, rule->gain, error);
  double ideal = sy_dcg_ideal(work, slot, gain_reals, n, rule);
  double dcg = sy_dcg_by_score(work, slot, score_reals, gain_reals, n, rule, rule->names);
  if (!isfinite(ideal) || !isfinite(dcg))
    return sy_fail_number(scores, gains, 0, n, rule->gain, error);
  *result = (sy_dcg){dcg, ideal};
  return SY_OK;
}
