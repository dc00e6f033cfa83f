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
  int needs_relevance, needs_ideal;
} sy_view;

/* One request while its views are looked at one after the other. */
typedef struct sy_request {
  const sy_log *log;
  const sy_work *work;
  sy_slot *slot;
  size_t from, items, retrieved;
  double largest; /* the log's largest label */
  sy_reals scores, labels;
  void *score_room, *label_room; /* where numbers go that cannot be read in place */
  int32_t *order;                /* slot->order, or a batch's */
  double *ideal;                 /* room for labels, largest first; `sorted` are there */
  size_t sorted;
  int bad;       /* a score is NaN, or a label not finite */
  int full;      /* some view needs the order of all ranks */
  int ordered;   /* order is there: of all ranks where full, in some order of ties */
  int moved;     /* ... which is not by row: a view with an order of its own came before */
  size_t groups; /* of equal scores, whose ends are in slot->ends; once a full order was made */
} sy_request;

/*
 * Load requests first .. last - 1, or as many of them as go together: several short ones where one
 * order will do, which are ordered together, as deep as the view looks; else one. Each of batch is a
 * copy of `model`. Returns how many.
 */
size_t sy_requests_load(const sy_request *model, size_t first, size_t last, const sy_view *view,
                        sy_request *batch);

/* What all rankings of a view share. */
void sy_ranking_begin(const sy_request *model, const sy_view *view, sy_memo *memo,
                      sy_ranking *ranking);

/* Rank a request as a view wants; the ranking is good until the next. */
void sy_request_rank(sy_request *request, const sy_view *view, sy_ranking *ranking);

/* Bits and grades anew from the order, after a change of it. */
void sy_ranking_mark(sy_ranking *ranking);

#endif
