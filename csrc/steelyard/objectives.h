/*
 * objectives.h - losses of a matrix of outputs (rows of a batch x tasks), with their gradients: what
 * models are trained on, and calibration losses that are added to it. Pure functions: no BLAS, and
 * any trainer may call them. Losses of rankings are in losses.h.
 */
#ifndef STEELYARD_OBJECTIVES_H
#define STEELYARD_OBJECTIVES_H

#include "steelyard.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How a loss adds up over rows (or groups) and tasks. */
typedef enum sy_reduction {
  SY_REDUCE_MEAN = 0, /* the weighted mean */
  SY_REDUCE_SUM = 1
} sy_reduction;

/*
 * In which units the gap of a group of rows is squared; P = sum of predictions, Y = sum of labels,
 * V = sum of p (1 - p), n = rows (all weighted).
 */
typedef enum sy_gap {
  SY_GAP_MEAN = 0,      /* (P - Y) / n: of mean prediction and mean label (the reference's) */
  SY_GAP_LOG_RATIO = 1, /* log((P + prior) / (Y + prior)) */
  SY_GAP_DEVIATION = 2  /* (P - Y) / sqrt(V + prior): in standard deviations of Y */
} sy_gap;

typedef struct sy_objective_options {
  sy_reduction reduction;
  const double *row_weights;      /* NULL, or one for each row, from 0 up */
  const double *task_weights;     /* NULL, or one for each task, from 0 up */
  const double *positive_weights; /* bce: NULL, or what label 1 weighs, by task */
  double delta;                   /* huber: where it turns linear; above 0 */
  size_t buckets;                 /* bucket_calibration */
  int drop_rest;                  /* bucket_calibration: buckets of floor(n / buckets) rows, the
                                     highest predictions left over (the reference); else all rows
                                     are spread, sizes differing by one at most */
  int f32_labels;                 /* gap mean: mean labels are rounded to f32, as the reference's */
  const int32_t *codes;           /* group_calibration: each row's group, from 0; below 0: none */
  size_t groups;                  /* group_calibration */
  int by_size;                    /* calibration losses: a group or bucket counts by its rows' weight;
                                     else all (that have rows) count alike */
  sy_gap gap;
  double prior;                   /* of log ratio and deviation; above 0 */
  double bandwidth;               /* kernel_calibration: of the Laplace kernel, in probability */
} sy_objective_options;

/* mean, no weights, delta 1, 10 buckets, gap mean, prior 1, bandwidth 0.2 */
SY_API sy_objective_options sy_objective_defaults(void);

SY_API const char *const *sy_objective_list(void);
SY_API const char *sy_objective_help(const char *name);

/*
 * A loss's value and, added to it `factor` times, its gradient by outputs.
 *
 *   bce                 outputs are logits, targets from 0 to 1: log loss, by sigmoid cross-entropy
 *   multinomial         outputs are a row's logits, targets from 0 up: - sum of target log softmax
 *   mse                 (output - target)^2
 *   huber               half the square within delta, then linear (Huber 1964)
 *   gaussian_kl         outputs are a row's means, then its log variances (an even number of columns):
 *                       KL to the standard normal; no targets
 *   bucket_calibration  outputs are logits: rows in order of prediction, cut in equal buckets, by task
 *   group_calibration   outputs are logits: rows by codes, by task
 *   kernel_calibration  outputs are logits: sum over pairs of rows of (p - y)(p' - y')
 *                       exp(-|p - p'| / bandwidth), over n^2, by task (the square of MMCE, Kumar,
 *                       Sarawagi and Jain 2018); O(n log n) by two recursions over sorted rows
 *
 * A target of NaN was not observed: it counts nowhere. outputs: rows x columns, SY_F32 or SY_F64,
 * targets: the same shape, either type; gradient: NULL, or rows x columns of outputs' type.
 * Arithmetic is in double; the same bits on every instruction set. values: NULL, or each column's
 * (multinomial, gaussian_kl: one in all) part, which add up to *value (mean: after weighing).
 * Reduction mean divides by the weights of what counts: rows x tasks, rows for multinomial and
 * gaussian_kl; groups or buckets (by task, then tasks) for the calibration losses.
 */
SY_API sy_status sy_objective(const char *name, sy_vector outputs, sy_vector targets, size_t rows,
                              size_t columns, const sy_objective_options *options, double factor,
                              const sy_memory *memory, void *gradient, double *value,
                              double *values, sy_error *error);

#ifdef __cplusplus
}
#endif

#endif /* STEELYARD_OBJECTIVES_H */
