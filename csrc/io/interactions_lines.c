/*
 * interactions_lines.c - the lines of interactions, streamed.
 */
#include "io/interactions_parts.h"

#include <string.h>

#include "io/message.h"
#include "io/number.h"

#define DIRECT_LIMIT 16777216 /* names that are smaller whole numbers are looked up by value */

/* Codes of names that are whole numbers without a leading zero, by value: code + 1, or 0. */
typedef struct direct {
  int32_t *codes;
  size_t room;
} direct;

typedef struct reader {
  sy_interactions *to;
  sy_interactions_layout layout;
  const char *path;
  size_t number; /* of the line */
  direct users, items;
  sy_error *error;
} reader;

/* -------------------------------------------------------------------------------- complaints -- */

static sy_status refuse(const reader *r, int column, const sy_word *value, const char *what) {
  return sy_fail(r->error, SY_E_FORMAT, "%s:%zu: column %s: %s %s", sy_show_path(r->path).text,
                 r->number, sy_interactions_columns[column],
                 sy_show(value->data, value->length).text, what);
}

static sy_status refuse_missing(const reader *r, int column, const char *why) {
  return sy_fail(r->error, SY_E_FORMAT, "%s:%zu: column %s is missing%s",
                 sy_show_path(r->path).text, r->number, sy_interactions_columns[column], why);
}

/* --------------------------------------------------------------------------------- names ------ */

static int32_t look_up(sy_dictionary *names, const sy_word *word) {
  return sy_dictionary_code(names, word->data, word->length);
}

static int grow_direct(const sy_memory *memory, direct *d, size_t value) {
  size_t room = d->room ? d->room : 4096;
  while (room <= value) room *= 2;
  int32_t *codes = sy_resize(memory, d->codes, d->room * sizeof *codes, room * sizeof *codes);
  if (!codes) return 0;
  memset(codes + d->room, 0, (room - d->room) * sizeof *codes);
  d->codes = codes;
  d->room = room;
  return 1;
}

/* The code of a name, from 0; below 0 as sy_dictionary_code's. */
static inline int32_t code_of(reader *r, sy_dictionary *names, direct *d, const sy_word *word) {
  size_t value = 0;
  if (word->length == 0 || word->length > 8 || (*word->data == '0' && word->length > 1))
    return look_up(names, word);
  for (size_t i = 0; i < word->length; i++) {
    unsigned digit = (unsigned)(word->data[i] - '0');
    if (digit > 9) return look_up(names, word);
    value = value * 10 + digit;
  }
  if (value >= DIRECT_LIMIT) return look_up(names, word);
  /* A table much longer than there are names would not pay. */
  if (value >= d->room) {
    if (value / 64 > names->count + 1024) return look_up(names, word);
    if (!grow_direct(&r->to->memory, d, value)) return -1;
  }
  if (!d->codes[value]) {
    int32_t code = look_up(names, word);
    if (code < 0) return code;
    d->codes[value] = code + 1;
  }
  return d->codes[value] - 1;
}

/* --------------------------------------------------------------------------------- pairs ------ */

static int grow(const sy_memory *memory, sy_list *list, size_t room, size_t size) {
  void *data = sy_resize(memory, list->data, list->room * size, room * size);
  if (!data) return 0;
  list->data = data;
  list->room = room;
  return 1;
}

static int grow_pairs(sy_interactions *to) {
  size_t room = to->room ? to->room + to->room / 2 : 1024;
  if (!grow(&to->memory, &to->user_codes, room, sizeof(int32_t))) return 0;
  if (!grow(&to->memory, &to->item_codes, room, sizeof(int32_t))) return 0;
  if (to->options.ratings && !grow(&to->memory, &to->ratings, room, sizeof(float))) return 0;
  if (to->options.times && !grow(&to->memory, &to->times, room, sizeof(double))) return 0;
  to->room = room;
  return 1;
}

static sy_status refuse_code(const reader *r, int32_t code) {
  if (code == -1) return sy_fail_memory(r->error);
  return sy_fail(r->error, SY_E_LIMIT, "%s:%zu: more than 2^31 - 1 names",
                 sy_show_path(r->path).text, r->number);
}

static inline sy_status add(reader *r, int32_t user, const sy_word *item, double rating,
                            double time) {
  sy_interactions *to = r->to;
  int32_t code;
  if (item->length == 0) return refuse(r, SY_COLUMN_ITEM, item, "is empty");
  code = code_of(r, &to->items, &r->items, item);
  if (code < 0) return refuse_code(r, code);
  if (to->count == to->room && !grow_pairs(to)) return sy_fail_memory(r->error);
  ((int32_t *)to->user_codes.data)[to->count] = user + 1;
  ((int32_t *)to->item_codes.data)[to->count] = code + 1;
  if (to->options.ratings) ((float *)to->ratings.data)[to->count] = (float)rating;
  if (to->options.times) ((double *)to->times.data)[to->count] = time;
  to->count++;
  return SY_OK;
}

static sy_status add_user(reader *r, const sy_word *user, int32_t *code) {
  if (user->length == 0) return refuse(r, SY_COLUMN_USER, user, "is empty");
  *code = code_of(r, &r->to->users, &r->users, user);
  return *code < 0 ? refuse_code(r, *code) : SY_OK;
}

/* --------------------------------------------------------------------------------- lines ------ */

static inline sy_status read_number(const reader *r, const sy_word *words, int column,
                                    double *value) {
  const sy_word *word = &words[r->layout.columns[column]];
  if (SY_LIKELY(sy_number_scan(word->data, value) == word->data + word->length)) {
    if (column != SY_COLUMN_RATING || (*value < 3e38 && *value > -3e38)) return SY_OK;
    return refuse(r, column, word, "is too large");
  }
  switch (sy_number_parse(word->data, word->length, value)) {
    case SY_SPELLING_NUMBER:
      if (column != SY_COLUMN_RATING || (*value < 3e38 && *value > -3e38)) return SY_OK;
      return refuse(r, column, word, "is too large");
    case SY_SPELLING_INFINITE: return refuse(r, column, word, "is not a finite number");
    case SY_SPELLING_MISSING: return refuse_missing(r, column, "");
    case SY_SPELLING_TEXT: break;
  }
  return refuse(r, column, word, "is not a number");
}

static sy_status refuse_fields(const reader *r, int n) {
  const sy_interactions_layout *layout = &r->layout;
  for (int c = 0; n < layout->fields && c < SY_COLUMN_COUNT; c++)
    if (layout->columns[c] >= n) return refuse_missing(r, c, "");
  return sy_fail(r->error, SY_E_FORMAT,
                 "%s:%zu: more than %d fields (lists of items are the format adjacency)",
                 sy_show_path(r->path).text, r->number, layout->fields);
}

static inline sy_status read_rating(reader *r, const char *line, const char *end) {
  const sy_interactions_layout *layout = &r->layout;
  const sy_interactions_options *o = &r->to->options;
  sy_word words[SY_WORDS];
  double rating = 1.0, time = 0.0;
  sy_status status = SY_OK;
  int32_t user = 0;
  int n = sy_interactions_split(line, end, layout->separator, words,
                                layout->fields + (layout->named ? 0 : 1));
  if (n == 0) return SY_OK;
  if (n < layout->fields || (!layout->named && n > layout->fields)) return refuse_fields(r, n);
  if (layout->columns[SY_COLUMN_RATING] >= 0)
    status = read_number(r, words, SY_COLUMN_RATING, &rating);
  else if (o->limited || o->ratings)
    return refuse_missing(r, SY_COLUMN_RATING, ", but ratings are asked for");
  if (status != SY_OK) return status;
  if (layout->columns[SY_COLUMN_TIME] >= 0) {
    status = read_number(r, words, SY_COLUMN_TIME, &time);
    /* Times that nobody asked for may be dates. */
    if (status != SY_OK && o->times) return status;
  } else if (o->times) {
    return refuse_missing(r, SY_COLUMN_TIME, ", but times are asked for");
  }
  if (o->limited && rating < o->min_rating) return SY_OK;
  status = add_user(r, &words[layout->columns[SY_COLUMN_USER]], &user);
  if (status != SY_OK) return status;
  return add(r, user, &words[layout->columns[SY_COLUMN_ITEM]], rating, time);
}

/* One field and what separates it from the next; 0 at the end. */
static int next_word(const char **at, const char *end, char separator, sy_word *word) {
  const char *start = *at;
  if (start >= end) return 0;
  if (separator == ' ') {
    int n = sy_interactions_split(start, end, ' ', word, 1);
    *at = n ? word->data + word->length : end;
    return n;
  }
  sy_interactions_split(start, end, separator, word, 1);
  while (start < end &&
         (separator == ':' ? start[0] != ':' || start[1] != ':' : *start != separator))
    start++;
  *at = start < end ? start + (separator == ':' ? 2 : 1) : end;
  return word->length > 0 || start < end;
}

static sy_status read_list(reader *r, const char *line, const char *end) {
  const sy_interactions_options *o = &r->to->options;
  sy_word word = {line, 0};
  sy_status status;
  int32_t user = -1;
  if (o->limited || o->ratings || o->times) {
    if (next_word(&line, end, r->layout.separator, &word))
      return refuse_missing(r, o->times ? SY_COLUMN_TIME : SY_COLUMN_RATING,
                            " in lists of items (the format adjacency), but is asked for");
    return SY_OK;
  }
  while (end > line && (end[-1] == '\r' || end[-1] == ' ')) end--;
  sy_word name = word;
  if (!next_word(&line, end, r->layout.separator, &name)) return SY_OK;
  while (next_word(&line, end, r->layout.separator, &word)) {
    /* Who has no items is not there. */
    if (user < 0 && (status = add_user(r, &name, &user)) != SY_OK) return status;
    if ((status = add(r, user, &word, 1.0, 0.0)) != SY_OK) return status;
  }
  return SY_OK;
}

static int grow_starts(sy_interactions *to) {
  size_t room = to->line_room ? to->line_room * 2 : 256;
  if (!grow(&to->memory, &to->starts, room, sizeof(int64_t))) return 0;
  if (!grow(&to->memory, &to->numbers, room, sizeof(int64_t))) return 0;
  to->line_room = room;
  return 1;
}

/* "(user,item)\titem\titem ..." */
static sy_status read_negatives(reader *r, const char *line, const char *end) {
  sy_interactions *to = r->to;
  sy_word word = {line, 0};
  sy_status status;
  int32_t user = 0;
  while (line < end && (unsigned char)*line <= ' ') line++;
  if (line == end) return SY_OK;
  const char *close = memchr(line, ')', (size_t)(end - line));
  const char *comma = close ? memchr(line, ',', (size_t)(close - line)) : NULL;
  if (*line != '(' || !comma) {
    sy_interactions_split(line, end, ' ', &word, 1);
    return sy_fail(r->error, SY_E_FORMAT, "%s:%zu: expected (user,item), got %s",
                   sy_show_path(r->path).text, r->number, sy_show(word.data, word.length).text);
  }
  sy_word name = {line + 1, (size_t)(comma - line - 1)};
  if ((status = add_user(r, &name, &user)) != SY_OK) return status;
  if (to->line_count == to->line_room && !grow_starts(to)) return sy_fail_memory(r->error);
  ((int64_t *)to->starts.data)[to->line_count] = (int64_t)to->count;
  ((int64_t *)to->numbers.data)[to->line_count++] = (int64_t)r->number;
  word.data = comma + 1;
  word.length = (size_t)(close - comma - 1);
  status = add(r, user, &word, 1.0, 0.0);
  line = close + 1;
  while (status == SY_OK && next_word(&line, end, ' ', &word))
    status = add(r, user, &word, 1.0, 0.0);
  return status;
}

static sy_status read_block(reader *r, const char *p, const char *end) {
  for (; p < end; r->number++) {
    const char *stop = memchr(p, '\n', (size_t)(end - p));
    sy_status status = SY_OK;
    if (r->layout.header) {
      for (const char *c = p; c < stop; c++) r->layout.header &= (unsigned char)*c <= ' ';
    } else if (r->layout.format == SY_INTERACTIONS_ADJACENCY) {
      status = read_list(r, p, stop);
    } else if (r->layout.format == SY_INTERACTIONS_NEGATIVES) {
      status = read_negatives(r, p, stop);
    } else {
      status = read_rating(r, p, stop);
    }
    if (status != SY_OK) return status;
    p = stop + 1;
  }
  return SY_OK;
}

static sy_status read_text(reader *r, sy_text *text) {
  for (;;) {
    size_t end = text->end; /* of the whole lines */
    sy_status status;
    while (end > text->begin && text->data[end - 1] != '\n') end--;
    status = read_block(r, text->data + text->begin, text->data + end);
    text->begin = end;
    if (status == SY_OK && text->done) return SY_OK;
    if (status == SY_OK) status = sy_text_more(text, r->number, r->error);
    if (status != SY_OK) return status;
  }
}

sy_status sy_interactions_read_lines(sy_interactions *to, const char *path, sy_error *error) {
  reader r = {.to = to, .path = path, .number = 1, .error = error};
  sy_text text;
  sy_status status = sy_text_open(&text, path, &to->memory, error);
  if (status != SY_OK) return status;
  status = sy_interactions_detect(&text, to->options.format, &r.layout, error);
  if (status == SY_OK) status = read_text(&r, &text);
  sy_text_close(&text);
  sy_release(&to->memory, r.users.codes, r.users.room * sizeof *r.users.codes);
  sy_release(&to->memory, r.items.codes, r.items.room * sizeof *r.items.codes);
  return status;
}
