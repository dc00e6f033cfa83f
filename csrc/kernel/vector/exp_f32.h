/*
 * exp_f32.h - exp of a float in plain arithmetic, which vectorizes (see elementary.h).
 */
#ifndef SY_EXP_F32_H
#define SY_EXP_F32_H

#include <stdint.h>
#include <string.h>

/*
 * exp of a float, to 1.2e-7 relative: 2^k times a polynomial of the rest, which lies within ln 2 / 2
 * of 0 (Cephes' coefficients). Where k would be -127, below -87.7, the scale is 0 by its bits, so
 * that nothing is left to choose; above 88 it is that of 88. Least and most are written as the
 * processor's own minimum and maximum have them.
 */
static inline float sy_exp_f32(float x) {
  const float most = 88.0F, least = -88.0F, log2e = 1.44269504088896341F;
  const float high = 0.693359375F, low = -2.12194440e-4F, magic = 12582912.0F; /* 1.5 * 2^23 */
  float held = x < most ? x : most;
  held = held > least ? held : least;
  float shifted = held * log2e + magic;
  float k = shifted - magic;
  float r = held - k * high;
  r = r - k * low;
  float r2 = r * r, p1 = 1.9875691500e-4F * r + 1.3981999507e-3F;
  float p2 = 8.3334519073e-3F * r + 4.1665795894e-2F;
  float p3 = 1.6666665459e-1F * r + 5.0000001201e-1F;
  float p = ((p1 * r2 + p2) * r2 + p3) * r2 + r + 1.0F;
  int32_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (int32_t)(((uint32_t)bits + 127U) << 23);
  float scale;
  memcpy(&scale, &bits, sizeof scale);
  return p * scale;
}

#endif
