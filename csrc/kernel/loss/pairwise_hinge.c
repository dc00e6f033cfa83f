/*
 * pairwise_hinge.c - the hinge loss of every pair's order; the margin is one temperature.
 */
#include "kernel/loss/loss.h"

/* At the kink itself the slope is 0: the margin is kept. */
static double hinge(double x, double *slope) {
  *slope = x < 1 ? -1.0 : 0.0;
  return x < 1 ? 1.0 - x : 0.0;
}

static int pairwise_hinge(const sy_loss_request *q, double *value) {
  return sy_loss_pairwise(q, hinge, value);
}

const sy_loss_kind sy_loss_pairwise_hinge = {
    .name = "pairwise_hinge",
    .help = "mean over pairs g_i > g_j of max(0, 1 - (s_i - s_j) / temperature); Joachims 2002",
    .has_cutoff = 1,
    .refuses_negative = sy_loss_allows_negative,
    .request = pairwise_hinge};
