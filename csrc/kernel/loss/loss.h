/*
 * loss.h - what a loss is inside the library, and what several of them share.
 *
 * Adding one touches two places: its file here, which defines sy_loss_NAME, and the list below.
 */
#ifndef SY_LOSS_H
#define SY_LOSS_H

#include "kernel/work.h"

#define SY_LOSSES(X)                                                                               \
  X(approx_ndcg)                                                                                   \
  X(soft_ndcg)                                                                                     \
  X(lambda)                                                                                        \
  X(pairwise_logistic)                                                                             \
  X(pairwise_hinge)                                                                                \
  X(list_net)                                                                                      \
  X(list_mle)                                                                                      \
  X(softmax)

/* One request. A loss may overwrite all of the slot but scores and gains: these arrays' room. */
typedef struct sy_loss_request {
  const sy_work *work;
  sy_slot *slot;
  const sy_loss_options *options;
  size_t n;
  double *scores;       /* finite, padded */
  const double *worths; /* what the items are worth; finite, padded */
  double *gradient;     /* n numbers to fill in, or NULL */
} sy_loss_request;

typedef struct sy_loss_kind {
  const char *name;
  const char *help; /* formula and source, in a line */
  int has_cutoff;   /* options->k means something */
  /* 1 where no item may be worth less than nothing under these options. */
  int (*refuses_negative)(const sy_loss_options *options);
  /* The value and the gradient; 0, with the gradient left alone, for a request to be skipped. */
  int (*request)(const sy_loss_request *q, double *value);
} sy_loss_kind;

#define SY_DECLARE_LOSS(name) extern const sy_loss_kind sy_loss_##name;
SY_LOSSES(SY_DECLARE_LOSS)
#undef SY_DECLARE_LOSS

/* A bound of a request: the cutoff, or n where there is none. */
static inline size_t sy_loss_places(const sy_loss_request *q) {
  return q->options->k && q->options->k < q->n ? q->options->k : q->n;
}

int sy_loss_allows_negative(const sy_loss_options *options);  /* always 0 */
int sy_loss_refuses_negative(const sy_loss_options *options); /* always 1 */

/* Are all n numbers the same? Also of none. */
int sy_loss_all_equal(const double *numbers, size_t n);

/* The ideal DCG@k. slot->selected is overwritten. */
double sy_loss_ideal(const sy_loss_request *q);

/* All items by n padded values, the largest first, equal ones by index. */
void sy_loss_order(const sy_loss_request *q, const double *values, int32_t *order);

/* Multiply value and gradient. */
void sy_loss_scale(const sy_loss_request *q, double factor, double *value);

/* log(exp(a) + exp(b)) */
double sy_log_add(double a, double b);

/* ---------------------------------------------------------------------------- families -------- */

/*
 * The sum of target_i * -log softmax(s / T)_i, and its gradient. slot->keys and selected are
 * overwritten.
 */
double sy_loss_cross_entropy(const sy_loss_request *q, const double *target);

/*
 * The sum of worth_i D(rank_i) / ideal by soft ranks, subtracted from 1, and in pulls (padded with
 * 8 zeroes) its derivatives by the ranks. slot->selected is left alone.
 */
double sy_loss_of_ranks(const sy_loss_request *q, const double *ranks, double ideal, double *pulls);

/*
 * What a pair's order is worth: the items stand at ranks a < b (from 0), and `above` is the weight
 * of a belonging above b, `below` that of b belonging above a.
 */
typedef struct sy_pair_weight {
  double above, below;
} sy_pair_weight;
typedef sy_pair_weight (*sy_pair_weigh)(const sy_loss_request *q, size_t a, size_t b,
                                        double worth_a, double worth_b);

/* The loss of a pair whose better item is x temperatures ahead, and its slope. */
typedef double (*sy_pair_link)(double x, double *slope);

double sy_link_logistic(double x, double *slope); /* log(1 + exp(-x)) */

/*
 * The weighted sum of the link over all pairs of which one is within the cutoff, and its gradient.
 * Returns how many weights were not 0. slot->order, keys, selected and pulls are overwritten.
 */
size_t sy_loss_of_pairs(const sy_loss_request *q, sy_pair_weigh weigh, sy_pair_link link,
                        double *value);

/* The mean of the link over the pairs that differ in worth: a whole loss. */
int sy_loss_pairwise(const sy_loss_request *q, sy_pair_link link, double *value);

/* -------------------------------------------------------------------------- permutahedron ----- */

/*
 * Soft ranks of n padded finite values, and the block of each (numbered by rank, from 0).
 * slot->order, others and sorting are overwritten.
 */
void sy_permutahedron(const sy_work *work, sy_slot *slot, const double *values, size_t n,
                      double temperature, sy_soft soft, double *ranks, int32_t *blocks);

/* d (sum of pulls * ranks) / d values. slot->others and keys are overwritten. */
void sy_permutahedron_pull(sy_slot *slot, const double *ranks, const int32_t *blocks,
                           const double *pulls, size_t n, double temperature, sy_soft soft,
                           double *gradient);

#endif
