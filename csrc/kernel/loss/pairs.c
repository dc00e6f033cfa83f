/*
 * pairs.c - sums over pairs of items, the better one of which should stand above the other.
 *
 * Pairs are visited in order of rank, so that both of a pair's ranks are at hand, the cutoff bounds
 * the outer loop, and differences of scores are never negative.
 */
#include <math.h>

#include "kernel/loss/loss.h"

double sy_link_logistic(double x, double *slope) {
  double e = exp(-fabs(x)), small = e / (1.0 + e);
  *slope = x > 0 ? -small : small - 1.0;
  return log1p(e) + (x > 0 ? 0.0 : -x);
}

/* Scores and worths by rank, and no pull on any item yet. */
static void arrange(const sy_loss_request *q) {
  sy_slot *slot = q->slot;
  sy_loss_order(q, q->scores, slot->order);
  for (size_t r = 0; r < q->n; r++) {
    slot->keys[r] = q->scores[slot->order[r]];
    slot->selected[r] = q->worths[slot->order[r]];
    slot->pulls[r] = 0;
  }
}

/* The pair's loss; in *pull, what it pulls a up by per temperature. */
static double pair_loss(sy_pair_weight weight, sy_pair_link link, double ahead, double *pull) {
  double loss = 0, slope;
  *pull = 0;
  if (weight.above != 0) {
    loss += weight.above * link(ahead, &slope);
    *pull += weight.above * slope;
  }
  if (weight.below != 0) {
    loss += weight.below * link(-ahead, &slope);
    *pull -= weight.below * slope;
  }
  return loss;
}

size_t sy_loss_of_pairs(const sy_loss_request *q, sy_pair_weigh weigh, sy_pair_link link,
                        double *value) {
  sy_slot *slot = q->slot;
  const double *scores = slot->keys, *worths = slot->selected;
  double sum = 0, pull, temperature = q->options->temperature;
  size_t pairs = 0, places = sy_loss_places(q);
  arrange(q);
  for (size_t a = 0; a < places; a++)
    for (size_t b = a + 1; b < q->n; b++) {
      sy_pair_weight weight = weigh(q, a, b, worths[a], worths[b]);
      sum += pair_loss(weight, link, (scores[a] - scores[b]) / temperature, &pull);
      slot->pulls[a] += pull;
      slot->pulls[b] -= pull;
      pairs += (weight.above != 0) + (weight.below != 0);
    }
  for (size_t r = 0; q->gradient && r < q->n; r++)
    q->gradient[slot->order[r]] = slot->pulls[r] / temperature;
  *value = sum;
  return pairs;
}

static sy_pair_weight alike(const sy_loss_request *q, size_t a, size_t b, double worth_a,
                            double worth_b) {
  (void)q, (void)a, (void)b;
  return (sy_pair_weight){worth_a > worth_b, worth_b > worth_a};
}

int sy_loss_pairwise(const sy_loss_request *q, sy_pair_link link, double *value) {
  if (sy_loss_all_equal(q->worths, q->n)) return 0;
  size_t pairs = sy_loss_of_pairs(q, alike, link, value);
  sy_loss_scale(q, 1.0 / (double)pairs, value);
  return 1;
}
