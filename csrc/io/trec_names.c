/*
 * trec_names.c - the names of one topic's documents: told apart, and sorted by their bytes.
 */
#include "io/trec_parts.h"

#include <string.h>

/* ------------------------------------------------------------------------------------ hash ---- */

static uint64_t load8(const char *p) {
  uint64_t word;
  memcpy(&word, p, sizeof word);
  return word;
}

static uint64_t load4(const char *p) {
  uint32_t word;
  memcpy(&word, p, sizeof word);
  return word;
}

static uint64_t mix(uint64_t x) {
  x *= UINT64_C(0x9e3779b97f4a7c15);
  return x ^ x >> 32;
}

/* Words of eight bytes, of which the last may overlap the one before it. */
static uint32_t hash_bytes(const char *bytes, size_t length) {
  uint64_t hash = UINT64_C(0xd6e8feb86659fd93) ^ length, last = 0;
  const char *end = bytes + length;
  if (length > 8) {
    for (; end - bytes > 8; bytes += 8) hash = mix(hash ^ load8(bytes));
    last = load8(end - 8);
  } else if (length >= 4) {
    last = load4(bytes) << 32 | load4(end - 4);
  } else if (length) {
    last = (uint64_t)(unsigned char)bytes[0] << 16 |
           (uint64_t)(unsigned char)bytes[length / 2] << 8 | (unsigned char)end[-1];
  }
  hash = mix(hash ^ last) * UINT64_C(0xd6e8feb86659fd93);
  return (uint32_t)(hash >> 32);
}

/* ------------------------------------------------------------------------------------- set ---- */

void sy_trec_set_release(sy_trec_set *set) {
  sy_release(&set->memory, set->entries, set->room * sizeof *set->entries);
  sy_release(&set->memory, set->slots, set->slot_room * sizeof *set->slots);
  set->entries = NULL;
  set->slots = NULL;
  set->count = set->room = set->slot_count = set->slot_room = 0;
}

int sy_trec_set_begin(sy_trec_set *set, size_t n) {
  size_t slots = 16;
  while (slots < 2 * n) slots *= 2;
  if (n > set->room || slots > set->slot_room) {
    sy_trec_set_release(set);
    set->entries = sy_allocate(&set->memory, slots / 2 * sizeof *set->entries);
    if (!set->entries) return 0;
    set->room = slots / 2;
    set->slots = sy_allocate(&set->memory, slots * sizeof *set->slots);
    if (!set->slots) return 0;
    set->slot_room = slots;
  }
  memset(set->slots, 0, slots * sizeof *set->slots);
  set->slot_count = slots;
  set->count = 0;
  return 1;
}

size_t sy_trec_set_add(sy_trec_set *set, const char *name, size_t length) {
  uint32_t hash = hash_bytes(name, length);
  size_t mask = set->slot_count - 1, slot = hash & mask;
  uint64_t found;
  for (; (found = set->slots[slot]) != 0; slot = (slot + 1) & mask) {
    const sy_trec_entry *entry;
    if (found >> 32 != hash) continue;
    entry = &set->entries[(uint32_t)found - 1];
    if (entry->length == length && memcmp(entry->name, name, length) == 0) {
      return (uint32_t)found - 1;
    }
  }
  set->entries[set->count].name = name;
  set->entries[set->count].length = (uint32_t)length;
  set->entries[set->count].owner = 0;
  set->slots[slot] = (uint64_t)hash << 32 | ++set->count;
  return set->count - 1;
}

/* ------------------------------------------------------------------------------------ sort ---- */

static int is_above(const sy_trec_item *a, const sy_trec_item *b) {
  uint32_t shorter = a->length < b->length ? a->length : b->length;
  int c;
  if (a->key != b->key) return a->key > b->key;
  c = memcmp(a->text, b->text, shorter);
  return c ? c > 0 : a->length > b->length;
}

/* Merge from[0 .. middle - 1] and from[middle .. n - 1]; the first wins among equals. */
static void merge(const sy_trec_item *from, size_t middle, size_t n, sy_trec_item *to) {
  size_t i = 0, j = middle;
  while (i < middle && j < n) *to++ = is_above(&from[i], &from[j]) ? from[j++] : from[i++];
  while (i < middle) *to++ = from[i++];
  while (j < n) *to++ = from[j++];
}

static int is_sorted(const sy_trec_item *items, size_t n) {
  for (size_t i = 1; i < n; i++)
    if (is_above(&items[i - 1], &items[i])) return 0;
  return 1;
}

void sy_trec_sort(sy_trec_item *items, size_t n, sy_trec_item *scratch) {
  sy_trec_item *from = items, *to = scratch, *other;
  if (is_sorted(items, n)) return;
  for (size_t width = 1; width < n; width *= 2) {
    for (size_t start = 0; start < n; start += 2 * width) {
      size_t left = n - start, middle = left < width ? left : width;
      merge(from + start, middle, left < 2 * width ? left : 2 * width, to + start);
    }
    other = from;
    from = to;
    to = other;
  }
  if (from != items) memcpy(items, from, n * sizeof *items);
}

/* How many bytes all texts begin with. */
static size_t common_prefix(const sy_trec_item *items, size_t n) {
  size_t prefix = n ? items[0].length : 0;
  for (size_t i = 1; i < n; i++) {
    size_t same = 0;
    if (items[i].length < prefix) prefix = items[i].length;
    while (same < prefix && items[i].text[same] == items[0].text[same]) same++;
    prefix = same;
  }
  return prefix;
}

/* The next eight bytes as a number that is larger where they are; behind a text's end they are 0. */
static uint64_t first_bytes(const char *text, size_t length) {
  uint64_t key = 0;
  for (size_t i = 0; i < 8; i++) key = key << 8 | (i < length ? (unsigned char)text[i] : 0u);
  return key;
}

void sy_trec_sort_names(sy_trec_item *items, size_t n, sy_trec_item *scratch) {
  size_t prefix = common_prefix(items, n);
  for (size_t i = 0; i < n; i++) {
    sy_trec_item *item = &items[i];
    size_t left = item->length - prefix, skip = left < 8 ? left : 8;
    item->key = first_bytes(item->text + prefix, left);
    item->text += prefix + skip;
    item->length = (uint32_t)(left - skip);
  }
  sy_trec_sort(items, n, scratch);
}
