/*
 * interactions.c - files of interactions as sparse matrices with names.
 */
#include "steelyard/interactions.h"

#include <stdlib.h>
#include <string.h>

#include "io/interactions.h"
#include "io/message.h"
#include "io/number.h"

static void release_pairs(sy_interactions *x, sy_part *p) {
  sy_release(&x->memory, p->users, p->rooms[0] * sizeof *p->users);
  sy_release(&x->memory, p->items, p->rooms[1] * sizeof *p->items);
  sy_release(&x->memory, p->ratings, p->rooms[2] * sizeof *p->ratings);
  p->users = p->items = NULL;
  p->ratings = NULL;
  p->rooms[0] = p->rooms[1] = p->rooms[2] = 0;
}

static void release_times(sy_interactions *x, sy_part *p) {
  sy_release(&x->memory, p->times, p->rooms[3] * sizeof *p->times);
  p->times = NULL;
  p->rooms[3] = 0;
}

static void release_sorted(sy_interactions *x, sy_part *p) {
  sy_release(&x->memory, p->starts, p->starts ? (x->items.names.count + 1) * sizeof *p->starts : 0);
  sy_release(&x->memory, p->middle, p->middle_bytes);
  p->starts = NULL;
  p->middle = NULL;
  p->middle_bytes = 0;
}

static void release_codes(sy_memory *memory, sy_codes *codes) {
  size_t bytes = codes->names.count * sizeof(int32_t);
  sy_release(memory, codes->direct, codes->direct_room * sizeof(int32_t));
  sy_release(memory, codes->ranks, codes->ranks ? bytes : 0);
  sy_release(memory, codes->order, codes->order ? bytes : 0);
  sy_dictionary_release(&codes->names);
}

void sy_interactions_destroy(sy_interactions *x) {
  if (!x) return;
  sy_memory memory = x->memory;
  for (size_t i = 0; x->parts && i < x->count; i++) {
    release_sorted(x, &x->parts[i]);
    release_pairs(x, &x->parts[i]);
    release_times(x, &x->parts[i]);
  }
  release_codes(&memory, &x->users);
  release_codes(&memory, &x->items);
  sy_release(&memory, x->parts, x->count * sizeof *x->parts);
  sy_release(&memory, x, sizeof *x);
}

/* ------------------------------------------------------------------------------- by number --- */

typedef struct numbered {
  double number;
  int32_t code;
} numbered;

static int compare_numbers(const void *a, const void *b) {
  const numbered *left = a, *right = b;
  if (left->number != right->number) return left->number < right->number ? -1 : 1;
  return left->code < right->code ? -1 : left->code > right->code;
}

static sy_status number_names(sy_memory *memory, sy_codes *codes, const char *what,
                              sy_error *error) {
  size_t n = codes->names.count, bytes = n * sizeof(numbered);
  numbered *list;
  if (n == 0) return SY_OK;
  codes->ranks = sy_allocate(memory, n * sizeof *codes->ranks);
  codes->order = codes->ranks ? sy_allocate(memory, n * sizeof *codes->order) : NULL;
  list = codes->order ? sy_allocate(memory, bytes) : NULL;
  if (!list) return sy_fail_memory(error);
  for (size_t i = 0; i < n; i++) {
    size_t length;
    const char *name = sy_dictionary_name(&codes->names, i, &length);
    list[i].code = (int32_t)i;
    if (sy_number_parse(name, length, &list[i].number) != SY_SPELLING_NUMBER) {
      sy_release(memory, list, bytes);
      return sy_fail(error, SY_E_FORMAT, "%s %s is no number, to be numbered by", what,
                     sy_show(name, length).text);
    }
  }
  qsort(list, n, sizeof *list, compare_numbers);
  for (size_t i = 0; i < n; i++) {
    codes->order[i] = list[i].code;
    codes->ranks[list[i].code] = (int32_t)i;
  }
  sy_release(memory, list, bytes);
  return SY_OK;
}

static sy_status number_all(sy_interactions *x, sy_error *error) {
  sy_status status = number_names(&x->memory, &x->users, "user", error);
  if (status == SY_OK) status = number_names(&x->memory, &x->items, "item", error);
  for (size_t i = 0; status == SY_OK && i < x->count; i++)
    for (size_t k = 0; k < x->parts[i].count; k++) {
      x->parts[i].users[k] = x->users.ranks[x->parts[i].users[k]];
      x->parts[i].items[k] = x->items.ranks[x->parts[i].items[k]];
    }
  return status;
}

/* ---------------------------------------------------------------------------------- reading --- */

static void release_direct(sy_codes *codes) {
  sy_release(&codes->names.memory, codes->direct, codes->direct_room * sizeof(int32_t));
  codes->direct = NULL;
  codes->direct_room = 0;
}

static sy_status read_all(sy_interactions *x, const char *const *paths, size_t count,
                          sy_error *error) {
  sy_status status = SY_OK;
  for (size_t i = 0; i < count && status == SY_OK; i++) {
    sy_text text;
    status = sy_text_open(&text, paths[i], &x->memory, error);
    if (status != SY_OK) break;
    status = sy_read_pairs(x, &x->parts[x->options.join ? 0 : i], &text, error);
    sy_text_close(&text);
  }
  release_direct(&x->users);
  release_direct(&x->items);
  if (status == SY_OK && x->options.by_number) status = number_all(x, error);
  return status;
}

sy_status sy_interactions_read(const char *const *paths, size_t count,
                               const sy_interactions_options *options, const sy_memory *memory,
                               sy_interactions **out, sy_error *error) {
  static const sy_interactions_options standard = {0};
  sy_interactions *x = sy_allocate(memory, sizeof *x);
  sy_status status = SY_OK;
  if (!x) return sy_fail_memory(error);
  memset(x, 0, sizeof *x);
  x->memory = sy_memory_of(memory);
  x->options = options ? *options : standard;
  sy_dictionary_init(&x->users.names, memory);
  sy_dictionary_init(&x->items.names, memory);
  size_t parts = x->options.join ? 1 : count;
  x->parts = sy_allocate(memory, (parts ? parts : 1) * sizeof *x->parts);
  if (x->parts) {
    x->count = parts ? parts : 1;
    memset(x->parts, 0, x->count * sizeof *x->parts);
    for (size_t i = 0; i < x->count; i++) {
      x->parts[i].has_ratings = x->options.ratings;
      x->parts[i].has_times = x->options.times;
    }
    status = read_all(x, paths, count, error);
  } else {
    status = sy_fail_memory(error);
  }
  memset(x->options.columns, 0, sizeof x->options.columns); /* the caller's */
  if (status == SY_OK) *out = x;
  else sy_interactions_destroy(x);
  return status;
}

size_t sy_interactions_users(const sy_interactions *x) { return x->users.names.count; }
size_t sy_interactions_items(const sy_interactions *x) { return x->items.names.count; }

static const char *name_of(const sy_codes *codes, size_t place, size_t *length) {
  size_t code = codes->order ? (size_t)codes->order[place] : place;
  return sy_dictionary_name(&codes->names, code, length);
}

const char *sy_interactions_user(const sy_interactions *x, size_t user, size_t *length) {
  return name_of(&x->users, user, length);
}
const char *sy_interactions_item(const sy_interactions *x, size_t item, size_t *length) {
  return name_of(&x->items, item, length);
}

size_t sy_interactions_parts(const sy_interactions *x) { return x->count; }
size_t sy_interactions_pairs(const sy_interactions *x, size_t part) { return x->parts[part].count; }
int sy_interactions_has_ratings(const sy_interactions *x, size_t part) {
  return x->parts[part].has_ratings;
}
int sy_interactions_has_times(const sy_interactions *x, size_t part) {
  return x->parts[part].has_times;
}

/* ----------------------------------------------------------------------------------- taking --- */

sy_status sy_interactions_sort(sy_interactions *x, size_t part, sy_error *error) {
  sy_part *p = &x->parts[part];
  sy_sparse_pairs pairs = {
      p->count, x->users.names.count, x->items.names.count, p->users, p->items, p->ratings};
  if (p->sorted) return sy_fail(error, SY_E_ARGUMENT, "part %zu: taken before", part + 1);
  p->starts = sy_allocate(&x->memory, (pairs.shape_columns + 1) * sizeof *p->starts);
  if (!p->starts) return sy_fail_memory(error);
  size_t bytes = sy_sparse_middle(&pairs, p->has_times) + 1;
  p->middle = sy_allocate(&x->memory, bytes);
  if (!p->middle) {
    release_sorted(x, p);
    return sy_fail_memory(error);
  }
  p->middle_bytes = bytes;
  sy_sparse_sort_columns(&pairs, p->has_times, p->starts, p->middle, &p->by_column);
  p->sorted = 1;
  release_pairs(x, p);
  return SY_OK;
}

/* The places by time of what was taken. */
static sy_status find_places(sy_interactions *x, sy_part *p, const int64_t *offsets,
                             const uint32_t *order, float *places, sy_error *error) {
  size_t rows = x->users.names.count, longest = 0;
  for (size_t r = 0; r < rows; r++) {
    size_t n = (size_t)(offsets[r + 1] - offsets[r]);
    longest = n > longest ? n : longest;
  }
  size_t bytes = 2 * longest * sizeof(uint32_t) + 1;
  uint32_t *scratch = sy_allocate(&x->memory, bytes);
  if (!scratch) return sy_fail_memory(error);
  sy_sparse_places(rows, offsets, order, p->times, scratch, places);
  sy_release(&x->memory, scratch, bytes);
  return SY_OK;
}

sy_status sy_interactions_take(sy_interactions *x, size_t part, int32_t base, int64_t *offsets,
                               int32_t *ids, float *values, float *places, size_t *entries,
                               sy_error *error) {
  sy_part *p = &x->parts[part];
  sy_status status = SY_OK;
  size_t bytes = p->count * sizeof(uint32_t) + 1;
  uint32_t *order = NULL;
  if (!p->sorted || !p->middle)
    return sy_fail(error, SY_E_ARGUMENT, "part %zu: not sorted, or taken before", part + 1);
  if (p->has_times) {
    order = sy_allocate(&x->memory, bytes);
    if (!order) return sy_fail_memory(error);
  }
  *entries = sy_sparse_sort_rows(&p->by_column, base, offsets, ids, values, order);
  release_sorted(x, p);
  if (order && places) status = find_places(x, p, offsets, order, places, error);
  sy_release(&x->memory, order, order ? bytes : 0);
  release_times(x, p);
  return status;
}
