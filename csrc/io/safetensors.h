/*
 * safetensors.h - an open file of tensors, as its parts see it. Public: steelyard/tensors.h.
 */
#ifndef SY_IO_SAFETENSORS_H
#define SY_IO_SAFETENSORS_H

#include "io/binary.h"
#include "steelyard/tensors.h"

#define SY_TENSORS_NOTES "__metadata__"

typedef struct sy_tensor_entry {
  sy_tensor tensor;
  uint64_t begin, end; /* of its bytes, from the end of the header */
} sy_tensor_entry;

struct sy_tensors {
  sy_memory memory;
  sy_input input;
  char *header; /* names, keys and texts lie in it */
  size_t length;
  uint64_t data; /* how many bytes follow the header */
  sy_tensor_entry *entries;
  size_t count, capacity;
  sy_tensor_note *notes;
  size_t note_count, note_capacity;
};

/*
 * Fill in entries and notes from the header, which changes: strings lose their escapes and get an
 * end. The caller has set all other members, and closes the file in any case.
 */
sy_status sy_tensors_parse(sy_tensors *file, sy_error *error);

/* 1 for a zero-ended text that is UTF-8. */
int sy_is_utf8(const char *text);

/* For qsort: tensors, and notes, by the bytes of their names. */
int sy_tensor_compare(const void *a, const void *b);
int sy_tensor_note_compare(const void *a, const void *b);

#endif
