/*
 * linear_test.c - closed forms in C: Gram matrices and EASE against brute force, scores, packed
 * triangles, memory that runs out, refusals. The models are tested in spec/collaborative. Prints
 * "N passed, N failed".
 */
#include "steelyard/linear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ledger.h"
#include "scenario.h"

#define MOST 41

/* Random rows; every third row is empty; weighted ones have values from 1/8 to 2. */
typedef struct sample {
  sy_sparse x;
  int64_t offsets[65];
  int32_t ids[64 * MOST];
  float values[64 * MOST];
  double dense[64][MOST];
} sample;

static uint64_t draw(uint64_t *state) {
  *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return *state >> 33;
}

static void fill(sample *s, size_t rows, size_t columns, int weighted, int32_t base) {
  uint64_t state = rows * 1000 + columns * 2 + (uint64_t)weighted;
  size_t count = 0;
  memset(s, 0, sizeof *s);
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = 0; c < columns && r % 3 != 2; c++) {
      if (draw(&state) % 10 >= 3) continue;
      s->values[count] = weighted ? (float)(draw(&state) % 16 + 1) / 8.0F : 1.0F;
      s->dense[r][c] = (double)s->values[count];
      s->ids[count++] = (int32_t)c + base;
    }
    s->offsets[r + 1] = (int64_t)count;
  }
  s->x = (sy_sparse){rows, columns, s->offsets, s->ids, weighted ? s->values : NULL, base};
}

static double product(const sample *s, size_t i, size_t j) {
  double sum = 0;
  for (size_t r = 0; r < s->x.rows; r++) sum += s->dense[r][i] * s->dense[r][j];
  return sum;
}

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

/* Gauss-Jordan without pivoting, which a positive definite matrix does not need. */
static void invert(double *a, size_t n) {
  for (size_t k = 0; k < n; k++) {
    double pivot = a[k * n + k];
    a[k * n + k] = 1;
    for (size_t j = 0; j < n; j++) a[k * n + j] /= pivot;
    for (size_t i = 0; i < n; i++) {
      double factor = a[i * n + k];
      if (i == k) continue;
      a[i * n + k] = 0;
      for (size_t j = 0; j < n; j++) a[i * n + j] -= factor * a[k * n + j];
    }
  }
}

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
  fill(&s, 30, 9, 0, 1);
  for (int i = 0; i < 4; i++)
    EXPECT(sy_ease(&s.x, bad[i], SY_F64, 1, NULL, scratch, b, &error) == SY_E_ARGUMENT &&
               strstr(error.message, "l2: a number above 0 is needed"),
           "%s", error.message);
  EXPECT(sy_ease(&s.x, 1, SY_I32, 1, NULL, scratch, b, &error) == SY_E_ARGUMENT, "dtype");
  EXPECT(sy_gram(&s.x, SY_I64, 1, NULL, scratch, &error) == SY_E_ARGUMENT, "dtype");

  SCENARIO("EASE says where l2 is too small for f32");
  /* Two columns that are alike, so that only l2 keeps the matrix from being singular. */
  for (int64_t r = 0; r < 30; r++) {
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
  scores();
  machine();
  end_scenario();
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
