/*
 * rank.h - the best columns of a row that are not seen.
 */
#ifndef SY_SPARSE_RANK_H
#define SY_SPARSE_RANK_H

#include "kernel/sparse/score.h"
#include "kernel/work.h"

/* Refuse scores, and matrices beside them, that do not fit each other or the work. */
sy_status sy_check_scores(const sy_score_matrix *scores, const sy_sparse *matrix, const char *name,
                          const sy_work *work, sy_error *error);

/* SY_E_NUMBER: which score of a row is NaN. */
sy_status sy_fail_score_row(const sy_score_matrix *scores, size_t row, sy_error *error);

/* The columns that are not in a row of seen (NULL: all). */
size_t sy_unseen_columns(const sy_score_matrix *scores, const sy_sparse *seen, size_t row);

/*
 * The first `places` columns of a row's ranking, from 0, into slot->order; no more than are unseen.
 * Returns 0 where a score is NaN. slot->bits[0] must be clear, and is again.
 */
int sy_rank_unseen(const sy_score_matrix *scores, const sy_sparse *seen, size_t row, size_t places,
                   const sy_work *work, sy_slot *slot);

/* Set a bit for each of a row's columns; or clear their words. */
void sy_mark_columns(const sy_sparse *matrix, size_t row, uint64_t *bits);
void sy_clear_columns(const sy_sparse *matrix, size_t row, uint64_t *bits);

#endif
