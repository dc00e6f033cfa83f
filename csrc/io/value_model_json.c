/*
 * value_model_json.c - value models from JSON and to JSON.
 *
 *   {"format": "steelyard value model", "version": 1, "weights": {"p_like": 0.5, ...},
 *    "calibrators": {"p_like": {...}}}
 *
 * format, version and calibrators may be left out. Tasks keep the file's order.
 */
#include <string.h>

#include "io/calibrator_json.h"
#include "io/json_fields.h"
#include "io/message.h"
#include "io/value_model.h"

#define FORMAT "steelyard value model"

/* ---------------------------------------------------------------- from JSON ------------------ */

/* What a model is made of: lists of `count` in one block. The calibrators are ours. */
typedef struct lists {
  size_t count, size;
  const char **tasks;
  double *weights;
  sy_calibrator **calibrators;
} lists;

static sy_status make_lists(const sy_json_reader *r, const cJSON *weights, lists *l) {
  l->count = (size_t)cJSON_GetArraySize(weights);
  l->size = l->count * (sizeof *l->tasks + sizeof *l->weights + sizeof(sy_calibrator *));
  l->weights = sy_allocate(r->memory, l->size);
  if (!l->weights) return sy_fail_memory(r->error);
  l->tasks = (const char **)(void *)(l->weights + l->count);
  l->calibrators = (sy_calibrator **)(void *)(l->tasks + l->count);
  memset(l->weights, 0, l->size);
  return SY_OK;
}

static void release_lists(const sy_json_reader *r, lists *l) {
  if (!l->weights) return;
  for (size_t t = 0; t < l->count; t++) sy_calibrator_destroy(l->calibrators[t]);
  sy_release(r->memory, l->weights, l->size);
}

static sy_status read_weights(const sy_json_reader *r, const sy_json_step *at, lists *l) {
  sy_status status;
  size_t t = 0;
  if (!cJSON_IsObject(at->item)) return sy_json_refuse_kind(r, at, "an object");
  if (!at->item->child) return SY_JSON_REFUSE(r, at, "no weights");
  status = make_lists(r, at->item, l);
  for (const cJSON *item = at->item->child; item && !status; item = item->next, t++) {
    sy_json_step child = {at, item, 0};
    if (!*item->string) return SY_JSON_REFUSE(r, at, "a task with an empty name");
    if (!cJSON_IsNumber(item)) return sy_json_refuse_kind(r, &child, "a number");
    /* Without memory, status says so. NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
    l->tasks[t] = item->string;
    l->weights[t] = item->valuedouble;
  }
  return status;
}

/*
 * The task of a calibrator: there must be a weight for it. *task: where to look first; calibrators
 * stand in the order of the weights as a rule.
 */
static sy_status find_task(const sy_json_reader *r, const sy_json_step *at, const lists *l,
                           size_t *task) {
  const char *name = at->item->string;
  sy_suggestion suggestion;
  for (size_t looked = 0; looked < l->count; looked++, ++*task) {
    if (*task >= l->count) *task = 0;
    if (strcmp(l->tasks[*task], name) == 0) return SY_OK;
  }
  sy_suggest(&suggestion, name, strlen(name));
  for (size_t t = 0; t < l->count; t++)
    sy_suggest_offer(&suggestion, l->tasks[t], strlen(l->tasks[t]));
  return SY_JSON_REFUSE(r, at, "there is no weight of this task%s", sy_suggest_text(&suggestion));
}

static sy_status read_calibrators(const sy_json_reader *r, const sy_json_step *at, lists *l) {
  sy_status status = SY_OK;
  size_t task = 0;
  if (!cJSON_IsObject(at->item)) return sy_json_refuse_kind(r, at, "an object");
  for (const cJSON *item = at->item->child; item && !status; item = item->next) {
    sy_json_step child = {at, item, 0};
    status = find_task(r, &child, l, &task);
    if (!status)
      status = sy_calibrator_read(&child, r->name, r->memory, &l->calibrators[task], r->error);
  }
  return status;
}

static sy_status read_model(const sy_json_reader *r, const sy_json_step *at, lists *l) {
  sy_json_field f[] = {
      {"format", NULL}, {"version", NULL}, {"weights", NULL}, {"calibrators", NULL}};
  sy_status status = sy_json_find(r, at, f, SY_COUNT(f));
  sy_json_step weights = {at, f[2].item, 0}, calibrators = {at, f[3].item, 0};
  if (!status) status = sy_json_check_format(r, at, &f[0], &f[1], FORMAT);
  if (!status) status = sy_json_need(r, at, &f[2]);
  if (!status) status = read_weights(r, &weights, l);
  if (!status && calibrators.item) status = read_calibrators(r, &calibrators, l);
  return status;
}

static sy_status read_tree(cJSON *root, const char *name, const sy_memory *memory,
                           sy_value_model **model, sy_error *error) {
  sy_json_reader r = {name, memory, error};
  sy_json_step top = {NULL, root, 0};
  lists l = {0, 0, NULL, NULL, NULL};
  sy_status status = read_model(&r, &top, &l);
  if (status == SY_OK)
    status = sy_value_model_new_calibrated(l.tasks, l.weights,
                                           (const sy_calibrator *const *)l.calibrators, l.count,
                                           memory, model, error);
  release_lists(&r, &l);
  cJSON_Delete(root);
  return status;
}

sy_status sy_value_model_parse(const char *text, size_t length, const char *name,
                               const sy_memory *memory, sy_value_model **model, sy_error *error) {
  cJSON *root;
  sy_status status;
  if (!name) name = "value model";
  status = sy_json_parse(text, length, name, memory, &root, error);
  return status ? status : read_tree(root, name, memory, model, error);
}

sy_status sy_value_model_load(const char *path, const sy_memory *memory, sy_value_model **model,
                              sy_error *error) {
  cJSON *root;
  sy_status status = sy_json_load(path, memory, &root, error);
  return status ? status : read_tree(root, path, memory, model, error);
}

/* ---------------------------------------------------------------- to JSON -------------------- */

static void write_weights(const sy_value_model *model, sy_buffer *out) {
  size_t count = sy_value_model_count(model);
  sy_buffer_text(out, "  \"weights\": {\n");
  for (size_t t = 0; t < count; t++) {
    const char *task = sy_value_model_task(model, t);
    sy_buffer_text(out, "    ");
    sy_buffer_string(out, task, strlen(task));
    sy_buffer_text(out, ": ");
    sy_buffer_number(out, sy_value_model_weights(model)[t]);
    sy_buffer_text(out, t + 1 < count ? ",\n" : "\n");
  }
  sy_buffer_text(out, "  }");
}

static sy_status write_calibrators(const sy_value_model *model, sy_buffer *out, sy_error *error) {
  sy_status status = SY_OK;
  int written = 0;
  for (size_t t = 0; t < sy_value_model_count(model) && !status; t++) {
    const sy_calibrator *calibrator = sy_value_model_calibrator(model, t);
    const char *task = sy_value_model_task(model, t);
    if (!calibrator) continue;
    sy_buffer_text(out, written++ ? ",\n    " : ",\n  \"calibrators\": {\n    ");
    sy_buffer_string(out, task, strlen(task));
    sy_buffer_text(out, ": ");
    status = sy_calibrator_write(calibrator, 2, out, error);
  }
  if (written) sy_buffer_text(out, "\n  }");
  return status;
}

sy_status sy_value_model_save(const sy_value_model *model, const char *path, sy_error *error) {
  sy_memory memory = sy_value_model_memory(model);
  sy_buffer text;
  sy_status status;
  sy_buffer_init(&text, &memory);
  sy_buffer_text(&text, "{\n  \"format\": \"" FORMAT "\",\n  \"version\": 1,\n");
  write_weights(model, &text);
  status = write_calibrators(model, &text, error);
  sy_buffer_text(&text, "\n}\n");
  if (!status) status = sy_buffer_save(&text, path, error);
  sy_buffer_release(&text);
  return status;
}
