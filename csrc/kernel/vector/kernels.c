/*
 * kernels.c - one instruction set's kernels. Compiled once for each set, with SY_SET naming it.
 */
#include "kernel/vector/kernels.h"

#include <math.h>
#include <string.h>

#ifdef __SSE2__
#include <immintrin.h>
#endif

#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
#define SY_AVX512 1
#define VECTOR_BYTES 64
#elif defined(__AVX2__)
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#endif

#define GLUE_(a, b) a##b
#define GLUE(a, b) GLUE_(a, b)

/* Up to so many items are ordered by counting, for each, how many come before it. */
#define COUNTING_LIMIT 192

static inline double fold(const double *lane) {
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

/* The rest goes into lanes that have left their array: no load waits for stores of another width. */
static double dot(const double *a, const double *b, size_t n) {
  double lane[8] = {0};
  size_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (size_t l = 0; l < 8; l++) lane[l] += a[i + l] * b[i + l];
  double l0 = lane[0], l1 = lane[1], l2 = lane[2], l3 = lane[3];
  double l4 = lane[4], l5 = lane[5], l6 = lane[6];
  switch (n - i) {
    case 7: l6 += a[i + 6] * b[i + 6]; /* fall through */
    case 6: l5 += a[i + 5] * b[i + 5]; /* fall through */
    case 5: l4 += a[i + 4] * b[i + 4]; /* fall through */
    case 4: l3 += a[i + 3] * b[i + 3]; /* fall through */
    case 3: l2 += a[i + 2] * b[i + 2]; /* fall through */
    case 2: l1 += a[i + 1] * b[i + 1]; /* fall through */
    case 1: l0 += a[i] * b[i];
  }
  return ((l0 + l4) + (l2 + l6)) + ((l1 + l5) + (l3 + lane[7]));
}

/* Of so many streams the top hundreds are selected from. */
static inline size_t wide_streams(size_t places) { return places <= 112 ? 256 : 640; }

#include "kernel/vector/sketch.inc"

/* The type parameters of the templates below. */
#define REAL float
#define KEY uint32_t
#define COUNT int32_t
#define SY_REAL_IS_FLOAT 1
#define SY_SUFFIX ps
#define F(name) name##_f32
#include "kernel/vector/lanes.inc"
#include "kernel/vector/score.inc"
#include "kernel/vector/radix.inc"
#include "kernel/vector/order.inc"
#undef REAL
#undef KEY
#undef COUNT
#undef SY_REAL_IS_FLOAT
#undef SY_SUFFIX
#undef LANES
#undef WITH_INTRINSIC
#undef F

#define REAL double
#define KEY uint64_t
#define COUNT int64_t
#define SY_REAL_IS_FLOAT 0
#define SY_SUFFIX pd
#define F(name) name##_f64
#include "kernel/vector/lanes.inc"
#include "kernel/vector/score.inc"
#include "kernel/vector/radix.inc"
#include "kernel/vector/order.inc"
#undef REAL
#undef KEY
#undef COUNT
#undef SY_REAL_IS_FLOAT
#undef SY_SUFFIX
#undef LANES
#undef WITH_INTRINSIC
#undef F

#include "kernel/vector/smooth.inc"
#include "kernel/vector/calibration.inc"
#include "kernel/vector/logistic.inc"
#include "kernel/vector/likelihood.inc"
#include "kernel/vector/objective.inc"

/* Which of n values reach a level (or, with strict, are above it), a bit each; n / 64 + 1 words. */
static void mark(const double *values, size_t n, double level, int strict, uint64_t *bits) {
  for (size_t i = 0; i <= n / 64; i++) {
    size_t left = n - 64 * i < 64 ? n - 64 * i : 64;
    uint64_t word = 0;
    for (size_t b = 0; b < left; b++) {
      double value = values[64 * i + b];
      word |= (uint64_t)(strict ? value > level : value >= level) << b;
    }
    bits[i] = word;
  }
}

#define STRING_(x) #x
#define STRING(x) STRING_(x)

#define KERNELS(T)                                                                                 \
  {                                                                                                \
    score_##T, has_nan_##T, has_infinite_##T, load_##T, order_##T, order_batch_##T, largest_##T,   \
        largest_batch_##T, weigh_##T, weigh_largest_##T, refine_##T, gather_##T, count_above_##T   \
  }

const sy_kernels GLUE(sy_kernels_, SY_SET) = {
    .name = STRING(SY_SET),
    .f32 = KERNELS(f32),
    .f64 = KERNELS(f64),
    .dot = dot,
    .mark = mark,
    .soft_ranks = soft_ranks,
    .soft_rank_gradient = soft_rank_gradient,
    .proper_scores = proper_scores,
    .sum_atoms = sum_atoms,
    .logistic = logistic,
    .probabilities = probabilities,
    .likelihood = likelihood,
    .sum_cell = sum_cell,
    .spread_cell = spread_cell,
    .cross_entropies = cross_entropies,
    .sigmoids = sigmoids,
    .exponentials = exponentials,
};
