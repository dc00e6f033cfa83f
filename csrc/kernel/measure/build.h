/*
 * build.h - from a log's rows to rankings.
 */
#ifndef SY_BUILD_H
#define SY_BUILD_H

#include "kernel/measure/ranking.h"

/*
 * A way to look at a request: an order of ties, and what is relevant. Metrics that share one share
 * its rankings.
 */
typedef struct sy_view {
  sy_ties ties;
  int by_worth;       /* best and worst are told by the gain table, not by labels */
  double relevance;   /* NaN: label > 0 */
  size_t depth;       /* ranks that must be known; 0: all */
  size_t ideal_depth; /* sorted labels that may be asked for; 0: all */
  int needs_relevance;
} sy_view;

/* One request while its views are looked at one after the other. */
typedef struct sy_request {
  const sy_log *log;
  const sy_work *work;
  sy_slot *slot;
  size_t from, items, retrieved;
  double largest; /* the log's largest label */
  sy_reals scores, labels;
  int full;    /* some view needs the order of all ranks */
  int ordered; /* slot->order is the order of all ranks, in some order of ties */
  int tied;    /* are there equal scores? Known once `full` orders were made */
} sy_request;

/* Load a request's numbers. Returns 0 where a score is NaN or a label not finite. */
int sy_request_load(sy_request *request, size_t index);

/* Rank it as a view wants; the ranking is good until the next. */
void sy_request_rank(sy_request *request, const sy_view *view, sy_memo *memo, sy_ranking *ranking);

/* Bits and grades anew from the order, after a change of it. */
void sy_ranking_mark(sy_ranking *ranking);

#endif
