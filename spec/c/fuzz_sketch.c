/*
 * fuzz_sketch.c - any bytes may be read as a file of sketches: a clean error, or sketches that are
 * sound, from which curves and evidence come, and whose bytes are those that were read. With
 * -DSTANDALONE a main that mutates small files, mostly with their checksum set right:
 * fuzz_sketch [iterations [seed]].
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "steelyard.h"
#include "steelyard/sketches.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DEMAND(condition)                                                                          \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);                \
      abort();                                                                                     \
    }                                                                                              \
  } while (0)

static void check_curve(const sy_named_sketch *sketch) {
  sy_curve curve;
  void *block = malloc(sy_sketch_curve_bytes(sketch->count));
  DEMAND(block);
  sy_sketch_curve(sketch->bins, sketch->count, sketch->bits, block, &curve);
  DEMAND(curve.count == sketch->count);
  for (size_t i = 0; i < curve.count; i++) {
    DEMAND(curve.p[i] >= 0 && curve.p[i] <= 1 && (i == 0 || curve.p[i - 1] < curve.p[i]));
    DEMAND(curve.w[i] > 0 && curve.y[i] >= 0 && curve.y[i] <= curve.w[i]);
  }
  free(block);
}

static void check_evidence(const sy_named_sketch *sketch) {
  double evidence[SY_ALTERNATIVES];
  sy_drift drift;
  DEMAND(sy_sketch_evidence(sketch->bins, sketch->count, 0.1, evidence, NULL) == SY_OK);
  for (size_t a = 0; a < SY_ALTERNATIVES; a++) DEMAND(isfinite(evidence[a]));
  sy_drift_start(&drift);
  for (int i = 0; i < 3; i++) sy_drift_step(&drift, evidence);
  DEMAND(isfinite(drift.log_evidence));
}

static void check_file(const sy_sketch_file *file, const void *bytes, size_t size) {
  size_t count = sy_sketches_count(file);
  sy_named_sketch *list = malloc((count + 1) * sizeof *list);
  void *again = malloc(size);
  DEMAND(list && again);
  for (size_t i = 0; i < count; i++) {
    list[i] = sy_sketches_get(file, i);
    check_curve(&list[i]);
    check_evidence(&list[i]);
  }
  DEMAND(sy_sketches_size(list, count, sy_sketches_note(file), NULL) == size);
  sy_sketches_encode(list, count, sy_sketches_note(file), again);
  DEMAND(memcmp(again, bytes, size) == 0);
  free(again);
  free(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sy_error error = {SY_OK, ""};
  sy_sketch_file *file = NULL;
  uint8_t *exact = malloc(size + 1); /* so that the sanitizer sees a read behind the end */
  DEMAND(exact);
  memcpy(exact + 1, data, size);
  sy_status status = sy_sketches_decode(exact + 1, size, "fuzz.sketch", NULL, &file, &error);
  if (status == SY_OK) {
    check_file(file, data, size);
  } else {
    DEMAND(status == SY_E_FORMAT && status == error.status && !file);
    DEMAND(*error.message && !strchr(error.message, '\n'));
  }
  sy_sketches_destroy(file);
  free(exact);
  return 0;
}

#ifdef STANDALONE

/* A file of up to three small sketches. */
static size_t make_file(sy_random *random, uint8_t *out, size_t room) {
  static const char *const names[] = {"a", "click", "click tab=1"};
  static sy_bin bins[3][8];
  static int32_t scratch[1000];
  sy_named_sketch list[3];
  size_t count = sy_random_below(random, 4), size;
  for (size_t i = 0; i < count; i++) {
    double p[8], y[8], w[8];
    for (size_t r = 0; r < 8; r++) {
      p[r] = sy_random_uniform(random);
      y[r] = (double)sy_random_below(random, 2);
      w[r] = 1 + (double)sy_random_below(random, 3);
    }
    sy_labelled rows = {sy_f64(p), sy_f64(y), sy_f64(w), sy_random_below(random, 9)};
    list[i] = (sy_named_sketch){names[i], 3, 0, bins[i]};
    DEMAND(sy_sketch_rows(&rows, 3, scratch, bins[i], &list[i].count, NULL) == SY_OK);
  }
  size = sy_sketches_size(list, count, "note", NULL);
  DEMAND(size <= room);
  sy_sketches_encode(list, count, "note", out);
  return size;
}

/* One small change: a byte, a bit, a field of ones, a cut, a doubled stretch. */
static size_t mutate(sy_random *random, uint8_t *data, size_t size, size_t room) {
  size_t at = sy_random_below(random, size + 1), length = sy_random_below(random, size - at + 1);
  switch (sy_random_below(random, 6)) {
    case 0:
      if (at < size) data[at] = (uint8_t)sy_random_below(random, 256);
      return size;
    case 1:
    case 2:
      if (at < size) data[at] = (uint8_t)(data[at] ^ 1u << sy_random_below(random, 8));
      return size;
    case 3:
      if (size - at >= 8) memset(data + at, sy_random_below(random, 2) ? 0xff : 0, 8);
      return size;
    case 4: memmove(data + at, data + at + length, size - at - length); return size - length;
    default:
      if (size + length > room) return size;
      memmove(data + at + length, data + at, size - at);
      return size + length;
  }
}

static void set_checksum(uint8_t *data, size_t size) {
  if (size < 4) return;
  uint32_t sum = (uint32_t)crc32(crc32(0, NULL, 0), data, (uInt)(size - 4));
  for (int i = 0; i < 4; i++) data[size - 4 + (size_t)i] = (uint8_t)(sum >> (8 * i));
}

int main(int argc, char **argv) {
  static uint8_t data[16384];
  long count = argc > 1 ? atol(argv[1]) : 100000;
  sy_random random;
  sy_random_seed(&random, argc > 2 ? (uint64_t)atoll(argv[2]) : 1);
  for (long i = 0; i < count; i++) {
    size_t size = make_file(&random, data, sizeof data);
    for (uint64_t n = sy_random_below(&random, 4); n > 0; n--)
      size = mutate(&random, data, size, sizeof data);
    if (sy_random_below(&random, 8)) set_checksum(data, size);
    LLVMFuzzerTestOneInput(data, size);
  }
  printf("%ld inputs, no complaint\n", count);
  return 0;
}

#endif
