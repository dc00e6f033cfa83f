/*
 * build.c - sparse matrices of pairs, and which of their entries are shown.
 */
#include <string.h>

#include "steelyard/sparse.h"

/* A column and the pair that has it, which sort as one number. */
static inline uint64_t key_of(int32_t column, size_t place) {
  return (uint64_t)column << 32 | (uint64_t)place;
}

static void sink(uint64_t *keys, size_t root, size_t n) {
  uint64_t key = keys[root];
  for (size_t child; (child = 2 * root + 1) < n; root = child) {
    if (child + 1 < n && keys[child + 1] > keys[child]) child++;
    if (keys[child] <= key) break;
    keys[root] = keys[child];
  }
  keys[root] = key;
}

/* In place: a shell sort (Ciura's gaps) of few, a heap sort of many. */
static void sort(uint64_t *keys, size_t n) {
  static const size_t gaps[] = {701, 301, 132, 57, 23, 10, 4, 1};
  if (n > 2048) {
    for (size_t i = n / 2; i-- > 0;) sink(keys, i, n);
    for (size_t end = n; end-- > 1;) {
      uint64_t key = keys[0];
      keys[0] = keys[end];
      keys[end] = key;
      sink(keys, 0, end);
    }
    return;
  }
  for (size_t g = 0; g < sizeof gaps / sizeof *gaps; g++)
    for (size_t gap = gaps[g], i = gap; i < n; i++) {
      uint64_t key = keys[i];
      size_t j = i;
      for (; j >= gap && keys[j - gap] > key; j -= gap) keys[j] = keys[j - gap];
      keys[j] = key;
    }
}

static int ascends(const uint64_t *keys, size_t n) {
  for (size_t i = 1; i < n; i++)
    if (keys[i - 1] > keys[i]) return 0;
  return 1;
}

/* Append a row, whose pairs are keys in order; gives where the next one begins. */
static int64_t append(const sy_sparse_pairs *pairs, const uint64_t *keys, size_t n,
                      sy_sparse_made *made, int64_t at) {
  int64_t first = at;
  for (size_t i = 0; i < n; i++) {
    int32_t column = (int32_t)(keys[i] >> 32);
    size_t place = keys[i] & UINT32_MAX;
    if (at > first && made->ids[at - 1] == column) {
      if (pairs->values && pairs->values[place] > made->values[at - 1])
        made->values[at - 1] = pairs->values[place];
      if (pairs->times && pairs->times[place] > made->times[at - 1])
        made->times[at - 1] = pairs->times[place];
      continue;
    }
    made->ids[at] = column;
    if (pairs->values) made->values[at] = pairs->values[place];
    if (pairs->times) made->times[at] = pairs->times[place];
    at++;
  }
  return at;
}

size_t sy_sparse_build(const sy_sparse_pairs *pairs, size_t row_count, sy_sparse_made *made,
                       int64_t *scratch) {
  uint64_t *keys = (uint64_t *)scratch;
  int64_t *ends = scratch + pairs->count, at = 0;
  memset(ends, 0, (row_count + 1) * sizeof *ends);
  for (size_t i = 0; i < pairs->count; i++) ends[pairs->rows[i]]++;
  for (size_t r = 0; r < row_count; r++) ends[r + 1] += ends[r];
  /* ends[r] is where row r + 1, counted from 1, begins; filled, where it ends */
  for (size_t i = 0; i < pairs->count; i++)
    keys[ends[pairs->rows[i] - 1]++] = key_of(pairs->columns[i], i);
  made->offsets[0] = 0;
  for (size_t r = 0; r < row_count; r++) {
    uint64_t *row = keys + (r ? ends[r - 1] : 0);
    size_t n = (size_t)(ends[r] - (r ? ends[r - 1] : 0));
    if (!ascends(row, n)) sort(row, n);
    at = append(pairs, row, n, made, at);
    made->offsets[r + 1] = at;
  }
  return (size_t)at;
}

/* SplitMix64's finish. */
static inline uint64_t mix(uint64_t z) {
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

void sy_sparse_mask(const sy_sparse *matrix, const int64_t *rows, size_t n, const double *keep,
                    uint64_t seed, uint64_t step, unsigned char *shown) {
  const uint64_t golden = UINT64_C(0x9e3779b97f4a7c15);
  const uint64_t of_step = mix(mix(seed + golden) + step * golden);
  for (size_t i = 0; i < n; i++) {
    size_t row = (size_t)rows[i];
    uint64_t of_row = mix(of_step + (row + 1) * golden);
    for (int64_t e = matrix->offsets[row]; e < matrix->offsets[row + 1]; e++) {
      uint64_t id = (uint64_t)(matrix->ids[e] - matrix->base) + 1;
      double draw = (double)(mix(of_row + id * golden) >> 11) * 0x1p-53;
      *shown++ = draw < keep[i];
    }
  }
}
