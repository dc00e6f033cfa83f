/*
 * message.h - parts of messages: values shown short and safe, and "did you mean".
 */
#ifndef SY_IO_MESSAGE_H
#define SY_IO_MESSAGE_H

#include "base/base.h"

typedef struct sy_shown {
  char text[192];
} sy_shown;

/* A value in double quotes, cut to about 40 bytes, control bytes escaped. */
sy_shown sy_show(const char *bytes, size_t length);
/* The same without quotes, for names. */
sy_shown sy_show_name(const char *name, size_t length);
/* A path; of a long one the end. "-" becomes "standard input". */
sy_shown sy_show_path(const char *path);

/* Looks for the candidate nearest to what was asked for. */
typedef struct sy_suggestion {
  const char *wanted;
  size_t length;
  size_t distance;
  char best[48];
  char text[80];
} sy_suggestion;

void sy_suggest(sy_suggestion *suggestion, const char *wanted, size_t length);
void sy_suggest_offer(sy_suggestion *suggestion, const char *candidate, size_t length);
/* ` (did you mean "p_like"?)`, or nothing when no candidate is near. */
const char *sy_suggest_text(sy_suggestion *suggestion);

#endif
