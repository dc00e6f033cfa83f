/*
 * iprec.c - interpolated precision at a level of recall.
 */
#include "kernel/measure/ranking.h"

size_t sy_needed(const sy_ranking *r, double recall) {
  return (size_t)llround(recall * (double)r->relevant_count);
}

static double value(const sy_ranking *r, const sy_metric *m) {
  size_t needed = sy_needed(r, m->parameter[0]), found = 0;
  double best = 0;
  SY_FOR_BITS(i, r->relevant, r->retrieved) {
    double precision = (double)++found / (double)(i + 1);
    if (found >= needed && precision > best) best = precision;
  }
  return best;
}

const sy_metric_kind sy_metric_iprec = {
    .name = "iprec",
    .help =
        "The highest precision at any rank with at least this recall (rounded to whole items); 0 "
        "where it is not reached.",
    .source = "trec_eval iprec_at_recall (version 10)",
    .flags = SY_METRIC_RELEVANCE,
    .parameters = {{"recall", 0, 0, 1, "the level of recall"}},
    .perfect = 1,
    .value = value,
};
