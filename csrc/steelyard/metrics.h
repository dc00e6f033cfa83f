/*
 * metrics.h - every ranking metric: what there is, expressions such as "rbp(p=0.8)@100", and the one
 * pass over a log that measures many of them at once. Included by steelyard.h.
 *
 * A metric looks at one request: its items in order of score, and their labels. `relevant` means:
 * label >= the relevance level, or label > 0 where none is set. All items of a request count for what
 * could have been found (the ideal, the number of relevant items), whether they are ranked or not.
 * An item without a judgment is never relevant; what it gains is its label all the same: give it 0.
 *
 * Ties: best and worst put equal scores by label, which gives the extremes of every metric whose help
 * does not say otherwise, for discounts that do not rise. The average is the mean over all orders;
 * without a formula for it (kind->expected) exact up to 1,000 orders, else of 1,000 seeded ones, or in
 * a request of more than 8,000 items of 8,000,000 / items, but at least 16. So are, in place of their
 * formula, infap in a group of more than 100,000 equal scores, and err in one that has more than
 * 16,000 items that stop a reader, hardly any of them likely.
 * Kendall's tau and Spearman's rho have definitions for ties of their own, which average means there.
 */
#ifndef STEELYARD_METRICS_H
#define STEELYARD_METRICS_H

#include "steelyard.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How the values of requests become one number. */
typedef enum sy_mean {
  SY_MEAN_ARITHMETIC = 0,
  SY_MEAN_GEOMETRIC = 1, /* exp of the mean of log(max(value, 0.00001)): trec_eval's gm_ measures */
  SY_MEAN_SUM = 2        /* the sum: counts of documents */
} sy_mean;

/* By what a value is divided that stands at rank r (from 1). */
typedef enum sy_discount {
  SY_DISCOUNT_LOG2 = 0,       /* log2(r + 1): Burges et al. 2005, trec_eval, scikit-learn */
  SY_DISCOUNT_JARVELIN = 1,   /* max(1, log_base(r)): Jarvelin and Kekalainen 2002 */
  SY_DISCOUNT_RECIPROCAL = 2, /* r */
  SY_DISCOUNT_NONE = 3,       /* 1: cumulative gain */
  SY_DISCOUNT_TABLE = 4       /* multiplied by sy_log.discount_table[r - 1]; beyond its end, 0 */
} sy_discount;

/* What a request weighs in the mean, besides sy_log.request_weights. */
typedef enum sy_request_weight {
  SY_WEIGHT_EQUAL = 0,
  SY_WEIGHT_ITEMS = 1,   /* its number of items (impressions) */
  SY_WEIGHT_RELEVANT = 2 /* its number of relevant items (clicks) */
} sy_request_weight;

#define SY_METRIC_PARAMETERS 4

/* A metric's own number, as rbp's p. */
typedef struct sy_metric_parameter {
  const char *name; /* NULL behind the last one */
  double standard, lowest, highest;
  const char *help;
  int whole; /* 1: only whole numbers (counts; switches from 0 to 1) */
} sy_metric_parameter;

typedef struct sy_ranking sy_ranking;
typedef struct sy_metric sy_metric;

enum {
  SY_METRIC_CUTOFF = 1,     /* @k limits the ranks that count */
  SY_METRIC_GAIN = 2,       /* gain= and discount= say what labels are worth */
  SY_METRIC_RELEVANCE = 4,  /* looks at relevance; a request without a relevant item is empty */
  SY_METRIC_COUNT = 8,      /* a whole number */
  SY_METRIC_LOWER = 16,     /* smaller is better */
  SY_METRIC_ALL_RANKS = 32, /* needs all ranks even with a cutoff */
  SY_METRIC_BITS = 64,      /* looks at relevance or judgments, but is never empty for lack of it */
  SY_METRIC_LARGEST = 128,  /* asks for the log's largest label */
  SY_METRIC_POOLED = 256    /* its definition is over all rows as one request */
};

/* The description of a metric: all that is known of it, in the one place where it is defined. */
typedef struct sy_metric_kind {
  const char *name;
  const char *alias;  /* a second name, or NULL */
  const char *help;   /* what it is, and its formula */
  const char *source; /* paper or tool */
  unsigned flags;
  sy_metric_parameter parameters[SY_METRIC_PARAMETERS + 1];
  double none, perfect;     /* what empty requests count as: SY_EMPTY_ZERO, SY_EMPTY_ONE */
  sy_ties ties;             /* where nobody names one */
  sy_mean mean;             /* the same */
  sy_request_weight weight; /* the same */
  /* One request's value; NaN where it has none (the request is then empty). */
  double (*value)(const sy_ranking *ranking, const sy_metric *metric);
  /* Or, in its place: the values of one metric at several cutoffs, the deepest last, in one walk. */
  void (*values)(const sy_ranking *ranking, const sy_metric *const *metrics, size_t count,
                 double *values);
  /* Its mean over all orders of equal scores; NULL: orders are enumerated, or sampled where many. */
  double (*expected)(const sy_ranking *ranking, const sy_metric *metric);
} sy_metric_kind;

/* All metrics, NULL-ended, in the order of the documentation. */
SY_API const sy_metric_kind *const *sy_metric_kinds(void);

/* A metric with all its settings: what an expression says. Copy it freely. */
struct sy_metric {
  const sy_metric_kind *kind;
  size_t k; /* 0: all ranks */
  sy_gain gain;
  sy_discount discount;
  sy_ties ties;
  sy_empty empty;
  sy_mean mean;
  sy_request_weight weight;
  double base;                            /* of the logarithm of SY_DISCOUNT_JARVELIN; default 2 */
  double relevance;                       /* label >= this is relevant; NaN: label > 0 */
  double parameter[SY_METRIC_PARAMETERS]; /* in the order of kind->parameters */
};

/* Which settings an expression leaves open are taken from elsewhere. */
typedef struct sy_metric_defaults {
  size_t k;
  sy_gain gain;
  sy_discount discount;
  double base;  /* 0: 2 */
  int has_ties; /* 0: each metric's own (input for most) */
  sy_ties ties;
  sy_empty empty;
  int has_relevance;
  double relevance;
} sy_metric_defaults;

/*
 * Read an expression: NAME, NAME@K, NAME(KEY=VALUE,...) or NAME(KEY=VALUE,...)@K. Keys are the metric's
 * own parameters and ties, empty, mean, weight, relevance, gain, discount, base. defaults may be NULL.
 * The error names the word that is not understood and the nearest known one.
 */
SY_API sy_status sy_metric_parse(const char *text, size_t length,
                                 const sy_metric_defaults *defaults, sy_metric *metric,
                                 sy_error *error);

/* A log as metrics see it. All zeroes but requests, scores and labels is the plain case. */
typedef struct sy_log {
  sy_requests requests;
  sy_vector scores; /* data NULL: scores are made of predictions and weights, and read once */
  const sy_predictions *predictions;
  const double *weights;
  sy_vector labels;         /* finite; negative ones are legal */
  const int32_t *names;     /* per row, for SY_TIES_NAME: as sy_rule's */
  const int64_t *retrieved; /* per request: only its first so many rows are ranked; NULL: all */
  const int32_t *judged;    /* per row: 1 judged, 0 unjudged, -1 unjudged but pooled; NULL: all 1 */
  const double *request_weights; /* per request, >= 0; NULL: all 1 */
  size_t depth;                  /* rank no more than so many items of a request; 0: all */
  int judged_only;               /* leave unjudged items out of the ranking */
  const double *gain_table;      /* for SY_GAIN_TABLE: what the label 0, 1, 2, ... is worth */
  size_t gain_count;
  const double *discount_table; /* for SY_DISCOUNT_TABLE */
  size_t discount_count;
} sy_log;

typedef struct sy_metric_mean {
  double value;   /* the mean (or sum) over the requests that count; NaN when none does */
  size_t counted; /* how many requests count */
  size_t empty;   /* how many were empty (skipped, or counted as the metric says) */
} sy_metric_mean;

#define SY_METRICS_MAX 256

/*
 * Measure `count` metrics in one pass: every request is ranked once for each order of ties that is
 * asked for, however many metrics and cutoffs look at it. per_request: NULL, or `count` arrays (each
 * may be NULL) of one value a request, NaN where skipped; per_weight: the same for what a request
 * weighs in the mean. Uses up to the work's threads. O(rows) for small cutoffs, else O(rows log n).
 */
SY_API sy_status sy_measure(const sy_log *log, const sy_metric *metrics, size_t count,
                            sy_work *work, double *const *per_request, double *const *per_weight,
                            sy_metric_mean *means, sy_error *error);

/*
 * AUC over all rows of a log, whatever their request (metrics of kind SY_METRIC_POOLED): NaN where all
 * rows are relevant, or none is. Ties are average, best or worst, else SY_E_UNSUPPORTED: measure the
 * log as one request then. Depth, retrieved and judged_only are not looked at. Takes 8 bytes a row for
 * f32 scores, 16 for others. O(rows).
 */
SY_API sy_status sy_pooled_auc(const sy_log *log, const sy_metric *metric, const sy_memory *memory,
                               double *value, sy_error *error);

/*
 * The mean of one metric over slices of the requests, from what sy_measure gave per request. slice:
 * per request its slice, below `slices`, or -1 for none. weights: NULL for 1 each. means, and as
 * scratch sums, have `slices` entries; means[].empty counts skipped requests only. O(requests).
 */
SY_API void sy_metric_slices(const sy_metric *metric, const double *values, const double *weights,
                             const int32_t *slice, size_t requests, size_t slices,
                             sy_metric_mean *means, double *sums);

#ifdef __cplusplus
}
#endif

#endif /* STEELYARD_METRICS_H */
