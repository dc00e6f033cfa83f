/*
 * measure_test.c - what Lua does not reach of the pass over many metrics: scores made of predictions
 * on the way, every instruction set and number of threads, limits, slices. That the metrics are right
 * is spec/metrics's matter. Prints "N passed, N failed": one for each scenario.
 *
 *   cc -Icsrc spec/c/measure_test.c build/lib/libsteelyard.a -fopenmp -lcjson -lz -lm
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario.h"
#include "steelyard.h"
#include "steelyard/metrics.h"

enum { REQUESTS = 400, LONGEST = 40, ROWS = REQUESTS * LONGEST, TASKS = 3, METRICS = 256 };

static void refused(sy_status status, sy_status expected, const sy_error *error, const char *text) {
  EXPECT(status == expected && error->status == expected, "status %d", status);
  EXPECT(strcmp(error->message, text) == 0, "%s", error->message);
}

/* ------------------------------------------------------------------------- a log -------------- */

static sy_random rng;

static struct {
  double wide[TASKS][ROWS], labels[ROWS], wide_scores[ROWS], weights[TASKS];
  float narrow[TASKS][ROWS], narrow_scores[ROWS];
  const void *columns[TASKS];
  int64_t offsets[REQUESTS + 1], retrieved[REQUESTS];
  int32_t names[ROWS], judged[ROWS];
  sy_predictions predictions;
  sy_requests requests;
} data;

/* Predictions in quarters and whole weights: scores tie, and are the same numbers in any order. */
static void make_log(sy_dtype dtype, size_t requests) {
  for (size_t r = 0; r < REQUESTS; r++) {
    int64_t n = (int64_t)sy_random_below(&rng, LONGEST + 1);
    data.offsets[r + 1] = data.offsets[r] + n;
    data.retrieved[r] = n - n / 5;
  }
  for (size_t t = 0; t < TASKS; t++) {
    data.weights[t] = (double)sy_random_below(&rng, 5) - 1;
    data.columns[t] = dtype == SY_F32 ? (void *)data.narrow[t] : (void *)data.wide[t];
    for (size_t i = 0; i < ROWS; i++)
      data.narrow[t][i] = (float)(data.wide[t][i] = (double)sy_random_below(&rng, 4) / 4);
  }
  for (size_t i = 0; i < ROWS; i++) {
    data.labels[i] = sy_random_below(&rng, 2) ? 0 : (double)sy_random_below(&rng, 5);
    data.names[i] = (int32_t)sy_random_below(&rng, 1000);
    data.judged[i] = (int32_t)sy_random_below(&rng, 4) - 1 ? 1 : 0;
  }
  data.requests = (sy_requests){requests, data.offsets};
  data.predictions = (sy_predictions){TASKS, data.columns, dtype, data.requests};
}

static sy_log log_of(sy_vector scores) {
  return (sy_log){.requests = data.requests,
                  .scores = scores,
                  .labels = {data.labels, SY_F64},
                  .names = data.names,
                  .retrieved = data.retrieved,
                  .judged = data.judged};
}

/* Every metric of the registry under every order of ties. */
static size_t all_metrics(sy_metric *metrics, const char *const *ties) {
  const sy_metric_kind *const *kinds = sy_metric_kinds();
  char text[128];
  size_t count = 0;
  for (; *ties; ties++)
    for (size_t i = 0; kinds[i]; i++) {
      int n = snprintf(text, sizeof text, "%s(ties=%s)%s", kinds[i]->name, *ties,
                       kinds[i]->flags & SY_METRIC_CUTOFF ? "@7" : "");
      EXPECT(sy_metric_parse(text, (size_t)n, NULL, &metrics[count++], NULL) == SY_OK, "%s", text);
    }
  return count;
}

static const char *const strict[] = {"input", "name", "best", "worst", NULL};
static const char *const averaged[] = {"average", "input", NULL};

/* ------------------------------------------------------------------------- scenarios ---------- */

static void same_means(const sy_metric_mean *a, const sy_metric_mean *b, size_t count,
                       const sy_metric *metrics) {
  for (size_t m = 0; m < count; m++)
    EXPECT(memcmp(&a[m].value, &b[m].value, sizeof a->value) == 0 && a[m].counted == b[m].counted &&
               a[m].empty == b[m].empty,
           "%s: %.17g, %.17g", metrics[m].kind->name, a[m].value, b[m].value);
}

/* Scores given, or made of predictions: the same bits, on every machine, for any threads. */
static void fused(sy_dtype dtype, const char *const *ties, size_t requests) {
  static sy_metric metrics[METRICS];
  static sy_metric_mean first[METRICS], now[METRICS];
  const char *const *cpu = sy_cpu_list();
  void *scores = dtype == SY_F32 ? (void *)data.narrow_scores : (void *)data.wide_scores;
  SCENARIO("fused, f%d, ties %s", dtype == SY_F32 ? 32 : 64, *ties);
  make_log(dtype, requests);
  size_t count = all_metrics(metrics, ties);
  sy_log given = log_of((sy_vector){scores, dtype}), made = log_of((sy_vector){NULL, dtype});
  made.predictions = &data.predictions;
  made.weights = data.weights;
  EXPECT(!sy_score(data.weights, TASKS, data.columns, dtype, ROWS, scores), "status");
  for (size_t c = 0; cpu[c]; c++)
    for (int threads = 1; threads <= 3; threads++) {
      sy_work *work;
      sy_error error = {SY_OK, ""};
      if (sy_work_create(LONGEST, threads, NULL, &work) || sy_work_set_cpu(work, cpu[c])) exit(2);
      EXPECT(!sy_measure(&given, metrics, count, work, NULL, NULL, now, &error), "%s",
             error.message);
      if (c == 0 && threads == 1) memcpy(first, now, sizeof now);
      same_means(first, now, count, metrics);
      EXPECT(!sy_measure(&made, metrics, count, work, NULL, NULL, now, &error), "%s",
             error.message);
      same_means(first, now, count, metrics);
      sy_work_destroy(work);
    }
}

static void slices(void) {
  static double values[REQUESTS], weights[REQUESTS], sums[4];
  static int32_t slice[REQUESTS];
  double *per_request[] = {values}, *per_weight[] = {weights};
  sy_metric_mean mean, all[1], parts[4];
  sy_metric metric;
  sy_work *work;
  double total = 0, weight = 0;
  size_t counted = 0;
  SCENARIO("slices");
  make_log(SY_F64, REQUESTS);
  sy_log log = log_of((sy_vector){data.wide[0], SY_F64});
  if (sy_work_create(LONGEST, 2, NULL, &work)) exit(2);
  EXPECT(!sy_metric_parse("ndcg(weight=items)@9", 20, NULL, &metric, NULL), "status");
  EXPECT(!sy_measure(&log, &metric, 1, work, per_request, per_weight, &mean, NULL), "status");
  for (size_t r = 0; r < REQUESTS; r++) slice[r] = 0;
  sy_metric_slices(&metric, values, weights, slice, REQUESTS, 1, all, sums);
  EXPECT(fabs(all[0].value - mean.value) < 1e-14 && all[0].counted == mean.counted, "%.17g",
         all[0].value);
  for (size_t r = 0; r < REQUESTS; r++) slice[r] = (int32_t)sy_random_below(&rng, 3);
  sy_metric_slices(&metric, values, weights, slice, REQUESTS, 4, parts, sums);
  for (size_t s = 0; s < 3; s++) {
    total += parts[s].value * sums[s];
    weight += sums[s];
    counted += parts[s].counted;
  }
  EXPECT(fabs(total / weight - mean.value) < 1e-14 && counted == mean.counted, "%.17g",
         total / weight);
  EXPECT(isnan(parts[3].value) && parts[3].counted == 0 && parts[3].empty == 0, "an empty slice");
  for (size_t r = 0; r < REQUESTS; r++) slice[r] = -1;
  sy_metric_slices(&metric, values, NULL, slice, REQUESTS, 1, all, sums);
  EXPECT(isnan(all[0].value), "%.17g", all[0].value);
  sy_work_destroy(work);
}

static void refusals(void) {
  static sy_metric metrics[METRICS + 1];
  static sy_metric_mean means[METRICS + 1];
  double scores[] = {1, 2}, labels[] = {0, 1};
  int64_t offsets[] = {0, 2};
  sy_log log = {.requests = {1, offsets}, .scores = {scores, SY_F64}, .labels = {labels, SY_F64}};
  sy_error error = {SY_OK, ""};
  sy_work *work, *small;
  SCENARIO("refusals");
  if (sy_work_create(2, 1, NULL, &work) || sy_work_create(1, 1, NULL, &small)) exit(2);
  for (size_t m = 0; m <= METRICS; m++)
    EXPECT(!sy_metric_parse("map", 3, NULL, &metrics[m], NULL), "status");
  refused(sy_measure(&log, metrics, 0, work, NULL, NULL, means, &error), SY_E_LIMIT, &error,
          "0 metrics: 1 to 256 can be measured in one pass");
  refused(sy_measure(&log, metrics, METRICS + 1, work, NULL, NULL, means, &error), SY_E_LIMIT,
          &error, "257 metrics: 1 to 256 can be measured in one pass");
  refused(sy_measure(&log, metrics, 1, small, NULL, NULL, means, &error), SY_E_ARGUMENT, &error,
          "request 1 has 2 items, the work was made for 1");
  EXPECT(!sy_measure(&log, metrics, METRICS, work, NULL, NULL, means, &error) &&
             means[METRICS - 1].value == 1,
         "256 of them");
  for (size_t m = 0; m < 33; m++) metrics[m].relevance = (double)m;
  refused(sy_measure(&log, metrics, 33, work, NULL, NULL, means, &error), SY_E_LIMIT, &error,
          "metrics: more than 32 orders of ties and levels of relevance");
  metrics[0].ties = SY_TIES_NAME;
  refused(sy_measure(&log, metrics, 1, work, NULL, NULL, means, &error), SY_E_ARGUMENT, &error,
          "map: ties by name: item names are needed");
  EXPECT(sy_metric_parse("nDCG", 4, NULL, &metrics[0], NULL) == SY_E_ARGUMENT, "without an error");
  sy_work_destroy(work);
  sy_work_destroy(small);
}

/*
 * Short requests are ordered several at a time, on some machines in ways that NaN would lead astray:
 * one in any of them ends the pass before any is. Under the sanitizers nothing is read astray either.
 */
static void not_numbers(void) {
  enum { ITEMS = 60, BATCH = 9 };
  float scores[BATCH * ITEMS], labels[BATCH * ITEMS];
  int64_t offsets[BATCH + 1];
  sy_metric metrics[2];
  sy_metric_mean means[2];
  sy_log log = {
      .requests = {BATCH, offsets}, .scores = {scores, SY_F32}, .labels = {labels, SY_F32}};
  for (int r = 0; r <= BATCH; r++) offsets[r] = r * ITEMS;
  sy_metric_parse("ndcg@10", 7, NULL, &metrics[0], NULL);
  sy_metric_parse("recall@10", 9, NULL, &metrics[1], NULL);
  for (const char *const *cpu = sy_cpu_list(); *cpu; cpu++)
    for (int r = 0; r < BATCH; r++) {
      sy_work *work;
      sy_error error = {SY_OK, ""};
      char text[64];
      SCENARIO("NaN in request %d, %s", r, *cpu);
      EXPECT(sy_work_create(ITEMS, 1, NULL, &work) == SY_OK, "no memory");
      EXPECT(sy_work_set_cpu(work, *cpu) == SY_OK, "%s", *cpu);
      for (int i = 0; i < BATCH * ITEMS; i++) {
        scores[i] = (float)sy_random_below(&rng, 1000);
        labels[i] = (float)sy_random_below(&rng, 3) + 0.5f; /* which are not counted, but ordered */
      }
      for (int i = 0; i < ITEMS; i++) labels[r * ITEMS + i] = NAN;
      snprintf(text, sizeof text, "gains[%d]: NaN", r * ITEMS + 1);
      refused(sy_measure(&log, metrics, 2, work, NULL, NULL, means, &error), SY_E_NUMBER, &error,
              text);
      for (int i = 0; i < ITEMS; i++) labels[r * ITEMS + i] = 1;
      scores[r * ITEMS] = NAN;
      snprintf(text, sizeof text, "scores[%d]: NaN", r * ITEMS + 1);
      refused(sy_measure(&log, metrics, 2, work, NULL, NULL, means, &error), SY_E_NUMBER, &error,
              text);
      sy_work_destroy(work);
    }
}

/* Sums that leave the range of numbers are told, not taken for a mean. */
static void too_large(void) {
  double scores[] = {1, 2}, labels[] = {1, 1}, weights[] = {1.7e308, 1.7e308};
  int64_t offsets[] = {0, 1, 2};
  sy_metric metric;
  sy_metric_mean mean;
  sy_work *work;
  sy_error error = {SY_OK, ""};
  sy_log log = {.requests = {2, offsets},
                .scores = {scores, SY_F64},
                .labels = {labels, SY_F64},
                .request_weights = weights};
  SCENARIO("weights that add up to infinity");
  EXPECT(sy_work_create(1, 1, NULL, &work) == SY_OK, "no memory");
  sy_metric_parse("mrr", 3, NULL, &metric, NULL);
  refused(sy_measure(&log, &metric, 1, work, NULL, NULL, &mean, &error), SY_E_NUMBER, &error,
          "mrr: values and weights are too large to be added up");
  sy_work_destroy(work);
}

int main(void) {
  sy_random_seed(&rng, 3);
  for (int dtype = SY_F32; dtype <= SY_F64; dtype++) {
    fused((sy_dtype)dtype, strict, REQUESTS);
    fused((sy_dtype)dtype, averaged, REQUESTS / 20); /* many orders of each are looked at */
  }
  slices();
  refusals();
  not_numbers();
  too_large();
  end_scenario();
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
