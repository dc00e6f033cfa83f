/*
 * calibration_test.c - curves without Lua: the same bits from every instruction set and from blocks
 * of any alignment, no byte touched outside of them, sorts of adverse predictions, sizes that do
 * not fit. What is measured on curves is tested in spec/calibrate/. Prints "N passed, N failed".
 *
 *   cc -Icsrc spec/c/calibration_test.c build/lib/libsteelyard.a -fopenmp -lcjson -lz -lm
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/vector/kernels.h"
#include "scenario.h"
#include "sets.h"
#include "steelyard.h"

#define ROWS 300000

static sy_random rng;
static double p[ROWS], y[ROWS], w[ROWS], sorted[ROWS];

/* ------------------------------------------------------------------------- kernels ------------ */

static void draw(size_t n, int fractions) {
  for (size_t i = 0; i < n; i++) {
    uint64_t kind = sy_random_below(&rng, 8);
    p[i] = kind == 0 ? 0.0 : kind == 1 ? 1.0 : sy_random_uniform(&rng);
    y[i] = fractions ? sy_random_uniform(&rng) : sy_random_uniform(&rng) < p[i];
    w[i] = (double)sy_random_below(&rng, 5) * 0.375;
  }
}

static void kernels_agree(void) {
  SCENARIO("the same bits from every instruction set");
  for (int round = 0; round < 400; round++) {
    size_t n = round % 257;
    double weights[256], labels[256], wwpq[256], parts[6], first_parts[6];
    sy_atom_sums sums, first_sums;
    const sy_kernels *kernels;
    draw(n, round & 1);
    for (size_t i = 0; i < n; i++) weights[i] = w[i] + 0.5, labels[i] = weights[i] * y[i];
    for (size_t c = 0; (kernels = usable(c)); c++) {
      memset(&sums, 0, sizeof sums);
      kernels->proper_scores(p, y, round & 2 ? w : NULL, n, 0.5, parts);
      kernels->sum_atoms(p, w, weights, labels, w, wwpq, n, round & 4, &sums);
      if (c == 0) memcpy(first_parts, parts, sizeof parts), first_sums = sums;
      EXPECT(memcmp(parts, first_parts, sizeof parts) == 0, "%s: scores", kernels->name);
      EXPECT(memcmp(&sums, &first_sums, sizeof sums) == 0, "%s: atoms", kernels->name);
    }
  }
  EXPECT(usable(0) != NULL, "none");
}

/* ------------------------------------------------------------------------- blocks ------------- */

static sy_labelled rows_of(size_t n, int weighted) {
  return (sy_labelled){sy_f64(p), sy_f64(y), {weighted ? w : NULL, SY_F64}, n};
}

static void blocks_of_any_alignment(void) {
  SCENARIO("blocks of any alignment, and nothing outside of them");
  for (int round = 0; round < 48; round++) {
    size_t n = (size_t)round * 11, bytes = sy_curve_bytes(n), shift = (size_t)round % 16;
    size_t smooth = sy_curve_smooth_bytes(), band, at = 0;
    draw(n, round & 1);
    for (size_t i = 0; i < n; i++) p[i] = floor(p[i] * 50) / 50;
    sy_labelled rows = rows_of(n, round & 2);
    /* Allocated to the byte, so that a sanitizer sees what goes beyond. */
    char *here = malloc(bytes + shift), *there = malloc(bytes), *scratch;
    double points[3] = {0.0, 0.5, 1.0}, low[2][3], high[2][3];
    sy_curve a, b;
    sy_smooth_error e, f;
    memset(here, 0x5a, shift);
    EXPECT(!sy_curve_of_rows(&rows, here + shift, &a, NULL), "status");
    EXPECT(!sy_curve_of_rows(&rows, there, &b, NULL), "status");
    while (at < shift && here[at] == 0x5a) at++;
    EXPECT(at == shift, "byte %zu before the block", at);
    EXPECT(a.count == b.count && memcmp(&a.total, &b.total, sizeof a.total) == 0, "%zu rows", n);
    EXPECT(memcmp(a.p, b.p, a.count * sizeof *a.p) == 0, "%zu rows", n);
    EXPECT((const char *)a.p >= here + shift &&
               (const char *)(a.wwpq + a.count) <= here + shift + bytes,
           "outside");
    scratch = malloc(smooth + shift);
    sy_curve_smooth_error(&a, scratch + shift, &e);
    sy_curve_smooth_error(&b, scratch, &f);
    EXPECT(memcmp(&e, &f, sizeof e) == 0, "%.17g is not %.17g", e.error, f.error);
    free(scratch);
    band = sy_curve_band_bytes(&a, 3, 5);
    scratch = malloc(band + shift);
    sy_curve_band(&a, points, 3, 0.8, 5, 1, scratch + shift, low[0], high[0]);
    sy_curve_band(&b, points, 3, 0.8, 5, 1, scratch, low[1], high[1]);
    EXPECT(memcmp(low[0], low[1], sizeof low[0]) == 0, "%g %g", low[0][0], low[1][0]);
    EXPECT(memcmp(high[0], high[1], sizeof high[0]) == 0, "%g %g", high[0][0], high[1][0]);
    free(scratch);
    free(here);
    free(there);
  }
}

static void sizes_that_do_not_fit(void) {
  sy_curve curve = {.count = 1};
  SCENARIO("sizes that do not fit");
  EXPECT(sy_curve_bytes(SIZE_MAX) == 0 && sy_curve_bytes(SIZE_MAX / 64) == 0, "curve");
  EXPECT(sy_canonical_bytes(SIZE_MAX) == 0 && sy_canonical_bytes(SIZE_MAX / 24) == 0, "order");
  EXPECT(sy_curve_band_bytes(&curve, SIZE_MAX / 2, 2) == 0, "points");
  EXPECT(sy_curve_band_bytes(&curve, 0, SIZE_MAX) == 0, "resamples");
}

static void refusals(void) {
  char block[20000];
  sy_curve curve;
  sy_error error;
  sy_scores scores;
  sy_labelled rows = rows_of(3, 0);
  SCENARIO("refusals");
  draw(3, 0);
  p[1] = NAN;
  EXPECT(sy_curve_bytes(3) <= sizeof block - 64, "room");
  EXPECT(sy_curve_of_rows(&rows, block, &curve, NULL) == SY_E_NUMBER, "NaN, no error asked for");
  EXPECT(sy_proper_scores(&rows, &scores, NULL) == SY_E_NUMBER, "NaN, no error asked for");
  EXPECT(sy_curve_of_rows(&rows, block, &curve, &error) == SY_E_NUMBER, "NaN");
  EXPECT(strcmp(error.message, "predictions[2]: NaN") == 0, "%s", error.message);
  p[1] = 2.0;
  EXPECT(sy_curve_of_rows(&rows, block, &curve, &error) == SY_E_ARGUMENT, "2");
  rows.labels.dtype = SY_I32;
  EXPECT(sy_curve_of_rows(&rows, block, &curve, &error) == SY_E_ARGUMENT, "i32");
  EXPECT(strcmp(error.message, "labels: f32 or f64 numbers are needed") == 0, "%s", error.message);
}

/* ------------------------------------------------------------------------- sorting ------------ */

typedef enum kind { PLAIN, TINY, NEAR_ONE, OCTAVES, TWO_HEAPS, EQUAL, STEPS, FALLING, KINDS } kind;

static double prediction(kind k, size_t i) {
  double u = sy_random_uniform(&rng);
  switch (k) {
    case PLAIN: return u;
    case TINY: return ldexp(floor(u * 0x1p40), -1074);
    case NEAR_ONE: return 1.0 - floor(u * 0x1p30) * 0x1p-53;
    case OCTAVES: return ldexp(0.5 + 0.5 * u, -(int)sy_random_below(&rng, 1070));
    case TWO_HEAPS: return i % 2 ? 0.5 + u * 0x1p-30 : 0x1p-1000 * u;
    case EQUAL: return 0.625;
    case STEPS: return floor(u * 100) / 100;
    case FALLING: return 1.0 - (double)i / ROWS;
    case KINDS: break;
  }
  return 0.0;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, z = *(const double *)b;
  return (x > z) - (x < z);
}

static void adverse_predictions(kind k, int weighted) {
  char *block = malloc(sy_curve_bytes(ROWS));
  sy_labelled rows = rows_of(ROWS, weighted);
  sy_curve curve;
  size_t distinct = 0, at = 0;
  double ones = 0.0;
  SCENARIO("predictions of kind %d%s", (int)k, weighted ? ", weighted" : "");
  for (size_t i = 0; i < ROWS; i++) {
    p[i] = sorted[i] = prediction(k, i);
    y[i] = (double)sy_random_below(&rng, 2);
    w[i] = 2.0;
    ones += y[i];
  }
  qsort(sorted, ROWS, sizeof *sorted, by_value);
  EXPECT(!sy_curve_of_rows(&rows, block, &curve, NULL), "status");
  for (size_t i = 0; i < ROWS; i++) {
    if (i && sorted[i] == sorted[i - 1]) continue;
    EXPECT(distinct < curve.count && curve.p[distinct] == sorted[i], "atom %zu", distinct);
    EXPECT(!distinct || (double)(i - at) == curve.n[distinct - 1], "rows of atom %zu", distinct);
    at = i;
    distinct++;
  }
  EXPECT(curve.count == distinct, "%zu of %zu", curve.count, distinct);
  EXPECT(curve.total.y == (weighted ? 2.0 * ones : ones), "%g of %g", curve.total.y, ones);
  free(block);
}

int main(void) {
  sy_random_seed(&rng, 4);
  kernels_agree();
  blocks_of_any_alignment();
  sizes_that_do_not_fit();
  refusals();
  for (int k = PLAIN; k < KINDS; k++)
    for (int weighted = 0; weighted < 2; weighted++) adverse_predictions((kind)k, weighted);
  end_scenario();
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
