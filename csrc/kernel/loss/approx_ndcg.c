/*
 * approx_ndcg.c - ApproxNDCG: NDCG of ranks made soft by sigmoids of all differences of scores.
 */
#include <math.h>

#include "kernel/loss/loss.h"

static int approx_ndcg(const sy_loss_request *q, double *value) {
  const sy_kernels *kernels = q->work->kernels;
  double temperature = q->options->temperature, *ranks = q->slot->keys;
  double ideal = sy_loss_ideal(q);
  if (!(ideal > 0)) return 0;
  for (size_t i = q->n; i < q->n + 8; i++) q->scores[i] = -INFINITY;
  kernels->soft_ranks(q->scores, q->n, temperature, ranks);
  *value = sy_loss_of_ranks(q, ranks, ideal, q->slot->pulls);
  if (q->gradient)
    kernels->soft_rank_gradient(q->scores, q->slot->pulls, q->n, temperature, q->gradient);
  return 1;
}

const sy_loss_kind sy_loss_approx_ndcg = {
    .name = "approx_ndcg",
    .help = "1 - NDCG@k of soft ranks 1 + sum of sigmoid((s_j - s_i) / temperature); "
            "Qin, Liu and Li 2010",
    .has_cutoff = 1,
    .refuses_negative = sy_loss_allows_negative,
    .request = approx_ndcg};
