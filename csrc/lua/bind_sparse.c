/*
 * bind_sparse.c - sparse matrices made, cut and put together. A bag is {ids, offsets [, weights]},
 * rows and columns count from 1; what comes back are its fields: offsets, ids, weights (or nil).
 * Positional and raw: lua/steelyard/collaborative/ gives them names and options.
 */
#include <string.h>

#include "lua/lsy_sparse.h"

static size_t entries_of(const sy_sparse *m) { return (size_t)m->offsets[m->rows]; }

static int64_t *new_i64(lua_State *L, size_t n) {
  return (void *)lsy_newvector(L, SY_I64, n, 0)->data;
}
static int32_t *new_i32(lua_State *L, size_t n) {
  return (void *)lsy_newvector(L, SY_I32, n, 0)->data;
}

/* A new f32 vector, or nil where there is nothing to weigh. */
static float *new_weights(lua_State *L, int wanted, size_t n) {
  if (wanted) return (void *)lsy_newvector(L, SY_F32, n, 0)->data;
  lua_pushnil(L);
  return NULL;
}

/* Cut ids and weights, which are on top of the stack, to n numbers. */
static void shorten(lua_State *L, size_t n) {
  int top = lua_gettop(L);
  lsy_shorten(L, top - 1, n);
  lsy_shorten(L, top, n);
}

static size_t check_shape(lua_State *L, int arg, const char *name) {
  size_t n = lsy_checksize(L, arg, name);
  if (n >= SY_SPARSE_LIMIT) lsy_error(L, "%s: more than 2^31 - 2 are too many", name);
  return n;
}

/* n numbers from 1 to most, as a copy that counts from 0; it stays on the stack. */
static int32_t *check_codes(lua_State *L, int arg, const char *name, size_t most, size_t *n) {
  const int32_t *codes = lsy_checkvector(L, arg, name, SY_I32, n).data;
  int32_t *from_zero = lsy_newuserdata(L, (*n + 1) * sizeof *from_zero, 0);
  for (size_t i = 0; i < *n; i++) {
    if (codes[i] < 1 || (size_t)codes[i] > most)
      lsy_error(L, "%s[%d]: %d is not from 1 to %d", name, (int)i + 1, (int)codes[i], (int)most);
    from_zero[i] = codes[i] - 1;
  }
  return from_zero;
}

/* Numbers of each pair, one for each of n, finite; NULL for nil. */
static const void *check_numbers(lua_State *L, int arg, const char *name, sy_dtype dtype,
                                 size_t n) {
  size_t count;
  if (lua_isnil(L, arg)) return NULL;
  sy_vector vector = lsy_checkvector(L, arg, name, dtype, &count);
  if (count != n) lsy_error(L, "interactions: %d users, but %d %s", (int)n, (int)count, name);
  for (size_t i = 0; i < n; i++) {
    double number = dtype == SY_F32 ? (double)((const float *)vector.data)[i]
                                    : ((const double *)vector.data)[i];
    if (!(number - number == 0.0)) lsy_error(L, "%s[%d]: not a finite number", name, (int)i + 1);
  }
  return vector.data;
}

/* Push the places by time of the entries that pairs in an order became. */
static void push_places(lua_State *L, size_t rows, const int64_t *offsets, const uint32_t *order,
                        const double *times) {
  size_t longest = 0;
  for (size_t r = 0; r < rows; r++) {
    size_t n = (size_t)(offsets[r + 1] - offsets[r]);
    longest = n > longest ? n : longest;
  }
  uint32_t *scratch = lsy_newuserdata(L, 2 * longest * sizeof *scratch + 1, 0);
  float *places = (void *)lsy_newvector(L, SY_F32, (size_t)offsets[rows], 0)->data;
  sy_sparse_places(rows, offsets, order, times, scratch, places);
  lua_remove(L, -2);
}

/*
 * sparse_build(rows i32, columns i32, values or nil, rows, columns, times or nil)
 *   -> offsets, ids, weights, merged, places or nil
 */
static int l_build(lua_State *L) {
  size_t n, others;
  sy_sparse_pairs pairs = {0};
  pairs.shape_rows = check_shape(L, 4, "rows");
  pairs.shape_columns = check_shape(L, 5, "columns");
  lua_settop(L, 6);
  int has_values = !lua_isnil(L, 3), has_times = !lua_isnil(L, 6);
  pairs.rows = check_codes(L, 1, "users", pairs.shape_rows, &n);
  pairs.columns = check_codes(L, 2, "items", pairs.shape_columns, &others);
  if (others != n) return lsy_error(L, "interactions: %d users, but %d items", (int)n, (int)others);
  if (n > SY_SPARSE_ENTRIES) return lsy_error(L, "interactions: more than 2^32 - 1 are too many");
  pairs.values = check_numbers(L, 3, "values", SY_F32, n);
  const double *times = check_numbers(L, 6, "times", SY_F64, n);
  pairs.count = n;
  int64_t *scratch = lsy_newuserdata(L, (pairs.shape_columns + 1) * sizeof *scratch, 0);
  void *middle = lsy_newuserdata(L, sy_sparse_middle(&pairs, has_times) + 1, 0);
  uint32_t *order = has_times ? lsy_newuserdata(L, (n + 1) * sizeof *order, 0) : NULL;
  int64_t *offsets = new_i64(L, pairs.shape_rows + 1);
  int32_t *ids = new_i32(L, n);
  float *weights = new_weights(L, has_values, n);
  size_t kept = sy_sparse_build(&pairs, 1, scratch, middle, offsets, ids, weights, order);
  shorten(L, kept);
  lsy_pushsize(L, n - kept);
  if (has_times) push_places(L, pairs.shape_rows, offsets, order, times);
  else lua_pushnil(L);
  return 5;
}

/* sparse_transpose(bag, columns) -> offsets, ids, weights */
static int l_transpose(lua_State *L) {
  sy_sparse m;
  size_t columns = check_shape(L, 2, "columns");
  lua_settop(L, 2);
  lsy_checksparse(L, 1, "interactions", columns, &m);
  m.columns = columns;
  int64_t *offsets = new_i64(L, columns + 1);
  int32_t *ids = new_i32(L, entries_of(&m));
  float *weights = new_weights(L, m.values != NULL, entries_of(&m));
  sy_sparse_transpose(&m, offsets, ids, weights);
  return 3;
}

/* sparse_pick(bag, rows i64) -> offsets, ids, weights */
static int l_pick(lua_State *L) {
  sy_sparse m;
  size_t count;
  lua_settop(L, 2);
  const int64_t *which = lsy_checkrows(L, 2, "rows", &count);
  lsy_checkpicked(L, 1, "interactions", which, count, &m);
  int64_t *offsets = new_i64(L, count + 1);
  sy_sparse_pick_offsets(&m, which, count, offsets);
  int32_t *ids = new_i32(L, (size_t)offsets[count]);
  float *weights = new_weights(L, m.values != NULL, (size_t)offsets[count]);
  sy_sparse_pick(&m, which, count, offsets, ids, weights);
  return 3;
}

/* Do the new numbers of kept columns ascend? Then rows stay sorted. */
static int ascends(const int32_t *map, size_t n) {
  int32_t before = 0;
  for (size_t c = 0; c < n; c++) {
    if (map[c] == 0) continue;
    if (map[c] <= before) return 0;
    before = map[c];
  }
  return 1;
}

/* Renumber row by row, where rows stay sorted. */
static void renumber_rows(const sy_sparse *m, const int32_t *map, int64_t *offsets, int32_t *ids,
                          float *values) {
  int64_t to = 0;
  offsets[0] = 0;
  for (size_t r = 0; r < m->rows; r++) {
    for (int64_t e = m->offsets[r]; e < m->offsets[r + 1]; e++) {
      int32_t number = map[m->ids[e] - m->base];
      if (number == 0) continue;
      ids[to] = number;
      if (values) values[to] = m->values[e];
      to++;
    }
    offsets[r + 1] = to;
  }
}

/* Renumber into pairs, and sort these again: `kept` of them. Gives what sparse_renumber does. */
static int renumber_pairs(lua_State *L, const sy_sparse *m, const int32_t *map, size_t fresh,
                          size_t kept) {
  sy_sparse_pairs pairs = {.count = kept, .shape_rows = m->rows, .shape_columns = fresh};
  int32_t *rows = lsy_newuserdata(L, (kept + 1) * sizeof *rows, 0);
  int32_t *ids = lsy_newuserdata(L, (kept + 1) * sizeof *ids, 0);
  float *values = m->values ? lsy_newuserdata(L, (kept + 1) * sizeof *values, 0) : NULL;
  int64_t *offsets = new_i64(L, m->rows + 1);
  renumber_rows(m, map, offsets, ids, values);
  for (size_t r = 0; r < m->rows; r++)
    for (int64_t e = offsets[r]; e < offsets[r + 1]; e++) rows[e] = (int32_t)r;
  for (size_t e = 0; e < kept; e++) ids[e]--;
  pairs.rows = rows, pairs.columns = ids, pairs.values = values;
  int64_t *scratch = lsy_newuserdata(L, (fresh + 1) * sizeof *scratch, 0);
  void *middle = lsy_newuserdata(L, sy_sparse_middle(&pairs, 0) + 1, 0);
  offsets = new_i64(L, m->rows + 1);
  int32_t *new_ids = new_i32(L, kept);
  float *weights = new_weights(L, values != NULL, kept);
  shorten(L, sy_sparse_build(&pairs, 1, scratch, middle, offsets, new_ids, weights, NULL));
  return 3;
}

/*
 * sparse_renumber(bag, columns, map i32: the new number of each column or 0, new columns)
 *   -> offsets, ids, weights
 */
static int l_renumber(lua_State *L) {
  sy_sparse m;
  size_t columns = check_shape(L, 2, "columns"), n, fresh = check_shape(L, 4, "columns"), kept = 0;
  lua_settop(L, 4);
  lsy_checksparse(L, 1, "interactions", columns, &m);
  const int32_t *map = lsy_checkvector(L, 3, "items", SY_I32, &n).data;
  if (n < m.columns) return lsy_error(L, "items: %d for %d columns", (int)n, (int)m.columns);
  for (size_t c = 0; c < n; c++)
    if (map[c] < 0 || (size_t)map[c] > fresh)
      return lsy_error(L, "items[%d]: %d is not from 0 to %d", (int)c + 1, (int)map[c], (int)fresh);
  for (size_t e = 0; e < entries_of(&m); e++) kept += map[m.ids[e] - m.base] > 0;
  if (!ascends(map, n)) return renumber_pairs(L, &m, map, fresh, kept);
  int64_t *offsets = new_i64(L, m.rows + 1);
  int32_t *ids = new_i32(L, kept);
  float *weights = new_weights(L, m.values != NULL, kept);
  renumber_rows(&m, map, offsets, ids, weights);
  return 3;
}

/* sparse_part(bag, flags i32 (0 or not), other) -> offsets, ids, weights */
static int l_part(lua_State *L) {
  sy_sparse m;
  size_t n, kept = 0;
  int other = lua_toboolean(L, 3);
  lua_settop(L, 3);
  lsy_checksparse(L, 1, "interactions", 0, &m);
  const int32_t *flags = lsy_checkvector(L, 2, "flags", SY_I32, &n).data;
  if (n != entries_of(&m))
    return lsy_error(L, "flags: %d for %d entries", (int)n, (int)entries_of(&m));
  uint8_t *keep = lsy_newuserdata(L, n + 1, 0);
  for (size_t e = 0; e < n; e++) {
    keep[e] = flags[e] != 0;
    kept += keep[e] != other;
  }
  int64_t *offsets = new_i64(L, m.rows + 1);
  int32_t *ids = new_i32(L, kept);
  float *weights = new_weights(L, m.values != NULL, kept);
  sy_sparse_part(&m, keep, other, offsets, ids, weights);
  return 3;
}

/* sparse_reaching(bag, least) -> i32, one for each entry: is its weight (1 where none is) that large? */
static int l_reaching(lua_State *L) {
  sy_sparse m;
  double least = luaL_checknumber(L, 2);
  lua_settop(L, 2);
  lsy_checksparse(L, 1, "interactions", 0, &m);
  int32_t *flags = new_i32(L, entries_of(&m));
  for (size_t e = 0; e < entries_of(&m); e++)
    flags[e] = (m.values ? (double)m.values[e] : 1.0) >= least;
  return 1;
}

/* sparse_merge(bag, bag, minus) -> offsets, ids, weights */
static int l_merge(lua_State *L) {
  sy_sparse a, b;
  int minus = lua_toboolean(L, 3);
  lua_settop(L, 3);
  lsy_checksparse(L, 1, "interactions", 0, &a);
  lsy_checksparse(L, 2, "others", 0, &b);
  if (a.rows != b.rows)
    return lsy_error(L, "others: %d rows, but there are %d", (int)b.rows, (int)a.rows);
  size_t most = entries_of(&a) + (minus ? 0 : entries_of(&b));
  int with_weights = a.values || (!minus && b.values);
  int64_t *offsets = new_i64(L, a.rows + 1);
  int32_t *ids = new_i32(L, most);
  float *weights = new_weights(L, with_weights, most);
  sy_sparse_merge(&a, &b, minus, offsets, ids, weights);
  shorten(L, (size_t)offsets[a.rows]);
  return 3;
}

/* sparse_codes(bag) -> i32: the row of each entry */
static int l_codes(lua_State *L) {
  sy_sparse m;
  lua_settop(L, 1);
  lsy_checksparse(L, 1, "interactions", 0, &m);
  int32_t *codes = new_i32(L, entries_of(&m));
  for (size_t r = 0; r < m.rows; r++)
    for (int64_t e = m.offsets[r]; e < m.offsets[r + 1]; e++) codes[e] = (int32_t)r + 1;
  return 1;
}

/* sparse_counts(bag, columns) -> i64: how many entries each column has */
static int l_counts(lua_State *L) {
  sy_sparse m;
  size_t columns = check_shape(L, 2, "columns");
  lua_settop(L, 2);
  lsy_checksparse(L, 1, "interactions", columns, &m);
  int64_t *counts = (void *)lsy_newvector(L, SY_I64, columns, 1)->data;
  for (size_t e = 0; e < entries_of(&m); e++) counts[m.ids[e] - m.base]++;
  return 1;
}

/* sparse_check(bag, columns [, name]): raises where it is no sparse matrix */
static int l_check(lua_State *L) {
  sy_sparse m;
  size_t columns = check_shape(L, 2, "columns");
  lua_settop(L, 3);
  lsy_checksparse(L, 1, luaL_optstring(L, 3, "interactions"), columns, &m);
  return 0;
}

static const luaL_Reg functions[] = {{"sparse_build", l_build},
                                     {"sparse_transpose", l_transpose},
                                     {"sparse_pick", l_pick},
                                     {"sparse_renumber", l_renumber},
                                     {"sparse_part", l_part},
                                     {"sparse_reaching", l_reaching},
                                     {"sparse_merge", l_merge},
                                     {"sparse_codes", l_codes},
                                     {"sparse_counts", l_counts},
                                     {"sparse_check", l_check},
                                     {NULL, NULL}};

void lsy_open_sparse(lua_State *L) { luaL_setfuncs(L, functions, 0); }
