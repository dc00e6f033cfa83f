/*
 * optimizer_test.c - optimizers in C: tables against numbers that PyTorch printed, parameters that
 * have no gradient, equal bits on every instruction set, refusals. The same optimizers over dense
 * matrices are tested in spec/optimizer_spec.lua. Prints "N passed, N failed".
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scenario.h"
#include "steelyard/optimizers.h"

#define ROWS 4
#define COLUMNS 2
#define STEPS 5

static sy_optimizer *make(const sy_optimizer_options *options, const sy_parameter *list,
                          size_t count, sy_dtype dtype) {
  sy_error error = {SY_OK, ""};
  sy_optimizer *optimizer = NULL;
  size_t bytes = sy_optimizer_bytes(options, list, count, dtype, &error);
  void *block;
  EXPECT(bytes > 0 && bytes % 64 == 0, "%s", error.message);
  block = bytes ? aligned_alloc(64, bytes) : NULL;
  if (!block || sy_optimizer_init(block, options, list, count, dtype, &optimizer, &error)) exit(2);
  EXPECT((void *)optimizer == block, "the object is not at the block's start");
  return optimizer;
}

/* ---------------------------------------------------------------- tables --------------------- */

static const double start[ROWS * COLUMNS] = {0.5, -1.0, 2.0, 0.25, 0.0, -3.0, 1.0, -0.125};
static const int touched[STEPS][ROWS] = {
    {0, 2, -1}, {2, 3, -1}, {0, -1}, {1, 2, 3, -1}, {0, 3, -1}};

/* A table and the gradient of its touched rows. */
typedef struct table {
  double w[ROWS * COLUMNS], g[ROWS * COLUMNS];
  int32_t rows[ROWS], slots[ROWS];
  sy_parameter parameter;
} table;

static void init_table(table *t) {
  memcpy(t->w, start, sizeof start);
  t->parameter = (sy_parameter){.name = "table.weight",
                                .rows = ROWS,
                                .columns = COLUMNS,
                                .data = t->w,
                                .gradient = t->g,
                                .touched = t->rows,
                                .slots = t->slots,
                                .has_gradient = 1,
                                .rate = 1};
}

static void touch(table *t, int step) {
  size_t n = 0;
  for (int row = 0; row < ROWS; row++) t->slots[row] = -1;
  for (const int *row = touched[step]; n < ROWS && *row >= 0; row++, n++) {
    t->rows[n] = *row;
    t->slots[*row] = (int32_t)n;
    for (int c = 0; c < COLUMNS; c++)
      t->g[n * COLUMNS + (size_t)c] = ((*row * 7 + c * 3 + step * 5) % 11 - 5) / 8.0;
  }
  t->parameter.touched_count = n;
}

/* skipped: bit s of it says that step s has no gradient. */
static void run_table(table *t, const sy_optimizer_options *options, double rate, int skipped) {
  sy_error error = {SY_OK, ""};
  sy_optimizer *optimizer;
  uint64_t moves = 0;
  init_table(t);
  optimizer = make(options, &t->parameter, 1, SY_F64);
  for (int step = 0; step < STEPS; step++) {
    sy_status status;
    touch(t, step);
    t->parameter.has_gradient = !(skipped >> step & 1);
    moves += (uint64_t)t->parameter.has_gradient;
    status = sy_optimizer_step(optimizer, &t->parameter, 1, rate, NULL, &error);
    EXPECT(status == SY_OK, "%s", error.message);
  }
  EXPECT(*sy_optimizer_steps(optimizer, 0) == moves, "moves");
  free(optimizer);
}

static void expect_near(const table *t, const double *expected) {
  for (int i = 0; i < ROWS * COLUMNS; i++)
    EXPECT(fabs(t->w[i] - expected[i]) <= 1e-12 * fmax(1, fabs(expected[i])), "%d: %.17g", i,
           t->w[i]);
}

/*
 * Printed by PyTorch 1.13 in float64, with rates of 0.1:
 *
 *   def g(step, row, col): return ((row * 7 + col * 3 + step * 5) % 11 - 5) / 8.0
 *   TOUCHED = [[0, 2], [2, 3], [0], [1, 2, 3], [0, 3]]
 *   w = torch.tensor([[0.5, -1.0], [2.0, 0.25], [0.0, -3.0], [1.0, -0.125]], requires_grad=True)
 *   for step, rows in enumerate(TOUCHED):
 *       values = torch.tensor([[g(step, r, 0), g(step, r, 1)] for r in rows])
 *       w.grad = torch.sparse_coo_tensor(torch.tensor([rows]), values, (4, 2))  # .to_dense()
 *       opt.step()
 *
 * SparseAdam adds its epsilon elsewhere, so both have nearly none.
 */
static void tables_lazily(void) {
  static const double sparse_adam[] = {0.5655852273178306, -0.7306409167909522, 2.058112836219195,
                                       0.3081128362191953, 0.03179724797228563, -3.0508274309576318,
                                       1.1441019306995361, -0.24750900511934967};
  static const double adagrad[] = {0.47564082164616417, -0.8026418768189347,   2.0892288262682923,
                                   0.3120173672792196,  -0.047439035609282774, -3.0149151446520257,
                                   1.0295745024520113,  -0.1337606181546712};
  static const double sgd[] = {
      0.45, -0.8875, 2.0625, 0.275, -0.037500000000000006, -3.0125, 0.9999999999999999, -0.1};
  sy_optimizer_options o = sy_optimizer_defaults(SY_ADAM);
  table t;
  SCENARIO("tables, lazily: SparseAdam");
  o.epsilon = 1e-20;
  run_table(&t, &o, 0.1, 0);
  expect_near(&t, sparse_adam);
  SCENARIO("tables, lazily: Adagrad");
  o = sy_optimizer_defaults(SY_ADAGRAD);
  o.initial = 0.1;
  run_table(&t, &o, 0.1, 0);
  expect_near(&t, adagrad);
  SCENARIO("tables, lazily: SGD");
  o = sy_optimizer_defaults(SY_SGD);
  run_table(&t, &o, 0.1, 0);
  expect_near(&t, sgd);
}

static void tables_in_full(void) {
  static const double adam[] = {0.5971214148423447,  -0.5774644754468115,   1.7507543051019612,
                                0.06907730586139299, -0.024263274595588788, -2.713116427160652,
                                0.9383266220152168,  -0.19003835684905035};
  static const double adamw[] = {0.5512917319607029, -0.688762371259193,  1.97014975,
                                 0.24626871875,      0.21746898221229372, -3.172693595889475,
                                 0.9211935180092268, -0.05925300120459549};
  static const double nesterov[] = {
      0.48291187500000005,  -0.6588977500000001, 2.169375,           0.31775,
      -0.10417650000000002, -2.9720011250000002, 1.0476887499999998, -0.14250249999999998};
  sy_optimizer_options o = sy_optimizer_defaults(SY_ADAM);
  table t;
  SCENARIO("tables in full: Adam with weight decay");
  o.lazy = 0;
  o.weight_decay = 0.05;
  run_table(&t, &o, 0.1, 0);
  expect_near(&t, adam);
  SCENARIO("tables in full: AdamW, without a gradient in two steps");
  o = sy_optimizer_defaults(SY_ADAMW);
  o.lazy = 0;
  o.weight_decay = 0.05;
  run_table(&t, &o, 0.1, 1 << 1 | 1 << 3);
  expect_near(&t, adamw);
  SCENARIO("tables in full: SGD with Nesterov's momentum");
  o = sy_optimizer_defaults(SY_SGD);
  o.lazy = 0;
  o.momentum = 0.9;
  o.nesterov = 1;
  run_table(&t, &o, 0.1, 0);
  expect_near(&t, nesterov);
}

/* Rows that are not touched keep their bits, decay and L2 or not. */
static void untouched(void) {
  sy_optimizer_options o = sy_optimizer_defaults(SY_ADAMW);
  sy_optimizer *optimizer;
  table t;
  SCENARIO("rows that are not touched stay");
  init_table(&t);
  t.parameter.l2 = 0.1;
  o.weight_decay = 0.3;
  optimizer = make(&o, &t.parameter, 1, SY_F64);
  touch(&t, 0);
  EXPECT(!sy_optimizer_step(optimizer, &t.parameter, 1, 0.1, NULL, NULL), "step");
  for (int i = 0; i < ROWS * COLUMNS; i++) {
    int moved = i / COLUMNS == 0 || i / COLUMNS == 2;
    EXPECT((t.w[i] != start[i]) == moved, "%d: %g", i, t.w[i]);
  }
  t.parameter.touched_count = 0; /* an empty batch */
  for (int row = 0; row < ROWS; row++) t.slots[row] = -1;
  EXPECT(!sy_optimizer_step(optimizer, &t.parameter, 1, 0.1, NULL, NULL), "step");
  EXPECT(*sy_optimizer_steps(optimizer, 0) == 2, "an empty gradient is one, too");
  free(optimizer);
}

/* ---------------------------------------------------------------- any kind ------------------- */

#define WIDE 37
#define TALL 29
#define NUMBERS (WIDE * TALL)

static const sy_optimizer_kind kinds[] = {SY_SGD, SY_SGD, SY_ADAGRAD, SY_ADAM, SY_ADAMW};

static sy_optimizer_options options_of(int i) {
  sy_optimizer_options o = sy_optimizer_defaults(kinds[i]);
  if (i == 1) o.momentum = 0.9, o.nesterov = 1;
  o.weight_decay = 0.02;
  o.clip_value = 1.5;
  o.clip_norm = 3;
  return o;
}

/* A dense parameter, an odd vector and a table with a fifth of its rows touched. */
typedef struct model {
  double w[3][NUMBERS], g[3][NUMBERS]; /* floats, where the type is that */
  int32_t rows[TALL], slots[TALL];
  sy_parameter list[3];
} model;

static void put(void *numbers, sy_dtype dtype, size_t i, double value) {
  if (dtype == SY_F32) ((float *)numbers)[i] = (float)value;
  else ((double *)numbers)[i] = value;
}

static void draw(void *numbers, sy_dtype dtype, sy_random *random) {
  for (size_t i = 0; i < NUMBERS; i++) put(numbers, dtype, i, sy_random_normal(random));
}

static void init_model(model *m, sy_dtype dtype, uint64_t seed) {
  static const char *const names[] = {"hidden.weight", "hidden.bias", "ids.weight"};
  sy_random random;
  sy_random_seed(&random, seed);
  memset(m, 0, sizeof *m);
  for (int i = 0; i < 3; i++) {
    m->list[i] = (sy_parameter){.name = names[i],
                                .rows = i == 1 ? 1 : TALL,
                                .columns = WIDE,
                                .data = m->w[i],
                                .gradient = m->g[i],
                                .has_gradient = 1,
                                .rate = i == 1 ? 2 : 1,
                                .l2 = i == 0 ? 0.01 : 0};
    draw(m->w[i], dtype, &random);
  }
  m->list[2].touched = m->rows;
  m->list[2].slots = m->slots;
}

static void next_gradients(model *m, sy_dtype dtype, sy_random *random, size_t every) {
  size_t n = 0, first = sy_random_below(random, every);
  for (int i = 0; i < 3; i++) draw(m->g[i], dtype, random);
  for (size_t row = 0; row < TALL; row++) {
    int is_touched = row % every == first;
    m->slots[row] = is_touched ? (int32_t)n : -1;
    if (is_touched) m->rows[n++] = (int32_t)row;
  }
  m->list[2].touched_count = n;
}

static void run_model(model *m, const sy_optimizer_options *o, sy_dtype dtype, const char *cpu,
                      size_t every, double *norm) {
  sy_optimizer *optimizer;
  sy_random random;
  sy_random_seed(&random, 77);
  init_model(m, dtype, 5);
  optimizer = make(o, m->list, 3, dtype);
  EXPECT(sy_optimizer_set_cpu(optimizer, cpu) == SY_OK, "%s", cpu);
  for (int step = 0; step < 4; step++) {
    next_gradients(m, dtype, &random, every);
    EXPECT(!sy_optimizer_step(optimizer, m->list, 3, 0.05, norm, NULL), "step");
  }
  free(optimizer);
}

static void same_bits(void) {
  static model one, other;
  for (int kind = 0; kind < 5; kind++) {
    for (int lazy = 0; lazy < 2; lazy++) {
      for (sy_dtype dtype = SY_F32; dtype <= SY_F64; dtype++) {
        sy_optimizer_options o = options_of(kind);
        double norm, other_norm;
        o.lazy = lazy;
        SCENARIO("same bits on every instruction set: %d, lazy %d, dtype %d", kind, lazy, dtype);
        run_model(&one, &o, dtype, "baseline", 5, &norm);
        for (const char *const *cpu = sy_cpu_list(); *cpu; cpu++) {
          run_model(&other, &o, dtype, *cpu, 5, &other_norm);
          EXPECT(memcmp(one.w, other.w, sizeof one.w) == 0, "%s", *cpu);
          EXPECT(memcmp(&norm, &other_norm, sizeof norm) == 0, "%s", *cpu);
        }
      }
    }
  }
}

/* With every row touched, being lazy saves nothing and changes nothing. */
static void lazy_in_full(void) {
  static model one, other;
  for (int kind = 0; kind < 5; kind++) {
    sy_optimizer_options o = options_of(kind);
    double norm;
    SCENARIO("all rows touched, lazily and in full: %d", kind);
    run_model(&one, &o, SY_F64, sy_cpu_list()[0], 1, &norm);
    o.lazy = 0;
    run_model(&other, &o, SY_F64, sy_cpu_list()[0], 1, &norm);
    EXPECT(memcmp(one.w, other.w, sizeof one.w) == 0, "other bits");
  }
}

/* ---------------------------------------------------------------- what stays ----------------- */

static void left_alone(void) {
  static model m, before;
  sy_optimizer_options o = sy_optimizer_defaults(SY_ADAM);
  sy_optimizer *optimizer;
  sy_random random;
  double norm, expected = 0;
  SCENARIO("frozen parameters, statistics and those without a gradient stay");
  sy_random_seed(&random, 3);
  init_model(&m, SY_F64, 5);
  next_gradients(&m, SY_F64, &random, 2);
  m.list[0].frozen = 1;
  m.list[1].gradient = NULL; /* a statistic */
  m.list[1].has_gradient = 0;
  optimizer = make(&o, m.list, 3, SY_F64);
  EXPECT(sy_optimizer_state_count(optimizer) == 2, "states of what never moves");
  before = m;
  EXPECT(!sy_optimizer_step(optimizer, m.list, 3, 0.1, &norm, NULL), "step");
  for (size_t i = 0; i < m.list[2].touched_count * WIDE; i++) expected += m.g[2][i] * m.g[2][i];
  EXPECT(fabs(norm - sqrt(expected)) < 1e-12, "%g is not %g", norm, sqrt(expected));
  EXPECT(memcmp(m.w, before.w, 2 * sizeof m.w[0]) == 0, "moved");
  EXPECT(memcmp(m.w[2], before.w[2], sizeof m.w[2]) != 0, "did not move");
  before = m;
  m.list[0].frozen = 0; /* thawed too late: it has no state */
  m.list[2].frozen = 1;
  EXPECT(!sy_optimizer_step(optimizer, m.list, 3, 0.1, &norm, NULL) && norm == 0, "step");
  EXPECT(memcmp(m.w, before.w, sizeof m.w) == 0, "moved");
  free(optimizer);
}

static void restored(void) {
  static model one, other;
  for (int kind = 0; kind < 5; kind++) {
    sy_optimizer_options o = options_of(kind);
    sy_optimizer *first, *second;
    sy_random random;
    SCENARIO("a state that is copied goes on to the same bits: %d", kind);
    sy_random_seed(&random, 9);
    init_model(&one, SY_F32, 1);
    first = make(&o, one.list, 3, SY_F32);
    for (int step = 0; step < 3; step++) {
      next_gradients(&one, SY_F32, &random, 3);
      EXPECT(!sy_optimizer_step(first, one.list, 3, 0.1, NULL, NULL), "step");
    }
    init_model(&other, SY_F32, 2);
    memcpy(other.w, one.w, sizeof one.w);
    second = make(&o, other.list, 3, SY_F32);
    for (size_t i = 0; i < sy_optimizer_state_count(first); i++) {
      sy_optimizer_state a, b;
      sy_optimizer_get_state(first, i, &a);
      sy_optimizer_get_state(second, i, &b);
      EXPECT(a.parameter == b.parameter && strcmp(a.what, b.what) == 0, "order");
      memcpy(b.data, a.data, a.rows * a.columns * sizeof(float));
    }
    for (size_t i = 0; i < 3; i++) *sy_optimizer_steps(second, i) = *sy_optimizer_steps(first, i);
    next_gradients(&one, SY_F32, &random, 3);
    memcpy(other.g, one.g, sizeof one.g);
    memcpy(other.rows, one.rows, sizeof one.rows);
    memcpy(other.slots, one.slots, sizeof one.slots);
    other.list[2].touched_count = one.list[2].touched_count;
    EXPECT(!sy_optimizer_step(first, one.list, 3, 0.1, NULL, NULL), "step");
    EXPECT(!sy_optimizer_step(second, other.list, 3, 0.1, NULL, NULL), "step");
    EXPECT(memcmp(one.w, other.w, sizeof one.w) == 0, "other bits");
    free(first);
    free(second);
  }
}

/* ---------------------------------------------------------------- refusals ------------------- */

static void refuse_gradient(sy_dtype dtype, double value, int which, size_t at, const char *text) {
  static model m, before;
  sy_optimizer_options o = options_of(3);
  sy_error error = {SY_OK, ""};
  sy_optimizer *optimizer;
  sy_random random;
  sy_random_seed(&random, 3);
  init_model(&m, dtype, 5);
  optimizer = make(&o, m.list, 3, dtype);
  next_gradients(&m, dtype, &random, 4);
  put(m.g[which], dtype, at, value);
  before = m;
  EXPECT(sy_optimizer_step(optimizer, m.list, 3, 0.1, NULL, &error) == SY_E_NUMBER, "accepted");
  EXPECT(strcmp(error.message, text) == 0, "%s", error.message);
  EXPECT(memcmp(m.w, before.w, sizeof m.w) == 0, "it moved");
  EXPECT(*sy_optimizer_steps(optimizer, 0) == 0, "it was counted");
  free(optimizer);
}

static void bad_gradients(void) {
  static model m;
  char text[200];
  sy_random random;
  SCENARIO("gradients that are not finite");
  refuse_gradient(SY_F32, NAN, 0, 2 * WIDE + 4,
                  "parameter \"hidden.weight\": the gradient's number at row 3, column 5 is NaN");
  refuse_gradient(
      SY_F64, -INFINITY, 1, 36,
      "parameter \"hidden.bias\": the gradient's number at row 1, column 37 is infinite");
  refuse_gradient(SY_F64, 1e200, 0, 0, "parameter \"hidden.weight\": the gradient is too large");
  sy_random_seed(&random, 3); /* the rows that are touched are drawn */
  next_gradients(&m, SY_F64, &random, 4);
  snprintf(text, sizeof text,
           "parameter \"ids.weight\": the gradient's number at row %d, column 2 is NaN",
           m.rows[1] + 1);
  refuse_gradient(SY_F64, NAN, 2, WIDE + 1, text);
}

#define REFUSED(change, expected, text)                                                            \
  do {                                                                                             \
    sy_optimizer_options o = sy_optimizer_defaults(SY_ADAM);                                       \
    sy_error error = {SY_OK, ""};                                                                  \
    sy_parameter p = {.name = "w", .rows = 1, .columns = 1, .gradient = &o, .rate = 1};            \
    sy_dtype dtype = SY_F32;                                                                       \
    change;                                                                                        \
    EXPECT(sy_optimizer_bytes(&o, &p, 1, dtype, &error) == 0, "accepted");                         \
    EXPECT(error.status == (expected) && strstr(error.message, text), "%s", error.message);        \
    (void)dtype;                                                                                   \
  } while (0)

static void bad_options(void) {
  SCENARIO("options and parameters that make no sense");
  REFUSED(o.beta1 = 1, SY_E_ARGUMENT, "beta1: expected a number from 0 up, below 1, got 1");
  REFUSED(o.beta2 = NAN, SY_E_ARGUMENT, "beta2: expected");
  REFUSED(o.momentum = -0.5, SY_E_ARGUMENT, "momentum: expected a number from 0 up, got -0.5");
  REFUSED(o.epsilon = 0, SY_E_ARGUMENT, "epsilon: expected a number above 0 in f32, got 0");
  REFUSED(o.epsilon = 1e-60, SY_E_ARGUMENT, "epsilon: expected a number above 0 in f32, got 1e-60");
  REFUSED((dtype = SY_F64, o.epsilon = 0), SY_E_ARGUMENT, "epsilon: expected a number above 0,");
  REFUSED(o.initial = INFINITY, SY_E_ARGUMENT, "initial: expected");
  REFUSED(o.weight_decay = -1, SY_E_ARGUMENT, "weight_decay: expected");
  REFUSED(o.clip_norm = -1, SY_E_ARGUMENT, "clip_norm: expected");
  REFUSED(o.clip_value = NAN, SY_E_ARGUMENT, "clip_value: expected");
  REFUSED(o.nesterov = 1, SY_E_ARGUMENT, "nesterov: needs a momentum above 0");
  REFUSED(o.kind = (sy_optimizer_kind)9, SY_E_ARGUMENT, "no optimizer of kind 9");
  REFUSED(dtype = SY_I32, SY_E_ARGUMENT, "an optimizer moves f32 or f64");
  REFUSED(p.l2 = -1, SY_E_ARGUMENT, "parameter \"w\": l2: expected");
  REFUSED(p.rate = NAN, SY_E_ARGUMENT, "parameter \"w\": rate: expected");
  REFUSED((p.rows = SIZE_MAX / 8, p.columns = 4), SY_E_LIMIT, "parameter \"w\": ");
  REFUSED((p.rows = SIZE_MAX / 20), SY_E_LIMIT, "too large for this machine");
}

static void bad_steps(void) {
  static model m;
  sy_optimizer_options o = options_of(0);
  sy_optimizer *optimizer;
  sy_error error = {SY_OK, ""};
  sy_random random;
  SCENARIO("steps that make no sense");
  sy_random_seed(&random, 3);
  init_model(&m, SY_F64, 5);
  next_gradients(&m, SY_F64, &random, 4);
  optimizer = make(&o, m.list, 3, SY_F64);
  EXPECT(sy_optimizer_step(optimizer, m.list, 2, 1, NULL, &error) == SY_E_ARGUMENT, "count");
  EXPECT(sy_optimizer_step(optimizer, m.list, 3, -1, NULL, &error) == SY_E_ARGUMENT, "rate");
  EXPECT(sy_optimizer_step(optimizer, m.list, 3, NAN, NULL, &error) == SY_E_ARGUMENT, "rate");
  m.list[1].columns--;
  EXPECT(sy_optimizer_step(optimizer, m.list, 3, 1, NULL, &error) == SY_E_ARGUMENT &&
             strstr(error.message, "\"hidden.bias\": the shape has changed"),
         "%s", error.message);
  m.list[1].columns++;
  m.list[0].gradient = NULL;
  EXPECT(sy_optimizer_step(optimizer, m.list, 3, 1, NULL, &error) == SY_E_ARGUMENT &&
             strstr(error.message, "\"hidden.weight\": there is no gradient"),
         "%s", error.message);
  EXPECT(sy_optimizer_set_cpu(optimizer, "abacus") == SY_E_UNSUPPORTED, "abacus");
  free(optimizer);
}

int main(void) {
  tables_lazily();
  tables_in_full();
  untouched();
  same_bits();
  lazy_in_full();
  left_alone();
  restored();
  bad_gradients();
  bad_options();
  bad_steps();
  end_scenario();
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
