/*
 * calibrator_json.c - calibrators from JSON. Structure is checked here, so that messages name the
 * JSON path; what numbers make no sense, sy_calibrator_bytes says.
 */
#include "io/calibrator_json.h"

#include <string.h>

#include "io/dictionary.h"
#include "io/json_fields.h"
#include "io/message.h"

/* The scratch memory: what is left of it, aligned for pointers and doubles. */
typedef struct reader {
  sy_json_reader json;
  char *room;
} reader;

#define REFUSE(r, at, ...) SY_JSON_REFUSE(&(r)->json, at, __VA_ARGS__)

static void *take(reader *r, size_t bytes) {
  void *taken = r->room;
  r->room += (bytes + 7) & ~(size_t)7;
  return taken;
}

static sy_status need_array(const reader *r, const sy_json_step *at) {
  return cJSON_IsArray(at->item) ? SY_OK : sy_json_refuse_kind(&r->json, at, "an array");
}

/* ---------------------------------------------------------------- lists ---------------------- */

static sy_status read_numbers(reader *r, const sy_json_step *at, int ascending,
                              const double **numbers, size_t *count) {
  size_t n = (size_t)cJSON_GetArraySize(at->item), i = 0;
  sy_status status = need_array(r, at);
  double *out;
  if (status) return status;
  out = take(r, n * sizeof *out);
  for (const cJSON *item = at->item->child; item; item = item->next, i++) {
    sy_json_step child = {at, item, i};
    if (!cJSON_IsNumber(item)) return sy_json_refuse_kind(&r->json, &child, "a number");
    out[i] = item->valuedouble;
    if (ascending && i > 0 && !(out[i] > out[i - 1]))
      return REFUSE(r, &child, "%.17g is not above %.17g before it", out[i], out[i - 1]);
  }
  *numbers = out;
  *count = n;
  return SY_OK;
}

/* Texts, each once. */
static sy_status read_texts(reader *r, const sy_json_step *at, const char *const **texts,
                            size_t *count) {
  size_t n = (size_t)cJSON_GetArraySize(at->item), i = 0;
  sy_dictionary seen;
  sy_status status = need_array(r, at);
  const char **out;
  if (status) return status;
  out = take(r, n * sizeof *out);
  sy_dictionary_init(&seen, r->json.memory);
  for (const cJSON *item = at->item->child; item && !status; item = item->next, i++) {
    sy_json_step child = {at, item, i};
    int32_t code = 0;
    if (!cJSON_IsString(item)) status = sy_json_refuse_kind(&r->json, &child, "a string");
    else code = sy_dictionary_code(&seen, item->valuestring, strlen(item->valuestring));
    if (code < 0) status = sy_fail_memory(r->json.error);
    else if (!status && (size_t)code != i)
      status = REFUSE(r, &child, "%s is there twice",
                      sy_show(item->valuestring, strlen(item->valuestring)).text);
    else if (!status) out[i] = item->valuestring;
  }
  sy_dictionary_release(&seen);
  *texts = out;
  *count = n;
  return status;
}

/* ---------------------------------------------------------------- the map -------------------- */

static sy_status read_scale(reader *r, const sy_json_step *at, sy_map *map) {
  sy_json_field f[] = {{"kind", NULL}, {"rate", NULL}, {"factor", NULL}};
  sy_status status = sy_json_find(&r->json, at, f, SY_COUNT(f));
  if (!status) status = sy_json_read_number(&r->json, at, &f[1], &map->rate);
  if (!status) status = sy_json_need(&r->json, at, &f[2]);
  return status ? status : sy_json_read_number(&r->json, at, &f[2], &map->factor);
}

static sy_status read_logistic(reader *r, const sy_json_step *at, sy_map *map) {
  sy_json_field f[] = {{"kind", NULL},   {"rate", NULL},  {"c", NULL},    {"z_low", NULL},
                       {"z_high", NULL}, {"p_low", NULL}, {"q_low", NULL}};
  sy_status status = sy_json_find(&r->json, at, f, SY_COUNT(f));
  const double *c = NULL;
  size_t count = 0;
  if (!status) status = sy_json_read_number(&r->json, at, &f[1], &map->rate);
  if (!status) status = sy_json_need(&r->json, at, &f[2]);
  if (!status) {
    sy_json_step list = {at, f[2].item, 0};
    status = read_numbers(r, &list, 0, &c, &count);
    if (!status && count != SY_COUNT(map->c))
      status = REFUSE(r, &list, "%zu numbers, but it must be %zu", count, SY_COUNT(map->c));
  }
  if (!status) memcpy(map->c, c, sizeof map->c);
  if (!status) status = sy_json_read_number(&r->json, at, &f[3], &map->z_low);
  if (!status) status = sy_json_read_number(&r->json, at, &f[4], &map->z_high);
  if (!status) status = sy_json_read_number(&r->json, at, &f[5], &map->p_low);
  return status ? status : sy_json_read_number(&r->json, at, &f[6], &map->q_low);
}

/* Knots' coordinates that are no logits must be probabilities. */
static sy_status check_probabilities(const reader *r, const sy_json_step *at) {
  size_t i = 0;
  for (const cJSON *item = at->item->child; item; item = item->next, i++) {
    sy_json_step child = {at, item, i};
    if (item->valuedouble >= 0.0 && item->valuedouble <= 1.0) continue;
    return REFUSE(r, &child, "%.17g is not from 0 to 1", item->valuedouble);
  }
  return SY_OK;
}

static sy_status read_knots(reader *r, const sy_json_step *at, sy_map *map) {
  sy_json_field f[] = {{"kind", NULL}, {"rate", NULL},      {"x", NULL},
                       {"y", NULL},    {"in_logits", NULL}, {"step", NULL}};
  sy_status status = sy_json_find(&r->json, at, f, SY_COUNT(f));
  size_t count = 0;
  if (!status) status = sy_json_read_number(&r->json, at, &f[1], &map->rate);
  if (!status) status = sy_json_read_flag(&r->json, at, &f[4], &map->in_logits);
  if (!status) status = sy_json_read_flag(&r->json, at, &f[5], &map->step);
  for (size_t i = 2; i < 4 && !status; i++) {
    sy_json_step list = {at, f[i].item, 0};
    status = sy_json_need(&r->json, at, &f[i]);
    if (!status) status = read_numbers(r, &list, i == 2, i == 2 ? &map->x : &map->y, &count);
    if (!status && i == 2) map->knots = count;
    else if (!status && count != map->knots)
      status = REFUSE(r, &list, "%zu numbers, but x has %zu", count, map->knots);
    if (!status && !map->in_logits) status = check_probabilities(r, &list);
  }
  return status;
}

static sy_status read_map(reader *r, const sy_json_step *at, sy_map *map) {
  static const sy_json_field kinds[] = {{"scale", NULL}, {"logistic", NULL}, {"knots", NULL}};
  static sy_status (*const readers[])(reader *, const sy_json_step *,
                                      sy_map *) = {read_scale, read_logistic, read_knots};
  sy_json_step kind = {at, NULL, 0};
  map->rate = 1.0;
  map->z_low = -40.0; /* where logits are held: no tangents */
  map->z_high = 40.0;
  if (!cJSON_IsObject(at->item)) return sy_json_refuse_kind(&r->json, at, "an object");
  kind.item = cJSON_GetObjectItemCaseSensitive(at->item, "kind");
  if (!kind.item) return REFUSE(r, at, "no key \"kind\"");
  if (!cJSON_IsString(kind.item)) return sy_json_refuse_kind(&r->json, &kind, "a string");
  for (size_t i = 0; i < SY_COUNT(kinds); i++) {
    if (strcmp(kind.item->valuestring, kinds[i].key) != 0) continue;
    map->kind = (sy_map_kind)i;
    return readers[i](r, at, map);
  }
  return REFUSE(r, &kind, "%s is not one of scale, logistic, knots",
                sy_show(kind.item->valuestring, strlen(kind.item->valuestring)).text);
}

/* ---------------------------------------------------------------- features and tables -------- */

static sy_status read_feature(reader *r, const sy_json_step *at, sy_feature *feature) {
  sy_json_field f[] = {{"name", NULL}, {"values", NULL}, {"numbers", NULL}, {"edges", NULL}};
  sy_status status = sy_json_find(&r->json, at, f, SY_COUNT(f));
  sy_json_step list = {at, NULL, 0};
  int kinds = 0;
  memset(feature, 0, sizeof *feature);
  if (!status) status = sy_json_need(&r->json, at, &f[0]);
  if (!status) status = sy_json_read_text(&r->json, at, &f[0], &feature->name);
  if (!status && !*feature->name) status = REFUSE(r, at, "an empty name");
  for (size_t i = 1; i < SY_COUNT(f); i++) {
    if (f[i].item) list.item = f[i].item, kinds++;
  }
  if (status) return status;
  if (kinds != 1) return REFUSE(r, at, "one of values, numbers and edges is needed");
  if (f[1].item) return read_texts(r, &list, &feature->values, &feature->size);
  if (f[2].item) return read_numbers(r, &list, 1, &feature->numbers, &feature->size);
  status = read_numbers(r, &list, 1, &feature->edges, &feature->size);
  feature->size += !status;
  return status;
}

/* An array of objects: only of these is there scratch memory for features and tables. */
static sy_status need_objects(const reader *r, const sy_json_step *at, size_t *count) {
  sy_status status = need_array(r, at);
  *count = 0;
  for (const cJSON *item = at->item->child; item && !status; item = item->next) {
    sy_json_step child = {at, item, (*count)++};
    if (!cJSON_IsObject(item)) status = sy_json_refuse_kind(&r->json, &child, "an object");
  }
  return status;
}

static sy_status read_features(reader *r, const sy_json_step *at, sy_calibrator_parts *parts) {
  size_t count, i = 0;
  sy_status status = need_objects(r, at, &count);
  sy_feature *features;
  if (status) return status;
  if (count > SY_FEATURES_MAX)
    return REFUSE(r, at, "%zu features, but %d are the most", count, SY_FEATURES_MAX);
  features = take(r, count * sizeof *features);
  for (const cJSON *item = at->item->child; item; item = item->next, i++) {
    sy_json_step child = {at, item, i};
    status = read_feature(r, &child, &features[i]);
    if (status) return status;
    for (size_t j = 0; j < i; j++) {
      if (strcmp(features[j].name, features[i].name) != 0) continue;
      return REFUSE(r, &child, "feature %s is there twice",
                    sy_show(features[i].name, strlen(features[i].name)).text);
    }
  }
  parts->features = count;
  parts->feature = features;
  return SY_OK;
}

/* Which of the features the name at a place is. */
static sy_status find_feature(const reader *r, const sy_json_step *at,
                              const sy_calibrator_parts *parts, size_t *feature) {
  const char *name = at->item->valuestring;
  sy_suggestion suggestion;
  if (!cJSON_IsString(at->item)) return sy_json_refuse_kind(&r->json, at, "a string");
  sy_suggest(&suggestion, name, strlen(name));
  for (size_t i = 0; i < parts->features; i++) {
    *feature = i;
    if (strcmp(parts->feature[i].name, name) == 0) return SY_OK;
    sy_suggest_offer(&suggestion, parts->feature[i].name, strlen(parts->feature[i].name));
  }
  return REFUSE(r, at, "there is no feature %s%s", sy_show(name, strlen(name)).text,
                sy_suggest_text(&suggestion));
}

/* The features of a table; cells: how many combinations of their values there are. */
static sy_status read_table_features(reader *r, const sy_json_step *at,
                                     const sy_calibrator_parts *parts, sy_offset_table *table,
                                     size_t *cells) {
  sy_status status = need_array(r, at);
  size_t i = 0;
  if (status) return status;
  *cells = 1;
  for (const cJSON *item = at->item->child; item; item = item->next, i++) {
    sy_json_step child = {at, item, i};
    size_t feature = 0;
    status = find_feature(r, &child, parts, &feature);
    if (status) return status;
    if (i == SY_TABLE_FEATURES)
      return REFUSE(r, at, "more features than %d, the most of a table", SY_TABLE_FEATURES);
    for (size_t j = 0; j < i; j++) {
      if (table->feature[j] == feature) return REFUSE(r, &child, "the feature is there twice");
    }
    table->feature[i] = feature;
    if (__builtin_mul_overflow(*cells, parts->feature[feature].size, cells))
      return REFUSE(r, at, "too many combinations of values");
  }
  table->features = i;
  return SY_OK;
}

static sy_status read_table(reader *r, const sy_json_step *at, const sy_calibrator_parts *parts,
                            sy_offset_table *table) {
  sy_json_field f[] = {{"features", NULL}, {"edges", NULL}, {"offsets", NULL}};
  sy_status status = sy_json_find(&r->json, at, f, SY_COUNT(f));
  sy_json_step features = {at, NULL, 0}, edges = features, offsets = features;
  size_t cells = 1, count = 0;
  memset(table, 0, sizeof *table);
  if (!status) status = sy_json_need(&r->json, at, &f[0]);
  if (!status) status = sy_json_need(&r->json, at, &f[2]);
  features.item = f[0].item;
  edges.item = f[1].item;
  offsets.item = f[2].item;
  if (!status) status = read_table_features(r, &features, parts, table, &cells);
  if (!status && edges.item) status = read_numbers(r, &edges, 1, &table->edge, &table->edges);
  if (!status) status = read_numbers(r, &offsets, 0, &table->offsets, &count);
  if (status) return status;
  if (__builtin_mul_overflow(cells, table->edges + 1, &cells) || cells != count)
    return REFUSE(r, &offsets, "%zu numbers, but there are %zu cells", count, cells);
  return SY_OK;
}

static sy_status read_tables(reader *r, const sy_json_step *at, sy_calibrator_parts *parts) {
  size_t count, i = 0;
  sy_status status = need_objects(r, at, &count);
  sy_offset_table *tables;
  if (status) return status;
  tables = take(r, count * sizeof *tables);
  for (const cJSON *item = at->item->child; item; item = item->next, i++) {
    sy_json_step child = {at, item, i};
    status = read_table(r, &child, parts, &tables[i]);
    if (status) return status;
  }
  parts->tables = count;
  parts->table = tables;
  return SY_OK;
}

/* ---------------------------------------------------------------- the calibrator ------------- */

enum { FORMAT, VERSION, METHOD, FIT, MAP, FEATURES, TABLES };

/* The parts of the object at a place, but for what is told of the fit. */
static sy_status read_parts(reader *r, const sy_json_step *at, sy_calibrator_parts *parts,
                            const cJSON **fit) {
  sy_json_field f[] = {
      [FORMAT] = {"format", NULL}, [VERSION] = {"version", NULL}, [METHOD] = {"method", NULL},
      [FIT] = {"fit", NULL},       [MAP] = {"map", NULL},         [FEATURES] = {"features", NULL},
      [TABLES] = {"tables", NULL}};
  sy_json_step steps[SY_COUNT(f)];
  sy_status status = sy_json_find(&r->json, at, f, SY_COUNT(f));
  for (size_t i = 0; i < SY_COUNT(f); i++) steps[i] = (sy_json_step){at, f[i].item, 0};
  if (!status)
    status = sy_json_check_format(&r->json, at, &f[FORMAT], &f[VERSION], "steelyard calibrator");
  if (!status) status = sy_json_need(&r->json, at, &f[MAP]);
  if (!status) status = read_map(r, &steps[MAP], &parts->map);
  if (!status && f[FIT].item && !cJSON_IsObject(f[FIT].item))
    status = sy_json_refuse_kind(&r->json, &steps[FIT], "an object");
  if (!status && f[FEATURES].item) status = read_features(r, &steps[FEATURES], parts);
  if (!status && f[TABLES].item) status = read_tables(r, &steps[TABLES], parts);
  if (status) return status;
  parts->method = cJSON_GetObjectItemCaseSensitive(steps[MAP].item, "kind")->valuestring;
  *fit = f[FIT].item;
  return sy_json_read_text(&r->json, at, &f[METHOD], &parts->method);
}

/* Enough for a number or a pointer an item, a feature or a table an object. */
static size_t scratch_of(const cJSON *item) {
  size_t bytes = 8;
  if (cJSON_IsObject(item))
    bytes +=
        sizeof(sy_feature) > sizeof(sy_offset_table) ? sizeof(sy_feature) : sizeof(sy_offset_table);
  for (const cJSON *c = item->child; c; c = c->next) bytes += scratch_of(c);
  return bytes;
}

static sy_status make(const reader *r, const sy_json_step *at, sy_calibrator_parts *parts,
                      const cJSON *fit, sy_calibrator **calibrator) {
  sy_error why = {SY_OK, ""};
  sy_buffer about;
  sy_status status;
  sy_buffer_init(&about, r->json.memory);
  if (fit) {
    sy_buffer_tree(&about, fit);
    sy_buffer_add(&about, "", 1);
    parts->about = about.data;
  }
  status = about.failed ? sy_fail_memory(r->json.error)
                        : sy_calibrator_make(parts, r->json.memory, calibrator, &why);
  sy_buffer_release(&about);
  if (about.failed || !status) return status;
  if (status == SY_E_MEMORY) return sy_fail_memory(r->json.error);
  return REFUSE(r, at, "%s", why.message);
}

sy_status sy_calibrator_read(const sy_json_step *at, const char *name, const sy_memory *memory,
                             sy_calibrator **calibrator, sy_error *error) {
  size_t size = scratch_of(at->item);
  char *scratch = sy_allocate(memory, size);
  reader r = {{name, memory, error}, scratch};
  sy_calibrator_parts parts;
  const cJSON *fit = NULL;
  sy_status status;
  if (!scratch) return sy_fail_memory(error);
  memset(&parts, 0, sizeof parts);
  status = read_parts(&r, at, &parts, &fit);
  if (!status) status = make(&r, at, &parts, fit, calibrator);
  sy_release(memory, scratch, size);
  return status;
}
