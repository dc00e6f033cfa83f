/*
 * sparse_test.c - what Lua does not reach of sparse matrices: bases other than 1, masks and merges of
 * such, the tests of arguments, the reader as a C host uses it. Prints "N passed, N failed": one for
 * each scenario.
 *
 *   cc -Icsrc spec/c/sparse_test.c build/lib/libsteelyard.a -fopenmp -lcjson -lz -lm
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mt19937.h"
#include "scenario.h"
#include "steelyard/interactions.h"
#include "steelyard/sparse.h"

/* ------------------------------------------------------------------------- the generator ------ */

static void generator(void) {
  sy_mt19937 random;
  SCENARIO("the Mersenne Twister's 10,000th number with the seed 5489 is the standard's");
  uint32_t bits = 0;
  sy_mt19937_seed(&random, 5489);
  for (int i = 0; i < 10000; i++) bits = sy_mt19937_bits(&random);
  EXPECT(bits == 4123659995u, "%u", bits);

  SCENARIO("bounds of more than 32 bits are met");
  uint64_t most = UINT64_C(0x100000001), largest = 0;
  for (int i = 0; i < 1000; i++) {
    uint64_t x = sy_mt19937_up_to(&random, most);
    EXPECT(x <= most, "%llu", (unsigned long long)x);
    largest = x > largest ? x : largest;
  }
  EXPECT(largest > UINT32_MAX / 2, "%llu", (unsigned long long)largest);
  EXPECT(sy_mt19937_up_to(&random, 0) == 0, "0");
}

/* ------------------------------------------------------------------------- matrices ----------- */

enum { ROWS = 5, COLUMNS = 7, PAIRS = 40 };

static void build(void) {
  int32_t rows[PAIRS], columns[PAIRS], ids[PAIRS];
  float values[PAIRS], dense[ROWS][COLUMNS], kept[PAIRS];
  int64_t scratch[COLUMNS + 1], offsets[ROWS + 1];
  uint32_t order[PAIRS];
  sy_random random;
  sy_random_seed(&random, 1);
  for (int32_t base = 0; base < 2; base++) {
    SCENARIO("pairs become rows, base %d", (int)base);
    for (int r = 0; r < ROWS; r++)
      for (int c = 0; c < COLUMNS; c++) dense[r][c] = -INFINITY;
    for (int i = 0; i < PAIRS; i++) {
      rows[i] = (int32_t)sy_random_below(&random, ROWS);
      columns[i] = (int32_t)sy_random_below(&random, COLUMNS);
      values[i] = (float)sy_random_below(&random, 8);
      if (values[i] > dense[rows[i]][columns[i]]) dense[rows[i]][columns[i]] = values[i];
    }
    sy_sparse_pairs pairs = {PAIRS, ROWS, COLUMNS, rows, columns, values};
    void *middle = malloc(sy_sparse_middle(&pairs, 1));
    size_t n = sy_sparse_build(&pairs, base, scratch, middle, offsets, ids, kept, order);
    free(middle);
    sy_sparse m = {ROWS, COLUMNS, offsets, ids, kept, base};
    sy_error error = {SY_OK, ""};
    EXPECT(sy_sparse_check(&m, "m", &error) == SY_OK, "%s", error.message);
    size_t there = 0;
    for (int r = 0; r < ROWS; r++)
      for (int64_t e = offsets[r]; e < offsets[r + 1]; e++, there++) {
        EXPECT(kept[e] == dense[r][ids[e] - base], "row %d", r);
        EXPECT(rows[order[e]] == r && columns[order[e]] == ids[e] - base, "order");
        EXPECT(values[order[e]] == kept[e], "value");
      }
    EXPECT(there == n && n == (size_t)offsets[ROWS], "%zu of %zu", there, n);
  }
}

static const int64_t a_offsets[] = {0, 2, 3}, b_offsets[] = {0, 2, 2};
static const int32_t a_ids[] = {0, 4, 2}, b_ids[] = {1, 5};

static void merge(void) {
  sy_sparse a = {2, 6, a_offsets, a_ids, NULL, 0}, b = {2, 6, b_offsets, b_ids, NULL, 1};
  int64_t offsets[3];
  int32_t ids[8];
  SCENARIO("matrices of different bases are merged at the first one's");
  sy_sparse_merge(&a, &b, 0, offsets, ids, NULL);
  EXPECT(offsets[1] == 2 && offsets[2] == 3, "%d %d", (int)offsets[1], (int)offsets[2]);
  EXPECT(ids[0] == 0 && ids[1] == 4 && ids[2] == 2, "%d %d %d", ids[0], ids[1], ids[2]);
  sy_sparse_merge(&b, &a, 0, offsets, ids, NULL);
  EXPECT(offsets[2] == 3 && ids[0] == 1 && ids[1] == 5 && ids[2] == 3, "%d", ids[2]);
  sy_sparse_merge(&a, &b, 1, offsets, ids, NULL);
  EXPECT(offsets[1] == 0 && offsets[2] == 1 && ids[0] == 2, "%d", ids[0]);
}

static void mask(void) {
  int64_t which[] = {1, 0}, seen_offsets[3], unseen_offsets[3], others[3];
  int32_t seen_ids[3], unseen_ids[3], other_ids[3];
  float seen_values[3];
  double keep = 0.5;
  int64_t one_offsets[] = {0, 2, 3};
  int32_t one_ids[] = {1, 5, 3};
  SCENARIO("a mask draws by column, whatever the base");
  for (uint64_t step = 0; step < 64; step++) {
    sy_mask by = {which, 2, &keep, 0, 3, step, 1};
    sy_sparse zero = {2, 6, a_offsets, a_ids, NULL, 0}, one = {2, 6, one_offsets, one_ids, NULL, 1};
    sy_sparse_mask(&zero, &by, seen_offsets, seen_ids, seen_values, unseen_offsets, unseen_ids,
                   NULL);
    sy_sparse_mask(&one, &by, others, other_ids, seen_values, unseen_offsets, unseen_ids, NULL);
    EXPECT(memcmp(others, seen_offsets, sizeof others) == 0, "offsets");
    for (int64_t e = 0; e < others[2]; e++) EXPECT(other_ids[e] == seen_ids[e] + 1, "ids");
  }
}

static void check(void) {
  int64_t falls[] = {0, 2, 1}, late[] = {1, 2, 3};
  int32_t ids[] = {0, 0, 1};
  sy_error error;
  SCENARIO("what is no sparse matrix is refused");
  sy_sparse m = {2, 6, falls, a_ids, NULL, 0};
  EXPECT(sy_sparse_check(&m, "m", &error) == SY_E_ARGUMENT, "falls");
  m.offsets = late;
  EXPECT(sy_sparse_check(&m, "m", &error) == SY_E_ARGUMENT, "late");
  m.offsets = a_offsets;
  m.ids = ids;
  EXPECT(sy_sparse_check(&m, "m", &error) == SY_E_ARGUMENT, "twice");
  EXPECT(strstr(error.message, "m.ids[2]: row 1 must ascend") != NULL, "%s", error.message);
  m.ids = a_ids;
  m.columns = 4;
  EXPECT(sy_sparse_check(&m, "m", &error) == SY_E_ARGUMENT, "columns");
}

/* ------------------------------------------------------------------------- rankings ----------- */

static void rankings(void) {
  float scores[] = {3, 2, 1, 0, 5, 4, 1, 2, 3, 4, 5, 6}, best[6];
  sy_score_matrix rows = {sy_f32(scores), 2, 6, 6};
  sy_sparse seen = {2, 6, a_offsets, a_ids, NULL, 0}, hidden = {2, 6, b_offsets, b_ids, NULL, 1};
  sy_found_metric metrics[] = {{SY_FOUND_RECALL, 3}, {SY_FOUND_RR, 6}};
  int32_t ids[6];
  double values[4], thresholds[2];
  sy_work *work;
  sy_error error = {SY_OK, ""};
  SCENARIO("bases go with their matrices");
  EXPECT(sy_work_create(6, 1, NULL, &work) == SY_OK, "work");
  EXPECT(sy_sparse_top(&rows, &seen, 3, 0, work, ids, best, &error) == SY_OK, "%s", error.message);
  EXPECT(ids[0] == 5 && ids[1] == 1 && ids[2] == 2, "%d %d %d", ids[0], ids[1], ids[2]);
  EXPECT(ids[3] == 5 && ids[4] == 4 && ids[5] == 3, "%d %d %d", ids[3], ids[4], ids[5]);
  EXPECT(best[0] == 4 && best[5] == 4, "%g %g", (double)best[0], (double)best[5]);
  EXPECT(sy_sparse_measure(&rows, &hidden, NULL, metrics, 2, work, values, thresholds, &error) ==
             SY_OK,
         "%s", error.message);
  EXPECT(values[0] == 1.0 && values[1] == 0.0, "%g %g", values[0], values[1]);
  EXPECT(values[2] == 1.0 && values[3] == 0.0, "%g %g", values[2], values[3]);
  EXPECT(thresholds[0] == 0.0 && thresholds[1] == 1.0, "%g %g", thresholds[0], thresholds[1]);

  SCENARIO("rows may lie apart");
  float apart[] = {3, 2, 1, 0, 5, 4, 9, 9, 1, 2, 3, 4, 5, 6};
  double again[4], limits[2];
  sy_score_matrix strided = {sy_f32(apart), 2, 6, 8};
  EXPECT(sy_sparse_top(&strided, &seen, 3, 0, work, ids, best, &error) == SY_OK, "%s",
         error.message);
  EXPECT(ids[0] == 5 && ids[3] == 5 && ids[4] == 4 && best[5] == 4, "%d %d %d", ids[0], ids[3],
         ids[4]);
  EXPECT(sy_sparse_measure(&strided, &hidden, NULL, metrics, 2, work, again, limits, &error) ==
             SY_OK,
         "%s", error.message);
  EXPECT(memcmp(again, values, sizeof values) == 0, "values");
  EXPECT(memcmp(limits, thresholds, sizeof thresholds) == 0, "thresholds");

  SCENARIO("what does not fit is refused");
  metrics[0].k = 0;
  EXPECT(sy_sparse_measure(&rows, &hidden, NULL, metrics, 2, work, values, NULL, &error) ==
             SY_E_ARGUMENT,
         "k");
  rows.numbers.dtype = SY_I32;
  EXPECT(sy_sparse_top(&rows, NULL, 3, 0, work, ids, best, &error) == SY_E_ARGUMENT, "dtype");
  rows.numbers.dtype = SY_F32;
  sy_score_matrix wide = {sy_f32(scores), 1, 12, 12};
  EXPECT(sy_sparse_top(&wide, NULL, 3, 0, work, ids, best, &error) == SY_E_ARGUMENT, "work");
  sy_work_destroy(work);
  EXPECT(sy_work_create(6, 0, NULL, &work) == SY_OK, "work");
  EXPECT(sy_sparse_top(&rows, NULL, 3, 0, work, ids, best, &error) == SY_E_ARGUMENT, "threads");
  sy_work_destroy(work);
}

/* ------------------------------------------------------------------------- the reader --------- */

static void reader(void) {
  char path[64];
  snprintf(path, sizeof path, "/tmp/steelyard-sparse-%ld", (long)getpid());
  const char *paths[] = {path};
  FILE *file = fopen(path, "w");
  SCENARIO("a C host reads interactions");
  EXPECT(file != NULL, "%s", path);
  if (!file) return;
  fputs("20 a 3 7\n3 b 4 2\n20 b 5 6\n20 a 2 9\n", file);
  fclose(file);
  sy_interactions_options o = {.ratings = 1, .times = 1};
  sy_interactions *x = NULL;
  sy_error error = {SY_OK, ""};
  EXPECT(sy_interactions_read(paths, 1, &o, NULL, &x, &error) == SY_OK, "%s", error.message);
  if (x) {
    int64_t offsets[3];
    int32_t ids[4];
    float values[4], places[4];
    size_t entries, length;
    EXPECT(sy_interactions_take(x, 0, 0, offsets, ids, values, places, &entries, &error) ==
               SY_E_ARGUMENT,
           "not sorted");
    EXPECT(sy_interactions_sort(x, 0, &error) == SY_OK, "%s", error.message);
    EXPECT(sy_interactions_take(x, 0, 0, offsets, ids, values, places, &entries, &error) == SY_OK,
           "%s", error.message);
    EXPECT(entries == 3 && offsets[1] == 2 && ids[1] == 1 && values[0] == 3, "%zu", entries);
    EXPECT(places[0] == 2 && places[1] == 1, "%g %g", (double)places[0], (double)places[1]);
    EXPECT(sy_interactions_sort(x, 0, &error) == SY_E_ARGUMENT, "twice");
    EXPECT(strcmp(sy_interactions_user(x, 1, &length), "3") == 0 && length == 1, "name");
  }
  sy_interactions_destroy(x);
  unlink(path);
}

int main(void) {
  generator();
  build();
  merge();
  mask();
  check();
  rankings();
  reader();
  end_scenario();
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
