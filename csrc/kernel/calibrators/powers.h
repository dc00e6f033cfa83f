/*
 * powers.h - logarithms and powers to base 2 by small tables, for maps of single predictions: half
 * the work and the waiting of elementary.h's, and the same bits on every machine as those.
 */
#ifndef SY_CALIBRATORS_POWERS_H
#define SY_CALIBRATORS_POWERS_H

#include <stdint.h>
#include <string.h>

#define SY_LN2 0x1.62e42fefa39efp-1
#define SY_LOG2E 0x1.71547652b82fep+0

/* One octave from about sqrt(1/2) on, in cells around centres of few bits, of which 1 is one. */
#define SY_LOG2_CELLS 128
extern const double sy_log2_centres[SY_LOG2_CELLS], sy_log2_inverses[SY_LOG2_CELLS],
    sy_log2_values[SY_LOG2_CELLS];

/* 2^(i / 64) */
#define SY_EXP2_CELLS 64
extern const double sy_exp2_values[SY_EXP2_CELLS];

/*
 * log2 x for normal x > 0, to about 6e-16 relative and 1 unit in the last place of the whole part:
 * x = 2^k m, m near a centre c, and log2 m = log2 c + log2(1 + (m - c) / c), where m - c is exact.
 */
static inline double sy_log2(double x) {
  uint64_t bits, low, biased;
  double m, k, r, r2, high;
  size_t cell;
  memcpy(&bits, &x, sizeof bits);
  low = bits - 0x3fe6900000000000;
  cell = (low >> 45) & (SY_LOG2_CELLS - 1);
  biased = 0x4330000000000000 | ((low >> 52) ^ 0x800); /* the exponent, as a double's last bits */
  memcpy(&k, &biased, sizeof k);
  k -= 4503599627370496.0 + 2048.0;
  bits -= low & 0xfff0000000000000;
  memcpy(&m, &bits, sizeof m);
  r = (m - sy_log2_centres[cell]) * sy_log2_inverses[cell];
  r2 = r * r;
  high = (-0x1.71547652b82fep-2 + r * 0x1.2776c50ef9bfep-2) +
         r2 * -0x1.ec709dc3a03fdp-3; /* the next term is below 3e-18 */
  high = (-0x1.71547652b82fep-1 + r * 0x1.ec709dc3a03fdp-2) + r2 * high;
  return (k + sy_log2_values[cell]) + (r * SY_LOG2E + r2 * high);
}

/* 2^x for x <= 0 to about 2e-16 relative; x counts as no less than -1000. Not for NaN. */
static inline double sy_exp2(double x) {
  const double magic = 0x1.8p52 / SY_EXP2_CELLS;
  double within = x > -1000.0 ? x : -1000.0;
  double shifted = within + magic, r = within - (shifted - magic), r2 = r * r, less_1, power;
  uint64_t bits, scaled;
  memcpy(&bits, &shifted, sizeof bits);
  memcpy(&scaled, &sy_exp2_values[bits & (SY_EXP2_CELLS - 1)], sizeof scaled);
  scaled += (bits / SY_EXP2_CELLS) << 52;
  memcpy(&power, &scaled, sizeof power);
  less_1 = r * SY_LN2 + r2 * ((0x1.ebfbdff82c58fp-3 + r * 0x1.c6b08d704a0c0p-5) +
                              r2 * (0x1.3b2ab6fba4e77p-7 + r * 0x1.5d87fe78a6731p-10));
  return power + power * less_1;
}

#endif
