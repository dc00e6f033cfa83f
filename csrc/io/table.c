/*
 * table.c - the columns of a table: storage in blocks, cells, kinds, missing values.
 */
#include "io/table.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "io/message.h"

#define FIRST_ROOM ((size_t)64)

static size_t width_of(const sy_table *table, const sy_column *column) {
  return column->kind == SY_KIND_NUMBER ? sy_dtype_size(table->dtype) : sizeof(int32_t);
}

/* ---------------------------------------------------------------- messages ------------------- */

sy_status sy_table_refuse(const sy_table *table, size_t column, sy_error *error, const char *what) {
  const sy_column *c = &table->columns[column];
  return sy_fail(error, SY_E_FORMAT, "%s:%zu: column %s: %s", sy_show_path(table->path).text,
                 table->line, sy_show_name(c->name, c->name_length).text, what);
}

sy_status sy_table_refuse_line(const sy_table *table, size_t line, sy_error *error,
                               const char *format, ...) {
  char what[320];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(what, sizeof what, format, arguments);
  va_end(arguments);
  return sy_fail(error, SY_E_FORMAT, "%s:%zu: %s", sy_show_path(table->path).text, line, what);
}

static sy_status refuse_value(const sy_table *table, size_t column, sy_error *error,
                              const char *text, size_t length, const char *what) {
  char message[320];
  snprintf(message, sizeof message, "%s %s", sy_show(text, length).text, what);
  return sy_table_refuse(table, column, error, message);
}

/* ---------------------------------------------------------------- storage -------------------- */

static void free_blocks(sy_table *table, sy_column *column) {
  size_t width = width_of(table, column);
  for (size_t b = 0; b < column->block_count; b++) {
    sy_release(&table->memory, column->blocks[b], SY_TABLE_BLOCK * width);
  }
  sy_release(&table->memory, column->blocks, column->block_room * sizeof *column->blocks);
  column->blocks = NULL;
  column->block_count = column->block_room = 0;
}

static void free_values(sy_table *table, sy_column *column) {
  free_blocks(table, column);
  sy_release(&table->memory, column->current, column->room * width_of(table, column));
  column->current = NULL;
  column->room = 0;
}

/* Put the full current block away and start another one. */
static int next_block(sy_table *table, sy_column *column) {
  char *block;
  if (column->block_count == column->block_room) {
    size_t size = sizeof *column->blocks, room = column->block_room ? column->block_room * 2 : 8;
    char **blocks =
        sy_resize(&table->memory, column->blocks, column->block_room * size, room * size);
    if (!blocks) return 0;
    column->blocks = blocks;
    column->block_room = room;
  }
  block = sy_allocate(&table->memory, SY_TABLE_BLOCK * width_of(table, column));
  if (!block) return 0;
  column->blocks[column->block_count++] = column->current;
  column->current = block;
  return 1;
}

static int widen_block(sy_table *table, sy_column *column, size_t room) {
  size_t width = width_of(table, column);
  char *block = sy_resize(&table->memory, column->current, column->room * width, room * width);
  if (!block) return 0;
  column->current = block;
  column->room = room;
  return 1;
}

sy_status sy_table_grow(sy_table *table, int *moved, sy_error *error) {
  int full = table->room == SY_TABLE_BLOCK;
  size_t room = table->room ? table->room * 2 : FIRST_ROOM;
  if (moved) *moved = 1;
  for (size_t c = 0; c < table->count; c++) {
    sy_column *column = &table->columns[c];
    if (!(full ? next_block(table, column) : widen_block(table, column, room))) {
      return sy_fail_memory(error);
    }
  }
  if (full) {
    table->full++;
    table->slot = 0;
  } else {
    table->room = room;
  }
  return SY_OK;
}

static void fill_block(const sy_table *table, const sy_column *column, char *block, size_t count,
                       double value) {
  if (column->kind != SY_KIND_NUMBER) {
    memset(block, 0, count * sizeof(int32_t));
  } else if (table->dtype == SY_F32) {
    float *out = (float *)(void *)block;
    for (size_t i = 0; i < count; i++) out[i] = (float)value;
  } else {
    double *out = (double *)(void *)block;
    for (size_t i = 0; i < count; i++) out[i] = value;
  }
}

/* Storage of a column that comes late: as the others have it, every value the same (code 0). */
static sy_status make_values(sy_table *table, sy_column *column, double value, sy_error *error) {
  if (table->room == 0) return SY_OK;
  if (!widen_block(table, column, table->full ? SY_TABLE_BLOCK : table->room)) {
    return sy_fail_memory(error);
  }
  for (size_t b = 0; b < table->full; b++) {
    fill_block(table, column, column->current, SY_TABLE_BLOCK, value);
    if (!next_block(table, column)) return sy_fail_memory(error);
  }
  fill_block(table, column, column->current, table->slot, value);
  return SY_OK;
}

static sy_column *new_column(sy_table *table, const char *name, size_t length) {
  sy_column *column;
  if (table->count == table->columns_room) {
    size_t size = sizeof *table->columns, room = table->columns_room ? table->columns_room * 2 : 8;
    column = sy_resize(&table->memory, table->columns, table->columns_room * size, room * size);
    if (!column) return NULL;
    table->columns = column;
    table->columns_room = room;
  }
  column = &table->columns[table->count];
  memset(column, 0, sizeof *column);
  column->name = sy_allocate(&table->memory, length + 1);
  if (!column->name) return NULL;
  memcpy(column->name, name, length);
  column->name[length] = 0;
  column->name_length = length;
  sy_dictionary_init(&column->names, &table->memory);
  table->count++;
  return column;
}

sy_status sy_table_add(sy_table *table, const char *name, size_t length, sy_kind kind, int zero,
                       sy_error *error) {
  sy_column *column;
  if (table->count >= SY_TABLE_COLUMNS) {
    return sy_fail(error, SY_E_LIMIT, "%s:%zu: more than 100000 columns",
                   sy_show_path(table->path).text, table->line);
  }
  column = new_column(table, name, length);
  if (!column) return sy_fail_memory(error);
  column->kind = kind;
  column->declared = kind != SY_KIND_AUTO;
  /* Codes 0 need their name: nothing, or the spelling of zero. */
  if (kind != SY_KIND_NUMBER && table->rows) {
    if (sy_dictionary_code(&column->names, zero ? "0" : "", zero ? 1 : 0) < 0) {
      return sy_fail_memory(error);
    }
    column->mark = 1;
    column->missing_line = zero ? 0 : table->first_line;
  }
  return make_values(table, column, zero ? 0.0 : table->fill, error);
}

/* ---------------------------------------------------------------- rows ----------------------- */

/* With SY_MISSING_DROP a row is there whole or not at all, names of categories included. */
void sy_table_commit_slow(sy_table *table) {
  for (size_t c = 0; c < table->count; c++) {
    sy_column *column = &table->columns[c];
    if (column->kind == SY_KIND_NUMBER) continue;
    if (table->drop) sy_dictionary_shrink(&column->names, column->mark);
    else column->mark = column->names.count;
  }
  table->rows += !table->drop;
  table->slot += !table->drop;
  table->dropped += table->drop != 0;
}

static void drop_all_rows(sy_table *table) {
  for (size_t c = 0; c < table->count; c++) {
    sy_column *column = &table->columns[c];
    free_blocks(table, column);
    sy_dictionary_shrink(&column->names, 0);
    column->mark = 0;
  }
  table->dropped += table->rows;
  table->rows = table->full = table->slot = 0;
  table->drop = 0;
}

/* ---------------------------------------------------------------- kinds ---------------------- */

/* The first value of an undecided column is a number: what was missing so far was one, too. */
static sy_status become_number(sy_table *table, size_t index, sy_error *error) {
  sy_column *column = &table->columns[index];
  double value = table->missing == SY_MISSING_FILL ? table->fill : (double)NAN;
  int restart = table->rows && table->missing == SY_MISSING_DROP;
  sy_status status;
  if (table->rows && table->missing == SY_MISSING_ERROR) {
    table->line = column->missing_line;
    return sy_table_refuse(table, index, error, "the value is missing");
  }
  if (restart) drop_all_rows(table);
  free_values(table, column);
  sy_dictionary_release(&column->names);
  column->kind = SY_KIND_NUMBER;
  status = make_values(table, column, value, error);
  return status == SY_OK && restart ? SY_RESTART : status;
}

static void put_number(sy_table *table, const sy_column *column, double value) {
  if (table->dtype == SY_F32) ((float *)(void *)column->current)[table->slot] = (float)value;
  else ((double *)(void *)column->current)[table->slot] = value;
}

static sy_status put_category(sy_table *table, size_t index, const char *text, size_t length,
                              sy_error *error) {
  sy_column *column = &table->columns[index];
  int32_t code = sy_dictionary_code(&column->names, text, length);
  if (code == -1) return sy_fail_memory(error);
  if (code < 0) {
    return sy_fail(error, SY_E_LIMIT, "%s:%zu: column %s: more than 2^31 - 1 categories",
                   sy_show_path(table->path).text, table->line,
                   sy_show_name(column->name, column->name_length).text);
  }
  ((int32_t *)(void *)column->current)[table->slot] = code;
  return SY_OK;
}

/* A number that is missing (text NULL or blank), NaN or infinite: as the policy says. */
static sy_status put_unusual(sy_table *table, size_t index, int missing, double value,
                             const char *text, size_t length, sy_error *error) {
  const sy_column *column = &table->columns[index];
  switch (table->missing) {
    case SY_MISSING_DROP: table->drop = 1; return SY_OK;
    case SY_MISSING_FILL: put_number(table, column, table->fill); return SY_OK;
    case SY_MISSING_KEEP: put_number(table, column, missing ? (double)NAN : value); return SY_OK;
    default: break;
  }
  if (missing) return sy_table_refuse(table, index, error, "the value is missing");
  return refuse_value(table, index, error, text, length,
                      isfinite(value) ? "is too large for f32" : "is not finite");
}

static int is_too_large(const sy_table *table, double value) {
  return table->dtype == SY_F32 && !isfinite((float)value);
}

sy_status sy_table_number(sy_table *table, size_t index, double value, sy_error *error) {
  char text[32];
  if (table->columns[index].kind == SY_KIND_AUTO) {
    sy_status status = become_number(table, index, error);
    if (status != SY_OK) return status;
  }
  if (isfinite(value) && !is_too_large(table, value)) {
    put_number(table, &table->columns[index], value);
    return SY_OK;
  }
  snprintf(text, sizeof text, "%g", value);
  return put_unusual(table, index, 0, value, text, strlen(text), error);
}

sy_status sy_table_missing(sy_table *table, size_t index, sy_error *error) {
  sy_column *column = &table->columns[index];
  if (column->kind == SY_KIND_NUMBER) {
    return put_unusual(table, index, 1, (double)NAN, NULL, 0, error);
  }
  if (column->kind == SY_KIND_AUTO && !column->missing_line) column->missing_line = table->line;
  return put_category(table, index, "", 0, error);
}

sy_status sy_table_category_text(sy_table *table, size_t index, const char *text, size_t length,
                                 sy_error *error) {
  table->columns[index].kind = SY_KIND_CATEGORY;
  return put_category(table, index, text, length, error);
}

sy_status sy_table_text(sy_table *table, size_t index, const char *text, size_t length,
                        sy_error *error) {
  sy_column *column = &table->columns[index];
  sy_spelling spelling;
  double value;
  if (column->kind == SY_KIND_CATEGORY) return put_category(table, index, text, length, error);
  spelling = sy_number_parse(text, length, &value);
  if (column->kind == SY_KIND_AUTO) {
    sy_status status;
    if (spelling == SY_SPELLING_TEXT) {
      return sy_table_category_text(table, index, text, length, error);
    }
    if (spelling == SY_SPELLING_MISSING) {
      if (!column->missing_line) column->missing_line = table->line;
      return put_category(table, index, text, length, error);
    }
    status = become_number(table, index, error);
    if (status != SY_OK) return status;
  }
  if (spelling == SY_SPELLING_TEXT) {
    return refuse_value(table, index, error, text, length,
                        column->declared ? "is not a number"
                                         : "is not a number, as the values before it are; to read "
                                           "the column as a category, name it in categorical=");
  }
  if (spelling == SY_SPELLING_NUMBER && !is_too_large(table, value)) {
    put_number(table, column, value);
    return SY_OK;
  }
  return put_unusual(table, index, spelling == SY_SPELLING_MISSING, value, text, length, error);
}

sy_status sy_table_finish(sy_table *table, sy_error *error) {
  size_t kept = 0;
  for (size_t c = 0; c < table->count; c++) {
    sy_column *column = &table->columns[c];
    if (column->hidden) {
      free_values(table, column);
      sy_dictionary_release(&column->names);
      sy_release(&table->memory, column->name, column->name_length + 1);
      memset(column, 0, sizeof *column); /* moved past the end below; nothing to free there */
      continue;
    }
    if (kept != c) {
      table->columns[kept] = *column;
      memset(column, 0, sizeof *column);
    }
    kept++;
  }
  table->count = kept;
  for (size_t c = 0; c < kept; c++) {
    sy_status status = SY_OK;
    if (table->columns[c].kind == SY_KIND_AUTO) status = become_number(table, c, error);
    if (status != SY_OK && status != SY_RESTART) return status;
  }
  return SY_OK;
}

/* ---------------------------------------------------------------- the result ----------------- */

void sy_table_destroy(sy_table *table) {
  sy_memory memory;
  if (!table) return;
  memory = table->memory;
  for (size_t c = 0; c < table->count; c++) {
    sy_column *column = &table->columns[c];
    free_values(table, column);
    sy_dictionary_release(&column->names);
    sy_release(&memory, column->name, column->name_length + 1);
  }
  sy_release(&memory, table->columns, table->columns_room * sizeof *table->columns);
  sy_release(&memory, table, sizeof *table);
}

size_t sy_table_rows(const sy_table *table) { return table->rows; }
size_t sy_table_dropped(const sy_table *table) { return table->dropped; }
size_t sy_table_columns(const sy_table *table) { return table->count; }

const char *sy_table_name(const sy_table *table, size_t column) {
  return column < table->count ? table->columns[column].name : NULL;
}

sy_kind sy_table_kind(const sy_table *table, size_t column) {
  return column < table->count ? table->columns[column].kind : SY_KIND_AUTO;
}

size_t sy_table_categories(const sy_table *table, size_t column) {
  return column < table->count ? table->columns[column].names.count : 0;
}

const char *sy_table_category(const sy_table *table, size_t column, size_t code, size_t *length) {
  if (code >= sy_table_categories(table, column)) return NULL;
  return sy_dictionary_name(&table->columns[column].names, code, length);
}

sy_status sy_table_take(sy_table *table, size_t index, void *destination) {
  sy_column *column;
  size_t width;
  char *out = destination;
  if (index >= table->count || table->columns[index].taken) return SY_E_ARGUMENT;
  column = &table->columns[index];
  width = width_of(table, column);
  for (size_t b = 0; b < column->block_count; b++, out += SY_TABLE_BLOCK * width) {
    memcpy(out, column->blocks[b], SY_TABLE_BLOCK * width);
    sy_release(&table->memory, column->blocks[b], SY_TABLE_BLOCK * width);
  }
  column->block_count = 0;
  if (table->slot) memcpy(out, column->current, table->slot * width);
  free_values(table, column);
  column->taken = 1;
  return SY_OK;
}
