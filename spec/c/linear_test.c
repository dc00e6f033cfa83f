/*
 * linear_test.c - closed forms in C: Gram matrices, EASE and SLIM against brute force, scores, memory
 * that runs out, refusals. The models are tested in spec/collaborative. Prints
 * "N passed, N failed".
 */
#include "steelyard/linear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ledger.h"
#include "samples.h"
#include "scenario.h"

/* ---------------------------------------------------------------- Gram matrices -------------- */

static void grams(void) {
  static sample s;
  static double f64[3][MOST * MOST];
  static float f32[MOST * MOST];
  sy_error error = {SY_OK, ""};
  for (size_t columns = 1; columns <= MOST; columns += 4) {
    for (int weighted = 0; weighted < 2; weighted++) {
      SCENARIO("Gram matrix of %d columns, %s", (int)columns, weighted ? "weighted" : "plain");
      fill(&s, 50, columns, weighted, weighted);
      for (int threads = 1; threads <= 3; threads++)
        EXPECT(sy_gram(&s.x, SY_F64, threads, NULL, f64[threads - 1], &error) == SY_OK, "%s",
               error.message);
      EXPECT(sy_gram(&s.x, SY_F32, 1, NULL, f32, &error) == SY_OK, "%s", error.message);
      for (size_t i = 0; i < columns; i++)
        for (size_t j = 0; j < columns; j++) {
          size_t at = i * columns + j;
          /* Sums of such values are exact. */
          EXPECT(f64[0][at] == product(&s, i, j), "%d %d: %g", (int)i, (int)j, f64[0][at]);
          EXPECT((double)f32[at] == f64[0][at], "%d %d", (int)i, (int)j);
        }
      for (int t = 1; t < 3; t++)
        EXPECT(memcmp(f64[0], f64[t], columns * columns * sizeof(double)) == 0, "threads");
    }
  }
}

/* ---------------------------------------------------------------- EASE ----------------------- */

static void ease_by_brute_force(void) {
  static sample s;
  static double p[MOST * MOST], scratch[MOST * (MOST + 1) / 2 + 1];
  static float b[2][MOST * MOST];
  const double l2 = 2.5;
  sy_error error = {SY_OK, ""};
  for (size_t n = 1; n <= MOST; n++) {
    SCENARIO("EASE of %d items", (int)n);
    fill(&s, 60, n, (int)(n % 2), (int32_t)(n % 2));
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j < n; j++) p[i * n + j] = product(&s, i, j) + (i == j ? l2 : 0);
    invert(p, n);
    EXPECT(sy_ease_scratch(n, SY_F64) == n * (n + 1) / 2 * sizeof(double), "scratch");
    EXPECT(sy_ease_scratch(n, SY_F32) == 0, "scratch");
    EXPECT(sy_ease(&s.x, l2, SY_F64, 1, NULL, scratch, b[0], &error) == SY_OK, "%s", error.message);
    EXPECT(sy_ease(&s.x, l2, SY_F32, 2, NULL, NULL, b[1], &error) == SY_OK, "%s", error.message);
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j < n; j++) {
        double expected = i == j ? 0 : -p[i * n + j] / p[j * n + j];
        double f64 = (double)b[0][i * n + j], f32 = (double)b[1][i * n + j];
        EXPECT(fabs(f64 - expected) <= 1e-7, "f64 [%d, %d]: %g, not %g", (int)i, (int)j, f64,
               expected);
        EXPECT(fabs(f32 - expected) <= 2e-5, "f32 [%d, %d]: %g, not %g", (int)i, (int)j, f32,
               expected);
      }
  }
}

static void ease_threads(void) {
  static sample s;
  static double scratch[MOST * (MOST + 1) / 2];
  static float b[2][MOST * MOST];
  SCENARIO("EASE on several threads");
  fill(&s, 64, MOST, 1, 0);
  for (int t = 0; t < 2; t++) sy_ease(&s.x, 1, SY_F64, 1 + 2 * t, NULL, scratch, b[t], NULL);
  EXPECT(memcmp(b[0], b[1], sizeof b[0]) == 0, "other bits");
}

static void ease_refuses(void) {
  static sample s;
  static double scratch[MOST * (MOST + 1) / 2];
  static float b[MOST * MOST];
  sy_error error = {SY_OK, ""};
  const double bad[] = {0, -1, NAN, INFINITY};
  SCENARIO("EASE refuses what makes no sense");
  fill(&s, 16, 9, 0, 1);
  for (int i = 0; i < 4; i++)
    EXPECT(sy_ease(&s.x, bad[i], SY_F64, 1, NULL, scratch, b, &error) == SY_E_ARGUMENT &&
               strstr(error.message, "l2: a number above 0 is needed"),
           "%s", error.message);
  EXPECT(sy_ease(&s.x, 1, SY_I32, 1, NULL, scratch, b, &error) == SY_E_ARGUMENT, "dtype");
  EXPECT(sy_gram(&s.x, SY_I64, 1, NULL, scratch, &error) == SY_E_ARGUMENT, "dtype");

  SCENARIO("EASE says where l2 is too small for f32");
  /* Two columns that are alike, so that only l2 keeps the matrix from being singular. */
  for (int64_t r = 0; r < 16; r++) {
    s.offsets[r + 1] = 2 * (r + 1);
    s.ids[2 * r] = 1;
    s.ids[2 * r + 1] = 2;
  }
  EXPECT(sy_ease(&s.x, 1e-9, SY_F32, 1, NULL, NULL, b, &error) == SY_E_NUMBER &&
             strstr(error.message, "not positive definite in f32 from item 2 on"),
         "%s", error.message);
}

static void memory_runs_out(void) {
  static sample s;
  static double scratch[MOST * (MOST + 1) / 2], gram[MOST * MOST];
  static float b[MOST * MOST];
  SCENARIO("memory runs out");
  fill(&s, 40, MOST, 0, 0);
  for (long fail = 1; fail < 20; fail++) {
    ledger l = {0, fail, 0, 0};
    sy_memory memory = {ledger_alloc, &l};
    sy_status status = sy_ease(&s.x, 1, SY_F64, 2, &memory, scratch, b, NULL);
    EXPECT(l.live == 0 && l.wrong == 0, "%d bytes left", (int)l.live);
    EXPECT(status == (l.count >= fail ? SY_E_MEMORY : SY_OK), "status %d", status);
    l = (ledger){0, fail, 0, 0};
    status = sy_gram(&s.x, SY_F64, 1, &memory, gram, NULL);
    EXPECT(l.live == 0 && status == (l.count >= fail ? SY_E_MEMORY : SY_OK), "%d", status);
  }
}

/* ---------------------------------------------------------------- SLIM ----------------------- */

static double slim_loss(const sample *s, const sy_slim_options *o, const float *w) {
  const size_t n = s->x.columns;
  double loss = 0;
  for (size_t j = 0; j < n; j++) {
    for (size_t r = 0; r < s->x.rows; r++) {
      double miss = s->dense[r][j];
      for (size_t i = 0; i < n; i++) miss -= s->dense[r][i] * (double)w[i * n + j];
      loss += 0.5 * miss * miss;
    }
    for (size_t i = 0; i < n; i++) {
      double v = (double)w[i * n + j];
      loss += 0.5 * o->l2 * v * v + o->l1 * fabs(v);
    }
  }
  return loss;
}

/*
 * At the minimum the pull x_i'(x_j - Xw) - l2 w_i is l1 times the sign of a weight, and within +- l1
 * (nonnegative: not above it) where that is 0.
 */
static void slim_is_stationary(const sample *s, const sy_slim_options *o, const double *gram,
                               const float *w) {
  const size_t n = s->x.columns;
  for (size_t j = 0; j < n; j++)
    for (size_t i = 0; i < n; i++) {
      double v = (double)w[i * n + j], pull = gram[i * n + j] - o->l2 * v;
      for (size_t k = 0; k < n; k++) pull -= gram[i * n + k] * (double)w[k * n + j];
      if (i == j || gram[i * n + i] == 0) EXPECT(v == 0, "[%d, %d]: %g", (int)i, (int)j, v);
      else if (v == 0)
        EXPECT(pull <= o->l1 + 1e-4 && (o->nonnegative || pull >= -o->l1 - 1e-4), "%g", pull);
      else EXPECT(fabs(pull - copysign(o->l1, v)) <= 1e-4, "pull %g at %g", pull, v);
      EXPECT(v >= 0 || !o->nonnegative, "%g", v);
    }
}

static void slim_minimises(void) {
  static sample s;
  static double gram[MOST * MOST];
  static float gram32[MOST * MOST], w[3][MOST * MOST];
  sy_error error = {SY_OK, ""};
  for (int kind = 0; kind < 4; kind++) {
    sy_slim_options o = {kind & 1 ? 1.5 : 0, 0.75, 1e-9, 1, kind >> 1, 1};
    sy_slim_report report = {0, 0, 0, 0}, again;
    double before = HUGE_VAL;
    SCENARIO("SLIM, l1 %g%s", o.l1, o.nonnegative ? ", nonnegative" : "");
    fill(&s, 60, 23, kind & 1, 0);
    sy_gram(&s.x, SY_F64, 1, NULL, gram, NULL);
    sy_gram(&s.x, SY_F32, 1, NULL, gram32, NULL);
    for (size_t sweeps = 1; sweeps <= 6; sweeps++) {
      o.sweeps = sweeps;
      EXPECT(sy_slim(gram, SY_F64, 23, &o, NULL, w[0], &report, &error) == SY_OK, "%s",
             error.message);
      EXPECT(report.objective < before, "%d: %g after %g", (int)sweeps, report.objective, before);
      EXPECT(report.sweeps == sweeps && report.unconverged > 0, "%d", (int)report.sweeps);
      EXPECT(fabs(report.objective - slim_loss(&s, &o, w[0])) < 1e-4, "loss");
      before = report.objective;
    }
    o.sweeps = 5000;
    sy_slim(gram, SY_F64, 23, &o, NULL, w[0], &report, &error);
    EXPECT(report.unconverged == 0 && report.sweeps < 5000, "%d", (int)report.unconverged);
    EXPECT(o.l1 == 0 || report.weights < 23 * 22, "%d weights", (int)report.weights);
    slim_is_stationary(&s, &o, gram, w[0]);
    o.threads = 3;
    sy_slim(gram, SY_F64, 23, &o, NULL, w[1], &again, &error);
    EXPECT(memcmp(w[0], w[1], 23 * 23 * sizeof(float)) == 0, "threads");
    EXPECT(again.objective == report.objective, "threads");
    sy_slim(gram32, SY_F32, 23, &o, NULL, w[2], &again, &error); /* such sums are exact */
    EXPECT(memcmp(w[0], w[2], 23 * 23 * sizeof(float)) == 0, "f32");
  }
}

/* Without l1, each item's weights are a ridge regression on the others. */
static void slim_is_ridge(void) {
  enum { N = 12 };
  static sample s;
  static double gram[N * N], system[(N - 1) * (N - 1)];
  static float w[N * N];
  const sy_slim_options o = {0, 2, 1e-12, 10000, 0, 1};
  sy_slim_report report;
  SCENARIO("SLIM without l1 is ridge regression");
  fill(&s, 50, N, 1, 1);
  sy_gram(&s.x, SY_F64, 1, NULL, gram, NULL);
  sy_slim(gram, SY_F64, N, &o, NULL, w, &report, NULL);
  for (size_t j = 0; j < N; j++) {
    for (size_t i = 0, a = 0; i < N; i++) {
      if (i == j) continue;
      for (size_t k = 0, b = 0; k < N; k++)
        if (k != j) system[a * (N - 1) + b++] = gram[i * N + k] + (i == k ? o.l2 : 0);
      a++;
    }
    invert(system, N - 1);
    for (size_t i = 0, a = 0; i < N; i++) {
      double expected = 0;
      if (i == j) continue;
      for (size_t k = 0, b = 0; k < N; k++)
        if (k != j) expected += system[a * (N - 1) + b++] * gram[k * N + j];
      EXPECT(fabs(expected - (double)w[i * N + j]) < 1e-6, "[%d, %d]", (int)i, (int)j);
      a++;
    }
  }
}

static void slim_refuses(void) {
  static double gram[4] = {1, 0, 0, 1};
  float w[4];
  sy_slim_report report;
  sy_error error = {SY_OK, ""};
  const sy_slim_options bad[] = {{-1, 1, 0, 1, 0, 1}, {NAN, 1, 0, 1, 0, 1}, {0, -1, 0, 1, 0, 1},
                                 {0, 1, -1, 1, 0, 1}, {0, 1, NAN, 1, 0, 1}, {0, 1, 0, 0, 0, 1}};
  SCENARIO("SLIM refuses what makes no sense");
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    EXPECT(sy_slim(gram, SY_F64, 2, &bad[i], NULL, w, &report, &error) == SY_E_ARGUMENT, "%d",
           (int)i);
  for (long fail = 1; fail < 3; fail++) {
    ledger l = {0, fail, 0, 0};
    sy_memory memory = {ledger_alloc, &l};
    sy_slim_options good = {0, 1, 0, 1, 0, 2};
    EXPECT(sy_slim(gram, SY_F64, 2, &good, &memory, w, &report, &error) == SY_E_MEMORY, "memory");
    EXPECT(l.live == 0 && l.wrong == 0, "%d bytes left", (int)l.live);
  }
}

/* ---------------------------------------------------------------- scores --------------------- */

static void scores(void) {
  enum { COLUMNS = 603 };
  static sample s;
  static float weights[MOST * COLUMNS], out[2][64 * COLUMNS];
  uint64_t state = 5;
  for (size_t i = 0; i < MOST * COLUMNS; i++) weights[i] = (float)draw(&state) * 1e-9F - 1.0F;
  for (int weighted = 0; weighted < 2; weighted++) {
    for (size_t columns = 1; columns <= COLUMNS; columns += columns < 5 ? 1 : 97) {
      SCENARIO("scores of %d columns, %s", (int)columns, weighted ? "weighted" : "plain");
      fill(&s, 64, MOST, weighted, 1 - weighted);
      sy_linear_scores(&s.x, weights, columns, 1, out[0]);
      sy_linear_scores(&s.x, weights, columns, 3, out[1]);
      EXPECT(memcmp(out[0], out[1], 64 * columns * sizeof(float)) == 0, "threads");
      for (size_t r = 0; r < 64; r++)
        for (size_t j = 0; j < columns; j++) {
          float sum = 0;
          for (int64_t e = s.offsets[r]; e < s.offsets[r + 1]; e++)
            sum += s.values[e] * weights[(size_t)(s.ids[e] - s.x.base) * columns + j];
          EXPECT(out[0][r * columns + j] == sum, "[%d, %d]", (int)r, (int)j);
        }
    }
  }
  SCENARIO("scores of nobody");
  fill(&s, 0, MOST, 0, 0);
  sy_linear_scores(&s.x, weights, COLUMNS, 2, out[0]);
}

static void machine(void) {
  SCENARIO("memory that is free");
#ifdef __linux__
  EXPECT(sy_memory_available() > 1 << 20, "%zu", sy_memory_available());
#endif
}

int main(void) {
  grams();
  if (sy_lapack_found()) {
    ease_by_brute_force();
    ease_threads();
    ease_refuses();
    memory_runs_out();
  }
  slim_minimises();
  slim_is_ridge();
  slim_refuses();
  scores();
  machine();
  end_scenario();
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
