/*
 * json.h - a strict face over cJSON: parse all of a text or say where it goes wrong, print numbers
 * so that no bit is lost, and a growable buffer to write into.
 *
 * cJSON builds the tree; what it lets pass (raw control characters, \u0000, leading zeros, trailing
 * text, duplicate keys, numbers out of range) is refused here first.
 */
#ifndef SY_IO_JSON_H
#define SY_IO_JSON_H

#include <cjson/cJSON.h>

#include "base/base.h"

#define SY_JSON_DEPTH 500 /* how deep arrays and objects may nest */

/* cJSON's tree of a text that sy_json_check has passed; NULL can only be want of memory. */
cJSON *sy_json_tree(const char *text, size_t length);

/*
 * Parse a whole text. name stands for the file in messages ("vm.json:3:15: expected a value");
 * where it is NULL they read "line 3, column 15: ...". Lines and columns count from 1, columns in
 * bytes.
 * Duplicate keys and numbers beyond a double are refused with their path ("$.weights.p_like").
 * memory is used for scratch only: *root belongs to cJSON (cJSON_Delete).
 */
sy_status sy_json_parse(const char *text, size_t length, const char *name, const sy_memory *memory,
                        cJSON **root, sy_error *error);

/* What a cJSON item is: "null", "a boolean", "a number", "a string", "an array", "an object". */
const char *sy_json_kind(const cJSON *item);

/* The way from the root to an item, held on the stack while a tree is walked. */
typedef struct sy_json_step {
  const struct sy_json_step *parent; /* NULL: the root */
  const cJSON *item;
  size_t index; /* in an array */
} sy_json_step;

/* "$.weights.p_like", "$.list[3]", "$[\"odd key\"]" ...; cut where it is long. */
typedef struct sy_json_path {
  char text[200];
} sy_json_path;
sy_json_path sy_json_path_of(const sy_json_step *at);

/*
 * SY_E_FORMAT with "name: path: what" (without the name where it is NULL), and formatted as printf
 * does.
 */
sy_status sy_json_refuse(const char *name, sy_error *error, const sy_json_step *at,
                         const char *format, ...) SY_PRINTF(4, 5);

/* The whole text of a file ("-": standard input), parsed as sy_json_parse does. */
sy_status sy_json_load(const char *path, const sy_memory *memory, cJSON **root, sy_error *error);

/*
 * The shortest of %.15g, %.16g and %.17g that reads back as the same bits, with a point whatever
 * the locale. Returns the length, or 0 (and an empty text) for NaN and infinities, which JSON does
 * not have.
 */
size_t sy_json_number(char out[32], double number);

/* ------------------------------------------------------------------------------- checking ----- */

/* Where a text stops being JSON. */
typedef struct sy_json_fault {
  size_t offset;
  const char *message;
} sy_json_fault;

/* Told of every member of the outermost object, in order: where its value stands in the text. */
typedef int (*sy_json_member)(void *context, size_t start, size_t length);

/*
 * Check the grammar of a whole text (RFC 8259) before cJSON sees it: a text that passes can only
 * fail in cJSON for want of memory. member may be NULL; when it returns nonzero the check stops.
 * 0: well-formed; 1: fault is set; 2: member stopped it.
 */
int sy_json_check(const char *text, size_t length, sy_json_member member, void *context,
                  sy_json_fault *fault);

/* ------------------------------------------------------------------------------- writing ------ */

/* Text being written. After a failed allocation additions do nothing and failed stays 1. */
typedef struct sy_buffer {
  sy_memory memory;
  char *data; /* not zero-ended */
  size_t length, capacity;
  int failed;
} sy_buffer;

void sy_buffer_init(sy_buffer *buffer, const sy_memory *memory);
void sy_buffer_release(sy_buffer *buffer);
void sy_buffer_add(sy_buffer *buffer, const char *bytes, size_t length);
void sy_buffer_text(sy_buffer *buffer, const char *text);
void sy_buffer_number(sy_buffer *buffer, double number);
/* A JSON string with its quotes; bytes above 127 are passed through. */
void sy_buffer_string(sy_buffer *buffer, const char *bytes, size_t length);
/* A tree on one line: {"a": [1, 2]}. */
void sy_buffer_tree(sy_buffer *buffer, const cJSON *item);

#endif
