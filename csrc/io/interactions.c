/*
 * interactions.c - interactions in memory: read, numbered, looked at, destroyed.
 */
#include "io/interactions_parts.h"

#include <string.h>

#include "io/number.h"

void sy_interactions_destroy(sy_interactions *x) {
  sy_memory memory;
  if (!x) return;
  memory = x->memory;
  sy_release(&memory, x->user_order, x->users.count * sizeof *x->user_order);
  sy_release(&memory, x->item_order, x->items.count * sizeof *x->item_order);
  sy_dictionary_release(&x->users);
  sy_dictionary_release(&x->items);
  sy_release(&memory, x->user_codes.data, x->user_codes.room * sizeof(int32_t));
  sy_release(&memory, x->item_codes.data, x->item_codes.room * sizeof(int32_t));
  sy_release(&memory, x->ratings.data, x->ratings.room * sizeof(float));
  sy_release(&memory, x->times.data, x->times.room * sizeof(double));
  sy_release(&memory, x->starts.data, x->starts.room * sizeof(int64_t));
  sy_release(&memory, x->numbers.data, x->numbers.room * sizeof(int64_t));
  sy_release(&memory, x->ends, x->file_count * sizeof *x->ends);
  sy_release(&memory, x, sizeof *x);
}

/* --------------------------------------------------------------------------- numbers by name -- */

typedef struct entry {
  double value;
  const char *text;
  size_t length;
  int32_t code, number;
} entry;

/* Does a come after b? Numbers come before texts. */
static int after(const entry *a, const entry *b) {
  if (a->number != b->number) return b->number;
  if (a->number && a->value != b->value) return a->value > b->value;
  size_t least = a->length < b->length ? a->length : b->length;
  int order = memcmp(a->text, b->text, least);
  return order ? order > 0 : a->length > b->length;
}

static void merge(const entry *from, size_t low, size_t middle, size_t high, entry *to) {
  size_t a = low, b = middle;
  for (size_t i = low; i < high; i++)
    to[i] = a < middle && (b == high || !after(&from[a], &from[b])) ? from[a++] : from[b++];
}

/* A merge sort, from the bottom up; the sorted entries are in the array that is given back. */
static entry *sort(entry *entries, size_t n, entry *other) {
  for (size_t width = 1; width < n; width *= 2) {
    for (size_t low = 0; low < n; low += 2 * width) {
      size_t middle = low + width < n ? low + width : n;
      size_t high = middle + width < n ? middle + width : n;
      merge(entries, low, middle, high, other);
    }
    entry *kept = entries;
    entries = other;
    other = kept;
  }
  return entries;
}

/* Number names anew: *order says which code each number has; codes become numbers. */
static sy_status number_names(const sy_memory *memory, const sy_dictionary *names, int32_t *codes,
                              size_t count, int32_t **order, sy_error *error) {
  size_t n = names->count, bytes = n * (2 * sizeof(entry) + sizeof(int32_t));
  if (n == 0) return SY_OK;
  entry *entries = sy_allocate(memory, bytes);
  *order = entries ? sy_allocate(memory, n * sizeof **order) : NULL;
  if (!*order) {
    sy_release(memory, entries, bytes);
    return sy_fail_memory(error);
  }
  for (size_t i = 0; i < n; i++) {
    entry *e = &entries[i];
    e->text = sy_dictionary_name(names, i, &e->length);
    e->code = (int32_t)i;
    e->number = sy_number_parse(e->text, e->length, &e->value) == SY_SPELLING_NUMBER;
  }
  int32_t *places = (int32_t *)(void *)(entries + 2 * n);
  const entry *sorted = sort(entries, n, entries + n);
  for (size_t i = 0; i < n; i++) {
    (*order)[i] = sorted[i].code;
    places[sorted[i].code] = (int32_t)i + 1;
  }
  for (size_t i = 0; i < count; i++) codes[i] = places[codes[i] - 1];
  sy_release(memory, entries, bytes);
  return SY_OK;
}

/* ------------------------------------------------------------------------------- reading ------ */

static sy_status read_all(sy_interactions *x, const char *const *paths, size_t count,
                          sy_error *error) {
  sy_status status = SY_OK;
  for (size_t i = 0; i < count && status == SY_OK; i++) {
    status = sy_interactions_read_lines(x, paths[i], error);
    x->ends[i] = (int64_t)x->count;
  }
  if (status != SY_OK || !x->options.by_name) return status;
  status = number_names(&x->memory, &x->users, x->user_codes.data, x->count, &x->user_order, error);
  if (status != SY_OK) return status;
  return number_names(&x->memory, &x->items, x->item_codes.data, x->count, &x->item_order, error);
}

sy_status sy_interactions_read(const char *const *paths, size_t count,
                               const sy_interactions_options *options, const sy_memory *memory,
                               sy_interactions **interactions, sy_error *error) {
  sy_interactions *x;
  sy_status status;
  size_t standard = 0;
  for (size_t i = 0; i < count; i++) standard += strcmp(paths[i], "-") == 0;
  if (count == 0) return sy_fail(error, SY_E_ARGUMENT, "no file to read");
  if (standard > 1) return sy_fail(error, SY_E_ARGUMENT, "two files cannot be standard input");
  x = sy_allocate(memory, sizeof *x);
  if (!x) return sy_fail_memory(error);
  memset(x, 0, sizeof *x);
  x->memory = sy_memory_of(memory);
  if (options) x->options = *options;
  sy_dictionary_init(&x->users, memory);
  sy_dictionary_init(&x->items, memory);
  x->ends = sy_allocate(memory, count * sizeof *x->ends);
  x->file_count = x->ends ? count : 0;
  status = x->ends ? read_all(x, paths, count, error) : sy_fail_memory(error);
  if (status == SY_OK) *interactions = x;
  else sy_interactions_destroy(x);
  return status;
}

sy_interactions_view sy_interactions_look(const sy_interactions *x) {
  sy_interactions_view view = {
      .count = x->count,
      .user_count = x->users.count,
      .item_count = x->items.count,
      .file_count = x->file_count,
      .line_count = x->line_count,
      .users = x->user_codes.data,
      .items = x->item_codes.data,
      .ratings = x->ratings.data,
      .times = x->times.data,
      .ends = x->ends,
      .starts = x->starts.data,
      .numbers = x->numbers.data,
  };
  return view;
}

const char *sy_interactions_user(const sy_interactions *x, size_t user, size_t *length) {
  size_t code = x->user_order ? (size_t)x->user_order[user] : user;
  return sy_dictionary_name(&x->users, code, length);
}

const char *sy_interactions_item(const sy_interactions *x, size_t item, size_t *length) {
  size_t code = x->item_order ? (size_t)x->item_order[item] : item;
  return sy_dictionary_name(&x->items, code, length);
}
