/*
 * jsonl.c - JSON Lines: one object a line, its keys are columns.
 *
 * cJSON reads the values. The grammar check that runs before it also notes where the members'
 * values stand, so that a number in a category column keeps its spelling (ids of 19 digits differ
 * even where their doubles do not).
 */
#include <stdio.h>
#include <string.h>

#include "io/json.h"
#include "io/message.h"
#include "io/table.h"

#define NESTED (-2) /* a key left out because it holds arrays or objects */

typedef struct span {
  size_t start, length;
} span;

typedef struct jsonl {
  sy_table *table;
  sy_error *error;
  sy_keys keys;
  span *members; /* of the line */
  size_t count, room;
  size_t line;
  size_t stamp;   /* of this attempt at this line */
  size_t present; /* columns that the line has */
  size_t visible; /* columns that are not hidden */
} jsonl;

static int note_member(void *context, size_t start, size_t length) {
  jsonl *j = context;
  if (j->count == j->room) {
    size_t size = sizeof *j->members, room = j->room ? j->room * 2 : 16;
    span *members = sy_resize(&j->table->memory, j->members, j->room * size, room * size);
    if (!members) return 1;
    j->members = members;
    j->room = room;
  }
  j->members[j->count].start = start;
  j->members[j->count++].length = length;
  return 0;
}

static sy_status refuse_key(jsonl *j, const char *key, const char *what) {
  return sy_table_refuse_line(j->table, j->line, j->error, "column %s: %s",
                              sy_show_name(key, strlen(key)).text, what);
}

/* A key that no line had before, where all columns are read. */
static sy_status add_column(jsonl *j, const cJSON *item, int32_t code) {
  sy_status status;
  if (cJSON_IsArray(item) || cJSON_IsObject(item)) {
    j->keys.columns[code] = NESTED;
    return SY_OK;
  }
  status = sy_table_add(j->table, item->string, strlen(item->string), SY_KIND_AUTO, 0, j->error);
  if (status != SY_OK) return status;
  j->keys.columns[code] = (int32_t)j->table->count - 1;
  j->visible++;
  return SY_OK;
}

static sy_status set_nested(jsonl *j, const cJSON *item, int32_t code) {
  sy_column *column = &j->table->columns[j->keys.columns[code]];
  char what[80];
  if (j->table->all && column->kind == SY_KIND_AUTO) {
    /* Only null until now: leave the column out after all. */
    column->hidden = 1;
    j->keys.columns[code] = NESTED;
    j->visible--;
    return SY_OK;
  }
  snprintf(what, sizeof what, "%s is not a number or a string", sy_json_kind(item));
  return refuse_key(j, item->string, what);
}

static sy_status set_string(jsonl *j, const cJSON *item, size_t column) {
  const char *text = item->valuestring;
  char what[256];
  if (j->table->columns[column].kind != SY_KIND_NUMBER) {
    return sy_table_category_text(j->table, column, text, strlen(text), j->error);
  }
  snprintf(what, sizeof what, "%s is a string, not a number", sy_show(text, strlen(text)).text);
  return refuse_key(j, item->string, what);
}

static sy_status set_cell(jsonl *j, const cJSON *item, int32_t code, const char *text,
                          size_t length) {
  size_t column = (size_t)j->keys.columns[code];
  if (cJSON_IsArray(item) || cJSON_IsObject(item)) return set_nested(j, item, code);
  j->present++;
  if (cJSON_IsNull(item)) return sy_table_missing(j->table, column, j->error);
  if (cJSON_IsString(item)) return set_string(j, item, column);
  if (j->table->columns[column].kind == SY_KIND_CATEGORY) {
    return sy_table_category_text(j->table, column, text, length, j->error);
  }
  if (cJSON_IsBool(item)) {
    return sy_table_number(j->table, column, cJSON_IsTrue(item) ? 1.0 : 0.0, j->error);
  }
  return sy_table_number(j->table, column, item->valuedouble, j->error);
}

static sy_status set_member(jsonl *j, const cJSON *item, const char *text, size_t length) {
  int32_t code, column;
  int fresh;
  sy_status status =
      sy_keys_code(&j->keys, item->string, strlen(item->string), &code, &fresh, j->error);
  if (status != SY_OK) return status;
  if (j->keys.stamps[code] == j->stamp) {
    return refuse_key(j, item->string, "the key is there twice");
  }
  j->keys.stamps[code] = j->stamp;
  if (fresh && j->table->all) {
    status = add_column(j, item, code);
    if (status != SY_OK) return status;
  }
  column = j->keys.columns[code];
  if (column == NESTED && !cJSON_IsArray(item) && !cJSON_IsObject(item) && !cJSON_IsNull(item)) {
    return refuse_key(j, item->string, "a value where lines before have an array or an object");
  }
  return column < 0 ? SY_OK : set_cell(j, item, code, text, length);
}

/* The columns that the line does not have. */
static sy_status set_absent(jsonl *j) {
  sy_table *table = j->table;
  for (size_t code = 0; code < j->keys.names.count; code++) {
    int32_t column = j->keys.columns[code];
    sy_status status;
    if (column < 0 || j->keys.stamps[code] == j->stamp) continue;
    if (!j->keys.stamps[code] && table->missing == SY_MISSING_ERROR &&
        table->columns[column].kind == SY_KIND_NUMBER) {
      return sy_keys_absent(&j->keys, table, (size_t)column, j->line, j->error);
    }
    status = sy_table_missing(table, (size_t)column, j->error);
    if (status != SY_OK) return status;
  }
  return SY_OK;
}

static sy_status set_row(jsonl *j, const cJSON *root, const char *line) {
  size_t member = 0;
  sy_status status = sy_table_row(j->table, NULL, j->error);
  j->stamp++;
  j->present = 0;
  for (const cJSON *item = root->child; item && status == SY_OK; item = item->next, member++) {
    status = set_member(j, item, line + j->members[member].start, j->members[member].length);
  }
  if (status == SY_OK && j->present != j->visible) status = set_absent(j);
  return status;
}

static sy_status read_line(jsonl *j, const char *line, size_t length) {
  sy_json_fault fault;
  sy_status status;
  cJSON *root;
  int found;
  j->count = 0;
  found = sy_json_check(line, length, note_member, j, &fault);
  if (found == 2) return sy_fail_memory(j->error);
  if (found) {
    return sy_fail(j->error, SY_E_FORMAT, "%s:%zu:%zu: %s", sy_show_path(j->table->path).text,
                   j->line, fault.offset + 1, fault.message);
  }
  root = sy_json_tree(line, length);
  if (!root) return sy_fail_memory(j->error);
  if (cJSON_IsObject(root)) {
    do status = set_row(j, root, line);
    while (status == SY_RESTART);
  } else {
    status =
        sy_table_refuse_line(j->table, j->line, j->error, "%s, not an object", sy_json_kind(root));
  }
  cJSON_Delete(root);
  return status;
}

static int is_blank(const char *line, size_t length) {
  size_t i = 0;
  while (i < length && (line[i] == ' ' || line[i] == '\t')) i++;
  return i == length;
}

static sy_status read_lines(jsonl *j, sy_text *text) {
  for (j->line = 1;; j->line++) {
    char *line;
    size_t length;
    sy_status status = sy_text_line(text, j->line, &line, &length, j->error);
    if (status != SY_OK) return status;
    if (!line) break;
    if (is_blank(line, length)) continue;
    j->table->line = j->line;
    status = read_line(j, line, length);
    if (status != SY_OK) return status;
    if (j->table->rows == 0) j->table->first_line = j->line;
    sy_table_commit(j->table);
  }
  return sy_keys_check(&j->keys, j->table, j->error);
}

sy_status sy_read_jsonl(sy_table *table, sy_text *text, sy_error *error) {
  jsonl j;
  sy_status status;
  memset(&j, 0, sizeof j);
  j.table = table;
  j.error = error;
  j.visible = table->count;
  status = sy_keys_init(&j.keys, table, error);
  if (status == SY_OK) status = read_lines(&j, text);
  sy_keys_release(&j.keys);
  sy_release(&table->memory, j.members, j.room * sizeof *j.members);
  return status;
}
