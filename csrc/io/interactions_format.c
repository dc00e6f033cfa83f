/*
 * interactions_format.c - what a file of interactions is: by its first lines.
 */
#include "io/interactions_parts.h"

#include <string.h>

#include "io/message.h"
#include "io/number.h"

#define LOOK 64 /* lines that are looked at */

const char *const sy_interactions_columns[SY_COLUMN_COUNT] = {"user", "item", "rating", "time"};

/* What headers call the columns: lower case, without anything but letters, up to a colon. */
static const char *const known[SY_COLUMN_COUNT][10] = {
    {"userid", "user", "uid", "users", "reviewerid", NULL},
    {"movieid", "itemid", "item", "sid", "iid", "artistid", "items", "asin", "movie", NULL},
    {"rating", "ratings", "score", "overall", "weight", NULL},
    {"timestamp", "time", "unixreviewtime", "date", NULL}};

static inline int is_blank(char c) { return (unsigned char)c <= ' '; }

static sy_word trim(const char *start, const char *end) {
  sy_word word;
  while (start < end && is_blank(*start)) start++;
  while (end > start && is_blank(end[-1])) end--;
  if (end - start >= 2 && *start == '"' && end[-1] == '"') {
    start++;
    end--;
  }
  word.data = start;
  word.length = (size_t)(end - start);
  return word;
}

int sy_interactions_split(const char *line, const char *end, char separator, sy_word *words,
                          int most) {
  const char *at = line;
  int n = 0;
  if (separator == ' ') {
    for (; n < most; n++) {
      while (at < end && is_blank(*at)) at++;
      if (at == end) break;
      words[n].data = at;
      while (at < end && !is_blank(*at)) at++;
      words[n].length = (size_t)(at - words[n].data);
    }
    return n;
  }
  while (end > line && (end[-1] == '\r' || end[-1] == ' ')) end--;
  if (end == line) return 0;
  while (n < most) {
    const char *start = at;
    if (separator == ':') {
      while (at < end && !(at[0] == ':' && at[1] == ':')) at++;
    } else {
      while (at < end && *at != separator) at++;
    }
    words[n++] = trim(start, at);
    if (at == end) break;
    at += separator == ':' ? 2 : 1;
  }
  return n;
}

static char separator_of(const char *line, const char *end) {
  for (const char *c = line; c + 1 < end; c++)
    if (c[0] == ':' && c[1] == ':') return ':';
  if (memchr(line, '\t', (size_t)(end - line))) return '\t';
  if (memchr(line, ',', (size_t)(end - line))) return ',';
  return ' ';
}

/* Which column a header's word names, or -1. */
static int column_named(const sy_word *word) {
  char plain[24];
  size_t n = 0;
  for (size_t i = 0; i < word->length && word->data[i] != ':'; i++) {
    char c = word->data[i];
    if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
    if (c == '_' || c == '-' || c == ' ' || c == '"') continue;
    if (n + 1 == sizeof plain) return -1;
    plain[n++] = c;
  }
  plain[n] = 0;
  for (int column = 0; column < SY_COLUMN_COUNT; column++)
    for (int i = 0; known[column][i]; i++)
      if (strcmp(plain, known[column][i]) == 0) return column;
  return -1;
}

/* Do a line's words name the user's and the item's column? */
static int read_header(const sy_word *words, int n, sy_interactions_layout *layout) {
  int columns[SY_COLUMN_COUNT] = {-1, -1, -1, -1};
  for (int i = 0; i < n; i++) {
    int column = column_named(&words[i]);
    if (column >= 0 && columns[column] < 0) columns[column] = i;
  }
  if (columns[SY_COLUMN_USER] < 0 || columns[SY_COLUMN_ITEM] < 0) return 0;
  memcpy(layout->columns, columns, sizeof columns);
  layout->header = layout->named = 1;
  layout->format = SY_INTERACTIONS_RATINGS;
  layout->fields = 0;
  for (int i = 0; i < SY_COLUMN_COUNT; i++)
    if (columns[i] >= layout->fields) layout->fields = columns[i] + 1;
  return 1;
}

static int is_number(const sy_word *word) {
  double value;
  sy_spelling spelling = sy_number_parse(word->data, word->length, &value);
  return spelling == SY_SPELLING_NUMBER || spelling == SY_SPELLING_INFINITE;
}

/* The lines that were looked at. */
typedef struct sample {
  int lines, least, most; /* fields of a line */
  int numbers_first;      /* are the first line's rating and time numbers? */
  int numbers;            /* those of all others? */
} sample;

static sample look_at_lines(const char *at, const char *end, char separator) {
  sample s = {0, SY_WORDS, 0, 1, 1};
  while (at < end && s.lines < LOOK) {
    sy_word words[SY_WORDS];
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    if (!stop) break;
    int n = sy_interactions_split(at, stop, separator, words, SY_WORDS);
    at = stop + 1;
    if (n == 0) continue;
    if (n < s.least) s.least = n;
    if (n > s.most) s.most = n;
    for (int i = 2; i < n && i < 4; i++) {
      int *numbers = s.lines ? &s.numbers : &s.numbers_first;
      *numbers = *numbers && is_number(&words[i]);
    }
    s.lines++;
  }
  return s;
}

static sy_status refuse_header(const sy_text *text, size_t line, const char *wanted,
                               const sy_word *first, sy_error *error) {
  return sy_fail(
      error, SY_E_FORMAT, "%s:%zu: a header with %s is needed, but the line begins with %s",
      sy_show_path(text->path).text, line, wanted, sy_show(first->data, first->length).text);
}

/* Every column is where its name comes in "user item rating time". */
static void by_position(sy_interactions_layout *layout, int fields) {
  layout->format = SY_INTERACTIONS_RATINGS;
  layout->fields = fields;
  for (int i = 0; i < SY_COLUMN_COUNT; i++) layout->columns[i] = i < fields ? i : -1;
}

static void by_lists(sy_interactions_layout *layout, const char *line, const char *end) {
  layout->format = SY_INTERACTIONS_ADJACENCY;
  layout->fields = 1;
  layout->separator = separator_of(line, end);
  if (layout->separator == '\t') layout->separator = ' ';
}

sy_status sy_interactions_detect(sy_text *text, sy_interactions_format format,
                                 sy_interactions_layout *layout, sy_error *error) {
  sy_word words[SY_WORDS];
  const char *at, *end, *stop;
  size_t line = 1;
  memset(layout, 0, sizeof *layout);
  layout->format = format;
  for (int i = 0; i < SY_COLUMN_COUNT; i++) layout->columns[i] = -1;
  /* The first line with anything on it, whole. */
  for (;;) {
    at = text->data + text->begin;
    end = text->data + text->end;
    for (line = 1; at < end && is_blank(*at); at++) line += *at == '\n';
    stop = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
    if (stop || text->done) break;
    sy_status status = sy_text_more(text, 1, error);
    if (status != SY_OK) return status;
  }
  layout->separator = ' ';
  if (!stop || format == SY_INTERACTIONS_NEGATIVES) return SY_OK;
  if (format == SY_INTERACTIONS_ADJACENCY) {
    by_lists(layout, at, stop);
    return SY_OK;
  }
  layout->separator = separator_of(at, stop);
  int n = sy_interactions_split(at, stop, layout->separator, words, SY_WORDS);
  if (read_header(words, n, layout)) return SY_OK;
  if (format == SY_INTERACTIONS_MOVIELENS)
    return refuse_header(text, line, "userId and movieId", &words[0], error);
  if (format == SY_INTERACTIONS_PRO_SG)
    return refuse_header(text, line, "uid and sid", &words[0], error);
  sample s = look_at_lines(at, end, layout->separator);
  if (format == SY_INTERACTIONS_RATINGS || (s.least == s.most && s.least >= 2 && s.most <= 4 &&
                                            s.numbers && (s.numbers_first || s.lines > 1))) {
    by_position(layout, s.least < 2 ? 2 : s.least > 4 ? 4 : s.least);
    layout->header = !s.numbers_first && s.numbers && s.lines > 1;
  } else {
    by_lists(layout, at, stop);
  }
  return SY_OK;
}
