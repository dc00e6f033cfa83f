/*
 * contract.c - how the scale of predictions changes from one version of a model to the next.
 */
#include "steelyard/contract.h"

#include "kernel/calibration/rows.h"
#include "kernel/elementary.h"

/* ---------------------------------------------------------------- sums in any order ---------- */

/* Sums of terms of either sign that do not depend on their order: one for each sign. */
typedef struct signed_sum {
  sy_any_order above, below;
} signed_sum;

static signed_sum start(double largest) {
  signed_sum sum = {sy_any_order_start(largest), sy_any_order_start(largest)};
  return sum;
}

static void add(signed_sum *sum, double term) {
  if (term > 0.0) sy_any_order_add(&sum->above, term);
  else sy_any_order_add(&sum->below, -term);
}

static double total(const signed_sum *sum) {
  return sy_any_order_total(&sum->above) - sy_any_order_total(&sum->below);
}

static double value_at(sy_vector values, size_t i) {
  return values.dtype == SY_F32 ? (double)((const float *)values.data)[i]
                                : ((const double *)values.data)[i];
}

/* ---------------------------------------------------------------- requests ------------------- */

static sy_status check_values(sy_vector values, size_t n, double *largest, sy_error *error) {
  *largest = 0.0;
  if (values.dtype != SY_F32 && values.dtype != SY_F64)
    return sy_fail(error, SY_E_ARGUMENT, "values: f32 or f64 numbers are needed");
  for (size_t i = 0; i < n; i++) {
    double x = value_at(values, i);
    if (!isfinite(x)) return sy_fail(error, SY_E_NUMBER, "values[%zu]: %g", i + 1, x);
    if (fabs(x) > *largest) *largest = fabs(x);
  }
  return SY_OK;
}

sy_status sy_request_sums(sy_vector values, sy_requests requests, const int32_t *cells,
                          int32_t cell, double *sums, sy_error *error) {
  double largest;
  sy_status status =
      check_values(values, (size_t)requests.offsets[requests.count], &largest, error);
  if (status) return status;
  for (size_t r = 0; r < requests.count; r++) {
    size_t from = (size_t)requests.offsets[r], end = (size_t)requests.offsets[r + 1];
    signed_sum sum = start(largest);
    for (size_t i = from; i < end; i++)
      if (!cells || cells[i] == cell) add(&sum, value_at(values, i));
    sums[r] = total(&sum);
    if (!isfinite(sums[r]))
      return sy_fail(error, SY_E_NUMBER, "values: the sum of request %zu is not finite", r + 1);
  }
  return SY_OK;
}

static double largest_of(const double *numbers, size_t n) {
  double largest = 0.0;
  for (size_t i = 0; i < n; i++)
    if (fabs(numbers[i]) > largest) largest = fabs(numbers[i]);
  return largest;
}

static double sum_of(const double *numbers, size_t n) {
  signed_sum sum = start(largest_of(numbers, n));
  for (size_t i = 0; i < n; i++) add(&sum, numbers[i]);
  return total(&sum);
}

/* What a request's total is off by where all change alike. */
static double residual(double before, double after, double ratio) { return after - ratio * before; }

void sy_scale_change_of(const double *before, const double *after, size_t requests,
                        sy_scale_change *change) {
  double largest = 0.0, count = (double)requests;
  sy_any_order squares;
  change->before = sum_of(before, requests);
  change->after = sum_of(after, requests);
  change->ratio = change->after / change->before;
  for (size_t r = 0; r < requests; r++) {
    double off = fabs(residual(before[r], after[r], change->ratio));
    if (off > largest) largest = off;
  }
  squares = sy_any_order_start(1.0);
  if (!isfinite(change->ratio) || !isfinite(largest))
    requests = 0; /* no error that could be told */
  for (size_t r = 0; r < requests && largest > 0.0; r++) {
    double off = residual(before[r], after[r], change->ratio) / largest;
    sy_any_order_add(&squares, off * off);
  }
  change->error = requests < 2 ? (double)NAN
                               : sqrt(sy_any_order_total(&squares) * (count / (count - 1.0))) *
                                     largest / fabs(change->before);
}

/* ---------------------------------------------------------------- logits --------------------- */

void sy_curve_logits(const sy_curve *curve, double *mean, double *deviation) {
  double weight = 0.0, sum = 0.0, squares = 0.0;
  for (size_t i = 0; i < curve->count; i++) {
    weight += curve->w[i];
    sum += curve->w[i] * sy_logit(curve->p[i]);
  }
  *mean = sum / weight;
  for (size_t i = 0; i < curve->count; i++) {
    double off = sy_logit(curve->p[i]) - *mean;
    squares += curve->w[i] * off * off;
  }
  *deviation = sqrt(squares / weight);
}

/* ---------------------------------------------------------------- matching ------------------- */

static size_t row_at(const int64_t *order, int64_t place) {
  return (size_t)(order ? order[place] : place);
}

sy_status sy_match_rows(const int64_t *offsets, const int64_t *order, size_t groups, size_t n,
                        int64_t *rows, size_t *bad) {
  for (size_t g = 0; g < groups; g++) {
    int64_t from = offsets[g], end = offsets[g + 1], half = (end - from) / 2;
    for (int64_t i = 0; i < half; i++) {
      size_t first = row_at(order, from + i), second = row_at(order, from + half + i);
      if (first >= n || second < n) half = 0;
      else rows[first] = (int64_t)(second - n);
    }
    if (2 * half != end - from) {
      *bad = row_at(order, from);
      return SY_E_FORMAT;
    }
  }
  return SY_OK;
}
