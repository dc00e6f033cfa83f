/*
 * registry.c - the list of all metrics. A new metric is a file of this folder and a word here.
 */
#include "kernel/measure/ranking.h"

/* clang-format off */
/* In the order of the documentation. */
#define METRICS(X)                                                                  \
  X(ndcg) X(dcg) X(ideal_dcg) X(regret) X(ndcg_relevant) X(r_ndcg)                  \
  X(precision) X(recall) X(f1) X(r_precision) X(relative_precision) X(hit_rate)     \
  X(map) X(set_map) X(mrr) X(bpref) X(infap) X(rbp) X(rbp_residual) X(err)          \
  X(iprec) X(iprec_mean) X(bin_gain) X(gain_cost) X(yaap) X(utility)                \
  X(auc) X(gauc) X(arp) X(kendall_tau) X(spearman) X(overlap) X(rbo)                \
  X(retrieved) X(relevant) X(relevant_retrieved) X(nonrelevant_retrieved) X(unjudged)
/* clang-format on */

#define DECLARE(name) extern const sy_metric_kind sy_metric_##name;
METRICS(DECLARE)

#define REFER(name) &sy_metric_##name,
static const sy_metric_kind *const kinds[] = {METRICS(REFER) NULL};

const sy_metric_kind *const *sy_metric_kinds(void) { return kinds; }
