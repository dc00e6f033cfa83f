/*
 * sketch_test.c - sketches: the grid, exact sums against 128-bit integers, merging in any order and
 * grouping to the same bytes, sums that do not fit, files cut and damaged everywhere. Prints
 * "N passed, N failed": one for each scenario.
 *
 *   cc -Icsrc spec/c/sketch_test.c build/lib/libsteelyard.a -fopenmp -lcjson -lz -lm
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/sketch/exact.h"
#include "scenario.h"
#include "steelyard.h"
#include "steelyard/sketches.h"

#define ROWS 4000
#define ROOM 9987

__extension__ typedef unsigned __int128 wide;

static sy_random rng;

/* ------------------------------------------------------------------------------- the grid ---- */

static double special_prediction(void) {
  static const double numbers[] = {0.0,       -0.0,    1.0,       0.5,         0x1p-1074,
                                   0x1p-1022, 0x1p-41, 0x1.fp-41, 0x1p-40,     0x1p-39,
                                   0x1p-2,    0x1p-53, 0.25,      1 - 0x1p-53, 0.75};
  double p = numbers[sy_random_below(&rng, sizeof numbers / sizeof *numbers)];
  return sy_random_below(&rng, 2)   ? p
         : sy_random_below(&rng, 2) ? nextafter(p, 1)
                                    : nextafter(p, 0);
}

static double any_prediction(void) {
  double u = sy_random_uniform(&rng);
  switch (sy_random_below(&rng, 4)) {
    case 0: return special_prediction();
    case 1: return exp(-45 * u);
    case 2: return 1 - exp(-45 * u);
    default: return u;
  }
}

static void check_key(double p, int bits) {
  int64_t keys = (int64_t)sy_sketch_keys(bits), key = sy_sketch_key(p, bits);
  double least, greatest;
  sy_sketch_edges(key, bits, &least, &greatest);
  EXPECT(key >= 0 && key < keys, "%a: %lld", p, (long long)key);
  EXPECT(least <= p && p <= greatest, "%a in %a .. %a", p, least, greatest);
  EXPECT(sy_sketch_key(least, bits) == key && sy_sketch_key(greatest, bits) == key, "%a", p);
  if (least > 0) EXPECT(sy_sketch_key(nextafter(least, 0), bits) == key - 1, "%a", least);
  if (greatest < 1) EXPECT(sy_sketch_key(nextafter(greatest, 1), bits) == key + 1, "%a", greatest);
  if (1 - (1 - p) == p) /* the distance from 1 is exact */
    EXPECT(sy_sketch_key(1 - p, bits) == keys - 1 - key, "%a is no mirror image", p);
}

static void grid(void) {
  SCENARIO("there are as many keys as told");
  EXPECT(sy_sketch_keys(SY_SKETCH_BITS) == ROOM, "%zu", sy_sketch_keys(SY_SKETCH_BITS));
  EXPECT(sy_sketch_keys(0) == 0 && sy_sketch_keys(13) == 0 && sy_sketch_keys(-1) == 0, "limits");
  for (int bits = 1; bits <= SY_SKETCH_BITS_MAX; bits++) {
    SCENARIO("the grid of %d bits ascends, covers and mirrors", bits);
    for (int i = 0; i < 3000; i++) check_key(any_prediction(), bits);
    for (double p = 0x1p-45; p < 1; p *= 2) check_key(p, bits);
    EXPECT(sy_sketch_key(0, bits) == 0, "0");
    EXPECT(sy_sketch_key(1, bits) == (int64_t)sy_sketch_keys(bits) - 1, "1");
  }
  SCENARIO("a bin is at most 2^-bits of its predictions wide");
  for (int i = 0; i < 3000; i++) {
    double p = exp(-27 * sy_random_uniform(&rng)) / 2, least, greatest;
    sy_sketch_edges(sy_sketch_key(p, 7), 7, &least, &greatest);
    EXPECT((greatest - least) / p <= 0x1p-7, "%a", p);
  }
}

/* ------------------------------------------------------------------------------- sums --------- */

static wide wide_of(sy_exact sum) { return (wide)sum.high << 64 | sum.low; }

static sy_exact random_sum(void) {
  sy_exact sum = {sy_random_bits(&rng), sy_random_bits(&rng) >> 1};
  sum.high >>= sy_random_below(&rng, 64);
  if (!sum.high) sum.low >>= sy_random_below(&rng, 64);
  return sum;
}

/* x in units of 2^-64, half to even, from its bits. */
static wide slow_term(double x) {
  int exponent;
  wide mantissa = (wide)(uint64_t)ldexp(frexp(x, &exponent), 53), half, rest;
  int shift = exponent - 53 + 64;
  if (shift >= 0) return mantissa << shift;
  if (shift < -60) return 0;
  half = (wide)1 << (-shift - 1);
  rest = mantissa & (2 * half - 1);
  mantissa >>= -shift;
  return mantissa + (rest > half || (rest == half && (mantissa & 1)));
}

static void sums(void) {
  SCENARIO("a term is rounded to the unit once");
  for (int i = 0; i < 20000; i++) {
    double x = ldexp(sy_random_uniform(&rng), (int)sy_random_below(&rng, 150) - 90);
    EXPECT(wide_of(sy_exact_of(x)) == slow_term(x), "%a", x);
  }
  SCENARIO("sums are those of 128-bit integers, and tell when they do not fit");
  for (int i = 0; i < 20000; i++) {
    sy_exact a = random_sum(), b = random_sum(), sum = a;
    int full = sy_exact_add(&sum, b);
    EXPECT(full == (int)((wide_of(a) + wide_of(b)) >> 127), "full");
    if (!full) EXPECT(wide_of(sum) == wide_of(a) + wide_of(b), "sum");
  }
  SCENARIO("a sum's value is the nearest double");
  for (int i = 0; i < 20000; i++) {
    sy_exact a = random_sum();
    double value = sy_exact_value(a), expected = ldexp((double)wide_of(a), -64);
    EXPECT(value == expected, "%a is not %a", value, expected);
  }
  SCENARIO("the mean of equal predictions is the prediction");
  for (int i = 0; i < 20000; i++) {
    double p = ldexp(floor(ldexp(sy_random_uniform(&rng), 50)), -50);
    sy_exact sum = {0, 0}, n = sy_exact_whole(1 + (int64_t)sy_random_below(&rng, 50));
    for (uint64_t k = 0; k < n.high; k++) (void)sy_exact_add(&sum, sy_exact_of(p));
    EXPECT(sy_exact_ratio(sum, n) == p, "%a", p);
  }
  SCENARIO("a ratio is the nearest double");
  for (int i = 0; i < 20000; i++) {
    uint64_t n = 1 + sy_random_below(&rng, UINT64_C(1) << 52), k = sy_random_below(&rng, n + 1);
    double ratio = sy_exact_ratio(sy_exact_whole((int64_t)k), sy_exact_whole((int64_t)n));
    EXPECT(ratio == (double)k / (double)n, "%a is not %a", ratio, (double)k / (double)n);
  }
}

/* ------------------------------------------------------------------------------- rows --------- */

typedef struct log_ {
  double p[ROWS], y[ROWS], w[ROWS];
} log_;

static log_ rows, shuffled;
static int32_t scratch[ROOM];
static sy_bin whole[ROOM], parts[2][ROOM], piece[ROOM];

static void make_rows(void) {
  for (size_t i = 0; i < ROWS; i++) {
    rows.p[i] = any_prediction();
    rows.y[i] =
        sy_random_below(&rng, 2) ? sy_random_uniform(&rng) : (double)sy_random_below(&rng, 2);
    rows.w[i] = sy_random_below(&rng, 10) ? exp(26 * sy_random_uniform(&rng) - 13) : 0.0;
  }
}

static void shuffle(void) {
  shuffled = rows;
  for (size_t i = ROWS - 1; i > 0; i--) {
    size_t j = sy_random_below(&rng, i + 1);
    double p = shuffled.p[i], y = shuffled.y[i], w = shuffled.w[i];
    shuffled.p[i] = shuffled.p[j], shuffled.y[i] = shuffled.y[j], shuffled.w[i] = shuffled.w[j];
    shuffled.p[j] = p, shuffled.y[j] = y, shuffled.w[j] = w;
  }
}

static size_t sketch(const log_ *from, size_t first, size_t n, int weighted, sy_bin *bins) {
  sy_labelled labelled = {sy_f64(from->p + first), sy_f64(from->y + first),
                          sy_f64(weighted ? from->w + first : NULL), n};
  sy_error error = {SY_OK, ""};
  size_t count = 0;
  sy_status status = sy_sketch_rows(&labelled, SY_SKETCH_BITS, scratch, bins, &count, &error);
  EXPECT(status == SY_OK, "%s", error.message);
  return count;
}

/* Rows cut into shards at random places, merged one after the other. */
static size_t in_shards(int weighted, sy_bin **result) {
  size_t count = 0, now = 0;
  sy_error error;
  for (size_t first = 0, n; first < ROWS; first += n) {
    size_t more;
    n = 1 + sy_random_below(&rng, 400);
    if (n > ROWS - first) n = ROWS - first;
    more = sketch(&shuffled, first, n, weighted, piece);
    EXPECT(sy_sketch_merge(piece, more, parts[now], count, parts[!now], &count, &error) == SY_OK,
           "%s", error.message);
    now = !now;
  }
  *result = parts[now];
  return count;
}

static void merging(void) {
  for (int weighted = 0; weighted < 2; weighted++) {
    SCENARIO("%s rows in any order, cut anywhere, give the same bytes",
             weighted ? "weighted" : "plain");
    make_rows();
    size_t count = sketch(&rows, 0, ROWS, weighted, whole);
    EXPECT(sy_sketch_check(whole, count, SY_SKETCH_BITS, NULL) == SY_OK, "sound");
    for (int i = 0; i < 60; i++) {
      sy_bin *merged;
      shuffle();
      size_t other = sketch(&shuffled, 0, ROWS, weighted, piece);
      EXPECT(other == count && memcmp(whole, piece, count * sizeof *whole) == 0, "permuted");
      other = in_shards(weighted, &merged);
      EXPECT(other == count && memcmp(whole, merged, count * sizeof *whole) == 0, "merged");
    }
  }
  SCENARIO("how many bins two sketches have together is told before");
  shuffle();
  for (int i = 0; i < 100; i++) {
    size_t n = sy_random_below(&rng, 100), a = sketch(&rows, 0, n, 1, whole),
           b = sketch(&shuffled, 0, sy_random_below(&rng, 100), 1, piece), merged;
    EXPECT(sy_sketch_merge(whole, a, piece, b, parts[0], &merged, NULL) == SY_OK, "merge");
    EXPECT(merged == sy_sketch_merged(whole, a, piece, b), "%zu", merged);
  }
}

static void weights_of_one(void) {
  SCENARIO("weights of 1 are no weights");
  make_rows();
  for (size_t i = 0; i < ROWS; i++) rows.w[i] = 1;
  size_t count = sketch(&rows, 0, ROWS, 0, whole), other = sketch(&rows, 0, ROWS, 1, piece);
  EXPECT(count == other && memcmp(whole, piece, count * sizeof *whole) == 0, "bytes");
  sy_curve curve;
  void *block = malloc(sy_sketch_curve_bytes(count));
  sy_sketch_curve(whole, count, SY_SKETCH_BITS, block, &curve);
  EXPECT(curve.n == curve.w, "a curve without weights");
  rows.w[7] = 0.5;
  other = sketch(&rows, 0, ROWS, 1, piece);
  sy_sketch_curve(piece, other, SY_SKETCH_BITS, block, &curve);
  EXPECT(curve.n != curve.w, "a curve with weights");
  free(block);
}

static void f32_rows(void) {
  static float p[ROWS], y[ROWS];
  SCENARIO("f32 rows are those of f64");
  make_rows();
  for (size_t i = 0; i < ROWS; i++) {
    p[i] = (float)rows.p[i], y[i] = (float)rows.y[i];
    rows.p[i] = (double)p[i], rows.y[i] = (double)y[i];
  }
  sy_labelled narrow = {sy_f32(p), sy_f32(y), sy_f64(NULL), ROWS};
  size_t count = sketch(&rows, 0, ROWS, 0, whole), other = 0;
  EXPECT(sy_sketch_rows(&narrow, SY_SKETCH_BITS, scratch, piece, &other, NULL) == SY_OK, "f32");
  EXPECT(count == other && memcmp(whole, piece, count * sizeof *whole) == 0, "bytes");
}

static void curves(void) {
  SCENARIO("a curve ascends within its bins");
  for (int round = 0; round < 20; round++) {
    make_rows();
    size_t count = sketch(&rows, 0, ROWS, 1, whole);
    sy_curve curve;
    void *block = malloc(sy_sketch_curve_bytes(count));
    sy_sketch_curve(whole, count, SY_SKETCH_BITS, block, &curve);
    for (size_t i = 0; i < count; i++) {
      EXPECT(sy_sketch_key(curve.p[i], SY_SKETCH_BITS) == whole[i].key, "%a", curve.p[i]);
      EXPECT(curve.y[i] >= 0 && curve.y[i] <= curve.w[i] && curve.w[i] > 0, "%zu", i);
    }
    free(block);
  }
}

static void refusals(void) {
  double p[3] = {0.5, 0.25, 0.5}, y[3] = {0, 1, 1}, w[3] = {1, 1, 1};
  sy_labelled labelled = {sy_f64(p), sy_f64(y), sy_f64(w), 3};
  sy_error error;
  size_t count = 77;
  SCENARIO("weights out of bounds are refused");
  w[1] = 0x1p21;
  EXPECT(sy_sketch_rows(&labelled, 7, scratch, whole, &count, &error) == SY_E_ARGUMENT, "large");
  EXPECT(strcmp(error.message,
                "weights[2]: 2097152: a sketch's weights are 0 or from 2^-20 to 2^20") == 0,
         "%s", error.message);
  w[1] = 0x1p-21;
  EXPECT(sy_sketch_rows(&labelled, 7, scratch, whole, &count, &error) == SY_E_ARGUMENT, "small");
  w[1] = 1;
  SCENARIO("what a curve refuses is refused");
  y[2] = 1.5;
  EXPECT(sy_sketch_rows(&labelled, 7, scratch, whole, &count, &error) == SY_E_ARGUMENT, "label");
  y[2] = NAN;
  EXPECT(sy_sketch_rows(&labelled, 7, scratch, whole, &count, &error) == SY_E_NUMBER, "NaN");
  y[2] = 1;
  EXPECT(sy_sketch_rows(&labelled, 13, scratch, whole, &count, &error) == SY_E_ARGUMENT, "bits");
  EXPECT(count == 77, "count is left alone");
  SCENARIO("no rows, and rows without weight, are an empty sketch");
  labelled.n = 0;
  EXPECT(sy_sketch_rows(&labelled, 7, scratch, whole, &count, &error) == SY_OK && !count, "none");
  labelled.n = 3;
  w[0] = w[1] = w[2] = 0;
  EXPECT(sy_sketch_rows(&labelled, 7, scratch, whole, &count, &error) == SY_OK && !count, "zero");
}

/* 2^k rows of the greatest weight, in each of two bins. */
static void heavy_bins(sy_bin bins[2], int k) {
  double p[2] = {0.25, 0.75}, y[2] = {1, 1}, w[2] = {0x1p20, 0x1p20};
  sy_labelled labelled = {sy_f64(p), sy_f64(y), sy_f64(w), 2};
  size_t count;
  sy_error error;
  EXPECT(sy_sketch_rows(&labelled, 7, scratch, bins, &count, &error) == SY_OK, "rows");
  for (int i = 0; i < k; i++) {
    sy_bin twice[2];
    EXPECT(sy_sketch_merge(bins, 2, bins, 2, twice, &count, &error) == SY_OK, "%d", i);
    memcpy(bins, twice, sizeof twice);
  }
}

static sy_status merge_two(const sy_bin *a, const sy_bin *b, sy_bin *out) {
  sy_error error = {SY_OK, ""};
  size_t count;
  sy_status status = sy_sketch_merge(a, 2, b, 2, out, &count, &error);
  EXPECT(status == SY_OK || strstr(error.message, "2^63"), "%s", error.message);
  return status;
}

/* Squares of weights: 2^40 a row, so that 2^23 rows, of all bins, are too many. */
static void limits(void) {
  sy_bin a[2], b[2], c[2], out[2], all[2];
  SCENARIO("sums that do not fit are told, over all bins, whatever is merged first");
  heavy_bins(a, 21);
  heavy_bins(b, 20);
  heavy_bins(c, 20);
  EXPECT(merge_two(a, a, out) == SY_E_LIMIT, "two bins that fit, but not together");
  EXPECT(merge_two(a, b, out) == SY_OK, "room left");
  EXPECT(merge_two(out, c, all) == SY_E_LIMIT, "(a b) c");
  EXPECT(merge_two(b, c, out) == SY_OK, "room left");
  EXPECT(merge_two(a, out, all) == SY_E_LIMIT, "a (b c)");
  heavy_bins(c, 19);
  EXPECT(merge_two(b, c, out) == SY_OK && merge_two(a, out, all) == SY_OK, "just below");
}

/* ------------------------------------------------------------------------------- files -------- */

static char file_bytes[8000], again[8000];
static size_t file_size;

static void make_file(void) {
  sy_error error = {SY_OK, ""};
  make_rows();
  size_t a = sketch(&rows, 0, 10, 1, whole), b = sketch(&rows, 10, 5, 0, piece);
  sy_named_sketch list[3] = {
      {"click", 7, a, whole}, {"click tab=1", 7, 0, NULL}, {"like", 7, b, piece}};
  file_size = sy_sketches_size(list, 3, "a note", &error);
  EXPECT(file_size && file_size <= sizeof file_bytes, "%zu %s", file_size, error.message);
  sy_sketches_encode(list, 3, "a note", file_bytes);
}

static sy_status decode(const void *bytes, size_t size, sy_sketch_file **file, sy_error *error) {
  *file = NULL;
  memset(error, 0, sizeof *error);
  return sy_sketches_decode(bytes, size, "day.sketch", NULL, file, error);
}

static void round_trip(void) {
  sy_sketch_file *file;
  sy_error error;
  sy_named_sketch list[3];
  SCENARIO("sketches come back as they were written, to the same bytes");
  make_file();
  EXPECT(decode(file_bytes, file_size, &file, &error) == SY_OK, "%s", error.message);
  if (!file) return;
  EXPECT(sy_sketches_count(file) == 3 && strcmp(sy_sketches_note(file), "a note") == 0, "note");
  for (size_t i = 0; i < 3; i++) list[i] = sy_sketches_get(file, i);
  EXPECT(strcmp(list[1].name, "click tab=1") == 0 && list[1].count == 0, "%s", list[1].name);
  EXPECT(memcmp(list[0].bins, whole, list[0].count * sizeof *whole) == 0, "bins");
  EXPECT(sy_sketches_size(list, 3, "a note", &error) == file_size, "size");
  sy_sketches_encode(list, 3, "a note", again);
  EXPECT(memcmp(again, file_bytes, file_size) == 0, "bytes");
  SCENARIO("names that are empty, twice or out of order are refused");
  list[1].name = "click";
  EXPECT(!sy_sketches_size(list, 3, "", &error) && error.status == SY_E_ARGUMENT, "twice");
  list[1].name = "b";
  EXPECT(!sy_sketches_size(list, 3, "", &error), "order");
  list[0].name = "";
  EXPECT(!sy_sketches_size(list, 3, "", &error), "empty");
  sy_sketches_destroy(file);
}

static void damage(void) {
  sy_sketch_file *file;
  sy_error error;
  SCENARIO("a file cut anywhere is refused in one line that names it");
  for (size_t size = 0; size < file_size; size++) {
    memcpy(again, file_bytes, size);
    EXPECT(decode(again, size, &file, &error) == SY_E_FORMAT, "%zu bytes", size);
    EXPECT(strncmp(error.message, "day.sketch: ", 12) == 0 && !strchr(error.message, '\n'), "%s",
           error.message);
  }
  SCENARIO("a file with a changed byte is refused");
  for (size_t at = 0; at < file_size; at++) {
    memcpy(again, file_bytes, file_size);
    again[at] = (char)(again[at] ^ (1 << (at % 8)));
    EXPECT(decode(again, file_size, &file, &error) == SY_E_FORMAT, "byte %zu", at);
  }
  SCENARIO("a file with more behind it is refused");
  memcpy(again, file_bytes, file_size);
  again[file_size] = 0;
  EXPECT(decode(again, file_size + 1, &file, &error) == SY_E_FORMAT, "longer");
}

static void faulty(const char *message, sy_bin bin) {
  sy_error error = {SY_OK, ""};
  EXPECT(sy_sketch_check(&bin, 1, 7, &error) != SY_OK && strstr(error.message, message), "%s: %s",
         message, error.message);
}

static void unsound(void) {
  sy_bin good, bad;
  SCENARIO("bins that no rows can have given are refused");
  make_rows();
  rows.w[0] = 2;
  EXPECT(sketch(&rows, 0, 1, 1, &good) == 1, "one bin");
  EXPECT(sy_sketch_check(&good, 1, 7, NULL) == SY_OK, "good");
  bad = good, bad.key = -1, faulty("not above", bad);
  bad = good, bad.key = ROOM, faulty("beyond the grid", bad);
  bad = good, bad.n = 0, faulty("no rows", bad);
  bad = good, bad.clipped = 2, faulty("more clipped rows", bad);
  bad = good, bad.heaviest = NAN, faulty("heaviest", bad);
  bad = good, bad.log.high = UINT64_MAX, faulty("negative", bad);
  bad = good, bad.w.high = bad.w.low = 0, faulty("no weight", bad);
  bad = good, bad.heaviest = 1, faulty("more weight than", bad);
  bad = good, bad.y.high = 3, faulty("more labels", bad);
  bad = good, bad.p.high = 3, faulty("mean prediction", bad);
}

static void on_disk(void) {
  char path[64];
  sy_sketch_file *file = NULL;
  sy_error error = {SY_OK, ""};
  sy_named_sketch list[1] = {{"click", 7, 0, NULL}};
  SCENARIO("files are saved and loaded");
  snprintf(path, sizeof path, "/tmp/steelyard-sketch-%ld", (long)getpid());
  list[0].count = sketch(&rows, 0, ROWS, 0, whole);
  list[0].bins = whole;
  EXPECT(sy_sketches_save(list, 1, "", path, NULL, &error) == SY_OK, "%s", error.message);
  EXPECT(sy_sketches_load(path, NULL, &file, &error) == SY_OK, "%s", error.message);
  if (file) {
    sy_named_sketch got = sy_sketches_get(file, 0);
    EXPECT(got.count == list[0].count && memcmp(got.bins, whole, got.count * sizeof *whole) == 0,
           "bins");
  }
  sy_sketches_destroy(file);
  unlink(path);
  EXPECT(sy_sketches_load(path, NULL, &file, &error) == SY_E_IO, "missing");
  EXPECT(sy_sketches_load("/tmp", NULL, &file, &error) == SY_E_IO, "a folder");
}

int main(void) {
  sy_random_seed(&rng, 11);
  grid();
  sums();
  merging();
  weights_of_one();
  f32_rows();
  curves();
  refusals();
  limits();
  round_trip();
  damage();
  unsound();
  on_disk();
  end_scenario();
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
