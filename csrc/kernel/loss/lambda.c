/*
 * lambda.c - LambdaRank and LambdaLoss: logistic losses of pairs, weighted by what their order is
 * worth to NDCG at the present ranks. The weights are constants to the gradient.
 */
#include <math.h>

#include "kernel/loss/loss.h"

/* The discount at a rank from 0, which is 0 behind the cutoff. */
static double discount(const sy_loss_request *q, size_t rank) {
  return rank < sy_loss_places(q) ? q->work->discounts[rank] : 0.0;
}

/* The gain of standing at rank a in place of b, and the same at the ranks 1 and 1 + (b - a). */
static double by_swap(const sy_loss_request *q, size_t a, size_t b) {
  return discount(q, a) - discount(q, b);
}

static double by_distance(const sy_loss_request *q, size_t a, size_t b) {
  return q->work->discounts[b - a - 1] - q->work->discounts[b - a];
}

/* A weight for whichever item is worth more. */
static sy_pair_weight to_better(double weight, double worth_a, double worth_b) {
  weight *= fabs(worth_a - worth_b);
  return (sy_pair_weight){worth_a > worth_b ? weight : 0, worth_b > worth_a ? weight : 0};
}

static sy_pair_weight weigh_ndcg(const sy_loss_request *q, size_t a, size_t b, double worth_a,
                                 double worth_b) {
  return to_better(by_swap(q, a, b), worth_a, worth_b);
}

static sy_pair_weight weigh_ndcg1(const sy_loss_request *q, size_t a, size_t b, double worth_a,
                                  double worth_b) {
  return (sy_pair_weight){worth_a * discount(q, a), worth_b * discount(q, b)};
}

static sy_pair_weight weigh_ndcg2(const sy_loss_request *q, size_t a, size_t b, double worth_a,
                                  double worth_b) {
  return to_better(by_distance(q, a, b), worth_a, worth_b);
}

static sy_pair_weight weigh_ndcg2pp(const sy_loss_request *q, size_t a, size_t b, double worth_a,
                                    double worth_b) {
  return to_better(q->options->mu * by_distance(q, a, b) + by_swap(q, a, b), worth_a, worth_b);
}

static sy_pair_weigh scheme_of(const sy_loss_options *options) {
  switch (options->scheme) {
    case SY_SCHEME_NDCG: return weigh_ndcg;
    case SY_SCHEME_NDCG1: return weigh_ndcg1;
    case SY_SCHEME_NDCG2: return weigh_ndcg2;
    case SY_SCHEME_NDCG2PP: return weigh_ndcg2pp;
  }
  return weigh_ndcg;
}

static int lambda(const sy_loss_request *q, double *value) {
  double ideal = sy_loss_ideal(q);
  if (!(ideal > 0) || sy_loss_all_equal(q->worths, q->n)) return 0;
  sy_loss_of_pairs(q, scheme_of(q->options), sy_link_logistic, value);
  sy_loss_scale(q, 1.0 / ideal, value);
  return 1;
}

/* NDCG-Loss1 weighs by a gain itself; by a negative one, the loss would fall without end. */
static int refuses_negative(const sy_loss_options *options) {
  return options->scheme == SY_SCHEME_NDCG1;
}

const sy_loss_kind sy_loss_lambda = {
    .name = "lambda",
    .help =
        "sum over pairs g_i > g_j of weight log(1 + exp(-(s_i - s_j) / temperature)), the weight "
        "being what the pair's order changes NDCG@k by; Burges et al. 2006, Wang et al. 2018",
    .has_cutoff = 1,
    .refuses_negative = refuses_negative,
    .request = lambda};
