/*
 * loss.c - losses of a matrix of scores against few targets a row, rows being spread over threads.
 */
#include <math.h>
#include <string.h>

#include "kernel/elementary.h"
#include "kernel/sparse/loss.h"
#include "kernel/vector/softmax.h"

/* Rows times columns from which on a second thread pays. */
#define WORTH_THREADS 65536

typedef struct job {
  const sy_score_loss *loss;
  size_t rows, columns;
  const sy_softmax_real *loops_f32, *loops_f64;
  double *kept, *values, *log_partition, *log_probabilities;
} job;

static const sy_softmax_loops *best_loops(void) {
  static const sy_softmax_loops *const sets[] = {
#ifdef SY_HAVE_avx512
      &sy_softmax_loops_avx512,
#endif
#ifdef SY_HAVE_avx2
      &sy_softmax_loops_avx2,
#endif
      &sy_softmax_loops_baseline,
  };
  return sets[sy_best_set()];
}

#define REAL float
#define F(name) name##_f32
#include "kernel/sparse/loss.inc"
#undef REAL
#undef F
#define REAL double
#define F(name) name##_f64
#include "kernel/sparse/loss.inc"
#undef REAL
#undef F

typedef enum kind { MULTINOMIAL, SQUARE } kind;

static int run_row(const job *j, kind what, const sy_score_matrix *scores, size_t row,
                   void *gradient, size_t gradient_stride) {
  if (scores->numbers.dtype == SY_F32) {
    float *x = (float *)sy_writable_scores(scores) + row * scores->stride;
    float *y = gradient ? (float *)gradient + row * gradient_stride : NULL;
    if (!j->loops_f32->finite(x, j->columns)) return 0;
    return what == MULTINOMIAL ? multinomial_row_f32(j, row, x, y) : square_row_f32(j, row, x, y);
  }
  double *x = (double *)sy_writable_scores(scores) + row * scores->stride;
  double *y = gradient ? (double *)gradient + row * gradient_stride : NULL;
  if (!j->loops_f64->finite(x, j->columns)) return 0;
  return what == MULTINOMIAL ? multinomial_row_f64(j, row, x, y) : square_row_f64(j, row, x, y);
}

sy_status sy_fail_score_loss(const sy_score_matrix *scores, const sy_score_loss *loss, size_t row,
                             sy_error *error) {
  for (size_t c = 0; c < scores->columns; c++)
    if (!isfinite(sy_score_at(scores, row, c)))
      return sy_fail(error, SY_E_NUMBER, "scores: row %zu, column %zu is %s", row + 1, c + 1,
                     isnan(sy_score_at(scores, row, c)) ? "NaN" : "infinite");
  return sy_fail(error, SY_E_NUMBER, "log_partition[%zu]: %g is none of a softmax", row + 1,
                 loss->log_partition ? loss->log_partition[row] : 0.0);
}

/* All rows of a call; bad: the first that could not be done. */
typedef struct rows {
  const job *job;
  kind what;
  const sy_score_matrix *scores;
  void *gradient;
  size_t gradient_stride;
  int64_t bad;
} rows;

static void do_row(void *context, int thread, size_t row) {
  rows *r = context;
  (void)thread;
  if (!run_row(r->job, r->what, r->scores, row, r->gradient, r->gradient_stride))
    sy_note_least(&r->bad, (int64_t)row);
}

static sy_status run(const sy_score_matrix *scores, job *j, kind what, void *gradient,
                     size_t gradient_stride, sy_error *error) {
  const sy_softmax_loops *loops = best_loops();
  int threads = j->loss->threads;
  rows all = {j, what, scores, gradient, gradient_stride, INT64_MAX};
  j->rows = scores->rows;
  j->columns = scores->columns;
  j->loops_f32 = &loops->f32;
  j->loops_f64 = &loops->f64;
  if (threads < 1 || (double)j->rows * (double)j->columns < WORTH_THREADS) threads = 1;
  sy_share(scores->rows, 8, threads, do_row, &all);
  return all.bad == INT64_MAX ? SY_OK : sy_fail_score_loss(scores, j->loss, (size_t)all.bad, error);
}

/* A target that is excluded: the first row with one, or -1. */
static int64_t conflict(const sy_sparse *targets, const sy_sparse *excluded) {
  for (size_t r = 0; excluded && r < targets->rows; r++) {
    int64_t e = excluded->offsets[r];
    for (int64_t t = targets->offsets[r]; t < targets->offsets[r + 1]; t++) {
      int64_t id = targets->ids[t] - targets->base;
      while (e < excluded->offsets[r + 1] && excluded->ids[e] - excluded->base < id) e++;
      if (e < excluded->offsets[r + 1] && excluded->ids[e] - excluded->base == id)
        return (int64_t)r;
    }
  }
  return -1;
}

sy_status sy_check_score_loss(const sy_score_matrix *scores, const sy_score_loss *loss,
                              sy_error *error) {
  const sy_sparse *parts[] = {loss->targets, loss->excluded};
  static const char *const names[] = {"targets", "excluded"};
  if (scores->numbers.dtype != SY_F32 && scores->numbers.dtype != SY_F64)
    return sy_fail(error, SY_E_ARGUMENT, "scores: f32 or f64 numbers are needed");
  for (size_t i = 0; i < 2; i++) {
    if (!parts[i]) continue;
    if (parts[i]->rows != scores->rows)
      return sy_fail(error, SY_E_ARGUMENT, "%s: %zu rows for scores of %zu", names[i],
                     parts[i]->rows, scores->rows);
    if (parts[i]->columns > scores->columns)
      return sy_fail(error, SY_E_ARGUMENT, "%s: %zu columns for scores of %zu", names[i],
                     parts[i]->columns, scores->columns);
  }
  int64_t row = conflict(loss->targets, loss->excluded);
  return row < 0 ? SY_OK
                 : sy_fail(error, SY_E_ARGUMENT, "targets: row %lld has one that is excluded",
                           (long long)row + 1);
}

sy_status sy_multinomial(const sy_score_matrix *scores, const sy_score_loss *loss, void *scratch,
                         void *gradient, size_t gradient_stride, double *values,
                         double *log_partition_out, double *log_probabilities, sy_error *error) {
  job j = {.loss = loss,
           .kept = scratch,
           .values = values,
           .log_partition = log_partition_out,
           .log_probabilities = log_probabilities};
  sy_status status = sy_check_score_loss(scores, loss, error);
  return status ? status : run(scores, &j, MULTINOMIAL, gradient, gradient_stride, error);
}

sy_status sy_weighted_square(const sy_score_matrix *scores, const sy_score_loss *loss,
                             void *gradient, size_t gradient_stride, double *values,
                             sy_error *error) {
  job j = {.loss = loss, .values = values};
  sy_status status = sy_check_score_loss(scores, loss, error);
  return status ? status : run(scores, &j, SQUARE, gradient, gradient_stride, error);
}
