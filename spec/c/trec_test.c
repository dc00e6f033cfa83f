/*
 * trec_test.c - TREC runs and qrels from C: the contract of steelyard/trec.h, sizes that grow past
 * every block, and every allocation failing once. Prints "N passed, N failed".
 *
 *   cc -Icsrc spec/c/trec_test.c build/lib/libsteelyard.a -lcjson -lz -lm
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/trec_parts.h"
#include "ledger.h"
#include "steelyard.h"

static int passed, failed;
static char qrels_path[64], run_path[64];

#define EXPECT(condition)                                                                          \
  do {                                                                                             \
    if (condition) passed++;                                                                       \
    else failed++, printf("FAILED line %d: %s\n", __LINE__, #condition);                           \
  } while (0)

/* ---------------------------------------------------------------------------------- files ------ */

static void write_text(const char *path, const char *text) {
  FILE *f = fopen(path, "wb");
  if (!f || fputs(text, f) < 0 || fclose(f) != 0) abort();
}

/* Topics t0 .. with 50 documents each of the run, every third of them and 10 more in the qrels; lines
   of topics mixed. */
static void write_many(int topics) {
  FILE *run = fopen(run_path, "wb"), *qrels = fopen(qrels_path, "wb");
  if (!run || !qrels) abort();
  for (int d = 0; d < 60; d++) {
    for (int t = 0; t < topics; t++) {
      if (d < 50) fprintf(run, "t%d Q0 document-%d %d %d.5 tag\n", t, d, d, d % 7);
      if (d >= 50 || d % 3 == 0) fprintf(qrels, "t%d 0 document-%d %d\n", t, d, d % 4);
    }
  }
  if (fclose(run) != 0 || fclose(qrels) != 0) abort();
}

static void check_many(const sy_trec *trec, size_t topics) {
  sy_trec_columns view = sy_trec_view(trec);
  size_t good = 0;
  EXPECT(view.topics.count == topics && view.rows == topics * 60);
  for (size_t t = 0; t < topics; t++) {
    int64_t first = view.topics.offsets[t];
    int next = 50;
    good += view.retrieved[t] == 50;
    for (int i = 0; i < 60; i++) {
      size_t row = (size_t)(first + i);
      int d = atoi(sy_trec_document(trec, row) + strlen("document-"));
      int judged = d >= 50 || d % 3 == 0;
      if (i < 50) good += d == i && view.scores[row] == d % 7 + 0.5;
      else good += d == next++ && isinf(view.scores[row]);
      good += view.judged[row] == judged && view.grades[row] == (judged ? d % 4 : 0);
    }
  }
  EXPECT(good == topics * 121);
  for (size_t t = 1; t < topics; t++) {
    EXPECT(strcmp(sy_trec_topic(trec, t - 1), sy_trec_topic(trec, t)) < 0);
  }
}

/* --------------------------------------------------------------------------------- reading ------ */

static void test_read(void) {
  sy_error error = {SY_OK, ""};
  sy_trec *trec = NULL;
  write_many(300);
  EXPECT(sy_trec_read(qrels_path, run_path, NULL, NULL, &trec, &error) == SY_OK);
  check_many(trec, 300);
  EXPECT(strcmp(sy_trec_tag(trec), "tag") == 0);
  sy_trec_destroy(trec);
  sy_trec_destroy(NULL);
}

static void test_alone(void) {
  sy_error error = {SY_OK, ""};
  sy_trec *trec = NULL;
  sy_trec_columns view;
  write_text(qrels_path, "q 0 a -2\nq 0 b 1\n");
  EXPECT(sy_trec_read(qrels_path, NULL, NULL, NULL, &trec, &error) == SY_OK);
  view = sy_trec_view(trec);
  EXPECT(view.rows == 2 && view.retrieved[0] == 0 && view.grades[0] == -2 && view.judged[0] == -1);
  EXPECT(strcmp(sy_trec_tag(trec), "") == 0 && sy_trec_missing(trec) == 0);
  sy_trec_destroy(trec);
  write_text(run_path, "q Q0 a 1 0 t\nq Q0 b 1 -0.0 t\nq Q0 c 1 7 t\n");
  EXPECT(sy_trec_read(NULL, run_path, NULL, NULL, &trec, &error) == SY_OK);
  view = sy_trec_view(trec);
  EXPECT(view.rows == 3 && view.retrieved[0] == 3 && view.judged[1] == 0);
  EXPECT(view.names[1] > view.names[0]); /* 0 and -0 are equal */
  sy_trec_destroy(trec);
}

static void test_arguments(void) {
  sy_error error = {SY_OK, ""};
  sy_trec *trec = NULL;
  sy_trec_text none = {NULL, 0};
  int64_t offsets[1] = {0};
  sy_trec_rows rows = {{0, offsets}, NULL, NULL};
  EXPECT(sy_trec_read(NULL, NULL, NULL, NULL, &trec, &error) == SY_E_ARGUMENT);
  EXPECT(sy_trec_read("-", "-", NULL, NULL, &trec, &error) == SY_E_ARGUMENT);
  EXPECT(sy_trec_write_run(run_path, &rows, NULL, none, NULL, &error) == SY_E_ARGUMENT);
  EXPECT(!trec);
}

/* A word of every length at every place of a block, so that none is cut where a piece ends. */
static void test_pieces(void) {
  sy_error error = {SY_OK, ""};
  sy_trec *trec = NULL;
  FILE *run = fopen(run_path, "wb");
  size_t wrong = 0, rows = 40000;
  if (!run) abort();
  for (size_t i = 0; i < rows; i++) {
    fprintf(run, "q Q0 %0*zu 1 %zu.25 tag\n", 1 + (int)(i % 90), i + 1000000, i);
  }
  if (fclose(run) != 0) abort();
  EXPECT(sy_trec_read(NULL, run_path, NULL, NULL, &trec, &error) == SY_OK);
  EXPECT(sy_trec_view(trec).rows == rows);
  for (size_t i = 0; i < rows; i++) {
    wrong += strtoull(sy_trec_document(trec, i), NULL, 10) != i + 1000000;
    wrong += sy_trec_view(trec).scores[i] != (double)i + 0.25;
  }
  EXPECT(wrong == 0);
  sy_trec_destroy(trec);
}

/* ---------------------------------------------------------------------------------- names ------ */

static int compare(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void test_names(void) {
  enum { N = 400 };
  static char names[N][24];
  const char *wanted[N];
  sy_trec_item items[2 * N];
  sy_trec_set set = {sy_memory_of(NULL), NULL, NULL, 0, 0, 0, 0};
  sy_random random;
  size_t wrong = 0;
  sy_random_seed(&random, 5);
  for (int round = 0; round < 50; round++) {
    size_t prefix = sy_random_below(&random, 12);
    EXPECT(sy_trec_set_begin(&set, N));
    for (size_t i = 0; i < N; i++) {
      size_t length = prefix + sy_random_below(&random, 12), first;
      memset(names[i], 'p', sizeof names[i]);
      for (size_t j = prefix; j < length; j++) {
        names[i][j] = (char)(sy_random_below(&random, 8) ? 'a' + (int)(j & 1) : 0xc3);
      }
      names[i][length] = 0;
      wanted[i] = names[i];
      items[i] = (sy_trec_item){0, names[i], (uint32_t)length, (uint32_t)i};
      for (first = 0; strcmp(names[first], names[i]) != 0;) first++;
      {
        size_t before = set.count, entry = sy_trec_set_add(&set, names[i], length);
        wrong += (first == i) != (entry == before);
        wrong += strcmp(set.entries[entry].name, names[i]) != 0;
      }
    }
    qsort(wanted, N, sizeof *wanted, compare);
    sy_trec_sort_names(items, N, items + N);
    for (size_t i = 0; i < N; i++) {
      wrong += strcmp(wanted[i], names[items[i].index]) != 0;
      /* Equal names keep their order. */
      wrong +=
          i > 0 && strcmp(wanted[i - 1], wanted[i]) == 0 && items[i - 1].index > items[i].index;
    }
  }
  EXPECT(wrong == 0);
  sy_trec_set_release(&set);
}

/* --------------------------------------------------------------------------------- memory ------ */

static sy_status write_back(const sy_trec *trec, const sy_memory *memory, sy_error *error) {
  sy_trec_columns view = sy_trec_view(trec);
  sy_trec_text *texts = malloc((view.rows + view.topics.count + 1) * sizeof *texts);
  sy_trec_rows rows = {view.topics, texts, texts + view.topics.count};
  sy_trec_text tag = {"tag", 3};
  sy_status status;
  if (!texts) abort();
  for (size_t i = 0; i < view.topics.count + view.rows; i++) {
    const char *name = i < view.topics.count ? sy_trec_topic(trec, i)
                                             : sy_trec_document(trec, i - view.topics.count);
    texts[i].data = name;
    texts[i].length = strlen(name);
  }
  status = sy_trec_write_qrels(qrels_path, &rows, view.grades, memory, error);
  if (status == SY_OK) {
    status = sy_trec_write_run(run_path, &rows, view.grades, tag, memory, error);
  }
  free(texts);
  return status;
}

static void test_memory(void) {
  ledger l = {0, 0, 0, 0};
  sy_memory memory = {ledger_alloc, &l};
  sy_error error = {SY_OK, ""};
  sy_status status = SY_E_MEMORY;
  sy_trec *trec;
  long reached = 0;
  write_many(12);
  for (long n = 1; status != SY_OK && n < 500; n++) {
    l.count = 0;
    l.fail_at = n;
    trec = NULL;
    status = sy_trec_read(qrels_path, run_path, NULL, &memory, &trec, &error);
    if (status == SY_OK) {
      check_many(trec, 12);
      sy_trec_destroy(trec);
    } else {
      EXPECT(status == SY_E_MEMORY && !trec);
      reached = n;
    }
    EXPECT(l.live == 0 && l.wrong == 0);
  }
  EXPECT(status == SY_OK && reached > 20);
  EXPECT(sy_trec_read(qrels_path, run_path, NULL, NULL, &trec, &error) == SY_OK);
  status = SY_E_MEMORY;
  for (long n = 1; status != SY_OK && n < 500; n++) {
    l.count = 0;
    l.fail_at = n;
    status = write_back(trec, &memory, &error);
    EXPECT(status == SY_OK || status == SY_E_MEMORY);
    EXPECT(l.live == 0 && l.wrong == 0);
    reached = n;
  }
  EXPECT(status == SY_OK && reached > 5);
  sy_trec_destroy(trec);
  EXPECT(sy_trec_read(qrels_path, run_path, NULL, NULL, &trec, &error) == SY_OK);
  EXPECT(sy_trec_view(trec).rows == 12 * 60);
  sy_trec_destroy(trec);
}

int main(void) {
  snprintf(qrels_path, sizeof qrels_path, "/tmp/steelyard-trec-%ld.qrels", (long)getpid());
  snprintf(run_path, sizeof run_path, "/tmp/steelyard-trec-%ld.run", (long)getpid());
  test_read();
  test_alone();
  test_arguments();
  test_pieces();
  test_names();
  test_memory();
  unlink(qrels_path);
  unlink(run_path);
  printf("%d passed, %d failed\n", passed, failed);
  return failed ? 1 : 0;
}
