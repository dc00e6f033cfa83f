/*
 * loss.c - the mean of a loss over the requests of a log, and its gradient.
 *
 * A request's part of the gradient is written by whoever handles the request, so only the mean goes
 * through the reduction. What the gradient is divided by, the weight of the requests that count, is
 * known after it: one more pass over the rows divides.
 */
#include <math.h>
#include <string.h>

#include "kernel/dcg.h"
#include "kernel/loss/loss.h"

typedef struct losing {
  const sy_work *work;
  const sy_loss_kind *kind;
  const sy_loss_options *options;
  sy_vector scores, gains;
  sy_requests requests;
  double *gradient;
} losing;

enum { SUM, WEIGHT, COUNTED, SUMS };

/* ----------------------------------------------------------------------------- the table ------ */

#define KIND(name) &sy_loss_##name,
static const sy_loss_kind *const kinds[] = {SY_LOSSES(KIND)};

static const sy_loss_kind *find_kind(const char *name) {
  for (size_t i = 0; name && i < SY_COUNT(kinds); i++)
    if (strcmp(kinds[i]->name, name) == 0) return kinds[i];
  return NULL;
}

const char *const *sy_loss_list(void) {
#define NAME(name) #name,
  static const char *const names[] = {SY_LOSSES(NAME) NULL};
  return names;
}

const char *sy_loss_help(const char *name) {
  const sy_loss_kind *kind = find_kind(name);
  return kind ? kind->help : NULL;
}

/* ----------------------------------------------------------------------------- checks --------- */

static sy_status need_above_zero(const char *name, double value, sy_error *error) {
  if (value > 0 && isfinite(value)) return SY_OK;
  return sy_fail(error, SY_E_ARGUMENT, "%s: %g: must be a number above 0", name, value);
}

static sy_status check_request_weights(const losing *job, sy_error *error) {
  const double *weights = job->options->request_weights;
  for (size_t r = 0; weights && r < job->requests.count; r++)
    if (!(weights[r] >= 0) || !isfinite(weights[r]))
      return sy_fail(error, SY_E_ARGUMENT, "weights[%zu]: %g: must be a number from 0 up", r + 1,
                     weights[r]);
  return SY_OK;
}

static sy_status check_gain(const sy_loss_options *o, sy_error *error) {
  if (!o->gain_table && o->gain != SY_GAIN_LINEAR && o->gain != SY_GAIN_EXPONENTIAL)
    return sy_fail(error, SY_E_ARGUMENT, "gain: %d is neither linear nor exponential",
                   (int)o->gain);
  for (size_t i = 0; o->gain_table && i < o->gain_count; i++)
    if (!isfinite(o->gain_table[i]))
      return sy_fail(error, SY_E_NUMBER, "gain[%zu]: %g", i + 1, o->gain_table[i]);
  return SY_OK;
}

static sy_status check_job(const losing *job, sy_error *error) {
  const sy_loss_options *o = job->options;
  sy_status status;
  if (job->scores.dtype != SY_F32 && job->scores.dtype != SY_F64)
    return sy_fail(error, SY_E_ARGUMENT, "scores: f32 or f64 numbers are needed");
  if (o->k && !job->kind->has_cutoff)
    return sy_fail(error, SY_E_ARGUMENT, "k: %zu: %s has no cutoff", o->k, job->kind->name);
  if (!(o->mu >= 0) || !isfinite(o->mu))
    return sy_fail(error, SY_E_ARGUMENT, "mu: %g: must be a number from 0 up", o->mu);
  if ((status = need_above_zero("temperature", o->temperature, error))) return status;
  if ((status = need_above_zero("edge", o->edge, error))) return status;
  if ((status = check_gain(o, error))) return status;
  if ((status = check_request_weights(job, error))) return status;
  return sy_work_fits(job->work, job->requests, error);
}

/* ----------------------------------------------------------------------------- loading -------- */

static int has_label(const sy_loss_options *o, double gain) {
  return gain >= 0 && gain < (double)o->gain_count && gain == floor(gain);
}

/* What a gain is worth; NaN where that cannot be said. */
static double worth_of(const sy_loss_options *o, double gain) {
  if (!isfinite(gain)) return NAN;
  if (!o->gain_table) return sy_gain_worth(o->gain, gain);
  return has_label(o, gain) ? o->gain_table[(size_t)gain] : (double)NAN;
}

/* Both return 0 where a number is not usable. */
static int load_scores(const losing *job, size_t from, size_t n, double *out) {
  int good = 1;
  for (size_t i = 0; i < n; i++) {
    out[i] = sy_vector_at(job->scores, from + i);
    good &= isfinite(out[i]) != 0;
  }
  return good;
}

static int load_worths(const losing *job, size_t from, size_t n, double *out) {
  double least = job->kind->refuses_negative(job->options) ? 0.0 : (double)-INFINITY;
  int good = 1;
  for (size_t i = 0; i < n; i++) {
    out[i] = worth_of(job->options, sy_vector_at(job->gains, from + i));
    good &= out[i] >= least && isfinite(out[i]);
  }
  return good;
}

/* A C library may write NaN with a sign. */
static const char *not_finite(double x) { return isnan(x) ? "NaN" : x > 0 ? "inf" : "-inf"; }

static sy_status fail_gain(const losing *job, size_t row, double gain, sy_error *error) {
  const sy_loss_options *o = job->options;
  double worth = worth_of(o, gain);
  if (!isfinite(gain))
    return sy_fail(error, SY_E_NUMBER, "gains[%zu]: %s", row + 1, not_finite(gain));
  if (o->gain_table && !has_label(o, gain))
    return sy_fail(error, SY_E_NUMBER, "gains[%zu]: %g: the gain table has the labels 0 to %g",
                   row + 1, gain, (double)o->gain_count - 1);
  if (!isfinite(worth))
    return sy_fail(error, SY_E_NUMBER, "gains[%zu]: %g: 2^%g is too large", row + 1, gain, gain);
  return sy_fail(error, SY_E_NUMBER,
                 "gains[%zu]: %g: %s, with these options, takes no gain below 0", row + 1, gain,
                 job->kind->name);
}

/* Say which number of the request that starts at `row` was bad. */
static sy_status fail_number(const losing *job, size_t row, sy_error *error) {
  size_t rows = (size_t)job->requests.offsets[job->requests.count];
  for (size_t i = row; i < rows; i++) {
    double score = sy_vector_at(job->scores, i), worth;
    if (!isfinite(score))
      return sy_fail(error, SY_E_NUMBER, "scores[%zu]: %s", i + 1, not_finite(score));
    if (!load_worths(job, i, 1, &worth))
      return fail_gain(job, i, sy_vector_at(job->gains, i), error);
  }
  return sy_fail(error, SY_E_NUMBER,
                 "the loss of the request that starts at row %zu is too large: its scores or gains "
                 "are, or the temperature %g is too small",
                 row + 1, job->options->temperature);
}

/* ----------------------------------------------------------------------------- the pass ------- */

static size_t lose_block(const void *context, sy_slot *slot, size_t first, size_t last,
                         double *partial) {
  const losing *job = context;
  for (size_t r = first; r < last; r++) {
    size_t from = (size_t)job->requests.offsets[r];
    sy_loss_request q = {.work = job->work,
                         .slot = slot,
                         .options = job->options,
                         .n = (size_t)job->requests.offsets[r + 1] - from,
                         .scores = slot->scores,
                         .worths = slot->gains,
                         .gradient = job->gradient ? job->gradient + from : NULL};
    double value = 0, weight = 1;
    if (job->options->request_weights) weight = job->options->request_weights[r];
    if (!load_scores(job, from, q.n, q.scores) || !load_worths(job, from, q.n, slot->gains))
      return from;
    int counts = job->kind->request(&q, &value);
    if (!isfinite(value)) return from;
    sy_loss_scale(&q, counts ? weight : 0.0, &value);
    partial[SUM] += value;
    partial[WEIGHT] += counts ? weight : 0.0;
    partial[COUNTED] += counts;
  }
  return SY_NO_ROW;
}

static sy_status finish_gradient(const losing *job, double weight, sy_error *error) {
  size_t rows = (size_t)job->requests.offsets[job->requests.count];
  double factor = weight > 0 ? 1.0 / weight : 0.0;
  for (size_t i = 0; job->gradient && i < rows; i++) {
    job->gradient[i] *= factor;
    if (!isfinite(job->gradient[i]))
      return sy_fail(error, SY_E_NUMBER, "the gradient at row %zu is too large (temperature %g)",
                     i + 1, job->options->temperature);
  }
  return SY_OK;
}

sy_status sy_loss(const char *name, sy_vector scores, sy_vector gains, sy_requests requests,
                  const sy_loss_options *options, sy_work *work, double *gradient,
                  sy_loss_mean *mean, sy_error *error) {
  losing job = {.work = work,
                .kind = find_kind(name),
                .options = options,
                .scores = scores,
                .gains = gains,
                .requests = requests,
                .gradient = gradient};
  const double *sums = work->partials;
  sy_status status;
  if (!job.kind)
    return sy_fail(error, SY_E_ARGUMENT, "no loss is called \"%s\"", name ? name : "(null)");
  if ((status = check_job(&job, error))) return status;
  size_t row = sy_reduce(work, requests, SUMS, lose_block, &job);
  if (row != SY_NO_ROW) return fail_number(&job, row, error);
  if (!isfinite(sums[SUM]))
    return sy_fail(error, SY_E_NUMBER, "the requests' losses are too large to add up");
  if ((status = finish_gradient(&job, sums[WEIGHT], error))) return status;
  mean->value = sums[WEIGHT] > 0 ? sums[SUM] / sums[WEIGHT] : (double)NAN;
  mean->counted = (size_t)sums[COUNTED];
  mean->skipped = requests.count - mean->counted;
  return SY_OK;
}
