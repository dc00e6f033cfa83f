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

/* core.sparse_build(rows, columns, values or nil, row count, column count, times or nil) -> bag,
   merged */
static int core_sparse_build(lua_State *L) {
  size_t columns_n, values_n, times_n;
  size_t row_count = lsy_checksize(L, 4, "rows"), column_count = lsy_checksize(L, 5, "columns");
  sy_sparse_pairs pairs;
  lua_settop(L, 6);
  pairs.rows = check_codes(L, 1, "users", row_count, &pairs.count);
  pairs.columns = check_codes(L, 2, "items", column_count, &columns_n);
  pairs.values = lsy_optvector(L, 3, "values", SY_F32, &values_n).data;
  pairs.times = lsy_optvector(L, 6, "times", SY_F64, &times_n).data;
  size_t n = pairs.count;
  if (columns_n != n) lsy_error(L, "items: %d numbers, but users has %d", (int)columns_n, (int)n);
  if (pairs.values && values_n != n)
    lsy_error(L, "values: %d numbers, but users has %d", (int)values_n, (int)n);
  if (pairs.times && times_n != n)
    lsy_error(L, "times: %d numbers, but users has %d", (int)times_n, (int)n);
  for (size_t i = 0; pairs.values && i < n; i++)
    if (!isfinite(pairs.values[i])) lsy_error(L, "values[%d]: it is not finite", (int)i + 1);
  for (size_t i = 0; pairs.times && i < n; i++)
    if (!isfinite(pairs.times[i])) lsy_error(L, "times[%d]: it is not finite", (int)i + 1);
  lsy_pushsize(L, lsy_buildbag(L, &pairs, row_count));
  return 2;
}

static const int64_t *check_rows(lua_State *L, int arg, const sy_sparse *matrix, size_t *n) {
  const int64_t *rows = lsy_checkvector(L, arg, "rows", SY_I64, n).data;
  for (size_t i = 0; i < *n; i++)
    if (rows[i] < 1 || (uint64_t)rows[i] > matrix->rows)
      lsy_error(L, "rows[%d]: %d is not from 1 to %d", (int)i + 1, (int)rows[i], (int)matrix->rows);
  return rows;
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
  const double *times = lsy_bagtimes(L, 1, &matrix);
  const int64_t *rows = check_rows(L, 2, &matrix, &n);
  lsy_bag to = lsy_newbag(L, n, entries_of(&matrix, rows, n), matrix.values != NULL, times != NULL);
  for (size_t i = 0; i < n; i++) {
    int64_t first = matrix.offsets[rows[i] - 1], at = to.offsets[i];
    size_t count = (size_t)(matrix.offsets[rows[i]] - first);
    memcpy(to.ids + at, matrix.ids + first, count * sizeof *to.ids);
    if (to.weights) memcpy(to.weights + at, matrix.values + first, count * sizeof *to.weights);
    if (to.times) memcpy(to.times + at, times + first, count * sizeof *to.times);
    to.offsets[i + 1] = at + (int64_t)count;
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
  lsy_bag seen = lsy_newbag(L, n, count, 1, 0);
  lsy_bag hidden = lsy_newbag(L, n, entries - count, 0, 0);
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

static const luaL_Reg functions[] = {{"sparse_build", core_sparse_build},
                                     {"sparse_pick", core_sparse_pick},
                                     {"sparse_mask", core_sparse_mask},
                                     {"sparse_check", core_sparse_check},
                                     {NULL, NULL}};

void lsy_open_sparse(lua_State *L) { luaL_setfuncs(L, functions, 0); }
