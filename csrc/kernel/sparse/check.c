/*
 * check.c - is it a sparse matrix?
 */
#include "base/base.h"
#include "steelyard/sparse.h"

sy_status sy_sparse_check(const sy_sparse *matrix, const char *name, sy_error *error) {
  const int64_t *offsets = matrix->offsets;
  if (offsets[0] != 0)
    return sy_fail(error, SY_E_ARGUMENT, "%s.offsets[1]: expected 0, got %lld", name,
                   (long long)offsets[0]);
  for (size_t r = 0; r < matrix->rows; r++) {
    int64_t before = (int64_t)matrix->base - 1;
    if (offsets[r + 1] < offsets[r])
      return sy_fail(error, SY_E_ARGUMENT, "%s.offsets[%zu]: %lld is below the one before it", name,
                     r + 2, (long long)offsets[r + 1]);
    if (offsets[r + 1] > offsets[matrix->rows])
      return sy_fail(error, SY_E_ARGUMENT, "%s.offsets[%zu]: %lld is above the last one, %lld",
                     name, r + 2, (long long)offsets[r + 1], (long long)offsets[matrix->rows]);
    for (int64_t e = offsets[r]; e < offsets[r + 1]; e++) {
      int64_t id = matrix->ids[e];
      if (id < matrix->base || (uint64_t)(id - matrix->base) >= matrix->columns)
        return sy_fail(error, SY_E_ARGUMENT, "%s.ids[%lld]: %lld is not from %d to %zu", name,
                       (long long)e + 1, (long long)id, (int)matrix->base,
                       matrix->columns + (size_t)matrix->base - 1);
      if (id <= before)
        return sy_fail(error, SY_E_ARGUMENT,
                       "%s.ids[%lld]: row %zu must ascend, and %lld comes behind %lld", name,
                       (long long)e + 1, r + 1, (long long)id, (long long)before);
      before = id;
    }
  }
  return SY_OK;
}
