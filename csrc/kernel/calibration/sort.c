/*
 * sort.c - rows in ascending order of their predictions.
 */
#include "kernel/calibration/rows.h"

/* So few rows are sorted by insertion. */
#define FEW 24

/* Buckets: all below `low`, and then 2^(2 bits) of them, each of 2^shift places. */
typedef struct grid {
  uint64_t low;
  int shift, bits;
} grid;

static inline uint64_t bucket_of(const grid *g, uint64_t place) {
  return (place > g->low ? place - g->low : 0) >> g->shift;
}

static int bits_of(uint64_t x) {
  int bits = 0;
  for (; x; x >>= 1) bits++;
  return bits;
}

/*
 * In the first round only the highest 24 powers of two are told apart: a few zeros or very small
 * predictions would else leave too few buckets for the others.
 */
static grid make_grid(size_t n, uint64_t lowest, uint64_t highest, int round) {
  const uint64_t octaves = UINT64_C(24) << 52;
  grid g;
  int bits = (bits_of(n) + 1) / 2, width;
  g.low = lowest;
  if (round == 0 && highest - lowest > octaves) g.low = highest - octaves;
  g.bits = bits < SY_SORT_DIGIT ? bits : SY_SORT_DIGIT;
  width = bits_of(highest - g.low);
  g.shift = width > 2 * g.bits ? width - 2 * g.bits : 0;
  return g;
}

static void start_digits(size_t *counts, int bits) {
  size_t before = 0;
  for (size_t d = 0; d < (size_t)1 << bits; d++) {
    size_t count = counts[d];
    counts[d] = before;
    before += count;
  }
}

#define ROW uint64_t
#define PLACE(row) ((row) >> 1)
#define F(name) name##_keys
#include "kernel/calibration/sort.inc"
#undef ROW
#undef PLACE
#undef F

#define ROW sy_row
#define PLACE(row) ((row).key >> 1)
#define F(name) name##_rows
#include "kernel/calibration/sort.inc"

void sy_sort_keys(uint64_t *keys, uint64_t *spare, size_t n, size_t *counters) {
  sort_range_keys(keys, spare, n, counters, 0);
}

void sy_sort_rows(sy_row *rows, sy_row *spare, size_t n, size_t *counters) {
  sort_range_rows(rows, spare, n, counters, 0);
}
