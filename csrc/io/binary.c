/*
 * binary.c - numbers in binary files.
 */
#include "io/binary.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "io/message.h"

#ifndef O_CLOEXEC
#define O_CLOEXEC 0
#endif

#define PIECE 16384

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define BIG_ENDIAN_MACHINE 1
#else
#define BIG_ENDIAN_MACHINE 0
#endif

sy_status sy_input_open(sy_input *input, const char *path, sy_error *error) {
  struct stat info;
  input->path = path;
  input->size = 0;
  input->handle = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (input->handle < 0) return sy_fail_system(error, path, "cannot open", errno);
  if (fstat(input->handle, &info) != 0 || !S_ISREG(info.st_mode)) {
    sy_input_close(input);
    return sy_fail(error, SY_E_IO, "%s: not a regular file", sy_show_path(path).text);
  }
  input->size = (uint64_t)info.st_size;
  return SY_OK;
}

void sy_input_close(sy_input *input) {
  if (input->handle >= 0) close(input->handle);
  input->handle = -1;
}

sy_status sy_input_read(const sy_input *input, uint64_t offset, void *out, size_t size,
                        sy_error *error) {
  char *to = out;
  while (size) {
    ssize_t got = pread(input->handle, to, size < (1u << 30) ? size : 1u << 30, (off_t)offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return sy_fail_system(error, input->path, "cannot read", errno);
    if (got == 0) {
      return sy_fail(error, SY_E_FORMAT, "%s: the file ends too early",
                     sy_show_path(input->path).text);
    }
    to += got;
    offset += (uint64_t)got;
    size -= (size_t)got;
  }
  return SY_OK;
}

static void swap(unsigned char *p, size_t count, size_t width) {
  for (size_t i = 0; i < count; i++, p += width) {
    for (size_t a = 0, b = width - 1; a < b; a++, b--) {
      unsigned char byte = p[a];
      p[a] = p[b];
      p[b] = byte;
    }
  }
}

void sy_swap_numbers(void *data, size_t count, sy_dtype dtype) {
  if (BIG_ENDIAN_MACHINE) swap(data, count, sy_dtype_size(dtype));
}

uint32_t sy_checksum(uint32_t start, const void *bytes, size_t size) {
  const unsigned char *from = bytes;
  uLong sum = start;
  while (size) {
    uInt piece = size < (1u << 30) ? (uInt)size : 1u << 30;
    sum = crc32(sum, from, piece);
    from += piece;
    size -= piece;
  }
  return (uint32_t)sum;
}

uint32_t sy_checksum_numbers(uint32_t start, const void *data, size_t count, sy_dtype dtype) {
  size_t width = sy_dtype_size(dtype);
  const char *from = data;
  char bytes[PIECE];
  if (!BIG_ENDIAN_MACHINE) return sy_checksum(start, data, count * width);
  while (count) {
    size_t piece = count < PIECE / width ? count : PIECE / width;
    memcpy(bytes, from, piece * width);
    sy_swap_numbers(bytes, piece, dtype);
    start = sy_checksum(start, bytes, piece * width);
    from += piece * width;
    count -= piece;
  }
  return start;
}

/* Numbers on their way into a file. */
typedef struct piece {
  sy_output *output;
  sy_dtype dtype;
  size_t used; /* numbers */
  char bytes[PIECE];
} piece;

static sy_status flush(piece *p, sy_error *error) {
  size_t size = p->used * sy_dtype_size(p->dtype);
  sy_swap_numbers(p->bytes, p->used, p->dtype);
  p->used = 0;
  return sy_output_write(p->output, p->bytes, size, error);
}

sy_status sy_output_numbers(sy_output *output, const sy_matrix_view *matrix, sy_error *error) {
  size_t width = sy_dtype_size(matrix->dtype), rows = matrix->rows, columns = matrix->columns;
  piece p;
  if (rows == 0 || columns == 0) return SY_OK;
  if (!BIG_ENDIAN_MACHINE && (columns == 1 || matrix->element_stride == 1) &&
      (rows == 1 || matrix->row_stride == columns)) {
    return sy_output_write(output, matrix->data, rows * columns * width, error);
  }
  p.output = output;
  p.dtype = matrix->dtype;
  p.used = 0;
  for (size_t i = 0; i < rows; i++) {
    const char *row = (const char *)matrix->data + i * matrix->row_stride * width;
    for (size_t j = 0; j < columns; j++) {
      memcpy(p.bytes + p.used * width, row + j * matrix->element_stride * width, width);
      if (++p.used < PIECE / width) continue;
      sy_status status = flush(&p, error);
      if (status != SY_OK) return status;
    }
  }
  return flush(&p, error);
}
