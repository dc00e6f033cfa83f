/*
 * interactions_shape.c - how a file of interactions is cut into words, by its first lines.
 */
#include <string.h>

#include "io/interactions.h"
#include "io/message.h"
#include "io/number.h"

static int is_blank(char c) { return c == ' ' || c == '\t'; }

/* A word in double quotes, which two of them stand for; what follows it is passed over. */
static sy_word quoted_word(char **at, char *end, char separator) {
  char *from = *at + 1, *to = from;
  sy_word word = {from, 0};
  while (from < end) {
    if (*from == '"' && (from + 1 == end || from[1] != '"')) break;
    from += *from == '"';
    *to++ = *from++;
  }
  word.length = (size_t)(to - word.data);
  from = memchr(from, separator, (size_t)(end - from));
  *at = from ? from + 1 : NULL;
  return word;
}

sy_word sy_next_word(char **at, char *end, char separator) {
  char *from = *at, *stop;
  while (from < end && *from == ' ') from++;
  if (separator == ' ') {
    while (from < end && is_blank(*from)) from++;
    for (stop = from; stop < end && !is_blank(*stop);) stop++;
    sy_word word = {from, (size_t)(stop - from)};
    while (stop < end && is_blank(*stop)) stop++;
    *at = stop < end ? stop : NULL;
    return word;
  }
  if (from < end && *from == '"') {
    *at = from;
    return quoted_word(at, end, separator);
  }
  for (stop = from; stop < end; stop++)
    if (*stop == separator && (separator != ':' || (stop + 1 < end && stop[1] == ':'))) break;
  *at = stop < end ? stop + (separator == ':' ? 2 : 1) : NULL;
  while (stop > from && stop[-1] == ' ') stop--;
  return (sy_word){from, (size_t)(stop - from)};
}

static char find_separator(const char *line, size_t length) {
  for (size_t i = 0; i + 1 < length; i++)
    if (line[i] == ':' && line[i + 1] == ':') return ':';
  if (memchr(line, '\t', length)) return '\t';
  if (memchr(line, ',', length)) return ',';
  if (memchr(line, ';', length)) return ';';
  return ' ';
}

/* ------------------------------------------------------------------------ names of columns --- */

static const char *const user_words[] = {"user", "uid", "visitor", "customer", "reviewer", NULL};
static const char *const item_words[] = {"item", "iid",   "sid",    "movie",   "film",
                                         "song", "track", "artist", "product", "book",
                                         "asin", "track", "news",   "article", NULL};
static const char *const rating_words[] = {"rating", "score", "stars",     "value", "weight",
                                           "count",  "plays", "playcount", NULL};
static const char *const time_words[] = {"time", "timestamp", "unixtime", "unixreviewtime", NULL};

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

/* Is it one of these words, in any case, without what follows a colon (RecBole), '_', '-', "id"? */
static int is_one_of(sy_word word, const char *const *list) {
  char plain[32];
  size_t n = 0;
  for (size_t i = 0; i < word.length && word.data[i] != ':'; i++) {
    char c = lower(word.data[i]);
    if (c == '_' || c == '-' || c == ' ') continue;
    if (n + 1 >= sizeof plain) return 0;
    plain[n++] = c;
  }
  plain[n] = 0;
  for (; *list; list++) {
    size_t length = strlen(*list);
    if (strncmp(plain, *list, length) != 0) continue;
    if (plain[length] == 0 || strcmp(plain + length, "id") == 0) return 1;
  }
  return 0;
}

static int same_name(sy_word word, const char *name) {
  size_t length = strlen(name);
  if (word.length > length && word.data[length] == ':') word.length = length;
  return word.length == length && memcmp(word.data, name, length) == 0;
}

/* Which column of the first line is each field's, where its words are names. */
static int find_named(char *line, size_t length, char separator, int *column) {
  static const char *const *const words[SY_FIELDS] = {user_words, item_words, rating_words,
                                                      time_words};
  char *at = line;
  for (int f = 0; f < SY_FIELDS; f++) column[f] = -1;
  for (int c = 0; at; c++) {
    sy_word word = sy_next_word(&at, line + length, separator);
    for (int f = 0; f < SY_FIELDS; f++)
      if (column[f] < 0 && is_one_of(word, words[f])) {
        column[f] = c;
        break;
      }
  }
  return column[SY_FIELD_USER] >= 0 && column[SY_FIELD_ITEM] >= 0;
}

/* A number from 1 as digits, else 0. */
static int number_of(const char *text) {
  int number = 0;
  if (strlen(text) > 4) return 0;
  for (; *text; text++) {
    if (*text < '0' || *text > '9') return 0;
    number = number * 10 + (*text - '0');
  }
  return number;
}

static int find_name(const char *name, char *line, size_t length, char separator) {
  char *at = line;
  for (int c = 0; at; c++)
    if (same_name(sy_next_word(&at, line + length, separator), name)) return c;
  return -1;
}

/* ----------------------------------------------------------------------------- first lines --- */

static size_t count_words(char *line, size_t length, char separator) {
  char *at = line;
  size_t n = 0;
  while (at) {
    sy_word word = sy_next_word(&at, line + length, separator);
    n += separator != ' ' || word.length > 0;
  }
  return n;
}

/* The next line of the buffer that is not empty, or NULL. */
static char *next_line(const sy_text *text, size_t *at, size_t *length) {
  while (*at < text->end) {
    char *line = text->data + *at, *stop = memchr(line, '\n', text->end - *at);
    if (!stop) return NULL;
    *at = (size_t)(stop - text->data) + 1;
    if (stop > line && stop[-1] == '\r') stop--;
    *length = (size_t)(stop - line);
    if (strspn(line, " \t") < *length) return line;
  }
  return NULL;
}

static const char *const field_names[SY_FIELDS] = {"user", "item", "rating", "time"};

static sy_status ask_columns(const sy_interactions_options *o, const sy_text *text, char *line,
                             size_t length, sy_shape *shape, sy_error *error) {
  for (int f = 0; f < SY_FIELDS; f++) {
    if (!o->columns[f]) continue;
    int number = number_of(o->columns[f]);
    shape->column[f] =
        number > 0 ? number - 1 : find_name(o->columns[f], line, length, shape->separator);
    if (shape->column[f] < 0)
      return sy_fail(error, SY_E_FORMAT, "%s:1: no column is called %s (columns.%s)",
                     sy_show_path(text->path).text,
                     sy_show(o->columns[f], strlen(o->columns[f])).text, field_names[f]);
    if (number == 0) shape->header = 1;
  }
  return SY_OK;
}

static int asks_by_name(const sy_interactions_options *o) {
  for (int f = 0; f < SY_FIELDS; f++)
    if (o->columns[f] && number_of(o->columns[f]) == 0) return 1;
  return 0;
}

/* The line is written over where words are quoted, so a copy of it is looked at. */
static sy_status shape_ratings(const sy_interactions_options *o, const sy_text *text, char *line,
                               size_t length, sy_shape *shape, sy_error *error) {
  size_t words = count_words(line, length, shape->separator);
  shape->header = find_named(line, length, shape->separator, shape->column);
  if (!shape->header && o->lines == SY_LINES_NAMED && !asks_by_name(o))
    return sy_fail(error, SY_E_FORMAT,
                   "%s:1: expected names of columns, as userId and movieId or uid and sid",
                   sy_show_path(text->path).text);
  for (int f = 0; f < SY_FIELDS && !shape->header; f++)
    shape->column[f] = (size_t)f < words ? f : -1;
  sy_status status = ask_columns(o, text, line, length, shape, error);
  if (status != SY_OK) return status;
  if (shape->column[SY_FIELD_ITEM] < 0)
    return sy_fail(error, SY_E_FORMAT, "%s:1: there is a single column, and no item",
                   sy_show_path(text->path).text);
  if (!o->ratings && !o->has_least) shape->column[SY_FIELD_RATING] = -1;
  if (!o->times) shape->column[SY_FIELD_TIME] = -1;
  if ((o->ratings || o->has_least) && shape->column[SY_FIELD_RATING] < 0)
    return sy_fail(error, SY_E_FORMAT, "%s:1: there is no column of ratings",
                   sy_show_path(text->path).text);
  if (o->times && shape->column[SY_FIELD_TIME] < 0)
    return sy_fail(error, SY_E_FORMAT, "%s:1: there is no column of times",
                   sy_show_path(text->path).text);
  shape->last = 1;
  for (int f = 0; f < SY_FIELDS; f++)
    if (shape->column[f] > shape->last || f == 0) shape->last = shape->column[f];
  return SY_OK;
}

/* The first line that is not empty, of which the buffer may hold but a part yet. */
static sy_status first_line(sy_text *text, char **line, size_t *length, sy_error *error) {
  for (;;) {
    size_t at = text->begin;
    *line = next_line(text, &at, length);
    if (*line || text->done) return SY_OK;
    sy_status status = sy_text_more(text, 1, error);
    if (status != SY_OK) return status;
  }
}

sy_status sy_find_shape(const sy_interactions_options *options, sy_text *text, sy_shape *shape,
                        sy_error *error) {
  size_t length = 0;
  char *line, copy[4096];
  sy_status status = first_line(text, &line, &length, error);
  if (status != SY_OK) return status;
  memset(shape, 0, sizeof *shape);
  shape->separator = ' ';
  shape->adjacency = options->lines == SY_LINES_ADJACENCY || options->lines == SY_LINES_BLANKS;
  if (!line) return SY_OK;
  shape->separator = find_separator(line, length);
  sy_first_lines first = sy_look_at_lines(text, shape->separator);
  if (length > sizeof copy) length = sizeof copy;
  memcpy(copy, line, length);
  if (options->lines == SY_LINES_AUTO && !asks_by_name(options) && first.lists) {
    int named = find_named(copy, length, shape->separator, shape->column);
    memcpy(copy, line, length);
    shape->adjacency = !named;
  }
  if (shape->adjacency) {
    if (shape->separator == '\t' || options->lines == SY_LINES_BLANKS) shape->separator = ' ';
    return SY_OK;
  }
  status = shape_ratings(options, text, copy, length, shape, error);
  shape->header |= first.header && options->lines != SY_LINES_NAMED;
  return status;
}
