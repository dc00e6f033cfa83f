/*
 * coordinates.h - the inner loop of coordinate descent, compiled once for each instruction set and
 * reached by a table. Each number moves by itself, so every set gives the same bits.
 */
#ifndef SY_LEARN_COORDINATES_H
#define SY_LEARN_COORDINATES_H

#include <stddef.h>

typedef struct sy_coordinates {
  const char *name;
  /* residual[i] -= step * column[i] */
  void (*step_f32)(const float *column, double step, size_t n, double *residual);
  void (*step_f64)(const double *column, double step, size_t n, double *residual);
} sy_coordinates;

#ifdef SY_HAVE_avx512
extern const sy_coordinates sy_coordinates_avx512;
#endif
#ifdef SY_HAVE_avx2
extern const sy_coordinates sy_coordinates_avx2;
#endif
extern const sy_coordinates sy_coordinates_baseline;

#endif
