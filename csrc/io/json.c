/*
 * json.c - from text to a checked cJSON tree, and numbers and strings back to text.
 */
#include "io/json.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "io/dictionary.h"
#include "io/message.h"
#include "io/number.h"
#include "io/text.h"

/* ---------------------------------------------------------------- paths of items ------------- */

static void add_key(char *out, size_t size, const char *key) {
  size_t length = strlen(key);
  int plain = length > 0 && length <= 40 && !(*key >= '0' && *key <= '9');
  for (const char *c = key; *c && plain; c++) {
    plain = *c == '_' || (*c >= '0' && *c <= '9') || ((*c | 0x20) >= 'a' && (*c | 0x20) <= 'z');
  }
  if (plain) snprintf(out, size, ".%s", key);
  else snprintf(out, size, "[%s]", sy_show(key, length).text);
}

static void add_path(char *out, size_t size, const sy_json_step *at) {
  size_t used;
  if (!at->parent) {
    snprintf(out, size, "$");
    return;
  }
  add_path(out, size, at->parent);
  used = strlen(out);
  if (cJSON_IsArray(at->parent->item)) snprintf(out + used, size - used, "[%zu]", at->index);
  else add_key(out + used, size - used, at->item->string);
}

sy_json_path sy_json_path_of(const sy_json_step *at) {
  sy_json_path path = {""};
  add_path(path.text, sizeof path.text, at);
  return path;
}

sy_status sy_json_refuse(const char *name, sy_error *error, const sy_json_step *at,
                         const char *format, ...) {
  char what[300];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(what, sizeof what, format, arguments);
  va_end(arguments);
  return sy_fail(error, SY_E_FORMAT, "%s%s%s: %s", name ? sy_show_path(name).text : "",
                 name ? ": " : "", sy_json_path_of(at).text, what);
}

/* ---------------------------------------------------------------- checks of the tree --------- */

typedef struct walk {
  const char *name;
  const sy_memory *memory;
  sy_error *error;
} walk;

/* Duplicate keys: pairs for a few, a dictionary for many. */
static sy_status check_keys(const walk *w, const sy_json_step *at) {
  sy_dictionary seen;
  sy_status status = SY_OK;
  size_t count = 0;
  for (const cJSON *c = at->item->child; c; c = c->next, count++) {
    sy_json_step child = {at, c, 0};
    if (count >= 8) break;
    for (const cJSON *b = at->item->child; b != c; b = b->next) {
      if (strcmp(b->string, c->string) == 0)
        return sy_json_refuse(w->name, w->error, &child, "the key is there twice");
    }
  }
  if (count < 8) return SY_OK;
  sy_dictionary_init(&seen, w->memory);
  for (const cJSON *c = at->item->child; c && status == SY_OK; c = c->next) {
    sy_json_step child = {at, c, 0};
    size_t before = seen.count;
    int32_t code = sy_dictionary_code(&seen, c->string, strlen(c->string));
    if (code < 0) status = sy_fail_memory(w->error);
    else if (seen.count == before)
      status = sy_json_refuse(w->name, w->error, &child, "the key is there twice");
  }
  sy_dictionary_release(&seen);
  return status;
}

static sy_status check_item(const walk *w, const sy_json_step *at) {
  sy_status status = SY_OK;
  size_t index = 0;
  if (cJSON_IsNumber(at->item) && !isfinite(at->item->valuedouble)) {
    return sy_json_refuse(w->name, w->error, at, "a number too large for a double");
  }
  if (cJSON_IsObject(at->item)) status = check_keys(w, at);
  for (const cJSON *c = at->item->child; c && status == SY_OK; c = c->next, index++) {
    sy_json_step child = {at, c, index};
    status = check_item(w, &child);
  }
  return status;
}

static sy_status fail_at(const char *text, const char *name, const sy_json_fault *fault,
                         sy_error *error) {
  size_t line = 1, column = 1;
  for (size_t i = 0; i < fault->offset; i++) {
    column = text[i] == '\n' ? 1 : column + 1;
    line += text[i] == '\n';
  }
  if (name) {
    return sy_fail(error, SY_E_FORMAT, "%s:%zu:%zu: %s", sy_show_path(name).text, line, column,
                   fault->message);
  }
  return sy_fail(error, SY_E_FORMAT, "line %zu, column %zu: %s", line, column, fault->message);
}

/* cJSON skips a byte order mark itself, but not in the shortest of texts. */
cJSON *sy_json_tree(const char *text, size_t length) {
  int marked = length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0;
  return marked ? cJSON_ParseWithLengthOpts(text + 3, length - 3, NULL, 0)
                : cJSON_ParseWithLengthOpts(text, length, NULL, 0);
}

sy_status sy_json_parse(const char *text, size_t length, const char *name, const sy_memory *memory,
                        cJSON **root, sy_error *error) {
  walk w = {name, memory, error};
  sy_json_fault fault;
  sy_status status;
  sy_json_step top = {NULL, NULL, 0};
  cJSON *tree;
  if (sy_json_check(text, length, NULL, NULL, &fault)) return fail_at(text, name, &fault, error);
  tree = sy_json_tree(text, length);
  if (!tree) return sy_fail_memory(error);
  top.item = tree;
  status = check_item(&w, &top);
  if (status == SY_OK) *root = tree;
  else cJSON_Delete(tree);
  return status;
}

sy_status sy_json_load(const char *path, const sy_memory *memory, cJSON **root, sy_error *error) {
  sy_text text;
  sy_status status = sy_text_open(&text, path, memory, error);
  if (status != SY_OK) return status;
  while (status == SY_OK && !text.done) status = sy_text_more(&text, 0, error);
  if (status == SY_OK) {
    status =
        sy_json_parse(text.data + text.begin, text.end - text.begin, path, memory, root, error);
  }
  sy_text_close(&text);
  return status;
}

const char *sy_json_kind(const cJSON *item) {
  if (cJSON_IsNull(item)) return "null";
  if (cJSON_IsBool(item)) return "a boolean";
  if (cJSON_IsNumber(item)) return "a number";
  if (cJSON_IsString(item)) return "a string";
  if (cJSON_IsArray(item)) return "an array";
  if (cJSON_IsObject(item)) return "an object";
  return "nothing";
}

/* ---------------------------------------------------------------- numbers -------------------- */

/* Some locales print another point, and one of several bytes. */
static void restore_point(char *text) {
  char *from = text, *to = text;
  while (*from) {
    if ((*from >= '0' && *from <= '9') || *from == '-' || *from == '+' || *from == 'e') {
      *to++ = *from++;
    } else {
      *to++ = '.';
      while (*from && !(*from >= '0' && *from <= '9')) from++;
    }
  }
  *to = 0;
}

size_t sy_json_number(char out[32], double number) {
  char text[64];
  out[0] = 0;
  if (!isfinite(number)) return 0;
  for (int digits = 15; digits <= 17; digits++) {
    double back;
    snprintf(text, sizeof text, "%.*g", digits, number);
    restore_point(text);
    if (digits == 17) break;
    sy_number_parse(text, strlen(text), &back);
    if (memcmp(&back, &number, sizeof back) == 0) break;
  }
  memcpy(out, text, strlen(text) + 1);
  return strlen(text);
}

/* ---------------------------------------------------------------- the buffer ----------------- */

void sy_buffer_init(sy_buffer *buffer, const sy_memory *memory) {
  memset(buffer, 0, sizeof *buffer);
  buffer->memory = sy_memory_of(memory);
}

void sy_buffer_release(sy_buffer *buffer) {
  sy_release(&buffer->memory, buffer->data, buffer->capacity);
  buffer->data = NULL;
  buffer->length = buffer->capacity = 0;
}

void sy_buffer_add(sy_buffer *buffer, const char *bytes, size_t length) {
  if (buffer->failed || length == 0) return;
  if (length > buffer->capacity - buffer->length) {
    size_t capacity = buffer->capacity ? buffer->capacity : 256;
    char *data;
    while (capacity - buffer->length < length && capacity <= SIZE_MAX / 2) capacity *= 2;
    data = capacity - buffer->length < length
               ? NULL
               : sy_resize(&buffer->memory, buffer->data, buffer->capacity, capacity);
    if (!data) {
      buffer->failed = 1;
      return;
    }
    buffer->data = data;
    buffer->capacity = capacity;
  }
  memcpy(buffer->data + buffer->length, bytes, length);
  buffer->length += length;
}

void sy_buffer_text(sy_buffer *buffer, const char *text) {
  sy_buffer_add(buffer, text, strlen(text));
}

void sy_buffer_number(sy_buffer *buffer, double number) {
  char text[32];
  size_t length = sy_json_number(text, number);
  sy_buffer_add(buffer, text, length);
}

void sy_buffer_string(sy_buffer *buffer, const char *bytes, size_t length) {
  static const char digits[] = "0123456789abcdef";
  static const char special[] = "\"\"\\\\\nn\tt\rr\bb\ff";
  size_t plain = 0;
  sy_buffer_add(buffer, "\"", 1);
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)bytes[i];
    char escape[6] = {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};
    size_t size = 6;
    if (byte >= 32 && byte != '"' && byte != '\\' && byte != 127) continue;
    for (size_t j = 0; special[j]; j += 2) {
      if (byte != (unsigned char)special[j]) continue;
      escape[1] = special[j + 1];
      size = 2;
    }
    sy_buffer_add(buffer, bytes + plain, i - plain);
    sy_buffer_add(buffer, escape, size);
    plain = i + 1;
  }
  sy_buffer_add(buffer, bytes + plain, length - plain);
  sy_buffer_add(buffer, "\"", 1);
}

void sy_buffer_tree(sy_buffer *buffer, const cJSON *item) {
  int object = cJSON_IsObject(item);
  if (cJSON_IsString(item)) sy_buffer_string(buffer, item->valuestring, strlen(item->valuestring));
  else if (cJSON_IsNumber(item)) sy_buffer_number(buffer, item->valuedouble);
  else if (cJSON_IsBool(item)) sy_buffer_text(buffer, cJSON_IsTrue(item) ? "true" : "false");
  else if (cJSON_IsNull(item)) sy_buffer_text(buffer, "null");
  else {
    sy_buffer_text(buffer, object ? "{" : "[");
    for (const cJSON *c = item->child; c; c = c->next) {
      if (object) sy_buffer_string(buffer, c->string, strlen(c->string));
      if (object) sy_buffer_text(buffer, ": ");
      sy_buffer_tree(buffer, c);
      if (c->next) sy_buffer_text(buffer, ", ");
    }
    sy_buffer_text(buffer, object ? "}" : "]");
  }
}
