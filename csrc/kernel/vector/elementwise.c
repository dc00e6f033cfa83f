/*
 * elementwise.c - one instruction set's loops over single numbers. Compiled once for each set, with
 * SY_SET naming it.
 */
#include "kernel/vector/elementwise.h"

#include <math.h>

#include "kernel/elementary.h"

#define GLUE_(a, b) a##b
#define GLUE(a, b) GLUE_(a, b)
#define STRING_(x) #x
#define STRING(x) STRING_(x)

static void combine(sy_combination kind, const double *a, const double *b, double factor, size_t n,
                    double *out) {
  switch (kind) {
    case SY_ADD:
      for (size_t i = 0; i < n; i++) out[i] = a[i] + factor * b[i];
      break;
    case SY_SUBTRACT:
      for (size_t i = 0; i < n; i++) out[i] = a[i] - b[i];
      break;
    case SY_MULTIPLY:
      for (size_t i = 0; i < n; i++) out[i] = a[i] * b[i];
      break;
    case SY_DIVIDE:
      for (size_t i = 0; i < n; i++) out[i] = a[i] / b[i];
      break;
  }
}

/* sy_exp ends at 700; beyond, the square of half of it overflows and underflows as it should. */
static inline double exponential(double x) {
  int far = fabs(x) > 700.0;
  double e = sy_exp(far ? 0.5 * x : x);
  e = far ? e * e : e;
  return x == x ? e : x;
}

/* sy_ln takes no subnormal numbers, and none that have no logarithm. */
static inline double logarithm(double x) {
  const double least = 0x1p-1022, scale = 0x1p54, most = 0x1.fffffffffffffp+1023;
  int small = x < least;
  double l = sy_ln(small ? x * scale : x) - (small ? 54 * 0.69314718055994530942 : 0.0);
  l = x > most ? x : l;
  l = x == 0.0 ? -HUGE_VAL : l;
  return x >= 0.0 ? l : (double)NAN;
}

static inline double sigmoid(double x) {
  double e = exponential(-fabs(x)), below = e / (1.0 + e), above = 1.0 / (1.0 + e);
  return x < 0.0 ? below : above;
}

static inline double clip(double x, double low, double high) {
  return x < low ? low : x > high ? high : x;
}

static void map(sy_function kind, const double *x, double low, double high, size_t n, double *out) {
  switch (kind) {
    case SY_EXP:
      for (size_t i = 0; i < n; i++) out[i] = exponential(x[i]);
      break;
    case SY_LOG:
      for (size_t i = 0; i < n; i++) out[i] = logarithm(x[i]);
      break;
    case SY_SIGMOID:
      for (size_t i = 0; i < n; i++) out[i] = sigmoid(x[i]);
      break;
    case SY_SQUARE:
      for (size_t i = 0; i < n; i++) out[i] = x[i] * x[i];
      break;
    case SY_SQRT:
      for (size_t i = 0; i < n; i++) out[i] = sqrt(x[i]);
      break;
    case SY_ABS:
      for (size_t i = 0; i < n; i++) out[i] = fabs(x[i]);
      break;
    case SY_NEGATE:
      for (size_t i = 0; i < n; i++) out[i] = -x[i];
      break;
    case SY_CLIP:
      for (size_t i = 0; i < n; i++) out[i] = clip(x[i], low, high);
      break;
  }
}

static void widen(const float *x, size_t n, double *out) {
  for (size_t i = 0; i < n; i++) out[i] = (double)x[i];
}

static void narrow(const double *x, size_t n, float *out) {
  for (size_t i = 0; i < n; i++) out[i] = (float)x[i];
}

const sy_loops GLUE(sy_loops_, SY_SET) = {STRING(SY_SET), combine, map, widen, narrow};
