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

#ifdef __cplusplus
}
#endif

#endif /* STEELYARD_SPARSE_H */
