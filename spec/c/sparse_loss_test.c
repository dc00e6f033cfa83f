/*
 * sparse_loss_test.c - losses of scores in C: the exponential of floats, equal bits on every
 * instruction set, rows with a stride, refusals. The losses themselves are tested in
 * spec/collaborative/loss_spec.lua. Prints "N passed, N failed".
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/elementary.h"
#include "kernel/vector/exp_f32.h"
#include "kernel/vector/pairs.h"
#include "kernel/vector/softmax.h"
#include "scenario.h"
#include "steelyard/sparse.h"

#define MOST 1501

static const sy_softmax_loops *const softmax_sets[] = {
#ifdef SY_HAVE_avx512
    &sy_softmax_loops_avx512,
#endif
#ifdef SY_HAVE_avx2
    &sy_softmax_loops_avx2,
#endif
    &sy_softmax_loops_baseline,
};
static const sy_pair_loops *const pair_sets[] = {
#ifdef SY_HAVE_avx512
    &sy_pair_loops_avx512,
#endif
#ifdef SY_HAVE_avx2
    &sy_pair_loops_avx2,
#endif
    &sy_pair_loops_baseline,
};
#define SETS ((int)(sizeof softmax_sets / sizeof *softmax_sets))

static int runs(int set) {
  for (const char *const *name = sy_cpu_list(); *name; name++)
    if (strcmp(*name, softmax_sets[set]->name) == 0) return 1;
  return 0;
}

static uint32_t state = 12345;
static double next(void) {
  state = state * 1664525u + 1013904223u;
  return (double)(state >> 8) / 16777216.0;
}

/* ---------------------------------------------------------------- exp ------------------------ */

static void exponentials(void) {
  double worst = 0;
  SCENARIO("exp of floats");
  for (int32_t i = -8700000; i <= 8800000; i++) {
    float x = (float)i * 1e-5F;
    double exact = sy_exp((double)x), error = fabs((double)sy_exp_f32(x) - exact) / exact;
    if (error > worst) worst = error;
  }
  EXPECT(worst < 1.5e-7, "off by %g", worst);
  EXPECT(sy_exp_f32(0.0F) == 1.0F, "exp(0)");
  EXPECT(sy_exp_f32(-88.0F) == 0.0F && sy_exp_f32(-HUGE_VALF) == 0.0F, "nothing");
  EXPECT(sy_exp_f32(1000.0F) == sy_exp_f32(88.0F), "held");
}

/* ---------------------------------------------------------------- sets ----------------------- */

static float x32[MOST], e32[MOST];
static double x64[MOST], e64[MOST];

/* All that a set's loops give. */
typedef struct outcome {
  double sums[12];
  float f32[4][MOST];
  double f64[4][MOST];
  int32_t counts[2][MOST];
} outcome;

static void run_set(int set, size_t n, outcome *to) {
  const sy_softmax_real *f32 = &softmax_sets[set]->f32, *f64 = &softmax_sets[set]->f64;
  const sy_pair_loops *pairs = pair_sets[set];
  size_t levels = n < 40 ? n : 40;
  double *sum = to->sums;
  memset(to, 0, sizeof *to);
  *sum++ = f32->maximum(x32, n);
  *sum++ = f64->maximum(x64, n);
  *sum++ = f32->exp_sum(x32, n, 9.75, to->f32[0]);
  *sum++ = f64->exp_sum(x64, n, 9.75, to->f64[0]);
  EXPECT(f32->exp_sum(x32, n, 9.75, NULL) == sum[-2], "exp_sum without a place");
  EXPECT(f64->exp_sum(x64, n, 9.75, NULL) == sum[-1], "exp_sum without a place");
  f32->exp_scale(x32, n, 9.75, 0.3, to->f32[1]);
  f64->exp_scale(x64, n, 9.75, 0.3, to->f64[1]);
  f32->scale(e32, n, 0.3, to->f32[2]);
  f64->scale(e64, n, 0.3, to->f64[2]);
  *sum++ = f32->squares(e32, n);
  *sum++ = f64->squares(e64, n);
  EXPECT(f32->finite(x32, n) == (n <= 5) && f64->finite(x64, n) == (n <= 5), "infinite scores");
  EXPECT(f32->finite(e32, n) && f64->finite(e64, n), "finite scores");
  sum[0] = pairs->f32(e32, e32, n, 0.4, 0.2, 0.7, to->f32[3], &sum[1]);
  sum[2] = pairs->f64(e64, e64, n, 0.4, 0.2, 0.7, to->f64[3], &sum[3]);
  pairs->above_f32(e64, levels, e32, n, to->counts[0]);
  pairs->above_f64(e64, levels, e64, n, to->counts[1]);
}

static void sets(void) {
  static const size_t sizes[] = {0, 1, 15, 16, 17, 63, 511, 512, 513, 1024, MOST};
  static outcome plain, other;
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    size_t n = sizes[s];
    SCENARIO("instruction sets, %d numbers", (int)n);
    for (size_t i = 0; i < n; i++) {
      x64[i] = 40 * next() - 30;
      x32[i] = (float)x64[i];
      e32[i] = (float)(e64[i] = next());
      if (i % 37 == 5) x32[i] = -HUGE_VALF, x64[i] = -HUGE_VAL;
    }
    run_set(SETS - 1, n, &plain);
    for (size_t i = 5; i < n; i += 37)
      EXPECT(plain.f32[1][i] == 0 && plain.f64[0][i] == 0, "-infinity counts");
    for (int set = 0; set < SETS - 1; set++) {
      if (!runs(set)) continue;
      run_set(set, n, &other);
      EXPECT(memcmp(&plain, &other, sizeof plain) == 0, "other bits by %s",
             softmax_sets[set]->name);
    }
  }
}

/* Losses of pairs by their definition, near and far. */
static void pairs(void) {
  SCENARIO("pairs");
  for (int i = -8000; i <= 8000; i++) {
    double x = i / 128.0, e = 0.25, loss, slope = 0, exact = 1 / (1 + exp(-x));
    double value = x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
    double sum = pair_sets[SETS - 1]->f64(&x, &e, 1, 0, 1.25, 3, &slope, &loss);
    EXPECT(fabs(loss - 3 * value) <= 1e-15 * (1 + 3 * value), "%g: %.17g", x, loss);
    EXPECT(fabs(slope - 3 * exact) <= 1e-14 * exact && sum == slope, "%g: %.17g", x, slope);
    float xf = (float)x, ef = 0.25F, slope_f = 0;
    pair_sets[SETS - 1]->f32(&xf, &ef, 1, 0, 1.25, 3, &slope_f, &loss);
    EXPECT(fabs(loss - 3 * value) <= 5e-7 * (3 * value), "%g: %.9g", x, loss);
    EXPECT(fabs((double)slope_f - 3 * exact) <= 5e-7 * (3 * exact), "%g", x);
  }
}

/* ---------------------------------------------------------------- losses --------------------- */

enum { ROWS = 3, COLUMNS = 21, STRIDE = 40 };
static const int64_t offsets[ROWS + 1] = {0, 2, 2, 5};
static const int32_t ids[] = {1, 7, 0, 8, 20};
static const int64_t excluded_offsets[ROWS + 1] = {0, 1, 2, 3};
static const int32_t excluded_ids[] = {0, 4, 9};

static sy_status call(int which, const sy_score_matrix *scores, const sy_score_loss *loss,
                      sy_work *work, void *gradient, size_t stride, double *values,
                      sy_error *error) {
  double scratch[3];
  switch (which) {
    case 0:
      return sy_multinomial(scores, loss, scratch, gradient, stride, values, NULL, NULL, error);
    case 1: return sy_weighted_square(scores, loss, gradient, stride, values, error);
    case 2: return sy_warp(scores, loss, work, gradient, stride, values, error);
    default: return sy_lambdarank(scores, loss, work, gradient, stride, values, error);
  }
}

static void strides(void) {
  static double plain[ROWS * COLUMNS], wide[ROWS * STRIDE], slopes[ROWS * COLUMNS];
  sy_error error = {SY_OK, ""};
  sy_work *work = NULL;
  double values[2][ROWS];
  sy_sparse targets = {ROWS, COLUMNS, offsets, ids, NULL, 0};
  sy_sparse excluded = {ROWS, COLUMNS, excluded_offsets, excluded_ids, NULL, 0};
  sy_score_loss loss = {.targets = &targets, .excluded = &excluded, .positive = 5, .threads = 2};
  if (sy_work_create(COLUMNS, 2, NULL, &work)) exit(2);
  for (int which = 0; which < 4; which++) {
    SCENARIO("rows with a stride, loss %d", which);
    for (size_t i = 0; i < ROWS * STRIDE; i++) wide[i] = NAN;
    for (size_t r = 0; r < ROWS; r++)
      for (size_t c = 0; c < COLUMNS; c++)
        wide[r * STRIDE + c] = plain[r * COLUMNS + c] = 3 * next();
    sy_score_matrix a = {{plain, SY_F64}, ROWS, COLUMNS, COLUMNS};
    sy_score_matrix b = {{wide, SY_F64}, ROWS, COLUMNS, STRIDE};
    EXPECT(!call(which, &a, &loss, work, slopes, COLUMNS, values[0], &error), "%s", error.message);
    EXPECT(!call(which, &b, &loss, work, wide, STRIDE, values[1], &error), "%s", error.message);
    EXPECT(memcmp(values[0], values[1], sizeof values[0]) == 0, "values");
    for (size_t r = 0; r < ROWS; r++) {
      EXPECT(memcmp(&slopes[r * COLUMNS], &wide[r * STRIDE], COLUMNS * sizeof(double)) == 0,
             "row %d", (int)r);
      for (size_t c = COLUMNS; c < STRIDE; c++)
        EXPECT(isnan(wide[r * STRIDE + c]), "what stands behind row %d", (int)r);
    }
  }
  sy_work_destroy(work);
}

static void refusals(void) {
  static float x[ROWS * COLUMNS];
  sy_error error = {SY_OK, ""};
  sy_work *work = NULL, *single = NULL;
  double values[ROWS];
  sy_sparse targets = {ROWS, COLUMNS, offsets, ids, NULL, 0}, few = targets, wide = targets;
  sy_score_loss loss = {.targets = &targets};
  sy_score_matrix scores = {{x, SY_F32}, ROWS, COLUMNS, COLUMNS};
  if (sy_work_create(COLUMNS - 1, 1, NULL, &work)) exit(2);
  if (sy_work_create(COLUMNS, 0, NULL, &single)) exit(2);
  few.rows = 2;
  wide.columns = COLUMNS + 1;
  for (int which = 0; which < 4; which++) {
    SCENARIO("refusals of loss %d", which);
#define REFUSES(text)                                                                              \
  EXPECT(call(which, &scores, &loss, work, NULL, 0, values, &error) == SY_E_ARGUMENT &&            \
             strstr(error.message, text),                                                          \
         "%s", error.message)
    loss.targets = &few;
    REFUSES("targets: 2 rows for scores of 3");
    loss.targets = &wide;
    REFUSES("targets: 22 columns for scores of 21");
    loss.targets = &targets;
    loss.excluded = &targets;
    REFUSES("targets: row 1 has one that is excluded");
    loss.excluded = NULL;
    scores.numbers.dtype = SY_I32;
    REFUSES("scores: f32 or f64");
    scores.numbers.dtype = SY_F32;
    if (which < 2) continue;
    REFUSES("21 columns, the work was made for 20");
    EXPECT(call(which, &scores, &loss, single, NULL, 0, values, &error) == SY_E_ARGUMENT, "single");
  }
  sy_work_destroy(work);
  sy_work_destroy(single);
}

int main(void) {
  exponentials();
  sets();
  pairs();
  strides();
  refusals();
  end_scenario();
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
