/*
 * fuzz_interactions.c - any bytes may be read as interactions: a clean error or sound matrices, never
 * a crash.
 *
 * With libFuzzer: LLVMFuzzerTestOneInput; the first two bytes pick the options. With -DSTANDALONE a
 * main that mutates built-in seeds: fuzz_interactions [iterations [seed]].
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "steelyard/interactions.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DEMAND(condition)                                                                          \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);                \
      abort();                                                                                     \
    }                                                                                              \
  } while (0)

static const char *temporary(void) {
  static char path[64];
  if (!*path) snprintf(path, sizeof path, "/tmp/steelyard-fuzz-cf-%ld", (long)getpid());
  return path;
}

static void write_input(const uint8_t *data, size_t size) {
  FILE *f = fopen(temporary(), "wb");
  DEMAND(f);
  if (size) DEMAND(fwrite(data, 1, size, f) == size);
  DEMAND(fclose(f) == 0);
}

/* A block of its own, so that a step beyond its end is seen. */
static void *block(size_t count, size_t width) {
  void *made = malloc(count * width + (count == 0));
  DEMAND(made);
  return made;
}

static void check_part(sy_interactions *x, size_t part) {
  size_t users = sy_interactions_users(x), pairs = sy_interactions_pairs(x, part), entries = 0;
  int ratings = sy_interactions_has_ratings(x, part), times = sy_interactions_has_times(x, part);
  sy_error error = {SY_OK, ""};
  int64_t *offsets = block(users + 1, sizeof *offsets);
  int32_t *ids = block(pairs, sizeof *ids);
  float *values = block(pairs, sizeof *values), *places = block(pairs, sizeof *places);
  DEMAND(sy_interactions_sort(x, part, &error) == SY_OK);
  DEMAND(sy_interactions_take(x, part, 1, offsets, ids, ratings ? values : NULL,
                              times ? places : NULL, &entries, &error) == SY_OK);
  sy_sparse m = {users, sy_interactions_items(x), offsets, ids, ratings ? values : NULL, 1};
  DEMAND(entries <= pairs && (size_t)offsets[users] == entries);
  DEMAND(sy_sparse_check(&m, "m", &error) == SY_OK);
  for (size_t e = 0; e < entries; e++) {
    DEMAND(!ratings || values[e] - values[e] == 0);
    DEMAND(!times || (places[e] >= 1 && places[e] <= (float)pairs));
  }
  free(offsets);
  free(ids);
  free(values);
  free(places);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *paths[] = {temporary(), temporary()};
  sy_interactions_options o = {SY_LINES_AUTO};
  sy_interactions *x = NULL;
  sy_error error = {SY_OK, ""};
  if (size < 2) return 0;
  o.lines = (sy_lines)(data[0] & 3);
  o.join = data[0] >> 2 & 1;
  o.by_number = data[0] >> 3 & 1;
  o.ratings = data[0] >> 4 & 1;
  o.times = data[0] >> 5 & 1;
  o.has_least = data[0] >> 6 & 1;
  o.least = 3;
  if ((data[1] & 7) == 0) o.columns[data[1] >> 3 & 3] = data[1] & 32 ? "2" : "item";
  write_input(data + 2, size - 2);
  sy_status status =
      sy_interactions_read(paths, 1 + (size_t)(data[1] >> 6 & 1), &o, NULL, &x, &error);
  if (status != SY_OK) {
    DEMAND(status < 0 && status == error.status && !x);
    DEMAND(*error.message && !strchr(error.message, '\n'));
  } else {
    for (size_t i = 0; i < sy_interactions_users(x); i++) {
      size_t length;
      DEMAND(sy_interactions_user(x, i, &length) && length > 0);
    }
    for (size_t i = 0; i < sy_interactions_items(x); i++) {
      size_t length;
      DEMAND(sy_interactions_item(x, i, &length) && length > 0);
    }
    for (size_t i = 0; i < sy_interactions_parts(x); i++) check_part(x, i);
    sy_interactions_destroy(x);
  }
  unlink(temporary());
  return 0;
}

#ifdef STANDALONE

#include "mutate.h"

static const char *const seeds[] = {
    "1 31 2.5 1260759144\n1 10 4 12\n7 31 3 9\n",
    "userId,movieId,rating,timestamp\n1,31,2.5,1260759144\n1,10,4,12\n7,31,3,9\n",
    "0 5 6 7 8\n1 6\n2\n3 5 5 5\n",
    "1::1193::5::978300760\n1::661::3::978302109\n2::1193::4::9\n",
    "\"user_id\",\"item_id\"\n\"a\"\"b\",\"c,d\"\n\"x\",\"y\"\n",
    "user_id:token\titem_id:token\trating:float\ttimestamp:float\n196\t242\t3\t881250949\n",
    "(0,25)\t1064\t174\t2791\n(1,133)\t1072\t3154\t3368\n",
    "uid,sid\n0,3\n0,1\n1,3\n",
};

static const char *const words[] = {
    ",",   "::",           "\t",      " ", "\n",      "\r\n",    "\"",      "\"\"", "\0",
    "nan", "1e400",        "-1",      "0", "4194303", "4194304", "9999999", "007",  "user,item\n",
    ";",   "\xef\xbb\xbf", "\x1f\x8b"};

int main(int argc, char **argv) {
  static uint8_t data[8192];
  long count = argc > 1 ? atol(argv[1]) : 100000;
  sy_random random;
  sy_random_seed(&random, argc > 2 ? (uint64_t)atoll(argv[2]) : 1);
  for (long i = 0; i < count; i++) {
    const char *seed = seeds[sy_random_below(&random, sizeof seeds / sizeof *seeds)];
    size_t size = strlen(seed);
    memcpy(data + 2, seed, size);
    for (uint64_t n = sy_random_below(&random, 8); n > 0; n--)
      size = mutate(&random, data + 2, size, sizeof data - 2, words, sizeof words / sizeof *words);
    data[0] = (uint8_t)sy_random_below(&random, 256);
    data[1] = (uint8_t)sy_random_below(&random, 256);
    if (sy_random_below(&random, 2)) data[0] &= 0x8f; /* what most files can give */
    LLVMFuzzerTestOneInput(data, size + 2);
  }
  printf("%ld inputs, no complaint\n", count);
  return 0;
}

#endif
