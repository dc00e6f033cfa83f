/*
 * interactions.h - who chose what, read from files of text.
 *
 *   ratings     user item [rating [time]]      a pair a line, words separated by commas, tabs, blanks
 *                                              or "::"; a first line with the columns' names may say
 *                                              which is which
 *   adjacency   user item item ...             a user and items a line, separated likewise
 */
#ifndef STEELYARD_INTERACTIONS_H
#define STEELYARD_INTERACTIONS_H

#include "steelyard.h"
#include "steelyard/sparse.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sy_lines {
  SY_LINES_AUTO = 0,    /* by the first lines */
  SY_LINES_RATINGS = 1, /* with or without names of columns */
  SY_LINES_NAMED = 2,   /* with names of columns */
  SY_LINES_ADJACENCY = 3,
  SY_LINES_BLANKS = 4 /* adjacency, words separated by blanks and tabs alone */
} sy_lines;

typedef struct sy_interactions_options {
  sy_lines lines;
  int join;      /* take all files as one */
  int by_number; /* users and items are numbers, and numbered in their order; 0: as they appear */
  int ratings, times; /* keep them */
  int has_least;      /* leave out ratings below `least` */
  double least;
  const char *columns[4]; /* user, item, rating, time: a name or a number from 1; NULL: see below */
} sy_interactions_options;

/* What was read. */
typedef struct sy_interactions sy_interactions;

/*
 * Read files ("-" is standard input; gzip is recognised by content) in one streaming pass each. Names
 * of users and items are any text; they have the same numbers in all files. Columns, where they are
 * not told: those named userId, uid, movieId, sid, item_id, rating, timestamp and the like, or, where
 * the first line is no such line, the first four. SY_E_FORMAT names file, line and column: a word is
 * missing, a rating or time is no finite number. O(lines) expected.
 */
SY_API sy_status sy_interactions_read(const char *const *paths, size_t count,
                                      const sy_interactions_options *options,
                                      const sy_memory *memory, sy_interactions **out,
                                      sy_error *error);
SY_API void sy_interactions_destroy(sy_interactions *x); /* NULL is fine */

SY_API size_t sy_interactions_users(const sy_interactions *x);
SY_API size_t sy_interactions_items(const sy_interactions *x);
SY_API const char *sy_interactions_user(const sy_interactions *x, size_t user, size_t *length);
SY_API const char *sy_interactions_item(const sy_interactions *x, size_t item, size_t *length);

/* The parts: one a file, or one of all. How many pairs one has; has it ratings, times? */
SY_API size_t sy_interactions_parts(const sy_interactions *x);
SY_API size_t sy_interactions_pairs(const sy_interactions *x, size_t part);
SY_API int sy_interactions_has_ratings(const sy_interactions *x, size_t part);
SY_API int sy_interactions_has_times(const sy_interactions *x, size_t part);

/*
 * Move a part out, as sy_sparse_build makes it of pairs: first sort it, which gives back memory; then
 * take it into arrays: offsets of users + 1, ids and values of as many as there are pairs (values:
 * NULL where it has no ratings). places (NULL where it has no times): the place of each entry among
 * its row's by time, from 1, equal ones in the order of the file. Returns the entries.
 */
SY_API sy_status sy_interactions_sort(sy_interactions *x, size_t part, sy_error *error);
SY_API sy_status sy_interactions_take(sy_interactions *x, size_t part, int32_t base,
                                      int64_t *offsets, int32_t *ids, float *values, float *places,
                                      size_t *entries, sy_error *error);

#ifdef __cplusplus
}
#endif

#endif /* STEELYARD_INTERACTIONS_H */
