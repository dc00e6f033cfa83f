/*
 * interactions.h - who chose what, read from the files that recommenders' data come in. Included by
 * steelyard.h.
 *
 *   ratings     user item [rating [time]]      fields parted by tabs, blanks, commas or `::`
 *   adjacency   user item item ...             a line for each user
 *   movielens   userId,movieId,rating,timestamp   columns by the names of a header, in any order
 *   pro_sg      uid,sid                        columns by the names of a header
 *   negatives   (user,item) item item ...      NCF's lines of a positive and of sampled negatives
 *
 * Names of users and items are any text. A header of known names (userId, user_id:token, uid, movieId,
 * item, sid, rating, timestamp ..) says which column is which, whatever the format is; another header
 * is recognised by ratings that are no numbers. Empty lines are passed over.
 */
#ifndef STEELYARD_INTERACTIONS_H
#define STEELYARD_INTERACTIONS_H

#include "steelyard.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sy_interactions_format {
  SY_INTERACTIONS_AUTO = 0, /* by each file's first lines; never negatives */
  SY_INTERACTIONS_RATINGS = 1,
  SY_INTERACTIONS_ADJACENCY = 2,
  SY_INTERACTIONS_MOVIELENS = 3,
  SY_INTERACTIONS_PRO_SG = 4,
  SY_INTERACTIONS_NEGATIVES = 5
} sy_interactions_format;

typedef struct sy_interactions_options {
  sy_interactions_format format;
  int by_name; /* number by names: numbers by value, then texts by bytes; else as they came */
  int limited; /* only ratings of min_rating and more; others give no name a number */
  double min_rating;
  int ratings, times; /* keep them */
} sy_interactions_options;

/* Pairs of users and items in the order of the files' lines. Immutable once read. */
typedef struct sy_interactions sy_interactions;

/*
 * Read files one after the other ("-" is standard input; gzip is recognised by content), each in one
 * streaming pass; a name has one number in all. options may be NULL.
 *
 * SY_E_FORMAT names file, line, column and value: a column is missing, a rating or time is no finite
 * number. O(bytes) expected; 8 bytes for a pair, 4 for its rating and 8 for its time, and while these
 * grow up to half as much again where the allocator must copy.
 */
SY_API sy_status sy_interactions_read(const char *const *paths, size_t count,
                                      const sy_interactions_options *options,
                                      const sy_memory *memory, sy_interactions **interactions,
                                      sy_error *error);
SY_API void sy_interactions_destroy(sy_interactions *interactions); /* NULL is fine */

/* All arrays belong to the sy_interactions. */
typedef struct sy_interactions_view {
  size_t count, user_count, item_count, file_count, line_count;
  const int32_t *users, *items; /* from 1 */
  const float *ratings;         /* NULL: not kept */
  const double *times;          /* NULL: not kept */
  const int64_t *ends;          /* per file: how many pairs it and those before it have */
  /* Of negatives: per line, how many pairs come before it, and its number. Its first pair is the
     positive. Of other formats NULL. */
  const int64_t *starts, *numbers;
} sy_interactions_view;

SY_API sy_interactions_view sy_interactions_look(const sy_interactions *interactions);

/* Names, zero-ended, by numbers from 0; length may be NULL. */
SY_API const char *sy_interactions_user(const sy_interactions *interactions, size_t user,
                                        size_t *length);
SY_API const char *sy_interactions_item(const sy_interactions *interactions, size_t item,
                                        size_t *length);

#ifdef __cplusplus
}
#endif

#endif /* STEELYARD_INTERACTIONS_H */
