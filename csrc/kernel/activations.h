/*
 * activations.h - the functions of a network's layers, in the manner of elementary.h: plain
 * arithmetic without branches, the same on every machine, to about 1e-15. NaN stays NaN.
 */
#ifndef SY_KERNEL_ACTIVATIONS_H
#define SY_KERNEL_ACTIVATIONS_H

#include "kernel/elementary.h"

/* By exp(-2 |x|) - 1, which loses nothing near 0; beyond 20 all is 1. */
static inline double sy_tanh(double x) {
  double size = x < 0.0 ? -x : x, within = size > 20.0 ? 20.0 : size;
  double less = sy_expm1(-2.0 * within), value = -less / (2.0 + less);
  return x < 0.0 ? -value : value;
}

/* ln(1 + x) for 0 <= x <= 1: ln of the rounded sum, corrected for the rounding (Kahan). */
static inline double sy_ln1p(double x) {
  double sum = 1.0 + x, kept = sum - 1.0;
  double ratio = kept == 0.0 ? 1.0 : x / kept, line = sy_ln(sum);
  return kept == 0.0 ? x : line * ratio;
}

/* ln(1 + exp(x)) */
static inline double sy_softplus(double x) {
  double size = x < 0.0 ? -x : x, above = x < 0.0 ? 0.0 : x;
  return above + sy_ln1p(sy_exp(-size));
}

/*
 * The normal distribution Phi(x), and its density. Phi(-a) = exp(-a^2 / 2) Q(a), a >= 0, with Q a
 * polynomial in (a - 5) / (a + 5): a Chebyshev interpolation of degree 25 made with 40 digits, after
 * Schonfelder (1978, Mathematics of Computation 32). The square is taken in two parts, or its
 * rounding would be felt in the tail.
 */
static inline double sy_normal(double x, double *density) {
  static const double q[26] = {
      0x1.3b0fbcb4c77bep-4,  -0x1.25cd1321c8cb6p-3,  0x1.db6af8722ce4ep-4,   -0x1.4b4ce479f8388p-4,
      0x1.8807f29ff8414p-5,  -0x1.7f9d04377637ep-6,  0x1.26a1153b0e46ep-7,   -0x1.37ccc56c6dddcp-9,
      0x1.cc6e6776b23fbp-13, 0x1.1999541b16752p-13,  -0x1.fae703c024412p-15, 0x1.020e85014b9acp-20,
      0x1.bde5b7e680d09p-18, -0x1.54f6c61a930e4p-20, -0x1.6a61f4b8bd736p-21, 0x1.059a6fe7f51bdp-22,
      0x1.4a9012726475ap-24, -0x1.54b35f8846073p-25, -0x1.75a1780ccfb28p-27, 0x1.ac732b9bb9ce1p-28,
      0x1.efea3eb189f6fp-30, -0x1.fe50b51f49707p-31, -0x1.2e9b643b182e9p-32, 0x1.fa618fbeae6c8p-34,
      0x1.b613151ac9d40p-36, -0x1.2a7d9c5c718fdp-37};
  const double root_2_pi = 0.39894228040143267794; /* 1 / sqrt(2 pi) */
  double size = x < 0.0 ? -x : x, a = size > 38.0 ? 38.0 : size, high, t = (a - 5.0) / (a + 5.0);
  double p = q[25], low, bell, below;
  uint64_t bits;
  memcpy(&bits, &a, sizeof bits);
  bits &= ~((UINT64_C(1) << 27) - 1);
  memcpy(&high, &bits, sizeof high);
  low = -0.5 * (a - high) * (a + high);
  bell = sy_exp(-0.5 * high * high);
  bell += bell * (low * (1.0 + low * (0.5 + low * (1.0 / 6.0))));
  for (int i = 24; i >= 0; i--) p = p * t + q[i];
  below = bell * p;
  *density = bell * root_2_pi;
  return x < 0.0 ? below : 1.0 - below;
}

/* x Phi(x), and its slope Phi(x) + x phi(x). */
static inline double sy_gelu(double x) {
  double density;
  return x * sy_normal(x, &density);
}
static inline double sy_gelu_slope(double x) {
  double density, below = sy_normal(x, &density);
  return below + x * density;
}

#endif
