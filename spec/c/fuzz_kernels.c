/*
 * fuzz_kernels.c - the vector kernels against slow, obvious ones: every instruction set that the
 * machine has, both element types, numbers chosen to hurt. Every array is allocated to the very length
 * that kernels.h promises, so that AddressSanitizer sees any step beyond it. With -DSTANDALONE, as all
 * fuzzers are built: fuzz_kernels [inputs [seed]]; what differs is told in a line, with exit status 1.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/work.h"
#include "steelyard.h"

static sy_random rng;

static size_t below(size_t n) { return (size_t)sy_random_below(&rng, n); }

static void *room(size_t bytes) {
  void *block = malloc(bytes ? bytes : 1);
  if (!block) exit(2);
  return block;
}

static double special_number(void) {
  static const double numbers[] = {0.0,  -0.0,  INFINITY, -INFINITY, 1.0,     -1.0, 5,
                                   -0.5, 1e-45, -1e-45,   1e-310,    -1e-310, 3e38, -3e38};
  return numbers[below(SY_COUNT(numbers))];
}

#define KINDS 13

/* Number i of n of a kind; never NaN. */
static double number_of(size_t kind, size_t i, size_t n) {
  switch (kind) {
    case 0: return (double)below(1000000) / 7;
    case 1: return (double)below(5); /* labels, which few.inc counts */
    case 2: return below(20) ? (double)below(5) : special_number();
    case 3: return below(2) ? 0.0 : -0.0;
    case 4: return special_number();
    case 5: return below(50) ? -(double)INFINITY : special_number(); /* what kernels fill up with */
    case 6: return below(50) ? 1.0 : (double)below(100);
    case 7: return (double)i;
    case 8: return (double)(n - i);
    case 9: return 1.0 + (double)below(4) * ldexp(1, below(2) ? -23 : -52); /* twins */
    case 10: return (double)below(9) * (below(2) ? 1e-310 : 1e-44);
    case 11: return ((double)below(9) - 4.0) * 4e307; /* their range is infinite */
    default: return ldexp((double)below(100), (int)below(80) - 40) * (below(2) ? 1 : -1);
  }
}

static void put(void *array, sy_dtype dtype, size_t i, double value) {
  if (dtype == SY_F32) ((float *)array)[i] = (float)value;
  else ((double *)array)[i] = value;
}

/* Equal sums have equal bits; only which NaN it is nobody promises. */
static int same(double a, double b) {
  return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

/* Numbers, and what is right for them. */
typedef struct request {
  size_t kind, n, places;  /* places: those of the trial that it has */
  void *padded, *unpadded; /* the numbers, of the trial's element type */
  double *exact;           /* the same as doubles */
  int32_t *order;          /* all of them, largest first, equal ones by index */
  double *largest;         /* in this order */
  double *weights;         /* one a place */
} request;

static const double *sort_values;

static int by_value(const void *a, const void *b) {
  int32_t i = *(const int32_t *)a, j = *(const int32_t *)b;
  if (sort_values[i] != sort_values[j]) return sort_values[i] > sort_values[j] ? -1 : 1;
  return i < j ? -1 : i > j;
}

static void fill(request *r, sy_dtype dtype) {
  size_t behind = below(KINDS);
  for (size_t i = 0; i < r->n; i++) put(r->padded, dtype, i, number_of(r->kind, i, r->n));
  for (size_t i = r->n; i < r->n + SY_PAD; i++)
    put(r->padded, dtype, i, behind == 0 ? (double)NAN : number_of(behind, i, r->n + SY_PAD));
  memcpy(r->unpadded, r->padded, r->n * sy_dtype_size(dtype));
  for (size_t i = 0; i < r->n; i++) r->order[i] = (int32_t)i;
  for (size_t i = 0; i < r->n; i++) r->exact[i] = sy_vector_at((sy_vector){r->padded, dtype}, i);
}

static request make_request(sy_dtype dtype, size_t n, size_t places) {
  size_t size = sy_dtype_size(dtype);
  request r = {.kind = below(KINDS), .n = n, .places = places < n ? places : n};
  r.padded = room((n + SY_PAD) * size);
  r.unpadded = room(n * size);
  r.exact = room(n * sizeof *r.exact);
  r.order = room(n * sizeof *r.order);
  r.largest = room(n * sizeof *r.largest);
  r.weights = room(r.places * sizeof *r.weights);
  fill(&r, dtype);
  sort_values = r.exact;
  qsort(r.order, n, sizeof *r.order, by_value);
  for (size_t i = 0; i < n; i++) r.largest[i] = r.exact[r.order[i]];
  for (size_t i = 0; i < r.places; i++) r.weights[i] = (double)below(1000) / 999 - 0.25;
  return r;
}

static void drop_request(request *r) {
  void *arrays[] = {r->padded, r->unpadded, r->exact, r->order, r->largest, r->weights};
  for (size_t i = 0; i < SY_COUNT(arrays); i++) free(arrays[i]);
}

/* One input: some requests, for one set of kernels after the other. */
typedef struct trial {
  const sy_kernels *kernels;
  sy_sorting scratch;
  sy_dtype dtype;
  size_t places, count;
  request requests[SY_BATCH];
} trial;

/* ------------------------------------------------------------------------- checks ------------- */

static void expect(int right, const trial *t, const request *r, const char *what, size_t at) {
  if (right) return;
  fprintf(stderr, "fuzz_kernels: %s, %s: %s differs at %zu: %zu numbers of kind %zu, %zu places\n",
          t->kernels->name, t->dtype == SY_F32 ? "f32" : "f64", what, at, r->n, r->kind, r->places);
  exit(1);
}

static void expect_order(const trial *t, const request *r, const char *what, const int32_t *order) {
  for (size_t i = 0; i < r->places; i++) expect(order[i] == r->order[i], t, r, what, i);
}

/* 0 may stand for -0. */
static void expect_largest(const trial *t, const request *r, const char *what, const double *out) {
  for (size_t i = 0; i < r->places; i++) expect(out[i] == r->largest[i], t, r, what, i);
}

static void check_order(const trial *t, const request *r) {
  int32_t *order = room(r->places * sizeof *order);
  double *largest = room(r->places * sizeof *largest);
  sy_kernel_order(t->kernels, t->dtype, r->padded, r->n, r->places, &t->scratch, order);
  sy_kernel_largest(t->kernels, t->dtype, r->padded, r->n, r->places, &t->scratch, largest);
  expect_order(t, r, "order", order);
  expect_largest(t, r, "largest", largest);
  free(order), free(largest);
}

/* The eight lanes and the tree that all sums share. */
static double dot_slowly(const double *a, const double *b, size_t n) {
  double lane[8] = {0};
  for (size_t i = 0; i < n; i++) lane[i % 8] += a[i] * b[i];
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

static void check_sums(const trial *t, const request *r) {
  const sy_kernels *k = t->kernels;
  double want = dot_slowly(r->largest, r->weights, r->places);
  double weigh = sy_kernel_weigh(k, t->dtype, r->unpadded, r->order, r->places, r->weights);
  double weigh_largest =
      sy_kernel_weigh_largest(k, t->dtype, r->padded, r->n, r->places, &t->scratch, r->weights);
  expect(same(k->dot(r->largest, r->weights, r->places), want), t, r, "dot", 0);
  expect(same(weigh, want), t, r, "weigh", 0);
  expect(same(weigh_largest, want), t, r, "weigh_largest", 0);
}

/* A number of the request, or one next to it that no float is, or any. */
static double some_level(const request *r) {
  double level = r->n && below(4) ? r->exact[below(r->n)] : number_of(below(KINDS), 3, 9);
  return below(3) ? level : nextafter(level, below(2) ? INFINITY : -INFINITY);
}

static void check_levels(const trial *t, const request *r) {
  double level = some_level(r);
  int strict = (int)below(2);
  size_t words = r->n / 64 + 1, above = 0, count;
  uint64_t *bits = room(words * sizeof *bits);
  t->kernels->mark(r->exact, r->n, level, strict, bits);
  for (size_t i = 0; i < 64 * words; i++) {
    int want = i < r->n && (strict ? r->exact[i] > level : r->exact[i] >= level);
    expect((int)(bits[i / 64] >> i % 64 & 1) == want, t, r, "mark", i);
    above += (size_t)want;
  }
  count = sy_kernel_count_above(t->kernels, t->dtype, r->unpadded, r->n, level, strict);
  expect(count == above, t, r, "count_above", 0);
  free(bits);
}

/* As they are, or with a NaN among them. */
static void check_finite(const trial *t, const request *r) {
  size_t bytes = r->n * sy_dtype_size(t->dtype);
  void *numbers = room(bytes), *copy = room(bytes);
  int nan = r->n && below(2), infinite = nan;
  memcpy(numbers, r->unpadded, bytes);
  if (nan) put(numbers, t->dtype, below(r->n), (double)NAN);
  for (size_t i = 0; i < r->n; i++) infinite |= !isfinite(r->exact[i]);
  expect(sy_kernel_has_nan(t->kernels, t->dtype, numbers, r->n) == nan, t, r, "has_nan", 0);
  int has_infinite = sy_kernel_has_infinite(t->kernels, t->dtype, numbers, r->n);
  expect(has_infinite == infinite, t, r, "has_infinite", 0);
  int load = sy_kernel_load(t->kernels, t->dtype, numbers, r->n, copy);
  expect(load == infinite && memcmp(copy, numbers, bytes) == 0, t, r, "load", 0);
  free(numbers), free(copy);
}

static void check_batches(const trial *t) {
  const void *values[SY_BATCH];
  size_t n[SY_BATCH];
  int32_t *orders[SY_BATCH];
  double *out[SY_BATCH];
  for (size_t b = 0; b < t->count; b++) {
    const request *r = &t->requests[b];
    values[b] = r->padded;
    n[b] = r->n;
    orders[b] = room((r->places + 32) * sizeof *orders[b]);
    out[b] = room(r->places * sizeof *out[b]);
  }
  sy_kernel_order_batch(t->kernels, t->dtype, values, n, t->count, t->places, &t->scratch, orders);
  sy_kernel_largest_batch(t->kernels, t->dtype, values, n, t->count, t->places, &t->scratch, out);
  for (size_t b = 0; b < t->count; b++) {
    expect_order(t, &t->requests[b], "order_batch", orders[b]);
    expect_largest(t, &t->requests[b], "largest_batch", out[b]);
    free(orders[b]), free(out[b]);
  }
}

static void check(const trial *t) {
  for (size_t b = 0; b < t->count; b++) {
    const request *r = &t->requests[b];
    check_order(t, r);
    check_sums(t, r);
    check_levels(t, r);
    check_finite(t, r);
  }
  check_batches(t);
}

/* ------------------------------------------------------------------------- running ------------ */

static sy_sorting make_scratch(size_t longest) {
  size_t n = longest + SY_PAD;
  void *digits = room(SY_DIGIT_ROOM * sizeof(uint32_t));
  return (sy_sorting){{room(8 * n), room(8 * n)}, {room(4 * n), room(4 * n)}, room(8 * n), digits};
}

static void drop_scratch(sy_sorting *s) {
  void *arrays[] = {s->keys[0], s->keys[1], s->indices[0], s->indices[1], s->counts, s->digits};
  for (size_t i = 0; i < SY_COUNT(arrays); i++) free(arrays[i]);
}

/* Sizes and places are around those where the kernels change their ways; mostly small. */
static size_t some_size(void) {
  static const size_t limits[] = {20, 70, 70, 140, 140, 400};
  return below(100) ? below(limits[below(SY_COUNT(limits))]) : below(1500);
}

static size_t some_places(void) {
  static const size_t limits[] = {12, 12, 26, 50, 420};
  return below(10) ? 1 + below(limits[below(SY_COUNT(limits))]) : SIZE_MAX;
}

static void try_one(const sy_kernels *const *sets) {
  trial t = {.dtype = below(2) ? SY_F32 : SY_F64, .places = some_places()};
  size_t n = some_size(), longest = 0;
  t.count = below(2) ? 1 : 1 + below(SY_BATCH);
  for (size_t b = 0; b < t.count; b++) {
    size_t size = below(3) ? n : some_size();
    if (size > longest) longest = size;
    t.requests[b] = make_request(t.dtype, size, t.places);
  }
  for (; *sets; sets++) {
    t.kernels = *sets;
    t.scratch = make_scratch(longest);
    check(&t);
    drop_scratch(&t.scratch);
  }
  for (size_t b = 0; b < t.count; b++) drop_request(&t.requests[b]);
}

/* The kernels that the machine can run, and NULL. */
static void find_sets(const sy_kernels **sets) {
  sy_work *work;
  if (sy_work_create(1, 0, NULL, &work)) exit(2);
  for (const char *const *cpu = sy_cpu_list(); *cpu; cpu++) {
    if (sy_work_set_cpu(work, *cpu)) exit(2);
    *sets++ = work->kernels;
  }
  *sets = NULL;
  sy_work_destroy(work);
}

int main(int argc, char **argv) {
  const sy_kernels *sets[8];
  long count = argc > 1 ? atol(argv[1]) : 20000;
  find_sets(sets);
  sy_random_seed(&rng, argc > 2 ? (uint64_t)atoll(argv[2]) : 1);
  for (long i = 0; i < count; i++) try_one(sets);
  printf("%ld inputs, no complaint\n", count);
  return 0;
}
