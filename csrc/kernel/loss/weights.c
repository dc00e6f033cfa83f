/*
 * weights.c - from a gradient by the scores to one by a linear value model's weights.
 */
#include <math.h>
#include <string.h>

#include "kernel/loss/loss.h"

typedef struct weighing {
  const sy_predictions *predictions;
  const double *gradient;
} weighing;

#define LANES 8

/* Row i goes to sum i mod 8, and a fixed tree adds up: the same bits on every machine. */
#define DEFINE_DOT(name, type)                                                                     \
  static double name(const type *x, const double *y, size_t n) {                                   \
    double lanes[LANES] = {0};                                                                     \
    size_t i = 0;                                                                                  \
    for (; i + LANES <= n; i += LANES)                                                             \
      for (size_t j = 0; j < LANES; j++) lanes[j] += (double)x[i + j] * y[i + j];                  \
    for (size_t j = 0; i + j < n; j++) lanes[j] += (double)x[i + j] * y[i + j];                    \
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +                                       \
           ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));                                        \
  }

DEFINE_DOT(dot_f32, float)
DEFINE_DOT(dot_f64, double)

static size_t weigh_block(const void *context, sy_slot *slot, size_t first, size_t last,
                          double *partial) {
  const weighing *job = context;
  const sy_predictions *p = job->predictions;
  size_t from = (size_t)p->requests.offsets[first];
  size_t n = (size_t)p->requests.offsets[last] - from;
  (void)slot;
  for (size_t t = 0; t < p->tasks; t++)
    partial[t] = p->dtype == SY_F32
                     ? dot_f32((const float *)p->columns[t] + from, job->gradient + from, n)
                     : dot_f64((const double *)p->columns[t] + from, job->gradient + from, n);
  return SY_NO_ROW;
}

sy_status sy_loss_to_weights(const sy_predictions *predictions, const double *gradient,
                             sy_work *work, double *by_weight, sy_error *error) {
  weighing job = {predictions, gradient};
  sy_status status = sy_work_fits(work, predictions->requests, error);
  if (status) return status;
  if (predictions->tasks == 0 || predictions->tasks > SY_TASKS_MAX)
    return sy_fail(error, SY_E_LIMIT, "%zu tasks: from 1 to %d are possible", predictions->tasks,
                   SY_TASKS_MAX);
  if (predictions->dtype != SY_F32 && predictions->dtype != SY_F64)
    return sy_fail(error, SY_E_ARGUMENT, "predictions: f32 or f64 numbers are needed");
  sy_reduce(work, predictions->requests, predictions->tasks, weigh_block, &job);
  for (size_t t = 0; t < predictions->tasks; t++)
    if (!isfinite(work->partials[t]))
      return sy_fail(error, SY_E_NUMBER,
                     "task %zu: predictions or gradient not finite, or too large", t + 1);
  memcpy(by_weight, work->partials, predictions->tasks * sizeof *by_weight);
  return SY_OK;
}
