/*
 * safetensors_header.c - the JSON header of a file of tensors:
 *
 *   {"__metadata__": {"key": "text"}, "name": {"dtype": "F32", "shape": [2, 3],
 *    "data_offsets": [0, 24]}, ...}
 *
 * Members are met one by one as the grammar is checked, so that no tree is built.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/json.h"
#include "io/message.h"
#include "io/safetensors.h"

/* An object whose members are met; `at` is where the next one's key is looked for. */
typedef struct object {
  sy_tensors *file;
  sy_error *error;
  sy_status status;
  char *text;
  size_t at;
  const char *name;       /* of the tensor, inside of one */
  sy_tensor_entry *entry; /* there */
  int seen[3];
} object;

static int stop(object *o, sy_status status) {
  o->status = status;
  return 1;
}

static int refuse(object *o, const char *what) {
  return stop(
      o, sy_fail(o->error, SY_E_FORMAT, "%s: %s", sy_show_path(o->file->input.path).text, what));
}

static sy_status refuse_tensor(const sy_tensors *file, sy_error *error, const char *name,
                               const char *what) {
  return sy_fail(error, SY_E_FORMAT, "%s: tensor %s: %s", sy_show_path(file->input.path).text,
                 sy_show(name, strlen(name)).text, what);
}

/* ---------------------------------------------------------------- strings -------------------- */

/* 1 and how many bytes from p on are one character; beyond 127. */
static int is_character(const unsigned char *p, size_t *length) {
  unsigned lead = *p, low = 0x80, high = 0xbf;
  *length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  if (lead == 0xe0) low = 0xa0;  /* longer than needed */
  if (lead == 0xed) high = 0x9f; /* half a surrogate pair */
  if (lead == 0xf0) low = 0x90;
  if (lead == 0xf4) high = 0x8f; /* beyond the last one */
  for (size_t i = 1; i < *length; i++, low = 0x80, high = 0xbf) {
    if (p[i] < low || p[i] > high) return 0; /* the end of the text, too */
  }
  return 1;
}

int sy_is_utf8(const char *text) {
  const unsigned char *p = (const unsigned char *)text;
  while (*p) {
    size_t length = 1;
    if (*p >= 0x80 && !is_character(p, &length)) return 0;
    p += length;
  }
  return 1;
}

/*
 * The string that begins with its quote at `start` and has `length` bytes with both, made plain
 * where it stands: escapes only ever get shorter.
 */
static char *plain_string(object *o, size_t start, size_t length) {
  char *out = o->text + start + 1;
  if (memchr(out, '\\', length - 2)) {
    cJSON *item = sy_json_tree(o->text + start, length);
    if (!item) {
      stop(o, sy_fail_memory(o->error));
      return NULL;
    }
    memcpy(out, item->valuestring, strlen(item->valuestring) + 1);
    cJSON_Delete(item);
  } else {
    out[length - 2] = 0;
  }
  if (sy_is_utf8(out)) return out;
  refuse(o, "the header is not UTF-8");
  return NULL;
}

/* The key of the value at `start`: between them are a colon and blanks. */
static char *take_key(object *o, size_t start, size_t length) {
  size_t first = o->at, last = start - 1;
  while (o->text[first] != '"') first++;
  while (o->text[last] != '"') last--;
  o->at = start + length;
  return plain_string(o, first, last - first + 1);
}

/* Meet the members of the object text[start ..]. */
static sy_status walk(object *o, size_t start, size_t length, sy_json_member member) {
  sy_json_fault fault;
  o->text = o->file->header + start;
  o->at = 1;
  o->status = SY_OK;
  if (sy_json_check(o->text, length, member, o, &fault) == 1) {
    return sy_fail(o->error, SY_E_FORMAT, "%s: byte %zu of the header: %s",
                   sy_show_path(o->file->input.path).text, start + fault.offset + 1, fault.message);
  }
  return o->status;
}

/* ---------------------------------------------------------------- one tensor ----------------- */

static const struct {
  const char *name;
  sy_dtype dtype;
} dtypes[] = {{"F32", SY_F32}, {"F64", SY_F64}, {"I32", SY_I32}, {"I64", SY_I64}};

static int refuse_field(object *o, const char *what) {
  return stop(o, refuse_tensor(o->file, o->error, o->name, what));
}

static int take_dtype(object *o, size_t start, size_t length) {
  char what[256];
  const char *dtype;
  if (o->text[start] != '"') return refuse_field(o, "dtype: expected a text");
  dtype = plain_string(o, start, length);
  if (!dtype) return 1;
  for (size_t i = 0; i < SY_COUNT(dtypes); i++) {
    if (strcmp(dtype, dtypes[i].name) == 0) o->entry->tensor.dtype = dtypes[i].dtype;
  }
  if (o->entry->tensor.dtype) return 0;
  snprintf(what, sizeof what, "dtype %s; only F32, F64, I32 and I64 can be read",
           sy_show(dtype, strlen(dtype)).text);
  return refuse_field(o, what);
}

/* Whole numbers in [ ]: the first `room` of them, and how many there are; 0 for anything else. */
static int take_numbers(const char *text, size_t length, uint64_t *numbers, size_t room,
                        size_t *count) {
  const char *p = text + 1, *end = text + length - 1;
  *count = 0;
  if (*text != '[') return 0;
  for (;; p++) {
    uint64_t value = 0;
    size_t digits = 0;
    while (p < end && strchr(" \t\r\n", *p)) p++;
    if (p == end && *count == 0) return 1;
    for (; p < end && *p >= '0' && *p <= '9'; p++, digits++) {
      unsigned digit = (unsigned)(*p - '0');
      if (value > (UINT64_MAX - digit) / 10) return 0;
      value = value * 10 + digit;
    }
    while (p < end && strchr(" \t\r\n", *p)) p++;
    if (!digits || (p < end && *p != ',')) return 0; /* a sign, a point, a list in the list */
    if (*count < room) numbers[*count] = value;
    ++*count;
    if (p == end) return 1;
  }
}

static int take_shape(object *o, size_t start, size_t length) {
  sy_tensor *tensor = &o->entry->tensor;
  uint64_t shape[2] = {1, 1};
  size_t count;
  char what[64];
  if (!take_numbers(o->text + start, length, shape, 2, &count))
    return refuse_field(o, "shape: expected a list of whole numbers from 0 up");
  if (count > 2) {
    snprintf(what, sizeof what, "%zu dimensions; only 1 or 2 can be read", count);
    return refuse_field(o, what);
  }
  tensor->dimensions = count == 2 ? 2 : 1;
  for (int i = 0; i < 2; i++) {
    if (shape[i] > SIZE_MAX) return refuse_field(o, "the shape is too large for this machine");
    tensor->shape[i] = (size_t)shape[i];
  }
  tensor->stride[0] = tensor->shape[1];
  tensor->stride[1] = 1;
  return 0;
}

static int take_offsets(object *o, size_t start, size_t length) {
  uint64_t offsets[2];
  size_t count;
  if (!take_numbers(o->text + start, length, offsets, 2, &count) || count != 2)
    return refuse_field(o, "data_offsets: expected two whole numbers from 0 up");
  o->entry->begin = offsets[0];
  o->entry->end = offsets[1];
  return 0;
}

static int take_field(void *context, size_t start, size_t length) {
  static const char *const names[] = {"dtype", "shape", "data_offsets"};
  object *o = context;
  const char *key = take_key(o, start, length);
  char what[256];
  size_t i = 0;
  if (!key) return 1;
  while (i < 3 && strcmp(key, names[i]) != 0) i++;
  if (i == 3 || o->seen[i]++) {
    snprintf(what, sizeof what, i == 3 ? "unknown field %s" : "the field %s is there twice",
             sy_show(key, strlen(key)).text);
    return refuse_field(o, what);
  }
  if (i == 0) return take_dtype(o, start, length);
  return i == 1 ? take_shape(o, start, length) : take_offsets(o, start, length);
}

/* How many bytes the numbers have; UINT64_MAX: more than can be. */
static uint64_t bytes_of(const sy_tensor *tensor) {
  uint64_t rows = tensor->shape[0], columns = tensor->shape[1];
  uint64_t width = sy_dtype_size(tensor->dtype);
  /* An empty one needs nothing, but nobody could walk along its other dimension. */
  if (!rows || !columns) return rows > INT32_MAX || columns > INT32_MAX ? UINT64_MAX : 0;
  return rows > UINT64_MAX / width / columns ? UINT64_MAX : rows * columns * width;
}

/* Do the bytes fit the shape, and the file? */
static sy_status check_entry(const object *o) {
  const sy_tensor_entry *entry = o->entry;
  const sy_tensor *tensor = &entry->tensor;
  char what[160];
  if (!o->seen[0] || !o->seen[1] || !o->seen[2])
    return refuse_tensor(o->file, o->error, o->name, "expected dtype, shape and data_offsets");
  if (entry->begin > entry->end || entry->end > o->file->data) {
    snprintf(what, sizeof what,
             "data_offsets %" PRIu64 " to %" PRIu64 ", but %" PRIu64 " bytes follow the header",
             entry->begin, entry->end, o->file->data);
    return refuse_tensor(o->file, o->error, o->name, what);
  }
  if (bytes_of(tensor) == entry->end - entry->begin) return SY_OK;
  snprintf(what, sizeof what, "%" PRIu64 " bytes of data do not fit the shape %zu x %zu of %s",
           entry->end - entry->begin, tensor->shape[0], tensor->shape[1],
           dtypes[tensor->dtype - SY_F32].name);
  return refuse_tensor(o->file, o->error, o->name, what);
}

/* ---------------------------------------------------------------- the header ----------------- */

/* Room for one more element of `size` bytes; NULL where there is no memory. */
static void *grow(sy_tensors *file, void *list, size_t count, size_t *capacity, size_t size) {
  size_t more = *capacity ? 2 * *capacity : 16;
  void *larger;
  if (count < *capacity) return list;
  larger = sy_resize(&file->memory, list, *capacity * size, more * size);
  if (larger) *capacity = more;
  return larger;
}

static int take_note(void *context, size_t start, size_t length) {
  object *o = context;
  sy_tensors *file = o->file;
  sy_tensor_note note, *notes;
  note.key = take_key(o, start, length);
  if (!note.key) return 1;
  if (o->text[start] != '"') {
    return stop(o, sy_fail(o->error, SY_E_FORMAT, "%s: metadata %s: expected a text",
                           sy_show_path(file->input.path).text,
                           sy_show(note.key, strlen(note.key)).text));
  }
  note.text = plain_string(o, start, length);
  if (!note.text) return 1;
  notes = grow(file, file->notes, file->note_count, &file->note_capacity, sizeof note);
  if (!notes) return stop(o, sy_fail_memory(o->error));
  file->notes = notes;
  notes[file->note_count++] = note;
  return 0;
}

static int take_notes(object *o, size_t start, size_t length) {
  object notes = {o->file, o->error, SY_OK, NULL, 0, NULL, NULL, {0}};
  if (o->seen[0]++) return refuse(o, "the metadata is there twice");
  if (o->text[start] != '{') return refuse(o, "metadata: expected an object of texts");
  o->status = walk(&notes, start, length, take_note);
  return o->status != SY_OK;
}

static int take_tensor(void *context, size_t start, size_t length) {
  object *o = context;
  sy_tensors *file = o->file;
  sy_tensor_entry *entries;
  object inner = {file, o->error, SY_OK, NULL, 0, take_key(o, start, length), NULL, {0}};
  if (!inner.name) return 1;
  if (strcmp(inner.name, SY_TENSORS_NOTES) == 0) return take_notes(o, start, length);
  if (!*inner.name) return refuse(o, "a tensor without a name");
  if (o->text[start] != '{')
    return stop(o, refuse_tensor(file, o->error, inner.name, "expected an object"));
  entries = grow(file, file->entries, file->count, &file->capacity, sizeof *entries);
  if (!entries) return stop(o, sy_fail_memory(o->error));
  file->entries = entries;
  inner.entry = &entries[file->count++];
  memset(inner.entry, 0, sizeof *inner.entry);
  inner.entry->tensor.name = inner.name;
  o->status = walk(&inner, start, length, take_field);
  if (o->status == SY_OK) o->status = check_entry(&inner);
  return o->status != SY_OK;
}

/* Entries, too: they begin with their tensor. */
int sy_tensor_compare(const void *a, const void *b) {
  return strcmp(((const sy_tensor *)a)->name, ((const sy_tensor *)b)->name);
}

int sy_tensor_note_compare(const void *a, const void *b) {
  return strcmp(((const sy_tensor_note *)a)->key, ((const sy_tensor_note *)b)->key);
}

static int compare_places(const void *a, const void *b) {
  const sy_tensor_entry *x = a, *y = b;
  if (x->begin != y->begin) return x->begin < y->begin ? -1 : 1;
  return (x->end > y->end) - (x->end < y->end);
}

static sy_status check_places(sy_tensors *file, sy_error *error) {
  uint64_t at = 0;
  char what[160];
  if (file->count) qsort(file->entries, file->count, sizeof *file->entries, compare_places);
  for (size_t i = 0; i < file->count; i++) {
    const sy_tensor_entry *entry = &file->entries[i];
    if (entry->begin != at) {
      snprintf(what, sizeof what,
               "its data begin at %" PRIu64 ", where those of the tensor before end at %" PRIu64,
               entry->begin, at);
      return refuse_tensor(file, error, entry->tensor.name, what);
    }
    at = entry->end;
  }
  if (at == file->data) return SY_OK;
  return sy_fail(error, SY_E_FORMAT, "%s: %" PRIu64 " bytes behind the last tensor",
                 sy_show_path(file->input.path).text, file->data - at);
}

static sy_status check_names(sy_tensors *file, sy_error *error) {
  if (file->count) qsort(file->entries, file->count, sizeof *file->entries, sy_tensor_compare);
  if (file->note_count)
    qsort(file->notes, file->note_count, sizeof *file->notes, sy_tensor_note_compare);
  for (size_t i = 1; i < file->count; i++) {
    if (sy_tensor_compare(&file->entries[i - 1], &file->entries[i]) == 0)
      return refuse_tensor(file, error, file->entries[i].tensor.name, "the name is there twice");
  }
  for (size_t i = 1; i < file->note_count; i++) {
    const char *key = file->notes[i].key;
    if (strcmp(file->notes[i - 1].key, key) == 0)
      return sy_fail(error, SY_E_FORMAT, "%s: metadata %s: the key is there twice",
                     sy_show_path(file->input.path).text, sy_show(key, strlen(key)).text);
  }
  return SY_OK;
}

sy_status sy_tensors_parse(sy_tensors *file, sy_error *error) {
  object top = {file, error, SY_OK, NULL, 0, NULL, NULL, {0}};
  sy_status status;
  if (file->length == 0 || *file->header != '{') {
    return sy_fail(error, SY_E_FORMAT, "%s: not a safetensors file: the header is no JSON object",
                   sy_show_path(file->input.path).text);
  }
  status = walk(&top, 0, file->length, take_tensor);
  if (status == SY_OK) status = check_names(file, error);
  if (status == SY_OK) status = check_places(file, error);
  if (status == SY_OK && file->count)
    qsort(file->entries, file->count, sizeof *file->entries, sy_tensor_compare);
  return status;
}
