/*
 * kernels.h - the inner loops, compiled once for each instruction set and reached by a table.
 *
 * All are pure functions over plain pointers. They give the same bits on every instruction set:
 * sums run in eight fixed lanes folded by a fixed tree, and nothing is contracted.
 *
 * Arrays named "padded" may be read (never written) up to SY_PAD elements past their end; what
 * stands there does not matter unless a kernel says so. Scores hold no NaN.
 */
#ifndef SY_KERNELS_H
#define SY_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "steelyard.h"

/* Room that must exist behind padded arrays, in elements. */
#define SY_PAD 64

/* Scratch of the ordering kernels for up to `longest` items; laid out by work.c. */
typedef struct sy_sorting {
  void *keys[2];       /* longest + SY_PAD eight-byte numbers each */
  int32_t *indices[2]; /* longest + SY_PAD each */
  void *counts;        /* longest + SY_PAD eight-byte numbers */
  uint32_t *digits;    /* SY_DIGIT_ROOM */
} sy_sorting;

/* So many requests may be ordered together. */
#define SY_BATCH 8

#define SY_DIGIT_ROOM (4 * 256) /* four digits of eight bits; COUNTING_LIMIT items */

/*
 * The likelihood of a curve's labels where the logit is theta[0] + theta[1] u + theta[2] v: u and v
 * are the prediction's logit and its square, or ln p and -ln(1 - p). Predictions of 0 and 1 count
 * as `zero` and `one`. Of label and weight y and w, label_scale * y + label_floor * w counts as the
 * label.
 */
typedef struct sy_likelihood {
  int logs;   /* u and v are logarithms */
  int second; /* v counts; without it sums with v stay 0 */
  double zero, one;
  double label_scale, label_floor;
} sy_likelihood;

/* Sums over atoms: r = label - w s, h = w s (1 - s), s being the logit's sigmoid; and the loss. */
enum {
  SY_SUM_R,
  SY_SUM_RU,
  SY_SUM_RV,
  SY_SUM_H,
  SY_SUM_HU,
  SY_SUM_HV,
  SY_SUM_HUU,
  SY_SUM_HUV,
  SY_SUM_HVV,
  SY_SUM_LOSS,
  SY_SUMS
};

/*
 * For one element type:
 *   score    out[i] = sum over t, in order, of weights[t] * columns[t][from + i], skipping task
 *            `without` (none if >= tasks). Returns 1 if some out[i] is NaN. out is padded.
 *   has_nan  1 if some of n values is NaN.
 *   has_infinite  1 if some of n values is NaN or infinite.
 *   load     copy n values; returns 1 if some of them is not finite.
 *   order    the indices of the `places` largest of n padded values, largest first, equal ones by
 *            index. 0 < places <= n.
 *   order_batch  the orders of up to SY_BATCH requests, of min(places, n) each; room for 32 more.
 *   largest  the `places` largest of n padded values themselves, in descending order.
 *   largest_batch  the largest of up to SY_BATCH requests, min(places, n) of each.
 *   weigh    sum over r of values[order[r]] * weights[r], in dot's lanes.
 *   weigh_largest  the same for the `places` largest of n padded values.
 *   refine   make the right order of n padded values out of a nearly right one, cheaply; returns 0
 *            if that would not be cheap (the order is then still a permutation).
 *   gather   out[r] = (double)values[order[r]].
 *   count_above  how many of n values are above a level, or, where not strict, at it.
 */
#define SY_DECLARE_REAL_KERNELS(NAME, REAL)                                                        \
  typedef struct NAME {                                                                            \
    int (*score)(const double *weights, size_t tasks, size_t without, const void *const *columns,  \
                 size_t from, size_t n, REAL *out);                                                \
    int (*has_nan)(const REAL *values, size_t n);                                                  \
    int (*has_infinite)(const REAL *values, size_t n);                                             \
    int (*load)(const REAL *values, size_t n, REAL *out);                                          \
    void (*order)(const REAL *values, size_t n, size_t places, const sy_sorting *scratch,          \
                  int32_t *order);                                                                 \
    void (*order_batch)(const REAL *const *values, const size_t *n, size_t count, size_t places,   \
                        const sy_sorting *scratch, int32_t *const *orders);                        \
    void (*largest)(const REAL *values, size_t n, size_t places, const sy_sorting *scratch,        \
                    double *out);                                                                  \
    void (*largest_batch)(const REAL *const *values, const size_t *n, size_t count, size_t places, \
                          const sy_sorting *scratch, double *const *out);                          \
    double (*weigh)(const REAL *values, const int32_t *order, size_t n, const double *weights);    \
    double (*weigh_largest)(const REAL *values, size_t n, size_t places,                           \
                            const sy_sorting *scratch, const double *weights);                     \
    int (*refine)(const REAL *values, size_t n, int32_t *order);                                   \
    void (*gather)(const REAL *values, const int32_t *order, size_t n, double *out);               \
    size_t (*count_above)(const REAL *values, size_t n, double level, int strict);                 \
  } NAME

SY_DECLARE_REAL_KERNELS(sy_kernels_f32, float);
SY_DECLARE_REAL_KERNELS(sy_kernels_f64, double);

/* Sums over atoms as in sy_curve_totals, in eight lanes: atom k in lane k mod 8. */
typedef struct sy_atom_sums {
  double n[8], w[8], p[8], y[8], ww[8], wwp[8], wwpq[8], squared[8], log[8];
} sy_atom_sums;

typedef struct sy_kernels {
  const char *name;
  sy_kernels_f32 f32;
  sy_kernels_f64 f64;

  /* The dot product of two vectors of n numbers, in eight lanes. */
  double (*dot)(const double *a, const double *b, size_t n);

  /* A bit for each of n values: is it above level, or, where not strict, at it? n / 64 + 1 words. */
  void (*mark)(const double *values, size_t n, double level, int strict, uint64_t *bits);

  /*
   * Soft ranks of n padded scores u (u[n .. n + 7] must be -infinity):
   * ranks[i] = 1/2 + sum over m of sigmoid((u[m] - u[i]) / temperature).
   */
  void (*soft_ranks)(const double *u, size_t n, double temperature, double *ranks);

  /*
   * The pull of soft ranks on the scores: with pull[i] = d objective / d ranks[i] (padded with 8
   * finite numbers), out[m] = sum over i of (pull[i] - pull[m]) * sigmoid'((u[m] - u[i]) /
   * temperature) / temperature = d objective / d u[m].
   */
  void (*soft_rank_gradient)(const double *u, const double *pull, size_t n, double temperature,
                             double *out);

  /*
   * The logits to base 2 that a logistic map (steelyard/calibrators.h) gives n predictions, and the
   * probabilities of such logits. NaN for NaN. out may be bits.
   */
  void (*logistic)(const sy_map *map, const double *predictions, size_t n, double *bits);
  void (*probabilities)(const double *bits, size_t n, double *out);

  /*
   * Sums over up to 256 rows of weight, weight (p - y)^2 and weight * log loss, with weight =
   * w * scale at most 1 (1 where w is NULL): of each the part in units of 2^-20 and that in units
   * of 2^-62, exactly.
   */
  void (*proper_scores)(const double *p, const double *y, const double *w, size_t n, double scale,
                        double parts[6]);

  /*
   * Sums over atoms of a curve; wwpq[k] = ww[k] p[k] (1 - p[k]), and may be ww itself. squared is
   * added to only where labels are classes: all 0 or 1.
   */
  void (*sum_atoms)(const double *p, const double *n, const double *w, const double *y,
                    const double *ww, double *wwpq, size_t count, int classes, sy_atom_sums *sums);

  /* Add what n atoms give to the sums. */
  void (*likelihood)(const sy_likelihood *form, const double *theta, const double *p,
                     const double *w, const double *y, size_t n, int with_loss, double *sums);

  /* Of atoms: the sums of w, y and w p; those of w (p - mean)^2 and y (p - mean). */
  void (*sum_cell)(const double *p, const double *w, const double *y, size_t n, double *sums);
  void (*spread_cell)(const double *p, const double *w, const double *y, size_t n, double mean,
                      double *moments);

  /*
   * Of n logits: (1 - y) log(1 + exp(z)) + positive y log(1 + exp(-z)) and its slope; both sides of
   * the sigmoid, each without loss near 0; exp within +-700.
   */
  void (*cross_entropies)(const double *z, const double *y, double positive, size_t n, double *loss,
                          double *slope);
  void (*sigmoids)(const double *z, size_t n, double *p, double *q);
  void (*exponentials)(const double *x, size_t n, double *out);
} sy_kernels;

#ifdef SY_HAVE_avx512
extern const sy_kernels sy_kernels_avx512;
#endif
#ifdef SY_HAVE_avx2
extern const sy_kernels sy_kernels_avx2;
#endif
extern const sy_kernels sy_kernels_baseline;

#endif
