/*
 * lsy_sparse.c - sparse matrices as arguments: a bag {ids, offsets [, weights]}.
 */
#include <string.h>

#include "lua/lsy_sparse.h"

/* A field of the bag as a vector, which replaces it on the stack; data NULL where there is none. */
static sy_vector field_of(lua_State *L, int arg, const char *name, const char *field,
                          sy_dtype dtype, size_t *n) {
  char title[96];
  sy_vector none = {NULL, dtype};
  lua_getfield(L, arg, field);
  *n = 0;
  if (lua_isnil(L, -1)) return none;
  snprintf(title, sizeof title, "%.60s.%s", name, field);
  return lsy_checkvector(L, lua_gettop(L), title, dtype, n);
}

static size_t largest(const int32_t *ids, size_t n) {
  int32_t most = 0;
  for (size_t i = 0; i < n; i++)
    if (ids[i] > most) most = ids[i];
  return (size_t)most;
}

void lsy_checksparse(lua_State *L, int arg, const char *name, size_t columns, sy_sparse *matrix) {
  size_t entries, offsets, weights;
  sy_error error = {SY_OK, ""};
  arg = lua_absindex(L, arg);
  luaL_checkstack(L, 8, name);
  if (!lua_istable(L, arg)) {
    char shown[64];
    lsy_describe(L, arg, shown, sizeof shown);
    lsy_error(L, "%s: expected a bag {ids, offsets}, got %s", name, shown);
  }
  int first = lua_gettop(L) + 1;
  matrix->ids = field_of(L, arg, name, "ids", SY_I32, &entries).data;
  int has_ids = !lua_isnil(L, -1);
  matrix->offsets = field_of(L, arg, name, "offsets", SY_I64, &offsets).data;
  matrix->values = field_of(L, arg, name, "weights", SY_F32, &weights).data;
  int has_weights = !lua_isnil(L, -1);
  if (!has_ids || offsets == 0)
    lsy_error(L, "%s: expected a bag {ids, offsets}, and %s missing", name,
              has_ids ? "offsets are" : "ids are");
  if (has_weights && weights != entries)
    lsy_error(L, "%s: there are %d weights for %d ids", name, (int)weights, (int)entries);
  matrix->rows = offsets - 1;
  if (matrix->offsets[matrix->rows] != (int64_t)entries)
    lsy_error(L, "%s: offsets end at %d, but there are %d ids", name,
              (int)matrix->offsets[matrix->rows], (int)entries);
  matrix->base = 1;
  matrix->columns = columns ? columns : largest(matrix->ids, entries);
  if (sy_sparse_check(matrix, name, &error) != SY_OK) lsy_error(L, "%s", error.message);
  lua_createtable(L, 3, 0); /* what was copied is kept */
  for (int i = 0; i < 3; i++) {
    lua_pushvalue(L, first + i);
    lua_rawseti(L, -2, i + 1);
  }
  lua_replace(L, first);
  lua_settop(L, first);
}

int lsy_optsparse(lua_State *L, int arg, const char *name, size_t columns, sy_sparse *matrix) {
  if (lua_isnoneornil(L, arg)) return 0;
  lsy_checksparse(L, arg, name, columns, matrix);
  return 1;
}

lsy_bag lsy_newbag(lua_State *L, size_t rows, size_t entries, int weighted, int timed) {
  lsy_bag made = {NULL, NULL, NULL, NULL};
  lua_createtable(L, 0, 4);
  made.offsets = (int64_t *)(void *)lsy_newvector(L, SY_I64, rows + 1, 0)->data;
  lua_setfield(L, -2, "offsets");
  made.ids = (int32_t *)(void *)lsy_newvector(L, SY_I32, entries, 0)->data;
  lua_setfield(L, -2, "ids");
  if (weighted) {
    made.weights = (float *)(void *)lsy_newvector(L, SY_F32, entries, 0)->data;
    lua_setfield(L, -2, "weights");
  }
  if (timed) {
    made.times = (double *)(void *)lsy_newvector(L, SY_F64, entries, 0)->data;
    lua_setfield(L, -2, "times");
  }
  made.offsets[0] = 0;
  return made;
}

const double *lsy_bagtimes(lua_State *L, int arg, const sy_sparse *matrix) {
  size_t n, entries = (size_t)matrix->offsets[matrix->rows];
  lua_getfield(L, arg, "times");
  if (lua_isnil(L, -1)) return NULL;
  const double *times = lsy_checkvector(L, lua_gettop(L), "times", SY_F64, &n).data;
  if (n != entries) lsy_error(L, "times: there are %d for %d ids", (int)n, (int)entries);
  return times;
}

/* A field of the bag on top of the stack becomes a copy of its first numbers. */
static void cut(lua_State *L, const char *field, sy_dtype dtype, const void *numbers, size_t n) {
  lsy_array *array = lsy_newvector(L, dtype, n, 0);
  memcpy(array->data, numbers, n * sy_dtype_size(dtype));
  lua_setfield(L, -2, field);
}

size_t lsy_buildbag(lua_State *L, const sy_sparse_pairs *pairs, size_t rows) {
  size_t n = pairs->count;
  if (n > UINT32_MAX) lsy_error(L, "more than 2^32 - 1 pairs");
  int64_t *scratch = lsy_newuserdata(L, (n + rows + 1) * sizeof *scratch, 0);
  lsy_bag bag = lsy_newbag(L, rows, n, pairs->values != NULL, pairs->times != NULL);
  sy_sparse_made made = {bag.offsets, bag.ids, bag.weights, bag.times};
  size_t entries = sy_sparse_build(pairs, rows, &made, scratch);
  lua_remove(L, -2);
  if (entries < n) {
    cut(L, "ids", SY_I32, bag.ids, entries);
    if (bag.weights) cut(L, "weights", SY_F32, bag.weights, entries);
    if (bag.times) cut(L, "times", SY_F64, bag.times, entries);
  }
  return n - entries;
}
