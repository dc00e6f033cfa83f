/*
 * selection.c - the ranks that rows have where equal scores share them.
 */
#include "base/base.h"
#include "kernel/work.h"
#include "steelyard/segments.h"

void sy_selection_places(sy_vector scores, const int64_t *order, sy_requests requests,
                         int32_t *first, int32_t *last) {
  for (size_t r = 0; r < requests.count; r++) {
    int64_t start = requests.offsets[r], end = requests.offsets[r + 1];
    for (int64_t from = start, to; from < end; from = to) {
      double score = sy_vector_at(scores, (size_t)order[from]);
      for (to = from + 1; to < end && sy_vector_at(scores, (size_t)order[to]) == score; to++) {
      }
      for (int64_t i = from; i < to; i++) {
        first[order[i]] = (int32_t)(from - start + 1);
        last[order[i]] = (int32_t)(to - start);
      }
    }
  }
}

void sy_selection_shares(const int32_t *first, const int32_t *last, size_t n, int32_t low,
                         int32_t high, const double *weights, double *shares) {
  for (size_t i = 0; i < n; i++) {
    int32_t from = first[i] > low ? first[i] : low, to = last[i] < high ? last[i] : high;
    double share = to < from ? 0.0 : (double)(to - from + 1) / (double)(last[i] - first[i] + 1);
    shares[i] = weights ? share * weights[i] : share;
  }
}
