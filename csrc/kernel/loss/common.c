/*
 * common.c - what several losses share.
 */
#include <math.h>

#include "kernel/dcg.h"
#include "kernel/loss/loss.h"

int sy_loss_allows_negative(const sy_loss_options *options) {
  (void)options;
  return 0;
}

int sy_loss_refuses_negative(const sy_loss_options *options) {
  (void)options;
  return 1;
}

int sy_loss_all_equal(const double *numbers, size_t n) {
  for (size_t i = 1; i < n; i++)
    if (numbers[i] != numbers[0]) return 0;
  return 1;
}

/* The worths are what the gains are worth already: nothing is left to be done to them. */
double sy_loss_ideal(const sy_loss_request *q) {
  sy_rule rule = {.k = q->options->k};
  return sy_dcg_ideal(q->work, q->slot, (sy_reals){q->worths, SY_F64}, q->n, &rule);
}

void sy_loss_order(const sy_loss_request *q, const double *values, int32_t *order) {
  sy_order_by_score(q->work, q->slot, (sy_reals){values, SY_F64}, q->n, q->n, NULL, order);
}

/* By 0 even what is infinite, or was never written, becomes 0. */
void sy_loss_scale(const sy_loss_request *q, double factor, double *value) {
  *value = factor == 0 ? 0 : *value * factor;
  for (size_t i = 0; q->gradient && i < q->n; i++)
    q->gradient[i] = factor == 0 ? 0 : q->gradient[i] * factor;
}

double sy_log_add(double a, double b) {
  return a > b ? a + log1p(exp(b - a)) : b + log1p(exp(a - b));
}

double sy_loss_of_ranks(const sy_loss_request *q, const double *ranks, double ideal,
                        double *pulls) {
  size_t k = q->options->k && q->options->k < q->n ? q->options->k : 0;
  double sum = 0, slope;
  for (size_t i = 0; i < q->n; i++) {
    sum += q->worths[i] * sy_soft_discount(ranks[i], k, q->options->edge, &slope);
    pulls[i] = -q->worths[i] * slope / ideal;
  }
  for (size_t i = q->n; i < q->n + 8; i++) pulls[i] = 0;
  return 1.0 - sum / ideal;
}
