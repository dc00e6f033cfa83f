/*
 * json_fields.h - reading objects of known keys from a checked cJSON tree, with messages that name
 * the file and the JSON path.
 */
#ifndef SY_IO_JSON_FIELDS_H
#define SY_IO_JSON_FIELDS_H

#include "io/json.h"

/* What a reader of a tree shares. name: what stands for the file in messages. */
typedef struct sy_json_reader {
  const char *name;
  const sy_memory *memory;
  sy_error *error;
} sy_json_reader;

/* `return SY_JSON_REFUSE(r, at, "must be above %g", x)` */
#define SY_JSON_REFUSE(r, at, ...) sy_json_refuse((r)->name, (r)->error, at, __VA_ARGS__)

/* "a number is not an object" */
sy_status sy_json_refuse_kind(const sy_json_reader *r, const sy_json_step *at, const char *wanted);

/* A key that an object may have, and what stands there (NULL: nothing). */
typedef struct sy_json_field {
  const char *key;
  const cJSON *item;
} sy_json_field;

/*
 * Find the items of fields in the object at a place; another key is an error with the nearest one.
 */
sy_status sy_json_find(const sy_json_reader *r, const sy_json_step *at, sy_json_field *fields,
                       size_t count);
sy_status sy_json_need(const sy_json_reader *r, const sy_json_step *at, const sy_json_field *field);

/* A field of the object `parent`; where it is not there the value is left alone. */
sy_status sy_json_read_number(const sy_json_reader *r, const sy_json_step *parent,
                              const sy_json_field *field, double *number);
sy_status sy_json_read_flag(const sy_json_reader *r, const sy_json_step *parent,
                            const sy_json_field *field, int *flag);
sy_status sy_json_read_text(const sy_json_reader *r, const sy_json_step *parent,
                            const sy_json_field *field, const char **text);

/* The fields "format" and "version" of a file: where they are there, they must be these. */
sy_status sy_json_check_format(const sy_json_reader *r, const sy_json_step *parent,
                               const sy_json_field *format, const sy_json_field *version,
                               const char *wanted);

#endif
