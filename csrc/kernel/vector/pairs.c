/*
 * pairs.c - one instruction set's passes over pairs of scores. Compiled once for each set, with
 * SY_SET naming it.
 */
#include "kernel/vector/pairs.h"

#include <math.h>

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
static inline float ln1p_f32(float x) { return sy_ln1p_f32(x); }
static inline double ln1p_f64(double x) { return sy_ln1p(x); }

#define REAL float
#define F(name) name##_f32
#include "kernel/vector/pairs.inc"
#undef REAL
#undef F
#define REAL double
#define F(name) name##_f64
#include "kernel/vector/pairs.inc"
#undef REAL
#undef F

const sy_pair_loops GLUE(sy_pair_loops_, SY_SET) = {STRING(SY_SET), logistic_f32, logistic_f64};
