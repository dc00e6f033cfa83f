/*
 * letor.c - LETOR and SVMlight: "label qid:ID feature:value ... # comment"; a feature that a line
 * does not name is 0.
 *
 * Columns: label, qid (where the file has it), then the features in ascending order.
 */
#include <stdlib.h>
#include <string.h>

#include "io/message.h"
#include "io/table.h"

#define INDEX_LENGTH 18 /* digits of a feature's index */

typedef struct letor {
  sy_table *table;
  sy_error *error;
  sy_keys keys;
  int32_t label, qid; /* their keys */
  size_t line;
  size_t first_line; /* the first that is not blank */
  int grouped;       /* that line has a qid */
  size_t present;    /* columns that the line sets */
} letor;

/* The next word of a line, or NULL. */
static const char *next_word(const char **p, const char *end, size_t *length) {
  const char *start = *p;
  while (start < end && (*start == ' ' || *start == '\t')) start++;
  *p = start;
  while (*p < end && **p != ' ' && **p != '\t') ++*p;
  *length = (size_t)(*p - start);
  return *length ? start : NULL;
}

static sy_status add_key(letor *l, const char *name, sy_kind kind, int32_t *code) {
  int fresh;
  sy_status status = sy_keys_code(&l->keys, name, strlen(name), code, &fresh, l->error);
  if (status != SY_OK || !fresh || !l->table->all) return status;
  status = sy_table_add(l->table, name, strlen(name), kind, 0, l->error);
  if (status == SY_OK) l->keys.columns[*code] = (int32_t)l->table->count - 1;
  return status;
}

/* The first line tells whether there are qids. */
static sy_status begin(letor *l, int grouped) {
  sy_status status = add_key(l, "label", SY_KIND_NUMBER, &l->label);
  l->first_line = l->line;
  l->grouped = grouped;
  l->qid = -1;
  if (status == SY_OK && grouped) status = add_key(l, "qid", SY_KIND_CATEGORY, &l->qid);
  return status;
}

static sy_status set_text(letor *l, int32_t code, const char *text, size_t length) {
  int32_t column = l->keys.columns[code];
  l->keys.stamps[code] = l->line;
  if (column < 0) return SY_OK;
  l->present++;
  return sy_table_text(l->table, (size_t)column, text, length, l->error);
}

static sy_status refuse_word(const letor *l, const char *word, size_t length, const char *what) {
  return sy_table_refuse_line(l->table, l->line, l->error, "%s %s", sy_show(word, length).text,
                              what);
}

static sy_status set_feature(letor *l, const char *word, size_t length) {
  const char *colon = memchr(word, ':', length), *value = colon ? colon + 1 : NULL;
  size_t digits = 0, size, count = l->table->count;
  const char *name = word;
  sy_status status;
  int32_t code, column;
  double number;
  int fresh;
  while (colon && word + digits < colon && (unsigned)(word[digits] - '0') < 10u) digits++;
  if (!colon || digits == 0 || word + digits != colon) {
    return refuse_word(l, word, length, "is not feature:value");
  }
  while (digits > 1 && *name == '0') name++, digits--;
  if (digits > INDEX_LENGTH) return refuse_word(l, word, length, "has too large an index");
  status = sy_keys_code(&l->keys, name, digits, &code, &fresh, l->error);
  if (status != SY_OK) return status;
  if (l->keys.stamps[code] == l->line) {
    return sy_table_refuse_line(l->table, l->line, l->error, "feature %.*s is there twice",
                                (int)digits, name);
  }
  if (fresh && l->table->all) {
    status = sy_table_add(l->table, name, digits, SY_KIND_NUMBER, 1, l->error);
    if (status != SY_OK) return status;
    l->keys.columns[code] = (int32_t)count;
  }
  size = (size_t)(word + length - value);
  column = l->keys.columns[code];
  if (column >= 0 && l->table->columns[column].kind == SY_KIND_NUMBER &&
      sy_number_scan(value, &number) == value + size) {
    l->keys.stamps[code] = l->line;
    l->present++;
    return sy_table_number(l->table, (size_t)column, number, l->error);
  }
  return set_text(l, code, value, size);
}

/* Features that the line does not name. */
static sy_status set_zeroes(letor *l) {
  for (size_t code = 0; code < l->keys.names.count; code++) {
    int32_t column = l->keys.columns[code];
    sy_status status;
    if (column < 0 || l->keys.stamps[code] == l->line) continue;
    status = l->table->columns[column].kind == SY_KIND_NUMBER
                 ? sy_table_number(l->table, (size_t)column, 0.0, l->error)
                 : sy_table_category_text(l->table, (size_t)column, "0", 1, l->error);
    if (status != SY_OK) return status;
  }
  return SY_OK;
}

static sy_status set_qid(letor *l, const char *word, size_t length) {
  int grouped = word && length >= 4 && memcmp(word, "qid:", 4) == 0;
  sy_status status = SY_OK;
  if (!l->first_line) status = begin(l, grouped);
  if (status != SY_OK) return status;
  if (grouped != l->grouped) {
    return sy_table_refuse_line(l->table, l->line, l->error, "%s qid, but line %zu has %s",
                                grouped ? "a" : "no", l->first_line, grouped ? "none" : "one");
  }
  if (!grouped) return SY_OK;
  if (length == 4) return refuse_word(l, word, length, "has no id");
  return set_text(l, l->qid, word + 4, length - 4);
}

static sy_status read_line(letor *l, const char *p, const char *end) {
  size_t length, label_length;
  const char *label = next_word(&p, end, &label_length), *rest = p, *word;
  sy_status status = sy_table_row(l->table, NULL, l->error);
  if (status != SY_OK) return status;
  l->present = 0;
  word = next_word(&p, end, &length);
  if (!l->first_line) {
    /* The first columns come into being here, and with them their blocks. */
    status = set_qid(l, word, length);
    if (status == SY_OK) status = set_text(l, l->label, label, label_length);
  } else {
    status = set_text(l, l->label, label, label_length);
    if (status == SY_OK) status = set_qid(l, word, length);
  }
  if (!l->grouped) p = rest;
  while (status == SY_OK && (word = next_word(&p, end, &length)) != NULL) {
    status = set_feature(l, word, length);
  }
  if (status == SY_OK && l->present != l->table->count) status = set_zeroes(l);
  return status;
}

static sy_status read_lines(letor *l, sy_text *text) {
  for (l->line = 1;; l->line++) {
    char *line;
    const char *comment;
    size_t length, word;
    sy_status status = sy_text_line(text, l->line, &line, &length, l->error);
    if (status != SY_OK) return status;
    if (!line) break;
    comment = memchr(line, '#', length);
    if (comment) length = (size_t)(comment - line);
    {
      const char *p = line;
      if (!next_word(&p, line + length, &word)) continue;
    }
    l->table->line = l->line;
    status = read_line(l, line, line + length);
    if (status != SY_OK) return status;
    sy_table_commit(l->table);
  }
  return sy_keys_check(&l->keys, l->table, l->error);
}

/* Ascending numbers without leading zeros: the shorter is the smaller. */
static int compare_features(const void *a, const void *b) {
  const sy_column *x = a, *y = b;
  if (x->name_length != y->name_length) return x->name_length < y->name_length ? -1 : 1;
  return memcmp(x->name, y->name, x->name_length);
}

sy_status sy_read_letor(sy_table *table, sy_text *text, sy_error *error) {
  letor l;
  sy_status status;
  memset(&l, 0, sizeof l);
  l.table = table;
  l.error = error;
  for (size_t c = 0; c < table->count; c++) {
    sy_column *column = &table->columns[c];
    if (column->kind != SY_KIND_AUTO) continue;
    column->kind = strcmp(column->name, "qid") == 0 ? SY_KIND_CATEGORY : SY_KIND_NUMBER;
  }
  status = sy_keys_init(&l.keys, table, error);
  if (status == SY_OK) status = read_lines(&l, text);
  if (status == SY_OK && table->all && l.first_line) {
    size_t fixed = l.grouped ? 2 : 1;
    qsort(table->columns + fixed, table->count - fixed, sizeof *table->columns, compare_features);
  }
  sy_keys_release(&l.keys);
  return status;
}
