/*
 * table.h - a table while it is being read: what the readers of the formats share.
 *
 * A reader announces a row (sy_table_row), sets a cell in every column, and commits it. All columns
 * have their numbers in blocks of the same size; the last block grows, so that a small file stays
 * small. A column whose kind is not yet known keeps its values as category codes until the first
 * value that is not missing decides.
 */
#ifndef SY_IO_TABLE_H
#define SY_IO_TABLE_H

#include "base/base.h"
#include "io/dictionary.h"
#include "io/number.h"
#include "io/text.h"

#define SY_TABLE_BLOCK ((size_t)65536)
#define SY_TABLE_COLUMNS ((size_t)100000) /* the most columns */

/* A cell's answer: all rows were dropped just now; read the row's record again from its start. */
#define SY_RESTART ((sy_status)1)

typedef struct sy_column {
  char *name;
  size_t name_length;
  sy_kind kind; /* SY_KIND_AUTO while undecided */
  int declared; /* the caller said so, or the format */
  int hidden;   /* leave it out of the result */
  int taken;
  char *current; /* the block being filled */
  size_t room;   /* elements that it has room for */
  char **blocks; /* full blocks */
  size_t block_count, block_room;
  sy_dictionary names;
  size_t mark;         /* how many names rows before this one have */
  size_t missing_line; /* while undecided: where the first value is missing */
} sy_column;

struct sy_table {
  sy_memory memory;
  const char *path; /* only while reading */
  sy_dtype dtype;
  sy_missing missing;
  double fill;
  int all; /* no columns were asked for by name */
  sy_column *columns;
  size_t count, columns_room;
  size_t rows, dropped;
  size_t full;       /* full blocks of every column */
  size_t slot, room; /* the row's place in the current blocks, and their common room */
  size_t line;       /* where the reader is, for messages */
  size_t first_line; /* of the first row; only where columns may come late */
  int drop;          /* the row has a value for which it must be left out */
};

/* A new column at the end, with `rows` values that count as missing (0 where zero is set). */
sy_status sy_table_add(sy_table *table, const char *name, size_t length, sy_kind kind, int zero,
                       sy_error *error);

/* Make room for a row. *moved (may be NULL) is set to 1 where the current blocks moved. */
sy_status sy_table_grow(sy_table *table, int *moved, sy_error *error);
static inline sy_status sy_table_row(sy_table *table, int *moved, sy_error *error) {
  table->drop = 0;
  return table->slot < table->room ? SY_OK : sy_table_grow(table, moved, error);
}
void sy_table_commit_slow(sy_table *table);
static inline void sy_table_commit(sy_table *table) {
  if (table->missing == SY_MISSING_DROP) {
    sy_table_commit_slow(table);
  } else {
    table->rows++;
    table->slot++;
  }
}

/* Set the cell of the row: from text of any kind, from a number, or to nothing. */
sy_status sy_table_text(sy_table *table, size_t column, const char *text, size_t length,
                        sy_error *error);
sy_status sy_table_number(sy_table *table, size_t column, double value, sy_error *error);
sy_status sy_table_missing(sy_table *table, size_t column, sy_error *error);
/* A category even where the text looks like a number or like nothing. */
sy_status sy_table_category_text(sy_table *table, size_t column, const char *text, size_t length,
                                 sy_error *error);

/* Decide what is still undecided, forget hidden columns. */
sy_status sy_table_finish(sy_table *table, sy_error *error);

/* "path:line: column name: " and what is wrong. */
sy_status sy_table_refuse(const sy_table *table, size_t column, sy_error *error, const char *what);
/* "path:line: " and what is wrong. */
sy_status sy_table_refuse_line(const sy_table *table, size_t line, sy_error *error,
                               const char *format, ...) SY_PRINTF(4, 5);

/* ------------------------------------------------------------------ names of columns in a file */

/* The names that a file has used, for formats that name every value. */
typedef struct sy_keys {
  sy_dictionary names;
  int32_t *columns; /* by code: the table's column, or -1 (not wanted), -2 (left out as nested) */
  size_t *stamps;   /* the last line that had it, 0: none yet */
  size_t room;
  int32_t next; /* the code that stood behind the last one on the line before */
} sy_keys;

sy_status sy_keys_init(sy_keys *keys, const sy_table *table, sy_error *error);
void sy_keys_release(sy_keys *keys);
/* The code of a name; *fresh is 1 where it is new (columns[code] is -1 then). */
sy_status sy_keys_code(sy_keys *keys, const char *name, size_t length, int32_t *code, int *fresh,
                       sy_error *error);
/* Complain about the first column asked for that no line had. */
sy_status sy_keys_check(const sy_keys *keys, const sy_table *table, sy_error *error);
/* The same complaint about one column. */
sy_status sy_keys_absent(const sy_keys *keys, const sy_table *table, size_t column, size_t line,
                         sy_error *error);

/* ------------------------------------------------------------------ the formats -------------- */

sy_status sy_read_csv(sy_table *table, sy_text *text, char delimiter, sy_error *error);
sy_status sy_read_jsonl(sy_table *table, sy_text *text, sy_error *error);
sy_status sy_read_letor(sy_table *table, sy_text *text, sy_error *error);

#endif
