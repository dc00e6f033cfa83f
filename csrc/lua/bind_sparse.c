/*
 * bind_sparse.c - sparse matrices: made of pairs, rows picked, masked.
 */
#include <math.h>
#include <string.h>

#include "lua/lsy_sparse.h"

static const int32_t *check_codes(lua_State *L, int arg, const char *name, size_t most, size_t *n) {
  const int32_t *codes = lsy_checkvector(L, arg, name, SY_I32, n).data;
  for (size_t i = 0; i < *n; i++)
    if (codes[i] < 1 || (size_t)codes[i] > most)
      lsy_error(L, "%s[%d]: %d is not from 1 to %d", name, (int)i + 1, (int)codes[i], (int)most);
  return codes;
}

/* core.sparse_build(rows, columns, values or nil, row count, column count) -> bag, merged */
static int core_sparse_build(lua_State *L) {
  size_t n, columns_n, values_n;
  size_t row_count = lsy_checksize(L, 4, "rows"), column_count = lsy_checksize(L, 5, "columns");
  lua_settop(L, 5);
  const int32_t *rows = check_codes(L, 1, "users", row_count, &n);
  const int32_t *columns = check_codes(L, 2, "items", column_count, &columns_n);
  const float *values = lsy_optvector(L, 3, "values", SY_F32, &values_n).data;
  if (columns_n != n) lsy_error(L, "items: %d numbers, but users has %d", (int)columns_n, (int)n);
  if (values && values_n != n)
    lsy_error(L, "values: %d numbers, but users has %d", (int)values_n, (int)n);
  for (size_t i = 0; values && i < n; i++)
    if (!isfinite(values[i])) lsy_error(L, "values[%d]: it is not finite", (int)i + 1);
  int64_t *scratch = lsy_newuserdata(L, (n + row_count + column_count + 2) * sizeof *scratch, 0);
  lsy_array *offsets = lsy_newvector(L, SY_I64, row_count + 1, 0);
  lsy_array *ids = lsy_newvector(L, SY_I32, n, 0);
  lsy_array *sums = values ? lsy_newvector(L, SY_F32, n, 0) : NULL;
  if (!sums) lua_pushnil(L);
  size_t entries = sy_sparse_build(rows, columns, values, n, row_count, column_count,
                                   (int64_t *)(void *)offsets->data, (int32_t *)(void *)ids->data,
                                   sums ? (float *)(void *)sums->data : NULL, scratch);
  lua_createtable(L, 0, 3);
  lua_pushvalue(L, 7);
  lua_setfield(L, -2, "offsets");
  lua_pushvalue(L, 8);
  lua_setfield(L, -2, "ids");
  lua_pushvalue(L, 9);
  lua_setfield(L, -2, "weights");
  lsy_pushsize(L, n - entries);
  return 2;
}

static const int64_t *check_rows(lua_State *L, int arg, const sy_sparse *matrix, size_t *n) {
  const int64_t *rows = lsy_checkvector(L, arg, "rows", SY_I64, n).data;
  for (size_t i = 0; i < *n; i++)
    if (rows[i] < 1 || (uint64_t)rows[i] > matrix->rows)
      lsy_error(L, "rows[%d]: %d is not from 1 to %d", (int)i + 1, (int)rows[i], (int)matrix->rows);
  return rows;
}

/* A new bag {ids, offsets [, weights]} of so many rows and entries, on top of the stack. */
typedef struct bag {
  int32_t *ids;
  int64_t *offsets;
  float *weights;
} bag;

static bag new_bag(lua_State *L, size_t rows, size_t entries, int weighted) {
  bag made;
  lua_createtable(L, 0, 3);
  made.offsets = (int64_t *)(void *)lsy_newvector(L, SY_I64, rows + 1, 0)->data;
  lua_setfield(L, -2, "offsets");
  made.ids = (int32_t *)(void *)lsy_newvector(L, SY_I32, entries, 0)->data;
  lua_setfield(L, -2, "ids");
  made.weights = NULL;
  if (weighted) {
    made.weights = (float *)(void *)lsy_newvector(L, SY_F32, entries, 0)->data;
    lua_setfield(L, -2, "weights");
  }
  made.offsets[0] = 0;
  return made;
}

static size_t entries_of(const sy_sparse *matrix, const int64_t *rows, size_t n) {
  size_t entries = 0;
  for (size_t i = 0; i < n; i++)
    entries += (size_t)(matrix->offsets[rows[i]] - matrix->offsets[rows[i] - 1]);
  return entries;
}

/* core.sparse_pick(bag, rows) -> bag of these rows, in this order */
static int core_sparse_pick(lua_State *L) {
  sy_sparse matrix;
  size_t n;
  lua_settop(L, 2);
  lsy_checksparse(L, 1, "bag", 0, &matrix);
  const int64_t *rows = check_rows(L, 2, &matrix, &n);
  bag to = new_bag(L, n, entries_of(&matrix, rows, n), matrix.values != NULL);
  for (size_t i = 0; i < n; i++) {
    int64_t first = matrix.offsets[rows[i] - 1];
    size_t count = (size_t)(matrix.offsets[rows[i]] - first);
    memcpy(to.ids + to.offsets[i], matrix.ids + first, count * sizeof *to.ids);
    if (to.weights)
      memcpy(to.weights + to.offsets[i], matrix.values + first, count * sizeof *to.weights);
    to.offsets[i + 1] = to.offsets[i] + (int64_t)count;
  }
  return 1;
}

/*
 * core.sparse_mask(bag, rows, keep: a number or one for each row, seed, step, normalize) -> the bag of
 * what is shown (with weights), the bag of what is hidden
 */
static int core_sparse_mask(lua_State *L) {
  sy_sparse matrix;
  size_t n, keeps;
  uint64_t seed = lsy_checkseed(L, 4), step = lsy_checkseed(L, 5);
  int normalize = lua_toboolean(L, 6);
  lua_settop(L, 6);
  lsy_checksparse(L, 1, "bag", 0, &matrix);
  const int64_t *given = check_rows(L, 2, &matrix, &n);
  double one = lua_type(L, 3) == LUA_TNUMBER ? lua_tonumber(L, 3) : 0.0;
  const double *each =
      lua_type(L, 3) == LUA_TNUMBER ? NULL : lsy_checkvector(L, 3, "keep", SY_F64, &keeps).data;
  if (each && keeps != n) lsy_error(L, "keep: %d numbers for %d rows", (int)keeps, (int)n);
  double *keep = lsy_newuserdata(L, (n + 1) * (sizeof *keep + sizeof(int64_t)), 0);
  int64_t *rows = (int64_t *)(keep + n);
  for (size_t i = 0; i < n; i++) {
    keep[i] = each ? each[i] : one;
    if (!(keep[i] > 0 && keep[i] <= 1))
      lsy_error(L, "keep: row %d: expected a chance above 0, up to 1, got %f", (int)i + 1, keep[i]);
    rows[i] = given[i] - 1;
  }
  size_t entries = entries_of(&matrix, given, n), count = 0;
  unsigned char *shown = lsy_newuserdata(L, entries + 1, 0);
  sy_sparse_mask(&matrix, rows, n, keep, seed, step, shown);
  for (size_t i = 0; i < entries; i++) count += shown[i];
  bag seen = new_bag(L, n, count, 1), hidden = new_bag(L, n, entries - count, 0);
  size_t at = 0, s = 0, h = 0;
  for (size_t i = 0; i < n; i++) {
    int64_t first = matrix.offsets[rows[i]], end = matrix.offsets[rows[i] + 1];
    double size = (double)(end - first);
    float weight = (float)(1.0 / ((normalize ? sqrt(size) : 1.0) * keep[i]));
    for (int64_t e = first; e < end; e++, at++) {
      if (shown[at]) {
        seen.weights[s] = weight;
        seen.ids[s++] = matrix.ids[e];
      } else {
        hidden.ids[h++] = matrix.ids[e];
      }
    }
    seen.offsets[i + 1] = (int64_t)s;
    hidden.offsets[i + 1] = (int64_t)h;
  }
  return 2;
}

/* core.sparse_check(bag, name, columns): raises where it is none */
static int core_sparse_check(lua_State *L) {
  sy_sparse matrix;
  const char *name = luaL_checkstring(L, 2);
  lsy_checksparse(L, 1, name, lsy_checksize(L, 3, "columns"), &matrix);
  return 0;
}

/* core.sparse_codes(bag) -> i32: the row, from 1, of each entry */
static int core_sparse_codes(lua_State *L) {
  sy_sparse matrix;
  lua_settop(L, 1);
  lsy_checksparse(L, 1, "bag", 0, &matrix);
  size_t entries = (size_t)matrix.offsets[matrix.rows];
  int32_t *codes = (int32_t *)(void *)lsy_newvector(L, SY_I32, entries, 0)->data;
  for (size_t r = 0; r < matrix.rows; r++)
    for (int64_t e = matrix.offsets[r]; e < matrix.offsets[r + 1]; e++) codes[e] = (int32_t)r + 1;
  return 1;
}

static const luaL_Reg functions[] = {
    {"sparse_build", core_sparse_build}, {"sparse_pick", core_sparse_pick},
    {"sparse_mask", core_sparse_mask},   {"sparse_check", core_sparse_check},
    {"sparse_codes", core_sparse_codes}, {NULL, NULL}};

void lsy_open_sparse(lua_State *L) { luaL_setfuncs(L, functions, 0); }
