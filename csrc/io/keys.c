/*
 * keys.c - names of columns in formats that name every value.
 *
 * Keys come in the same order line after line, so the key behind the last one is tried first.
 */
#include <string.h>

#include "io/message.h"
#include "io/table.h"

static int grow_keys(sy_keys *keys) {
  const sy_memory *memory = &keys->names.memory;
  size_t room = keys->room ? keys->room * 2 : 16;
  int32_t *columns = sy_allocate(memory, room * sizeof *columns);
  size_t *stamps = columns ? sy_allocate(memory, room * sizeof *stamps) : NULL;
  if (!stamps) {
    sy_release(memory, columns, room * sizeof *columns);
    return 0;
  }
  if (keys->room) {
    memcpy(columns, keys->columns, keys->room * sizeof *columns);
    memcpy(stamps, keys->stamps, keys->room * sizeof *stamps);
  }
  sy_release(memory, keys->columns, keys->room * sizeof *columns);
  sy_release(memory, keys->stamps, keys->room * sizeof *stamps);
  keys->columns = columns;
  keys->stamps = stamps;
  keys->room = room;
  return 1;
}

/* The columns asked for are keys 0, 1 ... in their order. */
sy_status sy_keys_init(sy_keys *keys, const sy_table *table, sy_error *error) {
  memset(keys, 0, sizeof *keys);
  sy_dictionary_init(&keys->names, &table->memory);
  for (size_t c = 0; c < table->count; c++) {
    int32_t code = 0;
    int fresh;
    sy_status status = sy_keys_code(keys, table->columns[c].name, table->columns[c].name_length,
                                    &code, &fresh, error);
    if (status != SY_OK) return status;
    keys->columns[code] = (int32_t)c;
  }
  return SY_OK;
}

void sy_keys_release(sy_keys *keys) {
  const sy_memory memory = keys->names.memory;
  sy_release(&memory, keys->columns, keys->room * sizeof *keys->columns);
  sy_release(&memory, keys->stamps, keys->room * sizeof *keys->stamps);
  sy_dictionary_release(&keys->names);
  memset(keys, 0, sizeof *keys);
}

sy_status sy_keys_code(sy_keys *keys, const char *name, size_t length, int32_t *code, int *fresh,
                       sy_error *error) {
  size_t count = keys->names.count, known;
  *fresh = 0;
  if ((size_t)keys->next < count) {
    const char *guess = sy_dictionary_name(&keys->names, (size_t)keys->next, &known);
    if (known == length && memcmp(guess, name, length) == 0) {
      *code = keys->next++;
      return SY_OK;
    }
  }
  if (count == keys->room && !grow_keys(keys)) return sy_fail_memory(error);
  *code = sy_dictionary_code(&keys->names, name, length);
  if (*code < 0) return sy_fail_memory(error);
  if (keys->names.count > count) {
    *fresh = 1;
    keys->columns[*code] = -1;
    keys->stamps[*code] = 0;
  }
  keys->next = *code + 1;
  return SY_OK;
}

sy_status sy_keys_absent(const sy_keys *keys, const sy_table *table, size_t column, size_t line,
                         sy_error *error) {
  const sy_column *wanted = &table->columns[column];
  sy_suggestion suggestion;
  sy_suggest(&suggestion, wanted->name, wanted->name_length);
  for (size_t code = 0; code < keys->names.count; code++) {
    size_t length;
    const char *name = sy_dictionary_name(&keys->names, code, &length);
    if (keys->stamps[code]) sy_suggest_offer(&suggestion, name, length);
  }
  return sy_table_refuse_line(table, line, error, "no column %s%s",
                              sy_show(wanted->name, wanted->name_length).text,
                              sy_suggest_text(&suggestion));
}

sy_status sy_keys_check(const sy_keys *keys, const sy_table *table, sy_error *error) {
  if (table->all || table->rows + table->dropped == 0) return SY_OK;
  for (size_t c = 0; c < table->count; c++) {
    if (!keys->stamps[c]) return sy_keys_absent(keys, table, c, table->line, error);
  }
  return SY_OK;
}
