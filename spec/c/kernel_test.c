/*
 * kernel_test.c - the fast kernels against slow, obvious ones: orders, DCG under every tie policy,
 * NDCG over logs, gaps and regrets; for every instruction set, both element types and all threads.
 * What has one right answer to the last bit (orders; any result on another instruction set or
 * number of threads) is compared by bits. Prints "N passed, N failed": one for each scenario.
 *
 *   cc -Icsrc spec/c/kernel_test.c build/lib/libsteelyard.a -fopenmp -lcjson -lz -lm
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario.h"
#include "steelyard.h"

#define LONGEST 5000

static int same_bits(double a, double b) { return memcmp(&a, &b, sizeof a) == 0; }

static int near(double a, double b, double scale) {
  return fabs(a - b) <= 2e-13 * fmax(1.0, scale);
}

/* ------------------------------------------------------------------------- input -------------- */

static sy_random rng;

typedef enum kind {
  PLAIN,
  TIES,
  EQUAL,
  SPECIAL,
  RISING,
  FALLING,
  TWINS,
  TINY,
  OUTLIERS,
  KINDS
} kind;
static const char *const kind_names[] = {"plain",   "ties",  "equal", "special", "rising",
                                         "falling", "twins", "tiny",  "outliers"};

static double special_number(void) {
  static const double numbers[] = {0.0,     -0.0,     INFINITY, -INFINITY, 1.0,
                                   -1.0,    5e-324,   -5e-324,  1e-40,     -1e-40,
                                   FLT_MAX, -FLT_MAX, DBL_MAX,  -DBL_MAX};
  return numbers[sy_random_below(&rng, sizeof numbers / sizeof *numbers)];
}

/*
 * Hard ones. TWINS differ in their lowest bits, which a sort by the high half cannot see; OUTLIERS are
 * so large that all others look alike beside them.
 */
static double number_of(kind k, size_t i) {
  switch (k) {
    case PLAIN: return sy_random_normal(&rng);
    case TIES: return (double)sy_random_below(&rng, 4) - 1.0;
    case EQUAL: return 0.25;
    case SPECIAL: return special_number();
    case RISING: return (double)i * 0.5;
    case FALLING: return -(double)i * 0.5;
    case TWINS: return 1.0 + (double)sy_random_below(&rng, 300) * DBL_EPSILON;
    case TINY: return ((double)sy_random_below(&rng, 200) - 100.0) * 1e-310;
    case OUTLIERS: return sy_random_normal(&rng) * (sy_random_below(&rng, 40) ? 1.0 : 1e30);
    default: return 0;
  }
}

/* The numbers as an array of the type, and as the doubles that then stand there. */
typedef struct numbers {
  sy_dtype dtype;
  size_t n;
  union {
    float f32[LONGEST];
    double f64[LONGEST];
    int32_t i32[LONGEST];
    int64_t i64[LONGEST];
  } as;
  double exact[LONGEST];
} numbers;

static void set_number(numbers *x, size_t i, double value) {
  switch (x->dtype) {
    case SY_F32: x->exact[i] = (double)(x->as.f32[i] = (float)value); break;
    case SY_F64: x->exact[i] = x->as.f64[i] = value; break;
    case SY_I32: x->exact[i] = x->as.i32[i] = (int32_t)value; break;
    case SY_I64: x->exact[i] = (double)(x->as.i64[i] = (int64_t)value); break;
  }
}

static void fill(numbers *x, sy_dtype dtype, size_t n, kind k) {
  x->dtype = dtype;
  x->n = n;
  for (size_t i = 0; i < n; i++) set_number(x, i, number_of(k, i));
}

static sy_vector vector_of(const numbers *x) {
  sy_vector v = {&x->as, x->dtype};
  return v;
}

/* ------------------------------------------------------------------------- obvious ------------ */

static const double *sort_values;
static const int32_t *sort_names;

static int by_value(const void *a, const void *b) {
  int32_t i = *(const int32_t *)a, j = *(const int32_t *)b;
  if (sort_values[i] != sort_values[j]) return sort_values[i] > sort_values[j] ? -1 : 1;
  if (sort_names && sort_names[i] != sort_names[j]) return sort_names[i] > sort_names[j] ? -1 : 1;
  return i < j ? -1 : i > j;
}

static void order_slowly(const double *values, const int32_t *names, size_t n, int32_t *order) {
  for (size_t i = 0; i < n; i++) order[i] = (int32_t)i;
  sort_values = values;
  sort_names = names;
  qsort(order, n, sizeof *order, by_value);
}

static int falling(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x > y ? -1 : x < y;
}

static int rising(const void *a, const void *b) { return falling(b, a); }

static double worth(sy_gain gain, double x) { return gain == SY_GAIN_LINEAR ? x : exp2(x) - 1.0; }

static double sum_discounted(const double *ranked, size_t n, size_t k) {
  double sum = 0;
  for (size_t r = 0; r < n && (k == 0 || r < k); r++) sum += ranked[r] / log2((double)r + 2.0);
  return sum;
}

/* DCG by its definition: gains in rank order, every group of equal scores by the policy. */
static double dcg_in_order(const double *scores, const double *gains, const int32_t *order,
                           size_t n, const sy_rule *rule) {
  static double ranked[LONGEST];
  size_t last;
  for (size_t r = 0; r < n; r++) ranked[r] = worth(rule->gain, gains[order[r]]);
  for (size_t first = 0; first < n; first = last) {
    double mean = 0;
    for (last = first; last < n && scores[order[last]] == scores[order[first]]; last++)
      mean += ranked[last];
    if (rule->ties == SY_TIES_BEST) qsort(ranked + first, last - first, sizeof *ranked, falling);
    if (rule->ties == SY_TIES_WORST) qsort(ranked + first, last - first, sizeof *ranked, rising);
    if (rule->ties == SY_TIES_AVERAGE)
      for (size_t r = first; r < last; r++) ranked[r] = mean / (double)(last - first);
  }
  return sum_discounted(ranked, n, rule->k);
}

static double dcg_slowly(const double *scores, const double *gains, size_t n, const sy_rule *rule) {
  static int32_t order[LONGEST];
  order_slowly(scores, rule->ties == SY_TIES_NAME ? rule->names : NULL, n, order);
  return dcg_in_order(scores, gains, order, n, rule);
}

static double ideal_slowly(const double *gains, size_t n, const sy_rule *rule) {
  sy_rule plain = {.k = rule->k, .gain = rule->gain};
  return dcg_slowly(gains, gains, n, &plain);
}

/* 0: the request does not count. */
static int ndcg_slowly(double dcg, double ideal, sy_empty empty, double *ndcg) {
  *ndcg = ideal > 0 ? dcg / ideal : empty == SY_EMPTY_ONE ? 1 : 0;
  return ideal > 0 || empty != SY_EMPTY_SKIP;
}

/* ------------------------------------------------------------------------- works -------------- */

/* One work for each instruction set that this machine has. */
static sy_work *works[8];
static const char *cpu_names[8];
static size_t cpus;

static void make_works(int threads) {
  const char *const *names = sy_cpu_list();
  for (cpus = 0; names[cpus]; cpus++) {
    cpu_names[cpus] = names[cpus];
    if (sy_work_create(LONGEST, threads, NULL, &works[cpus])) exit(2);
    if (sy_work_set_cpu(works[cpus], names[cpus])) exit(2);
  }
}

static void drop_works(void) {
  for (size_t c = 0; c < cpus; c++) sy_work_destroy(works[c]);
}

/* ------------------------------------------------------------------------- one request -------- */

static numbers scores, gains;
static int32_t names[LONGEST], got[LONGEST + 1], wanted[LONGEST];

/* The slow orders of the request at hand: by score, by score and name, by gain. */
static int32_t by_scores[LONGEST], by_names[LONGEST], by_gains[LONGEST];

static void check_rank(const int32_t *item_names, const int32_t *right, size_t k) {
  size_t n = scores.n, places = k && k < n ? k : n;
  for (size_t c = 0; c < cpus; c++) {
    sy_error error;
    got[places] = -7;
    sy_status status = sy_rank(vector_of(&scores), n, k, item_names, works[c], got, &error);
    EXPECT(status == SY_OK, "%s", error.message);
    EXPECT(memcmp(got, right, places * sizeof *got) == 0, "%s: n %zu, k %zu, names %d",
           cpu_names[c], n, k, item_names != NULL);
    EXPECT(got[places] == -7, "%s: n %zu, k %zu: written past the end", cpu_names[c], n, k);
  }
}

static double magnitude(void) {
  double sum = 0;
  for (size_t i = 0; i < gains.n; i++) sum += fabs(gains.exact[i]);
  return sum;
}

static void check_dcg(const sy_rule *rule) {
  size_t n = scores.n;
  sy_rule plain = {.k = rule->k, .gain = rule->gain};
  double dcg = dcg_in_order(scores.exact, gains.exact,
                            rule->ties == SY_TIES_NAME ? by_names : by_scores, n, rule);
  double ideal = dcg_in_order(gains.exact, gains.exact, by_gains, n, &plain);
  double scale = magnitude() * 8;
  sy_dcg first = {0, 0};
  for (size_t c = 0; c < cpus; c++) {
    sy_error error;
    sy_dcg result = {-1, -1};
    sy_status status =
        sy_dcg_one(vector_of(&scores), vector_of(&gains), n, rule, works[c], &result, &error);
    EXPECT(status == SY_OK, "%s", error.message);
    EXPECT(near(result.dcg, dcg, scale), "%s: n %zu, k %zu, ties %d, gain %d: %.17g not %.17g",
           cpu_names[c], n, rule->k, rule->ties, rule->gain, result.dcg, dcg);
    EXPECT(near(result.ideal, ideal, scale), "%s: n %zu, k %zu, gain %d: %.17g not %.17g",
           cpu_names[c], n, rule->k, rule->gain, result.ideal, ideal);
    if (c == 0) first = result;
    EXPECT(same_bits(result.dcg, first.dcg) && same_bits(result.ideal, first.ideal),
           "%s: n %zu, k %zu, ties %d: bits differ", cpu_names[c], n, rule->k, rule->ties);
  }
}

/* Gains of any type and sign: small whole numbers for integers, else fractions, many of them 0. */
static void fill_gains(size_t n) {
  static const sy_dtype dtypes[] = {SY_F32, SY_F64, SY_I32, SY_I64};
  gains.dtype = dtypes[sy_random_below(&rng, 4)];
  gains.n = n;
  int negative = sy_random_below(&rng, 4) == 0;
  for (size_t i = 0; i < n; i++) {
    double value = (double)sy_random_below(&rng, 5);
    if (sy_random_below(&rng, 2)) value += sy_random_uniform(&rng);
    if (negative && sy_random_below(&rng, 2)) value = -value;
    set_number(&gains, i, sy_random_below(&rng, 3) ? value : 0.0);
  }
}

static void check_request(size_t k) {
  check_rank(NULL, by_scores, k);
  check_rank(names, by_names, k);
  for (int ties = SY_TIES_INPUT; ties <= SY_TIES_NAME; ties++) {
    sy_rule rule = {.k = k, .ties = (sy_ties)ties, .names = names};
    rule.gain = sy_random_below(&rng, 3) ? SY_GAIN_LINEAR : SY_GAIN_EXPONENTIAL;
    check_dcg(&rule);
  }
}

static void request_of(sy_dtype dtype, kind k, size_t n) {
  fill(&scores, dtype, n, k);
  fill_gains(n);
  for (size_t i = 0; i < n; i++) names[i] = (int32_t)sy_random_below(&rng, 1 + n / 2);
  order_slowly(scores.exact, NULL, n, by_scores);
  order_slowly(scores.exact, names, n, by_names);
  order_slowly(gains.exact, NULL, n, by_gains);
}

static void one_request(sy_dtype dtype, kind k, size_t most) {
  SCENARIO("one request, f%d, %s, up to %zu items", dtype == SY_F32 ? 32 : 64, kind_names[k], most);
  for (size_t n = 0; n <= most; n++) {
    size_t cutoffs[] = {0,
                        1,
                        n ? n - 1 : 1,
                        n + 1,
                        1 + sy_random_below(&rng, n + 1),
                        1 + sy_random_below(&rng, 50)};
    request_of(dtype, k, n);
    if (n <= 24 || n == 97 || n == 192)
      for (size_t c = 0; c <= n + 1; c++) check_request(c);
    else
      for (size_t c = 0; c < sizeof cutoffs / sizeof *cutoffs; c++) check_request(cutoffs[c]);
  }
}

static void long_request(sy_dtype dtype, kind k, size_t n) {
  static const size_t cutoffs[] = {0,  1,   10,  12,  13,   26,   27,  48,
                                   49, 100, 333, 999, 4999, 5000, 5001};
  SCENARIO("one request, f%d, %s, %zu items", dtype == SY_F32 ? 32 : 64, kind_names[k], n);
  request_of(dtype, k, n);
  for (size_t c = 0; c < sizeof cutoffs / sizeof *cutoffs; c++) check_request(cutoffs[c]);
}

/* ------------------------------------------------------------------------- many requests ------ */

enum { ROWS = 4000, REQUESTS = 70, TASKS = 4 };

typedef struct log_data {
  int64_t offsets[REQUESTS + 1];
  sy_dtype dtype;
  union {
    float f32[ROWS];
    double f64[ROWS];
  } columns[TASKS], labels[TASKS];
  const void *column_list[TASKS], *label_list[TASKS];
  double weights[TASKS];
  int32_t names[ROWS];
  size_t rows;
} log_data;

static log_data data;

static double cell(const void *column, size_t row) {
  return data.dtype == SY_F32 ? (double)((const float *)column)[row]
                              : ((const double *)column)[row];
}

static void put(void *column, size_t row, double value) {
  if (data.dtype == SY_F32) ((float *)column)[row] = (float)value;
  else ((double *)column)[row] = value;
}

/* Requests of 0 to 64 items; predictions in steps, so that scores tie; labels mostly 0. */
static void make_log(sy_dtype dtype) {
  data.dtype = dtype;
  data.offsets[0] = 0;
  for (size_t r = 0; r < REQUESTS; r++)
    data.offsets[r + 1] = data.offsets[r] + (r % 7 == 3 ? 0 : (int64_t)sy_random_below(&rng, 65));
  data.rows = (size_t)data.offsets[REQUESTS];
  if (data.rows > ROWS) exit(2);
  for (size_t t = 0; t < TASKS; t++) {
    data.column_list[t] = &data.columns[t];
    data.label_list[t] = &data.labels[t];
    data.weights[t] = t == 2 ? -0.25 : 0.5 * (double)(t + 1);
    for (size_t i = 0; i < data.rows; i++) {
      put(&data.columns[t], i, (double)sy_random_below(&rng, 8) / 8.0);
      put(&data.labels[t], i, sy_random_below(&rng, 9) == 0 ? 1.0 : 0.0);
    }
  }
  for (size_t i = 0; i < data.rows; i++) data.names[i] = (int32_t)sy_random_below(&rng, 20);
}

static sy_predictions predictions_of(void) {
  sy_predictions p = {TASKS, data.column_list, data.dtype, {REQUESTS, data.offsets}};
  return p;
}

/* The score of rows without one task, in the arithmetic of the element type. */
static void score_slowly(size_t without, double *out) {
  for (size_t i = 0; i < data.rows; i++) {
    float narrow = 0;
    double wide = 0;
    for (size_t t = 0; t < TASKS; t++) {
      if (t == without) continue;
      narrow += (float)data.weights[t] * (float)cell(&data.columns[t], i);
      wide += data.weights[t] * cell(&data.columns[t], i);
    }
    out[i] = data.dtype == SY_F32 ? (double)narrow : wide;
  }
}

/* The mean over requests of 1 - NDCG of scores and gains. */
static double loss_slowly(const double *by, const double *what, const sy_rule *rule,
                          size_t *counted) {
  double sum = 0, ndcg;
  *counted = 0;
  for (size_t r = 0; r < REQUESTS; r++) {
    size_t from = (size_t)data.offsets[r], n = (size_t)data.offsets[r + 1] - from;
    sy_rule own = *rule;
    own.names = rule->names ? rule->names + from : NULL;
    double dcg = dcg_slowly(by + from, what + from, n, &own);
    if (!ndcg_slowly(dcg, ideal_slowly(what + from, n, &own), rule->empty, &ndcg)) continue;
    sum += 1.0 - ndcg;
    ++*counted;
  }
  return *counted ? sum / (double)*counted : (double)NAN;
}

static double score_column[ROWS], other_column[ROWS], gain_column[ROWS];

static void check_ndcg(const sy_rule *rule) {
  size_t counted;
  double loss, per[REQUESTS], per_dcg[REQUESTS];
  sy_requests requests = {REQUESTS, data.offsets};
  sy_predictions p = predictions_of();
  sy_vector label = {&data.labels[0], data.dtype};
  sy_ndcg_mean first = {0}, mean = {0};
  for (size_t i = 0; i < data.rows; i++) gain_column[i] = cell(&data.labels[0], i);
  score_slowly(TASKS, score_column);
  loss = loss_slowly(score_column, gain_column, rule, &counted);
  for (size_t c = 0; c < cpus; c++) {
    sy_error error;
    sy_status status =
        sy_ndcg(sy_f64(score_column), label, requests, rule, works[c], per, per_dcg, &mean, &error);
    EXPECT(status == SY_OK, "%s", error.message);
    EXPECT(near(1.0 - mean.ndcg, loss, 1), "%s: %.17g not %.17g", cpu_names[c], 1.0 - mean.ndcg,
           loss);
    EXPECT(mean.counted == counted, "%zu not %zu", mean.counted, counted);
    EXPECT((rule->empty == SY_EMPTY_SKIP) == (mean.counted + mean.empty == REQUESTS), "%zu empty",
           mean.empty);
    if (c == 0) first = mean;
    EXPECT(same_bits(mean.ndcg, first.ndcg) && same_bits(mean.dcg, first.dcg), "bits differ");
    status = sy_value_ndcg(&p, data.weights, label, rule, works[c], per_dcg, &mean, &error);
    EXPECT(status == SY_OK, "%s", error.message);
    EXPECT(same_bits(mean.ndcg, first.ndcg) && same_bits(mean.dcg, first.dcg), "value model");
    EXPECT(memcmp(per, per_dcg, sizeof per) == 0, "value model, per request");
  }
}

static void check_gaps(const sy_rule *rule) {
  double first[TASKS] = {0}, gaps[TASKS];
  size_t counted[TASKS], slow_counted;
  sy_predictions p = predictions_of();
  score_slowly(TASKS, score_column);
  for (size_t c = 0; c < cpus; c++) {
    sy_error error;
    sy_status status = sy_ndcg_gaps(&p, data.weights, rule, SY_SEMANTICS_STANDARD, NULL, works[c],
                                    gaps, counted, &error);
    EXPECT(status == SY_OK, "%s", error.message);
    if (c == 0) memcpy(first, gaps, sizeof gaps);
    EXPECT(memcmp(first, gaps, sizeof gaps) == 0, "%s: bits differ", cpu_names[c]);
  }
  for (size_t j = 0; j < TASKS; j++) {
    score_slowly(j, other_column);
    double slow = loss_slowly(other_column, score_column, rule, &slow_counted);
    EXPECT(near(first[j], slow, 1), "gap %zu: %.17g not %.17g", j, first[j], slow);
    EXPECT(counted[j] == slow_counted, "gap %zu: %zu counted", j, counted[j]);
  }
}

static void check_regrets(const sy_rule *rule, const void *const *gain_list) {
  static double ideals[REQUESTS * TASKS];
  double first[TASKS] = {0}, regrets[TASKS];
  size_t counted[TASKS], slow_counted;
  sy_predictions p = predictions_of();
  sy_error error;
  for (size_t c = 0; c < cpus; c++)
    for (int with = 0; with < 2; with++) {
      sy_status status = SY_OK;
      if (with) status = sy_ideal_dcg(&p, gain_list, rule, works[c], ideals, &error);
      EXPECT(status == SY_OK, "%s", error.message);
      status = sy_regrets(&p, data.weights, gain_list, with ? ideals : NULL, rule,
                          SY_SEMANTICS_STANDARD, NULL, works[c], regrets, counted, &error);
      EXPECT(status == SY_OK, "%s", error.message);
      if (c == 0 && !with) memcpy(first, regrets, sizeof regrets);
      EXPECT(memcmp(first, regrets, sizeof regrets) == 0, "%s: bits differ", cpu_names[c]);
    }
  score_slowly(TASKS, score_column);
  for (size_t j = 0; j < TASKS; j++) {
    const void *column = gain_list ? gain_list[j] : data.column_list[j];
    for (size_t i = 0; i < data.rows; i++) gain_column[i] = cell(column, i);
    double slow = loss_slowly(score_column, gain_column, rule, &slow_counted);
    EXPECT(near(first[j], slow, 1), "regret %zu: %.17g not %.17g", j, first[j], slow);
    EXPECT(counted[j] == slow_counted, "regret %zu: %zu counted", j, counted[j]);
  }
}

/* Remembered orders change no bit, whether weights move a little, jump, or swap their signs. */
static void remembered_orders(sy_dtype dtype) {
  static int32_t gap_orders[ROWS * (TASKS + 1)], regret_orders[ROWS * (TASKS + 1)];
  SCENARIO("remembered orders, f%d", dtype == SY_F32 ? 32 : 64);
  make_log(dtype);
  for (size_t c = 0; c < cpus; c++)
    for (size_t k = 0; k < 80; k += 10) {
      sy_predictions p = predictions_of();
      sy_rule rule = {.k = k, .ties = k == 70 ? SY_TIES_AVERAGE : SY_TIES_INPUT};
      memset(gap_orders, -1, sizeof gap_orders);
      memset(regret_orders, -1, sizeof regret_orders);
      for (int step = 0; step < 40; step++) {
        double fresh[2][TASKS], kept[2][TASKS];
        size_t t = sy_random_below(&rng, TASKS);
        data.weights[t] *= step % 9 == 8 ? -3.0 : 0.9 + 0.2 * sy_random_uniform(&rng);
        if (step == 20) data.weights[t] = 0;
        if (step == 22) data.weights[t] = 0.5;
        EXPECT(!sy_ndcg_gaps(&p, data.weights, &rule, 0, NULL, works[c], fresh[0], NULL, NULL),
               "status");
        EXPECT(!sy_ndcg_gaps(&p, data.weights, &rule, 0, gap_orders, works[c], kept[0], NULL, NULL),
               "status");
        EXPECT(!sy_regrets(&p, data.weights, NULL, NULL, &rule, 0, NULL, works[c], fresh[1], NULL,
                           NULL),
               "status");
        EXPECT(!sy_regrets(&p, data.weights, NULL, NULL, &rule, 0, regret_orders, works[c], kept[1],
                           NULL, NULL),
               "status");
        EXPECT(memcmp(fresh[0], kept[0], sizeof fresh[0]) == 0, "%s: gaps, step %d, k %zu",
               cpu_names[c], step, k);
        EXPECT(memcmp(fresh[1], kept[1], sizeof fresh[1]) == 0, "%s: regrets, step %d, k %zu",
               cpu_names[c], step, k);
      }
    }
}

static void check_rank_requests(size_t k) {
  static int64_t order[ROWS], order_offsets[REQUESTS + 1];
  sy_requests requests = {REQUESTS, data.offsets};
  score_slowly(TASKS, score_column);
  for (size_t c = 0; c < cpus; c++) {
    sy_error error;
    sy_status status = sy_rank_requests(sy_f64(score_column), requests, k, NULL, works[c], order,
                                        order_offsets, &error);
    EXPECT(status == SY_OK, "%s", error.message);
    for (size_t r = 0; r < REQUESTS; r++) {
      size_t from = (size_t)data.offsets[r], n = (size_t)data.offsets[r + 1] - from;
      size_t places = k && k < n ? k : n;
      order_slowly(score_column + from, NULL, n, wanted);
      EXPECT((size_t)(order_offsets[r + 1] - order_offsets[r]) == places, "request %zu", r);
      for (size_t i = 0; i < places; i++)
        EXPECT(order[(size_t)order_offsets[r] + i] == (int64_t)from + wanted[i], "request %zu", r);
    }
  }
}

static void many_requests(sy_dtype dtype, int threads) {
  static const size_t cutoffs[] = {0, 1, 3, 10, 64, 65};
  drop_works();
  make_works(threads);
  make_log(dtype);
  for (size_t c = 0; c < sizeof cutoffs / sizeof *cutoffs; c++) {
    SCENARIO("log, f%d, %d threads, k %zu", dtype == SY_F32 ? 32 : 64, threads, cutoffs[c]);
    check_rank_requests(cutoffs[c]);
    for (int ties = SY_TIES_INPUT; ties <= SY_TIES_NAME; ties++)
      for (int empty = SY_EMPTY_SKIP; empty <= SY_EMPTY_ONE; empty++) {
        sy_rule rule = {
            .k = cutoffs[c], .ties = (sy_ties)ties, .empty = (sy_empty)empty, .names = data.names};
        check_ndcg(&rule);
        check_gaps(&rule);
        check_regrets(&rule, NULL);
        check_regrets(&rule, data.label_list);
        rule.gain = SY_GAIN_EXPONENTIAL;
        check_ndcg(&rule);
        check_regrets(&rule, data.label_list);
      }
  }
}

/* Every number of threads and every instruction set: the same bits, smooth stand-ins included. */
static void same_everywhere(sy_dtype dtype) {
  double first[4 * TASKS + 2 * TASKS * TASKS + 2];
  double now[sizeof first / sizeof *first];
  static double ideals[REQUESTS * TASKS];
  SCENARIO("the same bits everywhere, f%d", dtype == SY_F32 ? 32 : 64);
  make_log(dtype);
  for (int threads = 1; threads <= 4; threads++) {
    drop_works();
    make_works(threads);
    for (size_t c = 0; c < cpus; c++) {
      sy_predictions p = predictions_of();
      sy_rule rule = {.k = 10};
      sy_ndcg_mean mean;
      sy_error error;
      sy_vector label = {&data.labels[1], dtype};
      double *at = now;
      memset(now, 0, sizeof now);
      EXPECT(!sy_value_ndcg(&p, data.weights, label, &rule, works[c], NULL, &mean, &error), "ndcg");
      *at++ = mean.ndcg, *at++ = mean.dcg;
      EXPECT(!sy_ndcg_gaps(&p, data.weights, &rule, 0, NULL, works[c], at, NULL, &error), "gaps");
      at += TASKS;
      EXPECT(!sy_ideal_dcg(&p, data.label_list, &rule, works[c], ideals, &error), "ideals");
      EXPECT(!sy_regrets(&p, data.weights, data.label_list, ideals, &rule, 0, NULL, works[c], at,
                         NULL, &error),
             "regrets");
      at += TASKS;
      EXPECT(!sy_smooth_gaps(&p, data.weights, &rule, 0.1, 0.5, works[c], at, at + TASKS, &error),
             "%s", error.message);
      at += TASKS + TASKS * TASKS;
      EXPECT(!sy_smooth_regrets(&p, data.weights, data.label_list, ideals, &rule, 0.1, 0.5,
                                works[c], at, at + TASKS, &error),
             "%s", error.message);
      if (c == 0 && threads == 1) memcpy(first, now, sizeof now);
      EXPECT(memcmp(first, now, sizeof now) == 0, "%s, %d threads", cpu_names[c], threads);
      for (size_t i = 0; i < sizeof now / sizeof *now; i++) EXPECT(isfinite(now[i]), "[%zu]", i);
    }
  }
}

/* ------------------------------------------------------------------------- refusals ----------- */

static void refused(sy_status status, sy_status expected, const sy_error *error, const char *text) {
  EXPECT(status == expected && error->status == expected, "status %d", status);
  EXPECT(strcmp(error->message, text) == 0, "%s", error->message);
}

static void refusals_of_numbers(void) {
  double s[] = {1, NAN, 3}, g[] = {1, 2, INFINITY}, fine[] = {1, 2, 3}, per[1] = {-5};
  double big[] = {1, 2000, 1}, sum[] = {1.5e308, 1.5e308, 1.5e308};
  sy_rule powers = {.gain = SY_GAIN_EXPONENTIAL};
  int64_t offsets[] = {0, 3};
  sy_requests one = {1, offsets};
  sy_rule rule = {0};
  sy_error error;
  sy_dcg dcg = {-5, -5};
  sy_ndcg_mean mean = {-5, -5, 77, 77};
  int32_t order[3] = {-5, -5, -5};
  SCENARIO("refused numbers");
  for (size_t c = 0; c < cpus; c++) {
    sy_work *w = works[c];
    refused(sy_rank(sy_f64(s), 3, 0, NULL, w, order, &error), SY_E_NUMBER, &error,
            "scores[2]: NaN");
    EXPECT(order[0] == -5 && order[1] == -5 && order[2] == -5, "written");
    refused(sy_dcg_one(sy_f64(s), sy_f64(fine), 3, &rule, w, &dcg, &error), SY_E_NUMBER, &error,
            "scores[2]: NaN");
    refused(sy_dcg_one(sy_f64(fine), sy_f64(g), 3, &rule, w, &dcg, &error), SY_E_NUMBER, &error,
            "gains[3]: inf");
    EXPECT(dcg.dcg == -5 && dcg.ideal == -5, "written");
    refused(sy_dcg_one(sy_f64(fine), sy_f64(big), 3, &powers, w, &dcg, &error), SY_E_NUMBER, &error,
            "gains[2]: 2000: 2^2000 is too large");
    refused(sy_dcg_one(sy_f64(fine), sy_f64(sum), 3, &rule, w, &dcg, &error), SY_E_NUMBER, &error,
            "a score is NaN, or a DCG too large, in the request that starts at row 1");
    refused(sy_ndcg(sy_f64(fine), sy_f64(g), one, &rule, w, per, NULL, &mean, &error), SY_E_NUMBER,
            &error, "gains[3]: inf");
    refused(sy_ndcg(sy_f64(s), sy_f64(fine), one, &rule, w, per, NULL, &mean, &error), SY_E_NUMBER,
            &error, "scores[2]: NaN");
    EXPECT(mean.ndcg == -5 && mean.counted == 77, "written");
    EXPECT(sy_rank(sy_f64(s), 3, 0, NULL, w, order, NULL) == SY_E_NUMBER, "without an error");
  }
}

static void refusals_of_arguments(void) {
  double fine[] = {1, 2, 3};
  int32_t whole[] = {1, 2, 3}, order[3];
  int64_t offsets[] = {0, 3}, fall[] = {0, 3, 2};
  sy_requests one = {1, offsets}, falling_ones = {2, fall};
  sy_rule rule = {0}, by_name = {.ties = SY_TIES_NAME};
  sy_error error;
  sy_dcg dcg;
  sy_ndcg_mean mean;
  sy_work *small, *single;
  sy_vector integers = {whole, SY_I32};
  SCENARIO("refused arguments");
  if (sy_work_create(2, 1, NULL, &small) || sy_work_create(9, 0, NULL, &single)) exit(2);
  refused(sy_rank(integers, 3, 0, NULL, works[0], order, &error), SY_E_ARGUMENT, &error,
          "scores: f32 or f64 numbers are needed");
  refused(sy_rank(sy_f64(fine), 3, 0, NULL, small, order, &error), SY_E_ARGUMENT, &error,
          "3 items, the work was made for 2");
  refused(sy_dcg_one(sy_f64(fine), sy_f64(fine), 3, &rule, small, &dcg, &error), SY_E_ARGUMENT,
          &error, "3 items, the work was made for 2");
  refused(sy_dcg_one(sy_f64(fine), sy_f64(fine), 3, &by_name, works[0], &dcg, &error),
          SY_E_ARGUMENT, &error, "ties by name: item names are needed");
  refused(sy_ndcg(sy_f64(fine), sy_f64(fine), one, &rule, small, NULL, NULL, &mean, &error),
          SY_E_ARGUMENT, &error, "request 1 has 3 items, the work was made for 2");
  refused(sy_ndcg(sy_f64(fine), sy_f64(fine), one, &rule, single, NULL, NULL, &mean, &error),
          SY_E_ARGUMENT, &error, "this work was made for single requests (threads 0)");
  refused(
      sy_ndcg(sy_f64(fine), sy_f64(fine), falling_ones, &rule, works[0], NULL, NULL, &mean, &error),
      SY_E_ARGUMENT, &error, "offsets[2]: offsets may not fall");
  EXPECT(sy_rank(sy_f64(fine), 3, 0, NULL, single, order, &error) == SY_OK && order[0] == 2,
         "a work for single requests ranks one");
  EXPECT(sy_work_set_cpu(small, "abacus") == SY_E_ARGUMENT, "unknown instruction set");
  EXPECT(strcmp(sy_work_cpu(small), sy_cpu_list()[0]) == 0, "%s", sy_work_cpu(small));
  sy_work_destroy(small);
  sy_work_destroy(single);
  sy_work_destroy(NULL);
}

static void refusals_of_tuning(void) {
  double column[] = {1, 2, 3}, weights[101] = {1, NAN}, out[101 * 101], huge = 1e308;
  const void *columns[101];
  int64_t offsets[] = {0, 3};
  sy_rule rule = {0}, exponential = {.gain = SY_GAIN_EXPONENTIAL};
  sy_predictions p = {2, columns, SY_F64, {1, offsets}};
  sy_error error;
  SCENARIO("refused tuning");
  for (size_t t = 0; t < 101; t++) columns[t] = column;
  refused(sy_ndcg_gaps(&p, weights, &rule, 0, NULL, works[0], out, NULL, &error), SY_E_NUMBER,
          &error, "weights[2]: nan");
  weights[1] = 2;
  refused(sy_ndcg_gaps(&p, weights, &exponential, 0, NULL, works[0], out, NULL, &error),
          SY_E_UNSUPPORTED, &error, "gain: NDCG gaps are defined for linear gain only");
  refused(sy_smooth_gaps(&p, weights, &rule, 0.0, 1, works[0], out, out, &error), SY_E_ARGUMENT,
          &error, "temperature 0, edge 1: must be above 0");
  refused(sy_smooth_regrets(&p, weights, NULL, NULL, &rule, 1, 1, works[0], out, out, &error),
          SY_E_ARGUMENT, &error, "ideals: needed here (sy_ideal_dcg makes them)");
  p.tasks = 101;
  refused(sy_regrets(&p, weights, NULL, NULL, &rule, 0, NULL, works[0], out, NULL, &error),
          SY_E_LIMIT, &error, "101 tasks: from 1 to 100 can be tuned");
  p.tasks = 0;
  refused(sy_regrets(&p, weights, NULL, NULL, &rule, 0, NULL, works[0], out, NULL, &error),
          SY_E_LIMIT, &error, "0 tasks: from 1 to 100 can be tuned");
  p.tasks = 2;
  weights[0] = huge, weights[1] = -huge;
  column[2] = 1e10; /* inf - inf */
  refused(sy_ndcg_gaps(&p, weights, &rule, 0, NULL, works[0], out, NULL, &error), SY_E_NUMBER,
          &error,
          "a score or gain is not finite, or too large, in the request that starts at row 1");
}

/* ------------------------------------------------------------------------- the rest ----------- */

static void groups_of_rows(void) {
  enum { N = 500 };
  int64_t ids[N], offsets[N + 1], first[N], order[N];
  size_t count;
  int contiguous;
  SCENARIO("groups of rows");
  for (int round = 0; round < 60; round++) {
    size_t n = sy_random_below(&rng, N + 1), at = 0, groups = 0;
    uint64_t kinds = 1 + sy_random_below(&rng, round % 3 ? 20 : 100000);
    for (size_t i = 0; i < n; i++) ids[i] = (int64_t)sy_random_below(&rng, kinds) - 7;
    EXPECT(!sy_group_rows(ids, n, NULL, offsets, first, order, &count, &contiguous), "status");
    for (size_t i = 0; i < n; i++) {
      size_t earlier = 0;
      while (earlier < i && ids[earlier] != ids[i]) earlier++;
      if (earlier < i) continue;
      EXPECT(offsets[groups] == (int64_t)at && first[groups] == (int64_t)i, "group %zu", groups);
      for (size_t j = i; j < n; j++)
        if (ids[j] == ids[i]) {
          EXPECT(order[at] == (int64_t)j, "row %zu", j);
          at++;
        }
      groups++;
    }
    EXPECT(count == groups && offsets[groups] == (int64_t)n, "%zu groups", count);
    int identity = 1;
    for (size_t i = 0; i < n; i++) identity &= order[i] == (int64_t)i;
    EXPECT(contiguous == identity, "contiguous %d", contiguous);
  }
}

static void scores_of_items(void) {
  double weights[TASKS], wide[200];
  float narrow[200];
  SCENARIO("scores");
  for (int dtype = SY_F32; dtype <= SY_F64; dtype++)
    for (size_t n = 0; n < 200; n++) {
      make_log((sy_dtype)dtype);
      memcpy(weights, data.weights, sizeof weights);
      void *out = dtype == SY_F32 ? (void *)narrow : (void *)wide;
      EXPECT(!sy_score(weights, TASKS, data.column_list, (sy_dtype)dtype, n, out), "status");
      score_slowly(TASKS, score_column);
      for (size_t i = 0; i < n; i++)
        EXPECT(cell(out, i) == score_column[i], "f%d: %zu of %zu", dtype == SY_F32 ? 32 : 64, i, n);
    }
  EXPECT(sy_score(weights, TASKS, data.column_list, SY_I32, 1, wide) == SY_E_ARGUMENT, "i32");
}

/* By hand: gains 3 0 1 in this order of score; trec_eval's issue 22; nothing at all. */
static void by_hand(void) {
  float s[] = {0.9f, 0.5f, 0.1f}, g[] = {3, 0, 1}, tied[] = {1, 1}, one_hit[] = {0, 1};
  int32_t up[] = {1, 2}, down[] = {2, 1};
  sy_rule rule = {0}, name = {.ties = SY_TIES_NAME, .names = up};
  sy_dcg dcg;
  SCENARIO("by hand");
  for (size_t c = 0; c < cpus; c++) {
    EXPECT(!sy_dcg_one(sy_f32(s), sy_f32(g), 3, &rule, works[c], &dcg, NULL), "status");
    EXPECT(near(dcg.dcg, 3.5, 1) && near(dcg.ideal, 3.0 + 1.0 / log2(3.0), 1), "%.17g", dcg.dcg);
    name.names = up;
    EXPECT(!sy_dcg_one(sy_f32(tied), sy_f32(one_hit), 2, &name, works[c], &dcg, NULL), "status");
    EXPECT(dcg.dcg / dcg.ideal == 1.0, "%.17g", dcg.dcg);
    name.names = down;
    EXPECT(!sy_dcg_one(sy_f32(tied), sy_f32(one_hit), 2, &name, works[c], &dcg, NULL), "status");
    EXPECT(near(dcg.dcg / dcg.ideal, 1 / log2(3), 1), "%.17g", dcg.dcg);
    EXPECT(!sy_dcg_one(sy_f32(tied), sy_f32(one_hit), 0, &rule, works[c], &dcg, NULL), "status");
    EXPECT(dcg.dcg == 0 && dcg.ideal == 0, "%.17g", dcg.dcg);
  }
}

int main(void) {
  sy_random_seed(&rng, 20);
  make_works(2);
  by_hand();
  for (int dtype = SY_F32; dtype <= SY_F64; dtype++)
    for (int k = PLAIN; k < KINDS; k++) {
      one_request((sy_dtype)dtype, (kind)k, k == PLAIN || k == TIES || k == SPECIAL ? 300 : 70);
      long_request((sy_dtype)dtype, (kind)k, 193);
      long_request((sy_dtype)dtype, (kind)k, 1000);
      long_request((sy_dtype)dtype, (kind)k, 5000);
    }
  refusals_of_numbers();
  refusals_of_arguments();
  refusals_of_tuning();
  groups_of_rows();
  scores_of_items();
  for (int dtype = SY_F32; dtype <= SY_F64; dtype++) {
    many_requests((sy_dtype)dtype, 1);
    many_requests((sy_dtype)dtype, 3);
    remembered_orders((sy_dtype)dtype);
    same_everywhere((sy_dtype)dtype);
  }
  end_scenario();
  drop_works();
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
