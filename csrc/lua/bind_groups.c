/*
 * bind_groups.c - requests: which rows belong together, and where each request begins.
 * Ids and requests count from 1, offsets from 0 (offsets[r + 1] is where request r + 1 begins).
 */
#include "lua/lsy.h"

static int64_t *new_integers(lua_State *L, size_t n) {
  return (void *)lsy_newvector(L, SY_I64, n, 0)->data;
}

static size_t longest_of(const int64_t *offsets, size_t count) {
  int64_t longest = 0;
  for (size_t i = 0; i < count; i++)
    if (offsets[i + 1] - offsets[i] > longest) longest = offsets[i + 1] - offsets[i];
  return (size_t)longest;
}

/* What sy_group_rows says, in arrays on the stack from `base` on: offsets, first rows, order. */
typedef struct grouping {
  int base;
  size_t n, count;
  int contiguous;
  int64_t *offsets, *first, *order;
} grouping;

static grouping group(lua_State *L) {
  sy_memory memory = lsy_memory(L);
  grouping g;
  sy_status status;
  const int64_t *ids = lsy_checkvector(L, 1, "ids", SY_I64, &g.n).data;
  g.base = lua_gettop(L) + 1;
  g.offsets = new_integers(L, g.n + 1);
  g.first = new_integers(L, g.n);
  g.order = new_integers(L, g.n);
  status = sy_group_rows(ids, g.n, &memory, g.offsets, g.first, g.order, &g.count, &g.contiguous);
  if (status != SY_OK) lsy_raise(L, status, NULL);
  return g;
}

/*
 * core.group_rows(ids) -> offsets, first rows, order (nil: rows as they are), longest. A log whose
 * requests stand together needs no memory for its rows.
 */
static int core_group_rows(lua_State *L) {
  sy_memory memory = lsy_memory(L);
  size_t n, count;
  int contiguous;
  int64_t *order = NULL;
  const int64_t *ids = lsy_checkvector(L, 1, "ids", SY_I64, &n).data;
  sy_status status = sy_group_count(ids, n, &memory, &count, &contiguous);
  if (status != SY_OK) return lsy_raise(L, status, NULL);
  int64_t *offsets = new_integers(L, count + 1), *first = new_integers(L, count);
  if (contiguous) lua_pushnil(L);
  else order = new_integers(L, n);
  status = sy_group_rows(ids, n, &memory, offsets, first, order, &count, &contiguous);
  if (status != SY_OK) return lsy_raise(L, status, NULL);
  for (size_t i = 0; i < count; i++) first[i]++;
  for (size_t i = 0; order && i < n; i++) order[i]++;
  lsy_pushsize(L, longest_of(offsets, count));
  return 4;
}

/* core.group_labels(ids) -> for each row the number of its group, how many groups */
static int core_group_labels(lua_State *L) {
  grouping g = group(L);
  int64_t *labels = new_integers(L, g.n);
  for (size_t r = 0; r < g.count; r++)
    for (int64_t i = g.offsets[r]; i < g.offsets[r + 1]; i++) labels[g.order[i]] = (int64_t)r + 1;
  lsy_pushsize(L, g.count);
  return 2;
}

/* core.group_combine(a, b, count): ids of pairs, from labels a and b where b is at most count. */
static int core_group_combine(lua_State *L) {
  size_t n, m;
  const int64_t *a = lsy_checkvector(L, 1, "a", SY_I64, &n).data;
  const int64_t *b = lsy_checkvector(L, 2, "b", SY_I64, &m).data;
  int64_t count = (int64_t)lsy_checksize(L, 3, "count"), *ids;
  if (n != m) return lsy_error(L, "ids: %d rows and %d rows", (int)n, (int)m);
  ids = new_integers(L, n);
  for (size_t i = 0; i < n; i++) {
    if (a[i] < 1 || b[i] < 1 || b[i] > count || a[i] - 1 > (INT64_MAX - b[i]) / count)
      return lsy_error(L, "ids[%d]: not labels", (int)(i + 1));
    ids[i] = (a[i] - 1) * count + b[i];
  }
  return 1;
}

/* core.group_offsets(sizes) -> offsets, longest */
static int core_group_offsets(lua_State *L) {
  size_t n;
  const int64_t *sizes = lsy_checkvector(L, 1, "sizes", SY_I64, &n).data;
  int64_t *offsets = new_integers(L, n + 1), end = 0;
  for (size_t i = 0; i < n; i++) {
    if (sizes[i] < 0) return lsy_error(L, "sizes[%d]: a size is not below 0", (int)(i + 1));
    if (sizes[i] > INT64_MAX - end) return lsy_error(L, "sizes: too large");
    offsets[i] = end;
    end += sizes[i];
  }
  offsets[n] = end;
  lsy_pushsize(L, longest_of(offsets, n));
  return 2;
}

/* core.group_sizes(offsets) -> sizes, longest */
static int core_group_sizes(lua_State *L) {
  size_t n;
  const int64_t *offsets = lsy_checkoffsets(L, 1, &n);
  int64_t *sizes = new_integers(L, n - 1);
  for (size_t i = 0; i + 1 < n; i++) sizes[i] = offsets[i + 1] - offsets[i];
  lsy_pushsize(L, longest_of(offsets, n - 1));
  return 2;
}

/* core.group_select(offsets, requests) -> the rows of these requests, their offsets, longest */
static int core_group_select(lua_State *L) {
  size_t ends, n, at = 0;
  const int64_t *offsets = lsy_checkoffsets(L, 1, &ends);
  const int64_t *wanted = lsy_checkvector(L, 2, "requests", SY_I64, &n).data;
  int64_t *selected = new_integers(L, n + 1), *rows;
  selected[0] = 0;
  for (size_t i = 0; i < n; i++) {
    int64_t r = wanted[i];
    if (r < 1 || (uint64_t)r >= ends)
      return lsy_error(L, "requests[%d]: %d is out of range 1..%d", (int)(i + 1), (int)r,
                       (int)ends - 1);
    if (offsets[r] - offsets[r - 1] > INT64_MAX - selected[i])
      return lsy_error(L, "requests: too many rows");
    selected[i + 1] = selected[i] + (offsets[r] - offsets[r - 1]);
  }
  rows = new_integers(L, (size_t)selected[n]);
  for (size_t i = 0; i < n; i++)
    for (int64_t row = offsets[wanted[i] - 1]; row < offsets[wanted[i]]; row++)
      rows[at++] = row + 1;
  lua_insert(L, -2);
  lsy_pushsize(L, longest_of(selected, n));
  return 3;
}

static const luaL_Reg functions[] = {{"group_rows", core_group_rows},
                                     {"group_labels", core_group_labels},
                                     {"group_combine", core_group_combine},
                                     {"group_offsets", core_group_offsets},
                                     {"group_sizes", core_group_sizes},
                                     {"group_select", core_group_select},
                                     {NULL, NULL}};

void lsy_open_groups(lua_State *L) { luaL_setfuncs(L, functions, 0); }
