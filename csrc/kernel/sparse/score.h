/*
 * score.h - a number of a matrix of scores.
 */
#ifndef SY_SPARSE_SCORE_H
#define SY_SPARSE_SCORE_H

#include "kernel/work.h"
#include "steelyard/sparse.h"

static inline double sy_score_at(const sy_score_matrix *scores, size_t row, size_t column) {
  return sy_vector_at(scores->numbers, row * scores->stride + column);
}

#endif
