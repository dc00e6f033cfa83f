/*
 * interactions_lines.c - lines of interactions to pairs of numbers.
 */
#include <math.h>
#include <string.h>

#include "io/interactions.h"
#include "io/message.h"
#include "io/number.h"

/* Names of up to seven digits below this are looked up by their number. */
#define DIRECT_LIMIT ((size_t)1 << 22)

/* The number that a name writes in the only way without leading zeroes, or DIRECT_LIMIT. */
static size_t small_number(const char *name, size_t length) {
  size_t number = 0;
  if (length == 0 || length > 7 || (*name == '0' && length > 1)) return DIRECT_LIMIT;
  for (size_t i = 0; i < length; i++) {
    unsigned digit = (unsigned)(name[i] - '0');
    if (digit > 9) return DIRECT_LIMIT;
    number = number * 10 + digit;
  }
  return number < DIRECT_LIMIT ? number : DIRECT_LIMIT;
}

static int grow_direct(sy_codes *codes, size_t number) {
  size_t room = codes->direct_room ? codes->direct_room : 1024;
  while (room <= number) room *= 2;
  int32_t *direct = sy_resize(&codes->names.memory, codes->direct,
                              codes->direct_room * sizeof *direct, room * sizeof *direct);
  if (!direct) return 0;
  memset(direct + codes->direct_room, 0, (room - codes->direct_room) * sizeof *direct);
  codes->direct = direct;
  codes->direct_room = room;
  return 1;
}

int32_t sy_code_of(sy_codes *codes, const char *name, size_t length) {
  size_t number = small_number(name, length);
  if (number == DIRECT_LIMIT) return sy_dictionary_code(&codes->names, name, length);
  if (number >= codes->direct_room && !grow_direct(codes, number)) return -1;
  if (!codes->direct[number]) {
    int32_t code = sy_dictionary_code(&codes->names, name, length);
    if (code < 0) return code;
    codes->direct[number] = code + 1;
  }
  return codes->direct[number] - 1;
}

/* ------------------------------------------------------------------------------------ pairs --- */

typedef struct reader {
  sy_interactions *x;
  sy_part *part;
  sy_text *text;
  sy_shape shape;
  size_t line;
} reader;

/* Resize one of the arrays; NULL where that fails, which then is as it was. */
static void *resize(sy_interactions *x, sy_part *p, int which, void *block, size_t width,
                    size_t room) {
  void *bigger = sy_resize(&x->memory, block, p->rooms[which] * width, room * width);
  if (bigger) p->rooms[which] = room;
  return bigger;
}

static int resize_pairs(sy_interactions *x, sy_part *p, size_t room) {
  void *block = resize(x, p, 0, p->users, sizeof *p->users, room);
  if (!block) return 0;
  p->users = block;
  block = resize(x, p, 1, p->items, sizeof *p->items, room);
  if (!block) return 0;
  p->items = block;
  if (p->has_ratings) {
    block = resize(x, p, 2, p->ratings, sizeof *p->ratings, room);
    if (!block) return 0;
    p->ratings = block;
  }
  if (p->has_times) {
    block = resize(x, p, 3, p->times, sizeof *p->times, room);
    if (!block) return 0;
    p->times = block;
  }
  p->room = room;
  return 1;
}

static sy_status add_pair(reader *r, int32_t user, int32_t item, double rating, double time,
                          sy_error *error) {
  sy_part *p = r->part;
  if (p->count == p->room) {
    size_t room = p->room ? 2 * p->room : 4096;
    if (p->count >= SY_SPARSE_ENTRIES / 2)
      return sy_fail(error, SY_E_LIMIT, "%s:%zu: more pairs than can be counted",
                     sy_show_path(r->text->path).text, r->line);
    if (!resize_pairs(r->x, p, room)) return sy_fail_memory(error);
  }
  p->users[p->count] = user;
  p->items[p->count] = item;
  if (p->has_ratings) p->ratings[p->count] = (float)rating;
  if (p->has_times) p->times[p->count] = time;
  p->count++;
  return SY_OK;
}

static sy_status fail_code(reader *r, int32_t code, sy_error *error) {
  if (code == -1) return sy_fail_memory(error);
  return sy_fail(error, SY_E_LIMIT, "%s:%zu: more names than can be counted",
                 sy_show_path(r->text->path).text, r->line);
}

static sy_status fail_word(reader *r, int column, const char *field, const char *what, sy_word word,
                           sy_error *error) {
  return sy_fail(error, SY_E_FORMAT, "%s:%zu: column %d (%s): %s%s%s",
                 sy_show_path(r->text->path).text, r->line, column + 1, field, what,
                 word.data ? ": " : "", word.data ? sy_show(word.data, word.length).text : "");
}

/* -------------------------------------------------------------------------------- adjacency --- */

static sy_status read_adjacent(reader *r, char *line, size_t length, sy_error *error) {
  char *at = line, *end = line + length;
  sy_word word = sy_next_word(&at, end, r->shape.separator), none = {NULL, 0};
  if (word.length == 0 && !at) return SY_OK;
  if (word.length == 0) return fail_word(r, 0, "user", "there is nothing", none, error);
  int32_t user = sy_code_of(&r->x->users, word.data, word.length);
  if (user < 0) return fail_code(r, user, error);
  for (int column = 1; at; column++) {
    word = sy_next_word(&at, end, r->shape.separator);
    if (word.length == 0 && !at) break; /* a separator at the end */
    if (word.length == 0) return fail_word(r, column, "item", "there is nothing", none, error);
    int32_t item = sy_code_of(&r->x->items, word.data, word.length);
    if (item < 0) return fail_code(r, item, error);
    sy_status status = add_pair(r, user, item, 1.0, 0.0, error);
    if (status != SY_OK) return status;
  }
  return SY_OK;
}

/* ---------------------------------------------------------------------------------- ratings --- */

static int plain_number(sy_word word, double *value) {
  const char *stop = sy_number_scan(word.data, value);
  if (stop == word.data + word.length) return 1;
  return sy_number_parse(word.data, word.length, value) == SY_SPELLING_NUMBER;
}

static sy_status read_rating(reader *r, char *line, size_t length, sy_error *error) {
  static const char *const names[SY_FIELDS] = {"user", "item", "rating", "time"};
  const sy_shape *s = &r->shape;
  const sy_interactions_options *o = &r->x->options;
  sy_word words[SY_FIELDS] = {{NULL, 0}}, none = {NULL, 0};
  double numbers[SY_FIELDS] = {0, 0, 1.0, 0};
  char *at = line, *end = line + length;
  for (int c = 0; c <= s->last && at; c++) {
    sy_word word = sy_next_word(&at, end, s->separator);
    for (int f = 0; f < SY_FIELDS; f++)
      if (s->column[f] == c) words[f] = word;
  }
  for (int f = 0; f < SY_FIELDS; f++) {
    if (s->column[f] < 0) continue;
    if (words[f].length == 0)
      return fail_word(r, s->column[f], names[f], "there is nothing", none, error);
    if (f >= SY_FIELD_RATING && !plain_number(words[f], &numbers[f]))
      return fail_word(r, s->column[f], names[f], "not a finite number", words[f], error);
  }
  if (o->has_least && numbers[SY_FIELD_RATING] < o->least) return SY_OK;
  if (r->part->has_ratings && !(fabs(numbers[SY_FIELD_RATING]) <= 3e38))
    return fail_word(r, s->column[SY_FIELD_RATING], "rating", "too large", words[SY_FIELD_RATING],
                     error);
  int32_t user = sy_code_of(&r->x->users, words[0].data, words[0].length);
  if (user < 0) return fail_code(r, user, error);
  int32_t item = sy_code_of(&r->x->items, words[1].data, words[1].length);
  if (item < 0) return fail_code(r, item, error);
  return add_pair(r, user, item, numbers[SY_FIELD_RATING], numbers[SY_FIELD_TIME], error);
}

sy_status sy_read_pairs(sy_interactions *x, sy_part *part, sy_text *text, sy_error *error) {
  reader r = {.x = x, .part = part, .text = text};
  sy_status status = sy_find_shape(&x->options, text, &r.shape, error);
  if (status == SY_OK && r.shape.adjacency && (x->options.has_least || x->options.times))
    return sy_fail(error, SY_E_FORMAT, "%s: lines of many items have no ratings and no times",
                   sy_show_path(text->path).text);
  while (status == SY_OK) {
    char *line;
    size_t length;
    status = sy_text_line(text, ++r.line, &line, &length, error);
    if (status != SY_OK || !line) break;
    if (strspn(line, " \t") >= length) continue; /* the byte behind a line is no blank */
    if (r.shape.header) r.shape.header = 0;
    else if (r.shape.adjacency) status = read_adjacent(&r, line, length, error);
    else status = read_rating(&r, line, length, error);
  }
  return status;
}
