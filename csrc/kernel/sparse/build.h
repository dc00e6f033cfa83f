/*
 * build.h - the two halves of sy_sparse_build, between which the pairs may go.
 */
#ifndef SY_SPARSE_BUILD_H
#define SY_SPARSE_BUILD_H

#include "base/base.h"
#include "steelyard/sparse.h"

/* Pairs sorted by column, in the order of the input: rows, values and places of each. */
typedef struct sy_by_column {
  size_t count, shape_rows, shape_columns;
  int64_t *starts;
  int32_t *rows;
  float *values;
  uint32_t *order;
} sy_by_column;

/* starts: shape_columns + 1; middle: sy_sparse_middle bytes, which hold the rest. */
sy_by_column sy_sort_by_column(const sy_sparse_pairs *pairs, int with_order, int64_t *starts,
                               void *middle);

size_t sy_sort_by_row(const sy_by_column *c, int32_t base, int64_t *offsets, int32_t *ids,
                      float *values, uint32_t *order);

#endif
