/*
 * table_read.c - sy_table_read: options, the format by the file's name, the columns asked for.
 */
#include <string.h>

#include "io/message.h"
#include "io/table.h"

/* Does the name, of which `length` bytes count, end so (in any case)? */
static int ends_with(const char *name, size_t length, const char *suffix) {
  size_t size = strlen(suffix);
  if (length < size) return 0;
  for (size_t i = 0; i < size; i++) {
    char c = name[length - size + i];
    if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
    if (c != suffix[i]) return 0;
  }
  return 1;
}

static sy_status find_format(const char *path, sy_format *format, sy_error *error) {
  static const struct {
    const char *suffix;
    sy_format format;
  } known[] = {{".csv", SY_FORMAT_CSV},        {".tsv", SY_FORMAT_TSV},
               {".jsonl", SY_FORMAT_JSONL},    {".ndjson", SY_FORMAT_JSONL},
               {".letor", SY_FORMAT_LETOR},    {".svm", SY_FORMAT_LETOR},
               {".svmlight", SY_FORMAT_LETOR}, {".txt", SY_FORMAT_LETOR}};
  size_t length = strlen(path);
  if (ends_with(path, length, ".gz")) length -= 3;
  for (size_t i = 0; i < SY_COUNT(known); i++) {
    if (!ends_with(path, length, known[i].suffix)) continue;
    *format = known[i].format;
    return SY_OK;
  }
  return sy_fail(error, SY_E_FORMAT,
                 "%s: the name does not tell the format (.csv .tsv .jsonl .ndjson .letor .svm "
                 ".svmlight .txt, each also .gz); say which it is with format=",
                 sy_show_path(path).text);
}

static sy_status check_options(const char *path, const sy_read_options *o, sy_error *error) {
  if (!path) return sy_fail(error, SY_E_ARGUMENT, "path: NULL");
  if ((unsigned)o->format > SY_FORMAT_LETOR) {
    return sy_fail(error, SY_E_ARGUMENT, "format: %d is none", (int)o->format);
  }
  if (o->dtype != SY_F32 && o->dtype != SY_F64 && o->dtype != (sy_dtype)0) {
    return sy_fail(error, SY_E_ARGUMENT, "dtype: number columns are f32 or f64");
  }
  if ((unsigned)o->missing > SY_MISSING_KEEP) {
    return sy_fail(error, SY_E_ARGUMENT, "missing: %d is no policy", (int)o->missing);
  }
  for (size_t c = 0; o->columns && c < o->column_count; c++) {
    if (!o->columns[c].name || !*o->columns[c].name) {
      return sy_fail(error, SY_E_ARGUMENT, "columns[%zu]: an empty name", c);
    }
    if ((unsigned)o->columns[c].kind > SY_KIND_CATEGORY) {
      return sy_fail(error, SY_E_ARGUMENT, "columns[%zu]: %d is no kind", c,
                     (int)o->columns[c].kind);
    }
  }
  return SY_OK;
}

static sy_status add_columns(sy_table *table, const sy_read_options *o, sy_error *error) {
  sy_dictionary seen;
  sy_status status = SY_OK;
  sy_dictionary_init(&seen, &table->memory);
  for (size_t c = 0; c < o->column_count && status == SY_OK; c++) {
    const char *name = o->columns[c].name;
    size_t length = strlen(name);
    int32_t code = sy_dictionary_code(&seen, name, length);
    if (code < 0) {
      status = sy_fail_memory(error);
    } else if ((size_t)code != c) {
      status = sy_fail(error, SY_E_ARGUMENT, "columns: %s is asked for twice",
                       sy_show(name, length).text);
    } else {
      status = sy_table_add(table, name, length, o->columns[c].kind, 0, error);
    }
  }
  sy_dictionary_release(&seen);
  return status;
}

static sy_status read_format(sy_table *table, sy_text *text, sy_format format, sy_error *error) {
  switch (format) {
    case SY_FORMAT_JSONL: return sy_read_jsonl(table, text, error);
    case SY_FORMAT_LETOR: return sy_read_letor(table, text, error);
    default: return sy_read_csv(table, text, format == SY_FORMAT_TSV ? '\t' : ',', error);
  }
}

sy_status sy_table_read(const char *path, const sy_read_options *options, const sy_memory *memory,
                        sy_table **table, sy_error *error) {
  static const sy_read_options standard = {SY_FORMAT_AUTO, SY_F64, SY_MISSING_ERROR, 0, NULL, 0};
  const sy_read_options *o = options ? options : &standard;
  sy_format format = o->format;
  sy_table *made;
  sy_text text;
  sy_status status = check_options(path, o, error);
  if (status == SY_OK && format == SY_FORMAT_AUTO) status = find_format(path, &format, error);
  if (status != SY_OK) return status;
  made = sy_allocate(memory, sizeof *made);
  if (!made) return sy_fail_memory(error);
  memset(made, 0, sizeof *made);
  made->memory = sy_memory_of(memory);
  made->path = path;
  made->dtype = o->dtype ? o->dtype : SY_F64;
  made->missing = o->missing;
  made->fill = o->fill;
  made->all = !o->columns;
  if (o->columns) status = add_columns(made, o, error);
  if (status == SY_OK) status = sy_text_open(&text, path, memory, error);
  if (status == SY_OK) {
    status = read_format(made, &text, format, error);
    sy_text_close(&text);
    if (status == SY_OK) status = sy_table_finish(made, error);
  }
  made->path = NULL;
  if (status == SY_OK) *table = made;
  else sy_table_destroy(made);
  return status;
}
