/*
 * rows.h - rows of (prediction, label, weight) on their way into a curve.
 */
#ifndef SY_CALIBRATION_ROWS_H
#define SY_CALIBRATION_ROWS_H

#include <math.h>
#include <string.h>

#include "base/base.h"

/*
 * Weights that are not 0 lie between these, so that no sum of their squares overflows or vanishes.
 */
#define SY_WEIGHT_LEAST 1e-100
#define SY_WEIGHT_MOST 1e100

/* So many rows are looked at at a time, as doubles. */
#define SY_ROWS_BLOCK 256

/*
 * p, y and w point into the rows themselves, or to the copies behind; w is NULL where there are
 * none.
 */
typedef struct sy_rows_block {
  size_t n;
  const double *p, *y, *w;
  double copies[3][SY_ROWS_BLOCK];
} sy_rows_block;

/* Rows `from` on, up to SY_ROWS_BLOCK of them, as they are. */
void sy_rows_peek(const sy_labelled *rows, size_t from, sy_rows_block *block);

/* The same, checked: the first bad row of the block is described in error. */
sy_status sy_rows_load(const sy_labelled *rows, size_t from, sy_rows_block *block, sy_error *error);

/* Are all rows good? */
sy_status sy_rows_check(const sy_labelled *rows, sy_error *error);

/* Are the types those that rows may have? */
sy_status sy_rows_check_types(const sy_labelled *rows, sy_error *error);

/*
 * A prediction's place in ascending order: the bits of a double from 0 up grow with it. They leave
 * the highest bit free, so that what is sorted is 2 * place, and a label of 0 or 1 may ride in the
 * lowest.
 */
static inline uint64_t sy_place_of(double p) {
  uint64_t bits;
  p += 0.0; /* -0 is 0 */
  memcpy(&bits, &p, sizeof bits);
  return bits;
}

static inline double sy_place_value(uint64_t place) {
  double p;
  memcpy(&p, &place, sizeof p);
  return p;
}

/* A row that is more than a place and a label of 0 or 1. */
typedef struct sy_row {
  uint64_t key;
  double y, w;
} sy_row;

/* What the sorts below count with. */
#define SY_SORT_DIGITS 3
#define SY_SORT_BITS 9
#define SY_SORT_COUNTERS (SY_SORT_DIGITS << SY_SORT_BITS)

/*
 * Sort by place (key / 2), equal places in any order, from the first to the second array; the first
 * is used up. lowest, highest: place. counters: SY_SORT_COUNTERS. O(n), whatever the keys.
 */
void sy_sort_keys(uint64_t *keys, uint64_t *sorted, size_t n, uint64_t lowest, uint64_t highest,
                  size_t *counters);
void sy_sort_rows(sy_row *rows, sy_row *sorted, size_t n, uint64_t lowest, uint64_t highest,
                  size_t *counters);

/*
 * A sum that does not depend on the order of its terms, to a bit: integers of 128 bits in units of
 * the largest term's last places. Terms are finite, from 0 up.
 */
typedef struct sy_any_order {
  double scale, unit;
  uint64_t low, high;
} sy_any_order;

static inline sy_any_order sy_any_order_start(double largest) {
  sy_any_order sum = {1.0, 1.0, 0, 0};
  int exponent;
  (void)frexp(largest, &exponent);
  if (exponent < -900) exponent = -900;
  sum.scale = ldexp(1.0, 62 - exponent);
  sum.unit = ldexp(1.0, exponent - 62);
  return sum;
}

static inline void sy_any_order_add(sy_any_order *sum, double term) {
  uint64_t whole = (uint64_t)(term * sum->scale);
  sum->low += whole;
  sum->high += sum->low < whole;
}

static inline double sy_any_order_total(const sy_any_order *sum) {
  return ((double)sum->high * 0x1p64 + (double)sum->low) * sum->unit;
}

#endif
