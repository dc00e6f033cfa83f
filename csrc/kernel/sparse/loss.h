/*
 * loss.h - what losses of scores against few targets share.
 */
#ifndef SY_SPARSE_LOSS_H
#define SY_SPARSE_LOSS_H

#include "base/base.h"
#include "kernel/sparse/score.h"

/* Refuse rows with a target that is excluded, and matrices that do not fit the scores. */
sy_status sy_check_score_loss(const sy_score_matrix *scores, const sy_score_loss *loss,
                              sy_error *error);

/* A row that could not be done: say which score is not finite, or else which number given with it. */
sy_status sy_fail_score_loss(const sy_score_matrix *scores, const sy_score_loss *loss, size_t row,
                             sy_error *error);

/* Scores are changed for a while where items are excluded, or become their gradient. */
static inline void *sy_writable_scores(const sy_score_matrix *scores) {
  return (void *)(uintptr_t)scores->numbers.data;
}

static inline double sy_row_weight(const sy_score_loss *loss, size_t rows, size_t row) {
  return loss->row_weights ? loss->row_weights[row] : 1.0 / (double)rows;
}

static inline double sy_target_weight(const sy_score_loss *loss, int64_t entry) {
  if (loss->target_weights) return loss->target_weights[entry];
  return loss->targets->values ? (double)loss->targets->values[entry] : 1.0;
}

#endif
