/*
 * softmax.c - softmax cross-entropy, weighted by gains.
 */
#include <math.h>

#include "kernel/loss/loss.h"

static double largest(const double *numbers, size_t n) {
  double most = numbers[0];
  for (size_t i = 1; i < n; i++) most = numbers[i] > most ? numbers[i] : most;
  return most;
}

/* Scores below the best one, so that no exponential overflows and one of them is 1. */
double sy_loss_cross_entropy(const sy_loss_request *q, const double *target) {
  double *behind = q->slot->keys, *powers = q->slot->selected;
  double best = largest(q->scores, q->n), temperature = q->options->temperature;
  double mass = 0, total = 0, value = 0;
  for (size_t i = 0; i < q->n; i++) {
    behind[i] = (q->scores[i] - best) / temperature;
    powers[i] = exp(behind[i]);
    mass += powers[i];
    total += target[i];
  }
  for (size_t i = 0; i < q->n; i++)
    if (target[i] != 0) value += target[i] * (log(mass) - behind[i]);
  for (size_t i = 0; q->gradient && i < q->n; i++)
    q->gradient[i] = (total * (powers[i] / mass) - target[i]) / temperature;
  return value;
}

static int softmax(const sy_loss_request *q, double *value) {
  if (q->n == 0 || !(largest(q->worths, q->n) > 0)) return 0;
  *value = sy_loss_cross_entropy(q, q->worths);
  return 1;
}

const sy_loss_kind sy_loss_softmax = {
    .name = "softmax",
    .help = "- sum of g_i log softmax(s / temperature)_i; Bruch et al. 2019",
    .refuses_negative = sy_loss_refuses_negative,
    .request = softmax};
