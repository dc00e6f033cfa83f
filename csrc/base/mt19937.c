/*
 * mt19937.c - the Mersenne Twister (Matsumoto and Nishimura 1998), as NumPy's legacy generator draws
 * permutations from it: the splits of many papers are made so.
 */
#include "base/base.h"

#define N 624
#define M 397

void sy_mt19937_seed(sy_mt19937 *random, uint32_t seed) {
  for (uint32_t i = 0; i < N; i++) {
    random->state[i] = seed;
    seed = UINT32_C(1812433253) * (seed ^ (seed >> 30)) + i + 1;
  }
  random->next = N;
}

static void refill(uint32_t *s) {
  for (size_t i = 0; i < N; i++) {
    uint32_t y = (s[i] & UINT32_C(0x80000000)) | (s[(i + 1) % N] & UINT32_C(0x7fffffff));
    s[i] = s[(i + M) % N] ^ (y >> 1) ^ ((y & 1) ? UINT32_C(0x9908b0df) : 0);
  }
}

uint32_t sy_mt19937_bits(sy_mt19937 *random) {
  if (random->next == N) {
    refill(random->state);
    random->next = 0;
  }
  uint32_t y = random->state[random->next++];
  y ^= y >> 11;
  y ^= (y << 7) & UINT32_C(0x9d2c5680);
  y ^= (y << 15) & UINT32_C(0xefc60000);
  return y ^ (y >> 18);
}

void sy_mt19937_permute(sy_mt19937 *random, int64_t *numbers, uint32_t n) {
  for (uint32_t i = n; i-- > 1;) {
    uint32_t mask = i, j;
    for (int shift = 1; shift < 32; shift *= 2) mask |= mask >> shift;
    do j = sy_mt19937_bits(random) & mask;
    while (j > i);
    int64_t kept = numbers[j];
    numbers[j] = numbers[i];
    numbers[i] = kept;
  }
}
