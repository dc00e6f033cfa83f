/*
 * losses.h - differentiable stand-ins of ranking metrics: their values over a log, their
 * derivatives by the scores, and so by a value model's weights. Included by steelyard.h.
 *
 * A ranking metric is flat almost everywhere: no gradient leads to better weights. A loss is small
 * where the order is good and has a slope. Notation for one request of n items: s_i the scores, T
 * the temperature (in units of the score), g_i what the items are worth (their gains under the
 * options), r_i their ranks by score (equal scores: the earlier item first), D(r) = 1 / log2(r + 1)
 * the discount, 0 behind the cutoff k, and N the ideal DCG@k of all items.
 *
 *   approx_ndcg        1 - sum of g_i D(soft rank_i) / N; a soft rank is 1 + the sum over the
 *                      others of sigmoid((s_j - s_i) / T). Qin, Liu and Li 2010
 *   soft_ndcg          the same with soft ranks from sy_soft_rank. Blondel et al. 2020
 *   lambda             sum over pairs with g_i > g_j of weight_ij log(1 + exp(-(s_i - s_j) / T)),
 *                      the weights by options->scheme. Burges et al. 2006; Wang et al. 2018
 *   pairwise_logistic  mean over pairs with g_i > g_j of log(1 + exp(-(s_i - s_j) / T)).
 *                      RankNet: Burges et al. 2005
 *   pairwise_hinge     mean over the same pairs of max(0, 1 - (s_i - s_j) / T): the temperature is
 *                      the margin. Joachims 2002
 *   list_net           - sum of P_i log softmax(s / T)_i; P is softmax(g), or g / sum of g.
 *                      Cao et al. 2007
 *   list_mle           - log of the probability that drawing items without replacement, each with
 *                      probability in proportion to exp(s / T), draws those of ranks 1 .. k in the
 *                      order by gain (equal gains: the earlier item first). Xia et al. 2008
 *   softmax            - sum of g_i log softmax(s / T)_i. Bruch et al. 2019
 *
 * A smaller temperature is closer to the metric (approx_ndcg and soft_ndcg tend to 1 - NDCG) and
 * has less slope away from ties; a good one is about the difference of scores that should matter.
 */
#ifndef STEELYARD_LOSSES_H
#define STEELYARD_LOSSES_H

#include "steelyard.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The weight of a pair in `lambda`. Ranks are those of the present scores and are held fixed: the
 * gradient is the true derivative of the value with its weights taken for constants.
 * m = |r_i - r_j|.
 */
typedef enum sy_loss_scheme {
  SY_SCHEME_NDCG = 0,  /* |g_i - g_j| |D(r_i) - D(r_j)| / N: what swapping them changes NDCG@k by */
  SY_SCHEME_NDCG1 = 1, /* g_i D(r_i) / N for all ordered pairs, whatever g_j: NDCG-Loss1 */
  SY_SCHEME_NDCG2 = 2, /* |g_i - g_j| (D(m) - D(m + 1)) / N where one of both ranks is within k */
  SY_SCHEME_NDCG2PP = 3 /* mu times NDCG2's weight, plus NDCG's: NDCG-Loss2++ */
} sy_loss_scheme;

/* How list_net makes a distribution of gains. */
typedef enum sy_loss_labels {
  SY_LABELS_SOFTMAX = 0,   /* softmax(g) */
  SY_LABELS_NORMALIZED = 1 /* g / sum of g */
} sy_loss_labels;

/* What keeps a soft rank away from the hard one. */
typedef enum sy_soft {
  SY_SOFT_L2 = 0, /* half the squared distance: ranks are piecewise linear in the scores */
  SY_SOFT_KL = 1  /* relative entropy: ranks are softmaxes of blocks of items */
} sy_soft;

/* Start from sy_loss_defaults(). A loss looks at nothing that its definition does not name. */
typedef struct sy_loss_options {
  size_t k; /* the cutoff; 0: all ranks count. For the pairwise losses: pairs of which one is among
                   the first k by score count. list_net and softmax have none and refuse it */
  sy_gain gain;                  /* what a gain is worth */
  const double *gain_table;      /* NULL, or in place of gain: what label 0, 1, 2 ... is worth */
  size_t gain_count;             /* how many labels the table has; gains must be labels then */
  double temperature;            /* above 0 */
  double edge;                   /* of approx_ndcg and soft_ndcg, in ranks, above 0: the cutoff is
                               sigmoid((k + 1/2 - soft rank) / edge) */
  const double *request_weights; /* NULL, or one for each request, from 0 up */
  sy_loss_scheme scheme;         /* lambda */
  double mu;                     /* lambda's SY_SCHEME_NDCG2PP, from 0 up */
  sy_loss_labels labels;         /* list_net */
  sy_soft soft;                  /* soft_ndcg */
} sy_loss_options;

static inline sy_loss_options sy_loss_defaults(void) {
  sy_loss_options options = {0,    SY_GAIN_LINEAR,    NULL,      0, 1.0, 0.5, NULL, SY_SCHEME_NDCG,
                             10.0, SY_LABELS_SOFTMAX, SY_SOFT_L2};
  return options;
}

/* The names of all losses, NULL-ended, and what one is, in a line; NULL for an unknown name. */
SY_API const char *const *sy_loss_list(void);
SY_API const char *sy_loss_help(const char *name);

typedef struct sy_loss_mean {
  double value;   /* mean over the requests that count, weighted; NaN when none does */
  size_t counted; /* how many requests count */
  size_t skipped; /* how many do not: they have nothing to learn from */
} sy_loss_mean;

/*
 * The mean of a loss over requests and, where gradient is not NULL, d mean / d score of every row.
 * A request is skipped, and its gradient 0, where
 *   approx_ndcg, soft_ndcg, softmax   no gain is above 0 (the ideal DCG@k, or the sum, is not)
 *   lambda                            that, or no two gains differ
 *   list_net, list_mle, pairwise      no two gains differ
 * Gains may be fractions and, but for softmax, list_net with normalized labels and lambda by
 * SY_SCHEME_NDCG1, below 0. Scores: SY_F32 or SY_F64; all arithmetic is in double.
 * Errors: SY_E_ARGUMENT for an unknown name and options out of their bounds; SY_E_NUMBER for scores
 * and gains that are not finite, gains that a table or loss has no place for, and losses that leave
 * the range of numbers (which takes scores of more than 1e300 temperatures).
 * Same bits for any number of threads and instruction set; the exp and log are the C library's, so
 * another machine's may differ in the last bits. O(n log n) a request; approx_ndcg and the pairwise
 * losses O(n^2), the latter O(n k) with a cutoff: a request of 10,000 items takes some 0.4 s, and 1
 * to 1.5 s, one of 100,000 a hundred times as long.
 */
SY_API sy_status sy_loss(const char *name, sy_vector scores, sy_vector gains, sy_requests requests,
                         const sy_loss_options *options, sy_work *work, double *gradient,
                         sy_loss_mean *mean, sy_error *error);

/*
 * From scores to the weights of a value model: by_weight[t] = sum over rows of
 * gradient[row] * columns[t][row], which is d loss / d weights[t] when the scores are
 * sum of weights[t] * columns[t]. by_weight: `tasks` numbers. O(rows * tasks).
 */
SY_API sy_status sy_loss_to_weights(const sy_predictions *predictions, const double *gradient,
                                    sy_work *work, double *by_weight, sy_error *error);

/*
 * Soft ranks of every request, 1 for the largest value: the point of the permutahedron (all
 * mixtures of the permutations of 1 .. n) that is nearest to -values / temperature. They keep the
 * order of the values and their sum n (n + 1) / 2; equal values get equal ranks. Where neighbours
 * are more than a temperature apart (SY_SOFT_KL: that times log((r + 1) / r)) they are the hard
 * ranks, exactly; for a large temperature all are (n + 1) / 2. blocks: NULL, or a number for each
 * row, for sy_soft_rank_pull: rows with the same number in a request share a block. Values must be
 * finite. O(n log n). Source: Blondel, Teboul, Berthet and Djolonga 2020; by pooling adjacent
 * violators.
 */
SY_API sy_status sy_soft_rank(sy_vector values, sy_requests requests, double temperature,
                              sy_soft soft, sy_work *work, double *ranks, int32_t *blocks,
                              sy_error *error);

/*
 * The vector-Jacobian product of soft ranks: gradient[i] = sum over m of pulls[m] * d ranks[m] /
 * d values[i], from the ranks and blocks that sy_soft_rank gave. Linear time.
 */
SY_API sy_status sy_soft_rank_pull(const double *ranks, const int32_t *blocks, const double *pulls,
                                   sy_requests requests, double temperature, sy_soft soft,
                                   sy_work *work, double *gradient, sy_error *error);

#ifdef __cplusplus
}
#endif

#endif /* STEELYARD_LOSSES_H */
