/*
 * group_calibration.c - the squared gap of mean prediction and mean label, by group.
 */
#include <string.h>

#include "kernel/objective/calibration.h"

static double loss(const sy_objective_job *job, sy_task_rows *rows) {
  size_t groups = job->options->groups;
  const int32_t *codes = job->options->codes;
  sy_gap_sums *sums = rows->own;
  sy_gap_slopes *slopes = (sy_gap_slopes *)(void *)(sums + groups);
  memset(sums, 0, groups * sizeof *sums);
  for (size_t i = 0; i < rows->n; i++)
    sy_gap_add(&sums[codes[rows->row[i]]], rows->w[i], rows->p[i], rows->q[i], rows->y[i]);
  double value = sy_objective_gaps(job, sums, groups, slopes);
  for (size_t i = 0; i < rows->n; i++)
    rows->slope[i] = sy_gap_slope(slopes[codes[rows->row[i]]], rows->w[i], rows->p[i], rows->q[i]);
  return value;
}

static sy_task_plan plan_of(const sy_objective_job *job) {
  size_t own = job->options->groups * (sizeof(sy_gap_sums) + sizeof(sy_gap_slopes));
  return (sy_task_plan){.by_codes = 1, .least = 1, .own = own, .loss = loss};
}

static sy_status check(const sy_objective_job *job, sy_error *error) {
  const sy_objective_options *o = job->options;
  sy_status status = sy_objective_tasks_check(job, error);
  if (status) return status;
  if (!o->codes && job->rows)
    return sy_fail(error, SY_E_ARGUMENT, "groups: group_calibration needs the group of each row");
  if (o->groups > SY_LONGEST_MAX)
    return sy_fail(error, SY_E_LIMIT, "%zu groups: at most %d are possible", o->groups,
                   SY_LONGEST_MAX);
  for (size_t r = 0; r < job->rows; r++)
    if (o->codes[r] >= 0 && (size_t)o->codes[r] >= o->groups)
      return sy_fail(error, SY_E_ARGUMENT, "groups[%zu]: %zu: there are %zu groups", r + 1,
                     (size_t)o->codes[r] + 1, o->groups);
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

const sy_objective_kind sy_objective_group_calibration = {
    .name = "group_calibration",
    .help =
        "squared gap of predictions and labels, over groups of rows and tasks; fields: Pan et al. "
        "2020",
    .least = 0,
    .most = 1,
    .check = check,
    .bytes = bytes,
    .run = run};
