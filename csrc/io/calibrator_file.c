/*
 * calibrator_file.c - calibrators in blocks of their own, and in files.
 */
#include <string.h>

#include "io/calibrator_json.h"
#include "io/file.h"

/* ---------------------------------------------------------------- the block ------------------ */

/* What stands before a calibrator that sy_calibrator_make made. */
typedef struct held {
  sy_memory memory;
  void *block;
  size_t size;
} held;

sy_status sy_calibrator_make(const sy_calibrator_parts *parts, const sy_memory *memory,
                             sy_calibrator **calibrator, sy_error *error) {
  size_t bytes = sy_calibrator_bytes(parts, error), size = sizeof(held) + bytes;
  char *block;
  held owner;
  if (!bytes) return error && error->status ? error->status : SY_E_ARGUMENT;
  block = size > bytes ? sy_allocate(memory, size) : NULL;
  if (!block) return sy_fail_memory(error);
  owner = (held){sy_memory_of(memory), block, size};
  *calibrator = sy_calibrator_init(block + sizeof owner, parts);
  memcpy((char *)*calibrator - sizeof owner, &owner, sizeof owner);
  return SY_OK;
}

void sy_calibrator_destroy(sy_calibrator *calibrator) {
  held owner;
  if (!calibrator) return;
  memcpy(&owner, (char *)calibrator - sizeof owner, sizeof owner);
  sy_release(&owner.memory, owner.block, owner.size);
}

/* ---------------------------------------------------------------- files ---------------------- */

static sy_status read_tree(cJSON *root, const char *name, const sy_memory *memory,
                           sy_calibrator **calibrator, sy_error *error) {
  sy_json_step top = {NULL, root, 0};
  sy_status status = sy_calibrator_read(&top, name, memory, calibrator, error);
  cJSON_Delete(root);
  return status;
}

sy_status sy_calibrator_parse(const char *text, size_t length, const char *name,
                              const sy_memory *memory, sy_calibrator **calibrator,
                              sy_error *error) {
  cJSON *root;
  sy_status status;
  if (!name) name = "calibrator";
  status = sy_json_parse(text, length, name, memory, &root, error);
  return status ? status : read_tree(root, name, memory, calibrator, error);
}

sy_status sy_calibrator_load(const char *path, const sy_memory *memory, sy_calibrator **calibrator,
                             sy_error *error) {
  cJSON *root;
  sy_status status = sy_json_load(path, memory, &root, error);
  return status ? status : read_tree(root, path, memory, calibrator, error);
}

sy_status sy_buffer_save(const sy_buffer *text, const char *path, sy_error *error) {
  sy_output output;
  sy_status status = text->failed ? sy_fail_memory(error) : sy_output_open(&output, path, error);
  if (status) return status;
  status = sy_output_write(&output, text->data, text->length, error);
  if (!status) return sy_output_commit(&output, error);
  sy_output_discard(&output);
  return status;
}

sy_status sy_calibrator_save(const sy_calibrator *calibrator, const char *path,
                             const sy_memory *memory, sy_error *error) {
  sy_buffer text;
  sy_status status;
  sy_buffer_init(&text, memory);
  status = sy_calibrator_write_file(calibrator, &text, error);
  if (!status) status = sy_buffer_save(&text, path, error);
  sy_buffer_release(&text);
  return status;
}
