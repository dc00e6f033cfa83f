/*
 * bind_scores.c - scores of items for histories by a matrix of weights, in the serving core.
 * lua/steelyard/collaborative/weights.lua is its face.
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

static const luaL_Reg functions[] = {{"linear_scores", core_linear_scores}, {NULL, NULL}};

void lsy_open_scores(lua_State *L) { luaL_setfuncs(L, functions, 0); }
