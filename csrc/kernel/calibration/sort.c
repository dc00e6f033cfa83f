/*
 * sort.c - rows in ascending order of their predictions.
 */
#include "kernel/calibration/rows.h"

/* So few rows are sorted by insertion. */
#define FEW 24

#define DIGITS SY_SORT_DIGITS

/*
 * Buckets: of 2^shift places each, 2^(DIGITS bits) of them from `low` on; what is below is in the
 * first.
 */
typedef struct grid {
  uint64_t low;
  int shift, bits;
} grid;

static inline uint64_t above(grid g, uint64_t place) { return place > g.low ? place - g.low : 0; }

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
  int bits = bits_of(n) / DIGITS + 2, width;
  grid g = {lowest, 0, bits < SY_SORT_BITS ? bits : SY_SORT_BITS};
  if (round == 0 && highest - lowest > octaves) g.low = highest - octaves;
  width = bits_of(highest - g.low);
  g.shift = width > DIGITS * g.bits ? width - DIGITS * g.bits : 0;
  return g;
}

static void start_digits(size_t *counts, size_t digits) {
  size_t before = 0;
  for (size_t d = 0; d < digits; d++) {
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

void sy_sort_keys(uint64_t *keys, uint64_t *sorted, size_t n, uint64_t lowest, uint64_t highest,
                  size_t *counters) {
  sort_between_keys(keys, sorted, n, lowest, highest, counters, 0);
}

void sy_sort_rows(sy_row *rows, sy_row *sorted, size_t n, uint64_t lowest, uint64_t highest,
                  size_t *counters) {
  sort_between_rows(rows, sorted, n, lowest, highest, counters, 0);
}
