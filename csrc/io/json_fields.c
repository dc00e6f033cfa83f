/*
 * json_fields.c - reading objects of known keys.
 */
#include "io/json_fields.h"

#include <string.h>

#include "io/message.h"

sy_status sy_json_refuse_kind(const sy_json_reader *r, const sy_json_step *at, const char *wanted) {
  return SY_JSON_REFUSE(r, at, "%s is not %s", sy_json_kind(at->item), wanted);
}

static sy_status refuse_key(const sy_json_reader *r, const sy_json_step *at,
                            const sy_json_field *fields, size_t count) {
  sy_suggestion suggestion;
  sy_suggest(&suggestion, at->item->string, strlen(at->item->string));
  for (size_t i = 0; i < count; i++)
    sy_suggest_offer(&suggestion, fields[i].key, strlen(fields[i].key));
  return SY_JSON_REFUSE(r, at, "unknown key%s", sy_suggest_text(&suggestion));
}

sy_status sy_json_find(const sy_json_reader *r, const sy_json_step *at, sy_json_field *fields,
                       size_t count) {
  if (!cJSON_IsObject(at->item)) return sy_json_refuse_kind(r, at, "an object");
  for (const cJSON *item = at->item->child; item; item = item->next) {
    sy_json_step child = {at, item, 0};
    size_t i = 0;
    while (i < count && strcmp(fields[i].key, item->string) != 0) i++;
    if (i == count) return refuse_key(r, &child, fields, count);
    fields[i].item = item;
  }
  return SY_OK;
}

sy_status sy_json_need(const sy_json_reader *r, const sy_json_step *at,
                       const sy_json_field *field) {
  return field->item ? SY_OK : SY_JSON_REFUSE(r, at, "no key \"%s\"", field->key);
}

sy_status sy_json_read_number(const sy_json_reader *r, const sy_json_step *parent,
                              const sy_json_field *field, double *number) {
  sy_json_step at = {parent, field->item, 0};
  if (!field->item) return SY_OK;
  if (!cJSON_IsNumber(field->item)) return sy_json_refuse_kind(r, &at, "a number");
  *number = field->item->valuedouble;
  return SY_OK;
}

sy_status sy_json_read_flag(const sy_json_reader *r, const sy_json_step *parent,
                            const sy_json_field *field, int *flag) {
  sy_json_step at = {parent, field->item, 0};
  if (!field->item) return SY_OK;
  if (!cJSON_IsBool(field->item)) return sy_json_refuse_kind(r, &at, "a boolean");
  *flag = cJSON_IsTrue(field->item);
  return SY_OK;
}

sy_status sy_json_read_text(const sy_json_reader *r, const sy_json_step *parent,
                            const sy_json_field *field, const char **text) {
  sy_json_step at = {parent, field->item, 0};
  if (!field->item) return SY_OK;
  if (!cJSON_IsString(field->item)) return sy_json_refuse_kind(r, &at, "a string");
  *text = field->item->valuestring;
  return SY_OK;
}

sy_status sy_json_check_format(const sy_json_reader *r, const sy_json_step *parent,
                               const sy_json_field *format, const sy_json_field *version,
                               const char *wanted) {
  sy_json_step at = {parent, format->item, 0};
  const char *text = wanted;
  double number = 1.0;
  sy_status status = sy_json_read_text(r, parent, format, &text);
  if (!status && strcmp(text, wanted) != 0) return SY_JSON_REFUSE(r, &at, "not \"%s\"", wanted);
  if (!status) status = sy_json_read_number(r, parent, version, &number);
  at.item = version->item;
  if (!status && number != 1.0) return SY_JSON_REFUSE(r, &at, "only version 1 is known here");
  return status;
}
