/*
 * trec_lines.c - the lines of runs and qrels, streamed.
 *
 * Every line that is looked at is whole and ends with '\n', so that a scan for the end of a word,
 * eight bytes at a time, needs no other bound.
 */
#include "io/trec_parts.h"

#include <stdio.h>
#include <string.h>

#include "io/message.h"
#include "io/number.h"
#include "io/text.h"

#define LINES_LIMIT ((size_t)INT32_MAX) /* the most of a file */
#define WORDS 6
#define GRADE_DIGITS 15 /* all of which a double holds */

typedef struct word {
  const char *data;
  size_t length;
} word;

/* What a file's lines hold: the names of its columns, and which of them is the number. */
typedef struct layout {
  const char *what;
  int words, number;
  const char *names[WORDS];
} layout;

static const layout layouts[] = {
    {"qrels", 4, 3, {"topic", "iteration", "document", "grade", NULL, NULL}},
    {"a run", 6, 4, {"topic", "Q0", "document", "rank", "score", "tag"}}};

typedef struct reader {
  sy_trec *trec;
  sy_trec_lines *lines;
  const layout *layout;
  const char *path;
  size_t number; /* of the line */
  /* Of the last line, while its bytes are there: most lines are of the same topic as the one before
     them, and all but the last tag are forgotten. */
  word topic, tag;
  int32_t code;
  sy_error *error;
} reader;

/* ----------------------------------------------------------------------------------- words ---- */

/* The first byte from p on that is a blank or the line's end: any below 33. */
static inline const char *word_end(const char *p) {
  for (;; p += 8) {
    uint64_t w = sy_number_load8(p);
    uint64_t blanks = (w - UINT64_C(0x2121212121212121)) & ~w & UINT64_C(0x8080808080808080);
    if (blanks) return p + (__builtin_ctzll(blanks) >> 3);
  }
}

static inline const char *skip_blanks(const char *p) {
  while ((unsigned char)*p <= ' ' && *p != '\n') p++;
  return p;
}

/* Split off up to n words; *p then stands behind the last one. Returns how many there were. */
static inline int split(const char **p, word *words, int n) {
  const char *at = *p;
  int i;
  for (i = 0; i < n; i++) {
    at = skip_blanks(at);
    if (*at == '\n') break;
    words[i].data = at;
    at = word_end(at);
    words[i].length = (size_t)(at - words[i].data);
  }
  *p = at;
  return i;
}

/* -------------------------------------------------------------------------------- complaints -- */

static sy_status refuse_word(const reader *r, int column, const word *value, const char *what) {
  return sy_fail(r->error, SY_E_FORMAT, "%s:%zu: column %s: %s %s", sy_show_path(r->path).text,
                 r->number, r->layout->names[column], sy_show(value->data, value->length).text,
                 what);
}

static sy_status refuse_count(const reader *r, const char *column, const char *what) {
  char line[80];
  int length = 0;
  for (int i = 0; i < r->layout->words; i++) {
    length += snprintf(line + length, sizeof line - (size_t)length, "%s%s", i ? " " : "",
                       r->layout->names[i]);
  }
  return sy_fail(r->error, SY_E_FORMAT, "%s:%zu: %s%s (a line of %s is: %s)",
                 sy_show_path(r->path).text, r->number, column, what, r->layout->what, line);
}

static sy_status refuse_missing(const reader *r, int column) {
  char text[40];
  snprintf(text, sizeof text, "column %s", r->layout->names[column]);
  return refuse_count(r, text, " is missing");
}

/* --------------------------------------------------------------------------------- numbers ---- */

static sy_status parse_score(const reader *r, const word *text, double *score) {
  if (SY_LIKELY(sy_number_scan(text->data, score) == text->data + text->length)) return SY_OK;
  switch (sy_number_parse(text->data, text->length, score)) {
    case SY_SPELLING_NUMBER: return SY_OK;
    case SY_SPELLING_INFINITE: return refuse_word(r, 4, text, "is not a finite number");
    default: return refuse_word(r, 4, text, "is not a number");
  }
}

static sy_status parse_grade(const reader *r, const word *text, double *grade) {
  size_t sign = *text->data == '-' || *text->data == '+';
  size_t digits = text->length - sign;
  int64_t value = 0;
  for (size_t i = sign; i < text->length; i++) {
    unsigned digit = (unsigned)(text->data[i] - '0');
    if (digit > 9) return refuse_word(r, 3, text, "is not a whole number");
    if (i - sign < GRADE_DIGITS) value = value * 10 + (int64_t)digit;
  }
  if (digits == 0) return refuse_word(r, 3, text, "is not a whole number");
  if (digits > GRADE_DIGITS) return refuse_word(r, 3, text, "has too many digits");
  *grade = (double)(*text->data == '-' ? -value : value);
  return SY_OK;
}

/* ----------------------------------------------------------------------------------- lines ---- */

static int grow_lines(sy_trec *trec, sy_trec_lines *lines) {
  size_t room = lines->room ? lines->room * 2 : 256;
  sy_trec_line *list =
      sy_resize(&trec->memory, lines->list, lines->room * sizeof *list, room * sizeof *list);
  if (!list) return 0;
  lines->list = list;
  lines->room = room;
  return 1;
}

static int grow_arena(sy_trec *trec, size_t need) {
  size_t room = trec->arena_room ? trec->arena_room : 4096;
  char *arena;
  while (room < need) room *= 2;
  arena = sy_resize(&trec->memory, trec->arena, trec->arena_room, room);
  if (!arena) return 0;
  trec->arena = arena;
  trec->arena_room = room;
  return 1;
}

static inline int same_word(const word *a, const word *b) {
  if (a->length != b->length) return 0;
  if (a->length > 8) return memcmp(a->data, b->data, a->length) == 0;
  return a->length == 0 ||
         (sy_number_load8(a->data) ^ sy_number_load8(b->data)) << (64 - 8 * a->length) == 0;
}

/* The code of a line's topic; below 0 as sy_dictionary_code's. */
static inline int32_t code_of(reader *r, const word *topic) {
  if (!same_word(topic, &r->topic)) {
    r->code = sy_dictionary_code(&r->trec->topics, topic->data, topic->length);
  }
  r->topic = *topic;
  return r->code;
}

/* Before the bytes go: copy the tag. */
static sy_status forget_line(reader *r) {
  sy_trec *trec = r->trec;
  size_t length = r->tag.length;
  r->topic.length = r->tag.length = 0;
  if (length == 0) return SY_OK;
  if (length >= trec->tag_room) {
    char *tag = sy_resize(&trec->memory, trec->tag, trec->tag_room, length + 1);
    if (!tag) return sy_fail_memory(r->error);
    trec->tag = tag;
    trec->tag_room = length + 1;
  }
  memcpy(trec->tag, r->tag.data, length);
  trec->tag[length] = 0;
  return SY_OK;
}

static sy_status add_line(reader *r, const word *topic, const word *name, double value) {
  sy_trec *trec = r->trec;
  sy_trec_lines *lines = r->lines;
  sy_trec_line *line;
  size_t need = trec->arena_used + name->length + 1;
  int32_t code = code_of(r, topic);
  if (lines->count == LINES_LIMIT || r->number > UINT32_MAX || code == -2) {
    return sy_fail(r->error, SY_E_LIMIT, "%s:%zu: more than %zu lines", sy_show_path(r->path).text,
                   r->number, LINES_LIMIT);
  }
  if (code < 0 || (lines->count == lines->room && !grow_lines(trec, lines)) ||
      (need > trec->arena_room && !grow_arena(trec, need))) {
    return sy_fail_memory(r->error);
  }
  line = &lines->list[lines->count++];
  line->value = value;
  line->name = trec->arena_used;
  line->topic = code;
  line->number = (uint32_t)r->number;
  memcpy(trec->arena + trec->arena_used, name->data, name->length);
  trec->arena[need - 1] = 0;
  trec->arena_used = need;
  return SY_OK;
}

static sy_status read_run_line(reader *r, const char **p) {
  word words[WORDS];
  double score = 0.0;
  int count = split(p, words, 6);
  sy_status status;
  if (count == 0 || *words[0].data == '#') return SY_OK;
  if (count < 6) return refuse_missing(r, count);
  status = parse_score(r, &words[4], &score);
  r->tag = words[5];
  return status == SY_OK ? add_line(r, &words[0], &words[2], score) : status;
}

static sy_status read_qrels_line(reader *r, const char **p) {
  word words[WORDS];
  double grade = 0.0;
  int count = split(p, words, 5);
  sy_status status;
  if (count == 0 || *words[0].data == '#') return SY_OK;
  if (count < 4) return refuse_missing(r, count);
  /* Else a run would pass for qrels, with its ranks for grades. */
  if (count > 4) return refuse_count(r, "", "more than 4 words");
  status = parse_grade(r, &words[3], &grade);
  return status == SY_OK ? add_line(r, &words[0], &words[2], grade) : status;
}

/* Whole lines from p on, up to `end`, which is behind a '\n'. */
static sy_status read_block(reader *r, const char *p, const char *end) {
  int run = r->layout == &layouts[SY_TREC_RUN];
  for (; p < end; r->number++) {
    sy_status status = run ? read_run_line(r, &p) : read_qrels_line(r, &p);
    if (status != SY_OK) return status;
    if (*p != '\n') p = memchr(p, '\n', (size_t)(end - p));
    p++;
  }
  return forget_line(r);
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

sy_status sy_trec_read_lines(sy_trec *trec, const char *path, sy_trec_kind kind,
                             sy_trec_lines *lines, sy_error *error) {
  reader r = {trec, lines, &layouts[kind], path, 1, {NULL, 0}, {NULL, 0}, -1, error};
  sy_text text;
  sy_status status = sy_text_open(&text, path, &trec->memory, error);
  if (status != SY_OK) return status;
  status = read_text(&r, &text);
  sy_text_close(&text);
  return status;
}
