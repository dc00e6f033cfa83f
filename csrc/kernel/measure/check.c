/*
 * check.c - what cannot be measured is refused before anything is.
 */
#include "kernel/measure/plan.h"

static sy_status check_metric(const sy_log *log, const sy_metric *m, sy_error *error) {
  const char *name = m->kind->name;
  if (m->ties == SY_TIES_NAME && !log->names)
    return sy_fail(error, SY_E_ARGUMENT, "%s: ties by name: item names are needed", name);
  if (m->ties == SY_TIES_AVERAGE && (log->depth || log->judged_only))
    return sy_fail(error, SY_E_ARGUMENT,
                   "%s: ties are averaged over whole rankings only: no depth, no judged_only",
                   name);
  if (m->gain == SY_GAIN_TABLE && !log->gain_count)
    return sy_fail(error, SY_E_ARGUMENT, "%s: gain by table: the table is missing", name);
  if (m->discount == SY_DISCOUNT_TABLE && !log->discount_count)
    return sy_fail(error, SY_E_ARGUMENT, "%s: discount by table: the table is missing", name);
  if (m->discount == SY_DISCOUNT_JARVELIN && !(m->base > 1))
    return sy_fail(error, SY_E_ARGUMENT, "%s: base %g: must be above 1", name, m->base);
  return SY_OK;
}

static sy_status check_finite(const char *name, const double *numbers, size_t count,
                              sy_error *error) {
  for (size_t i = 0; i < count; i++)
    if (!isfinite(numbers[i]))
      return sy_fail(error, SY_E_NUMBER, "%s[%zu]: %g", name, i + 1, numbers[i]);
  return SY_OK;
}

/* A table's labels are its indices. */
static sy_status check_table(const sy_log *log, sy_error *error) {
  size_t rows = (size_t)log->requests.offsets[log->requests.count];
  for (size_t i = 0; i < rows; i++) {
    double label = sy_vector_at(log->labels, i);
    if (!(label >= 0 && label < (double)log->gain_count && label == floor(label)))
      return sy_fail(error, SY_E_ARGUMENT,
                     "gains[%zu]: %g has no place in the gain table of 0 to %zu", i + 1, label,
                     log->gain_count - 1);
  }
  return SY_OK;
}

static sy_status check_retrieved(const sy_log *log, sy_error *error) {
  for (size_t r = 0; r < log->requests.count; r++) {
    int64_t items = log->requests.offsets[r + 1] - log->requests.offsets[r];
    if (log->retrieved[r] < 0 || log->retrieved[r] > items)
      return sy_fail(error, SY_E_ARGUMENT, "retrieved[%zu]: %lld of %lld items", r + 1,
                     (long long)log->retrieved[r], (long long)items);
  }
  return SY_OK;
}

static sy_status check_weights(const sy_log *log, sy_error *error) {
  for (size_t r = 0; r < log->requests.count; r++)
    if (!(log->request_weights[r] >= 0) || isinf(log->request_weights[r]))
      return sy_fail(error, SY_E_NUMBER, "weights[%zu]: %g is not a finite number from 0 up", r + 1,
                     isnan(log->request_weights[r]) ? (double)NAN : log->request_weights[r]);
  return SY_OK;
}

static sy_status check_judged(const sy_log *log, sy_error *error) {
  size_t rows = (size_t)log->requests.offsets[log->requests.count];
  for (size_t i = 0; i < rows; i++)
    if (log->judged[i] < -1 || log->judged[i] > 1)
      return sy_fail(error, SY_E_ARGUMENT, "judged[%zu]: %d is none of 1, 0 and -1", i + 1,
                     (int)log->judged[i]);
  return SY_OK;
}

sy_status sy_log_check(const sy_log *log, const sy_metric *metrics, size_t count,
                       const sy_work *work, sy_error *error) {
  sy_status status = sy_work_fits(work, log->requests, error);
  int table = 0;
  if (count == 0 || count > SY_METRICS_MAX)
    return sy_fail(error, SY_E_LIMIT, "%zu metrics: 1 to %d can be measured in one pass", count,
                   SY_METRICS_MAX);
  if (log->predictions && log->predictions->dtype != SY_F32 && log->predictions->dtype != SY_F64)
    return sy_fail(error, SY_E_ARGUMENT, "predictions: f32 or f64 numbers are needed");
  for (size_t m = 0; !status && m < count; m++) {
    status = check_metric(log, &metrics[m], error);
    table |= metrics[m].gain == SY_GAIN_TABLE;
  }
  if (!status) status = check_finite("gain table", log->gain_table, log->gain_count, error);
  if (!status)
    status = check_finite("discount table", log->discount_table, log->discount_count, error);
  if (!status && table) status = check_table(log, error);
  if (!status && log->retrieved) status = check_retrieved(log, error);
  if (!status && log->judged) status = check_judged(log, error);
  if (!status && log->request_weights) status = check_weights(log, error);
  return status;
}
