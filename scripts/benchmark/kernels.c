/*
 * kernels.c - times each kernel against a naive version of the same job and against merely reading
 * the same bytes, all in one run on one thread. Prints one JSON object a line.
 *
 *   kernels [ROWS]      about ROWS candidates for every request size (default 2,000,000)
 *
 * Each figure is the best of at least seven rounds of at least 20 ms: the machine's noise only ever
 * adds time. Results of both versions are compared before anything is timed.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "naive.h"
#include "steelyard.h"
#include "timing.h"

#define TASKS 5
#define CUTOFF 10

typedef struct log_data {
  size_t n, requests, rows;
  float *columns[TASKS + 1]; /* the last one: gains */
  float *scores;
  int64_t *offsets, *order, *order_offsets;
  int *naive_order;
  sy_work *work;
  double weights[TASKS];
  double sum; /* of results, so that nothing is optimised away */
} log_data;

typedef void (*job)(log_data *);

typedef struct timed_job {
  job run;
  log_data *data;
} timed_job;

static void run_timed(void *context) {
  timed_job *j = context;
  j->run(j->data);
}

static double best_time(job run, log_data *d) {
  timed_job j = {run, d};
  return timing_best(run_timed, &j);
}

static void run_read_all(log_data *d) {
  for (int t = 0; t <= TASKS; t++) d->sum += (double)timing_read(d->columns[t], d->rows);
}

static void run_read_tasks(log_data *d) {
  for (int t = 0; t < TASKS; t++) d->sum += (double)timing_read(d->columns[t], d->rows);
}

static void run_read_one(log_data *d) { d->sum += (double)timing_read(d->columns[0], d->rows); }

static void run_read_two(log_data *d) {
  d->sum += (double)timing_read(d->scores, d->rows);
  d->sum += (double)timing_read(d->columns[TASKS], d->rows);
}

static void run_score(log_data *d) {
  sy_score(d->weights, TASKS, (const void *const *)d->columns, SY_F32, d->rows, d->scores);
}

static void run_naive_score(log_data *d) {
  naive_score(d->weights, TASKS, (const float *const *)d->columns, 0, d->rows, d->scores);
}

static sy_requests requests_of(const log_data *d) { return (sy_requests){d->requests, d->offsets}; }

static void run_rank(log_data *d) {
  sy_rank_requests(sy_f32(d->scores), requests_of(d), 0, NULL, d->work, d->order, d->order_offsets,
                   NULL);
}

static void run_naive_rank(log_data *d) {
  for (size_t r = 0; r < d->requests; r++)
    naive_rank(d->scores + r * d->n, d->n, d->naive_order + r * d->n);
}

static double mean_ndcg(log_data *d, size_t k) {
  sy_rule rule = {.k = k, .empty = SY_EMPTY_ZERO};
  sy_ndcg_mean mean = {0};
  sy_ndcg(sy_f32(d->scores), sy_f32(d->columns[TASKS]), requests_of(d), &rule, d->work, NULL, NULL,
          &mean, NULL);
  return mean.ndcg;
}

static double naive_mean_ndcg(log_data *d, size_t k) {
  double sum = 0;
  for (size_t r = 0; r < d->requests; r++)
    sum += naive_ndcg(d->scores + r * d->n, d->columns[TASKS] + r * d->n, d->n, k);
  return sum / (double)d->requests;
}

static void run_ndcg_cut(log_data *d) { d->sum += mean_ndcg(d, CUTOFF); }
static void run_naive_ndcg_cut(log_data *d) { d->sum += naive_mean_ndcg(d, CUTOFF); }
static void run_ndcg_full(log_data *d) { d->sum += mean_ndcg(d, 0); }
static void run_naive_ndcg_full(log_data *d) { d->sum += naive_mean_ndcg(d, 0); }

static double value_ndcg(log_data *d) {
  sy_predictions predictions = {TASKS, (const void *const *)d->columns, SY_F32, requests_of(d)};
  sy_rule rule = {.k = CUTOFF, .empty = SY_EMPTY_ZERO};
  sy_ndcg_mean mean = {0};
  sy_value_ndcg(&predictions, d->weights, sy_f32(d->columns[TASKS]), &rule, d->work, NULL, &mean,
                NULL);
  return mean.ndcg;
}

static double naive_value_ndcg(log_data *d) {
  double sum = 0;
  for (size_t r = 0; r < d->requests; r++) {
    float *scores = d->scores + r * d->n;
    naive_score(d->weights, TASKS, (const float *const *)d->columns, r * d->n, d->n, scores);
    sum += naive_ndcg(scores, d->columns[TASKS] + r * d->n, d->n, CUTOFF);
  }
  return sum / (double)d->requests;
}

static void run_value_ndcg(log_data *d) { d->sum += value_ndcg(d); }
static void run_naive_value_ndcg(log_data *d) { d->sum += naive_value_ndcg(d); }

static void run_gaps(log_data *d) {
  sy_predictions predictions = {TASKS, (const void *const *)d->columns, SY_F32, requests_of(d)};
  sy_rule rule = {.k = CUTOFF};
  double gaps[TASKS];
  sy_ndcg_gaps(&predictions, d->weights, &rule, SY_SEMANTICS_STANDARD, NULL, d->work, gaps, NULL,
               NULL);
  d->sum += gaps[0];
}

static void run_naive_gaps(log_data *d) {
  float *others = malloc(d->n * sizeof *others);
  for (size_t r = 0; r < d->requests; r++) {
    float *scores = d->scores + r * d->n;
    naive_score(d->weights, TASKS, (const float *const *)d->columns, r * d->n, d->n, scores);
    for (int t = 0; t < TASKS; t++) {
      double weights[TASKS];
      memcpy(weights, d->weights, sizeof weights);
      weights[t] = 0;
      naive_score(weights, TASKS, (const float *const *)d->columns, r * d->n, d->n, others);
      d->sum += naive_ndcg(others, scores, d->n, CUTOFF);
    }
  }
  free(others);
}

static void *need(size_t bytes) {
  void *block = aligned_alloc(64, (bytes + 63) / 64 * 64);
  if (!block) exit(1);
  return block;
}

static log_data *make_log(size_t n, size_t rows) {
  static const double weights[TASKS] = {0.30, 0.25, 0.20, 0.15, 0.10};
  log_data *d = need(sizeof *d);
  sy_random random;
  sy_random_seed(&random, 42);
  memset(d, 0, sizeof *d);
  memcpy(d->weights, weights, sizeof weights);
  d->n = n;
  d->requests = rows / n;
  d->rows = d->requests * n;
  for (int t = 0; t <= TASKS; t++) {
    d->columns[t] = need(d->rows * sizeof(float));
    for (size_t i = 0; i < d->rows; i++) d->columns[t][i] = (float)sy_random_uniform(&random);
  }
  d->scores = need(d->rows * sizeof(float));
  d->order = need(d->rows * sizeof(int64_t));
  d->naive_order = need(d->rows * sizeof(int));
  d->offsets = need((d->requests + 1) * sizeof(int64_t));
  d->order_offsets = need((d->requests + 1) * sizeof(int64_t));
  for (size_t r = 0; r <= d->requests; r++) d->offsets[r] = (int64_t)(r * n);
  if (sy_work_create(n, 1, NULL, &d->work)) exit(1);
  return d;
}

static void free_log(log_data *d) {
  for (int t = 0; t <= TASKS; t++) free(d->columns[t]);
  free(d->scores);
  free(d->order);
  free(d->naive_order);
  free(d->offsets);
  free(d->order_offsets);
  sy_work_destroy(d->work);
  free(d);
}

/* Both versions must agree before either is timed. */
static void check(log_data *d) {
  run_score(d);
  run_rank(d);
  run_naive_rank(d);
  for (size_t i = 0; i < d->rows; i++)
    if (d->order[i] != (int64_t)(i / d->n * d->n) + d->naive_order[i]) {
      fprintf(stderr, "bench: orders differ at %zu\n", i);
      exit(1);
    }
  double ours = value_ndcg(d), theirs = naive_value_ndcg(d);
  if (fabs(ours - theirs) > 1e-9) {
    fprintf(stderr, "bench: NDCG differs: %.17g and %.17g\n", ours, theirs);
    exit(1);
  }
}

static void report(const char *name, log_data *d, job ours, job naive, job reading) {
  double time = best_time(ours, d), naive_time = best_time(naive, d);
  double read_time = best_time(reading, d);
  printf("{\"job\": \"%s\", \"candidates\": %zu, \"requests\": %zu, \"us_per_request\": %.5g, "
         "\"ns_per_item\": %.5g, \"times_faster_than_naive\": %.4g, "
         "\"times_reading\": %.4g}\n",
         name, d->n, d->requests, 1e6 * time / (double)d->requests, 1e9 * time / (double)d->rows,
         naive_time / time, time / read_time);
  fflush(stdout);
}

int main(int argc, char **argv) {
  static const size_t sizes[] = {20, 100, 1000, 10000};
  size_t rows = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 2000000;
  log_data *d = make_log(100, rows);
  double read_time = best_time(run_read_all, d);
  printf("{\"job\": \"memory bandwidth\", \"bytes\": %zu, \"gigabytes_per_second\": %.4g, "
         "\"kernels\": \"%s\"}\n",
         d->rows * (TASKS + 1) * sizeof(float),
         1e-9 * (double)(d->rows * (TASKS + 1) * sizeof(float)) / read_time, sy_work_cpu(d->work));
  free_log(d);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    d = make_log(sizes[i], rows);
    check(d);
    report("score", d, run_score, run_naive_score, run_read_tasks);
    report("rank all", d, run_rank, run_naive_rank, run_read_one);
    report("NDCG@10", d, run_ndcg_cut, run_naive_ndcg_cut, run_read_two);
    report("NDCG", d, run_ndcg_full, run_naive_ndcg_full, run_read_two);
    report("score + rank + NDCG@10", d, run_value_ndcg, run_naive_value_ndcg, run_read_all);
    report("5 NDCG gaps @10", d, run_gaps, run_naive_gaps, run_read_tasks);
    free_log(d);
  }
  return 0;
}
