/*
 * bind_trec.c - TREC runs and qrels: what was read stays where it is, arrays are views of it.
 */
#include <stdint.h>
#include <string.h>

#include "lua/bind_names.h"
#include "lua/lsy.h"
#include "steelyard/trec.h"

#define LSY_TREC "steelyard.trec"

/* Lives outside Lua's heap, until nothing views it any more. */
typedef struct lsy_trec {
  sy_trec *trec;
} lsy_trec;

static lsy_trec *check_holder(lua_State *L) { return luaL_checkudata(L, 1, LSY_TREC); }

static const sy_trec *check_trec(lua_State *L) {
  const sy_trec *trec = check_holder(L)->trec;
  if (!trec) lsy_error(L, "nothing was read");
  return trec;
}

/* ------------------------------------------------------------------------------- reading -- */

static const char *opt_path(lua_State *L, int arg) {
  return lua_isnil(L, arg) ? NULL : lsy_checkpath(L, arg);
}

/* core.trec_read(qrels or nil, run or nil, complete) -> object, or nil and a message */
static int core_trec_read(lua_State *L) {
  sy_memory memory = lsy_memory(L);
  sy_error error = {SY_OK, ""};
  sy_trec_options options;
  const char *qrels, *run;
  lsy_trec *holder;
  sy_status status;
  lua_settop(L, 3);
  qrels = opt_path(L, 1);
  run = opt_path(L, 2);
  options.complete = lua_toboolean(L, 3);
  holder = lsy_newuserdata(L, sizeof *holder, 0);
  holder->trec = NULL;
  luaL_setmetatable(L, LSY_TREC);
  status = sy_trec_read(qrels, run, &options, &memory, &holder->trec, &error);
  return status == SY_OK ? 1 : lsy_failed(L, status, &error);
}

static int trec_gc(lua_State *L) {
  lsy_trec *holder = check_holder(L);
  sy_trec_destroy(holder->trec);
  holder->trec = NULL;
  return 0;
}

/* A vector of the object's own numbers (argument 1), which it keeps alive. */
static void push_view(lua_State *L, sy_dtype dtype, const void *data, size_t n) {
  lsy_array *view = lsy_newuserdata(L, sizeof *view, 1);
  view->data = (char *)(uintptr_t)data;
  view->dtype = dtype;
  view->dimensions = 1;
  view->shape[0] = n;
  view->shape[1] = 1;
  view->stride[0] = 1;
  view->stride[1] = 1;
  luaL_setmetatable(L, LSY_ARRAY);
  lsy_anchor(L, -1, 1);
}

/* columns() -> offsets, retrieved, scores, grades, judged, names */
static int trec_columns(lua_State *L) {
  sy_trec_columns view = sy_trec_view(check_trec(L));
  push_view(L, SY_I64, view.topics.offsets, view.topics.count + 1);
  push_view(L, SY_I64, view.retrieved, view.topics.count);
  push_view(L, SY_F64, view.scores, view.rows);
  push_view(L, SY_F64, view.grades, view.rows);
  push_view(L, SY_I32, view.judged, view.rows);
  push_view(L, SY_I32, view.names, view.rows);
  return 6;
}

/* topics() -> list of texts */
static int trec_topics(lua_State *L) {
  const sy_trec *trec = check_trec(L);
  size_t count = sy_trec_view(trec).topics.count;
  lua_createtable(L, (int)count, 0);
  for (size_t t = 0; t < count; t++) {
    lua_pushstring(L, sy_trec_topic(trec, t));
    lua_rawseti(L, -2, (int)t + 1);
  }
  return 1;
}

/* document(row) -> text */
static int trec_document(lua_State *L) {
  const sy_trec *trec = check_trec(L);
  size_t rows = sy_trec_view(trec).rows;
  int64_t row;
  char shown[64];
  if (!lsy_tointeger64(L, 2, &row) || row < 1 || (uint64_t)row > rows) {
    lua_settop(L, 2);
    lsy_describe(L, 2, shown, sizeof shown);
    return lsy_error(L, "document: row %s is none of 1..%d", shown, (int)rows);
  }
  lua_pushstring(L, sy_trec_document(trec, (size_t)row - 1));
  return 1;
}

/* documents() -> names, one for each row */
static int trec_documents(lua_State *L) {
  const sy_trec *trec = check_trec(L);
  size_t rows = sy_trec_view(trec).rows, bytes = 0;
  lsy_names *names;
  for (size_t i = 0; i < rows; i++) bytes += strlen(sy_trec_document(trec, i));
  names = lsy_newnames(L, rows, bytes);
  for (size_t i = 0; i < rows; i++) {
    const char *name = sy_trec_document(trec, i);
    lsy_setname(names, i, name, strlen(name));
  }
  return 1;
}

static int trec_tag(lua_State *L) {
  lua_pushstring(L, sy_trec_tag(check_trec(L)));
  return 1;
}

/* counts() -> missing topics, unjudged topics */
static int trec_counts(lua_State *L) {
  const sy_trec *trec = check_trec(L);
  lsy_pushsize(L, sy_trec_missing(trec));
  lsy_pushsize(L, sy_trec_unjudged(trec));
  return 2;
}

/* ------------------------------------------------------------------------------- writing -- */

/* The names at an argument as texts, in a userdata on top of the stack. */
static const sy_trec_text *push_texts(lua_State *L, int arg, const char *name, size_t expected) {
  const lsy_names *names = lsy_checknames(L, arg, name);
  size_t n = lsy_countnames(names);
  sy_trec_text *texts;
  if (n != expected) lsy_error(L, "%s: %d names, but %d are needed", name, (int)n, (int)expected);
  texts = lsy_newuserdata(L, (n + 1) * sizeof *texts, 0);
  for (size_t i = 0; i < n; i++) {
    lsy_text text = lsy_nameat(names, i);
    texts[i].data = text.data;
    texts[i].length = text.length;
  }
  return texts;
}

/* Arguments 2 to 4: topics' names, offsets, documents' names. What they become stays on the stack. */
static sy_trec_rows check_rows(lua_State *L) {
  sy_trec_rows rows;
  size_t ends;
  rows.topics.offsets = lsy_checkoffsets(L, 3, &ends);
  rows.topics.count = ends - 1;
  rows.topic_names = push_texts(L, 2, "topics", ends - 1);
  rows.documents = push_texts(L, 4, "documents", (size_t)rows.topics.offsets[ends - 1]);
  return rows;
}

/* Argument 5: a number for every row. */
static const double *check_values(lua_State *L, const char *name, const sy_trec_rows *rows) {
  size_t n, expected = (size_t)rows->topics.offsets[rows->topics.count];
  const double *values = lsy_checkvector(L, 5, name, SY_F64, &n).data;
  if (n != expected) lsy_error(L, "%s: %d numbers, but %d are needed", name, (int)n, (int)expected);
  return values;
}

/* Only the system's refusals come back as a message: all else is the caller's doing. */
static int answer(lua_State *L, sy_status status, const sy_error *error) {
  if (status != SY_OK && status != SY_E_IO) return lsy_raise(L, status, error);
  if (status != SY_OK) return lsy_failed(L, status, error);
  lua_pushboolean(L, 1);
  return 1;
}

/* core.trec_write_run(path, topics, offsets, documents, scores, tag) -> true, or nil and a message */
static int core_trec_write_run(lua_State *L) {
  sy_memory memory = lsy_memory(L);
  sy_error error = {SY_OK, ""};
  const char *path = lsy_checkpath(L, 1);
  sy_trec_rows rows;
  const double *scores;
  sy_trec_text tag;
  lua_settop(L, 6);
  tag.data = luaL_checklstring(L, 6, &tag.length);
  rows = check_rows(L);
  scores = check_values(L, "scores", &rows);
  return answer(L, sy_trec_write_run(path, &rows, scores, tag, &memory, &error), &error);
}

/* core.trec_write_qrels(path, topics, offsets, documents, grades) -> true, or nil and a message */
static int core_trec_write_qrels(lua_State *L) {
  sy_memory memory = lsy_memory(L);
  sy_error error = {SY_OK, ""};
  const char *path = lsy_checkpath(L, 1);
  sy_trec_rows rows;
  const double *grades;
  lua_settop(L, 5);
  rows = check_rows(L);
  grades = check_values(L, "grades", &rows);
  return answer(L, sy_trec_write_qrels(path, &rows, grades, &memory, &error), &error);
}

static const luaL_Reg methods[] = {{"columns", trec_columns},
                                   {"topics", trec_topics},
                                   {"document", trec_document},
                                   {"documents", trec_documents},
                                   {"tag", trec_tag},
                                   {"counts", trec_counts},
                                   {NULL, NULL}};
static const luaL_Reg meta[] = {{"__gc", trec_gc}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"trec_read", core_trec_read},
                                     {"trec_write_run", core_trec_write_run},
                                     {"trec_write_qrels", core_trec_write_qrels},
                                     {NULL, NULL}};

void lsy_open_trec(lua_State *L) {
  lsy_newtype(L, LSY_TREC, methods, meta);
  luaL_setfuncs(L, functions, 0);
}
