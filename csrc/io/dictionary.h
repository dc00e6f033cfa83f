/*
 * dictionary.h - byte strings to codes 0, 1, 2 ... in order of first appearance, and back.
 */
#ifndef SY_IO_DICTIONARY_H
#define SY_IO_DICTIONARY_H

#include "base/base.h"

typedef struct sy_dictionary {
  sy_memory memory;
  size_t count;
  size_t *ends; /* name c lies at ends[c - 1] (0) .. ends[c] - 1, the last byte is zero */
  uint32_t *hashes;
  size_t room; /* of ends and hashes */
  char *arena;
  size_t arena_room;
  uint32_t *slots;   /* code + 1, or 0; open addressing with linear probing */
  size_t slot_count; /* a power of two, or 0 */
  int32_t last;      /* the code looked up last */
} sy_dictionary;

void sy_dictionary_init(sy_dictionary *dictionary, const sy_memory *memory);
void sy_dictionary_release(sy_dictionary *dictionary);

/* The code of a name, given out now if it is new; -1: no memory, -2: 2^31 - 1 names are reached. */
int32_t sy_dictionary_code(sy_dictionary *dictionary, const char *name, size_t length);

/* The code of a name, or -1. */
int32_t sy_dictionary_find(const sy_dictionary *dictionary, const char *name, size_t length);

/* Forget the names from code `count` on (those given out last). */
void sy_dictionary_shrink(sy_dictionary *dictionary, size_t count);

const char *sy_dictionary_name(const sy_dictionary *dictionary, size_t code, size_t *length);

#endif
