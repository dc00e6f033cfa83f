/*
 * trec_parts.h - what reading, joining and writing TREC files share.
 *
 * A file's lines are kept with their documents' names in one arena (trec_lines.c); then each topic
 * is joined by itself (trec_join.c) with a set of its names, which fits the cache (trec_names.c).
 */
#ifndef SY_IO_TREC_H
#define SY_IO_TREC_H

#include "base/base.h"
#include "io/dictionary.h"
#include "steelyard/trec.h"

/* A line of a run or of qrels. */
typedef struct sy_trec_line {
  double value;    /* score or grade */
  size_t name;     /* where the document's name begins in the arena */
  int32_t topic;   /* its code */
  uint32_t number; /* of the line in its file */
} sy_trec_line;

typedef struct sy_trec_lines {
  sy_trec_line *list;
  size_t count, room;
} sy_trec_lines;

struct sy_trec {
  sy_memory memory;
  sy_dictionary topics; /* all that occur: codes in order of first appearance */
  char *arena;          /* documents' names, each zero-ended */
  size_t arena_used, arena_room;
  char *tag;
  size_t tag_room;
  size_t missing, unjudged;
  /* What is left of the join. */
  size_t topic_count, row_count;
  size_t topic_room, row_room;  /* what the arrays below have room for */
  int32_t *codes;               /* per topic: its code */
  int64_t *offsets, *retrieved; /* topic_room + 1, topic_room */
  double *scores, *grades;      /* per row, as the next three */
  int32_t *judged, *names;
  size_t *documents; /* where the name begins in the arena */
};

/* ---------------------------------------------------------------------- lines (trec_lines.c) -- */

typedef enum sy_trec_kind { SY_TREC_QRELS, SY_TREC_RUN } sy_trec_kind;

/* Read a file's lines; names, topics and the tag go into trec. lines must be all zeroes before, and
   is the caller's to release, after a failure too. */
sy_status sy_trec_read_lines(sy_trec *trec, const char *path, sy_trec_kind kind,
                             sy_trec_lines *lines, sy_error *error);

/* ------------------------------------------------------------------------ join (trec_join.c) -- */

/* The two files of a join; the lines of one that is not there are empty. */
typedef struct sy_trec_sources {
  const char *qrels_path, *run_path; /* NULL: not there */
  sy_trec_lines qrels, run;
} sy_trec_sources;

sy_status sy_trec_join(sy_trec *trec, const sy_trec_sources *sources, int complete,
                       sy_error *error);

/* ---------------------------------------------------------------------- names (trec_names.c) -- */

/* A name of the set; owner is the caller's, 0 at first. */
typedef struct sy_trec_entry {
  const char *name;
  uint32_t length, owner;
} sy_trec_entry;

/* Different names, numbered in the order in which they came. Empty: all zeroes but memory. */
typedef struct sy_trec_set {
  sy_memory memory;
  sy_trec_entry *entries;
  uint64_t *slots; /* hash << 32 | number + 1, or 0; open addressing with linear probing */
  size_t count, room, slot_count, slot_room;
} sy_trec_set;

void sy_trec_set_release(sy_trec_set *set);
/* Forget all names and make room for n; 0: no memory. */
int sy_trec_set_begin(sy_trec_set *set, size_t n);
/* The number of a name, which was `count` before where it is new. The bytes must stay in place. */
size_t sy_trec_set_add(sy_trec_set *set, const char *name, size_t length);

/* What is sorted: by key, then by the bytes of a text, ascending. */
typedef struct sy_trec_item {
  uint64_t key;
  const char *text;
  uint32_t length;
  uint32_t index; /* the caller's */
} sy_trec_item;

/* Stable; scratch has room for n. */
void sy_trec_sort(sy_trec_item *items, size_t n, sy_trec_item *scratch);
/* Sort items, whose texts are names without zero bytes, by name. Changes their keys and texts. */
void sy_trec_sort_names(sy_trec_item *items, size_t n, sy_trec_item *scratch);

#endif
