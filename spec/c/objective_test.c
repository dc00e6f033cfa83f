/*
 * objective_test.c - training losses without Lua: the same bits from every instruction set, for
 * numbers at any alignment, with memory that runs out, with C's arguments; what is refused. What the
 * losses mean is tested in spec/objective_spec.lua. Prints "N passed, N failed".
 *
 *   cc -Icsrc spec/c/objective_test.c build/lib/libsteelyard.a -fopenmp -lcjson -lz -lm
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/objective/objective.h"
#include "ledger.h"
#include "scenario.h"
#include "sets.h"
#include "steelyard.h"

enum { ROWS = 700, COLUMNS = 6, MOST = ROWS * COLUMNS };

static sy_random rng;
static double z[MOST + 1], y[MOST + 1], gradient[MOST + 1], first[MOST + 1], w[ROWS];
static float z32[MOST + 1], y32[MOST + 1], gradient32[MOST + 1], first32[MOST + 1];
static int32_t codes[ROWS];
static const double task_weights[COLUMNS] = {1, 0, 2, 0.5, 3, 1};

static void draw(double scale, int missing) {
  for (size_t i = 0; i <= MOST; i++) {
    uint64_t kind = sy_random_below(&rng, 10);
    z[i] = kind == 0 && i > COLUMNS ? z[i - COLUMNS] : scale * sy_random_normal(&rng);
    y[i] = kind == 1 && missing ? (double)NAN : kind == 2 ? sy_random_uniform(&rng) : kind % 2;
    z32[i] = (float)z[i];
    y32[i] = (float)y[i];
  }
  for (size_t r = 0; r < ROWS; r++) {
    w[r] = (double)sy_random_below(&rng, 4);
    codes[r] = (int32_t)sy_random_below(&rng, 9) - 1;
  }
}

static sy_objective_options options_of(size_t which) {
  sy_objective_options o = sy_objective_defaults();
  o.codes = codes;
  o.groups = 8;
  o.gap = (sy_gap)(which % 3);
  o.by_size = which & 1;
  o.drop_rest = which >> 1 & 1;
  o.reduction = which & 4 ? SY_REDUCE_SUM : SY_REDUCE_MEAN;
  o.row_weights = which & 8 ? w : NULL;
  return o;
}

static void kernels_agree(void) {
  static double a[MOST], b[MOST], first_a[MOST], first_b[MOST], label[MOST];
  const sy_kernels *kernels;
  SCENARIO("kernels: the same bits from every instruction set");
  for (size_t k = 0; k < MOST; k++) label[k] = isnan(y[k]) ? 0.25 : y[k];
  for (size_t n = 0; n < MOST; n = 2 * n + 1)
    for (size_t i = 0; (kernels = usable(i)); i++) {
      kernels->cross_entropies(z, label, 0.75, n, a, b);
      if (i == 0) memcpy(first_a, a, sizeof a), memcpy(first_b, b, sizeof b);
      EXPECT(memcmp(a, first_a, n * sizeof *a) == 0, "%s: losses of %zu", kernels->name, n);
      EXPECT(memcmp(b, first_b, n * sizeof *b) == 0, "%s: slopes of %zu", kernels->name, n);
      for (size_t k = 0; k < n; k++) EXPECT(a[k] >= 0, "%g of %g, %g", a[k], z[k], label[k]);
    }
  for (size_t n = 0; n < MOST; n = 2 * n + 1)
    for (size_t i = 0; (kernels = usable(i)); i++) {
      kernels->sigmoids(z, n, a, b);
      if (i == 0) memcpy(first_a, a, sizeof a), memcpy(first_b, b, sizeof b);
      EXPECT(memcmp(a, first_a, n * sizeof *a) == 0, "%s: sigmoids of %zu", kernels->name, n);
      EXPECT(memcmp(b, first_b, n * sizeof *b) == 0, "%s: sigmoids of %zu", kernels->name, n);
    }
  for (size_t n = 0; n < MOST; n = 2 * n + 1)
    for (size_t i = 0; (kernels = usable(i)); i++) {
      kernels->exponentials(z, n, a);
      if (i == 0) memcpy(first_a, a, sizeof a);
      EXPECT(memcmp(a, first_a, n * sizeof *a) == 0, "%s: powers of %zu", kernels->name, n);
    }
}

static void sigmoids_are_right(void) {
  static const double at[] = {0, 1e-300, 0.5, 3, 36, 37, 40, 300, 700};
  SCENARIO("sigmoids: every digit on both sides");
  for (size_t i = 0; i < SY_COUNT(at); i++) {
    double x[2] = {at[i], -at[i]}, p[2], q[2], small = exp(-at[i]) / (1 + exp(-at[i]));
    usable(0)->sigmoids(x, 2, p, q);
    EXPECT(p[0] == q[1] && p[1] == q[0], "symmetry at %g", at[i]);
    EXPECT(fabs(q[0] / small - 1) < 1e-15, "%g: %.17g, not %.17g", at[i], q[0], small);
    EXPECT(fabs(p[0] - (1 - small)) < 2e-16, "%g: %.17g", at[i], p[0]);
  }
}

/* One call on given kernels, at an offset of the arrays. */
static double call(const sy_kernels *kernels, const char *name, const sy_objective_options *o,
                   int narrow, size_t shift, size_t rows, size_t columns) {
  sy_error error = {SY_OK, ""};
  double value = -1, values[COLUMNS], sum = 0;
  size_t n = rows * columns;
  sy_vector outputs = narrow ? sy_f32(z32 + shift) : sy_f64(z + shift);
  sy_vector targets = narrow ? sy_f32(y32 + shift) : sy_f64(y + shift);
  void *into = narrow ? (void *)(gradient32 + shift) : (void *)(gradient + shift);
  memset(into, 0, n * (narrow ? sizeof(float) : sizeof(double)));
  sy_status status = sy_objective_on(kernels, name, outputs, targets, rows, columns, o, 1.5, NULL,
                                     into, &value, values, &error);
  EXPECT(status == SY_OK, "%s: %s", name, error.message);
  int whole = strcmp(name, "multinomial") == 0 || strcmp(name, "gaussian_kl") == 0;
  for (size_t t = 0; t < (whole ? 1 : columns); t++) sum += values[t];
  EXPECT(sum == value, "%s: %.17g in all, %.17g in parts", name, value, sum);
  return value;
}

/* Logits of hundreds make no log variances. */
static void losses_agree(int variances) {
  static const size_t rows[] = {0, 1, 2, 9, 255, 256, 257, ROWS};
  const sy_kernels *kernels;
  SCENARIO("losses: the same bits from every instruction set");
  for (const char *const *name = sy_objective_list(); *name; name++)
    for (size_t k = 0; k < SY_COUNT(rows); k++)
      for (size_t which = 0; which < 16; which++) {
        if (!variances && strcmp(*name, "gaussian_kl") == 0) continue;
        sy_objective_options o = options_of(which);
        size_t columns = which % 3 ? COLUMNS : 2;
        if (which & 2 && strcmp(*name, "gaussian_kl") != 0) o.task_weights = task_weights;
        double wanted = call(usable(0), *name, &o, 0, 0, rows[k], columns);
        memcpy(first, gradient, sizeof first);
        double wanted32 = call(usable(0), *name, &o, 1, 0, rows[k], columns);
        memcpy(first32, gradient32, sizeof first32);
        for (size_t i = 1; (kernels = usable(i)); i++) {
          EXPECT(call(kernels, *name, &o, 0, 0, rows[k], columns) == wanted, "%s: %s, %zu rows",
                 kernels->name, *name, rows[k]);
          EXPECT(memcmp(first, gradient, sizeof first) == 0, "%s: gradient of %s, %zu rows",
                 kernels->name, *name, rows[k]);
          EXPECT(call(kernels, *name, &o, 1, 0, rows[k], columns) == wanted32, "%s: %s, f32",
                 kernels->name, *name);
          EXPECT(memcmp(first32, gradient32, sizeof first32) == 0, "%s: gradient of %s, f32",
                 kernels->name, *name);
        }
      }
}

/* The last row and column are one further on in memory: the same bits again. */
static void alignment_does_not_matter(void) {
  SCENARIO("losses: numbers at any alignment");
  for (const char *const *name = sy_objective_list(); *name; name++) {
    sy_objective_options o = options_of(0);
    double wanted = call(usable(0), *name, &o, 1, 0, 300, 2);
    memcpy(first32, gradient32, 600 * sizeof(float));
    memmove(z32 + 1, z32, 600 * sizeof(float));
    memmove(y32 + 1, y32, 600 * sizeof(float));
    EXPECT(call(usable(0), *name, &o, 1, 1, 300, 2) == wanted, "%s", *name);
    EXPECT(memcmp(first32, gradient32 + 1, 600 * sizeof(float)) == 0, "gradient of %s", *name);
    memmove(z32, z32 + 1, 600 * sizeof(float));
    memmove(y32, y32 + 1, 600 * sizeof(float));
  }
}

static void memory_may_run_out(void) {
  SCENARIO("losses: one allocation, given back; none leaves the outputs alone");
  for (const char *const *name = sy_objective_list(); *name; name++) {
    ledger book = {0};
    sy_memory memory = {ledger_alloc, &book};
    sy_objective_options o = options_of(1);
    sy_error error = {SY_OK, ""};
    double value = -1, values[COLUMNS] = {-1};
    sy_status status = sy_objective(*name, sy_f64(z), sy_f64(y), ROWS, COLUMNS, &o, 1, &memory,
                                    NULL, &value, values, &error);
    EXPECT(status == SY_OK && value >= 0 && book.count == 1, "%s: %ld allocations", *name,
           book.count);
    EXPECT(book.live == 0 && book.wrong == 0, "%s: %zu bytes left", *name, book.live);
    book = (ledger){.fail_at = 1};
    value = values[0] = -1;
    memset(gradient, 0, sizeof gradient);
    status = sy_objective(*name, sy_f64(z), sy_f64(y), ROWS, COLUMNS, &o, 1, &memory, gradient,
                          &value, values, &error);
    EXPECT(status == SY_E_MEMORY && value == -1 && values[0] == -1 && gradient[0] == 0, "%s: %d",
           *name, status);
  }
}

static void refuses(const char *text, const char *name, sy_vector outputs, sy_vector targets,
                    const sy_objective_options *o) {
  sy_error error = {SY_OK, ""};
  double value = -1;
  sy_status status =
      sy_objective(name, outputs, targets, 2, 2, o, 1, NULL, NULL, &value, NULL, &error);
  EXPECT(status != SY_OK && error.status == status && value == -1, "%s: taken", text);
  EXPECT(strstr(error.message, text), "%s: %s", text, error.message);
  EXPECT(sy_objective(name, outputs, targets, 2, 2, o, 1, NULL, NULL, NULL, NULL, NULL) == status,
         "%s without words", text);
}

static void refuses_nonsense(void) {
  const sy_objective_options good = options_of(0);
  sy_objective_options o;
  sy_vector whole = {codes, SY_I32}, none = {NULL, SY_F64};
  SCENARIO("calls that make no sense are refused");
  refuses("no training loss is called \"x\"", "x", sy_f64(z), sy_f64(y), &good);
  refuses("no training loss is called \"(null)\"", NULL, sy_f64(z), sy_f64(y), &good);
  refuses("outputs: f32 or f64", "bce", whole, sy_f64(y), &good);
  refuses("targets: f32 or f64", "bce", sy_f64(z), whole, &good);
  refuses("targets: mse needs them", "mse", sy_f64(z), none, &good);
  o = good, o.reduction = (sy_reduction)2;
  refuses("reduction: 2", "bce", sy_f64(z), sy_f64(y), &o);
  o = good, o.gap = (sy_gap)7;
  refuses("gap: 7", "bucket_calibration", sy_f64(z), sy_f64(y), &o);
  o = good, o.prior = NAN, o.gap = SY_GAP_DEVIATION;
  refuses("prior: ", "group_calibration", sy_f64(z), sy_f64(y), &o);
  o = good, o.buckets = SIZE_MAX;
  refuses("buckets: ", "bucket_calibration", sy_f64(z), sy_f64(y), &o);
  o = good, o.codes = NULL;
  refuses("groups: ", "group_calibration", sy_f64(z), sy_f64(y), &o);
  o = good, o.groups = SIZE_MAX;
  refuses("at most", "group_calibration", sy_f64(z), sy_f64(y), &o);
  codes[1] = 8;
  refuses("groups[2]: 9: there are 8 groups", "group_calibration", sy_f64(z), sy_f64(y), &good);
  z[3] = NAN;
  refuses("outputs[2][2]: NaN", "bce", sy_f64(z), sy_f64(y), &good);
  EXPECT(sy_objective_help("x") == NULL && sy_objective_help(NULL) == NULL, "help");
}

int main(void) {
  sy_random_seed(&rng, 20);
  draw(3.0, 1);
  kernels_agree();
  sigmoids_are_right();
  losses_agree(1);
  draw(0.01, 0);
  losses_agree(1);
  draw(150.0, 1);
  losses_agree(0);
  draw(1.0, 1);
  alignment_does_not_matter();
  memory_may_run_out();
  refuses_nonsense();
  end_scenario();
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
