/*
 * candidates.c - how one positive ranks among given negatives.
 */
#include "base/base.h"
#include "kernel/elementary.h"
#include "steelyard/sparse.h"

static double score_of(const sy_score_matrix *scores, size_t row, size_t column) {
  size_t place = row * scores->stride + column;
  if (scores->numbers.dtype == SY_F32) return (double)((const float *)scores->numbers.data)[place];
  return ((const double *)scores->numbers.data)[place];
}

static sy_status refuse(size_t row, size_t column, sy_error *error) {
  return sy_fail(error, SY_E_NUMBER, "scores: row %zu, column %zu is not a number", row + 1,
                 column + 1);
}

static double metric_of(const sy_cf_wanted *wanted, size_t rank) {
  const double ln2 = 6.931471805599453094e-01;
  if (rank >= wanted->k) return 0.0;
  switch (wanted->metric) {
    case SY_CF_NDCG:
    case SY_CF_DCG: return ln2 / sy_ln((double)(rank + 2));
    case SY_CF_RECALL:
    case SY_CF_HIT: return 1.0;
    case SY_CF_PRECISION: return 1.0 / (double)wanted->k;
    case SY_CF_AP:
    case SY_CF_RR: return 1.0 / (double)(rank + 1);
  }
  return 0.0;
}

sy_status sy_cf_candidates(const sy_score_matrix *scores, const int32_t *positives,
                           const sy_sparse *negatives, sy_cf_ties ties, const sy_cf_wanted *wanted,
                           size_t count, double *values, sy_error *error) {
  for (size_t row = 0; row < scores->rows; row++) {
    size_t positive = (size_t)positives[row], rank = 0;
    double own = score_of(scores, row, positive);
    if (own != own) return refuse(row, positive, error);
    for (int64_t e = negatives->offsets[row]; e < negatives->offsets[row + 1]; e++) {
      size_t column = (size_t)(negatives->ids[e] - negatives->base);
      double score = score_of(scores, row, column);
      if (score != score) return refuse(row, column, error);
      if (column == positive) continue;
      if (score > own) rank++;
      else if (score == own)
        rank += ties == SY_CF_TIES_WORST || (ties == SY_CF_TIES_NUMBER && column < positive);
    }
    for (size_t m = 0; m < count; m++) values[row * count + m] = metric_of(&wanted[m], rank);
  }
  return SY_OK;
}
