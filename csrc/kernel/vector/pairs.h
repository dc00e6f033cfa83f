/*
 * pairs.h - logistic losses of pairs of scores, compiled once for each instruction set.
 */
#ifndef SY_PAIR_LOOPS_H
#define SY_PAIR_LOOPS_H

#include <stddef.h>
#include <stdint.h>

/*
 * One score p of discount d against n others, x of discounts e (numbers of one type): pair i weighs
 * w = weight * |e[i] - d|, and its loss is w log(1 + exp(x[i] - p)). Adds each pair's slope by x[i],
 * w / (1 + exp(p - x[i])), to slopes[i]; gives the sum of slopes and that of losses. Sums are over 16
 * fixed lanes in blocks, so that every set gives the same bits.
 */
typedef double (*sy_pair_loop)(const void *x, const void *e, size_t n, double p, double d,
                               double weight, void *slopes, double *loss);

/* counts[i] = how many of n levels are above x[i]. O(n x columns). */
typedef void (*sy_count_loop)(const double *levels, size_t n, const void *x, size_t columns,
                              int32_t *counts);

typedef struct sy_pair_loops {
  const char *name;
  sy_pair_loop f32, f64;
  sy_count_loop above_f32, above_f64;
} sy_pair_loops;

#ifdef SY_HAVE_avx512
extern const sy_pair_loops sy_pair_loops_avx512;
#endif
#ifdef SY_HAVE_avx2
extern const sy_pair_loops sy_pair_loops_avx2;
#endif
extern const sy_pair_loops sy_pair_loops_baseline;

#endif
