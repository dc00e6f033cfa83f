/*
 * trec_write.c - runs and qrels to files. What they could not be read back from is refused first.
 */
#include "io/trec_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/file.h"
#include "io/json.h"
#include "io/message.h"

#define FLUSH ((size_t)1 << 16)
#define GRADE_LIMIT 1e15 /* as many digits as the reader takes */

typedef struct writer {
  const sy_trec_rows *rows;
  const double *values; /* scores or grades */
  sy_trec_text tag;     /* of a run; data is NULL for qrels */
  sy_memory memory;
  sy_trec_set set;
  sy_trec_item *items; /* of the longest topic, twice: the second half is scratch */
  size_t longest;
  sy_buffer buffer;
  sy_output output;
  sy_error *error;
} writer;

/* -------------------------------------------------------------------------------- checking ---- */

/* "documents[3]"; in messages places count from 1. */
typedef struct place {
  char text[48];
} place;

static place place_of(const char *name, size_t i) {
  place p;
  snprintf(p.text, sizeof p.text, "%s[%zu]", name, i + 1);
  return p;
}

static sy_status check_word(const writer *w, const char *where, sy_trec_text text) {
  const char *what = text.length ? NULL : "is empty";
  if (text.length > UINT32_MAX / 2) what = "is too long";
  for (size_t i = 0; i < text.length && !what; i++) {
    if ((unsigned char)text.data[i] <= ' ') what = "holds a blank";
  }
  if (!what) return SY_OK;
  return sy_fail(w->error, SY_E_ARGUMENT, "%s: %s %s", where, sy_show(text.data, text.length).text,
                 what);
}

static sy_status check_words(const writer *w, const char *name, const sy_trec_text *texts,
                             size_t first, size_t end) {
  for (size_t i = first; i < end; i++) {
    sy_status status = check_word(w, place_of(name, i).text, texts[i]);
    if (status != SY_OK) return status;
  }
  return SY_OK;
}

/* No text stands twice among those from first to end - 1. */
static sy_status check_different(writer *w, const char *name, const sy_trec_text *texts,
                                 size_t first, size_t end) {
  if (!sy_trec_set_begin(&w->set, end - first)) return sy_fail_memory(w->error);
  for (size_t i = first; i < end; i++) {
    size_t entry = sy_trec_set_add(&w->set, texts[i].data, texts[i].length);
    if (entry == i - first) continue;
    return sy_fail(w->error, SY_E_ARGUMENT, "%s: %s is %s already", place_of(name, i).text,
                   sy_show(texts[i].data, texts[i].length).text,
                   place_of(name, first + entry).text);
  }
  return SY_OK;
}

static sy_status check_values(const writer *w, size_t rows) {
  for (size_t i = 0; i < rows; i++) {
    double x = w->values[i];
    if (w->tag.data && !isfinite(x)) {
      return sy_fail(w->error, SY_E_NUMBER, "%s: %g is not a finite number",
                     place_of("scores", i).text, x);
    }
    if (!w->tag.data && !(fabs(x) < GRADE_LIMIT && floor(x) == x)) {
      return sy_fail(w->error, SY_E_NUMBER, "%s: %.17g is not a whole number below 1e15",
                     place_of("grades", i).text, x);
    }
  }
  return SY_OK;
}

static sy_status check_topics(writer *w) {
  const sy_trec_text *names = w->rows->topic_names;
  size_t count = w->rows->topics.count;
  sy_status status = check_words(w, "topics", names, 0, count);
  for (size_t t = 0; t < count && status == SY_OK; t++) {
    if (names[t].data[0] != '#') continue;
    status = sy_fail(w->error, SY_E_ARGUMENT, "%s: %s would begin a comment",
                     place_of("topics", t).text, sy_show(names[t].data, names[t].length).text);
  }
  return status == SY_OK ? check_different(w, "topics", names, 0, count) : status;
}

static sy_status check_all(writer *w) {
  const sy_trec_rows *rows = w->rows;
  const int64_t *offsets = rows->topics.offsets;
  size_t count = rows->topics.count, all = (size_t)offsets[count];
  sy_status status = w->tag.data ? check_word(w, "tag", w->tag) : SY_OK;
  if (status == SY_OK && all > INT32_MAX) {
    status = sy_fail(w->error, SY_E_LIMIT, "more than %d rows", INT32_MAX);
  }
  if (status == SY_OK) status = check_topics(w);
  if (status == SY_OK) status = check_words(w, "documents", rows->documents, 0, all);
  for (size_t t = 0; t < count && status == SY_OK; t++) {
    status = check_different(w, "documents", rows->documents, (size_t)offsets[t],
                             (size_t)offsets[t + 1]);
  }
  return status == SY_OK ? check_values(w, all) : status;
}

/* -------------------------------------------------------------------------------- ordering ---- */

/* A key that is the smaller, the larger the score. */
static uint64_t falling_key(double score) {
  uint64_t bits;
  score += 0.0; /* -0 is 0 */
  memcpy(&bits, &score, sizeof bits);
  return bits >> 63 ? bits : ~(bits | UINT64_C(1) << 63);
}

/* items[r].index = the row at rank r: by score, equal ones by name, both descending. */
static void order_rows(const writer *w, size_t first, size_t n) {
  sy_trec_item *items = w->items, *sorted = items + n;
  for (size_t i = 0; i < n; i++) {
    const sy_trec_text *name = &w->rows->documents[first + i];
    sy_trec_item item = {0, name->data, (uint32_t)name->length, (uint32_t)(first + i)};
    sorted[i] = item;
  }
  sy_trec_sort_names(sorted, n, items);
  for (size_t i = 0; i < n; i++) {
    sy_trec_item item = {0, "", 0, sorted[n - 1 - i].index};
    item.key = falling_key(w->values[item.index]);
    items[i] = item;
  }
  sy_trec_sort(items, n, sorted);
}

/* --------------------------------------------------------------------------------- writing ---- */

static sy_status flush(writer *w) {
  sy_status status;
  if (w->buffer.failed) return sy_fail_memory(w->error);
  status = sy_output_write(&w->output, w->buffer.data, w->buffer.length, w->error);
  w->buffer.length = 0;
  return status;
}

static void add_text(writer *w, sy_trec_text text) {
  sy_buffer_add(&w->buffer, text.data, text.length);
}

static void add_whole(writer *w, double number) {
  char text[32];
  int length = snprintf(text, sizeof text, " %.0f", number);
  sy_buffer_add(&w->buffer, text, (size_t)length);
}

static void add_run_line(writer *w, sy_trec_text topic, size_t row, size_t rank) {
  add_text(w, topic);
  sy_buffer_text(&w->buffer, " Q0 ");
  add_text(w, w->rows->documents[row]);
  add_whole(w, (double)rank);
  sy_buffer_text(&w->buffer, " ");
  sy_buffer_number(&w->buffer, w->values[row]);
  sy_buffer_text(&w->buffer, " ");
  add_text(w, w->tag);
  sy_buffer_text(&w->buffer, "\n");
}

static void add_qrels_line(writer *w, sy_trec_text topic, size_t row) {
  add_text(w, topic);
  sy_buffer_text(&w->buffer, " 0 ");
  add_text(w, w->rows->documents[row]);
  add_whole(w, w->values[row] + 0.0); /* -0 is 0 */
  sy_buffer_text(&w->buffer, "\n");
}

static sy_status write_topic(writer *w, size_t t) {
  size_t first = (size_t)w->rows->topics.offsets[t];
  size_t n = (size_t)w->rows->topics.offsets[t + 1] - first;
  sy_trec_text topic = w->rows->topic_names[t];
  sy_status status = SY_OK;
  if (w->tag.data) order_rows(w, first, n);
  for (size_t i = 0; i < n && status == SY_OK; i++) {
    if (w->tag.data) add_run_line(w, topic, w->items[i].index, i + 1);
    else add_qrels_line(w, topic, first + i);
    if (w->buffer.length >= FLUSH) status = flush(w);
  }
  return status;
}

static sy_status write_file(writer *w, const char *path) {
  sy_status status = sy_output_open(&w->output, path, w->error);
  if (status != SY_OK) return status;
  for (size_t t = 0; t < w->rows->topics.count && status == SY_OK; t++) status = write_topic(w, t);
  if (status == SY_OK) status = flush(w);
  if (status == SY_OK) return sy_output_commit(&w->output, w->error);
  sy_output_discard(&w->output);
  return status;
}

/* Room for the order of the longest topic. */
static int make_items(writer *w) {
  const sy_requests *topics = &w->rows->topics;
  for (size_t t = 0; t < topics->count; t++) {
    size_t n = (size_t)(topics->offsets[t + 1] - topics->offsets[t]);
    if (n > w->longest) w->longest = n;
  }
  w->items = sy_allocate(&w->memory, 2 * w->longest * sizeof *w->items);
  return w->items != NULL;
}

static sy_status write_rows(writer *w, const char *path) {
  sy_status status = check_all(w);
  if (status == SY_OK && !make_items(w)) status = sy_fail_memory(w->error);
  if (status == SY_OK) {
    sy_buffer_init(&w->buffer, &w->memory);
    status = write_file(w, path);
    sy_buffer_release(&w->buffer);
  }
  sy_trec_set_release(&w->set);
  sy_release(&w->memory, w->items, 2 * w->longest * sizeof *w->items);
  return status;
}

static writer writer_of(const sy_trec_rows *rows, const double *values, const sy_memory *memory,
                        sy_error *error) {
  writer w;
  memset(&w, 0, sizeof w);
  w.rows = rows;
  w.values = values;
  w.memory = w.set.memory = sy_memory_of(memory);
  w.error = error;
  return w;
}

sy_status sy_trec_write_run(const char *path, const sy_trec_rows *rows, const double *scores,
                            sy_trec_text tag, const sy_memory *memory, sy_error *error) {
  writer w = writer_of(rows, scores, memory, error);
  w.tag = tag;
  if (!tag.data) return sy_fail(error, SY_E_ARGUMENT, "tag: none");
  return write_rows(&w, path);
}

sy_status sy_trec_write_qrels(const char *path, const sy_trec_rows *rows, const double *grades,
                              const sy_memory *memory, sy_error *error) {
  writer w = writer_of(rows, grades, memory, error);
  return write_rows(&w, path);
}
