/*
 * calibrator_test.c - calibrators without Lua: the same bits from every instruction set, one by one
 * and many at a time, in blocks of any alignment of which no other byte is touched; fits by
 * hand-laid curves; what is refused. What maps mean is tested in spec/calibrate/. Prints "N passed,
 * N failed".
 *
 *   cc -Icsrc spec/c/calibrator_test.c build/lib/libsteelyard.a -fopenmp -lcjson -lz -lm
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/calibrators/form.h"
#include "kernel/vector/kernels.h"
#include "scenario.h"
#include "sets.h"
#include "steelyard.h"

enum { ROWS = 2000, KNOTS = 300 };

static sy_random rng;
static double p[ROWS], y[ROWS], w[ROWS], x_knots[KNOTS], y_knots[KNOTS];

static void draw(void) {
  for (size_t i = 0; i < ROWS; i++) {
    uint64_t kind = sy_random_below(&rng, 40);
    double z = 12.0 * sy_random_uniform(&rng) - 9.0;
    p[i] = kind == 0 ? 0.0 : kind == 1 ? 1.0 : kind == 2 ? 1e-310 : 1.0 / (1.0 + exp(-z));
    w[i] = 0.25 * (double)(1 + sy_random_below(&rng, 8));
    y[i] = w[i] * (sy_random_uniform(&rng) < 0.8 * p[i] + 0.1);
  }
}

/* ------------------------------------------------------------------------- kernels ------------ */

static const sy_map logistic_maps[] = {
    {.kind = SY_MAP_LOGISTIC, .rate = 1, .c = {0.3, 0.8, 0.8, 0}},
    {.kind = SY_MAP_LOGISTIC, .rate = 1, .c = {0.3, 0.8, 0.8, 0}, .p_low = 0.01, .q_low = 0.3},
    {.kind = SY_MAP_LOGISTIC, .rate = 0.5, .c = {0.3, 0.8, 1.8, 0}, .p_low = 0.01, .q_low = 0.3},
    {.kind = SY_MAP_LOGISTIC, .rate = 0.2, .c = {0.3, 1.8, 1.8, 0}},
    {.kind = SY_MAP_LOGISTIC, .rate = 1, .c = {0.3, 1, 1, 0.05}, .z_low = -5, .z_high = 2},
    {.kind = SY_MAP_LOGISTIC, .rate = 3, .c = {0.3, 1, 1, 0.05}, .z_low = -5, .z_high = 2},
    {.kind = SY_MAP_LOGISTIC, .rate = 1, .c = {-1, 0.4, 2.2, 0}},
    {.kind = SY_MAP_LOGISTIC, .rate = 0.01, .c = {-1, 0.4, 2.2, 0}},
    {.kind = SY_MAP_LOGISTIC, .rate = 1, .c = {0.3, 0.8, 0.8, 0}, .p_low = 0.01, .q_low = 1e-9},
    {.kind = SY_MAP_LOGISTIC, .rate = 0.5, .c = {-1, 0.4, 2.2, 0}, .p_low = 0.5, .q_low = 0.5},
    {.kind = SY_MAP_LOGISTIC, .rate = 1, .c = {-1, 0.4, 2.2, 0.01}, .z_low = -9, .z_high = 9},
    {.kind = SY_MAP_LOGISTIC, .rate = 0.5, .c = {-1, 0.4, 2.2, 0.01}, .z_low = -9, .z_high = 9},
};
enum { LOGISTIC_MAPS = sizeof logistic_maps / sizeof *logistic_maps };

static void maps_agree(void) {
  static double first[ROWS], bits[ROWS], out[ROWS], first_out[ROWS];
  SCENARIO("logistic maps: the same bits from every instruction set");
  p[17] = NAN;
  for (size_t m = 0; m < LOGISTIC_MAPS; m++)
    for (size_t n = 0; n < ROWS; n = 2 * n + 1) {
      const sy_kernels *kernels = usable(0);
      kernels->logistic(&logistic_maps[m], p, n, first);
      kernels->probabilities(first, n, first_out);
      EXPECT(n <= 17 || (isnan(first[17]) && isnan(first_out[17])), "NaN gives %g", first[17]);
      for (size_t i = 1; (kernels = usable(i)); i++) {
        kernels->logistic(&logistic_maps[m], p, n, bits);
        kernels->probabilities(bits, n, out);
        for (size_t r = 0; r < n; r++)
          if (r != 17) {
            EXPECT(bits[r] == first[r] && out[r] == first_out[r], "%s: map %zu: %.17g, not %.17g",
                   kernels->name, m, out[r], first_out[r]);
          }
      }
    }
  p[17] = 0.5;
}

static void likelihoods_agree(void) {
  const double theta[3] = {-0.2, 0.9, 0.05};
  SCENARIO("likelihoods: the same bits from every instruction set");
  for (int form = 0; form < 4; form++)
    for (size_t n = 0; n < ROWS; n = 2 * n + 1) {
      sy_likelihood l = {form & 1, form >> 1, 1e-4, 1 - 1e-3, 0.9, 0.05};
      double first[SY_SUMS + 5] = {0}, sums[SY_SUMS + 5];
      const sy_kernels *kernels;
      for (size_t i = 0; (kernels = usable(i)); i++) {
        memset(sums, 0, sizeof sums);
        kernels->likelihood(&l, theta, p, w, y, n, 1, sums);
        kernels->sum_cell(p, w, y, n, sums + SY_SUMS);
        kernels->spread_cell(p, w, y, n, 0.25, sums + SY_SUMS + 3);
        if (i == 0) memcpy(first, sums, sizeof first);
        EXPECT(memcmp(first, sums, sizeof first) == 0, "%s: %zu rows", kernels->name, n);
      }
    }
}

static void sums_are_right(void) {
  const double theta[3] = {-0.2, 0.9, 0.05};
  sy_likelihood l = {0, 1, 1e-4, 1 - 1e-3, 0.9, 0.05};
  double sums[SY_SUMS] = {0}, slow[SY_SUMS] = {0};
  SCENARIO("likelihoods: the sums of their definition");
  usable(0)->likelihood(&l, theta, p, w, y, ROWS, 1, sums);
  for (size_t i = 0; i < ROWS; i++) {
    double q = p[i] == 0 ? 1e-4 : p[i] == 1 ? 1 - 1e-3 : p[i] < 4.25e-18 ? exp(-40) : p[i];
    double u = log(q / (1 - q)), v = u * u, f = theta[0] + theta[1] * u + theta[2] * v;
    double s = 1 / (1 + exp(-f)), label = 0.9 * y[i] + 0.05 * w[i];
    double r = label - w[i] * s, h = w[i] * s / (1 + exp(f));
    const double add[SY_SUMS] = {
        r,         r * u,
        r * v,     h,
        h * u,     h * v,
        h * u * u, h * u * v,
        h * v * v, w[i] * (f > 0 ? f + log1p(exp(-f)) : log1p(exp(f))) - label * f};
    for (int k = 0; k < SY_SUMS; k++) slow[k] += add[k];
  }
  for (int k = 0; k < SY_SUMS; k++)
    EXPECT(fabs(sums[k] - slow[k]) <= 1e-9 * (1 + fabs(slow[k])), "sum %d: %.17g, not %.17g", k,
           sums[k], slow[k]);
}

static void powers_are_right(void) {
  double worst_log = 0, worst_exp = 0;
  SCENARIO("logarithms and powers to base 2");
  for (int i = 0; i < 400000; i++) {
    double z = 110.0 * sy_random_uniform(&rng) - 55.0, value = exp2(z);
    double near = 1.0 + (sy_random_uniform(&rng) - 0.5) * exp2(-40.0 * sy_random_uniform(&rng));
    double log_error = fabs(sy_log2(value) - log2(value)) / fmax(1.0, fabs(z));
    double near_error = near == 1.0 ? 0 : fabs(sy_log2(near) - log2(near)) / fabs(log2(near));
    double exp_error = fabs(sy_exp2(-fabs(z)) / exp2(-fabs(z)) - 1);
    worst_log = fmax(worst_log, fmax(log_error, near_error));
    worst_exp = fmax(worst_exp, exp_error);
  }
  EXPECT(worst_log < 1e-15, "log2 is off by %g", worst_log);
  EXPECT(worst_exp < 4e-16, "exp2 is off by %g", worst_exp);
  EXPECT(sy_log2(1.0) == 0 && sy_log2(0.5) == -1 && sy_log2(8.0) == 3, "exact powers");
  EXPECT(sy_exp2(0.0) == 1 && sy_exp2(-3.0) == 0.125, "exact powers");
  EXPECT(sy_exp2(-1e300) == exp2(-1000) && sy_exp2(-1000) == exp2(-1000), "far powers");
}

/* ------------------------------------------------------------------------- calibrators -------- */

static const double age_edges[] = {20, 40}, slot_numbers[] = {1, 2, 7};
static const char *const countries[] = {"de", "fr", "de"};
static const sy_feature features[] = {{"country", 3, countries, NULL, NULL},
                                      {"age", 3, NULL, NULL, age_edges},
                                      {"slot", 3, NULL, slot_numbers, NULL}};
static double offsets[3 * 3 * 3 * 2];
static const double bucket_edges[] = {-1.0};
static const sy_offset_table tables[] = {{1, {0}, 0, NULL, offsets},
                                         {3, {2, 0, 1}, 1, bucket_edges, offsets}};

static sy_map knots_map(size_t n, int in_logits, int step) {
  sy_map map = {.kind = SY_MAP_KNOTS, .rate = 1, .knots = n, .x = x_knots, .y = y_knots};
  map.in_logits = in_logits;
  map.step = step;
  for (size_t i = 0; i < n; i++) {
    double crowd = sy_random_below(&rng, 2) ? 1e-9 : 1.0, last = i ? x_knots[i - 1] : 0.0;
    x_knots[i] = last + crowd * (0.1 + sy_random_uniform(&rng)) / (1.2 * (double)n);
    y_knots[i] = (double)(i + 1) / (double)(n + 1);
  }
  for (size_t i = 0; in_logits && i < n; i++) {
    x_knots[i] = 30.0 * x_knots[i] - 15.0;
    y_knots[i] = 20.0 * y_knots[i] - 10.0;
  }
  return map;
}

static void check_calibrator(const sy_calibrator_parts *parts, size_t shift) {
  static int32_t codes[3][ROWS];
  static double many[ROWS], logits[ROWS];
  static float narrow[ROWS], many_narrow[ROWS];
  const int32_t *columns[3] = {codes[0], codes[1], codes[2]};
  sy_error error = {SY_OK, ""};
  size_t bytes = sy_calibrator_bytes(parts, &error);
  unsigned char *block = malloc(bytes + 128);
  EXPECT(bytes > 0, "%s", error.message);
  if (!bytes || !block) exit(2);
  memset(block, 0xa5, bytes + 128);
  const sy_calibrator *c = sy_calibrator_init(block + shift, parts);
  for (size_t i = 0; i < ROWS; i++) {
    narrow[i] = (float)p[i];
    for (size_t f = 0; f < 3; f++) codes[f][i] = (int32_t)sy_random_below(&rng, 4) - 1;
  }
  const int32_t *const *given = parts->features ? columns : NULL;
  sy_calibrate_many(c, sy_f64(p), given, ROWS, many);
  sy_calibrate_logits(c, sy_f64(p), given, ROWS, logits);
  sy_calibrate_many(c, sy_f32(narrow), given, ROWS, many_narrow);
  for (size_t i = 0; i < ROWS; i++) {
    int32_t row[3] = {codes[0][i], codes[1][i], codes[2][i]};
    const int32_t *own = given ? row : NULL;
    double one = sy_calibrate(c, p[i], own), z = logits[i];
    EXPECT(one == many[i] && one >= 0 && one <= 1, "%.17g alone, %.17g of many", one, many[i]);
    EXPECT((float)sy_calibrate(c, (double)narrow[i], own) == many_narrow[i], "rounding of f32");
    EXPECT(fabs(1 / (1 + exp(-z)) - one) < 1e-13, "logit %.17g of %.17g", z, one);
  }
  memcpy(many, p, sizeof p);
  sy_calibrate_many(c, sy_f64(many), given, ROWS, many);
  EXPECT(many[5] == sy_calibrate(c, p[5],
                                 given ? (int32_t[]){codes[0][5], codes[1][5], codes[2][5]} : NULL),
         "in place");
  for (size_t i = 0; i < shift; i++) EXPECT(block[i] == 0xa5, "byte %zu before the block", i);
  for (size_t i = shift + bytes; i < bytes + 128; i++) EXPECT(block[i] == 0xa5, "byte %zu", i);
  const sy_calibrator_parts *back = sy_calibrator_parts_of(c);
  EXPECT(strcmp(back->method, parts->method) == 0 && back->method != parts->method, "method");
  EXPECT(sy_calibrator_bytes(back, &error) == bytes, "parts of its own: %s", error.message);
  free(block);
}

static void calibrators_agree(void) {
  static const size_t sizes[] = {1, 2, 3, 16, 255, 256, 257, KNOTS};
  sy_calibrator_parts parts = {.method = "test", .about = "{}"};
  for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) offsets[i] = sin((double)i);
  SCENARIO("calibrators: one by one, many, in any block");
  for (int segments = 0; segments < 2; segments++) {
    parts.features = segments ? 3 : 0;
    parts.feature = segments ? features : NULL;
    parts.tables = segments ? 2 : 0;
    parts.table = segments ? tables : NULL;
    parts.map = (sy_map){.kind = SY_MAP_SCALE, .rate = 0.5, .factor = 1.25};
    check_calibrator(&parts, 3);
    for (size_t m = 0; m < LOGISTIC_MAPS; m++) {
      parts.map = logistic_maps[m];
      check_calibrator(&parts, 7 * m);
    }
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
      for (int form = 0; form < 4; form++) {
        parts.map = knots_map(sizes[k], form & 1, form >> 1);
        check_calibrator(&parts, 8 * k + (size_t)form);
      }
  }
}

static void looks_up(void) {
  sy_calibrator_parts parts = {.method = "test", .features = 3, .feature = features};
  void *block;
  SCENARIO("codes of values");
  parts.map = logistic_maps[0];
  block = malloc(sy_calibrator_bytes(&parts, NULL));
  if (!block) exit(2);
  const sy_calibrator *c = sy_calibrator_init(block, &parts);
  EXPECT(sy_calibrator_code_of_text(c, 0, "de", 2) == 0, "the first of two");
  EXPECT(sy_calibrator_code_of_text(c, 0, "fr!", 2) == 1, "a length");
  EXPECT(sy_calibrator_code_of_text(c, 0, "f", 1) == -1, "a start");
  EXPECT(sy_calibrator_code_of_text(c, 1, "de", 2) == -1, "text for edges");
  EXPECT(sy_calibrator_code_of_text(c, 3, "de", 2) == -1, "no such feature");
  EXPECT(sy_calibrator_code_of_number(c, 0, 1) == -1, "a number for texts");
  EXPECT(sy_calibrator_code_of_number(c, 1, 20) == 0, "at an edge");
  EXPECT(sy_calibrator_code_of_number(c, 1, INFINITY) == 2, "beyond edges");
  EXPECT(sy_calibrator_code_of_number(c, 2, 7) == 2, "a number");
  EXPECT(sy_calibrator_code_of_number(c, 2, 6) == -1, "none of the numbers");
  EXPECT(sy_calibrator_code_of_number(c, 2, NAN) == -1, "NaN");
  EXPECT(sy_calibrator_code_of_number(c, 3, 1) == -1, "no such feature");
  free(block);
}

static void refuses(const sy_calibrator_parts *parts, sy_status status, const char *text) {
  sy_error error = {SY_OK, ""};
  EXPECT(sy_calibrator_bytes(parts, &error) == 0, "%s: taken", text);
  EXPECT(sy_calibrator_bytes(parts, NULL) == 0, "%s: taken", text);
  EXPECT(error.status == status && strstr(error.message, text), "%d: %s", error.status,
         error.message);
}

static void refuses_nonsense(void) {
  static double bad[] = {0.5, NAN};
  sy_calibrator_parts parts = {.method = "test", .map = logistic_maps[0]}, wrong;
  sy_feature none = {"none", 2, NULL, NULL, NULL}, huge = {"huge", SIZE_MAX, countries, NULL, NULL};
  sy_offset_table table = {5, {0}, 0, NULL, offsets}, wide = {4, {0, 0, 0, 0}, 0, NULL, offsets};
  sy_feature big = {"big", 1 << 20, NULL, NULL, NULL};
  double *edges = calloc(1 << 20, sizeof *edges);
  SCENARIO("parts that make no sense are refused");
  if (!edges) exit(2);
  for (int i = 0; i < 1 << 20; i++) edges[i] = i;
  big.edges = edges;
  wrong = parts, wrong.method = NULL, refuses(&wrong, SY_E_ARGUMENT, "method");
  wrong = parts, wrong.map.kind = (sy_map_kind)7, refuses(&wrong, SY_E_ARGUMENT, "map.kind");
  wrong = parts, wrong.map.rate = NAN, refuses(&wrong, SY_E_ARGUMENT, "map.rate");
  wrong = parts, wrong.map.c[3] = NAN, refuses(&wrong, SY_E_NUMBER, "map.c[4]");
  wrong = parts, wrong.map = (sy_map){.kind = SY_MAP_KNOTS, .rate = 1, .knots = 1};
  refuses(&wrong, SY_E_ARGUMENT, "need x and y");
  wrong.map.x = bad, wrong.map.y = bad, wrong.map.knots = 2;
  refuses(&wrong, SY_E_ARGUMENT, "map.x[2]");
  wrong.map.knots = (size_t)INT32_MAX + 1, refuses(&wrong, SY_E_LIMIT, "too many knots");
  wrong = parts, wrong.features = 1, wrong.feature = &none;
  refuses(&wrong, SY_E_ARGUMENT, "needs values, numbers or edges");
  wrong.feature = &huge, refuses(&wrong, SY_E_LIMIT, "codes");
  wrong.feature = features, wrong.tables = 1, wrong.table = &table;
  refuses(&wrong, SY_E_LIMIT, "1 to 4 features");
  wrong.feature = &big, wrong.table = &wide, refuses(&wrong, SY_E_LIMIT, "too many cells");
  table.features = 1, table.offsets = NULL, wrong.table = &table;
  refuses(&wrong, SY_E_ARGUMENT, "expected offsets");
  free(edges);
}

/* ------------------------------------------------------------------------- fits --------------- */

/* Every map that can be fitted, to a curve laid out by hand; which calibrator_bytes must take. */
static void fit_all(const sy_curve *curve) {
  size_t room = 2 * curve->count + 2;
  double *x = malloc(2 * room * sizeof *x);
  void *scratch = malloc(sy_fit_knots_bytes(curve->count) + sy_fit_logistic_bytes(curve->count));
  sy_error error = {SY_OK, ""};
  sy_calibrator_parts parts = {.method = "test"};
  if (!x || !scratch) exit(2);
  for (int kind = SY_LOGISTIC_SHIFT; kind <= SY_LOGISTIC_BETA_A; kind++)
    for (int smoothing = 0; smoothing < 2; smoothing++) {
      sy_status status =
          sy_fit_logistic(curve, (sy_logistic_kind)kind, smoothing, scratch, &parts.map, &error);
      EXPECT(status == SY_OK && sy_calibrator_bytes(&parts, &error), "%d: %s", kind, error.message);
    }
  for (int kind = 0; kind < 5; kind++) {
    sy_status status = SY_OK;
    if (kind < 2)
      status =
          sy_fit_isotonic(curve, (sy_isotonic_kind)kind, scratch, x, x + room, &parts.map, &error);
    if (kind == 2)
      status = sy_fit_histogram(curve, 10, 1, scratch, x, x + room, &parts.map, &error);
    if (kind == 3)
      status = sy_fit_piecewise(curve, 10, 1, scratch, x, x + room, &parts.map, &error);
    if (kind == 4) sy_fit_scale(curve, &parts.map);
    EXPECT(status == SY_OK && sy_calibrator_bytes(&parts, &error), "%d: %s", kind, error.message);
    EXPECT(kind == 4 || parts.map.knots <= room, "%zu knots", parts.map.knots);
  }
  free(scratch);
  free(x);
}

static void fits_end(void) {
  enum { MOST = 40 };
  SCENARIO("fits of adverse curves end in maps that make sense");
  for (int round = 0; round < 400; round++) {
    double cp[MOST], cw[MOST], cy[MOST], before = -1;
    sy_curve curve = {.p = cp, .n = cw, .w = cw, .y = cy, .wwpq = cw};
    size_t n = round % MOST;
    double scale = exp2(40.0 * sy_random_uniform(&rng) - 20.0);
    for (size_t i = 0; i < n; i++) {
      double far = exp2(-1000.0 * sy_random_uniform(&rng));
      double next = round % 3 == 0 ? (double)i / n : round % 3 == 1 ? far : 1 - 1e-15 * (double)i;
      cp[i] = next;
    }
    for (size_t i = 0; i < n; i++) /* ascending and distinct */
      for (size_t k = i + 1; k < n; k++)
        if (cp[k] < cp[i]) {
          double t = cp[i];
          cp[i] = cp[k], cp[k] = t;
        }
    for (size_t i = 0; i < n; i++) {
      if (cp[i] <= before) continue;
      before = cp[curve.count] = cp[i];
      cw[curve.count] = scale * (0.5 + sy_random_uniform(&rng));
      cy[curve.count] = cw[curve.count] * (double)sy_random_below(&rng, round % 5 ? 2 : 1);
      curve.total.w += cw[curve.count];
      curve.total.y += cy[curve.count];
      curve.total.p += cw[curve.count] * before;
      curve.count++;
    }
    fit_all(&curve);
  }
}

static void refuses_fits(void) {
  sy_curve curve = {0};
  sy_map map;
  sy_error error = {SY_OK, ""};
  double xy[4], scratch[64];
  SCENARIO("fits refuse what they do not know");
  EXPECT(sy_fit_logistic(&curve, (sy_logistic_kind)99, 0, scratch, &map, &error) == SY_E_ARGUMENT,
         "%s", error.message);
  EXPECT(sy_fit_isotonic(&curve, (sy_isotonic_kind)9, scratch, xy, xy, &map, &error) ==
             SY_E_ARGUMENT,
         "%s", error.message);
  EXPECT(sy_fit_histogram(&curve, SY_BUCKETS_MAX + 1, 0, scratch, xy, xy, &map, &error) ==
             SY_E_LIMIT,
         "%s", error.message);
  EXPECT(sy_fit_piecewise(&curve, 3, INFINITY, scratch, xy, xy, &map, &error) == SY_E_ARGUMENT,
         "%s", error.message);
}

int main(void) {
  sy_random_seed(&rng, 1);
  draw();
  maps_agree();
  likelihoods_agree();
  sums_are_right();
  powers_are_right();
  calibrators_agree();
  looks_up();
  refuses_nonsense();
  fits_end();
  refuses_fits();
  end_scenario();
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
