/*
 * calibration.c - calibration losses task by task, and gaps of groups.
 */
#include <math.h>

#include "kernel/elementary.h"
#include "kernel/objective/calibration.h"

#define ALIGNMENT 64
#define ROUND_UP(size) (((size) + (ALIGNMENT - 1)) & ~(size_t)(ALIGNMENT - 1))

sy_status sy_objective_tasks_check(const sy_objective_job *job, sy_error *error) {
  if (job->rows <= SY_LONGEST_MAX) return SY_OK;
  return sy_fail(error, SY_E_LIMIT, "%zu rows: at most %d are possible", job->rows, SY_LONGEST_MAX);
}

/* ----------------------------------------------------------------------------- scratch -------- */

typedef struct scratch {
  sy_task_rows came, sorted;
  sy_sorting sorting;
  int32_t *order;
} scratch;

static void *carve(char *block, size_t *used, size_t size) {
  void *piece = block ? block + *used : NULL;
  *used += ROUND_UP(size);
  return piece;
}

static sy_task_rows carve_rows(char *block, size_t *used, size_t n) {
  sy_task_rows rows = {0};
  rows.row = carve(block, used, n * sizeof(int32_t));
  rows.z = carve(block, used, n * sizeof(double));
  rows.y = carve(block, used, n * sizeof(double));
  rows.w = carve(block, used, n * sizeof(double));
  return rows;
}

/* Lay out a block, or with NULL only count its bytes. */
static size_t lay_out(char *block, const sy_objective_job *job, const sy_task_plan *plan,
                      scratch *s) {
  size_t used = 0, n = job->rows + SY_PAD;
  s->came = carve_rows(block, &used, n);
  s->sorted = plan->sorts ? carve_rows(block, &used, n) : s->came;
  s->sorted.p = carve(block, &used, n * sizeof(double));
  s->sorted.q = carve(block, &used, n * sizeof(double));
  s->sorted.slope = carve(block, &used, n * sizeof(double));
  s->sorted.own = carve(block, &used, plan->own);
  if (!plan->sorts) return used;
  for (int k = 0; k < 2; k++) {
    s->sorting.keys[k] = carve(block, &used, n * sizeof(double));
    s->sorting.indices[k] = carve(block, &used, n * sizeof(int32_t));
  }
  s->sorting.counts = carve(block, &used, n * sizeof(double));
  s->sorting.digits = carve(block, &used, SY_DIGIT_ROOM * sizeof(uint32_t));
  s->order = carve(block, &used, n * sizeof(int32_t));
  return used;
}

size_t sy_objective_tasks_bytes(const sy_objective_job *job, const sy_task_plan *plan) {
  scratch none = {0};
  return lay_out(NULL, job, plan, &none);
}

/* ----------------------------------------------------------------------------- rows ----------- */

static int counts(const sy_objective_job *job, const sy_task_plan *plan, size_t r, double y) {
  int has_code = !plan->by_codes || job->options->codes[r] >= 0;
  return has_code && y == y && sy_row_weight(job, r) > 0;
}

static size_t usable(const sy_objective_job *job, const sy_task_plan *plan, size_t task) {
  double y[SY_OBJECTIVE_BLOCK];
  size_t count = 0;
  if (job->complete && !job->options->row_weights && !plan->by_codes) return job->rows;
  for (size_t from = 0; from < job->rows; from += SY_OBJECTIVE_BLOCK) {
    size_t n = job->rows - from < SY_OBJECTIVE_BLOCK ? job->rows - from : SY_OBJECTIVE_BLOCK;
    sy_objective_load(job->targets, from * job->columns + task, job->columns, n, y);
    for (size_t i = 0; i < n; i++) count += (size_t)counts(job, plan, from + i, y[i]);
  }
  return count;
}

/* -0 becomes 0, so that equal logits have equal bits. */
static void load_rows(const sy_objective_job *job, const sy_task_plan *plan, size_t task,
                      sy_task_rows *rows) {
  size_t n = 0;
  sy_objective_load(job->outputs, task, job->columns, job->rows, rows->z);
  sy_objective_load(job->targets, task, job->columns, job->rows, rows->y);
  for (size_t r = 0; r < job->rows; r++) {
    double y = rows->y[r];
    if (!counts(job, plan, r, y)) continue;
    rows->row[n] = (int32_t)r;
    rows->z[n] = rows->z[r] + 0.0;
    rows->y[n] = y;
    rows->w[n++] = sy_row_weight(job, r);
  }
  rows->n = n;
}

/* The kernels order by falling numbers. */
static void sort_rows(const sy_objective_job *job, scratch *s) {
  const sy_task_rows *from = &s->came;
  sy_task_rows *to = &s->sorted;
  double *falling = to->p;
  to->n = from->n;
  for (size_t i = 0; i < from->n; i++) falling[i] = -from->z[i];
  if (from->n) job->kernels->f64.order(falling, from->n, from->n, &s->sorting, s->order);
  for (size_t i = 0; i < from->n; i++) {
    size_t r = (size_t)s->order[i];
    to->row[i] = from->row[r];
    to->z[i] = from->z[r];
    to->y[i] = from->y[r];
    to->w[i] = from->w[r];
  }
}

/* ----------------------------------------------------------------------------- tasks ---------- */

#define DEFINE_SCATTER(name, type)                                                                 \
  static int name(type *gradient, size_t columns, const sy_task_rows *rows, double scale) {        \
    int bad = 0;                                                                                   \
    for (size_t i = 0; i < rows->n; i++) {                                                         \
      size_t at = (size_t)rows->row[i] * columns;                                                  \
      type sum = (type)((double)gradient[at] + scale * rows->slope[i]);                            \
      gradient[at] = sum;                                                                          \
      bad |= !(sum - sum == 0);                                                                    \
    }                                                                                              \
    return bad;                                                                                    \
  }

DEFINE_SCATTER(scatter_f32, float)
DEFINE_SCATTER(scatter_f64, double)

static void add_gradient(sy_objective_job *job, size_t task, const sy_task_rows *rows,
                         double scale) {
  int bad;
  if (!job->gradient) return;
  if (job->outputs.dtype == SY_F32)
    bad = scatter_f32((float *)job->gradient + task, job->columns, rows, job->factor * scale);
  else bad = scatter_f64((double *)job->gradient + task, job->columns, rows, job->factor * scale);
  if (bad) sy_objective_find_bad(job, task, job->columns, job->rows);
}

void sy_objective_tasks(sy_objective_job *job, const sy_task_plan *plan) {
  int sum = job->options->reduction == SY_REDUCE_SUM;
  double total = 0;
  scratch s = {0};
  if (!job->scratch) return;
  lay_out(job->scratch, job, plan, &s);
  /* `observed` is used no more: it takes what the tasks weigh. */
  for (size_t t = 0; t < job->columns; t++) {
    job->observed[t] = usable(job, plan, t) >= plan->least ? sy_task_weight(job, t) : 0.0;
    total += job->observed[t];
  }
  for (size_t t = 0; t < job->columns; t++) {
    if (!(job->observed[t] > 0)) continue;
    double scale = sum ? job->observed[t] : job->observed[t] / total;
    load_rows(job, plan, t, &s.came);
    if (plan->sorts) sort_rows(job, &s);
    else s.sorted.n = s.came.n;
    job->kernels->sigmoids(s.sorted.z, s.sorted.n, s.sorted.p, s.sorted.q);
    job->parts[t] = scale * plan->loss(job, &s.sorted);
    add_gradient(job, t, &s.sorted, scale);
  }
}

/* ----------------------------------------------------------------------------- gaps ----------- */

sy_status sy_objective_gap_check(const sy_objective_job *job, sy_error *error) {
  sy_gap gap = job->options->gap;
  if (gap == SY_GAP_MEAN) return SY_OK;
  if (gap != SY_GAP_LOG_RATIO && gap != SY_GAP_DEVIATION)
    return sy_fail(error, SY_E_ARGUMENT, "gap: %d is neither mean, log ratio nor deviation",
                   (int)gap);
  return sy_objective_above_zero("prior", job->options->prior, error);
}

/* Near 1, the ratio's logarithm comes from what it differs by. */
static double log_ratio(const sy_gap_sums *sums, double prior) {
  double away = sums->away / (sums->y + prior);
  if (fabs(away) < 0.25) return sy_ln1p(away);
  return sy_ln(sums->p + prior) - sy_ln(sums->y + prior);
}

static double squared_gap(const sy_objective_job *job, const sy_gap_sums *sums,
                          sy_gap_slopes *slopes) {
  double prior = job->options->prior, gap, spread;
  *slopes = (sy_gap_slopes){0, 0};
  switch (job->options->gap) {
    case SY_GAP_LOG_RATIO:
      gap = log_ratio(sums, prior);
      slopes->by_p = 2.0 * gap / (sums->p + prior);
      return gap * gap;
    case SY_GAP_DEVIATION:
      spread = sums->v + prior;
      gap = sums->away / spread;
      slopes->by_p = 2.0 * gap;
      slopes->by_v = -gap * gap;
      return sums->away * gap;
    case SY_GAP_MEAN: break;
  }
  gap = job->options->f32_labels ? sums->p / sums->n - (double)(float)(sums->y / sums->n)
                                 : sums->away / sums->n;
  slopes->by_p = 2.0 * gap / sums->n;
  return gap * gap;
}

double sy_objective_gaps(const sy_objective_job *job, const sy_gap_sums *sums, size_t count,
                         sy_gap_slopes *slopes) {
  double total = 0, value = 0, scale;
  for (size_t g = 0; g < count; g++)
    if (sums[g].n > 0) total += job->options->by_size ? sums[g].n : 1.0;
  scale = job->options->reduction == SY_REDUCE_SUM ? 1.0 : 1.0 / total;
  for (size_t g = 0; g < count; g++) {
    slopes[g] = (sy_gap_slopes){0, 0};
    if (!(sums[g].n > 0)) continue;
    double own = scale * (job->options->by_size ? sums[g].n : 1.0);
    value += own * squared_gap(job, &sums[g], &slopes[g]);
    slopes[g].by_p *= own;
    slopes[g].by_v *= own;
  }
  return value;
}
