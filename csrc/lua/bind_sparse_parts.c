/*
 * bind_sparse_parts.c - sparse matrices: counted, cut, compared, and what they do not have.
 */
#include <string.h>

#include "lua/lsy_sparse.h"

/* core.sparse_sizes(bag) -> i64: how many entries each row has */
static int core_sparse_sizes(lua_State *L) {
  sy_sparse matrix;
  lua_settop(L, 1);
  lsy_checksparse(L, 1, "bag", 0, &matrix);
  int64_t *sizes = (int64_t *)(void *)lsy_newvector(L, SY_I64, matrix.rows, 0)->data;
  for (size_t r = 0; r < matrix.rows; r++) sizes[r] = matrix.offsets[r + 1] - matrix.offsets[r];
  return 1;
}

/* core.sparse_counts(bag, columns) -> i64: how many entries each column has */
static int core_sparse_counts(lua_State *L) {
  sy_sparse matrix;
  size_t columns = lsy_checksize(L, 2, "columns");
  lua_settop(L, 2);
  lsy_checksparse(L, 1, "bag", columns, &matrix);
  int64_t *counts = (int64_t *)(void *)lsy_newvector(L, SY_I64, columns, 1)->data;
  for (int64_t e = 0; e < matrix.offsets[matrix.rows]; e++) counts[matrix.ids[e] - 1]++;
  return 1;
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

/*
 * core.sparse_keep(bag, places, columns) -> the bag with column c as column places[c]; 0: left out.
 * No two columns go to one.
 */
static int core_sparse_keep(lua_State *L) {
  sy_sparse matrix;
  size_t n, columns = lsy_checksize(L, 3, "columns"), kept = 0;
  lua_settop(L, 3);
  const int32_t *places = lsy_checkvector(L, 2, "places", SY_I32, &n).data;
  lsy_checksparse(L, 1, "bag", n, &matrix);
  const double *times = lsy_bagtimes(L, 1, &matrix);
  for (size_t c = 0; c < n; c++)
    if (places[c] < 0 || (size_t)places[c] > columns)
      lsy_error(L, "places[%d]: %d is not from 0 to %d", (int)c + 1, (int)places[c], (int)columns);
  int64_t entries = matrix.offsets[matrix.rows];
  for (int64_t e = 0; e < entries; e++) kept += places[matrix.ids[e] - 1] > 0;
  size_t each = sizeof(double) + 2 * sizeof(int32_t) + sizeof(float);
  double *kept_times = lsy_newuserdata(L, (kept + 1) * each, 0);
  int32_t *rows = (int32_t *)(void *)(kept_times + kept), *ids = rows + kept;
  float *values = (float *)(void *)(ids + kept);
  size_t at = 0;
  for (size_t r = 0; r < matrix.rows; r++)
    for (int64_t e = matrix.offsets[r]; e < matrix.offsets[r + 1]; e++) {
      int32_t place = places[matrix.ids[e] - 1];
      if (place == 0) continue;
      rows[at] = (int32_t)r + 1;
      ids[at] = place;
      if (matrix.values) values[at] = matrix.values[e];
      if (times) kept_times[at] = times[e];
      at++;
    }
  sy_sparse_pairs pairs = {rows, ids, matrix.values ? values : NULL, times ? kept_times : NULL,
                           kept};
  if (lsy_buildbag(L, &pairs, matrix.rows) > 0)
    return lsy_error(L, "places: a column stands twice");
  return 1;
}

/* core.sparse_select(bag, flags: i32, wanted) -> the bag of the entries whose flag is `wanted` */
static int core_sparse_select(lua_State *L) {
  sy_sparse matrix;
  size_t n, kept = 0;
  lua_settop(L, 3);
  int32_t wanted = (int32_t)lsy_checksize(L, 3, "wanted");
  const int32_t *flags = lsy_checkvector(L, 2, "flags", SY_I32, &n).data;
  lsy_checksparse(L, 1, "bag", 0, &matrix);
  const double *times = lsy_bagtimes(L, 1, &matrix);
  if (matrix.offsets[matrix.rows] != (int64_t)n)
    lsy_error(L, "flags: there are %d for %d ids", (int)n, (int)matrix.offsets[matrix.rows]);
  for (size_t e = 0; e < n; e++) kept += flags[e] == wanted;
  lsy_bag to = lsy_newbag(L, matrix.rows, kept, matrix.values != NULL, times != NULL);
  size_t at = 0;
  for (size_t r = 0; r < matrix.rows; r++) {
    for (int64_t e = matrix.offsets[r]; e < matrix.offsets[r + 1]; e++) {
      if (flags[e] != wanted) continue;
      to.ids[at] = matrix.ids[e];
      if (to.weights) to.weights[at] = matrix.values[e];
      if (to.times) to.times[at] = times[e];
      at++;
    }
    to.offsets[r + 1] = (int64_t)at;
  }
  return 1;
}

/* core.sparse_within(bag, other) -> i32: 1 for each entry that the other has, too */
static int core_sparse_within(lua_State *L) {
  sy_sparse matrix, other;
  lua_settop(L, 2);
  lsy_checksparse(L, 1, "bag", 0, &matrix);
  lsy_checksparse(L, 2, "other", 0, &other);
  if (matrix.rows != other.rows)
    lsy_error(L, "other: %d rows, but %d are needed", (int)other.rows, (int)matrix.rows);
  size_t entries = (size_t)matrix.offsets[matrix.rows];
  int32_t *flags = (int32_t *)(void *)lsy_newvector(L, SY_I32, entries, 0)->data;
  for (size_t r = 0; r < matrix.rows; r++) {
    int64_t o = other.offsets[r];
    for (int64_t e = matrix.offsets[r]; e < matrix.offsets[r + 1]; e++) {
      while (o < other.offsets[r + 1] && other.ids[o] < matrix.ids[e]) o++;
      flags[e] = o < other.offsets[r + 1] && other.ids[o] == matrix.ids[e];
    }
  }
  return 1;
}

/* core.sparse_latest(bag with times) -> i64: per row the entry, from 1, of the latest time (equal
   ones: of the smallest column); 0 where the row has none */
static int core_sparse_latest(lua_State *L) {
  sy_sparse matrix;
  lua_settop(L, 1);
  lsy_checksparse(L, 1, "bag", 0, &matrix);
  const double *times = lsy_bagtimes(L, 1, &matrix);
  if (!times) return lsy_error(L, "bag: it has no times");
  int64_t *latest = (int64_t *)(void *)lsy_newvector(L, SY_I64, matrix.rows, 1)->data;
  for (size_t r = 0; r < matrix.rows; r++)
    for (int64_t e = matrix.offsets[r]; e < matrix.offsets[r + 1]; e++)
      if (latest[r] == 0 || times[e] > times[latest[r] - 1]) latest[r] = e + 1;
  return 1;
}

/* core.sparse_negatives(bag, columns, most, seed) -> a bag of columns that rows do not have */
static int core_sparse_negatives(lua_State *L) {
  sy_sparse matrix;
  size_t columns = lsy_checksize(L, 2, "columns"), most = lsy_checksize(L, 3, "negatives");
  uint64_t seed = lsy_checkseed(L, 4);
  lua_settop(L, 4);
  lsy_checksparse(L, 1, "bag", columns, &matrix);
  size_t entries = 0;
  for (size_t r = 0; r < matrix.rows; r++) {
    size_t left = columns - (size_t)(matrix.offsets[r + 1] - matrix.offsets[r]);
    entries += most < left ? most : left;
  }
  int32_t *scratch = lsy_newuserdata(L, (columns + 1) * sizeof *scratch, 0);
  lsy_bag to = lsy_newbag(L, matrix.rows, entries, 0, 0);
  sy_sparse_negatives(&matrix, most, seed, to.offsets, to.ids, scratch);
  return 1;
}

static const luaL_Reg functions[] = {{"sparse_sizes", core_sparse_sizes},
                                     {"sparse_counts", core_sparse_counts},
                                     {"sparse_codes", core_sparse_codes},
                                     {"sparse_keep", core_sparse_keep},
                                     {"sparse_select", core_sparse_select},
                                     {"sparse_within", core_sparse_within},
                                     {"sparse_latest", core_sparse_latest},
                                     {"sparse_negatives", core_sparse_negatives},
                                     {NULL, NULL}};

void lsy_open_sparse_parts(lua_State *L) { luaL_setfuncs(L, functions, 0); }
