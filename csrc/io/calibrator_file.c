/*
 * calibrator_file.c - calibrators in files of their own.
 */
#include "io/calibrator_json.h"
#include "io/file.h"

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
