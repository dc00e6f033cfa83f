/*
 * json_check.c - is a text JSON as RFC 8259 has it? Says where not, and why.
 *
 * Only the grammar is checked and nothing is built, so that a failure of cJSON on a text that
 * passed here can only be want of memory. Stricter than cJSON where that loses or bends data.
 */
#include <string.h>

#include "io/json.h"

/* cJSON copies a number into 64 bytes before it reads it. */
#define NUMBER_LENGTH 60

typedef struct scan {
  const char *text, *p, *end;
  sy_json_member member;
  void *context;
  const char *message; /* why it stopped */
  const char *place;   /* where; p if NULL */
  int told;            /* member stopped it */
} scan;

static int stop(scan *s, const char *place, const char *message) {
  s->place = place;
  s->message = message;
  return 0;
}

static void skip_blank(scan *s) {
  while (s->p < s->end && (*s->p == ' ' || *s->p == '\n' || *s->p == '\r' || *s->p == '\t')) s->p++;
}

static int is_digit(const scan *s) { return s->p < s->end && *s->p >= '0' && *s->p <= '9'; }

static int check_number(scan *s) {
  const char *start = s->p;
  if (*s->p == '-') s->p++;
  if (!is_digit(s)) return stop(s, start, "expected a value");
  if (*s->p == '0') s->p++;
  else
    while (is_digit(s)) s->p++;
  if (is_digit(s)) return stop(s, start, "a number must not begin with 0");
  if (s->p < s->end && *s->p == '.') {
    s->p++;
    if (!is_digit(s)) return stop(s, s->p, "expected a digit after the point");
    while (is_digit(s)) s->p++;
  }
  if (s->p < s->end && (*s->p | 0x20) == 'e') {
    s->p++;
    if (s->p < s->end && (*s->p == '+' || *s->p == '-')) s->p++;
    if (!is_digit(s)) return stop(s, s->p, "expected a digit in the exponent");
    while (is_digit(s)) s->p++;
  }
  if (s->p - start > NUMBER_LENGTH) return stop(s, start, "a number of more than 60 characters");
  return 1;
}

/* Four hex digits, or -1. */
static long read_hex4(const char *p, const char *end) {
  long code = 0;
  if (end - p < 4) return -1;
  for (int i = 0; i < 4; i++) {
    char c = p[i];
    if (c >= '0' && c <= '9') code = code * 16 + (c - '0');
    else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') code = code * 16 + ((c | 0x20) - 'a' + 10);
    else return -1;
  }
  return code;
}

/* An escape; p is behind its backslash. */
static int check_escape(scan *s) {
  const char *start = s->p - 1;
  long code;
  if (s->p == s->end || !*s->p || !strchr("\"\\/bfnrtu", *s->p)) {
    return stop(s, start, "unknown escape in a string");
  }
  if (*s->p++ != 'u') return 1;
  code = read_hex4(s->p, s->end);
  if (code < 0) return stop(s, start, "expected four hex digits after \\u");
  if (code == 0) return stop(s, start, "\\u0000 is not supported in strings");
  s->p += 4;
  if (code >= 0xdc00 && code <= 0xdfff) return stop(s, start, "half a surrogate pair");
  if (code < 0xd800 || code > 0xdbff) return 1;
  if (s->end - s->p < 6 || s->p[0] != '\\' || s->p[1] != 'u') {
    return stop(s, start, "half a surrogate pair");
  }
  code = read_hex4(s->p + 2, s->end);
  if (code < 0xdc00 || code > 0xdfff) return stop(s, start, "half a surrogate pair");
  s->p += 6;
  return 1;
}

static int check_string(scan *s) {
  const char *start = s->p++;
  while (s->p < s->end) {
    unsigned char c = (unsigned char)*s->p++;
    if (c == '"') return 1;
    if (c < 32) return stop(s, s->p - 1, "a raw control character in a string");
    if (c == '\\' && !check_escape(s)) return 0;
  }
  return stop(s, start, "the string has no end");
}

static int check_value(scan *s, int depth);

static int check_array(scan *s, int depth) {
  s->p++;
  skip_blank(s);
  if (s->p < s->end && *s->p == ']') return s->p++, 1;
  for (;;) {
    if (!check_value(s, depth)) return 0;
    skip_blank(s);
    if (s->p == s->end) return stop(s, s->p, "the array has no end");
    if (*s->p == ']') return s->p++, 1;
    if (*s->p != ',') return stop(s, s->p, "expected ',' or ']'");
    s->p++;
    skip_blank(s);
  }
}

static int check_member(scan *s, int depth) {
  const char *start;
  if (s->p == s->end) return stop(s, s->p, "the object has no end");
  if (*s->p != '"') return stop(s, s->p, "expected a key in double quotes");
  if (!check_string(s)) return 0;
  skip_blank(s);
  if (s->p == s->end || *s->p != ':') return stop(s, s->p, "expected ':' after a key");
  s->p++;
  skip_blank(s);
  start = s->p;
  if (!check_value(s, depth)) return 0;
  if (depth == 1 && s->member &&
      s->member(s->context, (size_t)(start - s->text), (size_t)(s->p - start))) {
    s->told = 1;
    return 0;
  }
  return 1;
}

static int check_object(scan *s, int depth) {
  s->p++;
  skip_blank(s);
  if (s->p < s->end && *s->p == '}') return s->p++, 1;
  for (;;) {
    if (!check_member(s, depth)) return 0;
    skip_blank(s);
    if (s->p == s->end) return stop(s, s->p, "the object has no end");
    if (*s->p == '}') return s->p++, 1;
    if (*s->p != ',') return stop(s, s->p, "expected ',' or '}'");
    s->p++;
    skip_blank(s);
  }
}

static int check_word(scan *s, const char *word) {
  size_t length = strlen(word);
  if ((size_t)(s->end - s->p) < length || memcmp(s->p, word, length) != 0) {
    return stop(s, s->p, "expected a value");
  }
  s->p += length;
  return 1;
}

/* depth: how many arrays and objects the value stands in. */
static int check_value(scan *s, int depth) {
  if (s->p == s->end) return stop(s, s->p, "expected a value, but the text ends");
  switch (*s->p) {
    case '{':
    case '[':
      if (depth >= SY_JSON_DEPTH) return stop(s, s->p, "nested deeper than 500 levels");
      return *s->p == '{' ? check_object(s, depth + 1) : check_array(s, depth + 1);
    case '"': return check_string(s);
    case 't': return check_word(s, "true");
    case 'f': return check_word(s, "false");
    case 'n': return check_word(s, "null");
    default: return check_number(s);
  }
}

int sy_json_check(const char *text, size_t length, sy_json_member member, void *context,
                  sy_json_fault *fault) {
  scan s = {text, text, text + length, member, context, NULL, NULL, 0};
  if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) s.p += 3;
  skip_blank(&s);
  if (check_value(&s, 0)) {
    skip_blank(&s);
    if (s.p == s.end) return 0;
    stop(&s, s.p, "more text after the value");
  }
  if (s.told) return 2;
  fault->offset = (size_t)(s.place - text);
  fault->message = s.message;
  return 1;
}
