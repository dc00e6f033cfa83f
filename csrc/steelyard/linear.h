/*
 * linear.h - recommenders in closed form or by coordinates: EASE, SLIM and iALS.
 *
 * EASE and SLIM give a matrix of weights, items x items: what is in the history votes for other
 * items, and scores are sums of its rows. Scoring stands in libsteelyard, so that it can serve;
 * learning in libsteelyard_learn, on the BLAS and on the LAPACK that OpenBLAS brings.
 *
 * The same bits come out for any number of threads where the BLAS has as many; Gram matrices and
 * scores have the same bits everywhere.
 */
#ifndef STEELYARD_LINEAR_H
#define STEELYARD_LINEAR_H

#include "steelyard/sparse.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------ scores (libsteelyard) --- */

/*
 * scores[r, j] = sum over the entries e of row r of value(e) * weights[id(e), j], in f32, in the
 * order of the entries. weights: histories->columns x columns, scores: rows x columns, both row by
 * row without gaps. histories must be as sy_sparse_check has it. No allocation.
 * O((rows + entries) * columns).
 */
SY_API void sy_linear_scores(const sy_sparse *histories, const float *weights, size_t columns,
                             int threads, float *scores);

/*
 * The same with sparse weights, of `entries` entries: only those of rows that histories ask for are
 * read, and looked at first. SY_E_ARGUMENT: offsets or ids among them make no sense; scores of some
 * rows were written then. O(rows * columns + entries that are read).
 */
SY_API sy_status sy_sparse_scores(const sy_sparse *histories, const sy_sparse *weights,
                                  size_t entries, int threads, float *scores, sy_error *error);

/*
 * A dense matrix as a sparse one with ids from 1: the numbers that are not 0. First offsets (rows + 1
 * of them) for ids NULL; then, with room for offsets[rows] each, ids and values.
 */
SY_API void sy_sparse_of(const float *dense, size_t rows, size_t columns, int64_t *offsets,
                         int32_t *ids, float *values);

/* ---------------------------------------------------------- learning (libsteelyard_learn) --- */

/* Is there a LAPACK in the BLAS that is linked? */
SY_API int sy_lapack_found(void);

/*
 * The Gram matrix X'X of interactions, all of it, n x n for n columns, as SY_F32 or SY_F64. Sums are
 * in doubles and go by rows of X. Allocates 8 bytes an entry of X, 8 n bytes and as many a thread through
 * memory, and lets go of them. O(sum over rows of entries^2).
 */
SY_API sy_status sy_gram(const sy_sparse *x, sy_dtype dtype, int threads, const sy_memory *memory,
                         void *gram, sy_error *error);

/*
 * EASE (Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019): the weights B with
 * a zero diagonal that minimise |X - XB|^2 + l2 |B|^2. With P = (X'X + l2 I)^-1: B_ij = -P_ij / P_jj.
 * weights: n x n for n = x->columns.
 *
 * In SY_F32, the Gram matrix, its factor and the inverse stand in weights, one after the other. In
 * SY_F64 they stand in one triangle of doubles (as LAPACK packs it, in blocks), sy_ease_scratch
 * bytes, for the caller to give. Besides, what sy_gram and 8 n bytes.
 * SY_E_ARGUMENT: l2 is not above 0 and finite. SY_E_UNSUPPORTED: no LAPACK. SY_E_NUMBER: the matrix
 * is not positive definite, as far as this type can tell. O(n^3).
 */
SY_API size_t sy_ease_scratch(size_t columns, sy_dtype dtype);
SY_API sy_status sy_ease(const sy_sparse *x, double l2, sy_dtype dtype, int threads,
                         const sy_memory *memory, void *scratch, float *weights, sy_error *error);

/*
 * SLIM (Ning and Karypis, "SLIM: Sparse Linear Methods for Top-N Recommender Systems", ICDM 2011) by
 * coordinate descent: for each item j the weights w, w_j = 0, that minimise
 *   |x_j - Xw|^2 / 2 + l2 |w|^2 / 2 + l1 |w|_1,   w >= 0 where nonnegative,
 * given the Gram matrix X'X (sy_gram). Passes over all weights go on until none moves by more than
 * tolerance, or `sweeps` of them were done. The loss falls with every pass.
 * weights: n x n, column j those of item j. Allocates 16 n bytes a thread and 32 n.
 * O(passes * n * weights that move * n). Every instruction set gives the same bits.
 */
typedef struct sy_slim_options {
  double l1, l2; /* from 0 up */
  double tolerance;
  size_t sweeps;
  int nonnegative;
  int threads;
} sy_slim_options;

typedef struct sy_slim_report {
  double objective;   /* the loss, of all items together */
  size_t weights;     /* how many are not 0 */
  size_t sweeps;      /* the most that an item took */
  size_t unconverged; /* items of which some weight still moved */
} sy_slim_report;

SY_API sy_status sy_slim(const void *gram, sy_dtype dtype, size_t n, const sy_slim_options *options,
                         const sy_memory *memory, float *weights, sy_slim_report *report,
                         sy_error *error);

/*
 * iALS (Hu, Koren and Volinsky, ICDM 2008; as Rendle, Krichene, Zhang and Koren, "Revisiting the
 * Performance of iALS on Item Recommendation Benchmarks", RecSys 2022, have it): factors U of rows
 * and V of columns that minimise
 *   sum over entries of value (1 - u'v)^2 + unobserved * sum over all pairs of (u'v)^2
 *   + l2 * (sum over rows of (n_u + unobserved * columns)^exponent |u|^2, and likewise of columns).
 * sy_als_solve gives the best U for V, exactly (zeroes for rows without entries); with X' and U it
 * gives V, and with new rows their factors (fold-in). own: rows x factors, others: columns x factors,
 * of dtype (SY_F32, SY_F64). Values must not be below 0. The BLAS is told to use one thread, and
 * options->threads afterwards: the bits do not depend on their number.
 * O(entries * factors^2 + rows * factors^3).
 */
#define SY_ALS_FACTORS_MAX 8192

typedef struct sy_als_options {
  size_t factors;
  double l2, unobserved, exponent;
  int threads;
} sy_als_options;

SY_API sy_status sy_als_solve(const sy_sparse *x, sy_dtype dtype, const void *others,
                              const sy_als_options *options, const sy_memory *memory, void *own,
                              sy_error *error);
/* scores (n x m) = rows (n x factors) times the transposed columns (m x factors). */
SY_API void sy_als_scores(const float *rows, size_t n, const float *columns, size_t m,
                          size_t factors, float *scores);
/* What it minimises, in doubles. O((rows + columns) factors^2 + entries * factors). */
SY_API sy_status sy_als_loss(const sy_sparse *x, sy_dtype dtype, const void *rows,
                             const void *columns, const sy_als_options *options,
                             const sy_memory *memory, double *loss, sy_error *error);

#ifdef __cplusplus
}
#endif

#endif /* STEELYARD_LINEAR_H */
