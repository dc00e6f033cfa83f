/*
 * auc.c - how often a relevant item stands before one that is not.
 */
#include "kernel/measure/ranking.h"

static double share(double pairs, size_t relevant, size_t others) {
  return relevant && others ? pairs / ((double)relevant * (double)others) : (double)NAN;
}

double sy_auc_value(const sy_ranking *r, const sy_metric *m) {
  size_t relevant = sy_hits(r, r->retrieved), others = r->retrieved - relevant, found = 0;
  double pairs = 0;
  (void)m;
  SY_FOR_BITS(i, r->relevant, r->retrieved) pairs += (double)(others - (i - found++));
  return share(pairs, relevant, others);
}

/* A pair of equal scores counts for one half. */
double sy_auc_expected(const sy_ranking *r, const sy_metric *m) {
  sy_tie tie = {0};
  size_t relevant = sy_hits(r, r->retrieved), others = r->retrieved - relevant;
  double pairs = 0;
  (void)m;
  while (sy_next_tie(r, &tie)) {
    size_t here = tie.items - tie.relevant, before = tie.first - tie.relevant_before;
    pairs += (double)tie.relevant * ((double)(others - before - here) + 0.5 * (double)here);
  }
  return share(pairs, relevant, others);
}

const sy_metric_kind sy_metric_auc = {
    .name = "auc",
    .help =
        "The share of pairs of a relevant item and one that is not in which the relevant one has "
        "the higher score; equal scores count for one half. Over all rows at once, whatever the "
        "request; gauc goes request by request.",
    .source = "Hanley and McNeil 1982; scikit-learn roc_auc_score",
    .flags = SY_METRIC_RELEVANCE | SY_METRIC_POOLED,
    .none = 0.5,
    .perfect = 1,
    .ties = SY_TIES_AVERAGE,
    .value = sy_auc_value,
    .expected = sy_auc_expected,
};
