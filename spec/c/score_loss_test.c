/*
 * score_loss_test.c - losses of scores against few targets, by their definitions in long double over
 * all pairs: rows at any stride and alignment, far scores, ties, rows without targets, with nothing
 * else, with all else excluded; the same bits from every set and number of threads. The loops below
 * are tested in sparse_loss_test.c. Prints "N passed, N failed".
 *
 *   cc -Icsrc spec/c/score_loss_test.c build/lib/libsteelyard.a -fopenmp -lcjson -lz -lm
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "scenario.h"
#include "sets.h"
#include "steelyard/sparse.h"

enum { ROWS = 7, COLUMNS = 311, STRIDE = COLUMNS + 5, MOST = ROWS * STRIDE + 1 };
enum { MULTINOMIAL, SQUARE, WARP, LAMBDARANK, LOSSES };
static const char *const names[] = {"multinomial", "weighted_square", "warp", "lambdarank"};

static sy_random rng;
static double x64[MOST], y64[MOST], weights[ROWS * COLUMNS], row_weights[ROWS], kept[MOST];
static float x32[MOST], y32[MOST];
static int64_t offsets[2][ROWS + 1];
static int32_t ids[2][ROWS * COLUMNS];
static char role[ROWS][COLUMNS]; /* 0: neither, 1: a target, 2: excluded */
static double role_weight[ROWS][COLUMNS];

typedef struct choice {
  size_t columns, stride, shift, k;
  int narrow, in_place, exclude, weigh, threads;
  const char *cpu;
} choice;

/* The first row has no target, the second excludes whatever is none, the third has all. */
static void draw(const choice *c, int ties, double scale) {
  int64_t n[2] = {0, 0};
  for (size_t i = 0; i < MOST; i++) {
    double x = ties ? (double)sy_random_below(&rng, 4) : scale * sy_random_normal(&rng);
    x64[i] = (double)(x32[i] = (float)x);
  }
  for (size_t r = 0; r < ROWS; r++) {
    row_weights[r] = sy_random_normal(&rng);
    for (size_t i = 0; i < c->columns; i++) {
      uint64_t kind = sy_random_below(&rng, 12);
      int what = kind < 2 ? 1 : kind < 5 ? 2 : 0;
      if (r == 0 && what == 1) what = 0;
      if (r == 1 && what == 0) what = 2;
      if (r == 2) what = 1;
      if (what == 2 && !c->exclude) what = 0;
      role[r][i] = (char)what;
      if (!what) continue;
      role_weight[r][i] = c->weigh ? 0.25 * (double)sy_random_below(&rng, 9) : 1.0;
      if (what == 1) weights[n[0]] = role_weight[r][i];
      ids[what - 1][n[what - 1]++] = (int32_t)i;
    }
    offsets[0][r + 1] = n[0];
    offsets[1][r + 1] = n[1];
  }
}

/* ------------------------------------------------------------------------------ definitions --- */

static long double discount(size_t rank, size_t k) {
  return k && rank > k ? 0.0L : 1.0L / log2l(1.0L + (long double)rank);
}

static void rank_row(const double *x, const char *what, size_t n, size_t *ranks) {
  for (size_t i = 0; i < n; i++) {
    ranks[i] = 1;
    for (size_t o = 0; o < n; o++)
      ranks[i] += what[o] != 2 && (x[o] > x[i] || (x[o] == x[i] && o < i));
  }
}

static long double define_softmax(const double *x, size_t r, size_t n, long double *slopes) {
  long double sum = 0, most = -HUGE_VALL, value = 0, total = 0;
  for (size_t i = 0; i < n; i++)
    if (role[r][i] != 2 && (long double)x[i] > most) most = x[i];
  for (size_t i = 0; i < n; i++) sum += role[r][i] == 2 ? 0 : expl((long double)x[i] - most);
  for (size_t i = 0; i < n; i++)
    if (role[r][i] == 1) {
      value -= (long double)role_weight[r][i] * ((long double)x[i] - most - logl(sum));
      total += (long double)role_weight[r][i];
    }
  for (size_t i = 0; i < n; i++) {
    slopes[i] = role[r][i] == 2 ? 0 : total * expl((long double)x[i] - most) / sum;
    if (role[r][i] == 1) slopes[i] -= (long double)role_weight[r][i];
  }
  return value;
}

static long double define_square(const double *x, size_t r, size_t n, long double *slopes) {
  long double value = 0;
  for (size_t i = 0; i < n; i++) {
    long double c = role[r][i] == 1 ? 3.5L : role[r][i] == 2 ? 0 : 1;
    long double off = (long double)x[i] - (role[r][i] == 1);
    value += c * off * off;
    slopes[i] = 2 * c * off;
  }
  return value;
}

static long double define_pairs(const double *x, size_t r, size_t n, size_t k, int what,
                                long double *slopes) {
  size_t ranks[COLUMNS], targets = 0;
  long double value = 0, ideal = 0;
  rank_row(x, role[r], n, ranks);
  for (size_t i = 0; i < n; i++) slopes[i] = 0, targets += role[r][i] == 1;
  for (size_t i = 1; i <= targets; i++) ideal += discount(i, k);
  for (size_t p = 0; p < n; p++) {
    long double h = 0;
    if (role[r][p] != 1) continue;
    for (size_t i = 1; i <= ranks[p] && (!k || i <= k); i++) h += 1.0L / (long double)i;
    for (size_t q = 0; q < n; q++) {
      if (role[r][q]) continue;
      long double d = (long double)x[q] - (long double)x[p], w = role_weight[r][p], one, slope;
      if (what == WARP) {
        if (ranks[q] > ranks[p]) continue;
        one = w * h * d;
        slope = w * h;
      } else {
        w *= fabsl(discount(ranks[p], k) - discount(ranks[q], k)) / ideal;
        one = w * (d > 0 ? d + log1pl(expl(-d)) : log1pl(expl(d)));
        slope = w / (1 + expl(-d));
      }
      value += one;
      slopes[q] += slope;
      slopes[p] -= slope;
    }
  }
  return value;
}

/* --------------------------------------------------------------------------------- calls ------ */

typedef struct outcome {
  double values[ROWS], partition[ROWS], *gradient_f64;
  float *gradient_f32;
} outcome;

static sy_status call(int what, const choice *c, const double *given, int without, outcome *out,
                      sy_error *error) {
  sy_sparse targets = {ROWS, c->columns, offsets[0], ids[0], NULL, 0};
  sy_sparse excluded = {ROWS, c->columns, offsets[1], ids[1], NULL, 0};
  sy_score_loss loss = {.targets = &targets, .row_weights = row_weights, .positive = 3.5};
  size_t at = c->shift;
  sy_score_matrix scores = {c->narrow ? sy_f32(x32 + at) : sy_f64(x64 + at), ROWS, c->columns,
                            c->stride};
  void *gradient = c->narrow ? (void *)(y32 + at) : (void *)(y64 + at);
  sy_status status;
  sy_work *work;
  loss.target_weights = c->weigh ? weights : NULL;
  loss.excluded = c->exclude ? &excluded : NULL;
  loss.log_partition = given;
  loss.k = c->k;
  loss.threads = c->threads;
  if (c->in_place) gradient = c->narrow ? (void *)(x32 + at) : (void *)(x64 + at);
  out->gradient_f32 = c->narrow ? (float *)gradient : NULL;
  out->gradient_f64 = c->narrow ? NULL : (double *)gradient;
  if (without) gradient = NULL;
  static double logs[ROWS * COLUMNS];
  if (what == MULTINOMIAL)
    return sy_multinomial(&scores, &loss, kept, gradient, c->stride, out->values, out->partition,
                          logs, error);
  if (what == SQUARE)
    return sy_weighted_square(&scores, &loss, gradient, c->stride, out->values, error);
  if (sy_work_create(c->columns, c->threads ? c->threads : 1, NULL, &work)) abort();
  if (c->cpu && sy_work_set_cpu(work, c->cpu)) abort();
  status = what == WARP
               ? sy_warp(&scores, &loss, work, gradient, c->stride, out->values, error)
               : sy_lambdarank(&scores, &loss, work, gradient, c->stride, out->values, error);
  sy_work_destroy(work);
  return status;
}

static double number(const choice *c, const outcome *out, size_t r, size_t i) {
  return c->narrow ? (double)out->gradient_f32[r * c->stride + i]
                   : out->gradient_f64[r * c->stride + i];
}

/* Of a sum of many terms, some of which cancel: how far off it may be, of the size of its terms. */
static void check_row(int what, const choice *c, const outcome *out, const double *x, size_t r) {
  const char *name = names[what];
  long double slopes[COLUMNS], size = 1, value;
  double tolerance = c->narrow ? 3e-6 : 2e-13;
  value = what == MULTINOMIAL ? define_softmax(x, r, c->columns, slopes)
          : what == SQUARE    ? define_square(x, r, c->columns, slopes)
                              : define_pairs(x, r, c->columns, c->k, what, slopes);
  for (size_t i = 0; i < c->columns; i++) size += fabsl(slopes[i]);
  EXPECT(fabsl((long double)out->values[r] - value) <=
             (long double)tolerance * (size + fabsl(value)),
         "%s: row %zu: %.17g, not %.17Lg", name, r, out->values[r], value);
  for (size_t i = 0; i < c->columns; i++) {
    long double wanted = slopes[i] * (long double)row_weights[r];
    EXPECT(fabsl((long double)number(c, out, r, i) - wanted) <= (long double)tolerance * size,
           "%s: %zu, %zu (%zu columns, k %zu): %.17g, not %.17Lg", name, r, i, c->columns, c->k,
           number(c, out, r, i), wanted);
  }
}

static void check_definitions(int ties, double scale) {
  static const size_t columns[] = {1, 2, 17, 64, COLUMNS};
  static const size_t cutoffs[] = {0, 1, 20, 1000};
  static double before[MOST];
  for (size_t which = 0; which < 32; which++)
    for (size_t s = 0; s < SY_COUNT(columns); s++) {
      choice c = {columns[s],
                  columns[s] + which % 5,
                  which % 4,
                  cutoffs[which % 4],
                  which & 1,
                  which >> 1 & 1,
                  which >> 2 & 1,
                  which >> 3 & 1,
                  1,
                  which >> 4 ? "baseline" : NULL};
      for (int what = 0; what < LOSSES; what++) {
        outcome out;
        sy_error error = {SY_OK, ""};
        draw(&c, ties, scale);
        memcpy(before, x64, sizeof before);
        sy_status status = call(what, &c, NULL, 0, &out, &error);
        EXPECT(status == SY_OK, "%s: %s", names[what], error.message);
        for (size_t r = 0; r < ROWS; r++)
          check_row(what, &c, &out, before + c.shift + r * c.stride, r);
        for (size_t i = 0; i < MOST && !c.in_place; i++)
          EXPECT(x64[i] == before[i] && x32[i] == (float)before[i], "score %zu has changed", i);
      }
    }
}

/* The same numbers, bit by bit, whatever the set, the threads, and where the gradient goes. */
static void check_bits(int ties) {
  static float keep_f32[MOST];
  static double keep_f64[MOST];
  for (int what = 0; what < LOSSES; what++)
    for (int narrow = 0; narrow < 2; narrow++) {
      choice c = {COLUMNS, STRIDE, 1, 20, narrow, 0, 1, 1, 1, NULL};
      outcome first, out;
      sy_error error = {SY_OK, ""};
      draw(&c, ties, 1.5);
      call(what, &c, NULL, 0, &first, &error);
      memcpy(keep_f32, y32, sizeof y32);
      memcpy(keep_f64, y64, sizeof y64);
      for (size_t set = 0; usable(set); set++)
        for (c.threads = 1; c.threads <= 3; c.threads++) {
          c.cpu = usable(set)->name;
          call(what, &c, NULL, 0, &out, &error);
          EXPECT(memcmp(keep_f32, y32, sizeof y32) == 0, "%s %s", names[what], c.cpu);
          EXPECT(memcmp(keep_f64, y64, sizeof y64) == 0, "%s %s", names[what], c.cpu);
          EXPECT(memcmp(first.values, out.values, sizeof out.values) == 0, "%s", names[what]);
        }
      c.in_place = c.threads = 1;
      call(what, &c, NULL, 0, &out, &error);
      for (size_t r = 0; r < ROWS; r++)
        for (size_t i = 0; i < COLUMNS; i++) {
          size_t at = c.shift + r * STRIDE + i;
          EXPECT(narrow ? x32[at] == keep_f32[at] : x64[at] == keep_f64[at], "%s", names[what]);
        }
    }
}

/* Values alone first, then the gradient with their log partition, as training does. */
static void check_two_calls(void) {
  for (int narrow = 0; narrow < 2; narrow++) {
    choice c = {COLUMNS, STRIDE, 2, 0, narrow, 0, 1, 1, 1, NULL};
    outcome first, second;
    sy_error error = {SY_OK, ""};
    draw(&c, 0, 40.0);
    EXPECT(call(MULTINOMIAL, &c, NULL, 1, &first, &error) == SY_OK, "%s", error.message);
    EXPECT(call(MULTINOMIAL, &c, first.partition, 0, &second, &error) == SY_OK, "%s",
           error.message);
    EXPECT(memcmp(first.values, second.values, sizeof first.values) == 0, "values");
    for (size_t r = 0; r < ROWS; r++)
      check_row(MULTINOMIAL, &c, &second, x64 + c.shift + r * STRIDE, r);
  }
}

/* -------------------------------------------------------------------------------- refusals ---- */

static void bad_scores_are_named(void) {
  static const double bad[] = {(double)NAN, HUGE_VAL, -HUGE_VAL};
  SCENARIO("scores that are not finite: the first row is named, whatever the threads");
  for (int what = 0; what < LOSSES; what++)
    for (size_t b = 0; b < SY_COUNT(bad); b++)
      for (int narrow = 0; narrow < 2; narrow++)
        for (int threads = 1; threads <= 3; threads++) {
          choice c = {COLUMNS, STRIDE, 0, 0, narrow, 0, 0, 0, threads, NULL};
          outcome out;
          sy_error error = {SY_OK, ""};
          draw(&c, 0, 1.0);
          x64[5 * STRIDE + 3] = x64[3 * STRIDE + 299] = bad[b];
          x32[5 * STRIDE + 3] = x32[3 * STRIDE + 299] = (float)bad[b];
          sy_status status = call(what, &c, NULL, 0, &out, &error);
          EXPECT(status == SY_E_NUMBER, "%s: %d", names[what], (int)status);
          EXPECT(strstr(error.message, "row 4, column 300"), "%s: %s", names[what], error.message);
        }
}

int main(void) {
  sy_random_seed(&rng, 2026);
  for (int ties = 0; ties < 2; ties++) {
    SCENARIO("definitions, %s ties", ties ? "with" : "without");
    check_definitions(ties, 1.5);
    SCENARIO("the same bits, %s ties", ties ? "with" : "without");
    check_bits(ties);
  }
  SCENARIO("definitions, of scores far from one another");
  check_definitions(0, 200.0);
  SCENARIO("values, then the gradient by their log partition");
  check_two_calls();
  bad_scores_are_named();
  end_scenario();
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
