/*
 * value_model.c - value models as objects, and their scores.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/message.h"
#include "io/value_model.h"

/* A task's name and where it stands, sorted by name. */
typedef struct entry {
  const char *name;
  size_t task;
} entry;

/* One block holds it all: weights, pointers, the sorted index, names, calibrators. */
struct sy_value_model {
  sy_memory memory;
  size_t size; /* of the block */
  size_t count;
  int calibrated; /* is there a calibrator? */
  double *weights;
  entry *sorted;
  const char **tasks;
  const sy_calibrator **calibrators; /* NULL where there is none */
};

/* ---------------------------------------------------------------- the object ----------------- */

static int compare_entries(const void *a, const void *b) {
  return strcmp(((const entry *)a)->name, ((const entry *)b)->name);
}

/* Bytes behind the model's own; 0 where that is too much. */
static size_t bytes_of(const char *const *tasks, const sy_calibrator *const *calibrators,
                       size_t count) {
  size_t each = sizeof(double) + sizeof(entry) + 2 * sizeof(void *), size = sizeof(sy_value_model);
  if (count > (SIZE_MAX / 2 - size) / each) return 0;
  size += count * each;
  for (size_t t = 0; t < count; t++) {
    size += strlen(tasks[t]) + 1;
    if (calibrators && calibrators[t])
      size += sy_calibrator_bytes(sy_calibrator_parts_of(calibrators[t]), NULL);
  }
  return size;
}

/* Names and calibrators, behind all else. */
static void copy_tasks(sy_value_model *model, const char *const *tasks,
                       const sy_calibrator *const *calibrators, char *room) {
  for (size_t t = 0; t < model->count; t++) {
    size_t length = strlen(tasks[t]) + 1;
    memcpy(room, tasks[t], length);
    model->tasks[t] = room;
    model->sorted[t].name = room;
    model->sorted[t].task = t;
    room += length;
  }
  for (size_t t = 0; t < model->count; t++) {
    model->calibrators[t] = NULL;
    if (!calibrators || !calibrators[t]) continue;
    const sy_calibrator_parts *parts = sy_calibrator_parts_of(calibrators[t]);
    model->calibrators[t] = sy_calibrator_init(room, parts);
    model->calibrated = 1;
    room += sy_calibrator_bytes(parts, NULL);
  }
}

static sy_value_model *lay_out(const char *const *tasks, const double *weights,
                               const sy_calibrator *const *calibrators, size_t count,
                               const sy_memory *memory) {
  size_t size = bytes_of(tasks, calibrators, count);
  sy_value_model *model = size ? sy_allocate(memory, size) : NULL;
  if (!model) return NULL;
  model->memory = sy_memory_of(memory);
  model->size = size;
  model->count = count;
  model->calibrated = 0;
  model->weights = (double *)(void *)(model + 1);
  model->sorted = (entry *)(void *)(model->weights + count);
  model->tasks = (const char **)(void *)(model->sorted + count);
  model->calibrators = (const sy_calibrator **)(void *)(model->tasks + count);
  memcpy(model->weights, weights, count * sizeof *weights);
  copy_tasks(model, tasks, calibrators, (char *)(void *)(model->calibrators + count));
  qsort(model->sorted, count, sizeof *model->sorted, compare_entries);
  return model;
}

static sy_status check_tasks(const char *const *tasks, const double *weights,
                             const sy_calibrator *const *calibrators, size_t count,
                             sy_error *error) {
  if (count == 0) return sy_fail(error, SY_E_ARGUMENT, "weights: a value model needs at least one");
  for (size_t t = 0; t < count; t++) {
    if (!tasks[t] || !*tasks[t])
      return sy_fail(error, SY_E_ARGUMENT, "tasks[%zu]: an empty name", t);
    if (!isfinite(weights[t]))
      return sy_fail(error, SY_E_NUMBER, "weights: the weight of %s is not finite (%g)",
                     sy_show(tasks[t], strlen(tasks[t])).text, weights[t]);
    if (calibrators && calibrators[t] &&
        sy_calibrator_parts_of(calibrators[t])->features > SY_FEATURES_MAX)
      return sy_fail(error, SY_E_LIMIT, "calibrators: that of %s has more than %d features",
                     sy_show(tasks[t], strlen(tasks[t])).text, SY_FEATURES_MAX);
  }
  return SY_OK;
}

sy_status sy_value_model_new_calibrated(const char *const *tasks, const double *weights,
                                        const sy_calibrator *const *calibrators, size_t count,
                                        const sy_memory *memory, sy_value_model **model,
                                        sy_error *error) {
  sy_status status = check_tasks(tasks, weights, calibrators, count, error);
  sy_value_model *made;
  if (status) return status;
  made = lay_out(tasks, weights, calibrators, count, memory);
  if (!made) return sy_fail_memory(error);
  for (size_t t = 1; t < count; t++) {
    const char *name = made->sorted[t].name;
    if (strcmp(made->sorted[t - 1].name, name) != 0) continue;
    sy_fail(error, SY_E_ARGUMENT, "tasks: %s is there twice", sy_show(name, strlen(name)).text);
    sy_value_model_destroy(made);
    return SY_E_ARGUMENT;
  }
  *model = made;
  return SY_OK;
}

sy_status sy_value_model_new(const char *const *tasks, const double *weights, size_t count,
                             const sy_memory *memory, sy_value_model **model, sy_error *error) {
  return sy_value_model_new_calibrated(tasks, weights, NULL, count, memory, model, error);
}

void sy_value_model_destroy(sy_value_model *model) {
  sy_memory memory;
  if (!model) return;
  memory = model->memory;
  sy_release(&memory, model, model->size);
}

sy_memory sy_value_model_memory(const sy_value_model *model) { return model->memory; }

size_t sy_value_model_count(const sy_value_model *model) { return model->count; }

const char *sy_value_model_task(const sy_value_model *model, size_t task) {
  return task < model->count ? model->tasks[task] : NULL;
}

const double *sy_value_model_weights(const sy_value_model *model) { return model->weights; }

const sy_calibrator *sy_value_model_calibrator(const sy_value_model *model, size_t task) {
  return task < model->count ? model->calibrators[task] : NULL;
}

ptrdiff_t sy_value_model_find(const sy_value_model *model, const char *task) {
  size_t low = 0, high = model->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = strcmp(task, model->sorted[middle].name);
    if (order == 0) return (ptrdiff_t)model->sorted[middle].task;
    if (order < 0) high = middle;
    else low = middle + 1;
  }
  return -1;
}

/* ---------------------------------------------------------------- scores --------------------- */

/* Rows that are calibrated and added up at a time: a block of them lives on the stack. */
#define BLOCK 256

typedef union block {
  float f32[BLOCK];
  double f64[BLOCK];
} block;

/* The block's rows of one task's predictions: the caller's own, or calibrated ones. */
static const void *block_of(const sy_calibrator *calibrator, const char *column,
                            const int32_t *const *codes, sy_dtype dtype, size_t from, size_t n,
                            block *out) {
  const int32_t *shifted[SY_FEATURES_MAX];
  column += from * sy_dtype_size(dtype);
  if (!calibrator) return column;
  for (size_t f = 0; codes && f < sy_calibrator_parts_of(calibrator)->features; f++)
    shifted[f] = codes[f] ? codes[f] + from : NULL;
  sy_calibrate_many(calibrator, (sy_vector){column, dtype}, codes ? shifted : NULL, n, out);
  return out;
}

/* sum += weight * numbers, in the type's own arithmetic: as sy_score adds, task by task. */
static void add_weighted(double weight, const void *numbers, sy_dtype dtype, size_t n, block *sum) {
  const float *narrow = numbers;
  float narrow_weight = (float)weight;
  const double *wide = numbers;
  if (dtype == SY_F32)
    for (size_t i = 0; i < n; i++) sum->f32[i] += narrow_weight * narrow[i];
  else
    for (size_t i = 0; i < n; i++) sum->f64[i] += weight * wide[i];
}

sy_status sy_value_model_score(const sy_value_model *model, const void *const *columns,
                               const int32_t *const *const *codes, sy_dtype dtype, size_t n,
                               void *scores) {
  size_t size = sy_dtype_size(dtype);
  block calibrated, sum;
  if (dtype != SY_F32 && dtype != SY_F64) return SY_E_ARGUMENT;
  if (!model->calibrated) return sy_score(model->weights, model->count, columns, dtype, n, scores);
  for (size_t from = 0; from < n; from += BLOCK) {
    size_t rows = n - from < BLOCK ? n - from : BLOCK;
    memset(&sum, 0, sizeof sum);
    for (size_t t = 0; t < model->count; t++) {
      const void *numbers = block_of(model->calibrators[t], columns[t], codes ? codes[t] : NULL,
                                     dtype, from, rows, &calibrated);
      add_weighted(model->weights[t], numbers, dtype, rows, &sum);
    }
    memcpy((char *)scores + from * size, &sum, rows * size);
  }
  return SY_OK;
}
