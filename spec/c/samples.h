/*
 * samples.h - random interactions for C tests, and algebra on small matrices.
 */
#ifndef SAMPLES_H
#define SAMPLES_H

#include <string.h>

#include "steelyard/sparse.h"

#define MOST 41

/* Random rows; every third row is empty; weighted ones have values from 1/8 to 2. */
typedef struct sample {
  sy_sparse x;
  int64_t offsets[65];
  int32_t ids[64 * MOST];
  float values[64 * MOST];
  double dense[64][MOST];
} sample;

static uint64_t draw(uint64_t *state) {
  *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return *state >> 33;
}

static void fill(sample *s, size_t rows, size_t columns, int weighted, int32_t base) {
  uint64_t state = rows * 1000 + columns * 2 + (uint64_t)weighted;
  size_t count = 0;
  memset(s, 0, sizeof *s);
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = 0; c < columns && r % 3 != 2; c++) {
      if (draw(&state) % 10 >= 3) continue;
      s->values[count] = weighted ? (float)(draw(&state) % 16 + 1) / 8.0F : 1.0F;
      s->dense[r][c] = (double)s->values[count];
      s->ids[count++] = (int32_t)c + base;
    }
    s->offsets[r + 1] = (int64_t)count;
  }
  s->x = (sy_sparse){rows, columns, s->offsets, s->ids, weighted ? s->values : NULL, base};
}

static inline double product(const sample *s, size_t i, size_t j) {
  double sum = 0;
  for (size_t r = 0; r < s->x.rows; r++) sum += s->dense[r][i] * s->dense[r][j];
  return sum;
}

/* Gauss-Jordan without pivoting, which a positive definite matrix does not need. */
static inline void invert(double *a, size_t n) {
  for (size_t k = 0; k < n; k++) {
    double pivot = a[k * n + k];
    a[k * n + k] = 1;
    for (size_t j = 0; j < n; j++) a[k * n + j] /= pivot;
    for (size_t i = 0; i < n; i++) {
      double factor = a[i * n + k];
      if (i == k) continue;
      a[i * n + k] = 0;
      for (size_t j = 0; j < n; j++) a[i * n + j] -= factor * a[k * n + j];
    }
  }
}

#endif
