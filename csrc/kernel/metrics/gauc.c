/*
 * gauc.c - AUC within requests.
 */
#include "kernel/measure/ranking.h"

const sy_metric_kind sy_metric_gauc = {
    .name = "gauc",
    .help =
        "The mean over requests of their AUC, weighted by their number of items (weight=relevant: "
        "by their relevant items; weight=equal: all the same). Requests whose items are all "
        "relevant, or all not, have none.",
    .source = "Zhu et al. 2017 (deep interest network)",
    .flags = SY_METRIC_RELEVANCE,
    .none = 0.5,
    .perfect = 1,
    .ties = SY_TIES_AVERAGE,
    .weight = SY_WEIGHT_ITEMS,
    .value = sy_auc_value,
    .expected = sy_auc_expected,
};
