/*
 * spearman.c - Spearman's rank correlation between scores and labels.
 */
#include "kernel/measure/ranking.h"

/* Give every label its rank; equals share the middle. order: labels by size, largest first. */
static void rank_labels(const double *labels, const int32_t *order, size_t n, double *ranks) {
  for (size_t first = 0, last; first < n; first = last) {
    for (last = first + 1; last < n && labels[order[last]] == labels[order[first]];) last++;
    for (size_t i = first; i < last; i++) ranks[order[i]] = (double)(first + last + 1) / 2;
  }
}

/* The same for scores, which stand in order. */
static void rank_scores(const sy_ranking *r, size_t n, double *ranks) {
  size_t first = 0;
  for (size_t i = 0; i < n; i++) ranks[i] = (double)(i + 1);
  for (size_t g = 0; g < r->groups; g++) {
    size_t last = (size_t)r->ends[g];
    for (size_t i = first; i < last; i++) ranks[i] = (double)(first + last + 1) / 2;
    first = last;
  }
}

static double value(const sy_ranking *r, const sy_metric *m) {
  size_t n = r->retrieved;
  double *of_labels = r->room, *of_scores = r->slot->keys;
  double middle = ((double)n + 1) / 2, product = 0, scores = 0, labels = 0;
  (void)m;
  if (n == 0) return (double)NAN;
  sy_kernel_order(r->work->kernels, SY_F64, r->grades, n, n, &r->slot->sorting,
                  r->slot->other_order);
  rank_labels(r->grades, r->slot->other_order, n, of_labels);
  rank_scores(r, n, of_scores);
  for (size_t i = 0; i < n; i++) {
    double s = of_scores[i] - middle, l = of_labels[i] - middle;
    product += s * l;
    scores += s * s;
    labels += l * l;
  }
  return scores > 0 && labels > 0 ? product / sqrt(scores * labels) : (double)NAN;
}

const sy_metric_kind sy_metric_spearman = {
    .name = "spearman",
    .alias = "rho",
    .help =
        "The correlation of the ranks by score with the ranks by label; equals share their middle "
        "rank. Under other orders of ties than average, scores count as not tied.",
    .source = "Spearman 1904; SciPy spearmanr",
    .flags = SY_METRIC_BITS,
    .perfect = 1,
    .ties = SY_TIES_AVERAGE,
    .value = value,
    .expected = value,
};
