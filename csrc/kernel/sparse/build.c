/*
 * build.c - sparse matrices of pairs, and which of their entries are shown.
 */
#include <string.h>

#include "steelyard/sparse.h"

/* Places in ascending order of keys (from 1 to count), equal ones as they came: a counting sort. */
static void order_by(const int32_t *keys, const int64_t *from, size_t n, size_t count,
                     int64_t *starts, int64_t *to) {
  memset(starts, 0, (count + 1) * sizeof *starts);
  for (size_t i = 0; i < n; i++) starts[keys[i]]++;
  for (size_t c = 0; c < count; c++) starts[c + 1] += starts[c];
  /* starts[c] now is where keys above c begin, so that keys of c + 1 begin there */
  for (size_t i = 0; i < n; i++) {
    int64_t place = from ? from[i] : (int64_t)i;
    to[starts[keys[place] - 1]++] = place;
  }
}

size_t sy_sparse_build(const int32_t *rows, const int32_t *columns, const float *values, size_t n,
                       size_t row_count, size_t column_count, int64_t *offsets, int32_t *ids,
                       float *sums, int64_t *scratch) {
  int64_t *by_column = scratch, *starts = scratch + n;
  int64_t *row_starts = starts + column_count + 1;
  order_by(columns, NULL, n, column_count, starts, by_column);
  /* Rows are filled in order of columns, so that they ascend; doubles are neighbours. */
  memset(row_starts, 0, (row_count + 1) * sizeof *row_starts);
  for (size_t i = 0; i < n; i++) row_starts[rows[i]]++;
  for (size_t r = 0; r < row_count; r++) row_starts[r + 1] += row_starts[r];
  memcpy(offsets, row_starts, (row_count + 1) * sizeof *offsets);
  for (size_t i = 0; i < n; i++) {
    int64_t place = by_column[i];
    int64_t *end = &row_starts[rows[place] - 1];
    float value = values ? values[place] : 1.0F;
    if (*end > offsets[rows[place] - 1] && ids[*end - 1] == columns[place]) {
      if (sums && value > sums[*end - 1]) sums[*end - 1] = value;
      continue;
    }
    ids[*end] = columns[place];
    if (sums) sums[*end] = value;
    (*end)++;
  }
  /* What doubles left empty is closed. */
  int64_t at = 0;
  for (size_t r = 0; r < row_count; r++) {
    int64_t first = offsets[r], used = row_starts[r] - first;
    memmove(ids + at, ids + first, (size_t)used * sizeof *ids);
    if (sums) memmove(sums + at, sums + first, (size_t)used * sizeof *sums);
    offsets[r] = at;
    at += used;
  }
  offsets[row_count] = at;
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
