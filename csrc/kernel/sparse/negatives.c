/*
 * negatives.c - columns that a row has no entry in, drawn without replacement.
 */
#include <string.h>

#include "steelyard/sparse.h"

/* SplitMix64 (Steele, Lea and Flood 2014). */
static inline uint64_t next(uint64_t *state) {
  uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

/* A number below n < 2^31: the high bits of a product, which are even to n / 2^64. */
static inline size_t below(uint64_t *state, size_t n) {
  uint64_t z = next(state), low = (z & UINT32_MAX) * n;
  return (size_t)(((z >> 32) * n + (low >> 32)) >> 32);
}

static void sort(int32_t *ids, size_t n) {
  static const size_t gaps[] = {1750, 701, 301, 132, 57, 23, 10, 4, 1}; /* Ciura 2001 */
  for (size_t g = 0; g < sizeof gaps / sizeof *gaps; g++)
    for (size_t gap = gaps[g], i = gap; i < n; i++) {
      int32_t id = ids[i];
      size_t j = i;
      for (; j >= gap && ids[j - gap] > id; j -= gap) ids[j] = ids[j - gap];
      ids[j] = id;
    }
}

size_t sy_sparse_negatives(const sy_sparse *matrix, size_t most, uint64_t seed, int64_t *offsets,
                           int32_t *ids, int32_t *scratch) {
  size_t at = 0, columns = matrix->columns;
  int32_t *marks = scratch; /* the last row, from 1, that has or drew a column */
  memset(marks, 0, columns * sizeof *marks);
  offsets[0] = 0;
  for (size_t row = 0; row < matrix->rows; row++) {
    int32_t mark = (int32_t)(row + 1);
    uint64_t start = seed, state;
    start = next(&start) + (row + 1) * UINT64_C(0xd1342543de82ef95);
    state = next(&start);
    for (int64_t e = matrix->offsets[row]; e < matrix->offsets[row + 1]; e++)
      marks[matrix->ids[e] - matrix->base] = mark;
    size_t left = columns - (size_t)(matrix->offsets[row + 1] - matrix->offsets[row]);
    size_t need = most < left ? most : left;
    if (need <= left / 2 && left >= columns / 2) {
      size_t first = at;
      while (at < first + need) {
        size_t column = below(&state, columns);
        if (marks[column] == mark) continue;
        marks[column] = mark;
        ids[at++] = (int32_t)column + matrix->base;
      }
      sort(ids + first, need);
    } else {
      /* One after the other, each with the chance that is left (Knuth's algorithm S). */
      for (size_t column = 0; need > 0; column++) {
        if (marks[column] == mark) continue;
        if (below(&state, left--) >= need) continue;
        ids[at++] = (int32_t)column + matrix->base;
        need--;
      }
    }
    offsets[row + 1] = (int64_t)at;
  }
  return at;
}
