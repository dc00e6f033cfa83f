/*
 * softmax.c - one instruction set's passes over rows of scores. Compiled once for each set, with
 * SY_SET naming it.
 */
#include "kernel/vector/softmax.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "kernel/elementary.h"

#define GLUE_(a, b) a##b
#define GLUE(a, b) GLUE_(a, b)
#define STRING_(x) #x
#define STRING(x) STRING_(x)

#define LANES 16
#define BLOCK 512 /* numbers that lanes take before they are added to a double */

/*
 * exp of a float, to about 1e-7 relative: 2^k times a polynomial of the rest, which lies within ln 2 / 2 of
 * 0 (Cephes' coefficients). Below -87 it is 0, above 88 that of 88.
 */
static inline float exp_f32(float x) {
  const float most = 88.0F, least = -87.0F, log2e = 1.44269504088896341F;
  const float high = 0.693359375F, low = -2.12194440e-4F, magic = 12582912.0F; /* 1.5 * 2^23 */
  float held = x > most ? most : x;
  held = held < least ? least : held;
  float shifted = held * log2e + magic;
  float k = shifted - magic;
  float r = held - k * high;
  r = r - k * low;
  float p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * (r * r) + r + 1.0F;
  int32_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (int32_t)(((uint32_t)bits + 127U) << 23);
  float scale;
  memcpy(&scale, &bits, sizeof scale);
  return x < least ? 0.0F : p * scale;
}

static inline double exp_f64(double x) { return x < -700.0 ? 0.0 : sy_exp(x); }

#define REAL float
#define F(name) name##_f32
#include "kernel/vector/softmax.inc"
#undef REAL
#undef F
#define REAL double
#define F(name) name##_f64
#include "kernel/vector/softmax.inc"
#undef REAL
#undef F

#define TABLE(type)                                                                                \
  {                                                                                                \
    maximum_##type, exp_sum_##type, exp_scale_##type, scale_squares_##type, squares_##type,        \
        finite_##type                                                                              \
  }

const sy_softmax_loops GLUE(sy_softmax_loops_, SY_SET) = {STRING(SY_SET), TABLE(f32), TABLE(f64)};
