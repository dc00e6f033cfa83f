/*
 * text.h - a file as a stream of text: plain or gzip, or standard input, in big pieces.
 */
#ifndef SY_IO_TEXT_H
#define SY_IO_TEXT_H

#include "base/base.h"

#define SY_TEXT_RECORD ((size_t)1 << 30) /* the longest record: 1 GiB */

/*
 * The bytes that are read and not yet used are data[begin] .. data[end - 1]; data[end] and 31 bytes
 * behind it are 0, so that a scanner needs no check for the end.
 */
typedef struct sy_text {
  const char *path;
  sy_memory memory;
  void *file; /* gzFile */
  char *data;
  size_t capacity;
  size_t begin, end;
  int done; /* the file has no more */
} sy_text;

/* Open a file ("-": standard input), read the first piece, skip a byte-order mark. */
sy_status sy_text_open(sy_text *text, const char *path, const sy_memory *memory, sy_error *error);
void sy_text_close(sy_text *text);

/*
 * Move what is unused to the front and read more; where the buffer is full it doubles. At the end
 * of the file `done` is set and a last line without a line end gets one. SY_E_LIMIT beyond
 * SY_TEXT_RECORD unused bytes; line stands in that message (0: none).
 */
sy_status sy_text_more(sy_text *text, size_t line, sy_error *error);

/*
 * The next line without its line end; *line is NULL at the end of the file. The line stays valid up
 * to the next call and is followed by a byte that may be overwritten.
 */
sy_status sy_text_line(sy_text *text, size_t number, char **line, size_t *length, sy_error *error);

#endif
