/*
 * offsets.c - offsets of cells to the logit, drawn to 0 by a prior.
 *
 * Newton's method for all cells at once, a pass over the rows a step. Steps are damped to
 * ln(1 + |step|), with which every cell's loss falls always: its curvature changes by no more than
 * a factor e^|step| (a generalised self-concordant function; Sun and Tran-Dinh 2019). Where that is
 * slow (heavy rows, which take their sigmoid to where it rounds to 1; a plateau between logits of
 * -40 and 40) the ends between which the optimum must lie are halved. A cell that is found is left
 * alone, and its rows are passed by: what it gets does not depend on other cells.
 */
#include <math.h>

#include "kernel/calibrators/form.h"
#include "kernel/work.h"

#define BLOCK 256

/* Steps are damped in so many passes. Halving what is left of FARTHEST takes 42 passes, or twice that. */
#define DAMPED 12
#define PASSES 120

/* No sigmoid tells logits farther out apart. */
#define FARTHEST 800.0

/* A last step, whose error is its square; and ends so near that nothing is between them. */
#define CLOSE 1e-7
#define NARROW 1e-9

/* What is known of a cell: the optimum lies between low and high, and the last step. */
typedef struct search {
  double low, high, last;
} search;

/* The rows, and what is summed over each cell's: w s and w s (1 - s), s being the sigmoid. */
typedef struct rows {
  const sy_kernels *kernels;
  const double *logits;
  sy_vector weights;
  const int32_t *cells;
  size_t n, count;
  double *predicted, *curvature;
  search *searches;
} rows;

static double weight_at(const rows *r, size_t i) {
  if (!r->weights.data) return 1.0;
  return r->weights.dtype == SY_F64 ? ((const double *)r->weights.data)[i]
                                    : (double)((const float *)r->weights.data)[i];
}

static int is_cell(const rows *r, size_t i) {
  return r->cells[i] >= 0 && (size_t)r->cells[i] < r->count;
}

static int is_found(const search *s) { return !(s->low < s->high); }

/* all: of cells that are found, too. */
static void sum_block(const rows *r, const double *offsets, int all, size_t from, size_t n) {
  double s[BLOCK] = {0};
  size_t row[BLOCK], kept = 0;
  for (size_t i = from; i < from + n; i++) {
    if (!is_cell(r, i) || (!all && is_found(&r->searches[r->cells[i]]))) continue;
    s[kept] = SY_LOG2E * (r->logits[i] + offsets[r->cells[i]]);
    row[kept++] = i;
  }
  r->kernels->probabilities(s, kept, s);
  for (size_t k = 0; k < kept; k++) {
    double w = weight_at(r, row[k]);
    r->predicted[r->cells[row[k]]] += w * s[k];
    r->curvature[r->cells[row[k]]] += w * (s[k] * (1.0 - s[k]));
  }
}

static void sum_rows(const rows *r, const double *offsets, int all) {
  for (size_t c = 0; c < r->count; c++) r->predicted[c] = r->curvature[c] = 0.0;
  for (size_t from = 0; from < r->n; from += BLOCK)
    sum_block(r, offsets, all, from, r->n - from < BLOCK ? r->n - from : BLOCK);
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

/* Where a step leads: damped at first, later between the ends, to their middle where it is no shorter. */
static double proposal(search *s, double from, double step, int pass) {
  double size = sy_ln(1.0 + fabs(step)), to = from + (step < 0.0 ? -size : size);
  if (pass >= DAMPED) to = from + step;
  if (pass >= DAMPED && !(fabs(step) <= 0.5 * s->last)) to = s->low;
  if (!(to > s->low && to < s->high)) to = s->low + 0.5 * (s->high - s->low);
  s->last = fabs(to - from);
  return to;
}

/* One step of all cells; returns how many are not found yet. */
static size_t advance(const rows *r, const double *observed, double variance, int pass,
                      double *offsets) {
  size_t left = 0;
  for (size_t c = 0; c < r->count; c++) {
    double h = r->curvature[c] + 1.0 / variance, gap;
    /* A little more, for rows whose sigmoid is 1 have lost theirs to rounding: not to be trusted. */
    double more = h + SY_TINY * r->predicted[c];
    search *s = &r->searches[c];
    if (is_found(s)) continue;
    gap = observed[c] - r->predicted[c] - offsets[c] / variance;
    if (gap > 0.0) s->low = offsets[c];
    else s->high = offsets[c];
    if (!(r->predicted[c] > 0.0) || !(more > 0.0) || !isfinite(gap)) {
      s->high = s->low;
    } else if (fabs(gap) <= CLOSE * h || gap == 0.0 || s->high - s->low <= NARROW) {
      if (fabs(gap) <= CLOSE * h) offsets[c] += gap != 0.0 ? gap / h : 0.0;
      s->high = s->low;
    } else {
      offsets[c] = proposal(s, offsets[c], gap / more, pass);
      left++;
    }
  }
  return left;
}

void sy_fit_offsets(const double *logits, sy_vector labels, sy_vector weights, const int32_t *cells,
                    size_t n, size_t count, double variance, double *scratch, double *offsets,
                    double *curvature) {
  rows r = {sy_best_kernels(),
            logits,
            weights,
            cells,
            n,
            count,
            scratch,
            scratch + count,
            (search *)(void *)(scratch + 2 * count)};
  double *observed = curvature, *weight = scratch;
  sum_labels(&r, labels, observed, weight);
  for (size_t c = 0; c < count; c++) {
    r.searches[c] = (search){-FARTHEST, FARTHEST, INFINITY};
    offsets[c] = 0.0;
    if (isinf(variance) && weight[c] > 0.0) observed[c] = bounded(observed[c], weight[c]);
  }
  for (int pass = 0; pass < PASSES; pass++) {
    sum_rows(&r, offsets, 0);
    if (!advance(&r, observed, variance, pass, offsets)) break;
  }
  sum_rows(&r, offsets, 1);
  for (size_t c = 0; c < count; c++) curvature[c] = r.curvature[c];
}
