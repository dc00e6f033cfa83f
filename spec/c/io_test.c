/*
 * io_test.c - the io floor against its contract: numbers, tables, NPY, value models, grouping; and
 * every allocation of every reader failing once. Prints "N passed, N failed".
 *
 *   cc -Icsrc spec/c/io_test.c build/lib/libsteelyard.a -lcjson -lz -lm
 */
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "io/json.h"
#include "io/number.h"
#include "ledger.h"
#include "steelyard.h"

static int passed, failed;
static const char *scenario = "";
static char folder[256];

#define EXPECT(condition)                                                                          \
  do {                                                                                             \
    if (condition) passed++;                                                                       \
    else failed++, printf("FAILED %s (line %d): %s\n", scenario, __LINE__, #condition);            \
  } while (0)

#define EXPECT_TEXT(text, wanted)                                                                  \
  do {                                                                                             \
    if (strcmp(text, wanted) == 0) passed++;                                                       \
    else                                                                                           \
      failed++, printf("FAILED %s (line %d):\n  got    %s\n  wanted %s\n", scenario, __LINE__,     \
                       text, wanted);                                                              \
  } while (0)

/* ---------------------------------------------------------------- helpers --------------------- */

static const char *file_path(const char *name) {
  static char path[4][512];
  static int turn;
  turn = (turn + 1) % 4;
  snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
  return path[turn];
}

static const char *write_file(const char *name, const char *text, size_t length) {
  const char *path = file_path(name);
  FILE *f = fopen(path, "wb");
  fwrite(text, 1, length, f);
  fclose(f);
  return path;
}

static const char *write_text(const char *name, const char *text) {
  return write_file(name, text, strlen(text));
}

static sy_read_options options_of(sy_missing missing) {
  sy_read_options o;
  memset(&o, 0, sizeof o);
  o.missing = missing;
  return o;
}

/* The message without the folder. */
static const char *short_message(const sy_error *error) {
  const char *found = strstr(error->message, folder);
  return found ? found + strlen(folder) + 1 : error->message;
}

static sy_table *read_text(const char *name, const char *text, const sy_read_options *o) {
  sy_error error = {SY_OK, ""};
  sy_table *table = NULL;
  sy_status status = sy_table_read(write_text(name, text), o, NULL, &table, &error);
  if (status != SY_OK) printf("unexpected: %s\n", error.message), failed++;
  return table;
}

static void expect_refused(const char *name, const char *text, const sy_read_options *o,
                           const char *message) {
  sy_error error = {SY_OK, ""};
  sy_table *table = NULL;
  sy_status status = sy_table_read(write_text(name, text), o, NULL, &table, &error);
  EXPECT(status != SY_OK && status == error.status && table == NULL);
  EXPECT_TEXT(short_message(&error), message);
  sy_table_destroy(table);
}

static int take_equals(sy_table *table, size_t column, const double *wanted, size_t n) {
  double *got = calloc(n + 1, sizeof *got);
  int same = sy_table_rows(table) == n && sy_table_take(table, column, got) == SY_OK;
  for (size_t i = 0; same && i < n; i++) {
    same = got[i] == wanted[i] || (isnan(got[i]) && isnan(wanted[i]));
  }
  free(got);
  return same;
}

static int codes_equal(sy_table *table, size_t column, const int32_t *wanted, size_t n) {
  int32_t *got = calloc(n + 1, sizeof *got);
  int same = sy_table_rows(table) == n && sy_table_take(table, column, got) == SY_OK;
  for (size_t i = 0; same && i < n; i++) same = got[i] == wanted[i];
  free(got);
  return same;
}

/* ---------------------------------------------------------------- numbers --------------------- */

static uint64_t bits_of(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

/* Both parsers against strtod. */
static int like_strtod(const char *text) {
  char padded[512];
  double want = strtod(text, NULL), got, fast;
  const char *end;
  memset(padded, 0, sizeof padded);
  snprintf(padded, 480, "%s", text);
  end = sy_number_scan(padded, &fast);
  if (end && *end == 0 && bits_of(fast) != bits_of(want)) return 0;
  return sy_number_parse(text, strlen(text), &got) ==
             (isinf(want) ? SY_SPELLING_INFINITE : SY_SPELLING_NUMBER) &&
         bits_of(got) == bits_of(want);
}

static void test_numbers_random(void) {
  static const char *const formats[] = {"%.17g", "%.9g", "%.6f", "%.7g", "%.15g", "%.25g", "%.19e"};
  sy_random random;
  long wrong = 0;
  scenario = "random doubles parse to strtod's bits";
  sy_random_seed(&random, 7);
  for (long i = 0; i < 1000000; i++) {
    char text[400];
    double x = sy_random_uniform(&random);
    if (i % 3 == 0) {
      uint64_t bits = sy_random_bits(&random);
      memcpy(&x, &bits, sizeof x);
      if (!isfinite(x)) continue;
    } else if (i % 3 == 1) {
      x = (x - 0.5) * pow(10, (double)sy_random_below(&random, 50) - 25);
    }
    snprintf(text, sizeof text, formats[i % 7], x);
    if (!like_strtod(text) && wrong++ < 5) printf("differs: %s\n", text);
  }
  EXPECT(wrong == 0);
}

static void test_numbers_hard(void) {
  static const char *const hard[] = {"9007199254740993",
                                     "9007199254740992.5",
                                     "9007199254740993.0000000000000001",
                                     "0.1000000000000000055511151231257827",
                                     "1.00000000000000011102230246251565404236316680908203125",
                                     "1.00000000000000011102230246251565404236316680908203124",
                                     "1.00000000000000011102230246251565404236316680908203126",
                                     "2.2250738585072011e-308",
                                     "2.2250738585072014e-308",
                                     "4.9406564584124654e-324",
                                     "2.4703282292062327e-324",
                                     "2.4703282292062328e-324",
                                     "1e-400",
                                     "1e400",
                                     "-1e400",
                                     "1.7976931348623157e308",
                                     "1.7976931348623159e308",
                                     "-0",
                                     "0",
                                     "-0.0",
                                     "0e5",
                                     "0e999",
                                     "1.",
                                     ".5",
                                     "+1",
                                     "+.5e+1",
                                     "00012",
                                     "18446744073709551616",
                                     "18446744073709551615",
                                     "36893488147419103232e-5",
                                     "9999999999999999999",
                                     "99999999999999999999",
                                     "1e22",
                                     "1e23",
                                     "8.5e27",
                                     "1e-22",
                                     "1e-23",
                                     "1e-27",
                                     "1e27",
                                     "9223372036854775807e27",
                                     "9223372036854775807e-27",
                                     "7e-27",
                                     "123456789012345678e-27",
                                     "4503599627370497.5",
                                     "4503599627370496.5",
                                     "0.000001",
                                     "0.00000000000000000000000000000000000000000001e40",
                                     "1e0000000000000000001",
                                     "1E5"};
  scenario = "hard numbers";
  for (size_t i = 0; i < sizeof hard / sizeof *hard; i++) {
    if (!like_strtod(hard[i])) printf("differs: %s\n", hard[i]);
    EXPECT(like_strtod(hard[i]));
  }
  {
    char longest[2000];
    /* A halfway case that only its 1,500th digit decides. */
    memset(longest, '0', sizeof longest);
    memcpy(longest, "9007199254740993.", 17);
    longest[1500] = '1';
    longest[1501] = 0;
    EXPECT(like_strtod(longest));
    longest[1500] = '0';
    EXPECT(like_strtod(longest));
  }
}

static void test_numbers_classes(void) {
  static const struct {
    const char *text;
    sy_spelling spelling;
  } cases[] = {{"", SY_SPELLING_MISSING},      {"  ", SY_SPELLING_MISSING},
               {"NA", SY_SPELLING_MISSING},    {"na", SY_SPELLING_MISSING},
               {"NULL", SY_SPELLING_MISSING},  {"null", SY_SPELLING_MISSING},
               {"nan", SY_SPELLING_INFINITE},  {"-NaN", SY_SPELLING_INFINITE},
               {"inf", SY_SPELLING_INFINITE},  {"-Infinity", SY_SPELLING_INFINITE},
               {"1e", SY_SPELLING_TEXT},       {"1e+", SY_SPELLING_TEXT},
               {"0x10", SY_SPELLING_TEXT},     {".", SY_SPELLING_TEXT},
               {"-", SY_SPELLING_TEXT},        {"+-1", SY_SPELLING_TEXT},
               {"1 2", SY_SPELLING_TEXT},      {"1,5", SY_SPELLING_TEXT},
               {"1.5.", SY_SPELLING_TEXT},     {"infi", SY_SPELLING_TEXT},
               {" 1.5\t", SY_SPELLING_NUMBER}, {"e5", SY_SPELLING_TEXT}};
  double value;
  scenario = "what a text is as a number";
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sy_spelling got = sy_number_parse(cases[i].text, strlen(cases[i].text), &value);
    if (got != cases[i].spelling) printf("\"%s\" is %d\n", cases[i].text, (int)got);
    EXPECT(got == cases[i].spelling);
  }
}

/* Only where the machine has a locale with a comma. */
static void test_numbers_locale(void) {
  static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"};
  char text[32];
  double value;
  scenario = "a locale with a decimal comma changes nothing";
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (setlocale(LC_NUMERIC, names[i])) break;
  }
  EXPECT(sy_number_parse("1.5e-300", 8, &value) == SY_SPELLING_NUMBER && value == 1.5e-300);
  sy_json_number(text, 0.1);
  EXPECT_TEXT(text, "0.1");
  setlocale(LC_NUMERIC, "C");
}

/* ---------------------------------------------------------------- CSV ------------------------- */

static void test_csv_plain(void) {
  static const double a[] = {1, -2.5, 3e5}, b[] = {0.1, 0, -0.25};
  static const int32_t codes[] = {0, 1, 0};
  size_t length;
  sy_table *t;
  scenario = "a CSV file";
  t = read_text("a.csv", "a,name,b\n1,x,0.1\n-2.5,yy,0\n3e5,x,-0.25\n", NULL);
  EXPECT(sy_table_columns(t) == 3 && sy_table_rows(t) == 3);
  EXPECT_TEXT(sy_table_name(t, 1), "name");
  EXPECT(sy_table_kind(t, 0) == SY_KIND_NUMBER && sy_table_kind(t, 1) == SY_KIND_CATEGORY);
  EXPECT(sy_table_categories(t, 1) == 2);
  EXPECT_TEXT(sy_table_category(t, 1, 1, &length), "yy");
  EXPECT(length == 2 && sy_table_category(t, 1, 2, NULL) == NULL);
  EXPECT(take_equals(t, 0, a, 3) && codes_equal(t, 1, codes, 3) && take_equals(t, 2, b, 3));
  EXPECT(sy_table_take(t, 0, NULL) == SY_E_ARGUMENT && sy_table_take(t, 9, NULL) == SY_E_ARGUMENT);
  sy_table_destroy(t);
}

static void test_csv_rfc4180(void) {
  static const double a[] = {1, 2, 3, 4};
  static const char *const names[] = {"x, \"y\"\nz", "", "plain", "q\"r"};
  sy_table *t;
  scenario = "quotes, CRLF, blank lines, byte-order mark, no last line end";
  t = read_text("q.csv",
                "\xef\xbb\xbf\n\"a\",\"the name\"\r\n1,\"x, \"\"y\"\"\nz\"\r\n\r\n 2 ,\"\"\n\n"
                "\"3\",plain\r\n4,q\"r",
                NULL);
  EXPECT_TEXT(sy_table_name(t, 1), "the name");
  EXPECT(take_equals(t, 0, a, 4));
  for (size_t i = 0; i < 4; i++) EXPECT_TEXT(sy_table_category(t, 1, i, NULL), names[i]);
  sy_table_destroy(t);
  t = read_text("q.tsv", "a\tb\n1\t2,5\n3\t4\n", NULL);
  EXPECT(sy_table_kind(t, 1) == SY_KIND_CATEGORY && sy_table_rows(t) == 2);
  sy_table_destroy(t);
  t = read_text("header.csv", "a,b", NULL);
  EXPECT(sy_table_rows(t) == 0 && sy_table_columns(t) == 2);
  EXPECT(sy_table_kind(t, 0) == SY_KIND_NUMBER);
  sy_table_destroy(t);
}

static void test_csv_refused(void) {
  sy_column_request wanted[] = {{"p_lik", SY_KIND_NUMBER}};
  sy_read_options o = options_of(SY_MISSING_ERROR), f32 = o;
  scenario = "malformed CSV";
  expect_refused("i.csv", "p_like,b\n1,2\nabc,2\n", NULL,
                 "i.csv:3: column p_like: \"abc\" is not a number, as the values before it are; to "
                 "read the column as a category, name it in categorical=");
  expect_refused("i.csv", "a,b\n1,2\n3\n", NULL, "i.csv:3: 1 field, the header has 2");
  expect_refused("i.csv", "a,b\n1,2\n3,x,5\n", NULL, "i.csv:3: 3 fields, the header has 2");
  expect_refused("i.csv", "a,b\n1,2\n\n3,4,5", NULL, "i.csv:4: 3 fields, the header has 2");
  expect_refused("i.csv", "a,b,a\n", NULL, "i.csv:1: two columns, 1 and 3, have the name \"a\"");
  expect_refused("i.csv", "a,,b\n", NULL,
                 "i.csv:1: column 2 has no name; ask for columns by name to pass over it");
  expect_refused("i.csv", "", NULL, "i.csv: empty, not even a header");
  expect_refused("i.csv", "\n\r\n", NULL, "i.csv: empty, not even a header");
  expect_refused("i.csv", "a,b\n\"x\ny\",2\n\"u\nv,3\n", NULL,
                 "i.csv:4: the quote that opens here is never closed");
  expect_refused("i.csv", "a,b\n\"x\"y,2\n", NULL,
                 "i.csv:2: text behind a closing quote; a quote inside quotes is doubled");
  expect_refused("i.csv", "a,b\n1,\n", NULL, "i.csv:2: column b: the value is missing");
  expect_refused("i.csv", "a,b\n1,NA\n1,\n1,2\n", NULL, "i.csv:2: column b: the value is missing");
  expect_refused("i.csv", "a,b\n1,inf\n", NULL, "i.csv:2: column b: \"inf\" is not finite");
  expect_refused("i.csv", "a,b\n1,1e999\n", NULL, "i.csv:2: column b: \"1e999\" is not finite");
  expect_refused("i.csv", "a\n1\n\x01zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\n", NULL,
                 "i.csv:3: column a: \"\\x01zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz...\" is not a "
                 "number, as the values before it are; to read the column as a category, name it "
                 "in categorical=");
  o.columns = wanted;
  o.column_count = 1;
  expect_refused("i.csv", "a,p_like\n", &o,
                 "i.csv:1: no column \"p_lik\" (did you mean \"p_like\"?)");
  expect_refused("i.csv", "a,b\n", &o, "i.csv:1: no column \"p_lik\"");
  f32.dtype = SY_F32;
  expect_refused("i.csv", "a\n1e39\n", &f32, "i.csv:2: column a: \"1e39\" is too large for f32");
  expect_refused("i.dat", "a\n", NULL,
                 "i.dat: the name does not tell the format (.csv .tsv .jsonl .ndjson .letor .svm "
                 ".svmlight .txt, each also .gz); say which it is with format=");
  {
    sy_error error;
    sy_table *t = NULL;
    EXPECT(sy_table_read(write_file("i.csv", "a\n1\0\n", 5), NULL, NULL, &t, &error) ==
           SY_E_FORMAT);
    EXPECT_TEXT(short_message(&error), "i.csv:2: a zero byte (a binary file, or UTF-16?)");
    EXPECT(sy_table_read(file_path("none.csv"), NULL, NULL, &t, &error) == SY_E_IO);
    EXPECT_TEXT(short_message(&error), "none.csv: cannot open: No such file or directory");
    EXPECT(sy_table_read(folder, NULL, NULL, &t, &error) == SY_E_FORMAT);
  }
}

static void test_csv_missing(void) {
  static const char *const text = "a,c,b\n1,u,2\n,v,3\n4,w,inf\n5,u,6\n";
  static const double dropped[] = {1, 5}, filled[] = {1, -1, 4, 5}, kept[] = {1, NAN, 4, 5};
  static const double b[] = {2, 3, INFINITY, 6};
  sy_read_options o = options_of(SY_MISSING_DROP);
  sy_table *t;
  scenario = "missing values";
  t = read_text("m.csv", text, &o);
  EXPECT(sy_table_dropped(t) == 2 && take_equals(t, 0, dropped, 2));
  EXPECT(sy_table_categories(t, 1) == 1);
  sy_table_destroy(t);
  o.missing = SY_MISSING_FILL;
  o.fill = -1;
  t = read_text("m.csv", text, &o);
  EXPECT(sy_table_dropped(t) == 0 && take_equals(t, 0, filled, 4));
  sy_table_destroy(t);
  o.missing = SY_MISSING_KEEP;
  t = read_text("m.csv", text, &o);
  EXPECT(take_equals(t, 0, kept, 4) && take_equals(t, 2, b, 4));
  sy_table_destroy(t);
}

/* A column whose first values are missing is decided late. */
static void test_csv_late_kind(void) {
  static const char *const numbers = "a,c,b\n,u,1\nNA,v,2\n3,w,3\n4,u,\n";
  static const double dropped[] = {3}, filled[] = {9, 9, 3, 4};
  static const int32_t codes[] = {0, 1, 2};
  sy_read_options o = options_of(SY_MISSING_DROP);
  sy_table *t;
  scenario = "a column's kind decided late";
  t = read_text("l.csv", numbers, &o);
  EXPECT(sy_table_dropped(t) == 3 && sy_table_categories(t, 1) == 1);
  EXPECT(take_equals(t, 0, dropped, 1));
  sy_table_destroy(t);
  o.missing = SY_MISSING_FILL;
  o.fill = 9;
  t = read_text("l.csv", numbers, &o);
  EXPECT(take_equals(t, 0, filled, 4));
  sy_table_destroy(t);
  t = read_text("l.csv", "a\n\"\"\nNA\nx\n", NULL);
  EXPECT(sy_table_kind(t, 0) == SY_KIND_CATEGORY && codes_equal(t, 0, codes, 3));
  EXPECT_TEXT(sy_table_category(t, 0, 1, NULL), "NA");
  sy_table_destroy(t);
  expect_refused("l.csv", "b,a\n1,2\n1,\n", NULL, "l.csv:3: column a: the value is missing");
  expect_refused("l.csv", "b,a\n1,\n1,\n", NULL, "l.csv:2: column a: the value is missing");
}

static void test_csv_requested(void) {
  static const double b[] = {2, 4};
  sy_column_request wanted[] = {{"b", SY_KIND_NUMBER}, {"a", SY_KIND_CATEGORY}};
  sy_read_options o = options_of(SY_MISSING_ERROR);
  float f[2];
  sy_table *t;
  scenario = "columns that were asked for, in that order";
  o.columns = wanted;
  o.column_count = 2;
  t = read_text("r.csv", "a,x,b\n1,zz,2\n1.0,\"z,\n\",4\n", &o);
  EXPECT(sy_table_columns(t) == 2 && take_equals(t, 0, b, 2));
  EXPECT(sy_table_categories(t, 1) == 2);
  EXPECT_TEXT(sy_table_category(t, 1, 1, NULL), "1.0");
  sy_table_destroy(t);
  o.dtype = SY_F32;
  t = read_text("r.csv", "a,b\n1,2.5\n3,0.1\n", &o);
  EXPECT(sy_table_take(t, 0, f) == SY_OK && f[0] == 2.5f && f[1] == 0.1f);
  sy_table_destroy(t);
  o.dtype = SY_F64;
  t = read_text("r.csv", ",a,,b\n0,1,u,2\n1,3,v,4\n", &o);
  EXPECT(sy_table_columns(t) == 2 && take_equals(t, 0, b, 2));
  sy_table_destroy(t);
  expect_refused("r.csv", "a,b\n1,\"2\"\n1,x y\n", &o,
                 "r.csv:3: column b: \"x y\" is not a number");
  wanted[1].name = "b";
  {
    sy_error error;
    t = NULL;
    EXPECT(sy_table_read(file_path("r.csv"), &o, NULL, &t, &error) == SY_E_ARGUMENT);
    EXPECT_TEXT(error.message, "columns: \"b\" is asked for twice");
  }
}

/* Records across the reader's pieces, blocks of columns, and a record longer than a piece. */
static void test_csv_big(void) {
  const char *path = file_path("big.csv.gz");
  gzFile f = gzopen(path, "wb1");
  size_t n = 200003, wrong = 0;
  char *big = malloc(3000001);
  double *x = malloc(n * sizeof *x);
  int32_t *c = malloc(n * sizeof *c);
  sy_random random;
  ledger l = {0, 0, 0, 0};
  sy_memory memory = {ledger_alloc, &l};
  sy_error error = {SY_OK, ""};
  sy_table *t = NULL;
  size_t length;
  scenario = "a big gzip file";
  memset(big, 'k', 3000000);
  big[3000000] = 0;
  gzprintf(f, "x,skip me,c\n");
  sy_random_seed(&random, 3);
  for (size_t i = 0; i < n; i++) {
    if (i == 100000)
      gzwrite(f, "\"0.5\",\"two\nlines\",\"", 19), gzwrite(f, big, 3000000), gzwrite(f, "\"\n", 2);
    else gzprintf(f, "%.17g,%d,c%d\n", sy_random_uniform(&random), (int)i, (int)(i % 1000));
  }
  gzclose(f);
  {
    sy_column_request wanted[] = {{"x", SY_KIND_NUMBER}, {"c", SY_KIND_CATEGORY}};
    sy_read_options o = options_of(SY_MISSING_ERROR);
    o.columns = wanted;
    o.column_count = 2;
    EXPECT(sy_table_read(path, &o, &memory, &t, &error) == SY_OK);
  }
  EXPECT_TEXT(error.message, "");
  EXPECT(sy_table_rows(t) == n && sy_table_categories(t, 1) == 1001);
  EXPECT(sy_table_take(t, 0, x) == SY_OK && sy_table_take(t, 1, c) == SY_OK);
  sy_random_seed(&random, 3);
  for (size_t i = 0; i < n; i++) {
    double want = i == 100000 ? 0.5 : sy_random_uniform(&random);
    wrong += x[i] != want || c[i] != (i == 100000 ? 1000 : (int32_t)(i % 1000));
  }
  EXPECT(wrong == 0);
  sy_table_category(t, 1, 1000, &length);
  EXPECT(length == 3000000);
  sy_table_destroy(t);
  EXPECT(l.live == 0 && l.wrong == 0);
  /* Cut off, the file must not pass for a shorter one. */
  EXPECT(truncate(path, 100000) == 0);
  t = NULL;
  EXPECT(sy_table_read(path, NULL, NULL, &t, &error) == SY_E_FORMAT && t == NULL);
  EXPECT_TEXT(short_message(&error),
              "big.csv.gz: the gzip data ends too early (a truncated file?)");
  free(big);
  free(x);
  free(c);
}

/* Every place of the record boundary against every place of the piece boundary. */
static void test_csv_boundaries(void) {
  size_t piece = (size_t)1 << 16, wrong = 0;
  char *text = malloc(piece + 200);
  scenario = "records across the end of a piece";
  for (size_t shift = 0; shift < 60; shift++) {
    static const char tail[] = "1.25,\"a\"\"b\n\",7.5\r\n-3.5e2,xyz,8\r\n";
    size_t start = piece - shift, used = 6;
    double x[3] = {0, 0, 0};
    sy_error error;
    sy_table *t = NULL;
    memcpy(text, "x,s,y\n", 6);
    memset(text + used, '\n', start - used);
    memcpy(text + start, tail, sizeof tail - 1);
    if (sy_table_read(write_file("b.csv", text, start + sizeof tail - 1), NULL, NULL, &t, &error)) {
      wrong++;
      printf("%s\n", error.message);
      continue;
    }
    wrong += sy_table_rows(t) != 2 || sy_table_take(t, 2, x) != SY_OK || x[0] != 7.5 || x[1] != 8;
    sy_table_take(t, 0, x);
    wrong += x[0] != 1.25 || x[1] != -350;
    wrong += strcmp(sy_table_category(t, 1, 0, NULL), "a\"b\n") != 0;
    wrong += sy_table_categories(t, 1) != 2;
    sy_table_destroy(t);
  }
  EXPECT(wrong == 0);
  free(text);
}

/* ---------------------------------------------------------------- JSON Lines ------------------ */

static void test_jsonl(void) {
  static const double a[] = {1, 0, 2.5}, late[] = {-1, -1, 7};
  sy_read_options o = options_of(SY_MISSING_FILL);
  sy_column_request wanted[] = {{"id", SY_KIND_CATEGORY}, {"ok", SY_KIND_AUTO}};
  static const double ok[] = {1, 0};
  sy_table *t;
  scenario = "JSON Lines";
  o.fill = -1;
  t = read_text("a.jsonl",
                "{\"a\": 1, \"s\": \"x\", \"deep\": {\"k\": [1]}}\r\n\n"
                "{\"s\": \"y\", \"a\": false, \"deep\": null}\n"
                "{\"a\": 2.5, \"s\": null, \"late\": 7, \"deep\": []}",
                &o);
  EXPECT(sy_table_columns(t) == 3 && sy_table_rows(t) == 3);
  EXPECT_TEXT(sy_table_name(t, 2), "late");
  EXPECT(take_equals(t, 0, a, 3) && take_equals(t, 2, late, 3));
  EXPECT_TEXT(sy_table_category(t, 1, 2, NULL), "");
  sy_table_destroy(t);
  o = options_of(SY_MISSING_ERROR);
  o.columns = wanted;
  o.column_count = 2;
  t = read_text("b.ndjson",
                "{\"id\": 12345678901234567890, \"ok\": true}\n"
                "{\"ok\": 0, \"id\": 12345678901234567891, \"z\": [[]]}\n",
                &o);
  EXPECT(sy_table_categories(t, 0) == 2 && take_equals(t, 1, ok, 2));
  EXPECT_TEXT(sy_table_category(t, 0, 1, NULL), "12345678901234567891");
  sy_table_destroy(t);
  o = options_of(SY_MISSING_DROP);
  t = read_text("c.jsonl", "{\"a\":1,\"n\":null}\n{\"a\":2}\n{\"n\":3,\"a\":4}\n{\"a\":5}\n", &o);
  EXPECT(sy_table_dropped(t) == 3 && sy_table_rows(t) == 1);
  sy_table_destroy(t);
}

static void test_jsonl_refused(void) {
  sy_column_request wanted[] = {{"p_lik", SY_KIND_NUMBER}};
  sy_read_options o = options_of(SY_MISSING_ERROR);
  scenario = "malformed JSON Lines";
  expect_refused("i.jsonl", "{\"a\":1}\n{\"a\" 2}\n", NULL,
                 "i.jsonl:2:6: expected ':' after a key");
  expect_refused("i.jsonl", "{\"a\":1,\"a\":2}\n", NULL,
                 "i.jsonl:1: column a: the key is there twice");
  expect_refused("i.jsonl", "[1]\n", NULL, "i.jsonl:1: an array, not an object");
  expect_refused("i.jsonl", "{\"a\":1}\n{\"a\":\"1\"}\n", NULL,
                 "i.jsonl:2: column a: \"1\" is a string, not a number");
  expect_refused("i.jsonl", "{\"a\":1}\n{\"b\":\"\"}\n", NULL,
                 "i.jsonl:2: column a: the value is missing");
  expect_refused("i.jsonl", "{\"a\":1}\n{\"a\":1,\"b\":1}\n", NULL,
                 "i.jsonl:1: column b: the value is missing");
  expect_refused("i.jsonl", "{\"a\":1}\n{\"a\":[]}\n", NULL,
                 "i.jsonl:2: column a: an array is not a number or a string");
  expect_refused("i.jsonl", "{\"a\":{}}\n{\"a\":2}\n", NULL,
                 "i.jsonl:2: column a: a value where lines before have an array or an object");
  expect_refused("i.jsonl", "{\"a\":1e999}\n", NULL, "i.jsonl:1: column a: \"inf\" is not finite");
  expect_refused("i.jsonl", "{\"a\":NaN}\n", NULL, "i.jsonl:1:6: expected a value");
  expect_refused("i.jsonl", "{\"a\":1} x\n", NULL, "i.jsonl:1:9: more text after the value");
  o.columns = wanted;
  o.column_count = 1;
  expect_refused("i.jsonl", "{\"p_like\":1}\n", &o,
                 "i.jsonl:1: no column \"p_lik\" (did you mean \"p_like\"?)");
}

/* ---------------------------------------------------------------- LETOR ----------------------- */

static void test_letor(void) {
  static const double label[] = {2, 0, 1}, one[] = {0.5, 0, 3}, ten[] = {0, 4, 0};
  sy_column_request wanted[] = {{"10", SY_KIND_AUTO}, {"qid", SY_KIND_AUTO}};
  sy_read_options o = options_of(SY_MISSING_ERROR);
  sy_table *t;
  scenario = "LETOR";
  t = read_text("a.letor",
                "# head\n2 qid:q1 1:0.5 # doc 7\n\n0 qid:q1 10:4 \n1\tqid:q2 01:3 2:-1e-3\n", NULL);
  EXPECT(sy_table_columns(t) == 5);
  EXPECT_TEXT(sy_table_name(t, 2), "1");
  EXPECT_TEXT(sy_table_name(t, 3), "2");
  EXPECT_TEXT(sy_table_name(t, 4), "10");
  EXPECT(take_equals(t, 0, label, 3) && take_equals(t, 2, one, 3) && take_equals(t, 4, ten, 3));
  EXPECT_TEXT(sy_table_category(t, 1, 1, NULL), "q2");
  sy_table_destroy(t);
  o.columns = wanted;
  o.column_count = 2;
  t = read_text("a.svm", "2 qid:q1 1:0.5\n0 qid:q1 10:4\n1 qid:q2 1:3\n", &o);
  EXPECT(sy_table_columns(t) == 2 && take_equals(t, 0, ten, 3));
  sy_table_destroy(t);
  t = read_text("b.txt", "2 1:0.5\n", NULL);
  EXPECT(sy_table_columns(t) == 2);
  sy_table_destroy(t);
  expect_refused("i.letor", "1 qid:1 1:2\n1 1:2\n", NULL, "i.letor:2: no qid, but line 1 has one");
  expect_refused("i.letor", "1 1:2\n1 qid:3\n", NULL, "i.letor:2: a qid, but line 1 has none");
  expect_refused("i.letor", "1 1:2 01:3\n", NULL, "i.letor:1: feature 1 is there twice");
  expect_refused("i.letor", "1 -1:2\n", NULL, "i.letor:1: \"-1:2\" is not feature:value");
  expect_refused("i.letor", "1 1:x\n", NULL, "i.letor:1: column 1: \"x\" is not a number");
  expect_refused("i.letor", "1 1:\n", NULL, "i.letor:1: column 1: the value is missing");
  expect_refused("i.letor", "a 1:1\n", NULL, "i.letor:1: column label: \"a\" is not a number");
  expect_refused("i.letor", "1 1:1\n", &o, "i.letor:1: no column \"10\"");
}

/* ---------------------------------------------------------------- NPY ------------------------- */

static void test_npy(void) {
  double numbers[6] = {1, 2, 3, 4, 5, 6}, got[6];
  sy_npy header = {SY_F64, 2, {3, 2}}, probe;
  sy_error error;
  char bytes[400];
  FILE *f;
  const char *path = file_path("a.npy");
  scenario = "NPY";
  EXPECT(sy_npy_write(path, &header, numbers, 2, 1, &error) == SY_OK);
  EXPECT(sy_npy_probe(path, &probe, &error) == SY_OK);
  EXPECT(probe.dtype == SY_F64 && probe.dimensions == 2 && probe.shape[0] == 3);
  EXPECT(sy_npy_read(path, &probe, got, &error) == SY_OK && memcmp(got, numbers, sizeof got) == 0);
  f = fopen(path, "rb");
  EXPECT(fread(bytes, 1, sizeof bytes, f) == 128 + 48);
  fclose(f);
  EXPECT(memcmp(bytes,
                "\x93NUMPY\x01\x00\x76\x00"
                "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }",
                69) == 0 &&
         bytes[127] == '\n');
  /* A column of a matrix, as its strided elements. */
  header.dimensions = 1;
  EXPECT(sy_npy_write(path, &header, numbers + 1, 2, 1, &error) == SY_OK);
  EXPECT(sy_npy_probe(path, &probe, &error) == SY_OK && probe.shape[1] == 1);
  EXPECT(sy_npy_read(path, &probe, got, &error) == SY_OK && got[0] == 2 && got[2] == 6);
  probe.shape[0] = 2;
  EXPECT(sy_npy_read(path, &probe, got, &error) == SY_E_FORMAT);
}

static void expect_npy(const char *dict, size_t numbers, const char *message) {
  char bytes[512];
  size_t length = strlen(dict);
  sy_error error = {SY_OK, ""};
  sy_npy header;
  memset(bytes, 0, sizeof bytes);
  memcpy(bytes, "\x93NUMPY\x01\x00", 8);
  bytes[8] = (char)length;
  memcpy(bytes + 10, dict, length);
  sy_npy_probe(write_file("i.npy", bytes, 10 + length + numbers), &header, &error);
  EXPECT_TEXT(short_message(&error), message);
}

static void test_npy_refused(void) {
  scenario = "NPY files that are refused";
  expect_npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", 8, "");
  expect_npy("{'shape': (2, 1), 'fortran_order':False, \"descr\": '<i8'}\n", 16, "");
  expect_npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2,), }\n", 8, "");
  expect_npy("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2), }\n", 8,
             "i.npy: Fortran order; save it with numpy.ascontiguousarray");
  expect_npy("{'descr': '>f8', 'fortran_order': False, 'shape': (2,), }\n", 16,
             "i.npy: dtype \">f8\"; only <f4, <f8, <i4 and <i8 can be read");
  expect_npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,), }\n", 16,
             "i.npy: dtype \"[('a', '<f8')], 'fortran_order\"; only <f4, <f8, <i4 and <i8 can be "
             "read");
  expect_npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }\n", 15,
             "i.npy: the header promises 2 x 1 numbers, but only 15 bytes follow");
  expect_npy("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }\n", 16,
             "i.npy: the header promises 4294967296 x 4294967296 numbers, but only 16 bytes "
             "follow");
  expect_npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1, 1), }\n", 16,
             "i.npy: 3 dimensions; only 1 or 2 can be read");
  expect_npy("{'descr': '<f8', 'fortran_order': False, 'shape': (), }\n", 16,
             "i.npy: 0 dimensions; only 1 or 2 can be read");
  expect_npy("{'descr': '<f8', 'fortran_order': False, }\n", 16, "i.npy: damaged NPY header");
  expect_npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1), }\n", 16,
             "i.npy: damaged NPY header");
  expect_npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), } x\n", 16,
             "i.npy: damaged NPY header");
  expect_npy("{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,), }\n", 16,
             "i.npy: damaged NPY header");
}

/* ---------------------------------------------------------------- value models ---------------- */

static void expect_model_refused(const char *text, const char *message) {
  sy_error error = {SY_OK, ""};
  sy_value_model *model = NULL;
  EXPECT(sy_value_model_parse(text, strlen(text), "vm.json", NULL, &model, &error) == SY_E_FORMAT);
  EXPECT(model == NULL);
  EXPECT_TEXT(error.message, message);
}

static void test_value_model(void) {
  static const char *const tasks[] = {"p_like", "p \"q\"\n", "p_a"};
  static const double weights[] = {0.1, -1.0 / 3.0, 5e-324};
  static const char small[] = "{\"weights\": {\"b\": 1, \"a\": -2.5}} ";
  const char *path = file_path("vm.json");
  struct stat info;
  sy_error error = {SY_OK, ""};
  sy_value_model *model = NULL, *again = NULL;
  scenario = "value models";
  EXPECT(sy_value_model_parse(small, strlen(small), NULL, NULL, &model, &error) == SY_OK);
  EXPECT(sy_value_model_count(model) == 2 && sy_value_model_find(model, "a") == 1);
  EXPECT(sy_value_model_find(model, "b") == 0 && sy_value_model_find(model, "c") == -1);
  EXPECT_TEXT(sy_value_model_task(model, 0), "b");
  sy_value_model_destroy(model);
  EXPECT(sy_value_model_new(tasks, weights, 3, NULL, &model, &error) == SY_OK);
  write_text("vm.json", "old");
  EXPECT(chmod(path, 0640) == 0 && sy_value_model_save(model, path, &error) == SY_OK);
  EXPECT(stat(path, &info) == 0 && (info.st_mode & 07777) == 0640);
  EXPECT(sy_value_model_load(path, NULL, &again, &error) == SY_OK);
  EXPECT(memcmp(sy_value_model_weights(again), weights, sizeof weights) == 0);
  EXPECT_TEXT(sy_value_model_task(again, 1), tasks[1]);
  sy_value_model_destroy(again);
  EXPECT(symlink("vm.json", file_path("link.json")) == 0);
  EXPECT(sy_value_model_save(model, file_path("link.json"), &error) == SY_OK);
  EXPECT(lstat(file_path("link.json"), &info) == 0 && S_ISLNK(info.st_mode));
  EXPECT(sy_value_model_save(model, file_path("none/vm.json"), &error) == SY_E_IO);
  EXPECT_TEXT(short_message(&error), "none/vm.json: cannot write: No such file or directory");
  EXPECT(sy_value_model_save(model, "/dev/full", &error) == SY_E_IO);
  EXPECT(sy_value_model_save(model, folder, &error) == SY_E_IO);
  sy_value_model_destroy(model);
  {
    static const char *const twice[] = {"a", "b", "a"};
    static const double bad[] = {1, INFINITY, 2};
    again = NULL;
    EXPECT(sy_value_model_new(twice, weights, 3, NULL, &again, &error) == SY_E_ARGUMENT);
    EXPECT(sy_value_model_new(tasks, bad, 3, NULL, &again, &error) == SY_E_NUMBER);
    EXPECT(sy_value_model_new(tasks, weights, 0, NULL, &again, &error) == SY_E_ARGUMENT);
    EXPECT(again == NULL);
  }
}

static void test_value_model_refused(void) {
  scenario = "value models that are refused";
  expect_model_refused("{\"weights\": {\"p_like\": \"1\"}}",
                       "vm.json: $.weights.p_like: a string is not a number");
  expect_model_refused("{\"weights\": {\"a\": 1, \"a\": 2}}",
                       "vm.json: $.weights.a: the key is there twice");
  expect_model_refused("{\"weights\":{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,"
                       "\"h\":1,\"i\":1,\"a b\":1,\"a b\":2}}",
                       "vm.json: $.weights[\"a b\"]: the key is there twice");
  expect_model_refused("{\"weights\": {\"a\": 1e400}}",
                       "vm.json: $.weights.a: a number too large for a double");
  expect_model_refused("{\"weight\": {\"a\": 1}}",
                       "vm.json: $.weight: unknown key (did you mean \"weights\"?)");
  expect_model_refused("{\"weights\": {}}", "vm.json: $.weights: no weights");
  expect_model_refused("{}", "vm.json: $: no key \"weights\"");
  expect_model_refused("[1]", "vm.json: $: an array is not an object");
  expect_model_refused("{\"weights\": [1]}", "vm.json: $.weights: an array is not an object");
  expect_model_refused("{\"weights\": {\"\": 1}}", "vm.json: $.weights: a task with an empty name");
  expect_model_refused("{\"weights\": {\"a\": 1}}\n x", "vm.json:2:2: more text after the value");
  expect_model_refused("{\"weights\": {\"a\": 1,}}",
                       "vm.json:1:21: expected a key in double quotes");
  expect_model_refused("{\"weights\": {\"a\": 01}}",
                       "vm.json:1:19: a number must not begin with 0");
  expect_model_refused("{\"weights\": {\"a\\u0000\": 1}}",
                       "vm.json:1:16: \\u0000 is not supported in strings");
  expect_model_refused("", "vm.json:1:1: expected a value, but the text ends");
  expect_model_refused("{\"version\": 2, \"weights\": {\"a\": 1}}",
                       "vm.json: $.version: only version 1 is known here");
  expect_model_refused("{\"format\": \"x\", \"weights\": {\"a\": 1}}",
                       "vm.json: $.format: not \"steelyard value model\"");
}

static void test_json_numbers(void) {
  sy_random random;
  long wrong = 0;
  char text[32];
  scenario = "numbers printed for JSON read back";
  sy_random_seed(&random, 11);
  for (long i = 0; i < 200000; i++) {
    uint64_t bits = sy_random_bits(&random);
    double x;
    memcpy(&x, &bits, sizeof x);
    if (!isfinite(x)) continue;
    sy_json_number(text, x);
    wrong += bits_of(strtod(text, NULL)) != bits;
  }
  EXPECT(wrong == 0);
  EXPECT(sy_json_number(text, NAN) == 0 && sy_json_number(text, INFINITY) == 0);
  sy_json_number(text, -0.0);
  EXPECT_TEXT(text, "-0");
}

/* ---------------------------------------------------------------- grouping -------------------- */

static void test_group_rows(void) {
  static const int64_t ids[] = {5, 5, INT64_MIN, 5, 0, INT64_MIN, -1};
  static const int64_t wanted[] = {0, 1, 3, 2, 5, 4, 6}, shape[] = {0, 3, 5, 6, 7};
  int64_t offsets[8], first[7], order[7];
  size_t count = 9;
  int contiguous = 9;
  scenario = "rows grouped by id";
  EXPECT(sy_group_rows(ids, 7, NULL, offsets, first, order, &count, &contiguous) == SY_OK);
  EXPECT(count == 4 && contiguous == 0 && memcmp(offsets, shape, sizeof shape) == 0);
  EXPECT(memcmp(order, wanted, sizeof wanted) == 0 && first[1] == 2 && first[3] == 6);
  EXPECT(sy_group_rows(ids, 3, NULL, offsets, first, order, &count, &contiguous) == SY_OK);
  EXPECT(count == 2 && contiguous == 1 && offsets[2] == 3 && order[2] == 2);
  EXPECT(sy_group_rows(ids, 0, NULL, offsets, first, order, &count, &contiguous) == SY_OK);
  EXPECT(count == 0 && contiguous == 1 && offsets[0] == 0);
}

static void test_group_rows_random(void) {
  enum { N = 5000 };
  static int64_t ids[N], offsets[N + 1], first[N], order[N];
  sy_random random;
  size_t wrong = 0;
  scenario = "random rows grouped";
  sy_random_seed(&random, 5);
  for (int round = 0; round < 20; round++) {
    size_t count, n = sy_random_below(&random, N), many = 1 + sy_random_below(&random, n + 1);
    int contiguous;
    for (size_t i = 0; i < n; i++) ids[i] = (int64_t)sy_random_below(&random, many) << 40;
    if (sy_group_rows(ids, n, NULL, offsets, first, order, &count, &contiguous)) wrong++;
    wrong += offsets[count] != (int64_t)n;
    for (size_t g = 0; g < count; g++) {
      wrong += offsets[g] >= offsets[g + 1] || first[g] != order[offsets[g]];
      wrong += g && first[g] <= first[g - 1];
      for (int64_t i = offsets[g] + 1; i < offsets[g + 1]; i++) {
        wrong += ids[order[i]] != ids[order[i - 1]] || order[i] <= order[i - 1];
      }
    }
  }
  EXPECT(wrong == 0);
}

/* ---------------------------------------------------------------- memory runs out ------------- */

static sy_status use_table(const char *path, const sy_memory *memory, sy_error *error) {
  sy_read_options o = options_of(SY_MISSING_DROP);
  sy_table *t = NULL;
  sy_status status = sy_table_read(path, &o, memory, &t, error);
  sy_table_destroy(t);
  return status;
}

static sy_status use_model(const char *path, const sy_memory *memory, sy_error *error) {
  sy_value_model *model = NULL;
  sy_status status = sy_value_model_load(path, memory, &model, error);
  if (status == SY_OK) status = sy_value_model_save(model, path, error);
  sy_value_model_destroy(model);
  return status;
}

static sy_status use_groups(const char *path, const sy_memory *memory, sy_error *error) {
  int64_t ids[300], offsets[301], first[300], order[300];
  size_t count;
  int contiguous;
  sy_status status;
  (void)path;
  for (int i = 0; i < 300; i++) ids[i] = i % 150;
  status = sy_group_rows(ids, 300, memory, offsets, first, order, &count, &contiguous);
  if (status) sy_fail_memory(error);
  return status;
}

static void sweep(const char *path, sy_status (*use)(const char *, const sy_memory *, sy_error *)) {
  for (long n = 1; n < 2000; n++) {
    ledger l = {0, 0, 0, 0};
    sy_memory memory = {ledger_alloc, &l};
    sy_error error = {SY_OK, ""};
    sy_status status;
    l.fail_at = n;
    status = use(path, &memory, &error);
    if (status != SY_OK) EXPECT(status == SY_E_MEMORY && error.status == SY_E_MEMORY);
    EXPECT(l.live == 0 && l.wrong == 0);
    if (l.count < n) {
      EXPECT(status == SY_OK && n > 2);
      return;
    }
  }
  EXPECT(!"the sweep ends");
}

static void test_memory(void) {
  char text[20000] = "a,b,c,d\n";
  size_t used;
  scenario = "the n-th allocation fails";
  for (int i = 0; i < 300; i++) {
    used = strlen(text);
    snprintf(text + used, sizeof text - used, "%s,c%d,\"q\"\"%d\",%d\n", i < 80 ? "" : "1", i, i,
             i);
  }
  sweep(write_text("oom.csv", text), use_table);
  text[0] = 0;
  for (int i = 0; i < 100; i++) {
    used = strlen(text);
    snprintf(text + used, sizeof text - used, "{\"k%d\":1,\"s\":\"v%d\",\"n\":%s}\n", i % 20, i,
             i < 50 ? "null" : "1");
  }
  sweep(write_text("oom.jsonl", text), use_table);
  text[0] = 0;
  for (int i = 0; i < 100; i++) {
    used = strlen(text);
    snprintf(text + used, sizeof text - used, "1 qid:%d %d:1 2:2\n", i, i % 30 + 3);
  }
  sweep(write_text("oom.letor", text), use_table);
  snprintf(text, sizeof text, "{\"weights\": {\"t0\": 1");
  for (int i = 1; i < 40; i++) {
    used = strlen(text);
    snprintf(text + used, sizeof text - used, ",\"t%d\":%d", i, i);
  }
  strcat(text, "}}");
  sweep(write_text("oom.json", text), use_model);
  sweep("", use_groups);
}

/* cJSON's own allocations fail, too: clean SY_E_MEMORY, never "bad JSON". */
static long json_budget;
static void *failing_malloc(size_t size) { return json_budget-- > 0 ? malloc(size) : NULL; }

static void test_json_memory(void) {
  static const char text[] = "{\"weights\": {\"a\": 1, \"b\": 2}}";
  const char *lines = write_text("j.jsonl", "{\"a\":1}\n{\"a\":2}\n");
  cJSON_Hooks hooks = {failing_malloc, free};
  int ended = 0;
  scenario = "cJSON's allocations fail";
  cJSON_InitHooks(&hooks);
  for (long n = 0; n < 100 && !ended; n++) {
    sy_value_model *model = NULL;
    sy_table *t = NULL;
    sy_status status, second;
    json_budget = n;
    status = sy_value_model_parse(text, strlen(text), NULL, NULL, &model, NULL);
    json_budget = n;
    second = sy_table_read(lines, NULL, NULL, &t, NULL);
    EXPECT(status == SY_OK || status == SY_E_MEMORY);
    EXPECT(second == SY_OK || second == SY_E_MEMORY);
    ended = status == SY_OK && second == SY_OK;
    sy_value_model_destroy(model);
    sy_table_destroy(t);
  }
  EXPECT(ended);
  cJSON_InitHooks(NULL);
}

/* No reader and no writer leaves a temporary file behind. */
static void test_folder_clean(void) {
  char command[400];
  scenario = "no temporary file is left";
  snprintf(command, sizeof command, "ls -a '%s' | grep -q tmp", folder);
  EXPECT(system(command) != 0);
}

int main(void) {
  const char *base = getenv("TMPDIR");
  char command[400];
  snprintf(folder, sizeof folder, "%s/steelyard-io-XXXXXX", base && *base ? base : "/tmp");
  if (!mkdtemp(folder)) return 2;
  test_numbers_random();
  test_numbers_hard();
  test_numbers_classes();
  test_numbers_locale();
  test_csv_plain();
  test_csv_rfc4180();
  test_csv_refused();
  test_csv_missing();
  test_csv_late_kind();
  test_csv_requested();
  test_csv_big();
  test_csv_boundaries();
  test_jsonl();
  test_jsonl_refused();
  test_letor();
  test_npy();
  test_npy_refused();
  test_value_model();
  test_value_model_refused();
  test_json_numbers();
  test_group_rows();
  test_group_rows_random();
  test_memory();
  test_json_memory();
  test_folder_clean();
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  if (system(command) != 0) failed++;
  printf("%d passed, %d failed\n", passed, failed);
  return failed ? 1 : 0;
}
