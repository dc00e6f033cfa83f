/*
 * softmax.h - passes over a row of scores, compiled once for each instruction set.
 */
#ifndef SY_SOFTMAX_LOOPS_H
#define SY_SOFTMAX_LOOPS_H

#include <stddef.h>

/*
 * For a row x of n numbers of one type. Sums are over 16 fixed lanes in blocks, so that every set
 * gives the same bits; -infinity counts as nothing.
 */
typedef struct sy_softmax_real {
  double (*maximum)(const void *x, size_t n); /* -infinity for n = 0; not for NaN */
  /* y (NULL: not wanted; it may be x) = exp(x - shift), and their sum */
  double (*exp_sum)(const void *x, size_t n, double shift, void *y);
  /* y = factor * exp(x - shift); y may be x */
  void (*exp_scale)(const void *x, size_t n, double shift, double factor, void *y);
  void (*scale)(const void *x, size_t n, double factor, void *y); /* y = factor * x; y may be x */
  double (*squares)(const void *x, size_t n);
  int (*finite)(const void *x, size_t n);
} sy_softmax_real;

typedef struct sy_softmax_loops {
  const char *name;
  sy_softmax_real f32, f64;
} sy_softmax_loops;

#ifdef SY_HAVE_avx512
extern const sy_softmax_loops sy_softmax_loops_avx512;
#endif
#ifdef SY_HAVE_avx2
extern const sy_softmax_loops sy_softmax_loops_avx2;
#endif
extern const sy_softmax_loops sy_softmax_loops_baseline;

#endif
