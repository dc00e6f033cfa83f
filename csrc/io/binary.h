/*
 * binary.h - numbers in binary files: little-endian, whatever the machine.
 */
#ifndef SY_IO_BINARY_H
#define SY_IO_BINARY_H

#include "io/file.h"

/* A regular file that is read at places of one's own choice. */
typedef struct sy_input {
  const char *path; /* as the caller calls it */
  int handle;       /* -1: none */
  uint64_t size;    /* of the file */
} sy_input;

/* A pipe or a device is refused, not waited for. */
sy_status sy_input_open(sy_input *input, const char *path, sy_error *error);
void sy_input_close(sy_input *input);
/* SY_E_FORMAT where the file ends before. */
sy_status sy_input_read(const sy_input *input, uint64_t offset, void *out, size_t size,
                        sy_error *error);

/* From the file's byte order to the machine's, or back; in place. */
void sy_swap_numbers(void *data, size_t count, sy_dtype dtype);

/*
 * The CRC-32 (as zlib's and gzip's) of bytes, or of numbers in the file's byte order. start: 0, or the
 * sum of what comes before.
 */
uint32_t sy_checksum(uint32_t start, const void *bytes, size_t size);
uint32_t sy_checksum_numbers(uint32_t start, const void *data, size_t count, sy_dtype dtype);

/* A matrix row by row; strides in elements. */
typedef struct sy_matrix_view {
  const void *data;
  sy_dtype dtype;
  size_t rows, columns;
  size_t row_stride, element_stride;
} sy_matrix_view;
sy_status sy_output_numbers(sy_output *output, const sy_matrix_view *matrix, sy_error *error);

#endif
