/*
 * mask.c - which entries of a row are seen.
 */
#include <math.h>

#include "base/base.h"
#include "steelyard/sparse.h"

/* SplitMix64's last step: a bijection that leaves no trace of counting. */
static uint64_t scramble(uint64_t z) {
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static uint64_t add_key(uint64_t key, uint64_t number) {
  return scramble(key + (number + 1) * UINT64_C(0x9e3779b97f4a7c15));
}

/* What an entry of a row is divided by, but for `keep`. */
static double norm_of(const sy_sparse *m, int64_t from, int64_t to, int normalize) {
  double sum = 0;
  if (!normalize || from == to) return 1.0;
  if (!m->values) return sqrt((double)(to - from));
  for (int64_t e = from; e < to; e++) sum += (double)m->values[e] * (double)m->values[e];
  return sum > 0.0 ? sqrt(sum) : 1.0;
}

void sy_sparse_mask(const sy_sparse *matrix, const sy_mask *mask, int64_t *seen_offsets,
                    int32_t *seen_ids, float *seen_values, int64_t *unseen_offsets,
                    int32_t *unseen_ids, float *unseen_values) {
  uint64_t key = add_key(add_key(UINT64_C(0x6d61736b), mask->seed), mask->step);
  int64_t seen = 0, unseen = 0;
  seen_offsets[0] = unseen_offsets[0] = 0;
  for (size_t i = 0; i < mask->count; i++) {
    int64_t row = mask->which[i], from = matrix->offsets[row], to = matrix->offsets[row + 1];
    double keep = mask->keep[mask->keep_each ? i : 0];
    double norm = norm_of(matrix, from, to, mask->normalize) * keep;
    uint64_t row_key = add_key(key, (uint64_t)row);
    for (int64_t e = from; e < to; e++) {
      uint64_t bits = add_key(row_key, (uint64_t)(matrix->ids[e] - matrix->base));
      double value = matrix->values ? (double)matrix->values[e] : 1.0;
      if ((double)(bits >> 11) * 0x1p-53 < keep) {
        seen_ids[seen] = matrix->ids[e];
        seen_values[seen++] = (float)(value / norm);
      } else {
        unseen_ids[unseen] = matrix->ids[e];
        if (unseen_values) unseen_values[unseen] = (float)value;
        unseen++;
      }
    }
    seen_offsets[i + 1] = seen;
    unseen_offsets[i + 1] = unseen;
  }
}
