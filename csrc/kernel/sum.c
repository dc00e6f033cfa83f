/*
 * sum.c - sums in a fixed order.
 */
#include "kernel/sum.h"

#define LANES 8

/* The tail lands in the lanes that it would have in a full block. */
#define DEFINE_SUM(name, type)                                                                     \
  static double name(const type *x, size_t n) {                                                    \
    double lanes[LANES] = {0};                                                                     \
    size_t i = 0;                                                                                  \
    for (; i + LANES <= n; i += LANES)                                                             \
      for (int j = 0; j < LANES; j++) lanes[j] += (double)x[i + (size_t)j];                        \
    for (size_t j = 0; i + j < n; j++) lanes[j] += (double)x[i + j];                               \
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +                                       \
           ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));                                        \
  }

DEFINE_SUM(sum_f32, float)
DEFINE_SUM(sum_f64, double)
DEFINE_SUM(sum_i32, int32_t)
DEFINE_SUM(sum_i64, int64_t)

double sy_sum(sy_vector vector, size_t n) {
  switch (vector.dtype) {
    case SY_F32: return sum_f32(vector.data, n);
    case SY_F64: return sum_f64(vector.data, n);
    case SY_I32: return sum_i32(vector.data, n);
    case SY_I64: return sum_i64(vector.data, n);
  }
  return 0.0;
}
