/*
 * table.c - the rows of a table that a batch touches: found by bits in time that the batch takes
 * (and a word for each 4096 rows of the table), in ascending order without sorting.
 */
#include "learn/net.h"

void sy_touched_forget(sy_touched *touched, size_t count) {
  for (size_t i = 0; i < count; i++) touched->slots[touched->rows[i]] = -1;
}

void sy_touched_mark(sy_touched *touched, const int32_t *rows, size_t n) {
  for (size_t i = 0; i < n; i++) sy_touched_mark_one(touched, (size_t)rows[i]);
}

static size_t collect_word(sy_touched *touched, size_t word, size_t count) {
  uint64_t bits = touched->bits[word];
  touched->bits[word] = 0;
  for (; bits; bits &= bits - 1, count++) {
    size_t row = word * 64 + (size_t)__builtin_ctzll(bits);
    touched->rows[count] = (int32_t)row;
    touched->slots[row] = (int32_t)count;
  }
  return count;
}

size_t sy_touched_collect(sy_touched *touched) {
  size_t words = (touched->table / 64 + 1) / 64 + 1, count = 0;
  for (size_t w = 0; w < words; w++) {
    uint64_t upper = touched->words[w];
    touched->words[w] = 0;
    for (; upper; upper &= upper - 1)
      count = collect_word(touched, w * 64 + (size_t)__builtin_ctzll(upper), count);
  }
  return count;
}
