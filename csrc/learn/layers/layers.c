/*
 * layers.c - what each kind of layer does, for one instruction set (SY_SET) and both types of
 * numbers. Sums run in one fixed order, so only the BLAS's products depend on the machine.
 */
#include <math.h>
#include <string.h>

#include "kernel/elementary.h"
#include "learn/gemm.h"
#include "learn/net.h"

#define GLUE_(a, b) a##b
#define GLUE(a, b) GLUE_(a, b)
#define STRING_(x) #x
#define STRING(x) STRING_(x)

/* exp(x) - 1 without loss near 0, for x up to 0. */
static inline double expm1_of(double x) {
  /* Twice Kahan's correction: u = exp(x) rounded, and (u - 1) x / ln u. */
  double u = sy_exp(x), less = u - 1.0;
  if (x > -1e-5) return x + 0.5 * x * x + x * x * x * (1.0 / 6.0);
  return x < -36.0 ? less : less * x / sy_ln(u);
}

/* log(1 + e) for e from 0 to 1. */
static inline double log1p_of(double e) {
  double u = 1.0 + e;
  return sy_ln(u) + (e - (u - 1.0)) / u;
}

static inline double tanh_of(double x) {
  double less = expm1_of(-2.0 * fabs(x)), t = -less / (2.0 + less);
  return x < 0 ? -t : t;
}

static inline double softplus_of(double x) {
  return (x > 0 ? x : 0.0) + log1p_of(sy_exp(x < 0 ? x : -x));
}

/* Phi(x), and x Phi(x)'s slope: the C library's erf, which is the same on one machine. */
static inline double normal_below(double x) { return 0.5 * erfc(-x * 0.70710678118654752440); }

#define REAL float
#define F(name) name##_f32
#define DTYPE SY_F32
#include "learn/layers/source.inc"
#include "learn/layers/dense.inc"
#include "learn/layers/embedding.inc"
#include "learn/layers/activation.inc"
#include "learn/layers/join.inc"
#include "learn/layers/norm.inc"
#include "learn/layers/random.inc"
#include "learn/layers/table.inc"
#undef REAL
#undef F
#undef DTYPE

#define REAL double
#define F(name) name##_f64
#define DTYPE SY_F64
#include "learn/layers/source.inc"
#include "learn/layers/dense.inc"
#include "learn/layers/embedding.inc"
#include "learn/layers/activation.inc"
#include "learn/layers/join.inc"
#include "learn/layers/norm.inc"
#include "learn/layers/random.inc"
#include "learn/layers/table.inc"
