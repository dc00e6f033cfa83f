/*
 * mutate.h - small changes of text, for programs that fuzz.
 */
#ifndef SPEC_MUTATE_H
#define SPEC_MUTATE_H

#include <stdint.h>
#include <string.h>

#include "steelyard.h"

/* One small change: a byte, a cut, a doubled stretch, one of some words put in. Gives the new size. */
static size_t mutate(sy_random *random, uint8_t *data, size_t size, size_t room,
                     const char *const *words, size_t word_count) {
  size_t at = sy_random_below(random, size + 1), length;
  switch (sy_random_below(random, 5)) {
    case 0:
      if (at < size) data[at] = (uint8_t)sy_random_below(random, 256);
      return size;
    case 1:
      if (at < size) data[at] = (uint8_t)(data[at] ^ 1u << sy_random_below(random, 8));
      return size;
    case 2:
      length = sy_random_below(random, size - at + 1);
      memmove(data + at, data + at + length, size - at - length);
      return size - length;
    case 3:
      length = sy_random_below(random, size - at + 1);
      if (size + length > room) return size;
      memmove(data + at + length, data + at, size - at);
      return size + length;
    default: {
      const char *word = words[sy_random_below(random, word_count)];
      length = strlen(word);
      if (size + length > room) return size;
      memmove(data + at + length, data + at, size - at);
      memcpy(data + at, word, length);
      return size + length;
    }
  }
}

#endif
