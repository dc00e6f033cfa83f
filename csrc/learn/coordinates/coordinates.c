/*
 * coordinates.c - one instruction set's inner loop of coordinate descent. Compiled once for each
 * set, with SY_SET naming it.
 */
#include "learn/coordinates/coordinates.h"

#define GLUE_(a, b) a##b
#define GLUE(a, b) GLUE_(a, b)
#define STRING_(x) #x
#define STRING(x) STRING_(x)

static void step_f32(const float *restrict column, double step, size_t n,
                     double *restrict residual) {
  for (size_t i = 0; i < n; i++) residual[i] -= step * (double)column[i];
}

static void step_f64(const double *restrict column, double step, size_t n,
                     double *restrict residual) {
  for (size_t i = 0; i < n; i++) residual[i] -= step * column[i];
}

const sy_coordinates GLUE(sy_coordinates_, SY_SET) = {STRING(SY_SET), step_f32, step_f64};
