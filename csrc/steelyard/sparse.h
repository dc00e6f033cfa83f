/*
 * sparse.h - sparse matrices of users and items by rows, and what recommenders do with them: masks,
 * losses of scores against few positives, metrics with seen items left out, the best items.
 *
 * No BLAS, no file, no thread that was not asked for: this part serves, too.
 */
#ifndef STEELYARD_SPARSE_H
#define STEELYARD_SPARSE_H

#include "steelyard.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Rows of few numbers. Row i has the entries offsets[i] .. offsets[i + 1] - 1 (offsets[0] is 0): the
 * columns ids[e] - base, ascending within a row and each once, with values[e], or 1 where values is
 * NULL. The caller owns the arrays.
 */
typedef struct sy_sparse {
  size_t rows, columns;
  const int64_t *offsets;
  const int32_t *ids;
  const float *values;
  int32_t base; /* 0 or 1 */
} sy_sparse;

/* SY_OK, or SY_E_ARGUMENT and which row or entry breaks what is said above. O(entries). */
SY_API sy_status sy_sparse_check(const sy_sparse *matrix, const char *name, sy_error *error);

/* ------------------------------------------------------------------------------ matrices ---- */

/* Pairs in any order: rows and columns counted from 1, with values and times, NULL where none. */
typedef struct sy_sparse_pairs {
  const int32_t *rows, *columns;
  const float *values;
  const double *times;
  size_t count;
} sy_sparse_pairs;

/* What is made of them: row_count + 1 offsets, and count numbers each; values and times where the
   pairs have them. Ids come out from 1. */
typedef struct sy_sparse_made {
  int64_t *offsets;
  int32_t *ids;
  float *values;
  double *times;
} sy_sparse_made;

/*
 * The matrix of pairs, of which there are less than 2^32. Those that are there twice become one, with
 * the larger value and the later time. scratch: count + row_count + 1 of 64 bits. Gives how many
 * entries there are. O(count log(the longest row) + rows), O(count + rows) where rows ascend.
 */
SY_API size_t sy_sparse_build(const sy_sparse_pairs *pairs, size_t row_count, sy_sparse_made *made,
                              int64_t *scratch);

/*
 * Which entries of some rows are shown, each with a chance of its row: by a hash of (seed, step, row,
 * id), so that nothing but these decides. shown: one byte for each entry of the rows, in order.
 */
SY_API void sy_sparse_mask(const sy_sparse *matrix, const int64_t *rows, size_t n,
                           const double *keep, uint64_t seed, uint64_t step, unsigned char *shown);

/*
 * Up to `most` columns of each row that it has no entry in, each set of so many as likely as any
 * other: by a hash of (seed, row) and what was drawn before. ids ascend, from matrix->base; offsets:
 * rows + 1. scratch: `columns` numbers. Gives how many there are in all: at most rows x most.
 * O(entries + rows x most) where rows are sparse, and O(columns) for a row that is not.
 */
SY_API size_t sy_sparse_negatives(const sy_sparse *matrix, size_t most, uint64_t seed,
                                  int64_t *offsets, int32_t *ids, int32_t *scratch);

/* ------------------------------------------------------------------------------ rankings ---- */

typedef enum sy_cf_metric {
  SY_CF_NDCG = 0,      /* DCG over the best possible, which counts as 0.1 at least */
  SY_CF_DCG = 1,       /* sum over hits of 1 / log2(rank + 1) */
  SY_CF_RECALL = 2,    /* hits / min(k, hidden), which counts as 1 at least */
  SY_CF_PRECISION = 3, /* hits / k */
  SY_CF_AP = 4,        /* sum over hits of precision there / min(k, hidden) */
  SY_CF_HIT = 5,       /* is there one? */
  SY_CF_RR = 6         /* 1 / the rank of the first */
} sy_cf_metric;

typedef struct sy_cf_wanted {
  sy_cf_metric metric;
  size_t k; /* from 1 */
} sy_cf_wanted;

/* Scores, rows x columns, SY_F32 or SY_F64, row i at i * stride. */
typedef struct sy_score_matrix {
  sy_vector numbers;
  size_t rows, columns, stride;
} sy_score_matrix;

/* The bytes of scratch memory for threads of rankings of so many columns, k being the largest. */
SY_API size_t sy_cf_scratch(size_t columns, size_t k, int threads);

/*
 * How well hidden items rank: each row's items but the seen ones (NULL: none) by score, best first;
 * equal scores: the smaller column first. No full sort: the k best are selected, and among them ranks
 * of hidden items are counted. values: rows x count; thresholds: NULL, or for each row the score of
 * the `threshold`-th best item that was not seen (of the last one where there are fewer; NaN where
 * there is none). A hidden item that was seen, too, does not rank.
 * SY_E_NUMBER: a score is NaN. O(rows x columns). Metrics as in the reference of RaCT (Lobel et al.
 * 2020), which are those of Mult-VAE (Liang et al. 2018) where rows have hidden items.
 */
SY_API sy_status sy_cf_measure(const sy_score_matrix *scores, const sy_sparse *seen,
                               const sy_sparse *hidden, const sy_cf_wanted *wanted, size_t count,
                               size_t threshold, int threads, void *scratch, double *values,
                               double *thresholds, sy_error *error);

/*
 * The k best items of each row that were not seen: ids (from 1; 0 where fewer are left), best first,
 * and their scores (f32 for SY_F32, else f64; 0 where there is none). The same order as above.
 */
SY_API sy_status sy_cf_top(const sy_score_matrix *scores, const sy_sparse *seen, size_t k,
                           int threads, void *scratch, int32_t *ids, void *best, sy_error *error);

/* Where equal scores stand. */
typedef enum sy_cf_ties {
  SY_CF_TIES_NUMBER = 0, /* the smaller column first, as above */
  SY_CF_TIES_WORST = 1,  /* the positive last */
  SY_CF_TIES_BEST = 2    /* the positive first */
} sy_cf_ties;

/*
 * How well one positive of each row (a column from 0) ranks among given negatives: NCF's protocol
 * (He et al. 2017). A positive among its own negatives is dropped there. values: rows x count.
 * SY_E_NUMBER: a score that is looked at is NaN. O(entries of negatives).
 */
SY_API sy_status sy_cf_candidates(const sy_score_matrix *scores, const int32_t *positives,
                                  const sy_sparse *negatives, sy_cf_ties ties,
                                  const sy_cf_wanted *wanted, size_t count, double *values,
                                  sy_error *error);

#ifdef __cplusplus
}
#endif

#endif /* STEELYARD_SPARSE_H */
