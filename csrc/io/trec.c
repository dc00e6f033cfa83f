/*
 * trec.c - TREC runs and qrels in memory: read, looked at, destroyed.
 */
#include "io/trec_parts.h"

#include <string.h>

static sy_trec *new_trec(const sy_memory *memory) {
  sy_trec *trec = sy_allocate(memory, sizeof *trec);
  if (!trec) return NULL;
  memset(trec, 0, sizeof *trec);
  trec->memory = sy_memory_of(memory);
  sy_dictionary_init(&trec->topics, memory);
  return trec;
}

void sy_trec_destroy(sy_trec *trec) {
  sy_memory memory;
  size_t topics, rows;
  if (!trec) return;
  memory = trec->memory;
  topics = trec->topic_room;
  rows = trec->row_room;
  sy_dictionary_release(&trec->topics);
  sy_release(&memory, trec->arena, trec->arena_room);
  sy_release(&memory, trec->tag, trec->tag_room);
  sy_release(&memory, trec->codes, topics * sizeof *trec->codes);
  sy_release(&memory, trec->offsets, (topics + 1) * sizeof *trec->offsets);
  sy_release(&memory, trec->retrieved, topics * sizeof *trec->retrieved);
  sy_release(&memory, trec->scores, rows * sizeof *trec->scores);
  sy_release(&memory, trec->grades, rows * sizeof *trec->grades);
  sy_release(&memory, trec->judged, rows * sizeof *trec->judged);
  sy_release(&memory, trec->names, rows * sizeof *trec->names);
  sy_release(&memory, trec->documents, rows * sizeof *trec->documents);
  sy_release(&memory, trec, sizeof *trec);
}

static sy_status check_paths(const char *qrels, const char *run, sy_error *error) {
  if (!qrels && !run) return sy_fail(error, SY_E_ARGUMENT, "neither qrels nor a run to read");
  if (qrels && run && strcmp(qrels, "-") == 0 && strcmp(run, "-") == 0) {
    return sy_fail(error, SY_E_ARGUMENT, "qrels and run cannot both be standard input");
  }
  return SY_OK;
}

static sy_status read_and_join(sy_trec *trec, sy_trec_sources *sources, int complete,
                               sy_error *error) {
  sy_status status = SY_OK;
  if (sources->qrels_path) {
    status = sy_trec_read_lines(trec, sources->qrels_path, SY_TREC_QRELS, &sources->qrels, error);
  }
  if (status == SY_OK && sources->run_path) {
    status = sy_trec_read_lines(trec, sources->run_path, SY_TREC_RUN, &sources->run, error);
  }
  return status == SY_OK ? sy_trec_join(trec, sources, complete, error) : status;
}

sy_status sy_trec_read(const char *qrels, const char *run, const sy_trec_options *options,
                       const sy_memory *memory, sy_trec **trec, sy_error *error) {
  sy_trec_sources sources;
  sy_trec *made;
  sy_status status = check_paths(qrels, run, error);
  if (status != SY_OK) return status;
  made = new_trec(memory);
  if (!made) return sy_fail_memory(error);
  memset(&sources, 0, sizeof sources);
  sources.qrels_path = qrels;
  sources.run_path = run;
  status = read_and_join(made, &sources, options && options->complete, error);
  sy_release(memory, sources.qrels.list, sources.qrels.room * sizeof *sources.qrels.list);
  sy_release(memory, sources.run.list, sources.run.room * sizeof *sources.run.list);
  if (status == SY_OK) *trec = made;
  else sy_trec_destroy(made);
  return status;
}

sy_trec_columns sy_trec_view(const sy_trec *trec) {
  sy_trec_columns view;
  view.topics.count = trec->topic_count;
  view.topics.offsets = trec->offsets;
  view.rows = trec->row_count;
  view.retrieved = trec->retrieved;
  view.scores = trec->scores;
  view.grades = trec->grades;
  view.judged = trec->judged;
  view.names = trec->names;
  return view;
}

const char *sy_trec_topic(const sy_trec *trec, size_t topic) {
  return sy_dictionary_name(&trec->topics, (size_t)trec->codes[topic], NULL);
}

const char *sy_trec_document(const sy_trec *trec, size_t row) {
  return trec->arena + trec->documents[row];
}

const char *sy_trec_tag(const sy_trec *trec) { return trec->tag ? trec->tag : ""; }

size_t sy_trec_missing(const sy_trec *trec) { return trec->missing; }

size_t sy_trec_unjudged(const sy_trec *trec) { return trec->unjudged; }
