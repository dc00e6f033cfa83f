/*
 * mt19937.h - drawings as NumPy's legacy generator makes them (numpy.random.seed, permutation).
 */
#ifndef SY_MT19937_H
#define SY_MT19937_H

#include "base/base.h"

#define SY_MT19937_WORDS 624

typedef struct sy_mt19937 {
  uint32_t state[SY_MT19937_WORDS];
  uint32_t next;
} sy_mt19937;

/* numpy.random.seed(seed) */
void sy_mt19937_seed(sy_mt19937 *random, uint32_t seed);

uint32_t sy_mt19937_bits(sy_mt19937 *random);

/* 0 .. most, as NumPy's random_interval draws it. */
uint64_t sy_mt19937_up_to(sy_mt19937 *random, uint64_t most);

/* numpy.random.permutation(n): 0 .. n - 1, shuffled. choice(n, size, replace=False) is its start. */
void sy_mt19937_permutation(sy_mt19937 *random, size_t n, int64_t *out);

#endif
