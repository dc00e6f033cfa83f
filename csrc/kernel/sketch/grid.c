/*
 * grid.c - which bin a prediction falls into.
 */
#include <string.h>

#include "kernel/sketch/exact.h"

static uint64_t bits_of(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static double of_bits(uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* Keys of what lies below one half: one for what is too small, 2^bits for each octave up to it. */
static int64_t lower_keys(int bits) { return 1 + ((int64_t)(SY_SKETCH_OCTAVES - 1) << bits); }

/* The octaves' first double, with the bits that the grid does not look at shifted out. */
static uint64_t base_of(int bits) { return (uint64_t)(1023 - SY_SKETCH_OCTAVES) << bits; }

size_t sy_sketch_keys(int bits) {
  return bits < 1 || bits > SY_SKETCH_BITS_MAX ? 0 : (size_t)(2 * lower_keys(bits) + 1);
}

/* x below one half. */
static int64_t lower_key(double x, int bits) {
  uint64_t leading = bits_of(x) >> (52 - bits), base = base_of(bits);
  return x < 0x1p-40 ? 0 : 1 + (int64_t)(leading - base);
}

int64_t sy_sketch_key(double prediction, int bits) {
  int64_t half = lower_keys(bits);
  if (prediction < 0.5) return lower_key(prediction, bits);
  return prediction > 0.5 ? 2 * half - lower_key(1.0 - prediction, bits) : half;
}

/* Where a key below one half begins; that of one half: there. */
static double lower_edge(int64_t key, int bits) {
  return key == 0 ? 0.0 : of_bits(((uint64_t)(key - 1) + base_of(bits)) << (52 - bits));
}

void sy_sketch_edges(int64_t key, int bits, double *least, double *greatest) {
  int64_t half = lower_keys(bits), mirrored = 2 * half - key;
  *least = *greatest = 0.5;
  if (key < half) {
    *least = lower_edge(key, bits);
    *greatest = of_bits(bits_of(lower_edge(key + 1, bits)) - 1);
  } else if (key > half) {
    *least = of_bits(bits_of(1.0 - lower_edge(mirrored + 1, bits)) + 1);
    *greatest = 1.0 - lower_edge(mirrored, bits);
  }
}
