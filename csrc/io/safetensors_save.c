/*
 * safetensors_save.c - files of tensors written.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/json.h"
#include "io/message.h"
#include "io/safetensors.h"

static const char *const dtype_names[] = {"", "F32", "F64", "I32", "I64"};

/* Copies of the caller's lists, sorted. */
typedef struct content {
  sy_tensor *tensors;
  size_t count;
  sy_tensor_note *notes;
  size_t note_count;
} content;

static sy_status refuse(sy_error *error, const char *what, const char *name, const char *why) {
  return sy_fail(error, SY_E_ARGUMENT, "%s %s: %s", what, sy_show(name, strlen(name)).text, why);
}

static sy_status check_tensor(const sy_tensor *tensor, sy_error *error) {
  size_t width = sy_dtype_size(tensor->dtype), columns = tensor->shape[1];
  if (!*tensor->name) return sy_fail(error, SY_E_ARGUMENT, "a tensor without a name");
  if (strcmp(tensor->name, SY_TENSORS_NOTES) == 0)
    return refuse(error, "tensor", tensor->name, "that is the metadata's name");
  if (!sy_is_utf8(tensor->name)) return refuse(error, "tensor", tensor->name, "not UTF-8");
  if (!width || tensor->dimensions < 1 || tensor->dimensions > 2 ||
      (tensor->dimensions == 1 && columns != 1))
    return refuse(error, "tensor", tensor->name, "no such type or shape");
  if (columns && tensor->shape[0] > SIZE_MAX / 2 / width / columns)
    return refuse(error, "tensor", tensor->name, "the shape is too large");
  return SY_OK;
}

static sy_status check_note(const sy_tensor_note *note, sy_error *error) {
  if (!sy_is_utf8(note->key) || !sy_is_utf8(note->text))
    return refuse(error, "metadata", note->key, "not UTF-8");
  return SY_OK;
}

static sy_status check_content(content *c, sy_error *error) {
  sy_status status = SY_OK;
  if (c->count) qsort(c->tensors, c->count, sizeof *c->tensors, sy_tensor_compare);
  if (c->note_count) qsort(c->notes, c->note_count, sizeof *c->notes, sy_tensor_note_compare);
  for (size_t i = 0; i < c->count && status == SY_OK; i++) {
    status = check_tensor(&c->tensors[i], error);
    if (i && strcmp(c->tensors[i - 1].name, c->tensors[i].name) == 0)
      status = refuse(error, "tensor", c->tensors[i].name, "the name is there twice");
  }
  for (size_t i = 0; i < c->note_count && status == SY_OK; i++) {
    status = check_note(&c->notes[i], error);
    if (i && strcmp(c->notes[i - 1].key, c->notes[i].key) == 0)
      status = refuse(error, "metadata", c->notes[i].key, "the key is there twice");
  }
  return status;
}

/* ---------------------------------------------------------------- the header ----------------- */

static uint64_t bytes_of(const sy_tensor *tensor) {
  return (uint64_t)sy_dtype_size(tensor->dtype) * tensor->shape[0] * tensor->shape[1];
}

/* Where narrow numbers begin: behind all that are 8 bytes wide. */
static uint64_t wide_bytes(const content *c) {
  uint64_t total = 0;
  for (size_t i = 0; i < c->count; i++)
    if (sy_dtype_size(c->tensors[i].dtype) == 8) total += bytes_of(&c->tensors[i]);
  return total;
}

static void write_notes(sy_buffer *out, const content *c) {
  sy_buffer_text(out, "\"" SY_TENSORS_NOTES "\":{");
  for (size_t i = 0; i < c->note_count; i++) {
    if (i) sy_buffer_text(out, ",");
    sy_buffer_string(out, c->notes[i].key, strlen(c->notes[i].key));
    sy_buffer_text(out, ":");
    sy_buffer_string(out, c->notes[i].text, strlen(c->notes[i].text));
  }
  sy_buffer_text(out, "}");
}

static void write_tensor(sy_buffer *out, const sy_tensor *tensor, uint64_t begin) {
  char text[200], shape[64];
  uint64_t end = begin + bytes_of(tensor);
  if (tensor->dimensions == 1) snprintf(shape, sizeof shape, "%zu", tensor->shape[0]);
  else snprintf(shape, sizeof shape, "%zu,%zu", tensor->shape[0], tensor->shape[1]);
  snprintf(text, sizeof text,
           ":{\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":[%" PRIu64 ",%" PRIu64 "]}",
           dtype_names[tensor->dtype], shape, begin, end);
  sy_buffer_string(out, tensor->name, strlen(tensor->name));
  sy_buffer_text(out, text);
}

/* 8 bytes for the length, and the header, padded so that the numbers are aligned. */
static sy_status write_header(sy_buffer *out, const content *c, sy_error *error) {
  uint64_t wide = 0, narrow = wide_bytes(c);
  size_t length;
  sy_buffer_text(out, "........{");
  if (c->note_count) write_notes(out, c);
  for (size_t i = 0; i < c->count; i++) {
    const sy_tensor *tensor = &c->tensors[i];
    uint64_t *at = sy_dtype_size(tensor->dtype) == 8 ? &wide : &narrow;
    if (i || c->note_count) sy_buffer_text(out, ",");
    write_tensor(out, tensor, *at);
    *at += bytes_of(tensor);
  }
  sy_buffer_text(out, "}");
  while (out->length % 8 && !out->failed) sy_buffer_text(out, " ");
  if (out->failed) return sy_fail_memory(error);
  length = out->length - 8;
  if (length > SY_TENSORS_HEADER)
    return sy_fail(error, SY_E_LIMIT, "names and metadata make a header of %zu bytes; %zu at most",
                   length, SY_TENSORS_HEADER);
  for (int i = 0; i < 8; i++) out->data[i] = (char)((uint64_t)length >> (8 * i) & 255);
  return SY_OK;
}

/* ---------------------------------------------------------------- the file ------------------- */

static sy_status write_numbers(sy_output *output, const content *c, sy_error *error) {
  sy_status status = SY_OK;
  for (size_t width = 8; width >= 4 && status == SY_OK; width -= 4) {
    for (size_t i = 0; i < c->count && status == SY_OK; i++) {
      const sy_tensor *t = &c->tensors[i];
      sy_matrix_view view = {t->data,     t->dtype,     t->shape[0],
                             t->shape[1], t->stride[0], t->stride[1]};
      if (sy_dtype_size(t->dtype) == width) status = sy_output_numbers(output, &view, error);
    }
  }
  return status;
}

static sy_status save(const content *c, const sy_buffer *header, const char *path,
                      sy_error *error) {
  sy_output output;
  sy_status status = sy_output_open(&output, path, error);
  if (status != SY_OK) return status;
  status = sy_output_write(&output, header->data, header->length, error);
  if (status == SY_OK) status = write_numbers(&output, c, error);
  if (status == SY_OK) return sy_output_commit(&output, error);
  sy_output_discard(&output);
  return status;
}

sy_status sy_tensors_save(const sy_tensor *tensors, size_t count, const sy_tensor_note *notes,
                          size_t note_count, const char *path, const sy_memory *memory,
                          sy_error *error) {
  size_t size = (count + 1) * sizeof *tensors, note_size = (note_count + 1) * sizeof *notes;
  content c = {sy_allocate(memory, size), count, sy_allocate(memory, note_size), note_count};
  sy_buffer header;
  sy_status status;
  sy_buffer_init(&header, memory);
  if (c.tensors && c.notes) {
    if (count) memcpy(c.tensors, tensors, count * sizeof *tensors);
    if (note_count) memcpy(c.notes, notes, note_count * sizeof *notes);
    status = check_content(&c, error);
    if (status == SY_OK) status = write_header(&header, &c, error);
    if (status == SY_OK) status = save(&c, &header, path, error);
  } else {
    status = sy_fail_memory(error);
  }
  sy_buffer_release(&header);
  sy_release(memory, c.notes, c.notes ? note_size : 0);
  sy_release(memory, c.tensors, c.tensors ? size : 0);
  return status;
}
