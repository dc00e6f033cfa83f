/*
 * random.c - xoshiro256++ (Blackman and Vigna, "Scrambled linear pseudorandom number generators",
 * ACM TOMS 2021), seeded by SplitMix64 as its authors advise.
 */
#include <math.h>

#include "base/base.h"

static uint64_t rotate_left(uint64_t x, int bits) { return (x << bits) | (x >> (64 - bits)); }

void sy_random_seed(sy_random *random, uint64_t seed) {
  for (int i = 0; i < 4; i++) {
    uint64_t z = (seed += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    random->state[i] = z ^ (z >> 31);
  }
}

uint64_t sy_random_bits(sy_random *random) {
  uint64_t *s = random->state;
  uint64_t result = rotate_left(s[0] + s[3], 23) + s[0];
  uint64_t t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate_left(s[3], 45);
  return result;
}

double sy_random_uniform(sy_random *random) {
  return (double)(sy_random_bits(random) >> 11) * 0x1p-53;
}

/* Rejection below 2^64 mod bound, so that every value is equally likely. */
uint64_t sy_random_below(sy_random *random, uint64_t bound) {
  uint64_t low = bound ? (UINT64_C(0) - bound) % bound : 0;
  uint64_t bits;
  if (bound == 0) return 0;
  do bits = sy_random_bits(random);
  while (bits < low);
  return bits % bound;
}

/* Marsaglia's polar method without its second value, so that the state is only the four words. */
double sy_random_normal(sy_random *random) {
  double u, square;
  do {
    double v = 2.0 * sy_random_uniform(random) - 1.0;
    u = 2.0 * sy_random_uniform(random) - 1.0;
    square = u * u + v * v;
  } while (square >= 1.0 || square == 0.0);
  return u * sqrt(-2.0 * log(square) / square);
}
