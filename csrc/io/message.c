/*
 * message.c - parts of messages.
 */
#include "io/message.h"

#include <stdio.h>
#include <string.h>

#define CUT 40   /* bytes of a value that are shown */
#define PATH 150 /* bytes of a path that are shown */
#define NEAR 47  /* longer names are not compared */

static size_t show_byte(char *out, unsigned char byte) {
  static const char digits[] = "0123456789abcdef";
  static const char special[] = "\nn\tt\rr\"\"\\\\";
  for (size_t i = 0; special[i]; i += 2) {
    if (byte == (unsigned char)special[i]) {
      out[0] = '\\';
      out[1] = special[i + 1];
      return 2;
    }
  }
  if (byte >= 32 && byte != 127) {
    out[0] = (char)byte;
    return 1;
  }
  out[0] = '\\';
  out[1] = 'x';
  out[2] = digits[byte >> 4];
  out[3] = digits[byte & 15];
  return 4;
}

/* Where to cut, not inside a UTF-8 sequence. */
static size_t cut_at(const char *bytes, size_t length) {
  size_t cut = CUT;
  if (length <= CUT + 3) return length;
  while (cut > CUT - 4 && ((unsigned char)bytes[cut] & 0xc0) == 0x80) cut--;
  return cut;
}

static sy_shown show(const char *bytes, size_t length, const char *quote) {
  sy_shown shown;
  size_t cut = cut_at(bytes, length), n = 0;
  for (; quote[n]; n++) shown.text[n] = quote[n];
  for (size_t i = 0; i < cut; i++) n += show_byte(shown.text + n, (unsigned char)bytes[i]);
  snprintf(shown.text + n, sizeof shown.text - n, "%s%s", cut < length ? "..." : "", quote);
  return shown;
}

sy_shown sy_show(const char *bytes, size_t length) { return show(bytes, length, "\""); }

sy_shown sy_show_name(const char *name, size_t length) {
  return length ? show(name, length, "") : show("", 0, "\"");
}

sy_shown sy_show_path(const char *path) {
  sy_shown shown;
  size_t length = strlen(path), skip = length > PATH ? length - PATH : 0, n = 0;
  if (strcmp(path, "-") == 0) path = "standard input";
  if (skip) n = (size_t)snprintf(shown.text, sizeof shown.text, "...");
  for (path += skip; *path && n < sizeof shown.text - 1; path++) {
    /* One line: a control byte in a path becomes a question mark. */
    shown.text[n++] = (unsigned char)*path < 32 || *path == 127 ? '?' : *path;
  }
  shown.text[n] = 0;
  return shown;
}

void sy_suggest(sy_suggestion *suggestion, const char *wanted, size_t length) {
  suggestion->wanted = wanted;
  suggestion->length = length;
  /* A third of the letters may be wrong, of the shortest names none. */
  suggestion->distance = length < 3 ? 0 : (length + 2) / 3 + 1;
  suggestion->best[0] = 0;
}

/* Edits (insert, delete, replace, swap neighbours) that turn one short name into another. */
static size_t edits(const char *a, size_t n, const char *b, size_t m) {
  size_t rows[3][NEAR + 1];
  for (size_t j = 0; j <= m; j++) rows[0][j] = j;
  for (size_t i = 1; i <= n; i++) {
    size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *second = rows[(i + 1) % 3];
    row[0] = i;
    for (size_t j = 1; j <= m; j++) {
      size_t best = above[j - 1] + (a[i - 1] != b[j - 1]);
      if (above[j] + 1 < best) best = above[j] + 1;
      if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        if (second[j - 2] + 1 < best) best = second[j - 2] + 1;
      }
      row[j] = best;
    }
  }
  return rows[n % 3][m];
}

void sy_suggest_offer(sy_suggestion *suggestion, const char *candidate, size_t length) {
  size_t distance;
  if (length == 0 || length > NEAR || suggestion->length > NEAR) return;
  for (size_t i = 0; i < length; i++) {
    if ((unsigned char)candidate[i] < 32 || candidate[i] == 127) return;
  }
  distance = edits(suggestion->wanted, suggestion->length, candidate, length);
  if (distance >= suggestion->distance) return;
  suggestion->distance = distance;
  memcpy(suggestion->best, candidate, length);
  suggestion->best[length] = 0;
}

const char *sy_suggest_text(sy_suggestion *suggestion) {
  if (!suggestion->best[0]) return "";
  snprintf(suggestion->text, sizeof suggestion->text, " (did you mean \"%s\"?)", suggestion->best);
  return suggestion->text;
}
