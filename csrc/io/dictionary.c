/*
 * dictionary.c - byte strings to codes and back.
 *
 * Names lie one behind the other in one arena. A name that is removed must be the one that came
 * last: with linear probing its slot can then simply be emptied, as no later name passed over it.
 */
#include "io/dictionary.h"

#include <string.h>

#define CODE_LIMIT 2147483647

void sy_dictionary_init(sy_dictionary *dictionary, const sy_memory *memory) {
  memset(dictionary, 0, sizeof *dictionary);
  dictionary->memory = sy_memory_of(memory);
  dictionary->last = -1;
}

void sy_dictionary_release(sy_dictionary *d) {
  sy_release(&d->memory, d->ends, d->room * sizeof *d->ends);
  sy_release(&d->memory, d->hashes, d->room * sizeof *d->hashes);
  sy_release(&d->memory, d->arena, d->arena_room);
  sy_release(&d->memory, d->slots, d->slot_count * sizeof *d->slots);
  sy_dictionary_init(d, &d->memory);
}

static uint64_t mix(uint64_t x) {
  x ^= x >> 32;
  x *= UINT64_C(0xd6e8feb86659fd93);
  return x ^ x >> 29;
}

/* Eight bytes at a time through a multiplier. */
static uint32_t hash_bytes(const char *bytes, size_t length) {
  uint64_t hash = UINT64_C(0x9e3779b97f4a7c15) ^ length, word;
  for (; length >= 8; length -= 8, bytes += 8) {
    memcpy(&word, bytes, 8);
    hash = mix(hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
  }
  word = 0;
  memcpy(&word, bytes, length);
  hash = mix(hash ^ word);
  return (uint32_t)(hash ^ hash >> 32);
}

static size_t start_of(const sy_dictionary *d, size_t code) { return code ? d->ends[code - 1] : 0; }

static int is_name(const sy_dictionary *d, size_t code, const char *name, size_t length) {
  size_t start = start_of(d, code);
  return d->ends[code] - start - 1 == length && memcmp(d->arena + start, name, length) == 0;
}

/* The slot that holds a name, or the empty one where it belongs. */
static size_t find_slot(const sy_dictionary *d, uint32_t hash, const char *name, size_t length) {
  size_t mask = d->slot_count - 1, slot = hash & mask;
  while (d->slots[slot]) {
    size_t code = d->slots[slot] - 1;
    if (d->hashes[code] == hash && is_name(d, code, name, length)) break;
    slot = (slot + 1) & mask;
  }
  return slot;
}

/* Codes go in again in their order, so that the youngest still has passed over all others. */
static int grow_slots(sy_dictionary *d) {
  size_t count = d->slot_count ? d->slot_count * 2 : 16;
  uint32_t *slots = sy_allocate(&d->memory, count * sizeof *slots);
  if (!slots) return 0;
  memset(slots, 0, count * sizeof *slots);
  for (size_t code = 0; code < d->count; code++) {
    size_t slot = d->hashes[code] & (count - 1);
    while (slots[slot]) slot = (slot + 1) & (count - 1);
    slots[slot] = (uint32_t)code + 1;
  }
  sy_release(&d->memory, d->slots, d->slot_count * sizeof *d->slots);
  d->slots = slots;
  d->slot_count = count;
  return 1;
}

static int grow_names(sy_dictionary *d) {
  size_t room = d->room ? d->room * 2 : 8;
  size_t *ends = sy_allocate(&d->memory, room * sizeof *ends);
  uint32_t *hashes = ends ? sy_allocate(&d->memory, room * sizeof *hashes) : NULL;
  if (!hashes) {
    sy_release(&d->memory, ends, room * sizeof *ends);
    return 0;
  }
  if (d->count) {
    memcpy(ends, d->ends, d->count * sizeof *ends);
    memcpy(hashes, d->hashes, d->count * sizeof *hashes);
  }
  sy_release(&d->memory, d->ends, d->room * sizeof *ends);
  sy_release(&d->memory, d->hashes, d->room * sizeof *hashes);
  d->ends = ends;
  d->hashes = hashes;
  d->room = room;
  return 1;
}

static int grow_arena(sy_dictionary *d, size_t need) {
  size_t room = d->arena_room ? d->arena_room : 64;
  char *arena;
  while (room < need) {
    if (room > SIZE_MAX / 2) return 0;
    room *= 2;
  }
  arena = sy_resize(&d->memory, d->arena, d->arena_room, room);
  if (!arena) return 0;
  d->arena = arena;
  d->arena_room = room;
  return 1;
}

static int32_t add_name(sy_dictionary *d, uint32_t hash, const char *name, size_t length) {
  size_t start = start_of(d, d->count), code = d->count;
  if (code >= CODE_LIMIT) return -2;
  if (code == d->room && !grow_names(d)) return -1;
  if (length >= SIZE_MAX - start) return -1;
  if (d->arena_room - start < length + 1 && !grow_arena(d, start + length + 1)) return -1;
  if (d->slot_count < (code + 1) * 2 && !grow_slots(d)) return -1;
  memcpy(d->arena + start, name, length);
  d->arena[start + length] = 0;
  d->ends[code] = start + length + 1;
  d->hashes[code] = hash;
  d->slots[find_slot(d, hash, name, length)] = (uint32_t)code + 1;
  d->count++;
  return (int32_t)code;
}

int32_t sy_dictionary_code(sy_dictionary *d, const char *name, size_t length) {
  uint32_t hash;
  /* Rows of one request follow each other: most often it is the name of the row before. */
  if (d->last >= 0 && is_name(d, (size_t)d->last, name, length)) return d->last;
  hash = hash_bytes(name, length);
  if (d->slot_count) {
    uint32_t found = d->slots[find_slot(d, hash, name, length)];
    if (found) return d->last = (int32_t)(found - 1);
  }
  {
    int32_t code = add_name(d, hash, name, length);
    if (code >= 0) d->last = code;
    return code;
  }
}

int32_t sy_dictionary_find(const sy_dictionary *d, const char *name, size_t length) {
  if (!d->slot_count) return -1;
  return (int32_t)d->slots[find_slot(d, hash_bytes(name, length), name, length)] - 1;
}

void sy_dictionary_shrink(sy_dictionary *d, size_t count) {
  while (d->count > count) {
    size_t code = d->count - 1, mask = d->slot_count - 1, slot = d->hashes[code] & mask;
    while (d->slots[slot] != code + 1) slot = (slot + 1) & mask;
    d->slots[slot] = 0;
    d->count--;
  }
  d->last = -1;
}

const char *sy_dictionary_name(const sy_dictionary *d, size_t code, size_t *length) {
  size_t start = start_of(d, code);
  if (length) *length = d->ends[code] - start - 1;
  return d->arena + start;
}
