/*
 * exact.c - exact sums as doubles.
 */
#include "kernel/sketch/exact.h"

#include <math.h>

static sy_exact doubled(sy_exact a) {
  a.high = a.high << 1 | a.low >> 63;
  a.low <<= 1;
  return a;
}

static sy_exact less(sy_exact a, sy_exact b) {
  a.high -= b.high + (a.low < b.low);
  a.low -= b.low;
  return a;
}

/* The highest 64 bits, of which the last tells that there are more: rounds as the whole would. */
double sy_exact_value(sy_exact sum) {
  int shift = 0;
  if (sum.high == 0) return (double)sum.low * 0x1p-64;
  while (!(sum.high >> 63)) {
    sum = doubled(sum);
    shift++;
  }
  return ldexp((double)(sum.high | (sum.low != 0)), -shift);
}

double sy_exact_ratio(sy_exact part, sy_exact whole) {
  uint64_t digits = 0;
  int shift = 0;
  if (sy_exact_is_zero(part)) return 0.0;
  for (; sy_exact_below(part, whole); shift++) part = doubled(part);
  for (int i = 0; i < 56; i++) { /* the first digit is a 1 */
    int one = !sy_exact_below(part, whole);
    digits = digits << 1 | (uint64_t)one;
    part = doubled(one ? less(part, whole) : part);
  }
  digits = digits << 1 | !sy_exact_is_zero(part);
  return ldexp((double)digits, -56 - shift);
}
