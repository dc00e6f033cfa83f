/*
 * fuzz_tensors.c - any bytes may be read as a file of tensors: a clean error of one line, or tensors
 * that lie within the file, side by side and apart. With -DSTANDALONE a main that mutates small
 * files and puts headers together at random: fuzz_tensors [iterations [seed]].
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/safetensors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DEMAND(condition)                                                                          \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);                \
      abort();                                                                                     \
    }                                                                                              \
  } while (0)

static void check_tensors(const sy_tensors *file) {
  uint64_t total = 0;
  for (size_t i = 0; i < sy_tensors_count(file); i++) {
    sy_tensor t = sy_tensors_get(file, i);
    uint64_t begin = file->entries[i].begin, end = file->entries[i].end;
    DEMAND(*t.name && strcmp(t.name, SY_TENSORS_NOTES) != 0 && sy_is_utf8(t.name));
    DEMAND(i == 0 || strcmp(sy_tensors_get(file, i - 1).name, t.name) < 0);
    DEMAND(t.dimensions == 2 || (t.dimensions == 1 && t.shape[1] == 1));
    DEMAND(begin <= end && end <= file->data);
    DEMAND(t.shape[0] * t.shape[1] * sy_dtype_size(t.dtype) == end - begin);
    for (size_t j = 0; j < i; j++) {
      const sy_tensor_entry *other = &file->entries[j];
      DEMAND(other->end <= begin || other->begin >= end);
    }
    total += end - begin;
  }
  DEMAND(total == file->data);
  for (size_t i = 0; i < sy_tensors_note_count(file); i++) {
    sy_tensor_note note = sy_tensors_note(file, i);
    DEMAND(sy_is_utf8(note.key) && sy_is_utf8(note.text));
    DEMAND(i == 0 || strcmp(sy_tensors_note(file, i - 1).key, note.key) < 0);
  }
}

/* What sy_tensors_open does with a file of these bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sy_error error = {SY_OK, ""};
  uint64_t length = 0;
  sy_tensors file;
  sy_status status;
  if (size < 8) return 0;
  for (int i = 7; i >= 0; i--) length = length << 8 | data[i];
  if (length > size - 8) return 0;
  memset(&file, 0, sizeof file);
  file.memory = sy_memory_of(NULL);
  file.input.path = "fuzz.safetensors";
  file.length = (size_t)length;
  file.data = size - 8 - length;
  file.header = malloc(file.length + 1);
  DEMAND(file.header);
  memcpy(file.header, data + 8, file.length);
  file.header[file.length] = 0;
  status = sy_tensors_parse(&file, &error);
  if (status == SY_OK) check_tensors(&file);
  else DEMAND(status == SY_E_FORMAT && status == error.status && *error.message);
  DEMAND(!strchr(error.message, '\n'));
  free(file.header);
  free(file.entries);
  free(file.notes);
  return 0;
}

#ifdef STANDALONE

typedef struct text {
  char data[4096];
  size_t length;
} text;

static void add(text *t, const char *part) {
  size_t length = strlen(part);
  if (t->length + length > sizeof t->data) return;
  memcpy(t->data + t->length, part, length);
  t->length += length;
}

static const char *pick(sy_random *random, const char *const *words, size_t count) {
  return words[sy_random_below(random, count)];
}

/* A sound header, but for rare slips, and the size of its data. */
static size_t make_header(sy_random *random, text *t) {
  static const char *const dtypes[] = {"F32", "I32", "F64", "I64", "\\u00463\\u0032", "BF16"};
  static const char *const names[] = {"a", "b.weight", "\\u00e4", "c\\\"", "\xe2\x82\xac", "d", ""};
  size_t count = sy_random_below(random, 5), at = 0;
  add(t, "{");
  if (sy_random_below(random, 2)) add(t, "\"__metadata__\":{\"k\":\"v\\n\"}");
  for (size_t i = 0; i < count; i++) {
    char entry[300];
    size_t kind = sy_random_below(random, sy_random_below(random, 9) ? 4 : 6);
    size_t rows = sy_random_below(random, 4), columns = 1 + sy_random_below(random, 2);
    size_t size = rows * columns * (kind == 2 || kind == 3 ? 8 : 4);
    snprintf(entry, sizeof entry,
             "%s\"%s%s\": {\"dtype\":\"%s\", \"shape\":[%zu,%zu],\"data_offsets\":[%zu,%zu]}",
             t->length > 1 ? "," : "", pick(random, names, 7), i % 2 ? "2" : "1", dtypes[kind],
             rows, columns, at, at + size);
    add(t, entry);
    at += size;
  }
  add(t, "}");
  while (t->length % 8) add(t, " ");
  return at;
}

static size_t make_file(sy_random *random, uint8_t *out, size_t room) {
  text header = {{0}, 0};
  size_t data = make_header(random, &header);
  DEMAND(8 + header.length + data <= room);
  for (int i = 0; i < 8; i++) out[i] = (uint8_t)((uint64_t)header.length >> (8 * i));
  memcpy(out + 8, header.data, header.length);
  memset(out + 8 + header.length, 0x3f, data);
  return 8 + header.length + data;
}

/* One small change: a byte, a bit, a word of the format, a cut, a doubled stretch. */
static size_t mutate(sy_random *random, uint8_t *data, size_t size, size_t room) {
  static const char *const words[] = {"\"",  "{}", "[]",   ",",    ":",      "\\u0041", "\\",
                                      "\"a", "0",  "1e9,", "null", "99999,", "\xff",    "[0,1"};
  size_t at = 8 + sy_random_below(random, size - 7), length;
  const char *word = words[sy_random_below(random, 14)];
  length = sy_random_below(random, size - at + 1);
  switch (sy_random_below(random, 6)) {
    case 0:
      if (at < size) data[at] = (uint8_t)sy_random_below(random, 256);
      return size;
    case 1:
      if (at < size) data[at] = (uint8_t)(data[at] ^ 1u << sy_random_below(random, 8));
      return size;
    case 2:
      if (size - at >= strlen(word)) memcpy(data + at, word, strlen(word));
      return size;
    case 3:
      if (size + strlen(word) > room) return size;
      memmove(data + at + strlen(word), data + at, size - at);
      memcpy(data + at, word, strlen(word));
      return size + strlen(word);
    case 4: memmove(data + at, data + at + length, size - at - length); return size - length;
    default:
      if (size + length > room) return size;
      memmove(data + at + length, data + at, size - at);
      return size + length;
  }
}

int main(int argc, char **argv) {
  static uint8_t data[16384];
  long count = argc > 1 ? atol(argv[1]) : 100000;
  sy_random random;
  sy_random_seed(&random, argc > 2 ? (uint64_t)atoll(argv[2]) : 1);
  for (long i = 0; i < count; i++) {
    size_t size = make_file(&random, data, sizeof data), before = size;
    for (uint64_t n = sy_random_below(&random, 4); n > 0; n--)
      size = mutate(&random, data, size, sizeof data);
    /* What the header gained or lost, its length mostly says. */
    if (size != before && sy_random_below(&random, 8)) {
      uint64_t length = 0;
      for (int b = 7; b >= 0; b--) length = length << 8 | data[b];
      length += size - before;
      for (int b = 0; b < 8; b++) data[b] = (uint8_t)(length >> (8 * b));
    }
    LLVMFuzzerTestOneInput(data, size);
  }
  printf("%ld inputs, no complaint\n", count);
  return 0;
}

#endif
