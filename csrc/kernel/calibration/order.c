/*
 * order.c - an order of rows that does not depend on how they were arranged.
 */
#include <string.h>

#include "kernel/work.h"

#define DIGITS 256

size_t sy_canonical_bytes(size_t n) {
  size_t each = 2 * sizeof(uint64_t) + sizeof(int64_t);
  return n > (SIZE_MAX - 64) / each ? 0 : n * each + 64;
}

/* An unsigned number that has the order of the column's numbers. */
static uint64_t key_of(sy_vector column, size_t row) {
  const uint64_t sign = UINT64_C(1) << 63;
  uint64_t bits;
  double value;
  if (column.dtype == SY_I32) return (uint64_t)((const int32_t *)column.data)[row] ^ sign;
  if (column.dtype == SY_I64) return (uint64_t)((const int64_t *)column.data)[row] ^ sign;
  value = sy_vector_at(column, row) + 0.0; /* -0 is 0 */
  memcpy(&bits, &value, sizeof bits);
  return bits & sign ? ~bits : bits | sign;
}

/* Keys and the rows that they belong to, in two places between which passes go to and fro. */
typedef struct side {
  uint64_t *keys;
  int64_t *rows;
} side;

/* A stable counting pass; 0 where all keys share the digit. */
static int pass(side from, side to, size_t n, int shift) {
  size_t starts[DIGITS] = {0}, before = 0;
  for (size_t i = 0; i < n; i++) starts[from.keys[i] >> shift & (DIGITS - 1)]++;
  if (starts[from.keys[0] >> shift & (DIGITS - 1)] == n) return 0;
  for (int d = 0; d < DIGITS; d++) {
    size_t count = starts[d];
    starts[d] = before;
    before += count;
  }
  for (size_t i = 0; i < n; i++) {
    size_t at = starts[from.keys[i] >> shift & (DIGITS - 1)]++;
    to.keys[at] = from.keys[i];
    to.rows[at] = from.rows[i];
  }
  return 1;
}

/* The last column first: passes are stable. */
void sy_canonical_order(const sy_vector *columns, size_t count, size_t n, void *scratch,
                        int64_t *order) {
  uint64_t *numbers = (uint64_t *)(void *)(((uintptr_t)scratch + 7) & ~(uintptr_t)7);
  side from = {numbers, order}, to = {numbers + n, (int64_t *)(numbers + 2 * n)};
  for (size_t i = 0; i < n; i++) order[i] = (int64_t)i;
  for (size_t c = count; n && c-- > 0;) {
    for (size_t i = 0; i < n; i++) from.keys[i] = key_of(columns[c], (size_t)from.rows[i]);
    for (int shift = 0; shift < 64; shift += 8) {
      if (!pass(from, to, n, shift)) continue;
      side swapped = from;
      from = to;
      to = swapped;
    }
  }
  if (from.rows != order) memcpy(order, from.rows, n * sizeof *order);
}
