/*
 * csv.c - comma- and tab-separated values as RFC 4180 has them, with a header.
 *
 * Fields are parsed where they lie in the buffer. A record that the buffer cuts off is read again
 * from its start once there is more: a row counts only when it is committed, so nothing is undone.
 * Plain numbers, nearly all fields of nearly all files, take the path through read_record alone;
 * everything else (quotes, blanks, missing values, text) goes through slow_field.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/message.h"
#include "io/table.h"

/* The buffer ends inside the record. */
#define MORE ((sy_status)2)

typedef enum mode { MODE_SKIP, MODE_F32, MODE_F64, MODE_TEXT } mode;

typedef struct field {
  void *out; /* the column's current block */
  mode mode;
  char stop;      /* what ends it: the delimiter or, for the last one, a line end */
  int32_t column; /* of the table, or -1 */
} field;

typedef struct csv {
  sy_table *table;
  sy_text *text;
  sy_error *error;
  field *fields;
  size_t count;
  size_t line;  /* where the record starts */
  size_t extra; /* line ends inside quotes so far in the record */
  char delimiter;
  char *scratch; /* a quoted field without its doubled quotes */
  size_t scratch_room;
  unsigned char stops[256]; /* delimiter, line feed, zero */
} csv;

/* A field as it was found. */
typedef struct csv_cell {
  const char *text;
  size_t length;
  const char *next; /* behind the terminator */
  int last;         /* the terminator is a line end */
} csv_cell;

/* ---------------------------------------------------------------- one field ------------------ */

static sy_status refuse_nul(csv *c) {
  return sy_table_refuse_line(c->table, c->line + c->extra, c->error,
                              "a zero byte (a binary file, or UTF-16?)");
}

/* Copy a quoted field's content with each "" made one quote. */
static sy_status unquote(csv *c, const char *from, const char *end, csv_cell *cell) {
  size_t size = (size_t)(end - from);
  char *to;
  if (size > c->scratch_room) {
    const sy_memory *memory = &c->table->memory;
    to = sy_resize(memory, c->scratch, c->scratch_room, size * 2);
    if (!to) return sy_fail_memory(c->error);
    c->scratch = to;
    c->scratch_room = size * 2;
  }
  to = c->scratch;
  while (from < end) {
    const char *quote = memchr(from, '"', (size_t)(end - from));
    size_t part = (size_t)((quote ? quote + 1 : end) - from);
    memcpy(to, from, part);
    to += part;
    from += part + (quote != NULL);
  }
  cell->text = c->scratch;
  cell->length = (size_t)(to - c->scratch);
  return SY_OK;
}

static size_t count_lines(const char *p, const char *end) {
  size_t lines = 0;
  while ((p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
    lines++;
    if (++p == end) break;
  }
  return lines;
}

/* What stands behind a closing quote must end the field. */
static sy_status end_quoted(csv *c, const char *p, csv_cell *cell) {
  const char *end = c->text->data + c->text->end;
  if (p == end || (*p == '\r' && p + 1 == end)) return MORE;
  if (*p == '\r' && p[1] == '\n') p++;
  if (*p != '\n' && *p != c->delimiter) {
    return sy_table_refuse_line(c->table, c->line + c->extra, c->error,
                                "text behind a closing quote; a quote inside quotes is doubled");
  }
  cell->last = *p == '\n';
  cell->next = p + 1;
  return SY_OK;
}

static sy_status scan_quoted(csv *c, const char *p, csv_cell *cell) {
  const char *end = c->text->data + c->text->end, *start = ++p, *stop;
  int doubled = 0;
  size_t lines;
  sy_status status;
  for (;; p = stop + 2, doubled = 1) {
    stop = p < end ? memchr(p, '"', (size_t)(end - p)) : NULL;
    if (!stop && c->text->done) {
      return sy_table_refuse_line(c->table, c->line + c->extra, c->error,
                                  "the quote that opens here is never closed");
    }
    if (!stop || stop + 1 == end) return MORE;
    if (stop[1] != '"') break;
  }
  cell->text = start;
  cell->length = (size_t)(stop - start);
  if (cell->length && memchr(start, 0, cell->length)) return refuse_nul(c);
  lines = cell->length ? count_lines(start, stop) : 0;
  status = end_quoted(c, stop + 1, cell);
  if (status != SY_OK) return status;
  c->extra += lines;
  return doubled ? unquote(c, start, stop, cell) : SY_OK;
}

/* Find the field at p: its text, unquoted, and what ends it. */
static sy_status scan_field(csv *c, const char *p, csv_cell *cell) {
  const char *start = p;
  if (*p == '"') return scan_quoted(c, p, cell);
  while (!c->stops[(unsigned char)*p]) p++;
  if (SY_UNLIKELY(*p == 0)) {
    return p == c->text->data + c->text->end ? MORE : refuse_nul(c);
  }
  cell->last = *p == '\n';
  cell->next = p + 1;
  cell->text = start;
  cell->length = (size_t)(p - start);
  if (cell->last && p > start && p[-1] == '\r') cell->length--;
  return SY_OK;
}

/* ---------------------------------------------------------------- one record ----------------- */

/* How many fields the record at p has. */
static sy_status count_fields(csv *c, const char *p, size_t *count) {
  size_t extra = c->extra;
  csv_cell cell;
  c->extra = 0;
  *count = 0;
  do {
    sy_status status = scan_field(c, p, &cell);
    if (status != SY_OK) return status;
    p = cell.next;
    ++*count;
  } while (!cell.last);
  c->extra = extra;
  return SY_OK;
}

/* Complain where the record at p has another number of fields than the header; else SY_OK. */
static sy_status check_count(csv *c, const char *p) {
  size_t count;
  sy_status status = count_fields(c, p, &count);
  if (status != SY_OK || count == c->count) return status;
  return sy_table_refuse_line(c->table, c->line, c->error, "%zu field%s, the header has %zu", count,
                              count == 1 ? "" : "s", c->count);
}

static void set_mode(const csv *c, field *f) {
  const sy_column *column = f->column < 0 ? NULL : &c->table->columns[f->column];
  if (!column) {
    f->mode = MODE_SKIP;
    return;
  }
  f->out = column->current;
  if (column->kind != SY_KIND_NUMBER) f->mode = MODE_TEXT;
  else f->mode = c->table->dtype == SY_F32 ? MODE_F32 : MODE_F64;
}

static void set_modes(csv *c) {
  for (size_t i = 0; i < c->count; i++) set_mode(c, &c->fields[i]);
}

/* Any field, at *p in the record that starts at `record`; moves *p behind it. */
static sy_status slow_field(csv *c, size_t index, const char *record, const char **p) {
  field *f = &c->fields[index];
  size_t line = c->line + c->extra;
  sy_status status, wrong;
  csv_cell cell;
  status = scan_field(c, *p, &cell);
  if (status != SY_OK) return status;
  if (cell.last != (f->stop == '\n')) return check_count(c, record);
  *p = cell.next;
  if (f->column < 0) return SY_OK;
  c->table->line = line;
  status = sy_table_text(c->table, (size_t)f->column, cell.text, cell.length, c->error);
  if (status == SY_E_FORMAT) {
    /* A lost or doubled delimiter shifts the fields behind it: then say that. */
    sy_error kept = {SY_OK, ""};
    if (c->error) kept = *c->error;
    wrong = check_count(c, record);
    if (wrong == MORE) return MORE;
    if (wrong == SY_OK && c->error) *c->error = kept;
  }
  if (f->mode == MODE_TEXT) set_mode(c, f);
  return status;
}

static sy_status read_record(csv *c, const char **place) {
  const char *record = *place, *p = record;
  const size_t slot = c->table->slot, count = c->count;
  for (size_t i = 0; i < count; i++) {
    const field *f = &c->fields[i];
    const char *end = NULL;
    sy_status status;
    double value;
    if (f->mode == MODE_F32) {
      end = sy_number_scan(p, &value);
      if (SY_LIKELY(end && fabs(value) <= (double)FLT_MAX)) {
        if (*end == '\r' && end[1] == '\n') end++;
        if (SY_LIKELY(*end == f->stop)) {
          ((float *)f->out)[slot] = (float)value;
          p = end + 1;
          continue;
        }
      }
    } else if (f->mode == MODE_F64) {
      end = sy_number_scan(p, &value);
      if (SY_LIKELY(end != NULL)) {
        if (*end == '\r' && end[1] == '\n') end++;
        if (SY_LIKELY(*end == f->stop)) {
          ((double *)f->out)[slot] = value;
          p = end + 1;
          continue;
        }
      }
    }
    status = slow_field(c, i, record, &p);
    if (status != SY_OK) return status;
  }
  *place = p;
  return SY_OK;
}

static sy_status read_records(csv *c) {
  sy_table *table = c->table;
  sy_text *text = c->text;
  int moved = 1;
  for (;;) {
    const char *p = text->data + text->begin, *end = text->data + text->end;
    size_t blank = *p == '\n' ? 1 : (*p == '\r' && p[1] == '\n') ? 2 : 0;
    sy_status status = SY_OK;
    if (SY_UNLIKELY(p == end)) {
      if (text->done) return SY_OK;
      status = MORE;
    } else if (SY_UNLIKELY(blank)) {
      text->begin += blank;
      c->line++;
      continue;
    } else {
      status = sy_table_row(table, &moved, c->error);
      if (status != SY_OK) return status;
      if (SY_UNLIKELY(moved)) set_modes(c);
      moved = 0;
      c->extra = 0;
      status = read_record(c, &p);
    }
    if (SY_LIKELY(status == SY_OK)) {
      sy_table_commit(table);
      c->line += 1 + c->extra;
      text->begin = (size_t)(p - text->data);
      continue;
    }
    moved = 1;
    if (status == SY_RESTART) continue;
    if (status == MORE) status = sy_text_more(text, c->line, c->error);
    if (status != SY_OK) return status;
  }
}

/* ---------------------------------------------------------------- the header ----------------- */

/* Bring the whole header into the buffer and count its fields. */
static sy_status find_header(csv *c) {
  sy_text *text = c->text;
  for (;;) {
    const char *p = text->data + text->begin;
    size_t blank = *p == '\n' ? 1 : (*p == '\r' && p[1] == '\n') ? 2 : 0;
    sy_status status = MORE;
    if (text->begin == text->end && text->done) {
      return sy_fail(c->error, SY_E_FORMAT, "%s: empty, not even a header",
                     sy_show_path(text->path).text);
    }
    if (blank) {
      text->begin += blank;
      c->line++;
      continue;
    }
    if (text->begin < text->end) status = count_fields(c, p, &c->count);
    if (status == MORE) status = sy_text_more(text, c->line, c->error);
    else return status;
    if (status != SY_OK) return status;
  }
}

/*
 * An empty name is passed over where columns are asked for by name (pandas writes its index so). It
 * gets one that no column can have, with a zero byte, so that places and codes stay the same.
 */
static sy_status stand_in(const csv *c, size_t index, char name[32], csv_cell *cell) {
  if (c->table->all) {
    return sy_table_refuse_line(c->table, c->line, c->error,
                                "column %zu has no name; ask for columns by name to pass over it",
                                index + 1);
  }
  name[0] = 0;
  cell->text = name;
  cell->length = 1 + (size_t)snprintf(name + 1, 31, "%zu", index);
  return SY_OK;
}

/* The header's names: each once. */
static sy_status read_names(csv *c, sy_dictionary *names) {
  const char *p = c->text->data + c->text->begin;
  for (size_t i = 0; i < c->count; i++) {
    csv_cell cell;
    char name[32];
    int32_t code;
    sy_status status = scan_field(c, p, &cell);
    if (status == SY_OK && cell.length == 0) status = stand_in(c, i, name, &cell);
    if (status != SY_OK) return status;
    p = cell.next;
    code = sy_dictionary_code(names, cell.text, cell.length);
    if (code < 0) return sy_fail_memory(c->error);
    if ((size_t)code != i) {
      return sy_table_refuse_line(c->table, c->line, c->error,
                                  "two columns, %d and %zu, have the name %s", (int)code + 1, i + 1,
                                  sy_show(cell.text, cell.length).text);
    }
  }
  c->text->begin = (size_t)(p - c->text->data);
  return SY_OK;
}

static sy_status refuse_column(csv *c, const sy_column *wanted, const sy_dictionary *names) {
  sy_suggestion suggestion;
  sy_suggest(&suggestion, wanted->name, wanted->name_length);
  for (size_t i = 0; i < names->count; i++) {
    size_t length;
    const char *name = sy_dictionary_name(names, i, &length);
    sy_suggest_offer(&suggestion, name, length);
  }
  return sy_table_refuse_line(c->table, c->line, c->error, "no column %s%s",
                              sy_show(wanted->name, wanted->name_length).text,
                              sy_suggest_text(&suggestion));
}

/* Which field goes into which column. */
static sy_status match_columns(csv *c, const sy_dictionary *names) {
  sy_table *table = c->table;
  for (size_t i = 0; i < c->count; i++) {
    c->fields[i].column = -1;
    c->fields[i].stop = i + 1 < c->count ? c->delimiter : '\n';
    if (table->all) {
      size_t length;
      const char *name = sy_dictionary_name(names, i, &length);
      sy_status status = sy_table_add(table, name, length, SY_KIND_AUTO, 0, c->error);
      if (status != SY_OK) return status;
      c->fields[i].column = (int32_t)i;
    }
  }
  for (size_t w = 0; w < table->count && !table->all; w++) {
    const sy_column *wanted = &table->columns[w];
    int32_t found = sy_dictionary_find(names, wanted->name, wanted->name_length);
    if (found < 0) return refuse_column(c, wanted, names);
    c->fields[found].column = (int32_t)w;
  }
  return SY_OK;
}

static sy_status read_header(csv *c) {
  sy_dictionary names;
  sy_status status = find_header(c);
  if (status != SY_OK) return status;
  if (c->count > SY_TABLE_COLUMNS) {
    return sy_fail(c->error, SY_E_LIMIT, "%s:%zu: more than 100000 columns",
                   sy_show_path(c->text->path).text, c->line);
  }
  c->fields = sy_allocate(&c->table->memory, c->count * sizeof *c->fields);
  if (!c->fields) return sy_fail_memory(c->error);
  memset(c->fields, 0, c->count * sizeof *c->fields);
  c->extra = 0;
  c->table->line = c->line;
  sy_dictionary_init(&names, &c->table->memory);
  status = read_names(c, &names);
  if (status == SY_OK) status = match_columns(c, &names);
  sy_dictionary_release(&names);
  c->line += 1 + c->extra;
  return status;
}

sy_status sy_read_csv(sy_table *table, sy_text *text, char delimiter, sy_error *error) {
  csv c;
  sy_status status;
  memset(&c, 0, sizeof c);
  c.table = table;
  c.text = text;
  c.error = error;
  c.line = 1;
  c.delimiter = delimiter;
  c.stops[0] = c.stops['\n'] = c.stops[(unsigned char)delimiter] = 1;
  status = read_header(&c);
  if (status == SY_OK) status = read_records(&c);
  sy_release(&table->memory, c.fields, c.count * sizeof *c.fields);
  sy_release(&table->memory, c.scratch, c.scratch_room);
  return status;
}
