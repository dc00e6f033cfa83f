/*
 * fuzz_io.c - any bytes may be read as any format: a clean error or a sound table, never a crash.
 *
 * With libFuzzer: LLVMFuzzerTestOneInput; the first byte picks the format and the options. With
 * -DSTANDALONE a main that mutates built-in seeds: fuzz_io [iterations [seed]].
 */
#include <float.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/json.h"
#include "io/number.h"
#include "steelyard.h"

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
  if (!*path) snprintf(path, sizeof path, "/tmp/steelyard-fuzz-%ld", (long)getpid());
  return path;
}

static void write_input(const uint8_t *data, size_t size) {
  FILE *f = fopen(temporary(), "wb");
  DEMAND(f);
  if (size) DEMAND(fwrite(data, 1, size, f) == size);
  DEMAND(fclose(f) == 0);
}

static void demand_error(const sy_error *error, sy_status status) {
  DEMAND(status < 0 && status == error->status);
  DEMAND(*error->message && !strchr(error->message, '\n'));
  DEMAND(memchr(error->message, 0, sizeof error->message));
}

/* Every code has its name, every number can be taken. */
static void check_table(sy_table *table, sy_dtype dtype) {
  size_t rows = sy_table_rows(table);
  for (size_t c = 0; c < sy_table_columns(table); c++) {
    size_t length, categories = sy_table_categories(table, c);
    int category = sy_table_kind(table, c) == SY_KIND_CATEGORY;
    char *out = malloc(rows * (category ? 4 : sy_dtype_size(dtype)) + 1);
    DEMAND(out && sy_table_name(table, c));
    DEMAND(category || sy_table_kind(table, c) == SY_KIND_NUMBER);
    DEMAND(sy_table_take(table, c, out) == SY_OK);
    for (size_t i = 0; category && i < rows; i++) {
      int32_t code;
      memcpy(&code, out + 4 * i, 4);
      DEMAND(code >= 0 && (size_t)code < categories);
      DEMAND(sy_table_category(table, c, (size_t)code, &length)[length] == 0);
    }
    free(out);
  }
}

static void fuzz_table(unsigned choice) {
  static const sy_column_request wanted[] = {
      {"a", SY_KIND_AUTO}, {"qid", SY_KIND_CATEGORY}, {"b", SY_KIND_NUMBER}};
  sy_read_options o;
  sy_error error = {SY_OK, ""};
  sy_table *table = NULL;
  sy_status status;
  memset(&o, 0, sizeof o);
  o.format = (sy_format)(1 + choice % 4);
  o.dtype = choice & 4 ? SY_F32 : SY_F64;
  o.missing = (sy_missing)(choice >> 3 & 3);
  o.fill = 1;
  if (choice & 32) {
    o.columns = wanted;
    o.column_count = choice & 64 ? 3 : 1;
  }
  status = sy_table_read(temporary(), &o, NULL, &table, &error);
  if (status == SY_OK) check_table(table, o.dtype);
  else demand_error(&error, status);
  sy_table_destroy(table);
}

/* Both or none, and the same bits of every prediction. */
static void demand_same(const sy_calibrator *a, const sy_calibrator *b) {
  static const double at[] = {0, 1e-300, 1e-9, 0.03, 0.5, 0.97, 1, -2, 3};
  static const int32_t first[SY_FEATURES_MAX];
  DEMAND(!a == !b);
  for (size_t i = 0; a && i < sizeof at / sizeof *at; i++) {
    double x[] = {sy_calibrate(a, at[i], NULL), sy_calibrate(a, at[i], first)};
    double y[] = {sy_calibrate(b, at[i], NULL), sy_calibrate(b, at[i], first)};
    DEMAND(memcmp(x, y, sizeof x) == 0);
    DEMAND(x[0] >= 0 && x[0] <= 1 && x[1] >= 0 && x[1] <= 1);
  }
}

static void fuzz_model(const uint8_t *data, size_t size) {
  sy_error error = {SY_OK, ""};
  sy_value_model *model = NULL, *again = NULL;
  sy_status status =
      sy_value_model_parse((const char *)data, size, "vm.json", NULL, &model, &error);
  if (status != SY_OK) {
    demand_error(&error, status);
    return;
  }
  DEMAND(sy_value_model_save(model, temporary(), &error) == SY_OK);
  DEMAND(sy_value_model_load(temporary(), NULL, &again, &error) == SY_OK);
  DEMAND(sy_value_model_count(model) == sy_value_model_count(again));
  for (size_t t = 0; t < sy_value_model_count(model); t++) {
    const double *a = sy_value_model_weights(model), *b = sy_value_model_weights(again);
    DEMAND(memcmp(a + t, b + t, sizeof *a) == 0);
    DEMAND(strcmp(sy_value_model_task(model, t), sy_value_model_task(again, t)) == 0);
    DEMAND(sy_value_model_find(model, sy_value_model_task(again, t)) == (ptrdiff_t)t);
    demand_same(sy_value_model_calibrator(model, t), sy_value_model_calibrator(again, t));
  }
  sy_value_model_destroy(model);
  sy_value_model_destroy(again);
}

static void fuzz_json(const uint8_t *data, size_t size) {
  sy_error error = {SY_OK, ""};
  cJSON *root = NULL;
  sy_status status = sy_json_parse((const char *)data, size, NULL, NULL, &root, &error);
  if (status == SY_OK) cJSON_Delete(root);
  else demand_error(&error, status);
  /* A well-formed text that cJSON refused would be reported as want of memory. */
  DEMAND(status != SY_E_MEMORY);
}

static void fuzz_npy(void) {
  sy_error error = {SY_OK, ""};
  sy_npy header;
  sy_status status = sy_npy_probe(temporary(), &header, &error);
  if (status != SY_OK) {
    demand_error(&error, status);
    return;
  }
  {
    size_t count = header.shape[1] && header.shape[0] ? header.shape[0] * header.shape[1] : 0;
    void *out = malloc(count * sy_dtype_size(header.dtype) + 1);
    DEMAND(out && sy_npy_read(temporary(), &header, out, &error) == SY_OK);
    free(out);
  }
}

/* The names of topics and documents as the writers take them; for the caller to free. */
static sy_trec_text *trec_texts(const sy_trec *trec) {
  sy_trec_columns view = sy_trec_view(trec);
  size_t topics = view.topics.count, count = topics + view.rows;
  sy_trec_text *texts = malloc((count + 1) * sizeof *texts);
  DEMAND(texts);
  for (size_t i = 0; i < count; i++) {
    texts[i].data = i < topics ? sy_trec_topic(trec, i) : sy_trec_document(trec, i - topics);
    texts[i].length = strlen(texts[i].data);
  }
  return texts;
}

static void check_trec(const sy_trec *trec) {
  sy_trec_columns view = sy_trec_view(trec);
  DEMAND(view.topics.offsets[0] == 0);
  DEMAND((size_t)view.topics.offsets[view.topics.count] == view.rows);
  for (size_t t = 0; t < view.topics.count; t++) {
    int64_t size = view.topics.offsets[t + 1] - view.topics.offsets[t];
    DEMAND(size > 0 && view.retrieved[t] >= 0 && view.retrieved[t] <= size);
    DEMAND(t == 0 || strcmp(sy_trec_topic(trec, t - 1), sy_trec_topic(trec, t)) < 0);
  }
  for (size_t i = 0; i < view.rows; i++) {
    DEMAND(view.names[i] >= 0 && view.judged[i] >= -1 && view.judged[i] <= 1);
    DEMAND(view.scores[i] == view.scores[i] && view.grades[i] == view.grades[i]);
  }
}

/* The rows of one file, written as a run and as qrels, join to themselves. */
static void check_join(const sy_trec *trec, int qrels) {
  sy_trec_columns view = sy_trec_view(trec), joined;
  sy_trec_text *texts = trec_texts(trec), tag = {"t", 1};
  sy_trec_rows rows = {view.topics, texts, texts + view.topics.count};
  const double *scores = qrels ? view.grades : view.scores;
  sy_error error = {SY_OK, ""};
  sy_trec *again = NULL;
  char other[80];
  snprintf(other, sizeof other, "%s-qrels", temporary());
  DEMAND(sy_trec_write_qrels(other, &rows, view.grades, NULL, &error) == SY_OK);
  DEMAND(sy_trec_write_run(temporary(), &rows, scores, tag, NULL, &error) == SY_OK);
  DEMAND(sy_trec_read(other, temporary(), NULL, NULL, &again, &error) == SY_OK);
  check_trec(again);
  joined = sy_trec_view(again);
  DEMAND(joined.rows == view.rows && joined.topics.count == view.topics.count);
  for (size_t i = 0; i < view.rows; i++) DEMAND(joined.judged[i] && joined.scores[i] >= -DBL_MAX);
  for (size_t i = 1; i < view.rows; i++) {
    int ends = 0;
    for (size_t t = 0; t < view.topics.count; t++) ends |= view.topics.offsets[t] == (int64_t)i;
    DEMAND(ends || joined.scores[i] < joined.scores[i - 1] ||
           (joined.scores[i] == joined.scores[i - 1] && joined.names[i] < joined.names[i - 1]));
  }
  sy_trec_destroy(again);
  unlink(other);
  free(texts);
}

/* As a run or as qrels alone. */
static void fuzz_trec(int qrels) {
  sy_error error = {SY_OK, ""};
  sy_trec *trec = NULL;
  sy_status status = sy_trec_read(qrels ? temporary() : NULL, qrels ? NULL : temporary(), NULL,
                                  NULL, &trec, &error);
  if (status == SY_OK) {
    check_trec(trec);
    check_join(trec, qrels);
  } else {
    demand_error(&error, status);
  }
  sy_trec_destroy(trec);
}

static void fuzz_number(const uint8_t *data, size_t size) {
  char text[256];
  double value, want;
  sy_spelling spelling;
  if (size > 200) size = 200;
  memcpy(text, data, size);
  memset(text + size, 0, sizeof text - size);
  spelling = sy_number_parse(text, size, &value);
  if (spelling == SY_SPELLING_NUMBER) {
    want = strtod(text, NULL);
    DEMAND(memcmp(&want, &value, sizeof want) == 0);
  }
  {
    const char *end = sy_number_scan(text, &value);
    if (!end) return;
    DEMAND(end > text && end <= text + size);
    DEMAND(sy_number_parse(text, (size_t)(end - text), &want) == SY_SPELLING_NUMBER);
    DEMAND(memcmp(&want, &value, sizeof want) == 0);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  unsigned choice;
  if (size < 2) return 0;
  choice = data[0] | (unsigned)data[1] << 8;
  data += 2;
  size -= 2;
  switch (choice >> 8 & 7) {
    case 0: fuzz_model(data, size); break;
    case 1: fuzz_json(data, size); break;
    case 2: fuzz_number(data, size); break;
    case 3:
      write_input(data, size);
      fuzz_npy();
      break;
    case 7:
      write_input(data, size);
      fuzz_trec(choice & 1);
      break;
    default:
      write_input(data, size);
      fuzz_table(choice);
      break;
  }
  unlink(temporary());
  return 0;
}

#ifdef STANDALONE

#include "mutate.h"

static const char *const seeds[] = {
    "a,qid,b\n1,x,2\n\"3\",\"y \"\"z\"\"\n\",4e-3\r\n,u,NA\n-0.5,,inf\n",
    "a\tb\tqid\n0.123456789012345678\t1e-30\t7\n\n1\t2\t3",
    "{\"a\":1,\"qid\":\"x\",\"b\":null}\n"
    "{\"b\":2.5,\"a\":true,\"deep\":[1,{\"k\":\"\\ud83d\\ude00\"}]}\n",
    "2 qid:7 1:0.5 3:-1e-3 # doc\n0 qid:8 2:nan 10:4\n1 qid:8\n",
    "{\"format\": \"steelyard value model\", \"version\": 1,"
    " \"weights\": {\"a\": 0.1, \"b\": -2e300}}",
    "[1, 2.5e-7, \"\\u00e9\\n\", {\"x\": [[], {}], \"y\": null}, true, -0.0]",
    "-123456789012345678.9012345e-12",
    "301 0 FT-1 0\n301 0 FT-2 2\n# no\n302\t0 FT#1 -1\r\n301 1 A +1",
    "301 Q0 FT-2 1 0.5 tag\n302 Q0 FT-3 1 -1e-3 tag more\n\n301 Q0 FT-1 2 0.5 tag\n",
    "{\"weights\": {\"a\": 1, \"b\": 2, \"c\": 3}, \"calibrators\": {"
    "\"a\": {\"method\": \"beta\", \"fit\": {\"n\": [1, {}]}, \"map\": {\"kind\": \"logistic\", "
    "\"rate\": 0.1, \"c\": [0.1, 1.2, 0.9, 0.01], \"z_low\": -9, \"z_high\": 3}, "
    "\"features\": [{\"name\": \"f\", \"values\": [\"x\", \"y\"]}, {\"name\": \"g\", \"edges\": "
    "[3, 4]}], "
    "\"tables\": [{\"features\": [\"f\", \"g\"], \"edges\": [], \"offsets\": [1, 2, 3, -4, 5, "
    "6]}]}, "
    "\"b\": {\"map\": {\"kind\": \"knots\", \"in_logits\": true, \"x\": [-4, 0.5, 7], \"y\": [-3, "
    "0, 9]}}, "
    "\"c\": {\"map\": {\"kind\": \"scale\", \"factor\": 1.5}, "
    "\"features\": [{\"name\": \"h\", \"numbers\": [1, 2]}], "
    "\"tables\": [{\"features\": [\"h\"], \"edges\": [-1], \"offsets\": [0, 1, 2, 3]}]}}}"};
static const char npy[] =
    "\x93NUMPY\x01\x00\x46\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }          "
    "  \n\0\0\x80\x3f\0\0\0\x40";
static const char *const words[] = {"\"",
                                    "\n",
                                    "\r\n",
                                    ",",
                                    "\t",
                                    ":",
                                    "null",
                                    "nan",
                                    "1e999",
                                    "{",
                                    "}",
                                    "[",
                                    "]",
                                    "#",
                                    "qid:",
                                    "\\u0000",
                                    "99999999999999",
                                    "0",
                                    "-",
                                    ".",
                                    "(",
                                    ")",
                                    "\xef\xbb\xbf",
                                    "\x1f\x8b\x08"};

int main(int argc, char **argv) {
  static uint8_t data[4096];
  long count = argc > 1 ? atol(argv[1]) : 100000;
  size_t kinds = sizeof seeds / sizeof *seeds + 1;
  sy_random random;
  sy_random_seed(&random, argc > 2 ? (uint64_t)atoll(argv[2]) : 1);
  for (long i = 0; i < count; i++) {
    size_t kind = sy_random_below(&random, kinds), size;
    const char *seed = kind + 1 == kinds ? npy : seeds[kind];
    size = kind + 1 == kinds ? sizeof npy - 1 : strlen(seed);
    memcpy(data + 2, seed, size);
    for (uint64_t n = sy_random_below(&random, 8); n > 0; n--) {
      size = mutate(&random, data + 2, size, sizeof data - 2, words, sizeof words / sizeof *words);
    }
    data[0] = (uint8_t)sy_random_below(&random, 256);
    data[1] = (uint8_t)(kind + 1 == kinds ? 3 : sy_random_below(&random, 8));
    /* Mostly the format that the seed is written in. */
    if (kind < 4 && sy_random_below(&random, 4)) {
      data[0] = (uint8_t)((data[0] & ~3u) | kind);
      data[1] = 4;
    } else if (kind >= 4 && kind < 7 && sy_random_below(&random, 4)) {
      data[1] = (uint8_t)(kind - 4);
    } else if ((kind == 7 || kind == 8) && sy_random_below(&random, 4)) {
      data[0] = (uint8_t)((data[0] & ~1u) | (kind == 7)); /* an odd choice reads qrels */
      data[1] = 7;
    } else if (kind == 9 && sy_random_below(&random, 8)) {
      data[1] = 0;
    }
    LLVMFuzzerTestOneInput(data, size + 2);
  }
  printf("%ld inputs, no complaint\n", count);
  return 0;
}

#endif
