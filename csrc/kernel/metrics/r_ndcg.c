/*
 * r_ndcg.c - NDCG, averaged over the ranks at which the ideal order goes to the next lower gain.
 */
#include "kernel/measure/ranking.h"

typedef struct levels {
  double dcg, best; /* up to a rank */
  double sum;
  size_t count;
} levels;

static void note(levels *l) {
  if (!(l->best > 0)) return;
  l->sum += l->dcg / l->best;
  l->count++;
}

/* What stands at ever later ranks is worth: the mean of its group, where ties are averaged. */
typedef struct walk {
  size_t group, last; /* how many groups were begun, and where the last of them ends */
  double mean;
} walk;

static double worth_at(const sy_ranking *r, const sy_metric *m, walk *w, size_t i) {
  if (r->groups == 0) return sy_worth(r->log, m->gain, r->grades[i]);
  if (i == w->last) {
    w->last = (size_t)r->ends[w->group++];
    w->mean = 0;
    for (size_t j = i; j < w->last; j++)
      w->mean += sy_worth(r->log, m->gain, r->grades[j]) / (double)(w->last - i);
  }
  return w->mean;
}

/* The sum of DCGs at ranks that do not depend on the order: the mean of all orders needs no more. */
static double value(const sy_ranking *r, const sy_metric *m) {
  walk w = {0};
  const double *ideal = sy_ideal_worths(r, m);
  levels l = {0};
  double level = r->items && ideal[0] > 0 ? ideal[0] : 0;
  size_t n = r->items > r->retrieved ? r->items : r->retrieved, exhausted = n;
  for (size_t i = 0; i <= n; i++) {
    double best = i < r->items && ideal[i] > 0 ? ideal[i] : 0, discount = sy_discount_at(r, m, i);
    if (best != level) note(&l);
    if (best == 0 && i < exhausted) exhausted = i;
    level = best;
    if (i < r->retrieved) l.dcg += worth_at(r, m, &w, i) * discount;
    l.best += best * discount;
  }
  /* Gain 0 is a level, too, which ends with the ranking; as in trec_eval, one of more than one rank. */
  if (exhausted + 1 < r->retrieved) note(&l);
  if (!isfinite(l.dcg) || !isfinite(l.best)) return (double)INFINITY;
  return l.count ? l.sum / (double)l.count : (double)NAN;
}

const sy_metric_kind sy_metric_r_ndcg = {
    .name = "r_ndcg",
    .help = "Mean of NDCG at the ranks where the ideal order has spent a level of gain, and at the "
            "last.",
    .source = "trec_eval Rndcg",
    .flags = SY_METRIC_GAIN | SY_METRIC_ALL_RANKS | SY_METRIC_RELEVANCE,
    .perfect = 1,
    .value = value,
    .expected = value,
};
