/*
 * bucket_calibration.c - the squared gap of mean prediction and mean label in buckets of rows with
 * neighbouring predictions.
 *
 * Rows are cut by their places in ascending order. Rows of equal logits have no order of their own:
 * where their places reach over several buckets, each of them belongs to every bucket by the share
 * of those places that the bucket holds. So neither value nor gradient depends on how rows came.
 */
#include <string.h>

#include "kernel/objective/calibration.h"

/* How places are cut: `count` buckets, `n` places in all. */
typedef struct cut {
  size_t n, count, size; /* size 0: spread */
} cut;

static cut cut_of(const sy_objective_job *job, size_t n) {
  size_t buckets = job->options->buckets, size = n / buckets;
  if (job->options->drop_rest) return (cut){n, size ? buckets : 0, size};
  return (cut){n, buckets < n ? buckets : n, 0};
}

/* The first place behind bucket b. */
static size_t end_of(cut c, size_t b) {
  if (c.size) return (b + 1) * c.size;
  return c.count ? (size_t)((uint64_t)(b + 1) * c.n / c.count) : 0;
}

/* Rows of equal logits: where they start and end; the first bucket that they reach into. */
typedef struct run_of {
  size_t start, end, bucket;
} run_of;

static run_of next_run(const sy_task_rows *rows, cut c, run_of last) {
  run_of run = {last.end, last.end + 1, last.bucket};
  while (run.end < rows->n && rows->z[run.end] == rows->z[run.start]) run.end++;
  while (run.bucket < c.count && end_of(c, run.bucket) <= run.start) run.bucket++;
  return run;
}

/* The share of a run that bucket b holds; 0: it starts behind the run, or there is none. */
static double share_of(cut c, run_of run, size_t b) {
  size_t start = b ? end_of(c, b - 1) : 0, end = b < c.count ? end_of(c, b) : 0;
  if (start < run.start) start = run.start;
  if (end > run.end) end = run.end;
  return end > start ? (double)(end - start) / (double)(run.end - run.start) : 0.0;
}

static void add_run(const sy_task_rows *rows, cut c, run_of run, sy_gap_sums *sums) {
  sy_gap_sums all = {0, 0, 0, 0, 0};
  double share;
  for (size_t i = run.start; i < run.end; i++)
    sy_gap_add(&all, rows->w[i], rows->p[i], rows->q[i], rows->y[i]);
  for (size_t b = run.bucket; b < c.count && (share = share_of(c, run, b)) > 0; b++) {
    sums[b].n += share * all.n;
    sums[b].p += share * all.p;
    sums[b].y += share * all.y;
    sums[b].v += share * all.v;
    sums[b].away += share * all.away;
  }
}

static void slope_run(sy_task_rows *rows, cut c, run_of run, const sy_gap_slopes *slopes) {
  sy_gap_slopes by = {0, 0};
  double share;
  for (size_t b = run.bucket; b < c.count && (share = share_of(c, run, b)) > 0; b++) {
    by.by_p += share * slopes[b].by_p;
    by.by_v += share * slopes[b].by_v;
  }
  for (size_t i = run.start; i < run.end; i++)
    rows->slope[i] = sy_gap_slope(by, rows->w[i], rows->p[i], rows->q[i]);
}

static double loss(const sy_objective_job *job, sy_task_rows *rows) {
  cut c = cut_of(job, rows->n);
  sy_gap_sums *sums = rows->own;
  sy_gap_slopes *slopes = (sy_gap_slopes *)(void *)(sums + c.count);
  memset(sums, 0, c.count * sizeof *sums);
  for (run_of run = {0}; run.end < rows->n;) {
    run = next_run(rows, c, run);
    add_run(rows, c, run, sums);
  }
  double value = sy_objective_gaps(job, sums, c.count, slopes);
  for (run_of run = {0}; run.end < rows->n;) {
    run = next_run(rows, c, run);
    slope_run(rows, c, run, slopes);
  }
  return value;
}

static sy_task_plan plan_of(const sy_objective_job *job) {
  const sy_objective_options *o = job->options;
  size_t most = o->buckets < job->rows ? o->buckets : job->rows;
  return (sy_task_plan){.sorts = 1,
                        .least = o->drop_rest ? o->buckets : 1,
                        .own = most * (sizeof(sy_gap_sums) + sizeof(sy_gap_slopes)),
                        .loss = loss};
}

static sy_status check(const sy_objective_job *job, sy_error *error) {
  sy_status status = sy_objective_tasks_check(job, error);
  if (status) return status;
  if (job->options->buckets == 0 || job->options->buckets > SY_LONGEST_MAX)
    return sy_fail(error, SY_E_ARGUMENT, "buckets: %zu: must be from 1 to %d",
                   job->options->buckets, SY_LONGEST_MAX);
  return sy_objective_gap_check(job, error);
}

static size_t bytes(const sy_objective_job *job) {
  sy_task_plan plan = plan_of(job);
  return sy_objective_tasks_bytes(job, &plan);
}

static void run(sy_objective_job *job) {
  sy_task_plan plan = plan_of(job);
  sy_objective_tasks(job, &plan);
}

const sy_objective_kind sy_objective_bucket_calibration = {
    .name = "bucket_calibration",
    .help =
        "squared gap of predictions and labels, over equal buckets of rows by prediction and over "
        "tasks; buckets: Naeini, Cooper and Hauskrecht 2015",
    .least = 0,
    .most = 1,
    .check = check,
    .bytes = bytes,
    .run = run};
