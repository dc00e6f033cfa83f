/*
 * softmax.c - one instruction set's passes over rows of scores. Compiled once for each set, with
 * SY_SET naming it.
 */
#include "kernel/vector/softmax.h"

#include <math.h>
#include <string.h>

#include "kernel/elementary.h"
#include "kernel/vector/exp_f32.h"

#define GLUE_(a, b) a##b
#define GLUE(a, b) GLUE_(a, b)
#define STRING_(x) #x
#define STRING(x) STRING_(x)

#define LANES 16
#define BLOCK 512 /* numbers that lanes take before they are added to a double */

static inline float exp_f32(float x) { return sy_exp_f32(x); }
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
  { maximum_##type, exp_sum_##type, exp_scale_##type, scale_##type, squares_##type, finite_##type }

const sy_softmax_loops GLUE(sy_softmax_loops_, SY_SET) = {STRING(SY_SET), TABLE(f32), TABLE(f64)};
