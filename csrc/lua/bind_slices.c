/*
 * bind_slices.c - parts of a log. Rows and requests count from 1, slices from 0 (-1: in none).
 * Positional and raw: lua/steelyard/slices.lua gives them options.
 */
#include <string.h>

#include "lua/lsy.h"
#include "steelyard/slices.h"

static int32_t *new_slices(lua_State *L, size_t n) {
  return (void *)lsy_newvector(L, SY_I32, n, 0)->data;
}

static int64_t *new_integers(lua_State *L, size_t n) {
  return (void *)lsy_newvector(L, SY_I64, n, 0)->data;
}

static sy_requests check_requests(lua_State *L, int arg) {
  size_t ends;
  sy_requests requests;
  requests.offsets = lsy_checkoffsets(L, arg, &ends);
  requests.count = ends - 1;
  return requests;
}

static size_t rows_of(sy_requests requests) { return (size_t)requests.offsets[requests.count]; }

/* A column of as many numbers as there are rows. */
static sy_vector check_rows(lua_State *L, int arg, const char *name, sy_dtype dtype, size_t rows) {
  size_t n;
  sy_vector values = lsy_checkvector(L, arg, name, dtype, &n);
  if (n != rows) lsy_error(L, "%s: %d numbers for %d rows", name, (int)n, (int)rows);
  return values;
}

/* slice_values(values, most) -> slices, distinct values; or nil where there are more */
static int l_values(lua_State *L) {
  size_t n, count, most = lsy_checksize(L, 2, "most");
  lua_settop(L, 2);
  sy_vector values = lsy_checkvector(L, 1, "values", 0, &n);
  if (most > n) most = n;
  double *distinct = lsy_newuserdata(L, (most + 1) * sizeof *distinct, 0);
  int32_t *slices = new_slices(L, n);
  if (sy_slice_values(values, n, most, distinct, &count, slices, NULL)) {
    lua_pushnil(L);
    return 1;
  }
  memcpy(lsy_newvector(L, SY_F64, count, 0)->data, distinct, count * sizeof *distinct);
  return 2;
}

/* slice_cut(values, edges) -> slices */
static int l_cut(lua_State *L) {
  size_t n, count;
  lua_settop(L, 2);
  sy_vector values = lsy_checkvector(L, 1, "values", 0, &n);
  const double *edges = lsy_checkvector(L, 2, "edges", SY_F64, &count).data;
  sy_slice_cut(values, n, edges, count, new_slices(L, n));
  return 1;
}

/* slice_sizes(offsets) -> i32: per row, how many rows its request has */
static int l_sizes(lua_State *L) {
  lua_settop(L, 1);
  sy_requests requests = check_requests(L, 1);
  sy_slice_sizes(requests, new_slices(L, rows_of(requests)));
  return 1;
}

/* slice_ranks(order, offsets) -> i32: per row, its rank. order: as core.rank gives it, of all ranks */
static int l_ranks(lua_State *L) {
  lua_settop(L, 2);
  sy_requests requests = check_requests(L, 2);
  size_t rows = rows_of(requests);
  const int64_t *order = check_rows(L, 1, "order", SY_I64, rows).data;
  int64_t *from_zero = lsy_newuserdata(L, (rows + 1) * sizeof *from_zero, 0);
  for (size_t i = 0; i < rows; i++) {
    from_zero[i] = order[i] - 1;
    if (order[i] < 1 || (uint64_t)order[i] > rows)
      return lsy_error(L, "order[%d]: no such row", (int)i + 1);
  }
  int32_t *ranks = new_slices(L, rows);
  memset(ranks, 0, rows * sizeof *ranks);
  sy_slice_ranks(from_zero, requests, ranks);
  return 1;
}

/* slice_mixed(values, offsets) -> the first request whose rows differ, or nil */
static int l_mixed(lua_State *L) {
  lua_settop(L, 2);
  sy_requests requests = check_requests(L, 2);
  size_t request = sy_slice_mixed(check_rows(L, 1, "values", 0, rows_of(requests)), requests);
  if (request == requests.count) lua_pushnil(L);
  else lsy_pushsize(L, request + 1);
  return 1;
}

/* slice_requests(slices, offsets) -> i32: the slice of each request's first row */
static int l_requests(lua_State *L) {
  lua_settop(L, 2);
  sy_requests requests = check_requests(L, 2);
  const int32_t *slices = check_rows(L, 1, "slices", SY_I32, rows_of(requests)).data;
  sy_slice_requests(slices, requests, new_slices(L, requests.count));
  return 1;
}

/* The first `count` numbers of the vector at an index, as one of its own on top of the stack. */
static void push_start(lua_State *L, int index, size_t count) {
  const lsy_array *all = lsy_testarray(L, index);
  size_t size = all->dtype == SY_I32 ? sizeof(int32_t) : sizeof(int64_t);
  memcpy(lsy_newvector(L, all->dtype, count, 0)->data, all->data, count * size);
}

/*
 * slice_split(slices, offsets, how many slices)
 *   -> rows, piece by piece; the pieces' offsets, slices and requests; the longest piece
 */
static int l_split(lua_State *L) {
  lua_settop(L, 3);
  size_t slices = lsy_checksize(L, 3, "slices"), longest = 0;
  sy_requests requests = check_requests(L, 2);
  size_t rows = rows_of(requests);
  const int32_t *of_row = check_rows(L, 1, "slices", SY_I32, rows).data;
  for (size_t i = 0; i < rows; i++)
    if (of_row[i] >= 0 && (size_t)of_row[i] >= slices)
      return lsy_error(L, "slices[%d]: %d of %d", (int)i + 1, (int)of_row[i], (int)slices);
  int64_t *scratch = lsy_newuserdata(L, (3 * slices + 1) * sizeof *scratch, 0);
  int base = lua_gettop(L);
  int64_t *order = new_integers(L, rows), *offsets = new_integers(L, rows + 1);
  int32_t *of_slice = new_slices(L, rows);
  int64_t *of_request = new_integers(L, rows);
  size_t pieces =
      sy_slice_split(of_row, requests, slices, order, offsets, of_slice, of_request, scratch);
  for (int64_t i = 0; i < offsets[pieces]; i++) order[i]++;
  for (size_t p = 0; p < pieces; p++) {
    size_t length = (size_t)(offsets[p + 1] - offsets[p]);
    of_request[p]++;
    if (length > longest) longest = length;
  }
  push_start(L, base + 1, (size_t)offsets[pieces]);
  push_start(L, base + 2, pieces + 1);
  push_start(L, base + 3, pieces);
  push_start(L, base + 4, pieces);
  lsy_pushsize(L, longest);
  return 5;
}

static const luaL_Reg functions[] = {{"slice_values", l_values}, {"slice_cut", l_cut},
                                     {"slice_sizes", l_sizes},   {"slice_ranks", l_ranks},
                                     {"slice_mixed", l_mixed},   {"slice_requests", l_requests},
                                     {"slice_split", l_split},   {NULL, NULL}};

void lsy_open_slices(lua_State *L) { luaL_setfuncs(L, functions, 0); }
