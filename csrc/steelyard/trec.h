/*
 * trec.h - TREC runs and qrels: read and joined by topic and document, and written. Included by
 * steelyard.h.
 *
 *   run      topic Q0 document rank score tag      what a system retrieved; further words are ignored
 *   qrels    topic iteration document grade        what assessors judged
 *
 * One record a line, words separated by blanks (spaces, tabs, any byte below 33). Empty lines and
 * lines whose first word starts with '#' are passed over. Neither the rank of a run nor the iteration
 * of qrels is looked at. A score is a finite number, a grade a whole one; a negative grade says that
 * the document was pooled, but not judged. Lines of a topic need not stand together.
 */
#ifndef STEELYARD_TREC_H
#define STEELYARD_TREC_H

#include "steelyard.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sy_trec_options {
  int complete; /* keep the topics of the qrels for which nothing was retrieved (trec_eval -c) */
} sy_trec_options;

/* Topics, ascending by the bytes of their names, and their documents. Immutable once read. */
typedef struct sy_trec sy_trec;

/*
 * Read qrels and a run ("-" is standard input; gzip is recognised by content), each in one streaming
 * pass, and join them. There remain the topics that are in both files, with options->complete all of
 * the qrels. A topic's rows: first what was retrieved, in the order of the run, then what was judged
 * but not retrieved, in the order of the qrels. Ranking by score with ties by name (SY_TIES_NAME and
 * the column of names) is trec_eval's order.
 *
 * Either path may be NULL to read the other file alone, with all its topics: of a run every document
 * counts as outside of the pool, of qrels none as retrieved. options may be NULL.
 *
 * SY_E_FORMAT names file, line, column and value: a word is missing, a score or grade is no number,
 * a document stands twice under its topic. O(lines) expected.
 */
SY_API sy_status sy_trec_read(const char *qrels, const char *run, const sy_trec_options *options,
                              const sy_memory *memory, sy_trec **trec, sy_error *error);
SY_API void sy_trec_destroy(sy_trec *trec); /* NULL is fine */

/* All arrays belong to the sy_trec. */
typedef struct sy_trec_columns {
  sy_requests topics;       /* count, offsets */
  size_t rows;              /* offsets[count] */
  const int64_t *retrieved; /* per topic: how many rows, its first ones, were retrieved */
  const double *scores;     /* -infinity: not retrieved */
  const double *grades;     /* 0 where judged is not 1; of qrels read alone, as they are there */
  const int32_t *judged;    /* 1: judged; 0: not in the pool; -1: there, with a negative grade */
  /* For ties by name: among the rows of a topic that have the same score, a document whose name is
     larger (by bytes) has the larger number. Between other rows the numbers mean nothing. */
  const int32_t *names;
} sy_trec_columns;

SY_API sy_trec_columns sy_trec_view(const sy_trec *trec);

/* Names, zero-ended. */
SY_API const char *sy_trec_topic(const sy_trec *trec, size_t topic);
SY_API const char *sy_trec_document(const sy_trec *trec, size_t row);
SY_API const char *sy_trec_tag(const sy_trec *trec); /* of the run's last line; "" where none is */

/* Topics of the qrels without a retrieved document (kept or not), and of the run without judgments
   (left out). 0 where one file was read alone. */
SY_API size_t sy_trec_missing(const sy_trec *trec);
SY_API size_t sy_trec_unjudged(const sy_trec *trec);

/* A text of `length` bytes; no zero need end it. */
typedef struct sy_trec_text {
  const char *data;
  size_t length;
} sy_trec_text;

/* What is written: rows that stand topic by topic, a name for every topic and for every row. */
typedef struct sy_trec_rows {
  sy_requests topics;
  const sy_trec_text *topic_names;
  const sy_trec_text *documents;
} sy_trec_rows;

/*
 * Write a run: topics in the given order, each with its rows by score, equal ones by name, both
 * descending (trec_eval's order), ranks from 1. Scores have the digits that read back as the same
 * double. The file is replaced atomically, as sy_value_model_save does.
 * SY_E_ARGUMENT where a name is empty, holds a blank or stands twice (a topic; a document of a
 * topic), where a topic begins with '#', and SY_E_NUMBER where a score is not finite: what is
 * written can be read. O(rows log rows).
 */
SY_API sy_status sy_trec_write_run(const char *path, const sy_trec_rows *rows, const double *scores,
                                   sy_trec_text tag, const sy_memory *memory, sy_error *error);

/* Write qrels, rows in the given order; grades are whole numbers, else SY_E_NUMBER. */
SY_API sy_status sy_trec_write_qrels(const char *path, const sy_trec_rows *rows,
                                     const double *grades, const sy_memory *memory,
                                     sy_error *error);

#ifdef __cplusplus
}
#endif

#endif /* STEELYARD_TREC_H */
