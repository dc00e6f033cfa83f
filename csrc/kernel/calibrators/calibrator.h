/*
 * calibrator.h - the inside of a calibrator: its parts, and what evaluation derives from them once.
 */
#ifndef SY_CALIBRATORS_CALIBRATOR_H
#define SY_CALIBRATORS_CALIBRATOR_H

#include "base/base.h"
#include "kernel/calibrators/form.h"

/*
 * A knot and the way to the next, in the map's units, or in bits (form.h) for one in logits.
 * Before the first of them stands one more with its value, for all that lies below.
 */
typedef struct sy_knot {
  double x, y, slope;
  double next; /* the value at the next knot; y where it stays */
} sy_knot;

/*
 * Where among ascending probabilities p a prediction stands: those of knots in logits too, which
 * can so be found while its logarithm is on its way. Cells of equal width in a key that rises with
 * the prediction say how many lie before the cell; halvings from `step` on find the place within
 * it. Behind p stand 2 step infinities, so that these may look past the end.
 */
typedef struct sy_index {
  const double *p;
  const uint32_t *before; /* of each cell */
  int64_t first, last;    /* the least key; the last cell */
  int shift;              /* cell = (key - first) >> shift */
  size_t step;            /* a power of two; twice it is more than any cell has */
} sy_index;

/* Offsets of a table and how they are reached. */
typedef struct sy_cells {
  size_t stride[SY_TABLE_FEATURES]; /* of each feature's code */
  size_t stride_of_bucket;
} sy_cells;

struct sy_calibrator {
  sy_calibrator_parts parts; /* pointing into the same block */
  double inverse_rate;       /* 1 / rate; 1 where nothing is to be undone */
  sy_logistic logistic;
  sy_index index; /* of knots */
  const sy_knot *knots;
  const sy_cells *cells;
  const uint32_t *const *texts; /* of each feature with values: a table of 1 + code by hash */
};

/* The least power of two from n up. */
static inline size_t sy_power_of_two(size_t n) {
  size_t power = 1;
  while (power < n) power *= 2;
  return power;
}

/* Slots of a feature's table of texts: at most half full. */
static inline size_t sy_text_slots(size_t size) { return sy_power_of_two(2 * size); }

uint32_t sy_text_hash(const char *text, size_t length);

/* How many of n ascending numbers are below a value. */
static inline size_t sy_count_below(const double *x, size_t n, double value) {
  size_t low = 0;
  while (n > 0) {
    size_t half = n / 2;
    if (x[low + half] < value) {
      low += half + 1;
      n -= half + 1;
    } else {
      n = half;
    }
  }
  return low;
}

/*
 * The key of a probability: the bits of the distance to its nearer end, so that cells are fine
 * where predictions crowd. Rises from 0's to 1's.
 */
static inline int64_t sy_key_of(double p) {
  const int64_t half = 0x3fe0000000000000; /* the bits of 1/2 */
  double side = sy_from_zero(p < 0.5 ? p : 1.0 - p);
  int64_t bits;
  memcpy(&bits, &side, sizeof bits);
  return p < 0.5 ? bits : 2 * half - bits;
}

static inline size_t sy_cell_of(const sy_index *index, double p) {
  int64_t cell = (sy_key_of(p) - index->first) >> index->shift;
  cell = cell < index->last ? cell : index->last;
  return (size_t)(cell > 0 ? cell : 0);
}

/* How many knots are at or below a prediction. */
static inline size_t sy_index_find(const sy_index *index, double p) {
  size_t at = index->before[sy_cell_of(index, p)];
  for (size_t step = index->step; step > 0; step /= 2)
    at += index->p[at + step - 1] <= p ? step : 0;
  return at;
}

/* What is wrong with parts, if anything. */
sy_status sy_calibrator_check(const sy_calibrator_parts *parts, sy_error *error);

#endif
