/*
 * sort.c - numbers in ascending order, by their digits to the base 256, the lowest digit first.
 */
#include <string.h>

#include "kernel/significance/significance.h"

#define DIGITS 8
#define BASE 256

/* An unsigned number that has the order of doubles. */
static inline uint64_t key_of(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static inline unsigned digit_of(double value, int place) {
  return (unsigned)(key_of(value) >> (8 * place)) & (BASE - 1);
}

/* Where each digit's numbers begin; 0 where all have the same digit, and no pass is needed. */
static int digit_starts(const double *numbers, size_t n, int place, size_t starts[BASE]) {
  size_t before = 0;
  memset(starts, 0, BASE * sizeof *starts);
  for (size_t i = 0; i < n; i++) starts[digit_of(numbers[i], place)]++;
  for (int d = 0; d < BASE; d++) {
    size_t count = starts[d];
    if (count == n) return 0;
    starts[d] = before;
    before += count;
  }
  return 1;
}

void sy_sort_numbers(double *numbers, double *spare, size_t n) {
  double *from = numbers, *to = spare;
  size_t starts[BASE];
  for (int place = 0; place < DIGITS; place++) {
    if (!digit_starts(from, n, place, starts)) continue;
    for (size_t i = 0; i < n; i++) to[starts[digit_of(from[i], place)]++] = from[i];
    double *swapped = from;
    from = to;
    to = swapped;
  }
  if (from != numbers) memcpy(numbers, from, n * sizeof *numbers);
}
