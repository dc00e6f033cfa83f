/*
 * interactions_parts.h - what the files that read interactions share.
 */
#ifndef SY_IO_INTERACTIONS_PARTS_H
#define SY_IO_INTERACTIONS_PARTS_H

#include "io/dictionary.h"
#include "io/text.h"
#include "steelyard/interactions.h"

/* A growing list of numbers of one size. */
typedef struct sy_list {
  void *data;
  size_t room;
} sy_list;

struct sy_interactions {
  sy_memory memory;
  sy_interactions_options options;
  sy_dictionary users, items;
  size_t count, room; /* of the four lists */
  sy_list user_codes, item_codes, ratings, times;
  int64_t *ends;
  size_t file_count;
  sy_list starts, numbers; /* of lines of negatives */
  size_t line_count, line_room;
  int32_t *user_order, *item_order; /* the dictionary's code of each number; NULL: the same */
};

/* ------------------------------------------------------------ words (interactions_format.c) -- */

typedef struct sy_word {
  const char *data;
  size_t length;
} sy_word;

enum { SY_COLUMN_USER, SY_COLUMN_ITEM, SY_COLUMN_RATING, SY_COLUMN_TIME, SY_COLUMN_COUNT };

#define SY_WORDS 32 /* the most fields of a line that are told apart */

/* What a file's lines are. */
typedef struct sy_interactions_layout {
  sy_interactions_format format;
  char separator;               /* ' ' for blanks of any kind, '\t', ',', or ':' for `::` */
  int header;                   /* the first line that is not empty is one */
  int named;                    /* columns are as the header has them: further ones are fine */
  int fields;                   /* how many must be there */
  int columns[SY_COLUMN_COUNT]; /* where each is, or -1 */
} sy_interactions_layout;

extern const char *const sy_interactions_columns[SY_COLUMN_COUNT];

/* The fields of a line that ends with '\n' at `end`; up to `most`. Blanks around fields are none. */
int sy_interactions_split(const char *line, const char *end, char separator, sy_word *words,
                          int most);

/* Look at the first lines of a text, of which none was used. */
sy_status sy_interactions_detect(sy_text *text, sy_interactions_format format,
                                 sy_interactions_layout *layout, sy_error *error);

/* ------------------------------------------------------------- lines (interactions_lines.c) -- */

/* Read a file's lines behind those read before. */
sy_status sy_interactions_read_lines(sy_interactions *to, const char *path, sy_error *error);

#endif
