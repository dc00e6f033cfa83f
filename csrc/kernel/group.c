/*
 * group.c - rows that share an id, brought together.
 *
 * One pass finds the groups with a hash table and sees whether they already lie together, as they
 * do in most logs; only where they do not, a second pass looks the rows up again and places them.
 * Outputs are written when nothing can fail any more.
 */
#include <string.h>

#include "base/base.h"

typedef struct group {
  int64_t id;
  int64_t first; /* its first row */
  int64_t rows;
} group;

typedef struct grouping {
  sy_memory memory;
  group *groups;
  size_t count, room;
  size_t *slots; /* group + 1, or 0; open addressing */
  size_t slot_count;
} grouping;

static size_t hash_id(int64_t id) {
  uint64_t x = (uint64_t)id;
  x = (x ^ x >> 32) * UINT64_C(0x9e3779b97f4a7c15);
  x = (x ^ x >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
  return (size_t)(x ^ x >> 32);
}

/* The slot of an id, or the empty one where it belongs. */
static size_t find_slot(const grouping *g, int64_t id) {
  size_t mask = g->slot_count - 1, slot = hash_id(id) & mask;
  while (g->slots[slot] && g->groups[g->slots[slot] - 1].id != id) slot = (slot + 1) & mask;
  return slot;
}

static int grow_slots(grouping *g) {
  size_t old = g->slot_count, count = old ? old * 2 : 64;
  size_t *slots = sy_allocate(&g->memory, count * sizeof *slots);
  if (!slots) return 0;
  memset(slots, 0, count * sizeof *slots);
  sy_release(&g->memory, g->slots, old * sizeof *slots);
  g->slots = slots;
  g->slot_count = count;
  for (size_t i = 0; i < g->count; i++) slots[find_slot(g, g->groups[i].id)] = i + 1;
  return 1;
}

static int grow_groups(grouping *g) {
  size_t size = sizeof *g->groups, room = g->room ? g->room * 2 : 64;
  group *groups = sy_resize(&g->memory, g->groups, g->room * size, room * size);
  if (!groups) return 0;
  g->groups = groups;
  g->room = room;
  return 1;
}

/* Find all groups; 0: no memory. */
static int find_groups(grouping *g, const int64_t *ids, size_t n, int *contiguous) {
  size_t current = 0;
  *contiguous = 1;
  for (size_t i = 0; i < n; i++) {
    size_t slot;
    if (i && ids[i] == ids[i - 1]) {
      g->groups[current].rows++;
      continue;
    }
    if (g->count == g->room && !grow_groups(g)) return 0;
    if (g->slot_count < (g->count + 1) * 2 && !grow_slots(g)) return 0;
    slot = find_slot(g, ids[i]);
    if (g->slots[slot]) {
      current = g->slots[slot] - 1;
      g->groups[current].rows++;
      *contiguous = 0;
      continue;
    }
    current = g->count++;
    g->slots[slot] = g->count;
    g->groups[current].id = ids[i];
    g->groups[current].first = (int64_t)i;
    g->groups[current].rows = 1;
  }
  return 1;
}

/* Every row to the next free place of its group, whose `rows` now says where that is. */
static void place_rows(grouping *g, const int64_t *ids, size_t n, int64_t *order) {
  size_t current = 0;
  for (size_t i = 0; i < n; i++) {
    if (!i || ids[i] != ids[i - 1]) current = g->slots[find_slot(g, ids[i])] - 1;
    order[g->groups[current].rows++] = (int64_t)i;
  }
}

static void release(grouping *g) {
  sy_release(&g->memory, g->groups, g->room * sizeof *g->groups);
  sy_release(&g->memory, g->slots, g->slot_count * sizeof *g->slots);
}

sy_status sy_group_count(const int64_t *ids, size_t n, const sy_memory *memory, size_t *count,
                         int *contiguous) {
  grouping g = {.memory = sy_memory_of(memory)};
  int together, found = find_groups(&g, ids, n, &together);
  if (found) {
    *count = g.count;
    *contiguous = together;
  }
  release(&g);
  return found ? SY_OK : SY_E_MEMORY;
}

sy_status sy_group_rows(const int64_t *ids, size_t n, const sy_memory *memory, int64_t *offsets,
                        int64_t *first, int64_t *order, size_t *count, int *contiguous) {
  grouping g;
  int together;
  sy_status status = SY_E_MEMORY;
  memset(&g, 0, sizeof g);
  g.memory = sy_memory_of(memory);
  if (find_groups(&g, ids, n, &together)) {
    int64_t start = 0;
    for (size_t i = 0; i < g.count; i++) {
      int64_t rows = g.groups[i].rows;
      offsets[i] = start;
      first[i] = g.groups[i].first;
      g.groups[i].rows = start;
      start += rows;
    }
    offsets[g.count] = start;
    for (size_t i = 0; together && order && i < n; i++) order[i] = (int64_t)i;
    if (!together && order) place_rows(&g, ids, n, order);
    *count = g.count;
    *contiguous = together;
    status = SY_OK;
  }
  release(&g);
  return status;
}
