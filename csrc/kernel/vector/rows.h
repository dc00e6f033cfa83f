/*
 * rows.h - weighted sums of a matrix's rows, compiled once for each instruction set.
 */
#ifndef SY_ROWS_LOOPS_H
#define SY_ROWS_LOOPS_H

#include <stddef.h>
#include <stdint.h>

typedef struct sy_row_loops {
  const char *name;
  /*
   * out[j] = sum over e < n of values[e] (NULL: 1) * matrix[(ids[e] - base) * stride + j] for j <
   * width, in the order of e.
   */
  void (*sum)(const float *matrix, size_t stride, const int32_t *ids, int32_t base,
              const float *values, size_t n, size_t width, float *out);
} sy_row_loops;

#ifdef SY_HAVE_avx512
extern const sy_row_loops sy_row_loops_avx512;
#endif
#ifdef SY_HAVE_avx2
extern const sy_row_loops sy_row_loops_avx2;
#endif
extern const sy_row_loops sy_row_loops_baseline;

#endif
