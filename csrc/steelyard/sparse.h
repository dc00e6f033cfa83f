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

/* The largest number of rows or columns, and of entries. */
#define SY_SPARSE_LIMIT INT32_MAX
#define SY_SPARSE_ENTRIES ((size_t)UINT32_MAX)

/* ------------------------------------------------------------------------------- making them --- */

/*
 * Pairs in any order, rows and columns from 0, values NULL for none; below, an entry is a pair that
 * is there once. The caller checks the bounds: rows[i] < shape_rows, columns[i] < shape_columns.
 */
typedef struct sy_sparse_pairs {
  size_t count, shape_rows, shape_columns;
  const int32_t *rows, *columns;
  const float *values;
} sy_sparse_pairs;

/*
 * Pairs as rows, in two counting sorts: O(pairs + rows + columns). ids, values (where the pairs have
 * some) and order (NULL, or which pair became the entry) have room for all pairs, offsets for
 * shape_rows + 1, scratch for shape_columns + 1 and `middle` for sy_sparse_middle bytes. ids begin at
 * `base`. Of a pair that comes several times the one with the largest value is kept, of equal ones
 * the first. Returns how many entries there are.
 */
SY_API size_t sy_sparse_middle(const sy_sparse_pairs *pairs, int with_order);
SY_API size_t sy_sparse_build(const sy_sparse_pairs *pairs, int32_t base, int64_t *scratch,
                              void *middle, int64_t *offsets, int32_t *ids, float *values,
                              uint32_t *order);

/*
 * The two halves of that, between which the pairs may go: pairs by column, in the order of the input,
 * with rows, values and places (NULL where there are none) in `middle`; and rows of these.
 */
typedef struct sy_sparse_by_column {
  size_t count, shape_rows, shape_columns;
  int64_t *starts;
  int32_t *rows;
  float *values;
  uint32_t *order;
} sy_sparse_by_column;

SY_API void sy_sparse_sort_columns(const sy_sparse_pairs *pairs, int with_order, int64_t *scratch,
                                   void *middle, sy_sparse_by_column *sorted);
SY_API size_t sy_sparse_sort_rows(const sy_sparse_by_column *sorted, int32_t base, int64_t *offsets,
                                  int32_t *ids, float *values, uint32_t *order);

/*
 * The place of each entry among its row's by time, from 1: times[order[e]] is entry e's time, equal
 * ones are in the order of `order`. scratch: two numbers for each entry of the longest row.
 */
SY_API void sy_sparse_places(size_t rows, const int64_t *offsets, const uint32_t *order,
                             const double *times, uint32_t *scratch, float *places);

/*
 * Columns as rows: offsets has room for columns + 1, ids and values for all entries. O(entries +
 * columns).
 */
SY_API void sy_sparse_transpose(const sy_sparse *matrix, int64_t *offsets, int32_t *ids,
                                float *values);

/*
 * Some rows, in the order of `which` (from 0). First the offsets (count + 1), which say how much
 * room the rest needs; then that. O(count + entries picked).
 */
SY_API void sy_sparse_pick_offsets(const sy_sparse *matrix, const int64_t *which, size_t count,
                                   int64_t *offsets);
SY_API void sy_sparse_pick(const sy_sparse *matrix, const int64_t *which, size_t count,
                           const int64_t *offsets, int32_t *ids, float *values);

/*
 * The entries e with keep[e], or, where other is true, those without. offsets has room for rows + 1,
 * ids and values for all entries; the offsets tell how many there are.
 */
SY_API void sy_sparse_part(const sy_sparse *matrix, const uint8_t *keep, int other,
                           int64_t *offsets, int32_t *ids, float *values);

/*
 * The entries of both matrices (of an entry of both, the larger value; 1 where a matrix has no
 * values), or, with minus, those of a that are not in b. Both have the same number of rows; ids begin
 * at a's base. ids and values (NULL: not wanted) have room for the entries of both.
 */
SY_API void sy_sparse_merge(const sy_sparse *a, const sy_sparse *b, int minus, int64_t *offsets,
                            int32_t *ids, float *values);

/* ------------------------------------------------------------------------------------ masks --- */

/*
 * Which entries of some rows are seen. An entry is seen with the probability keep[i] of its row
 * which[i] (a number from 0), as drawn by (seed, step, row, column) alone: by which rows, in which
 * order, or with which others makes no difference.
 */
typedef struct sy_mask {
  const int64_t *which;
  size_t count;
  const double *keep; /* one for each, or one for all */
  int keep_each;
  uint64_t seed, step;
  int normalize; /* divide by the norm of the row as a whole */
} sy_mask;

/*
 * seen_offsets and unseen_offsets: count + 1; the others: room for all entries of these rows.
 * seen_values: value / keep, of the row's norm where mask->normalize is true (1 / sqrt(entries) where
 * there are no values). unseen_values: the values as they are, or NULL.
 */
SY_API void sy_sparse_mask(const sy_sparse *matrix, const sy_mask *mask, int64_t *seen_offsets,
                           int32_t *seen_ids, float *seen_values, int64_t *unseen_offsets,
                           int32_t *unseen_ids, float *unseen_values);

/* -------------------------------------------------------------------------------- rankings --- */

/* Scores, rows x columns, SY_F32 or SY_F64, row i at i * stride. */
typedef struct sy_score_matrix {
  sy_vector numbers;
  size_t rows, columns, stride;
} sy_score_matrix;

/*
 * The k best columns of each row that are not in seen (NULL: all count), largest score first, equal
 * ones by column: ids from `base`, and their scores (of the same type). Where fewer than k are left,
 * the rest is base - 1 and -infinity. SY_E_NUMBER and which, where a score is NaN. work: for `columns`
 * items. O(columns) a row for k up to 128.
 */
SY_API sy_status sy_sparse_top(const sy_score_matrix *scores, const sy_sparse *seen, size_t k,
                               int32_t base, sy_work *work, int32_t *ids, void *best,
                               sy_error *error);

/*
 * What is measured of the ranking of the columns that are not seen, n of which are hidden (to be
 * found), at a cutoff k:
 *   dcg        sum over the hidden ones among the first k ranks of 1 / log2(rank + 1)
 *   ndcg       dcg, divided by the dcg of min(n, k) hidden ones at the first ranks, or .1 if n is 0
 *   recall     how many of them are found, divided by min(n, k), or 1 if n is 0
 *   precision  how many of them are found, divided by k
 *   ap         sum over those found of the precision at their ranks, divided as recall
 *   hit        1 where one is found, else 0
 *   rr         1 / rank of the first one found, else 0
 */
typedef enum sy_found {
  SY_FOUND_NDCG,
  SY_FOUND_DCG,
  SY_FOUND_RECALL,
  SY_FOUND_PRECISION,
  SY_FOUND_AP,
  SY_FOUND_HIT,
  SY_FOUND_RR
} sy_found;

typedef struct sy_found_metric {
  sy_found kind;
  size_t k; /* from 1 */
} sy_found_metric;

/*
 * values[m * rows + r]: metric m of row r. seen: NULL where nothing was. thresholds (NULL, or one a
 * row): the score at the largest cutoff's rank, -infinity where fewer columns are left. Source: the
 * metrics of Liang et al. (WWW 2018) and Lobel et al. (ICLR 2020).
 */
SY_API sy_status sy_sparse_measure(const sy_score_matrix *scores, const sy_sparse *hidden,
                                   const sy_sparse *seen, const sy_found_metric *metrics,
                                   size_t count, sy_work *work, double *values, double *thresholds,
                                   sy_error *error);

/* Where a positive stands among equal scores: by column, last or first. */
typedef enum sy_candidate_ties {
  SY_CANDIDATES_BY_COLUMN,
  SY_CANDIDATES_WORST,
  SY_CANDIDATES_BEST
} sy_candidate_ties;

/*
 * The rank (from 1) of each row's one positive (column from 0) among that and its candidates, which a
 * positive may be among itself. O(candidates).
 */
SY_API sy_status sy_sparse_candidate_ranks(const sy_score_matrix *scores, const int32_t *positives,
                                           const sy_sparse *candidates, sy_candidate_ties ties,
                                           int64_t *ranks, sy_error *error);

/* A metric where one column is hidden and is found at a rank, from 1. */
SY_API double sy_found_alone(const sy_found_metric *metric, int64_t rank);

/* -------------------------------------------------------------------------------- losses ---- */

/* Of a matrix of scores (users x items) against few targets a row. Zeroes are the defaults. */
typedef struct sy_score_loss {
  const sy_sparse *targets;     /* t_i: its values, or 1 */
  const double *target_weights; /* NULL, or for each target in place of its value */
  const sy_sparse *excluded;    /* NULL, or items that are no part of a row's loss */
  const double *row_weights;    /* NULL: 1 / rows each. What a row's gradient is multiplied by */
  const double *log_partition;  /* multinomial: NULL, or each row's, of an earlier call */
  double positive;              /* weighted_square: what a target weighs */
  size_t k;                     /* warp, lambdarank: the cutoff; 0: none */
  int threads;                  /* of those without a work */
} sy_score_loss;

/*
 * Each row's value (not times its weight), and the gradient by scores (times it) unless `gradient` is
 * NULL: of the scores' type, rows at gradient_stride; it may be the scores themselves. With `excluded`
 * the scores are changed for a while, and are as they were afterwards; scratch then takes 8 bytes for
 * each excluded entry.
 *
 *   multinomial      - sum of t_i log softmax(s)_i (Liang et al. 2018). log_partition_out,
 *                    log_probabilities: NULL, or for each row and each target
 *   weighted_square  sum over items of c_i (t_i - s_i)^2 with c_i = positive, t_i = 1 for targets, 1
 *                    and 0 for others (Hu et al. 2008)
 *
 * The same bits for any number of threads and on every instruction set. SY_E_NUMBER: a score is not
 * finite; SY_E_ARGUMENT: a target that is excluded. O(rows x columns).
 */
SY_API sy_status sy_multinomial(const sy_score_matrix *scores, const sy_score_loss *loss,
                                void *scratch, void *gradient, size_t gradient_stride,
                                double *values, double *log_partition_out,
                                double *log_probabilities, sy_error *error);
SY_API sy_status sy_weighted_square(const sy_score_matrix *scores, const sy_score_loss *loss,
                                    void *gradient, size_t gradient_stride, double *values,
                                    sy_error *error);

/*
 * Losses by rank, r from 1 among the items that are not excluded, equal scores by column; sums are
 * over targets p and others q that are neither targets nor excluded:
 *
 *   warp        sum over pairs with q ranked above p of t_p H(min(r_p, k)) (s_q - s_p) with
 *               H(r) = 1 + 1/2 + .. + 1/r (Weston et al. 2011, without sampling or margin).
 *               O(columns log targets) a row
 *   lambdarank  sum over all pairs of t_p |D(r_p) - D(r_q)| / I log(1 + exp(s_q - s_p)) with
 *               D(r) = 1 / log2(1 + r), 0 beyond k, and I the sum of D over as many ranks as there
 *               are targets (Burges et al. 2006). O(columns x targets) a row, with k O(columns x
 *               targets within it)
 *
 * Ranks count as constants in the gradient. work: for `columns` items and threads. The same bits for
 * any number of threads and on every instruction set. Errors as above.
 */
SY_API sy_status sy_warp(const sy_score_matrix *scores, const sy_score_loss *loss, sy_work *work,
                         void *gradient, size_t gradient_stride, double *values, sy_error *error);
SY_API sy_status sy_lambdarank(const sy_score_matrix *scores, const sy_score_loss *loss,
                               sy_work *work, void *gradient, size_t gradient_stride,
                               double *values, sy_error *error);

#ifdef __cplusplus
}
#endif

#endif /* STEELYARD_SPARSE_H */
