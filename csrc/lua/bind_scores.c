/*
 * bind_scores.c - scores of items for histories by a matrix of weights, in the serving core.
 * lua/steelyard/collaborative/{ease,slim}.lua are its face.
 */
#include "lua/lsy_sparse.h"
#include "steelyard/linear.h"

/* A matrix of f32 whose numbers follow one another, or an error that tells what it should be. */
static lsy_array *check_matrix(lua_State *L, int arg, const char *name, size_t rows,
                               size_t columns) {
  lsy_array *array = lsy_testarray(L, arg);
  if (!array || array->dtype != SY_F32 || array->dimensions != 2 || array->shape[0] != rows ||
      array->shape[1] != columns || !lsy_iscontiguous(array))
    lsy_error(L, "%s: a matrix f32 of %d x %d is needed", name, (int)rows, (int)columns);
  return array;
}

/* core.linear_scores(histories, weights (items x width), threads, scores) -> scores, filled */
static int core_linear_scores(lua_State *L) {
  const lsy_array *weights = lsy_checkarray(L, 2), *scores;
  size_t threads = lsy_checksize(L, 3, "threads"), items = weights->shape[0];
  size_t width = weights->shape[1];
  sy_sparse histories;
  if (threads < 1 || threads > SY_THREADS_MAX)
    return lsy_error(L, "threads: a whole number from 1 to %d is needed", SY_THREADS_MAX);
  lua_settop(L, 4);
  check_matrix(L, 2, "weights", items, width);
  /* A matrix without rows is not one of "as many as the largest id says". */
  lsy_checksparse(L, 1, "histories", items ? items : 1, &histories);
  if (items == 0 && histories.offsets[histories.rows] > 0)
    return lsy_error(L, "histories.ids[1]: there are no items");
  scores = check_matrix(L, 4, "scores", histories.rows, width);
  sy_linear_scores(&histories, (const float *)(const void *)weights->data, width, (int)threads,
                   (float *)(void *)scores->data);
  lua_settop(L, 4);
  return 1;
}

/* core.sparse_scores(histories, weights {ids, offsets, weights}, threads, scores) -> scores, filled */
static int core_sparse_scores(lua_State *L) {
  size_t threads = lsy_checksize(L, 3, "threads"), offsets, ids, values;
  sy_sparse histories, weights = {0, 0, NULL, NULL, NULL, 1};
  sy_error error = {SY_OK, ""};
  lsy_array *scores;
  sy_status status;
  lsy_checkarray(L, 4);
  if (threads < 1 || threads > SY_THREADS_MAX)
    return lsy_error(L, "threads: a whole number from 1 to %d is needed", SY_THREADS_MAX);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 4);
  lua_getfield(L, 2, "offsets");
  lua_getfield(L, 2, "ids");
  lua_getfield(L, 2, "weights");
  weights.offsets = lsy_checkvector(L, 5, "weights.offsets", SY_I64, &offsets).data;
  weights.ids = lsy_checkvector(L, 6, "weights.ids", SY_I32, &ids).data;
  weights.values = lsy_checkvector(L, 7, "weights.weights", SY_F32, &values).data;
  if (offsets < 2 || ids != values)
    return lsy_error(L, "weights: %d offsets, %d ids and %d weights make no sense", (int)offsets,
                     (int)ids, (int)values);
  weights.rows = weights.columns = offsets - 1;
  lsy_checksparse(L, 1, "histories", weights.rows, &histories);
  scores = check_matrix(L, 4, "scores", histories.rows, weights.columns);
  status = sy_sparse_scores(&histories, &weights, ids, (int)threads, (float *)(void *)scores->data,
                            &error);
  if (status != SY_OK) return lsy_raise(L, status, &error);
  lua_settop(L, 4);
  return 1;
}

/* core.sparse_of(matrix f32) -> {ids, offsets, weights} of its numbers that are not 0 */
static int core_sparse_of(lua_State *L) {
  const lsy_array *dense = lsy_checkarray(L, 1), *offsets, *ids, *values;
  const size_t rows = dense->shape[0], columns = dense->shape[1];
  const float *from = (const float *)(const void *)dense->data;
  lua_settop(L, 1);
  check_matrix(L, 1, "matrix", rows, columns);
  lua_createtable(L, 0, 3);
  offsets = lsy_newvector(L, SY_I64, rows + 1, 0);
  lua_setfield(L, 2, "offsets");
  int64_t *starts = (int64_t *)(void *)offsets->data;
  sy_sparse_of(from, rows, columns, starts, NULL, NULL);
  ids = lsy_newvector(L, SY_I32, (size_t)starts[rows], 0);
  lua_setfield(L, 2, "ids");
  values = lsy_newvector(L, SY_F32, (size_t)starts[rows], 0);
  lua_setfield(L, 2, "weights");
  sy_sparse_of(from, rows, columns, starts, (int32_t *)(void *)ids->data,
               (float *)(void *)values->data);
  return 1;
}

static const luaL_Reg functions[] = {{"linear_scores", core_linear_scores},
                                     {"sparse_scores", core_sparse_scores},
                                     {"sparse_of", core_sparse_of},
                                     {NULL, NULL}};

void lsy_open_scores(lua_State *L) { luaL_setfuncs(L, functions, 0); }
