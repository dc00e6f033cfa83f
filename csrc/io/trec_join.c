/*
 * trec_join.c - the lines of qrels and of a run put together, topic by topic.
 *
 * A topic's documents go into one set, those of the qrels first. So a document of the run finds its
 * judgment there, or comes in as a new one, and any that comes twice is seen.
 */
#include "io/trec_parts.h"

#include <math.h>
#include <string.h>

#include "io/message.h"

/* The lines of each topic: those of code c are order[starts[c]] .. order[starts[c + 1] - 1]. */
typedef struct grouping {
  size_t *starts;
  uint32_t *order;
} grouping;

typedef struct join {
  sy_trec *trec;
  const sy_trec_sources *sources;
  grouping qrels, run;
  sy_trec_set set;
  sy_trec_item *items; /* twice item_room: the second half is scratch */
  size_t item_room;
  sy_error *error;
} join;

/* -------------------------------------------------------------------------------- grouping ---- */

static void release_grouping(const sy_trec *trec, grouping *g, const sy_trec_lines *lines) {
  sy_release(&trec->memory, g->starts, (trec->topics.count + 1) * sizeof *g->starts);
  sy_release(&trec->memory, g->order, lines->count * sizeof *g->order);
}

/* A counting sort by topic, stable. */
static int group_lines(const sy_trec *trec, const sy_trec_lines *lines, grouping *g) {
  size_t topics = trec->topics.count, at = 0;
  g->starts = sy_allocate(&trec->memory, (topics + 1) * sizeof *g->starts);
  g->order = sy_allocate(&trec->memory, lines->count * sizeof *g->order);
  if (!g->starts || !g->order) return 0;
  memset(g->starts, 0, (topics + 1) * sizeof *g->starts);
  for (size_t i = 0; i < lines->count; i++) g->starts[lines->list[i].topic]++;
  for (size_t c = 0; c <= topics; c++) {
    size_t size = g->starts[c];
    g->starts[c] = at;
    at += size;
  }
  /* This moves every start to its topic's end, which is the next one's start. */
  for (size_t i = 0; i < lines->count; i++) {
    g->order[g->starts[lines->list[i].topic]++] = (uint32_t)i;
  }
  memmove(g->starts + 1, g->starts, topics * sizeof *g->starts);
  g->starts[0] = 0;
  return 1;
}

static size_t size_of(const grouping *g, int32_t code) {
  return g->starts[code + 1] - g->starts[code];
}

static const sy_trec_line *line_of(const grouping *g, const sy_trec_lines *lines, int32_t code,
                                   size_t i) {
  return &lines->list[g->order[g->starts[code] + i]];
}

static const sy_trec_line *judgment(const join *j, int32_t code, size_t i) {
  return line_of(&j->qrels, &j->sources->qrels, code, i);
}

static const sy_trec_line *retrieval(const join *j, int32_t code, size_t i) {
  return line_of(&j->run, &j->sources->run, code, i);
}

/* ------------------------------------------------------------------------------------ ties ---- */

static int need_items(join *j, size_t n) {
  const sy_memory *memory = &j->trec->memory;
  if (n <= j->item_room) return 1;
  sy_release(memory, j->items, 2 * j->item_room * sizeof *j->items);
  j->items = sy_allocate(memory, 2 * n * sizeof *j->items);
  j->item_room = j->items ? n : 0;
  return j->items != NULL;
}

/* tied[i] = 1 where another score is the same. slots: a power of two, at least twice n. */
static void mark_ties(const double *scores, size_t n, uint64_t *slots, size_t slot_count,
                      int32_t *tied) {
  size_t falling = 1, mask = slot_count - 1;
  while (falling < n && scores[falling] < scores[falling - 1]) falling++;
  memset(tied, 0, n * sizeof *tied);
  if (falling >= n) return;
  memset(slots, 0, slot_count * sizeof *slots);
  for (size_t i = 0; i < n; i++) {
    double score = scores[i] + 0.0; /* -0 is 0 */
    uint64_t bits, found;
    size_t slot;
    memcpy(&bits, &score, sizeof bits);
    bits ^= bits >> 32; /* numbers of few digits differ in their highest bits only */
    slot = (bits * UINT64_C(0x9e3779b97f4a7c15) >> 32) & mask;
    while ((found = slots[slot]) != 0 && scores[found - 1] != score) slot = (slot + 1) & mask;
    if (found) tied[i] = tied[found - 1] = 1;
    else slots[slot] = i + 1;
  }
}

/* Number the rows from `first` to `end` - 1 that are marked with 1, by name. */
static int number_names(join *j, size_t first, size_t end) {
  const sy_trec *trec = j->trec;
  size_t n = 0;
  for (size_t row = first; row < end; row++) n += (size_t)trec->names[row];
  if (n == 0) return 1;
  if (!need_items(j, n)) return 0;
  n = 0;
  for (size_t row = first; row < end; row++) {
    sy_trec_item *item = &j->items[n];
    if (!trec->names[row]) continue;
    item->text = trec->arena + trec->documents[row];
    item->length = (uint32_t)strlen(item->text);
    item->index = (uint32_t)(row - first);
    n++;
  }
  sy_trec_sort_names(j->items, n, j->items + n);
  for (size_t i = 0; i < n; i++) trec->names[first + j->items[i].index] = (int32_t)i;
  return 1;
}

/* ------------------------------------------------------------------------------------ rows ---- */

static sy_status refuse_twice(const join *j, const char *path, const sy_trec_line *first,
                              const sy_trec_line *second) {
  size_t length;
  const char *topic = sy_dictionary_name(&j->trec->topics, (size_t)first->topic, &length);
  const char *name = j->trec->arena + first->name;
  return sy_fail(j->error, SY_E_FORMAT, "%s:%zu: topic %s: document %s is on line %zu already",
                 sy_show_path(path).text, (size_t)second->number, sy_show_name(topic, length).text,
                 sy_show_name(name, strlen(name)).text, (size_t)first->number);
}

static size_t add_name(join *j, const sy_trec_line *line) {
  const char *name = j->trec->arena + line->name;
  return sy_trec_set_add(&j->set, name, strlen(name));
}

static sy_status add_judgments(join *j, int32_t code, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const sy_trec_line *line = judgment(j, code, i);
    size_t entry = add_name(j, line);
    if (entry == i) continue;
    return refuse_twice(j, j->sources->qrels_path, judgment(j, code, entry), line);
  }
  return SY_OK;
}

static void put_row(sy_trec *trec, size_t row, size_t name, double score,
                    const sy_trec_line *judged, int alone) {
  double grade = judged ? judged->value : 0.0;
  trec->documents[row] = name;
  trec->scores[row] = score;
  trec->judged[row] = !judged ? 0 : grade < 0 ? -1 : 1;
  trec->grades[row] = grade < 0 && !alone ? 0.0 : grade;
}

/* The retrieved documents of a topic; owners in the set become places in the run, from 1. */
static sy_status add_retrieved(join *j, int32_t code, size_t judgments, size_t count) {
  sy_trec *trec = j->trec;
  for (size_t i = 0; i < count; i++) {
    const sy_trec_line *line = retrieval(j, code, i);
    size_t entry = add_name(j, line);
    uint32_t *owner = &j->set.entries[entry].owner;
    if (*owner) {
      return refuse_twice(j, j->sources->run_path, retrieval(j, code, *owner - 1), line);
    }
    *owner = (uint32_t)i + 1;
    put_row(trec, trec->row_count + i, line->name, line->value,
            entry < judgments ? judgment(j, code, entry) : NULL, 0);
  }
  return SY_OK;
}

/* The judged documents that were not retrieved, from `row` on, marked as ties. Returns the end. */
static size_t add_unretrieved(join *j, int32_t code, size_t judgments, size_t row) {
  int alone = !j->sources->run_path;
  for (size_t i = 0; i < judgments; i++) {
    const sy_trec_line *line = judgment(j, code, i);
    if (j->set.entries[i].owner) continue;
    j->trec->names[row] = 1;
    put_row(j->trec, row++, line->name, -(double)INFINITY, line, alone);
  }
  return row;
}

/* Whether a topic stays; those that are in one of two files are counted. */
static int is_kept(join *j, size_t judgments, size_t retrieved, int complete) {
  if (!j->sources->run_path) return judgments > 0;
  if (!j->sources->qrels_path) return retrieved > 0;
  j->trec->missing += !retrieved;
  j->trec->unjudged += !judgments;
  return judgments && (retrieved || complete);
}

static sy_status join_topic(join *j, int32_t code, int complete) {
  sy_trec *trec = j->trec;
  size_t judgments = size_of(&j->qrels, code), count = size_of(&j->run, code);
  size_t first = trec->row_count, middle = first + count, end, topic = trec->topic_count;
  sy_status status;
  if (!sy_trec_set_begin(&j->set, judgments + count)) return sy_fail_memory(j->error);
  status = add_judgments(j, code, judgments);
  /* Rows of a topic that is not kept are written, too, and then over. */
  if (status == SY_OK) status = add_retrieved(j, code, judgments, count);
  if (status != SY_OK || !is_kept(j, judgments, count, complete)) return status;
  end = add_unretrieved(j, code, judgments, middle);
  mark_ties(trec->scores + first, count, j->set.slots, j->set.slot_count, trec->names + first);
  if (!number_names(j, first, middle) || !number_names(j, middle, end)) {
    return sy_fail_memory(j->error);
  }
  trec->codes[topic] = code;
  trec->retrieved[topic] = (int64_t)count;
  trec->offsets[topic + 1] = (int64_t)end;
  trec->topic_count++;
  trec->row_count = end;
  return SY_OK;
}

/* ---------------------------------------------------------------------------------- topics ---- */

static int make_columns(sy_trec *trec, size_t topics, size_t rows) {
  const sy_memory *memory = &trec->memory;
  trec->topic_room = topics;
  trec->row_room = rows;
  trec->codes = sy_allocate(memory, topics * sizeof *trec->codes);
  trec->offsets = sy_allocate(memory, (topics + 1) * sizeof *trec->offsets);
  trec->retrieved = sy_allocate(memory, topics * sizeof *trec->retrieved);
  trec->scores = sy_allocate(memory, rows * sizeof *trec->scores);
  trec->grades = sy_allocate(memory, rows * sizeof *trec->grades);
  trec->judged = sy_allocate(memory, rows * sizeof *trec->judged);
  trec->names = sy_allocate(memory, rows * sizeof *trec->names);
  trec->documents = sy_allocate(memory, rows * sizeof *trec->documents);
  if (!trec->codes || !trec->offsets || !trec->retrieved || !trec->scores || !trec->grades ||
      !trec->judged || !trec->names || !trec->documents) {
    return 0;
  }
  trec->offsets[0] = 0;
  return 1;
}

/* Topics by name; the items, which joining needs for other things, hold their order no longer. */
static sy_status sort_topics(join *j, int32_t *codes) {
  const sy_dictionary *topics = &j->trec->topics;
  size_t n = topics->count, length;
  if (!need_items(j, n)) return sy_fail_memory(j->error);
  for (size_t c = 0; c < n; c++) {
    j->items[c].text = sy_dictionary_name(topics, c, &length);
    j->items[c].length = (uint32_t)length;
    j->items[c].index = (uint32_t)c;
  }
  sy_trec_sort_names(j->items, n, j->items + n);
  for (size_t i = 0; i < n; i++) codes[i] = (int32_t)j->items[i].index;
  return SY_OK;
}

/* The order is put where the codes of kept topics go, which are never ahead of it. */
static sy_status join_topics(join *j, int complete) {
  sy_trec *trec = j->trec;
  const sy_trec_sources *sources = j->sources;
  size_t topics = trec->topics.count;
  sy_status status;
  if (!group_lines(trec, &sources->qrels, &j->qrels) ||
      !group_lines(trec, &sources->run, &j->run) ||
      !make_columns(trec, topics, sources->qrels.count + sources->run.count)) {
    return sy_fail_memory(j->error);
  }
  status = sort_topics(j, trec->codes);
  for (size_t i = 0; i < topics && status == SY_OK; i++) {
    status = join_topic(j, trec->codes[i], complete);
  }
  return status;
}

sy_status sy_trec_join(sy_trec *trec, const sy_trec_sources *sources, int complete,
                       sy_error *error) {
  join j;
  sy_status status;
  memset(&j, 0, sizeof j);
  j.trec = trec;
  j.sources = sources;
  j.set.memory = trec->memory;
  j.error = error;
  status = join_topics(&j, complete);
  release_grouping(trec, &j.qrels, &sources->qrels);
  release_grouping(trec, &j.run, &sources->run);
  sy_trec_set_release(&j.set);
  sy_release(&trec->memory, j.items, 2 * j.item_room * sizeof *j.items);
  return status;
}
