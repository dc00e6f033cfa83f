/*
 * objective.c - the table of training losses, checks, and what a call consists of.
 *
 * Everything is looked at before anything is written; what may still fail afterwards is a loss or
 * gradient that leaves the range of numbers.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "kernel/objective/objective.h"

#define ALIGNMENT 64

/* ----------------------------------------------------------------------------- the table ------ */

#define KIND(name) &sy_objective_##name,
static const sy_objective_kind *const kinds[] = {SY_OBJECTIVES(KIND)};

static const sy_objective_kind *find_kind(const char *name) {
  for (size_t i = 0; name && i < SY_COUNT(kinds); i++)
    if (strcmp(kinds[i]->name, name) == 0) return kinds[i];
  return NULL;
}

const char *const *sy_objective_list(void) {
#define NAME(name) #name,
  static const char *const names[] = {SY_OBJECTIVES(NAME) NULL};
  return names;
}

const char *sy_objective_help(const char *name) {
  const sy_objective_kind *kind = find_kind(name);
  return kind ? kind->help : NULL;
}

sy_objective_options sy_objective_defaults(void) {
  sy_objective_options options = {.reduction = SY_REDUCE_MEAN,
                                  .delta = 1.0,
                                  .buckets = 10,
                                  .gap = SY_GAP_MEAN,
                                  .prior = 1.0,
                                  .bandwidth = 0.2};
  return options;
}

/* ----------------------------------------------------------------------------- options -------- */

sy_status sy_objective_above_zero(const char *name, double value, sy_error *error) {
  if (value >= DBL_MIN && isfinite(value)) return SY_OK;
  return sy_fail(error, SY_E_ARGUMENT, "%s: %g: must be a number above 0", name, value);
}

/* Their sum goes to total; the number of them where there are none. */
static sy_status check_weights(const char *name, const double *weights, size_t n, double *total,
                               sy_error *error) {
  *total = weights ? 0.0 : (double)n;
  for (size_t i = 0; weights && i < n; i++) {
    if (!(weights[i] >= 0) || !isfinite(weights[i]))
      return sy_fail(error, SY_E_ARGUMENT, "%s[%zu]: %g: must be a number from 0 up", name, i + 1,
                     weights[i]);
    *total += weights[i];
  }
  return SY_OK;
}

static sy_status check_types(const sy_objective_job *job, sy_error *error) {
  sy_dtype outputs = job->outputs.dtype, targets = job->targets.dtype;
  if (outputs != SY_F32 && outputs != SY_F64)
    return sy_fail(error, SY_E_ARGUMENT, "outputs: f32 or f64 numbers are needed");
  if (!job->kind->no_targets && !job->targets.data && job->rows && job->columns)
    return sy_fail(error, SY_E_ARGUMENT, "targets: %s needs them", job->kind->name);
  if (!job->kind->no_targets && targets != SY_F32 && targets != SY_F64)
    return sy_fail(error, SY_E_ARGUMENT, "targets: f32 or f64 numbers are needed");
  return SY_OK;
}

static sy_status check_options(const sy_objective_job *job, sy_error *error) {
  const sy_objective_options *o = job->options;
  double rows, tasks;
  sy_status status;
  if (o->reduction != SY_REDUCE_MEAN && o->reduction != SY_REDUCE_SUM)
    return sy_fail(error, SY_E_ARGUMENT, "reduction: %d is neither mean nor sum",
                   (int)o->reduction);
  if (!isfinite(job->factor))
    return sy_fail(error, SY_E_ARGUMENT, "factor: %g: must be a finite number", job->factor);
  if ((status = check_weights("row_weights", o->row_weights, job->rows, &rows, error)))
    return status;
  if ((status = check_weights("task_weights", o->task_weights, job->columns, &tasks, error)))
    return status;
  if (!isfinite(rows * tasks))
    return sy_fail(error, SY_E_ARGUMENT, "the weights are too large to add up");
  return SY_OK;
}

/* ----------------------------------------------------------------------------- numbers -------- */

static const char *not_finite(double x) { return isnan(x) ? "NaN" : x > 0 ? "inf" : "-inf"; }

/* Where an element of a matrix stands, as a person counts: "[3][2]", of one column "[3]". */
static sy_error place_of(const sy_objective_job *job, size_t element) {
  sy_error place = {SY_OK, ""};
  size_t n = job->columns;
  if (n > 1) sy_fail(&place, SY_OK, "[%zu][%zu]", element / n + 1, element % n + 1);
  else sy_fail(&place, SY_OK, "[%zu]", element + 1);
  return place;
}

static sy_status check_outputs(const sy_objective_job *job, sy_error *error) {
  size_t n = job->rows * job->columns;
  if (!sy_kernel_has_infinite(job->kernels, job->outputs.dtype, job->outputs.data, n)) return SY_OK;
  for (size_t i = 0; i < n; i++) {
    double z = sy_vector_at(job->outputs, i);
    if (!isfinite(z))
      return sy_fail(error, SY_E_NUMBER, "outputs%s: %s: must be a finite number",
                     place_of(job, i).message, not_finite(z));
  }
  return SY_OK;
}

/* Are n targets all within bounds, which NaN is not? In one type's numbers. */
#define DEFINE_WITHIN(name, type)                                                                  \
  static int name(const type *y, size_t n, type least, type most) {                                \
    int bad = 0;                                                                                   \
    for (size_t i = 0; i < n; i++) bad |= !((y[i] >= least) & (y[i] <= most));                     \
    return !bad;                                                                                   \
  }

DEFINE_WITHIN(within_f32, float)
DEFINE_WITHIN(within_f64, double)

static int targets_within(const sy_objective_job *job, size_t n) {
  double least = job->kind->least, most = job->kind->most;
  if (job->targets.dtype == SY_F64) return within_f64(job->targets.data, n, least, most);
  return within_f32(job->targets.data, n, least < -(double)FLT_MAX ? -FLT_MAX : (float)least,
                    most > (double)FLT_MAX ? FLT_MAX : (float)most);
}

static sy_status fail_target(const sy_objective_job *job, size_t i, double y, sy_error *error) {
  if (!isfinite(y))
    return sy_fail(error, SY_E_NUMBER, "targets%s: %s: must be a finite number, or NaN for none",
                   place_of(job, i).message, not_finite(y));
  return sy_fail(error, SY_E_NUMBER, "targets%s: %g: must be a number from 0 %s",
                 place_of(job, i).message, y, job->kind->most == DBL_MAX ? "up" : "to 1");
}

/* The weight of a column's observed rows: row i in sum i mod 8, and a fixed tree. */
static double observed_weight(const sy_objective_job *job, size_t column) {
  double y[SY_OBJECTIVE_BLOCK], lanes[8] = {0};
  if (job->complete && !job->options->row_weights) return (double)job->rows;
  for (size_t from = 0; from < job->rows; from += SY_OBJECTIVE_BLOCK) {
    size_t n = job->rows - from < SY_OBJECTIVE_BLOCK ? job->rows - from : SY_OBJECTIVE_BLOCK;
    sy_objective_load(job->targets, from * job->columns + column, job->columns, n, y);
    for (size_t i = 0; i < n; i++)
      lanes[i % 8] += y[i] == y[i] ? sy_row_weight(job, from + i) : 0.0;
  }
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
         ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

static sy_status check_targets(sy_objective_job *job, sy_error *error) {
  size_t n = job->rows * job->columns;
  job->complete = targets_within(job, n);
  for (size_t i = 0; !job->complete && i < n; i++) {
    double y = sy_vector_at(job->targets, i);
    if (y < job->kind->least || y > job->kind->most) return fail_target(job, i, y, error);
  }
  for (size_t t = 0; t < job->columns; t++)
    job->observed[t] = t && job->complete ? job->observed[0] : observed_weight(job, t);
  return SY_OK;
}

/* ----------------------------------------------------------------------------- elements ------- */

void sy_objective_load(sy_vector matrix, size_t first, size_t stride, size_t n, double *out) {
  if (matrix.dtype == SY_F32) {
    const float *x = (const float *)matrix.data + first;
    for (size_t i = 0; i < n; i++) out[i] = (double)x[i * stride];
  } else {
    const double *x = (const double *)matrix.data + first;
    for (size_t i = 0; i < n; i++) out[i] = x[i * stride];
  }
}

#define DEFINE_ADD(name, type)                                                                     \
  static int name(type *gradient, size_t stride, size_t n, const double *slopes, double scale) {   \
    int bad = 0;                                                                                   \
    for (size_t i = 0; i < n; i++) {                                                               \
      type sum = (type)((double)gradient[i * stride] + scale * slopes[i]);                         \
      gradient[i * stride] = sum;                                                                  \
      bad |= !(sum - sum == 0);                                                                    \
    }                                                                                              \
    return bad;                                                                                    \
  }

DEFINE_ADD(add_f32, float)
DEFINE_ADD(add_f64, double)

void sy_objective_find_bad(sy_objective_job *job, size_t first, size_t stride, size_t n) {
  sy_vector gradient = {job->gradient, job->outputs.dtype};
  for (size_t i = 0; i < n && job->bad == SY_NOWHERE; i++)
    if (!isfinite(sy_vector_at(gradient, first + i * stride))) job->bad = first + i * stride;
}

void sy_objective_add(sy_objective_job *job, size_t first, size_t stride, size_t n,
                      const double *slopes, double scale) {
  int bad;
  scale *= job->factor;
  if (!job->gradient) return;
  if (job->outputs.dtype == SY_F32)
    bad = add_f32((float *)job->gradient + first, stride, n, slopes, scale);
  else bad = add_f64((double *)job->gradient + first, stride, n, slopes, scale);
  if (bad) sy_objective_find_bad(job, first, stride, n);
}

/* ----------------------------------------------------------------------------- a call --------- */

static size_t parts_of(const sy_objective_job *job) { return job->kind->whole ? 1 : job->columns; }

static sy_status finish(const sy_objective_job *job, double *value, double *values,
                        sy_error *error) {
  double sum = 0;
  size_t parts = parts_of(job);
  for (size_t t = 0; t < parts; t++) sum += job->parts[t];
  if (!isfinite(sum))
    return sy_fail(error, SY_E_NUMBER, "the loss is too large to add up (%s)", job->kind->name);
  if (job->bad != SY_NOWHERE)
    return sy_fail(error, SY_E_NUMBER, "gradient%s: too large", place_of(job, job->bad).message);
  if (values) memcpy(values, job->parts, parts * sizeof *values);
  if (value) *value = sum;
  return SY_OK;
}

static sy_status run(sy_objective_job *job, double *value, double *values, sy_error *error) {
  sy_status status;
  memset(job->parts, 0, (job->columns + 1) * sizeof *job->parts);
  if (!job->kind->no_targets && (status = check_targets(job, error))) return status;
  job->kind->run(job);
  return finish(job, value, values, error);
}

sy_status sy_objective_on(const sy_kernels *kernels, const char *name, sy_vector outputs,
                          sy_vector targets, size_t rows, size_t columns,
                          const sy_objective_options *options, double factor,
                          const sy_memory *memory, void *gradient, double *value, double *values,
                          sy_error *error) {
  sy_objective_job job = {.kind = find_kind(name),
                          .kernels = kernels,
                          .options = options,
                          .outputs = outputs,
                          .targets = targets,
                          .rows = rows,
                          .columns = columns,
                          .factor = factor,
                          .gradient = gradient,
                          .bad = SY_NOWHERE};
  sy_status status;
  if (!job.kind)
    return sy_fail(error, SY_E_ARGUMENT, "no training loss is called \"%s\"",
                   name ? name : "(null)");
  if ((status = check_types(&job, error))) return status;
  if ((status = check_options(&job, error))) return status;
  if ((status = check_outputs(&job, error))) return status;
  if (job.kind->check && (status = job.kind->check(&job, error))) return status;
  size_t own = job.kind->bytes ? job.kind->bytes(&job) : 0;
  size_t bytes = 2 * (columns + 1) * sizeof(double) + 2 * ALIGNMENT + own;
  char *block = sy_allocate(memory, bytes);
  if (!block) return sy_fail_memory(error);
  job.parts = (double *)(void *)(block + (-(uintptr_t)block & (sizeof(double) - 1)));
  job.observed = job.parts + columns + 1;
  job.scratch = (char *)(job.observed + columns);
  job.scratch += -(uintptr_t)job.scratch & (ALIGNMENT - 1);
  status = run(&job, value, values, error);
  sy_release(memory, block, bytes);
  return status;
}

sy_status sy_objective(const char *name, sy_vector outputs, sy_vector targets, size_t rows,
                       size_t columns, const sy_objective_options *options, double factor,
                       const sy_memory *memory, void *gradient, double *value, double *values,
                       sy_error *error) {
  return sy_objective_on(sy_best_kernels(), name, outputs, targets, rows, columns, options, factor,
                         memory, gradient, value, values, error);
}
