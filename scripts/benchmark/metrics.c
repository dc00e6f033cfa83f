/*
 * metrics.c - times the pass that measures many metrics, on graded labels (0 to 4, four fifths of them
 * 0), as judged logs have them. Prints one JSON object a line:
 *
 *   pass     one metric of a value model (scored, ranked, measured), against reading its bytes, and on
 *            two threads
 *   many     ten metrics at three cutoffs in one pass, against the pass that measures one of them
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "steelyard.h"
#include "timing.h"

#define TASKS 5
#define MOST 32

static const char *const one[] = {"ndcg@10", NULL};
static const char *const deep[] = {"ndcg@20", NULL};
static const char *const whole[] = {"ndcg", NULL};
static const char *const many[] = {
    "ndcg@5",      "ndcg@10",      "ndcg@20",      "dcg@5",        "dcg@10",        "dcg@20",
    "precision@5", "precision@10", "precision@20", "recall@5",     "recall@10",     "recall@20",
    "f1@5",        "f1@10",        "f1@20",        "hit_rate@5",   "hit_rate@10",   "hit_rate@20",
    "map@5",       "map@10",       "map@20",       "mrr@5",        "mrr@10",        "mrr@20",
    "rbp@5",       "rbp@10",       "rbp@20",       "err(max=4)@5", "err(max=4)@10", "err(max=4)@20",
    NULL};

typedef struct pass {
  size_t n, requests, rows, count;
  float *columns[TASKS + 1]; /* the last one: labels */
  int64_t *offsets;
  sy_predictions predictions;
  sy_metric metrics[MOST];
  sy_work *work;
  double sum; /* of results, so that nothing is optimised away */
} pass;

static const double weights[TASKS] = {0.30, 0.25, 0.20, 0.15, 0.10};

static void stop(const char *message) {
  fprintf(stderr, "bench: %s\n", message);
  exit(1);
}

static void *need(size_t bytes) {
  void *block = aligned_alloc(64, (bytes + 63) / 64 * 64);
  if (!block) stop("no memory");
  return block;
}

static float graded(double u) {
  return u > 0.98 ? 4.0f : u > 0.95 ? 3.0f : u > 0.9 ? 2.0f : u > 0.8 ? 1.0f : 0.0f;
}

static void make(pass *p, size_t n, size_t rows) {
  sy_random random;
  sy_random_seed(&random, 7);
  memset(p, 0, sizeof *p);
  p->n = n;
  p->requests = rows / n;
  p->rows = p->requests * n;
  for (int t = 0; t <= TASKS; t++) {
    p->columns[t] = need(p->rows * sizeof(float));
    for (size_t i = 0; i < p->rows; i++) {
      double u = sy_random_uniform(&random);
      p->columns[t][i] = t == TASKS ? graded(u) : (float)u;
    }
  }
  p->offsets = need((p->requests + 1) * sizeof(int64_t));
  for (size_t r = 0; r <= p->requests; r++) p->offsets[r] = (int64_t)(r * n);
  p->predictions =
      (sy_predictions){TASKS, (const void *const *)p->columns, SY_F32, {p->requests, p->offsets}};
}

static void clear(pass *p) {
  for (int t = 0; t <= TASKS; t++) free(p->columns[t]);
  free(p->offsets);
}

static void run(void *context) {
  pass *p = context;
  sy_metric_mean means[MOST];
  sy_error error;
  sy_log log = {.requests = {p->requests, p->offsets},
                .predictions = &p->predictions,
                .weights = weights,
                .labels = sy_f32(p->columns[TASKS])};
  if (sy_measure(&log, p->metrics, p->count, p->work, NULL, NULL, means, &error))
    stop(error.message);
  p->sum += means[0].value;
}

static void run_read(void *context) {
  pass *p = context;
  for (int t = 0; t <= TASKS; t++) p->sum += (double)timing_read(p->columns[t], p->rows);
}

static double seconds(pass *p, const char *const *expressions, int threads) {
  sy_error error;
  p->count = 0;
  for (; expressions[p->count]; p->count++)
    if (sy_metric_parse(expressions[p->count], strlen(expressions[p->count]), NULL,
                        &p->metrics[p->count], &error))
      stop(error.message);
  if (sy_work_create(p->n, threads, NULL, &p->work)) stop("no memory");
  double best = timing_best(run, p);
  sy_work_destroy(p->work);
  return best;
}

static void report(pass *p) {
  double reading = timing_best(run_read, p), us = 1e6 / (double)p->requests;
  double single = seconds(p, one, 1), twice = seconds(p, one, 2);
  double deepest = seconds(p, deep, 1), all = seconds(p, whole, 1), together = seconds(p, many, 1);
  printf("{\"job\": \"pass\", \"candidates\": %zu, \"us_per_request\": %.5g, "
         "\"times_reading\": %.4g, \"times_faster_on_two_threads\": %.4g}\n",
         p->n, single * us, single / reading, single / twice);
  printf("{\"job\": \"many\", \"candidates\": %zu, \"us_per_request\": %.5g, "
         "\"times_the_pass_of_ndcg_at_20\": %.4g, \"times_the_pass_of_ndcg\": %.4g}\n",
         p->n, together * us, together / deepest, together / all);
  fflush(stdout);
}

int main(int argc, char **argv) {
  size_t rows = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 2000000;
  static const size_t sizes[] = {20, 100, 1000};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    pass p;
    make(&p, sizes[i], rows);
    report(&p);
    clear(&p);
  }
  return 0;
}
