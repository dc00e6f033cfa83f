/*
 * elementwise.h - loops over single numbers, compiled once for each instruction set and reached by a
 * table. Everything is computed in doubles; every set gives the same bits.
 */
#ifndef SY_ELEMENTWISE_LOOPS_H
#define SY_ELEMENTWISE_LOOPS_H

#include <stddef.h>

#include "steelyard.h"

typedef enum sy_combination { SY_ADD, SY_SUBTRACT, SY_MULTIPLY, SY_DIVIDE } sy_combination;

typedef enum sy_function {
  SY_EXP,
  SY_LOG,
  SY_SIGMOID,
  SY_SQUARE,
  SY_SQRT,
  SY_ABS,
  SY_NEGATE,
  SY_CLIP
} sy_function;

typedef struct sy_loops {
  const char *name;
  /* out = a + factor b, a - b, a b, a / b. out may be a or b. */
  void (*combine)(sy_combination kind, const double *a, const double *b, double factor, size_t n,
                  double *out);
  /*
   * A function of each number, as IEEE 754 has it: exp and log overflow to infinities, log of what
   * is below 0 is NaN, NaN stays. To about 2 units in the last place. low, high: of SY_CLIP.
   */
  void (*map)(sy_function kind, const double *x, double low, double high, size_t n, double *out);
  void (*widen)(const float *x, size_t n, double *out);
  void (*narrow)(const double *x, size_t n, float *out);
} sy_loops;

#ifdef SY_HAVE_avx512
extern const sy_loops sy_loops_avx512;
#endif
#ifdef SY_HAVE_avx2
extern const sy_loops sy_loops_avx2;
#endif
extern const sy_loops sy_loops_baseline;

#endif
