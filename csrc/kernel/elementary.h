/*
 * elementary.h - exp, log and what is made of them, in plain arithmetic: a libm picks its variant
 * by processor, which would change bits, and these vectorize.
 */
#ifndef SY_KERNEL_ELEMENTARY_H
#define SY_KERNEL_ELEMENTARY_H

#include <stdint.h>
#include <string.h>

/*
 * exp(x) = scale + scale * what is returned, with scale a power of 2: range reduction by ln 2 in two
 * parts and a Taylor polynomial on [-ln 2 / 2, ln 2 / 2], whose halves do not wait for one another.
 */
static inline double sy_exp_less_1(double x, double *scale) {
  const double log2e = 1.4426950408889634074, magic = 0x1.8p52;
  const double ln2_high = 0x1.62e42fefa3800p-1, ln2_low = 0x1.ef35793c76730p-45;
  double within = x > 700.0 ? 700.0 : x < -700.0 ? -700.0 : x;
  double shifted = within * log2e + magic, n = shifted - magic;
  double r = (within - n * ln2_high) - n * ln2_low, r2 = r * r, r4 = r2 * r2;
  double p3 = 1.0 / 2.0 + r * (1.0 / 6.0), p5 = 1.0 / 24.0 + r * (1.0 / 120.0);
  double p7 = 1.0 / 720.0 + r * (1.0 / 5040.0), p9 = 1.0 / 40320.0 + r * (1.0 / 362880.0);
  double p11 = 1.0 / 3628800.0 + r * (1.0 / 39916800.0);
  double p13 = 1.0 / 479001600.0 + r * (1.0 / 6227020800.0);
  double above = (p9 + r2 * p11) + r4 * p13, below = (p5 + r2 * p7) + r4 * above;
  uint64_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 1023) << 52;
  memcpy(scale, &bits, sizeof *scale);
  return r + r2 * (p3 + r2 * below);
}

/* exp(x) to about 2e-16 relative; x below -700 counts as -700, above 700 as 700. Not for NaN. */
static inline double sy_exp(double x) {
  double scale, less_1 = sy_exp_less_1(x, &scale);
  return scale + scale * less_1;
}

/* exp(x) - 1, without loss near 0; to about 4e-16 relative for x <= 0. */
static inline double sy_expm1(double x) {
  double scale, less_1 = sy_exp_less_1(x, &scale);
  return scale * less_1 + (scale - 1.0);
}

/*
 * ln x for normal x > 0, to within 1 unit in the last place (fdlibm's reduction: x = 2^k (1 + f)
 * with 1 + f in [sqrt(1/2), sqrt 2), then a polynomial in (f / (2 + f))^2). Not for 0, infinities,
 * NaN.
 */
static inline double sy_ln(double x) {
  const double ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10;
  uint64_t bits, low;
  double m, k, f, s, z, w, t1, t2, r, half;
  memcpy(&bits, &x, sizeof bits);
  /* Counted from sqrt(1/2): the exponent then is that of the nearest power of two. */
  low = bits - 0x3fe6a09e667f3bcdULL;
  /* k = exponent, by way of a double: (low >> 52) as a signed number. */
  {
    uint64_t biased = (low >> 52) ^ 0x800; /* of twelve bits, signed */
    uint64_t as_double = 0x4330000000000000ULL | biased;
    memcpy(&k, &as_double, sizeof k);
    k -= 4503599627370496.0 + 2048.0;
  }
  bits -= low & 0xfff0000000000000ULL;
  memcpy(&m, &bits, sizeof m);
  f = m - 1.0;
  s = f / (2.0 + f);
  z = s * s;
  w = z * z;
  t1 = w *
       (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  t2 = z * (6.666666666666735130e-01 +
            w * (2.857142874366239149e-01 +
                 w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  r = t1 + t2;
  half = 0.5 * f * f;
  return k * ln2_high - ((half - (s * (half + r) + k * ln2_low)) - f);
}

/* 1 / (1 + exp(-z)), without loss near 0. */
static inline double sy_sigmoid(double z) {
  double e = sy_exp(z < 0 ? z : -z), below = e / (1.0 + e);
  return z < 0 ? below : 1.0 / (1.0 + e);
}

/* In a log loss, predictions count as no nearer to 0 and 1 than that. */
#define SY_NEAREST 0x1p-52

/* The most that a logit counts. */
#define SY_LOGIT_MAX 40.0

/* ln(p / (1 - p)) held within -40 and 40: predictions of 0 and 1 have a logit, too. */
static inline double sy_logit(double p) {
  const double tiny = 4.2483542552915889e-18; /* exp(-40) */
  double q = 1.0 - p;
  double z = sy_ln(p > tiny ? p : tiny) - sy_ln(q > tiny ? q : tiny);
  return z > SY_LOGIT_MAX ? SY_LOGIT_MAX : z < -SY_LOGIT_MAX ? -SY_LOGIT_MAX : z;
}

#endif
