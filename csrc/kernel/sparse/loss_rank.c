/*
 * loss_rank.c - losses by rank, WARP and LambdaRank: of each row the items that are not excluded are
 * ranked by score, equal ones by number.
 */
#include <math.h>
#include <string.h>

#include "kernel/elementary.h"
#include "kernel/sparse/loss.h"
#include "kernel/sparse/rank.h"
#include "kernel/vector/pairs.h"
#include "kernel/work.h"

static const sy_pair_loops *loops_named(const char *name) {
  static const sy_pair_loops *const sets[] = {
#ifdef SY_HAVE_avx512
      &sy_pair_loops_avx512,
#endif
#ifdef SY_HAVE_avx2
      &sy_pair_loops_avx2,
#endif
      &sy_pair_loops_baseline,
  };
  size_t i = 0;
  while (i + 1 < SY_COUNT(sets) && strcmp(sets[i]->name, name) != 0) i++;
  return sets[i];
}

typedef struct job {
  const sy_score_matrix *scores;
  const sy_score_loss *loss;
  const sy_work *work;
  const sy_pair_loops *loops;
  int lambdarank;
  void *gradient;
  size_t stride;
  double *values;
} job;

/* 1 + 1/2 + .. + 1/n. */
static double harmonic(size_t n) {
  double x = (double)n, below = 1.0 / (x * x), sum = 0;
  if (n >= 32)
    return sy_ln(x) + 0.57721566490153286061 + 0.5 / x -
           below * (1.0 / 12.0 - below * (1.0 / 120.0 - below * (1.0 / 252.0)));
  for (size_t i = n; i > 0; i--) sum += 1.0 / (double)i;
  return sum;
}

/* How many of n targets, best first, are ranked above an item that is none. */
static inline size_t ranked_above(const double *best, const int32_t *ids, size_t n, double score,
                                  int32_t item) {
  size_t at = 0;
  for (size_t left = n; left > 0;) {
    size_t half = (left + 1) / 2, m = at + half - 1;
    int above = (best[m] > score) | ((best[m] == score) & (ids[m] < item));
    at += above ? half : 0;
    left = above ? left - half : half - 1;
  }
  return at;
}

/* Up to so many targets are counted one by one, by whole vectors. */
#define FEW 256

#define REAL float
#define DTYPE SY_F32
#define F(name) name##_f32
#define LOOP(name) loops->name##f32
#include "kernel/sparse/loss_rank.inc"
#undef REAL
#undef DTYPE
#undef F
#undef LOOP
#define REAL double
#define DTYPE SY_F64
#define F(name) name##_f64
#define LOOP(name) loops->name##f64
#include "kernel/sparse/loss_rank.inc"
#undef REAL
#undef DTYPE
#undef F
#undef LOOP

static size_t block(const void *context, sy_slot *slot, size_t first, size_t last,
                    double *partial) {
  const job *j = context;
  (void)partial;
  for (size_t r = first; r < last; r++) {
    size_t from = r * j->scores->stride, to = r * j->stride;
    if (j->scores->numbers.dtype == SY_F32) {
      const float *x = (const float *)j->scores->numbers.data + from;
      float *y = j->gradient ? (float *)j->gradient + to : NULL;
      if (!(j->lambdarank ? lambdarank_f32(j, slot, r, x, y) : warp_f32(j, slot, r, x, y)))
        return r;
    } else {
      const double *x = (const double *)j->scores->numbers.data + from;
      double *y = j->gradient ? (double *)j->gradient + to : NULL;
      if (!(j->lambdarank ? lambdarank_f64(j, slot, r, x, y) : warp_f64(j, slot, r, x, y)))
        return r;
    }
  }
  return SY_NO_ROW;
}

static sy_status run(job *j, sy_work *work, sy_error *error) {
  sy_status status = sy_check_score_loss(j->scores, j->loss, error);
  if (status) return status;
  if (work->threads == 0)
    return sy_fail(error, SY_E_ARGUMENT, "this work was made for single requests (threads 0)");
  if (j->scores->columns > work->longest)
    return sy_fail(error, SY_E_ARGUMENT, "%zu columns, the work was made for %zu",
                   j->scores->columns, work->longest);
  j->work = work;
  j->loops = loops_named(work->kernels->name);
  size_t row = sy_each_row(work, j->scores->rows, j->scores->columns, block, j);
  return row == SY_NO_ROW ? SY_OK : sy_fail_score_loss(j->scores, j->loss, row, error);
}

sy_status sy_warp(const sy_score_matrix *scores, const sy_score_loss *loss, sy_work *work,
                  void *gradient, size_t gradient_stride, double *values, sy_error *error) {
  job j = {.scores = scores,
           .loss = loss,
           .gradient = gradient,
           .stride = gradient_stride,
           .values = values};
  return run(&j, work, error);
}

sy_status sy_lambdarank(const sy_score_matrix *scores, const sy_score_loss *loss, sy_work *work,
                        void *gradient, size_t gradient_stride, double *values, sy_error *error) {
  job j = {.scores = scores,
           .loss = loss,
           .lambdarank = 1,
           .gradient = gradient,
           .stride = gradient_stride,
           .values = values};
  return run(&j, work, error);
}
