/*
 * lsy_sparse.c - sparse matrices as arguments: a bag {ids, offsets [, weights]}.
 */
#include "lua/lsy_sparse.h"

#include <stdio.h>
#include <string.h>

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

/* The fields of a bag, in a table that takes one slot of the stack; nobody has looked into rows. */
static void check_fields(lua_State *L, int arg, const char *name, size_t columns,
                         sy_sparse *matrix) {
  size_t entries, offsets, weights;
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
  lua_createtable(L, 3, 0); /* what was copied is kept */
  for (int i = 0; i < 3; i++) {
    lua_pushvalue(L, first + i);
    lua_rawseti(L, -2, i + 1);
  }
  lua_replace(L, first);
  lua_settop(L, first);
}

void lsy_checksparse(lua_State *L, int arg, const char *name, size_t columns, sy_sparse *matrix) {
  sy_error error = {SY_OK, ""};
  check_fields(L, arg, name, columns, matrix);
  if (sy_sparse_check(matrix, name, &error) != SY_OK) lsy_error(L, "%s", error.message);
}

const int64_t *lsy_checkrows(lua_State *L, int arg, const char *name, size_t *count) {
  const int64_t *rows = lsy_checkvector(L, arg, name, SY_I64, count).data;
  int64_t *from_zero = lsy_newuserdata(L, (*count + 1) * sizeof *from_zero, 0);
  for (size_t i = 0; i < *count; i++) {
    if (rows[i] < 1) lsy_error(L, "%s[%d]: no row has a number below 1", name, (int)i + 1);
    from_zero[i] = rows[i] - 1;
  }
  return from_zero;
}

/* Raise where ids first .. last - 1 of a row (from 1) do not ascend from 1. */
static void check_row(lua_State *L, const char *name, const sy_sparse *m, int64_t row,
                      int64_t first, int64_t last) {
  char text[96];
  int32_t before = 0;
  for (int64_t e = first; e < last; e++) {
    if (m->ids[e] <= before) {
      snprintf(text, sizeof text, ".ids[%lld]: row %lld must ascend from 1, and %d comes behind %d",
               (long long)e + 1, (long long)row, (int)m->ids[e], (int)before);
      lsy_error(L, "%s%s", name, text);
    }
    before = m->ids[e];
  }
}

void lsy_checkpicked(lua_State *L, int arg, const char *name, const int64_t *rows, size_t count,
                     sy_sparse *matrix) {
  char text[96];
  check_fields(L, arg, name, INT32_MAX, matrix);
  int64_t entries = matrix->offsets[matrix->rows];
  for (size_t i = 0; i < count; i++) {
    if ((uint64_t)rows[i] >= matrix->rows) {
      snprintf(text, sizeof text, "there is no row %lld, but %zu rows", (long long)rows[i] + 1,
               matrix->rows);
      lsy_error(L, "%s: %s", name, text);
    }
    const int64_t *offsets = matrix->offsets + rows[i];
    if (offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] > entries) {
      snprintf(text, sizeof text, ".offsets[%lld]: offsets may not fall", (long long)rows[i] + 2);
      lsy_error(L, "%s%s", name, text);
    }
    check_row(L, name, matrix, rows[i] + 1, offsets[0], offsets[1]);
  }
}

int lsy_optsparse(lua_State *L, int arg, const char *name, size_t columns, sy_sparse *matrix) {
  if (lua_isnoneornil(L, arg)) return 0;
  lsy_checksparse(L, arg, name, columns, matrix);
  return 1;
}

void lsy_shorten(lua_State *L, int place, size_t n) {
  lsy_array *all = lsy_testarray(L, place);
  if (!all || all->shape[0] == n) return;
  lsy_array *part = lsy_newvector(L, all->dtype, n, 0);
  if (n) memcpy(part->data, all->data, n * sy_dtype_size(all->dtype));
  lua_replace(L, place);
}

sy_score_matrix lsy_checkscores(lua_State *L, int arg) {
  lsy_array *array = lsy_testarray(L, arg);
  if (!array || array->dtype > SY_F64 || array->dimensions != 2 || array->stride[1] != 1)
    array = lsy_checkmatrix(L, arg, "scores");
  if (array->dimensions != 2) lsy_error(L, "scores: expected two dimensions, got one");
  sy_score_matrix scores = {
      {array->data, array->dtype}, array->shape[0], array->shape[1], array->stride[0]};
  return scores;
}
