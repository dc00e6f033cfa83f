/*
 * interactions_look.c - what a file's first lines are like. Looks only: words in quotes stay as they
 * are.
 */
#include <string.h>

#include "io/interactions.h"
#include "io/number.h"

#define LOOKED_AT 1000 /* lines */
#define MOST_WORDS 4   /* of a rating */

static int is_blank(char c) { return c == ' ' || c == '\t'; }

/* Where the word at *at ends, which then moves behind its separator (NULL: that was the last). */
static const char *pass_word(const char **at, const char *end, char separator) {
  const char *stop = *at, *next;
  if (separator == ' ') {
    while (stop < end && !is_blank(*stop)) stop++;
    for (next = stop; next < end && is_blank(*next);) next++;
    *at = next < end ? next : NULL;
    return stop;
  }
  if (stop < end && *stop == '"')
    for (stop++; stop < end && (*stop != '"' || (stop + 1 < end && stop[1] == '"')); stop++)
      stop += *stop == '"';
  while (stop < end && (*stop != separator || (separator == ':' && stop[1] != ':'))) stop++;
  *at = stop < end ? stop + (separator == ':' ? 2 : 1) : NULL;
  return stop;
}

/* A line's words: how many, whether all are whole numbers, and those behind the second numbers. */
typedef struct words {
  size_t count, length; /* length: of the first one, which the line begins with */
  int whole, numbers;
} words;

static words look_at_line(const char *at, const char *end, char separator) {
  words w = {0, 0, 1, 1};
  if (at == end) return w;
  while (at) {
    double value;
    const char *start = at, *stop = pass_word(&at, end, separator);
    if (w.count++ == 0) w.length = (size_t)(stop - start);
    for (const char *c = start; c < stop; c++) w.whole &= (unsigned)(*c - '0') < 10;
    if (w.count > 2 && w.count <= MOST_WORDS)
      w.numbers &= sy_number_parse(start, (size_t)(stop - start), &value) == SY_SPELLING_NUMBER;
  }
  return w;
}

sy_first_lines sy_look_at_lines(const sy_text *text, char separator) {
  const char *at = text->data + text->begin, *end = text->data + text->end;
  const char *before = NULL;
  sy_first_lines found = {0, 0, 0};
  size_t first = 0, most = 0, longest = 0, length = 0;
  int lines = 0, numbers_first = 0, numbers = 1, whole = 1, even = 1, repeated = 0;
  while (at < end && lines < LOOKED_AT) {
    const char *stop = memchr(at, '\n', (size_t)(end - at)), *line = at;
    if (!stop) break;
    at = stop + 1;
    while (stop > line && (stop[-1] == '\r' || is_blank(stop[-1]))) stop--;
    while (line < stop && is_blank(*line)) line++;
    if (stop == line) continue;
    words w = look_at_line(line, stop, separator);
    words by_blanks = separator == ' ' ? w : look_at_line(line, stop, ' ');
    if (lines == 0) first = w.count, numbers_first = w.numbers;
    else numbers &= w.numbers;
    even &= w.count == first && w.count >= 2 && w.count <= MOST_WORDS;
    whole &= by_blanks.whole;
    if (w.count > longest) longest = w.count;
    if (by_blanks.count > most) most = by_blanks.count;
    repeated |= before && w.length == length && memcmp(before, line, length) == 0;
    before = line;
    length = w.length;
    lines++;
  }
  /* Two words between tabs, the second of which is a list of numbers. */
  found.by_blanks = separator == '\t' && first == 2 && whole && most > 2;
  /* Who has several lines one behind the other has no list: one of them is broken. */
  int parted = separator == ' ' || separator == '\t' || longest > MOST_WORDS;
  found.lists = lines > 0 && ((!even && !repeated && parted) || found.by_blanks);
  found.header = even && first > 2 && !numbers_first && numbers && lines > 1;
  return found;
}
