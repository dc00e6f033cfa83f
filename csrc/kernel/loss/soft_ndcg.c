/*
 * soft_ndcg.c - NDCG of ranks made soft by projection onto the permutahedron.
 */
#include "kernel/loss/loss.h"

static int soft_ndcg(const sy_loss_request *q, double *value) {
  const sy_loss_options *o = q->options;
  sy_slot *slot = q->slot;
  double *ranks = slot->selected, ideal = sy_loss_ideal(q);
  if (!(ideal > 0)) return 0;
  sy_permutahedron(q->work, slot, q->scores, q->n, o->temperature, o->soft, ranks,
                   slot->other_order);
  *value = sy_loss_of_ranks(q, ranks, ideal, slot->pulls);
  if (q->gradient)
    sy_permutahedron_pull(slot, ranks, slot->other_order, slot->pulls, q->n, o->temperature,
                          o->soft, q->gradient);
  return 1;
}

const sy_loss_kind sy_loss_soft_ndcg = {
    .name = "soft_ndcg",
    .help = "1 - NDCG@k of soft ranks, by projection onto the permutahedron; Blondel et al. 2020",
    .has_cutoff = 1,
    .refuses_negative = sy_loss_allows_negative,
    .request = soft_ndcg};
