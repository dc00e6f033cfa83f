/*
 * units.c - two systems' values, paired up and added up by request or by cluster of requests.
 */
#include <math.h>

#include "kernel/significance/significance.h"
#include "kernel/sum.h"

/* One call's arguments, and the sums over the requests that count. */
typedef struct pairing {
  const double *first, *second, *weights;
  sy_pairs *pairs;
  double weight, first_sum, second_sum;
  double size; /* the sum of all w_i (|first| + |second|) */
} pairing;

static double first_of(const pairing *p, size_t i) { return p->first ? p->first[i] : 0.0; }
static double weight_of(const pairing *p, size_t i) { return p->weights ? p->weights[i] : 1.0; }

static int counts(const pairing *p, size_t i) {
  return !isnan(first_of(p, i)) && !isnan(p->second[i]) && weight_of(p, i) > 0.0;
}

/* Refuse what is infinite, and weights below 0. */
static sy_status check_request(const pairing *p, size_t i, sy_error *error) {
  double weight = weight_of(p, i);
  if (isinf(first_of(p, i)))
    return sy_fail(error, SY_E_NUMBER, "first[%zu]: %g is not a finite number", i + 1,
                   first_of(p, i));
  if (isinf(p->second[i]))
    return sy_fail(error, SY_E_NUMBER, "%s[%zu]: %g is not a finite number",
                   p->first ? "second" : "values", i + 1, p->second[i]);
  if (!(weight >= 0.0) || isinf(weight))
    return sy_fail(error, SY_E_NUMBER, "weights[%zu]: %g is not a finite number from 0 up", i + 1,
                   weight);
  return SY_OK;
}

/* Add up the requests first .. last - 1 as a unit, which has no weight where none of them counts. */
static sy_status add_unit(pairing *p, size_t first, size_t last, double *sum, double *weight,
                          sy_error *error) {
  *sum = *weight = 0.0;
  for (size_t i = first; i < last; i++) {
    sy_status status = check_request(p, i, error);
    if (status != SY_OK) return status;
    if (!counts(p, i)) {
      p->pairs->left_out++;
      continue;
    }
    double w = weight_of(p, i), a = first_of(p, i), b = p->second[i];
    *sum += w * (b - a);
    *weight += w;
    p->first_sum += w * a;
    p->second_sum += w * b;
    p->size += w * (fabs(a) + fabs(b));
    p->pairs->requests++;
    p->pairs->wins += b > a;
    p->pairs->ties += b == a;
    p->pairs->losses += b < a;
  }
  return SY_OK;
}

/* Of the requests' differences around their mean; sum w (d - R)^2 / sum w, times n / (n - 1). */
static double deviation(const pairing *p, size_t n) {
  double squares = 0.0, count = (double)p->pairs->requests;
  for (size_t i = 0; i < n; i++) {
    if (!counts(p, i)) continue;
    double residual = p->second[i] - first_of(p, i) - p->pairs->difference;
    squares += weight_of(p, i) * residual * residual;
  }
  return count < 2 ? (double)NAN : sqrt(squares / p->weight * (count / (count - 1.0)));
}

sy_totals sy_units_total(sy_units units) {
  sy_totals totals = {sy_sum(sy_f64(units.sums), units.count), (double)units.count, NAN};
  if (units.weights) totals.weight = sy_sum(sy_f64(units.weights), units.count);
  if (units.count) totals.ratio = totals.sum / totals.weight;
  return totals;
}

/* Squares of sums must not overflow. */
#define LARGEST 1e150

static sy_status finish(pairing *p, size_t n, sy_units units, sy_error *error) {
  sy_totals totals = sy_units_total(units);
  p->weight = totals.weight;
  p->pairs->units = units.count;
  p->pairs->difference = totals.ratio;
  p->pairs->first = units.count ? p->first_sum / totals.weight : (double)NAN;
  p->pairs->second = units.count ? p->second_sum / totals.weight : (double)NAN;
  if (!(p->size <= LARGEST && totals.weight <= LARGEST))
    return sy_fail(error, SY_E_NUMBER, "values and weights add up to more than %g", LARGEST);
  p->pairs->deviation = deviation(p, n);
  return SY_OK;
}

sy_status sy_pair_units(const double *first, const double *second, const double *weights, size_t n,
                        const sy_requests *clusters, double *sums, double *unit_weights,
                        sy_pairs *pairs, sy_error *error) {
  sy_pairs result = {0};
  pairing p = {first, second, weights, &result, 0.0, 0.0, 0.0, 0.0};
  size_t groups = clusters ? clusters->count : n, units = 0;
  for (size_t g = 0; g < groups; g++) {
    size_t from = clusters ? (size_t)clusters->offsets[g] : g;
    size_t to = clusters ? (size_t)clusters->offsets[g + 1] : g + 1;
    if (from == to) continue;
    sy_status status = add_unit(&p, from, to, &sums[units], &unit_weights[units], error);
    if (status != SY_OK) return status;
    units += unit_weights[units] > 0.0;
  }
  sy_units all = {units, sums, unit_weights};
  sy_status status = finish(&p, n, all, error);
  if (status == SY_OK) *pairs = result;
  return status;
}
