/*
 * sketch_format.c - sketches as bytes: the format is told in steelyard/sketches.h.
 */
#include <string.h>

#include "io/binary.h"
#include "io/message.h"
#include "steelyard/sketches.h"

#define MAGIC "SYSKETCH"
#define VERSION 1
#define HEAD 24        /* magic, version, number of sketches, length of the note */
#define SKETCH_HEAD 16 /* length of the name, bits, bins */
#define WORDS 20       /* of a bin */
#define TAIL 4         /* the checksum */

/* ---------------------------------------------------------------- writing -------------------- */

static size_t limit(sy_error *error) {
  sy_fail(error, SY_E_LIMIT, "sketches: more than fits into one file");
  return 0;
}

size_t sy_sketches_size(const sy_named_sketch *sketches, size_t count, const char *note,
                        sy_error *error) {
  size_t size = HEAD + strlen(note) + TAIL;
  if (count > UINT32_MAX) return limit(error);
  for (size_t i = 0; i < count; i++) {
    const char *name = sketches[i].name;
    size_t length = strlen(name);
    if (!length) {
      sy_fail(error, SY_E_ARGUMENT, "sketches[%zu]: an empty name", i + 1);
      return 0;
    }
    if (i && strcmp(sketches[i - 1].name, name) >= 0) {
      sy_fail(error, SY_E_ARGUMENT, "sketches[%zu]: the name %s is there twice, or out of order",
              i + 1, sy_show(name, length).text);
      return 0;
    }
    if (length > UINT32_MAX || sketches[i].count > (SIZE_MAX / 4 - length) / (8 * WORDS))
      return limit(error);
    size += SKETCH_HEAD + length + sketches[i].count * 8 * WORDS;
    if (size > SIZE_MAX / 2) return limit(error);
  }
  return size;
}

static unsigned char *put(unsigned char *to, uint64_t number, int bytes) {
  for (int i = 0; i < bytes; i++) *to++ = (unsigned char)(number >> (8 * i));
  return to;
}

static unsigned char *put_text(unsigned char *to, const char *text, size_t length) {
  memcpy(to, text, length);
  return to + length;
}

static unsigned char *put_bin(unsigned char *to, const sy_bin *bin) {
  uint64_t words[WORDS];
  memcpy(words, bin, sizeof words);
  for (size_t i = 0; i < WORDS; i++) to = put(to, words[i], 8);
  return to;
}

void sy_sketches_encode(const sy_named_sketch *sketches, size_t count, const char *note,
                        void *out) {
  unsigned char *to = put_text(out, MAGIC, strlen(MAGIC));
  to = put(to, VERSION, 4);
  to = put(to, count, 4);
  to = put(to, strlen(note), 8);
  to = put_text(to, note, strlen(note));
  for (size_t i = 0; i < count; i++) {
    size_t length = strlen(sketches[i].name);
    to = put(to, length, 4);
    to = put(to, (uint64_t)sketches[i].bits, 4);
    to = put(to, sketches[i].count, 8);
    to = put_text(to, sketches[i].name, length);
    for (size_t b = 0; b < sketches[i].count; b++) to = put_bin(to, &sketches[i].bins[b]);
  }
  put(to, sy_checksum(0, out, (size_t)(to - (unsigned char *)out)), 4);
}

/* ---------------------------------------------------------------- reading -------------------- */

/* One block holds it all: the sketches, their bins, at its end the note and the names. */
struct sy_sketch_file {
  sy_memory memory;
  size_t size;  /* of the block */
  size_t texts; /* of the texts at its end */
  size_t count;
  const char *note;
  sy_named_sketch sketches[];
};

typedef struct reader {
  const char *path; /* for messages */
  const unsigned char *bytes;
  size_t size, at;
  sy_error *error;
} reader;

static sy_status refuse(const reader *r, const char *what) {
  return sy_fail(r->error, SY_E_FORMAT, "%s: %s", sy_show_path(r->path).text, what);
}

static sy_status refuse_sketch(const reader *r, const char *name, size_t length, const char *what) {
  return sy_fail(r->error, SY_E_FORMAT, "%s: sketch %s: %s", sy_show_path(r->path).text,
                 sy_show(name, length).text, what);
}

static uint64_t word_at(const unsigned char *bytes, int size) {
  uint64_t number = 0;
  for (int i = 0; i < size; i++) number |= (uint64_t)bytes[i] << (8 * i);
  return number;
}

/* The next number; the caller knows that it is there. */
static uint64_t take(reader *r, int size) {
  uint64_t number = word_at(r->bytes + r->at, size);
  r->at += (size_t)size;
  return number;
}

static int has(const reader *r, uint64_t bytes) { return bytes <= r->size - TAIL - r->at; }

/* What stands at the start of a sketch. */
typedef struct sketch_head {
  const char *name;
  size_t length, count;
  int bits;
} sketch_head;

static int is_text(const void *bytes, size_t length) { return !memchr(bytes, 0, length); }

static sy_status take_head(reader *r, sketch_head *head) {
  uint64_t length, bits, count;
  if (!has(r, SKETCH_HEAD)) return refuse(r, "it ends within a sketch");
  length = take(r, 4);
  bits = take(r, 4);
  count = take(r, 8);
  if (!has(r, length)) return refuse(r, "it ends within a sketch's name");
  head->name = (const char *)r->bytes + r->at;
  head->length = (size_t)length;
  r->at += head->length;
  if (!length || !is_text(head->name, head->length))
    return refuse(r, "the name of a sketch is no text");
  if (bits < 1 || bits > SY_SKETCH_BITS_MAX)
    return refuse_sketch(r, head->name, head->length, "a grid that there is not");
  if (count > SIZE_MAX / (8 * WORDS) || !has(r, count * 8 * WORDS))
    return refuse_sketch(r, head->name, head->length, "the file ends within its bins");
  head->bits = (int)bits;
  head->count = (size_t)count;
  return SY_OK;
}

/* The fixed start, and the checksum of all. */
static sy_status check_frame(reader *r, size_t *count) {
  size_t magic = strlen(MAGIC), length = r->size < magic ? r->size : magic;
  if (!r->size) return refuse(r, "the file is empty");
  if (memcmp(r->bytes, MAGIC, length) != 0) return refuse(r, "not a file of sketches");
  if (r->size < HEAD + TAIL) return refuse(r, "the file ends within its head (truncated?)");
  r->at = magic;
  if (take(r, 4) != VERSION) return refuse(r, "a version that is not known here (only 1 is)");
  if (sy_checksum(0, r->bytes, r->size - TAIL) != word_at(r->bytes + r->size - TAIL, TAIL))
    return refuse(r, "the checksum does not fit: truncated or damaged");
  *count = (size_t)take(r, 4);
  return SY_OK;
}

/* By name. */
static int stands_before(const sketch_head *a, const sketch_head *b) {
  size_t shorter = a->length < b->length ? a->length : b->length;
  int order = memcmp(a->name, b->name, shorter);
  return order < 0 || (order == 0 && a->length < b->length);
}

/* A first walk over the bytes: everything is in its place, in order; how much memory it takes. */
static sy_status measure(reader *r, size_t count, size_t *size, size_t *texts) {
  sketch_head head = {"", 0, 0, 0}, last = head;
  *size = sizeof(sy_sketch_file);
  for (size_t i = 0; i < count; i++, last = head) {
    sy_status status = take_head(r, &head);
    if (status != SY_OK) return status;
    if (!stands_before(&last, &head))
      return refuse_sketch(r, head.name, head.length, "out of order");
    r->at += head.count * 8 * WORDS;
    *texts += head.length + 1;
    *size += sizeof(sy_named_sketch) + head.count * sizeof(sy_bin);
  }
  *size += *texts;
  return r->at == r->size - TAIL ? SY_OK : refuse(r, "there is more behind the last sketch");
}

static char *copy_text(char **to, const void *text, size_t length) {
  char *start = *to;
  memcpy(start, text, length);
  start[length] = 0;
  *to += length + 1;
  return start;
}

static sy_status check_sketch(const reader *r, const sketch_head *head, const sy_bin *bins) {
  sy_error fault = {SY_OK, ""};
  if (sy_sketch_check(bins, head->count, head->bits, &fault) == SY_OK) return SY_OK;
  return refuse_sketch(r, head->name, head->length, fault.message);
}

/* A second walk, into the block. */
static sy_status fill(reader *r, sy_sketch_file *file, size_t note) {
  sy_bin *bins = (sy_bin *)(void *)(file->sketches + file->count);
  char *texts = (char *)file + file->size - file->texts;
  file->note = copy_text(&texts, r->bytes + HEAD, note);
  for (size_t i = 0; i < file->count; i++) {
    sketch_head head;
    sy_status status = take_head(r, &head);
    if (status != SY_OK) return status;
    for (size_t b = 0; b < head.count; b++) {
      uint64_t words[WORDS];
      for (size_t w = 0; w < WORDS; w++) words[w] = take(r, 8);
      memcpy(&bins[b], words, sizeof words);
    }
    status = check_sketch(r, &head, bins);
    if (status != SY_OK) return status;
    file->sketches[i].name = copy_text(&texts, head.name, head.length);
    file->sketches[i].bits = head.bits;
    file->sketches[i].count = head.count;
    file->sketches[i].bins = bins;
    bins += head.count;
  }
  return SY_OK;
}

sy_status sy_sketches_decode(const void *bytes, size_t size, const char *name,
                             const sy_memory *memory, sy_sketch_file **file, sy_error *error) {
  reader r = {name, bytes, size, 0, error};
  size_t count = 0, needed, start, texts;
  uint64_t note;
  sy_sketch_file *made;
  sy_status status = check_frame(&r, &count);
  if (status != SY_OK) return status;
  note = take(&r, 8);
  if (!has(&r, note)) return refuse(&r, "it ends within its note");
  if (!is_text(r.bytes + r.at, (size_t)note)) return refuse(&r, "its note is no text");
  r.at += (size_t)note;
  start = r.at;
  texts = (size_t)note + 1;
  status = measure(&r, count, &needed, &texts);
  if (status != SY_OK) return status;
  made = sy_allocate(memory, needed);
  if (!made) return sy_fail_memory(error);
  made->memory = sy_memory_of(memory);
  made->size = needed;
  made->texts = texts;
  made->count = count;
  r.at = start;
  status = fill(&r, made, (size_t)note);
  if (status == SY_OK) *file = made;
  else sy_sketches_destroy(made);
  return status;
}

void sy_sketches_destroy(sy_sketch_file *file) {
  sy_memory memory;
  if (!file) return;
  memory = file->memory;
  sy_release(&memory, file, file->size);
}

size_t sy_sketches_count(const sy_sketch_file *file) { return file->count; }

sy_named_sketch sy_sketches_get(const sy_sketch_file *file, size_t index) {
  return file->sketches[index];
}

const char *sy_sketches_note(const sy_sketch_file *file) { return file->note; }
