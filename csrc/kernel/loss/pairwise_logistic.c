/*
 * pairwise_logistic.c - RankNet: the logistic loss of every pair's order.
 */
#include "kernel/loss/loss.h"

static int pairwise_logistic(const sy_loss_request *q, double *value) {
  return sy_loss_pairwise(q, sy_link_logistic, value);
}

const sy_loss_kind sy_loss_pairwise_logistic = {
    .name = "pairwise_logistic",
    .help = "mean over pairs g_i > g_j of log(1 + exp(-(s_i - s_j) / temperature)); "
            "RankNet, Burges et al. 2005",
    .has_cutoff = 1,
    .refuses_negative = sy_loss_allows_negative,
    .request = pairwise_logistic};
