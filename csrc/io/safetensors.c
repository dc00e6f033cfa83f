/*
 * safetensors.c - files of tensors opened and read. The header is checked in safetensors_header.c.
 */
#include "io/safetensors.h"

#include <string.h>

#include "io/message.h"

static sy_status read_header(sy_tensors *file, sy_error *error) {
  const char *shown = file->input.path;
  unsigned char start[8];
  uint64_t length = 0;
  sy_status status;
  if (file->input.size < 8)
    return sy_fail(error, SY_E_FORMAT, "%s: not a safetensors file: shorter than 8 bytes",
                   sy_show_path(shown).text);
  status = sy_input_read(&file->input, 0, start, 8, error);
  if (status != SY_OK) return status;
  for (int i = 7; i >= 0; i--) length = length << 8 | start[i];
  if (length > SY_TENSORS_HEADER || length > file->input.size - 8)
    return sy_fail(error, SY_E_FORMAT,
                   "%s: not a safetensors file, or cut: a header of %llu bytes in a file of %llu",
                   sy_show_path(shown).text, (unsigned long long)length,
                   (unsigned long long)file->input.size);
  file->length = (size_t)length;
  file->data = file->input.size - 8 - length;
  file->header = sy_allocate(&file->memory, file->length + 1);
  if (!file->header) return sy_fail_memory(error);
  file->header[file->length] = 0;
  status = sy_input_read(&file->input, 8, file->header, file->length, error);
  return status == SY_OK ? sy_tensors_parse(file, error) : status;
}

sy_status sy_tensors_open(const char *path, const sy_memory *memory, sy_tensors **file,
                          sy_error *error) {
  size_t length = strlen(path) + 1;
  sy_tensors *opened = sy_allocate(memory, sizeof *opened + length);
  sy_status status;
  if (!opened) return sy_fail_memory(error);
  memset(opened, 0, sizeof *opened);
  opened->memory = sy_memory_of(memory);
  memcpy(opened + 1, path, length); /* for messages to come */
  status = sy_input_open(&opened->input, (const char *)(opened + 1), error);
  if (status == SY_OK) status = read_header(opened, error);
  if (status == SY_OK) *file = opened;
  else sy_tensors_close(opened);
  return status;
}

void sy_tensors_close(sy_tensors *file) {
  sy_memory memory;
  if (!file) return;
  memory = file->memory;
  sy_release(&memory, file->entries, file->capacity * sizeof *file->entries);
  sy_release(&memory, file->notes, file->note_capacity * sizeof *file->notes);
  sy_release(&memory, file->header, file->header ? file->length + 1 : 0);
  sy_input_close(&file->input);
  sy_release(&memory, file, sizeof *file + strlen(file->input.path) + 1);
}

size_t sy_tensors_count(const sy_tensors *file) { return file->count; }

sy_tensor sy_tensors_get(const sy_tensors *file, size_t index) {
  return file->entries[index].tensor;
}

size_t sy_tensors_note_count(const sy_tensors *file) { return file->note_count; }

sy_tensor_note sy_tensors_note(const sy_tensors *file, size_t index) { return file->notes[index]; }

sy_status sy_tensors_read(const sy_tensors *file, size_t index, void *destination,
                          sy_error *error) {
  const sy_tensor_entry *entry = &file->entries[index];
  size_t size = (size_t)(entry->end - entry->begin), width = sy_dtype_size(entry->tensor.dtype);
  sy_status status =
      sy_input_read(&file->input, 8 + file->length + entry->begin, destination, size, error);
  if (status == SY_OK) sy_swap_numbers(destination, size / width, entry->tensor.dtype);
  return status;
}
