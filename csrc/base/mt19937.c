/*
 * mt19937.c - the Mersenne Twister (Matsumoto and Nishimura, ACM TOMACS 1998), seeded and used as
 * numpy.random.RandomState does, so that drawings of published experiments can be repeated.
 */
#include "base/mt19937.h"

#define SHIFT 397
#define UPPER 0x80000000u
#define LOWER 0x7fffffffu
#define MATRIX 0x9908b0dfu

void sy_mt19937_seed(sy_mt19937 *random, uint32_t seed) {
  for (uint32_t i = 0; i < SY_MT19937_WORDS; i++) {
    random->state[i] = seed;
    seed = UINT32_C(1812433253) * (seed ^ (seed >> 30)) + i + 1;
  }
  random->next = SY_MT19937_WORDS;
}

static void refill(sy_mt19937 *random) {
  uint32_t *s = random->state;
  for (uint32_t i = 0; i < SY_MT19937_WORDS; i++) {
    uint32_t y = (s[i] & UPPER) | (s[(i + 1) % SY_MT19937_WORDS] & LOWER);
    s[i] = s[(i + SHIFT) % SY_MT19937_WORDS] ^ (y >> 1) ^ (y & 1 ? MATRIX : 0);
  }
  random->next = 0;
}

uint32_t sy_mt19937_bits(sy_mt19937 *random) {
  if (random->next >= SY_MT19937_WORDS) refill(random);
  uint32_t y = random->state[random->next++];
  y ^= y >> 11;
  y ^= (y << 7) & UINT32_C(0x9d2c5680);
  y ^= (y << 15) & UINT32_C(0xefc60000);
  return y ^ (y >> 18);
}

/* The first draw that is not above the bound, of as many bits as that has. */
uint64_t sy_mt19937_up_to(sy_mt19937 *random, uint64_t most) {
  uint64_t mask = most, value;
  if (most == 0) return 0;
  for (int shift = 1; shift < 64; shift *= 2) mask |= mask >> shift;
  do {
    value = sy_mt19937_bits(random);
    if (most > UINT32_MAX) value = value << 32 | sy_mt19937_bits(random);
    value &= mask;
  } while (value > most);
  return value;
}

void sy_mt19937_permutation(sy_mt19937 *random, size_t n, int64_t *out) {
  for (size_t i = 0; i < n; i++) out[i] = (int64_t)i;
  for (size_t i = n; i-- > 1;) {
    size_t j = (size_t)sy_mt19937_up_to(random, i);
    int64_t kept = out[i];
    out[i] = out[j];
    out[j] = kept;
  }
}
