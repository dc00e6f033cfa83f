/*
 * value_model.c - value models as objects and as JSON files.
 *
 *   {"format": "steelyard value model", "version": 1, "weights": {"p_like": 0.5, ...}}
 *
 * format and version may be left out. Tasks keep the file's order.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/file.h"
#include "io/json.h"
#include "io/message.h"
#include "io/text.h"

#define FORMAT "steelyard value model"

/* A task's name and where it stands, sorted by name. */
typedef struct entry {
  const char *name;
  size_t task;
} entry;

/* One block holds it all: weights, names' pointers, the sorted index, the names' bytes. */
struct sy_value_model {
  sy_memory memory;
  size_t size; /* of the block */
  size_t count;
  double *weights;
  const char **tasks;
  entry *sorted;
};

/* ---------------------------------------------------------------- the object ----------------- */

static int compare_entries(const void *a, const void *b) {
  return strcmp(((const entry *)a)->name, ((const entry *)b)->name);
}

static sy_value_model *lay_out(const char *const *tasks, const double *weights, size_t count,
                               const sy_memory *memory) {
  size_t each = sizeof(double) + sizeof(char *) + sizeof(entry), size = sizeof(sy_value_model);
  sy_value_model *model;
  char *names;
  if (count > (SIZE_MAX / 2 - size) / each) return NULL;
  size += count * each;
  for (size_t t = 0; t < count; t++) size += strlen(tasks[t]) + 1;
  model = sy_allocate(memory, size);
  if (!model) return NULL;
  model->memory = sy_memory_of(memory);
  model->size = size;
  model->count = count;
  model->weights = (double *)(void *)(model + 1);
  model->sorted = (entry *)(void *)(model->weights + count);
  model->tasks = (const char **)(void *)(model->sorted + count);
  names = (char *)(void *)(model->tasks + count);
  for (size_t t = 0; t < count; t++) {
    size_t length = strlen(tasks[t]) + 1;
    memcpy(names, tasks[t], length);
    model->weights[t] = weights[t];
    model->tasks[t] = names;
    model->sorted[t].name = names;
    model->sorted[t].task = t;
    names += length;
  }
  qsort(model->sorted, count, sizeof *model->sorted, compare_entries);
  return model;
}

sy_status sy_value_model_new(const char *const *tasks, const double *weights, size_t count,
                             const sy_memory *memory, sy_value_model **model, sy_error *error) {
  sy_value_model *made;
  if (count == 0) return sy_fail(error, SY_E_ARGUMENT, "weights: a value model needs at least one");
  for (size_t t = 0; t < count; t++) {
    if (!tasks[t] || !*tasks[t]) {
      return sy_fail(error, SY_E_ARGUMENT, "tasks[%zu]: an empty name", t);
    }
    if (!isfinite(weights[t])) {
      return sy_fail(error, SY_E_NUMBER, "weights: the weight of %s is not finite (%g)",
                     sy_show(tasks[t], strlen(tasks[t])).text, weights[t]);
    }
  }
  made = lay_out(tasks, weights, count, memory);
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

void sy_value_model_destroy(sy_value_model *model) {
  sy_memory memory;
  if (!model) return;
  memory = model->memory;
  sy_release(&memory, model, model->size);
}

size_t sy_value_model_count(const sy_value_model *model) { return model->count; }

const char *sy_value_model_task(const sy_value_model *model, size_t task) {
  return task < model->count ? model->tasks[task] : NULL;
}

const double *sy_value_model_weights(const sy_value_model *model) { return model->weights; }

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

/* ---------------------------------------------------------------- from JSON ------------------ */

static sy_status refuse(const char *name, sy_error *error, const char *path, const char *what) {
  return sy_fail(error, SY_E_FORMAT, "%s: %s: %s", sy_show_path(name).text, path, what);
}

static sy_status refuse_kind(const char *name, sy_error *error, const char *path, const cJSON *item,
                             const char *wanted) {
  return sy_fail(error, SY_E_FORMAT, "%s: %s: %s is not %s", sy_show_path(name).text, path,
                 sy_json_kind(item), wanted);
}

static sy_status refuse_top(const char *name, sy_error *error, const char *key) {
  static const char *const known[] = {"format", "version", "weights"};
  sy_suggestion suggestion;
  sy_suggest(&suggestion, key, strlen(key));
  for (size_t i = 0; i < SY_COUNT(known); i++) {
    sy_suggest_offer(&suggestion, known[i], strlen(known[i]));
  }
  return sy_fail(error, SY_E_FORMAT, "%s: $.%s: unknown key%s", sy_show_path(name).text,
                 sy_show_name(key, strlen(key)).text, sy_suggest_text(&suggestion));
}

/* The top level: known keys of the right types. */
static sy_status check_top(const cJSON *root, const char *name, const cJSON **weights,
                           sy_error *error) {
  *weights = NULL;
  if (!cJSON_IsObject(root)) return refuse_kind(name, error, "$", root, "an object");
  for (const cJSON *item = root->child; item; item = item->next) {
    if (strcmp(item->string, "weights") == 0) {
      if (!cJSON_IsObject(item)) return refuse_kind(name, error, "$.weights", item, "an object");
      *weights = item;
    } else if (strcmp(item->string, "format") == 0) {
      if (!cJSON_IsString(item)) return refuse_kind(name, error, "$.format", item, "a string");
      if (strcmp(item->valuestring, FORMAT) != 0) {
        return refuse(name, error, "$.format", "not \"" FORMAT "\"");
      }
    } else if (strcmp(item->string, "version") == 0) {
      if (!cJSON_IsNumber(item)) return refuse_kind(name, error, "$.version", item, "a number");
      if (item->valuedouble != 1.0) {
        return refuse(name, error, "$.version", "only version 1 is known here");
      }
    } else {
      return refuse_top(name, error, item->string);
    }
  }
  if (!*weights) return refuse(name, error, "$", "no key \"weights\"");
  if (!(*weights)->child) return refuse(name, error, "$.weights", "no weights");
  return SY_OK;
}

static sy_status check_weights(const cJSON *weights, const char *name, size_t *count,
                               sy_error *error) {
  *count = 0;
  /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): the caller has found them */
  for (const cJSON *item = weights->child; item; item = item->next, ++*count) {
    char path[220] = "$.weights.";
    if (!*item->string) return refuse(name, error, "$.weights", "a task with an empty name");
    strcat(path, sy_show_name(item->string, strlen(item->string)).text);
    if (!cJSON_IsNumber(item)) return refuse_kind(name, error, path, item, "a number");
  }
  return SY_OK;
}

static sy_status build(const cJSON *weights, size_t count, const sy_memory *memory,
                       sy_value_model **model, sy_error *error) {
  size_t size = count * (sizeof(char *) + sizeof(double)), t = 0;
  double *numbers = sy_allocate(memory, size);
  const char **tasks = numbers ? (const char **)(void *)(numbers + count) : NULL;
  sy_status status;
  if (!numbers) return sy_fail_memory(error);
  for (const cJSON *item = weights->child; item; item = item->next, t++) {
    tasks[t] = item->string;
    numbers[t] = item->valuedouble;
  }
  status = sy_value_model_new(tasks, numbers, count, memory, model, error);
  sy_release(memory, numbers, size);
  return status;
}

sy_status sy_value_model_parse(const char *text, size_t length, const char *name,
                               const sy_memory *memory, sy_value_model **model, sy_error *error) {
  const cJSON *weights;
  cJSON *root;
  size_t count = 0;
  sy_status status;
  if (!name) name = "value model";
  status = sy_json_parse(text, length, name, memory, &root, error);
  if (status != SY_OK) return status;
  status = check_top(root, name, &weights, error);
  if (status == SY_OK) status = check_weights(weights, name, &count, error);
  if (status == SY_OK) status = build(weights, count, memory, model, error);
  cJSON_Delete(root);
  return status;
}

sy_status sy_value_model_load(const char *path, const sy_memory *memory, sy_value_model **model,
                              sy_error *error) {
  sy_text text;
  sy_status status = sy_text_open(&text, path, memory, error);
  if (status != SY_OK) return status;
  while (status == SY_OK && !text.done) status = sy_text_more(&text, 0, error);
  if (status == SY_OK) {
    status = sy_value_model_parse(text.data + text.begin, text.end - text.begin, path, memory,
                                  model, error);
  }
  sy_text_close(&text);
  return status;
}

/* ---------------------------------------------------------------- to JSON -------------------- */

static void print_model(const sy_value_model *model, sy_buffer *out) {
  sy_buffer_text(out, "{\n  \"format\": \"" FORMAT "\",\n  \"version\": 1,\n  \"weights\": {\n");
  for (size_t t = 0; t < model->count; t++) {
    sy_buffer_text(out, "    ");
    sy_buffer_string(out, model->tasks[t], strlen(model->tasks[t]));
    sy_buffer_text(out, ": ");
    sy_buffer_number(out, model->weights[t]);
    sy_buffer_text(out, t + 1 < model->count ? ",\n" : "\n");
  }
  sy_buffer_text(out, "  }\n}\n");
}

sy_status sy_value_model_save(const sy_value_model *model, const char *path, sy_error *error) {
  sy_buffer text;
  sy_output output;
  sy_status status;
  sy_buffer_init(&text, &model->memory);
  print_model(model, &text);
  status = text.failed ? sy_fail_memory(error) : sy_output_open(&output, path, error);
  if (status == SY_OK) {
    status = sy_output_write(&output, text.data, text.length, error);
    if (status == SY_OK) status = sy_output_commit(&output, error);
    else sy_output_discard(&output);
  }
  sy_buffer_release(&text);
  return status;
}
