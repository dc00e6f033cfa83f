/*
 * fuzz_expression.c - any bytes may be read as a metric's expression: a clean error, or a metric
 * within its bounds that measures, never a crash. With -DSTANDALONE a main that makes up expressions:
 * fuzz_expression [iterations [seed]].
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "steelyard.h"
#include "steelyard/metrics.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DEMAND(condition)                                                                          \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);                \
      abort();                                                                                     \
    }                                                                                              \
  } while (0)

static void demand_error(const sy_error *error, sy_status status) {
  DEMAND(status < 0 && status == error->status);
  DEMAND(*error->message && !strchr(error->message, '\n'));
  DEMAND(memchr(error->message, 0, sizeof error->message));
}

/* Eight items with ties, judged, pooled and not, three of them not ranked. */
static void measure(const sy_metric *metric) {
  static const double scores[] = {1, 2, 2, 0, 1, 5, 5, 5}, labels[] = {0, 1, 2, 0, 3, 1, 0, 2};
  static const double table[] = {0, 1, 3, 7};
  static const int32_t names[] = {3, 1, 2, 4, 8, 7, 6, 5}, judged[] = {1, 1, 0, -1, 1, 1, 1, 1};
  static const int64_t offsets[] = {0, 8}, retrieved[] = {5};
  const sy_log log = {.requests = {1, offsets},
                      .scores = {scores, SY_F64},
                      .labels = {labels, SY_F64},
                      .names = names,
                      .judged = judged,
                      .retrieved = retrieved,
                      .gain_table = table,
                      .gain_count = 4,
                      .discount_table = table,
                      .discount_count = 4};
  sy_error error = {SY_OK, ""};
  sy_metric_mean mean;
  sy_work *work;
  DEMAND(sy_work_create(8, 1, NULL, &work) == SY_OK);
  sy_status status = sy_measure(&log, metric, 1, work, NULL, NULL, &mean, &error);
  if (status) demand_error(&error, status);
  else DEMAND(mean.counted + mean.empty >= 1 && !isinf(mean.value));
  sy_work_destroy(work);
}

static void check_metric(const sy_metric *metric) {
  const sy_metric_kind *kind = metric->kind;
  DEMAND(metric->k == 0 || kind->flags & SY_METRIC_CUTOFF);
  for (size_t i = 0; kind->parameters[i].name; i++) {
    DEMAND(metric->parameter[i] >= kind->parameters[i].lowest);
    DEMAND(metric->parameter[i] <= kind->parameters[i].highest);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sy_error error = {SY_OK, ""};
  sy_metric metric;
  char *exact = malloc(size + 1); /* so that the sanitizer sees a read behind the end */
  DEMAND(exact);
  char *text = exact + 1;
  memcpy(text, data, size);
  sy_status status = sy_metric_parse(text, size, NULL, &metric, &error);
  if (status) {
    demand_error(&error, status);
  } else {
    check_metric(&metric);
    measure(&metric);
  }
  free(exact);
  return 0;
}

#ifdef STANDALONE

static const char *const pieces[] = {
    "(",        ")",       "@",         "=",         ",",     "ties=",     "best",      "average",
    "0.8",      "10",      " ",         "\n",        "gain=", "table",     "-",         "1e999",
    "1e308",    "mean=",   "sum",       "p=",        "beta=", "relevance", "discount=", "none",
    "jarvelin", "base=",   "empty=one", "nan",       "zero",  "weight=",   "relevant",  "points=",
    "max=",     "recall=", "a=",        "multiple=", "\xff",  "\t",        "geometric"};

static size_t append(char *text, size_t length, size_t room, const char *piece) {
  size_t more = strlen(piece);
  if (length + more > room) return length;
  memcpy(text + length, piece, more);
  return length + more;
}

/* A metric, and then whatever comes; now and then a byte of it changed. */
static size_t make_text(sy_random *random, char *text, size_t room) {
  const sy_metric_kind *const *kinds = sy_metric_kinds();
  size_t count = 0, length;
  while (kinds[count]) count++;
  length = append(text, 0, room, kinds[sy_random_below(random, count)]->name);
  if (sy_random_below(random, 3)) length = append(text, length, room, "(");
  for (uint64_t n = sy_random_below(random, 8); n > 0; n--)
    length =
        append(text, length, room, pieces[sy_random_below(random, sizeof pieces / sizeof *pieces)]);
  if (sy_random_below(random, 3)) length = append(text, length, room, ")@3");
  if (sy_random_below(random, 4) == 0)
    text[sy_random_below(random, length)] = (char)sy_random_below(random, 256);
  return length;
}

int main(int argc, char **argv) {
  long count = argc > 1 ? atol(argv[1]) : 100000;
  sy_random random;
  char text[512];
  sy_random_seed(&random, argc > 2 ? (uint64_t)atoll(argv[2]) : 1);
  for (long i = 0; i < count; i++) {
    size_t length = make_text(&random, text, sizeof text);
    LLVMFuzzerTestOneInput((const uint8_t *)text, length);
  }
  printf("%ld inputs, no complaint\n", count);
  return 0;
}

#endif
