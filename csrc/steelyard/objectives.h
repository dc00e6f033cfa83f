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
  int by_size; /* calibration losses: a group or bucket counts by its rows' weight;
                                     else all (that have rows) count alike */
  sy_gap gap;
  double prior;     /* of log ratio and deviation; above 0 */
  double bandwidth; /* kernel_calibration: of the Laplace kernel, in probability */
} sy_objective_options;

/* mean, no weights, delta 1, 10 buckets, gap mean, prior 1, bandwidth 0.2 */
SY_API sy_objective_options sy_objective_defaults(void);

SY_API const char *const *sy_objective_list(void);
SY_API const char *sy_objective_help(const char *name);

/*
 * A loss's value and, unless `gradient` is NULL, its gradient by outputs, which is added to it
 * `factor` times.
 *
 *   bce                 outputs are logits, targets from 0 to 1: log loss, by sigmoid cross-entropy.
 *                       Value and slope keep their digits for logits of any size
 *   multinomial         outputs are a row's logits, targets from 0 up: - sum of target log softmax.
 *                       A class whose target is NaN is left out of its row's softmax; task_weights
 *                       multiply classes' targets
 *   mse                 (output - target)^2
 *   huber               half the square within delta, then linear (Huber 1964)
 *   gaussian_kl         outputs are a row's means, then its log variances (an even number of columns;
 *                       these at most 700): KL to the standard normal; no targets, no task_weights
 *   bucket_calibration  outputs are logits: rows in order of prediction, cut in equal buckets (of
 *                       rows, whatever they weigh), by task. Rows of equal logits that reach over
 *                       several buckets belong to each by its share of their places: neither value
 *                       nor gradient depends on the order in which rows came. The gradient is that
 *                       within buckets' bounds
 *   group_calibration   outputs are logits: rows by codes, by task
 *   kernel_calibration  outputs are logits: sum over pairs of rows of (p - y)(p' - y')
 *                       exp(-|p - p'| / bandwidth), over n^2, by task (the square of MMCE, Kumar,
 *                       Sarawagi and Jain 2018); O(n log n) by two recursions over sorted rows. The
 *                       gradient goes through the kernel, too, flat where predictions are equal
 *
 * A target of NaN was not observed: it counts nowhere; nor does a row that weighs 0. Outputs must be
 * finite all the same. outputs: rows x columns, SY_F32 or SY_F64, targets: the same shape, either
 * type; gradient: NULL, or rows x columns of outputs' type, apart from both. value: NULL, or where it
 * goes. Arithmetic is in double; the same bits on every instruction set. values: NULL, or each
 * column's (multinomial, gaussian_kl: one in all) part, which add up to *value (mean: after weighing).
 * Reduction mean divides by the weights of what counts: rows x tasks, rows for multinomial and
 * gaussian_kl; groups or buckets (by task, then tasks) for the calibration losses, tasks for the
 * kernel's. Where nothing counts, value and gradient are 0.
 * One allocation, given back before it returns: about 150 bytes a row for calibration losses, else of
 * the size of a row. Errors: SY_E_ARGUMENT for an unknown name, missing targets or groups and options
 * out of bounds; SY_E_NUMBER for outputs that are not finite, targets out of bounds, and a loss or
 * gradient that leaves the range of numbers (of which parts may then have been written); SY_E_LIMIT
 * for more than SY_LONGEST_MAX rows of calibration losses.
 */
SY_API sy_status sy_objective(const char *name, sy_vector outputs, sy_vector targets, size_t rows,
                              size_t columns, const sy_objective_options *options, double factor,
                              const sy_memory *memory, void *gradient, double *value,
                              double *values, sy_error *error);

#ifdef __cplusplus
}
#endif

#endif /* STEELYARD_OBJECTIVES_H */
