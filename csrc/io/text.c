/*
 * text.c - a file as a stream of text, through zlib, which passes plain files through as they are.
 */
#include "io/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "io/file.h"
#include "io/message.h"

#define FIRST ((size_t)1 << 16) /* enough for a value model: small files stay cheap */
#define PIECE ((size_t)1 << 20)
#define PADDING 64

static sy_status read_failed(sy_text *text, sy_error *error, int saved) {
  const char *path = text->path;
  int code = Z_OK;
  const char *message = gzerror((gzFile)text->file, &code);
  if (code == Z_MEM_ERROR) return sy_fail_memory(error);
  if (code == Z_ERRNO) return sy_fail_system(error, path, "cannot read", saved);
  if (code == Z_BUF_ERROR) {
    return sy_fail(error, SY_E_FORMAT, "%s: the gzip data ends too early (a truncated file?)",
                   sy_show_path(path).text);
  }
  if (strncmp(message, "<fd:", 4) == 0 && strstr(message, ": ")) {
    message = strstr(message, ": ") + 2;
  }
  return sy_fail(error, SY_E_FORMAT, "%s: damaged gzip data (%s)", sy_show_path(path).text,
                 message);
}

/* Read into the free part of the buffer until it is full or the file ends. */
static sy_status fill(sy_text *text, sy_error *error) {
  size_t room = text->capacity - text->end;
  while (room && !text->done) {
    unsigned want = room < PIECE ? (unsigned)room : (unsigned)PIECE;
    int got, code = Z_OK;
    errno = 0;
    got = gzread((gzFile)text->file, text->data + text->end, want);
    if (got < 0) return read_failed(text, error, errno);
    text->end += (size_t)got;
    room -= (size_t)got;
    if ((unsigned)got < want) {
      gzerror((gzFile)text->file, &code);
      if (code != Z_OK && code != Z_STREAM_END) return read_failed(text, error, errno);
      text->done = 1;
    }
  }
  if (text->done && text->end > text->begin && text->data[text->end - 1] != '\n') {
    text->data[text->end++] = '\n'; /* the padding has room for it */
  }
  memset(text->data + text->end, 0, PADDING / 2);
  return SY_OK;
}

static int grow(sy_text *text) {
  size_t capacity = text->capacity >= PIECE ? text->capacity * 2 : text->capacity ? PIECE : FIRST;
  char *data = sy_resize(&text->memory, text->data, text->capacity + PADDING, capacity + PADDING);
  if (!data) return 0;
  text->data = data;
  text->capacity = capacity;
  return 1;
}

sy_status sy_text_open(sy_text *text, const char *path, const sy_memory *memory, sy_error *error) {
  sy_status status;
  int handle;
  memset(text, 0, sizeof *text);
  text->path = path;
  text->memory = sy_memory_of(memory);
  handle = strcmp(path, "-") == 0 ? dup(0) : open(path, O_RDONLY | O_CLOEXEC);
  if (handle < 0) return sy_fail_system(error, path, "cannot open", errno);
  text->file = gzdopen(handle, "rb");
  if (!text->file) {
    close(handle);
    return sy_fail_memory(error);
  }
  status = grow(text) ? fill(text, error) : sy_fail_memory(error);
  if (status != SY_OK) {
    sy_text_close(text);
  } else if (text->end >= 3 && memcmp(text->data, "\xef\xbb\xbf", 3) == 0) {
    text->begin = 3;
  }
  return status;
}

void sy_text_close(sy_text *text) {
  if (text->file) gzclose_r((gzFile)text->file);
  if (text->data) sy_release(&text->memory, text->data, text->capacity + PADDING);
  memset(text, 0, sizeof *text);
}

sy_status sy_text_more(sy_text *text, size_t line, sy_error *error) {
  if (text->begin) {
    memmove(text->data, text->data + text->begin, text->end - text->begin);
    text->end -= text->begin;
    text->begin = 0;
  } else if (text->end >= SY_TEXT_RECORD) {
    if (line == 0) {
      return sy_fail(error, SY_E_LIMIT, "%s: more than 1 GiB", sy_show_path(text->path).text);
    }
    return sy_fail(error, SY_E_LIMIT, "%s:%zu: a record of more than 1 GiB (a quote left open?)",
                   sy_show_path(text->path).text, line);
  }
  if ((text->end >= text->capacity || text->capacity < PIECE) && !grow(text)) {
    return sy_fail_memory(error);
  }
  return fill(text, error);
}

sy_status sy_text_line(sy_text *text, size_t number, char **line, size_t *length, sy_error *error) {
  size_t seen = 0;
  for (;;) {
    char *start = text->data + text->begin;
    size_t left = text->end - text->begin;
    char *stop = left > seen ? memchr(start + seen, '\n', left - seen) : NULL;
    if (stop) {
      text->begin += (size_t)(stop - start) + 1;
      if (stop > start && stop[-1] == '\r') stop--;
      *line = start;
      *length = (size_t)(stop - start);
      return SY_OK;
    }
    if (text->done) {
      *line = NULL;
      *length = 0;
      return SY_OK;
    }
    seen = left;
    {
      sy_status status = sy_text_more(text, number, error);
      if (status != SY_OK) return status;
    }
  }
}
