/*
 * calibrator_write.c - calibrators to JSON. Every number is written so that its bits come back;
 * keys stand in one order, so that equal calibrators give equal bytes.
 */
#include <math.h>
#include <string.h>

#include "io/calibrator_json.h"

typedef struct writer {
  sy_buffer *out;
  int depth; /* how far the calibrator is indented; -1: all on one line */
} writer;

/* Ends a member, or opens an object: the next one is on a line of its own, `more` deeper. */
static void next(const writer *w, const char *mark, int more) {
  sy_buffer_text(w->out, mark);
  if (w->depth < 0) {
    if (*mark == ',') sy_buffer_text(w->out, " ");
    return;
  }
  sy_buffer_text(w->out, "\n");
  for (int i = 0; i < w->depth + more; i++) sy_buffer_text(w->out, "  ");
}

static void write_text(const writer *w, const char *text) {
  sy_buffer_string(w->out, text, strlen(text));
}

static void write_numbers(const writer *w, const char *key, const double *numbers, size_t count) {
  sy_buffer_text(w->out, key);
  sy_buffer_text(w->out, "[");
  for (size_t i = 0; i < count; i++) {
    if (i) sy_buffer_text(w->out, ", ");
    sy_buffer_number(w->out, numbers[i]);
  }
  sy_buffer_text(w->out, "]");
}

static void write_number(const writer *w, const char *key, double number) {
  sy_buffer_text(w->out, key);
  sy_buffer_number(w->out, number);
}

/* An end at infinity is where logits are held, which reading takes for granted. */
static void write_end(const writer *w, const char *key, double number) {
  if (isfinite(number)) write_number(w, key, number);
}

static void write_map(const writer *w, const sy_map *map) {
  static const char *const kinds[] = {"scale", "logistic", "knots"};
  sy_buffer_text(w->out, "\"map\": {\"kind\": ");
  write_text(w, kinds[map->kind]);
  write_number(w, ", \"rate\": ", map->rate);
  if (map->kind == SY_MAP_SCALE) write_number(w, ", \"factor\": ", map->factor);
  if (map->kind == SY_MAP_LOGISTIC) {
    write_numbers(w, ", \"c\": ", map->c, SY_COUNT(map->c));
    write_end(w, ", \"z_low\": ", map->z_low);
    write_end(w, ", \"z_high\": ", map->z_high);
    if (map->p_low > 0.0) write_number(w, ", \"p_low\": ", map->p_low);
    if (map->q_low > 0.0) write_number(w, ", \"q_low\": ", map->q_low);
  }
  if (map->kind == SY_MAP_KNOTS) {
    sy_buffer_text(w->out, map->in_logits ? ", \"in_logits\": true" : ", \"in_logits\": false");
    sy_buffer_text(w->out, map->step ? ", \"step\": true" : ", \"step\": false");
    write_numbers(w, ", \"x\": ", map->x, map->knots);
    write_numbers(w, ", \"y\": ", map->y, map->knots);
  }
  sy_buffer_text(w->out, "}");
}

static void write_feature(const writer *w, const sy_feature *feature) {
  sy_buffer_text(w->out, "{\"name\": ");
  write_text(w, feature->name);
  if (feature->numbers) write_numbers(w, ", \"numbers\": ", feature->numbers, feature->size);
  else if (!feature->values) write_numbers(w, ", \"edges\": ", feature->edges, feature->size - 1);
  else {
    sy_buffer_text(w->out, ", \"values\": [");
    for (size_t i = 0; i < feature->size; i++) {
      if (i) sy_buffer_text(w->out, ", ");
      write_text(w, feature->values[i]);
    }
    sy_buffer_text(w->out, "]");
  }
  sy_buffer_text(w->out, "}");
}

static void write_table(const writer *w, const sy_calibrator_parts *parts,
                        const sy_offset_table *table) {
  size_t cells = table->edges + 1;
  sy_buffer_text(w->out, "{\"features\": [");
  for (size_t i = 0; i < table->features; i++) {
    if (i) sy_buffer_text(w->out, ", ");
    write_text(w, parts->feature[table->feature[i]].name);
    cells *= parts->feature[table->feature[i]].size;
  }
  write_numbers(w, "], \"edges\": ", table->edge, table->edges);
  write_numbers(w, ", \"offsets\": ", table->offsets, cells);
  sy_buffer_text(w->out, "}");
}

static void write_lists(const writer *w, const sy_calibrator_parts *parts) {
  if (parts->features) {
    next(w, ",", 1);
    sy_buffer_text(w->out, "\"features\": [");
    for (size_t i = 0; i < parts->features; i++) {
      next(w, i ? "," : "", 2);
      write_feature(w, &parts->feature[i]);
    }
    next(w, "", 1);
    sy_buffer_text(w->out, "]");
  }
  if (!parts->tables) return;
  next(w, ",", 1);
  sy_buffer_text(w->out, "\"tables\": [");
  for (size_t i = 0; i < parts->tables; i++) {
    next(w, i ? "," : "", 2);
    write_table(w, parts, &parts->table[i]);
  }
  next(w, "", 1);
  sy_buffer_text(w->out, "]");
}

static int is_list_of_objects(const cJSON *item) {
  return cJSON_IsArray(item) && cJSON_IsObject(item->child);
}

/* A list of objects, one a line: the candidates of a choice, say. */
static void write_objects(const writer *w, const cJSON *list) {
  sy_buffer_text(w->out, "[");
  for (const cJSON *item = list->child; item; item = item->next) {
    next(w, item == list->child ? "" : ",", 3);
    sy_buffer_tree(w->out, item);
  }
  next(w, "", 2);
  sy_buffer_text(w->out, "]");
}

/* On one line, unless it has such lists: then a member a line. */
static void write_object(const writer *w, const cJSON *object) {
  const cJSON *list = object->child;
  while (list && !is_list_of_objects(list)) list = list->next;
  if (!list) {
    sy_buffer_tree(w->out, object);
    return;
  }
  sy_buffer_text(w->out, "{");
  for (const cJSON *item = object->child; item; item = item->next) {
    next(w, item == object->child ? "" : ",", 2);
    sy_buffer_string(w->out, item->string, strlen(item->string));
    sy_buffer_text(w->out, ": ");
    if (is_list_of_objects(item)) write_objects(w, item);
    else sy_buffer_tree(w->out, item);
  }
  next(w, "", 1);
  sy_buffer_text(w->out, "}");
}

/* What is told of the fit, as cJSON reads it: a text of the caller's, who may have it wrong. */
static sy_status write_about(const writer *w, const char *about, sy_error *error) {
  cJSON *tree;
  int object;
  sy_status status = sy_json_parse(about, strlen(about), "about", &w->out->memory, &tree, error);
  if (status == SY_E_MEMORY) return status;
  if (status) return error ? error->status = SY_E_ARGUMENT : SY_E_ARGUMENT;
  object = cJSON_IsObject(tree);
  if (object) {
    sy_buffer_text(w->out, "\"fit\": ");
    write_object(w, tree);
    next(w, ",", 1);
  }
  cJSON_Delete(tree);
  return object ? SY_OK : sy_fail(error, SY_E_ARGUMENT, "about: it must be a JSON object");
}

static sy_status write_members(const writer *w, const sy_calibrator *calibrator, sy_error *error) {
  const sy_calibrator_parts *parts = sy_calibrator_parts_of(calibrator);
  sy_status status = SY_OK;
  sy_buffer_text(w->out, "\"method\": ");
  write_text(w, parts->method);
  next(w, ",", 1);
  if (parts->about) status = write_about(w, parts->about, error);
  if (status) return status;
  write_map(w, &parts->map);
  write_lists(w, parts);
  next(w, "", 0);
  sy_buffer_text(w->out, "}");
  return w->out->failed ? sy_fail_memory(error) : SY_OK;
}

sy_status sy_calibrator_write(const sy_calibrator *calibrator, int depth, sy_buffer *out,
                              sy_error *error) {
  writer w = {out, depth};
  next(&w, "{", 1);
  return write_members(&w, calibrator, error);
}

sy_status sy_calibrator_write_file(const sy_calibrator *calibrator, sy_buffer *out,
                                   sy_error *error) {
  writer w = {out, 0};
  sy_status status;
  next(&w, "{", 1);
  sy_buffer_text(out, "\"format\": \"steelyard calibrator\"");
  next(&w, ",", 1);
  sy_buffer_text(out, "\"version\": 1");
  next(&w, ",", 1);
  status = write_members(&w, calibrator, error);
  sy_buffer_text(out, "\n");
  return status ? status : out->failed ? sy_fail_memory(error) : SY_OK;
}
