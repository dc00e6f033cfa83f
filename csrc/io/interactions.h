/*
 * interactions.h - what the readers of interactions share.
 */
#ifndef SY_IO_INTERACTIONS_H
#define SY_IO_INTERACTIONS_H

#include "io/dictionary.h"
#include "io/text.h"
#include "steelyard/interactions.h"

/* Names to numbers; those that are small numbers themselves are looked up directly. */
typedef struct sy_codes {
  sy_dictionary names;
  int32_t *direct; /* code + 1, or 0 */
  size_t direct_room;
  int32_t *ranks; /* by number: the place of each code; and the code at each place */
  int32_t *order;
} sy_codes;

/* The pairs of a file, then sorted by column. */
typedef struct sy_part {
  size_t count, room;
  size_t rooms[4]; /* of each array by itself, for one may grow and the next one fail */
  int32_t *users, *items;
  float *ratings;
  double *times;
  int64_t *starts;
  void *middle;
  size_t middle_bytes;
  sy_sparse_by_column by_column;
  int has_ratings, has_times, sorted;
} sy_part;

struct sy_interactions {
  sy_memory memory;
  sy_interactions_options options;
  sy_codes users, items;
  size_t count; /* of parts */
  sy_part *parts;
};

enum { SY_FIELD_USER, SY_FIELD_ITEM, SY_FIELD_RATING, SY_FIELD_TIME, SY_FIELDS };

/* How the lines of one file are cut. */
typedef struct sy_shape {
  int adjacency;
  char separator;        /* ',' '\t' ';', ':' for "::", ' ' for blanks */
  int header;            /* the first line names columns */
  int column[SY_FIELDS]; /* from 0; -1: there is none */
  int last;              /* the last column of interest */
} sy_shape;

/* A word of a line. */
typedef struct sy_word {
  char *data;
  size_t length;
} sy_word;

/* The next word from *at on, which moves behind its separator (NULL: that was the last word). */
sy_word sy_next_word(char **at, char *end, char separator);

/* What the first lines are like. */
typedef struct sy_first_lines {
  int lists;     /* not 2 to 4 words on each, as many on all; no user has two lines in a row;
                    and between commas and the like, some line has more */
  int by_blanks; /* lists whose items are parted by blanks, whatever parts off the user */
  int header;    /* ratings or times are numbers on all lines but the first */
} sy_first_lines;

sy_first_lines sy_look_at_lines(const sy_text *text, char separator);

/* Find the shape of a file by its first lines, which text holds. */
sy_status sy_find_shape(const sy_interactions_options *options, sy_text *text, sy_shape *shape,
                        sy_error *error);

/* Read a file's lines into a part. */
sy_status sy_read_pairs(sy_interactions *x, sy_part *part, sy_text *text, sy_error *error);

/* The code of a name; below 0 as sy_dictionary_code. */
int32_t sy_code_of(sy_codes *codes, const char *name, size_t length);

#endif
