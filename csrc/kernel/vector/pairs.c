/*
 * pairs.c - one instruction set's passes over pairs of scores. Compiled once for each set, with
 * SY_SET naming it.
 */
#include "kernel/vector/pairs.h"

#include <math.h>
#include <stdint.h>

#include "kernel/elementary.h"
#include "kernel/vector/exp_f32.h"

#define GLUE_(a, b) a##b
#define GLUE(a, b) GLUE_(a, b)
#define STRING_(x) #x
#define STRING(x) STRING_(x)

#define LANES 16
#define BLOCK 512 /* numbers that lanes take before they are added to a double */

static inline float magnitude_f32(float x) { return fabsf(x); }
static inline double magnitude_f64(double x) { return fabs(x); }
static inline float exp_f32(float x) { return sy_exp_f32(x); }
static inline double exp_f64(double x) { return x < -700.0 ? 0.0 : sy_exp(x); }

/*
 * (2 atanh(s) - 2 s) / s by z = s^2. Floats, centred at 1, go up to s = 1/3; doubles, centred at the
 * root of 2, to 0.172 (fdlibm's series).
 */
static const float centre_f32 = 1.0F, log_centre_f32 = 0.0F;
static const double centre_f64 = 1.41421356237309504880, log_centre_f64 = 0.34657359027997265471;
static inline float series_f32(float z) {
  float z2 = z * z, z4 = z2 * z2;
  float low = (2.0F / 3.0F + z * (2.0F / 5.0F)) + z2 * (2.0F / 7.0F + z * (2.0F / 9.0F));
  return z * (low + z4 * ((2.0F / 11.0F + z * (2.0F / 13.0F)) + z2 * (2.0F / 15.0F)));
}
static inline double series_f64(double z) {
  double w = z * z;
  double even =
      3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01);
  double odd = 6.666666666666735130e-01 +
               w * (2.857142874366239149e-01 +
                    w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01));
  return w * even + z * odd;
}

#define REAL float
#define COUNT int32_t
#define F(name) name##_f32
#include "kernel/vector/pairs.inc"
#undef REAL
#undef COUNT
#undef F
#define REAL double
#define COUNT int64_t
#define F(name) name##_f64
#include "kernel/vector/pairs.inc"
#undef REAL
#undef COUNT
#undef F

const sy_pair_loops GLUE(sy_pair_loops_, SY_SET) = {STRING(SY_SET), logistic_f32, logistic_f64,
                                                    count_above_f32, count_above_f64};
