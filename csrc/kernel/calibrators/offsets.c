/*
 * offsets.c - offsets of cells to the logit, drawn to 0 by a prior.
 *
 * Newton's method for all cells at once, a pass over the rows a step. Steps are damped to
 * ln(1 + |step|), with which every cell's loss falls always: its curvature changes by no more than
 * a factor e^|step| (a generalised self-concordant function; Sun and Tran-Dinh 2019).
 */
#include <math.h>

#include "kernel/calibrators/form.h"
#include "kernel/work.h"

#define BLOCK 256
#define PASSES 200

/* A last step, whose error is its square. */
#define CLOSE 1e-7

/* The rows, and what is summed over each cell's: w s and w s (1 - s), s being the sigmoid. */
typedef struct rows {
  const sy_kernels *kernels;
  const double *logits;
  sy_vector weights;
  const int32_t *cells;
  size_t n, count;
  double *predicted, *curvature;
} rows;

static double weight_at(const rows *r, size_t i) {
  if (!r->weights.data) return 1.0;
  return r->weights.dtype == SY_F64 ? ((const double *)r->weights.data)[i]
                                    : (double)((const float *)r->weights.data)[i];
}

static int is_cell(const rows *r, size_t i) {
  return r->cells[i] >= 0 && (size_t)r->cells[i] < r->count;
}

static void sum_block(const rows *r, const double *offsets, size_t from, size_t n) {
  double s[BLOCK] = {0};
  for (size_t i = 0; i < n; i++)
    s[i] = SY_LOG2E *
           (r->logits[from + i] + (is_cell(r, from + i) ? offsets[r->cells[from + i]] : 0.0));
  r->kernels->probabilities(s, n, s);
  for (size_t i = 0; i < n; i++) {
    double w = weight_at(r, from + i);
    if (!is_cell(r, from + i)) continue;
    r->predicted[r->cells[from + i]] += w * s[i];
    r->curvature[r->cells[from + i]] += w * (s[i] * (1.0 - s[i]));
  }
}

static void sum_rows(const rows *r, const double *offsets) {
  for (size_t c = 0; c < r->count; c++) r->predicted[c] = r->curvature[c] = 0.0;
  for (size_t from = 0; from < r->n; from += BLOCK)
    sum_block(r, offsets, from, r->n - from < BLOCK ? r->n - from : BLOCK);
}

/* observed[c], weight[c]: sums of labels and of weights. */
static void sum_labels(const rows *r, sy_vector labels, double *observed, double *weight) {
  for (size_t c = 0; c < r->count; c++) observed[c] = weight[c] = 0.0;
  for (size_t i = 0; i < r->n; i++) {
    double w = weight_at(r, i);
    if (!is_cell(r, i)) continue;
    observed[r->cells[i]] += w * sy_vector_at(labels, i);
    weight[r->cells[i]] += w;
  }
}

/* Without a prior, a cell of one class is taken to have had half a row of the other. */
static double bounded(double observed, double weight) {
  double half = weight > 1.0 ? 0.5 : 0.5 * weight;
  return observed <= 0.0 ? half : observed >= weight ? weight - half : observed;
}

/* One step of all cells; returns the longest. */
static double advance(const rows *r, const double *observed, double variance, double *offsets) {
  double longest = 0.0;
  for (size_t c = 0; c < r->count; c++) {
    /* A little more, for rows whose sigmoid is 1 have lost theirs to rounding. */
    double h = r->curvature[c] + SY_TINY * r->predicted[c] + 1.0 / variance, step, size;
    if (!(r->predicted[c] > 0.0) || !(h > 0.0)) continue;
    step = (observed[c] - r->predicted[c] - offsets[c] / variance) / h;
    size = sy_ln(1.0 + fabs(step));
    offsets[c] += step < 0.0 ? -size : size;
    if (fabs(step) > longest) longest = fabs(step);
  }
  return longest;
}

void sy_fit_offsets(const double *logits, sy_vector labels, sy_vector weights, const int32_t *cells,
                    size_t n, size_t count, double variance, double *scratch, double *offsets,
                    double *curvature) {
  rows r = {sy_best_kernels(), logits, weights, cells, n, count, scratch, scratch + count};
  double *observed = curvature, *weight = scratch;
  sum_labels(&r, labels, observed, weight);
  for (size_t c = 0; c < count; c++) {
    offsets[c] = 0.0;
    if (isinf(variance) && weight[c] > 0.0) observed[c] = bounded(observed[c], weight[c]);
  }
  for (int pass = 0; pass < PASSES; pass++) {
    sum_rows(&r, offsets);
    if (advance(&r, observed, variance, offsets) <= CLOSE) break;
  }
  sum_rows(&r, offsets);
  for (size_t c = 0; c < count; c++) curvature[c] = r.curvature[c];
}
