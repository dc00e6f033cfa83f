/*
 * bind_segments.c - calibration by segment and after selection. Rows count from 1, codes from 0
 * (-1: in none). Positional and raw: lua/steelyard/calibrate/ gives them options.
 */
#include <math.h>
#include <string.h>

#include "lua/lsy.h"
#include "steelyard/segments.h"
#include "steelyard/significance.h"

static int32_t *new_codes(lua_State *L, size_t n) {
  return (void *)lsy_newvector(L, SY_I32, n, 0)->data;
}

/* n numbers at an argument. */
static const void *check_rows(lua_State *L, int arg, const char *name, sy_dtype dtype, size_t n) {
  size_t count;
  const void *data = lsy_checkvector(L, arg, name, dtype, &count).data;
  if (count != n) lsy_error(L, "%s: %d numbers for %d rows", name, (int)count, (int)n);
  return data;
}

static const double *optional_rows(lua_State *L, int arg, const char *name, size_t n) {
  return lua_isnoneornil(L, arg) ? NULL : check_rows(L, arg, name, SY_F64, n);
}

/*
 * How many codes there are: no more than 32 bits tell apart, so that no size made of it overflows.
 */
static size_t check_count(lua_State *L, int arg, const char *name) {
  size_t count = lsy_checksize(L, arg, name);
  if (count > INT32_MAX) lsy_error(L, "%s: %f are too many", name, (double)count);
  return count;
}

static const int32_t *check_codes(lua_State *L, int arg, size_t size, size_t *n) {
  const int32_t *codes = lsy_checkvector(L, arg, "codes", SY_I32, n).data;
  for (size_t i = 0; i < *n; i++)
    if (codes[i] >= 0 && (size_t)codes[i] >= size)
      lsy_error(L, "codes[%d]: %d of %d", (int)i + 1, (int)codes[i], (int)size);
  return codes;
}

/* ---------------------------------------------------------------- rows by code --------------- */

/* segment_cross(codes_a, codes_b, size_b) -> i32 codes a * size_b + b */
static int l_cross(lua_State *L) {
  size_t n, size = check_count(L, 3, "size");
  int32_t largest = 0;
  lua_settop(L, 3);
  const int32_t *a = lsy_checkvector(L, 1, "codes", SY_I32, &n).data;
  for (size_t i = 0; i < n; i++) largest = a[i] > largest ? a[i] : largest;
  if (size > (size_t)INT32_MAX / ((size_t)largest + 1))
    return lsy_error(L, "codes: too many intersections");
  const int32_t *b = check_rows(L, 2, "codes", SY_I32, n);
  check_codes(L, 2, size, &n);
  sy_segment_cross(a, b, n, size, new_codes(L, n));
  return 1;
}

/* segment_compact(codes, count, least) -> i32 codes renumbered, i32 the old code of each */
static int l_compact(lua_State *L) {
  size_t n, count = check_count(L, 2, "count"), least = lsy_checksize(L, 3, "least");
  lua_settop(L, 3);
  const int32_t *codes = check_codes(L, 1, count, &n);
  int64_t *scratch = lsy_newuserdata(L, (count + 1) * sizeof *scratch, 0);
  int32_t *kept = lsy_newuserdata(L, (count + 1) * sizeof *kept, 0);
  size_t many = sy_segment_compact(codes, n, count, least, scratch, kept, new_codes(L, n));
  memcpy(new_codes(L, many), kept, many * sizeof *kept);
  return 2;
}

/* segment_split(codes, count) -> i64 rows, segment by segment; i64 offsets */
static int l_split(lua_State *L) {
  size_t n, count = check_count(L, 2, "count");
  lua_settop(L, 2);
  const int32_t *codes = check_codes(L, 1, count, &n);
  int64_t *order = lsy_newuserdata(L, (n + 1) * sizeof *order, 0);
  int64_t *offsets = lsy_newuserdata(L, (count + 1) * sizeof *offsets, 0);
  sy_segment_split(codes, n, count, order, offsets);
  size_t rows = (size_t)offsets[count];
  int64_t *out = (void *)lsy_newvector(L, SY_I64, rows, 0)->data;
  for (size_t i = 0; i < rows; i++) out[i] = order[i] + 1;
  memcpy(lsy_newvector(L, SY_I64, count + 1, 0)->data, offsets, (count + 1) * sizeof *offsets);
  return 2;
}

/* ---------------------------------------------------------------- how far off ---------------- */

/*
 * The segmentation of i64 rows (from 1) and offsets at two stack places. Rows from 0 go to a
 * userdata that stays on the stack.
 */
static sy_segmentation check_segmentation(lua_State *L, int order, int offsets, size_t n) {
  size_t rows, ends;
  sy_segmentation segments;
  segments.offsets = lsy_checkoffsets(L, offsets, &ends);
  segments.count = ends - 1;
  const int64_t *from_one = lsy_checkvector(L, order, "order", SY_I64, &rows).data;
  if (rows != (size_t)segments.offsets[segments.count])
    lsy_error(L, "order: %d rows, but the offsets end at %d", (int)rows,
              (int)segments.offsets[segments.count]);
  int64_t *from_zero = lsy_newuserdata(L, (rows + 1) * sizeof *from_zero, 0);
  for (size_t i = 0; i < rows; i++) {
    from_zero[i] = from_one[i] - 1;
    if (from_one[i] < 1 || (uint64_t)from_one[i] > n)
      lsy_error(L, "order[%d]: no such row", (int)i + 1);
  }
  segments.order = from_zero;
  return segments;
}

/*
 * segment_ranges(predictions, labels, weights or nil, order, offsets)
 *   -> f64 range, variance, largest weight, statistic of each segment
 */
static int l_ranges(lua_State *L) {
  size_t n;
  lua_settop(L, 5);
  const double *predictions = lsy_checkvector(L, 1, "predictions", SY_F64, &n).data;
  const double *labels = check_rows(L, 2, "labels", SY_F64, n);
  const double *weights = optional_rows(L, 3, "weights", n);
  sy_segmentation segments = check_segmentation(L, 4, 5, n);
  sy_segment_range *ranges = lsy_newuserdata(L, (segments.count + 1) * sizeof(sy_segment_range), 0);
  sy_segment_ranges(predictions, labels, weights, segments, ranges);
  double *range = lsy_newnumbers(L, segments.count), *variance = lsy_newnumbers(L, segments.count);
  double *largest = lsy_newnumbers(L, segments.count),
         *statistic = lsy_newnumbers(L, segments.count);
  for (size_t s = 0; s < segments.count; s++) {
    range[s] = ranges[s].range;
    variance[s] = ranges[s].variance;
    largest[s] = ranges[s].largest;
    statistic[s] = ranges[s].statistic;
  }
  return 4;
}

/*
 * Segmentations of two lists of arrays, of rows and of offsets; what they point to stays on the
 * stack.
 */
static sy_segmentation *check_segmentations(lua_State *L, int orders, int offsets, size_t n,
                                            size_t *count) {
  luaL_checktype(L, orders, LUA_TTABLE);
  luaL_checktype(L, offsets, LUA_TTABLE);
  *count = lua_rawlen(L, orders);
  if (lua_rawlen(L, offsets) != *count) lsy_error(L, "offsets: not as many as orders");
  luaL_checkstack(L, 3 * (int)*count + 8, "too many segmentations");
  sy_segmentation *list = lsy_newuserdata(L, (*count + 1) * sizeof *list, 0);
  for (size_t k = 0; k < *count; k++) {
    int top = lua_gettop(L);
    lua_rawgeti(L, orders, (int)k + 1);
    lua_rawgeti(L, offsets, (int)k + 1);
    list[k] = check_segmentation(L, top + 1, top + 2, n);
  }
  return list;
}

/*
 * segment_maxima(predictions, weights or nil, {orders}, {offsets}, resamples, seed)
 *   -> f64: the largest statistic of each drawing
 */
static int l_maxima(lua_State *L) {
  size_t n, count, resamples = lsy_checksize(L, 5, "resamples");
  uint64_t seed = lsy_checkseed(L, 6);
  lua_settop(L, 6);
  if (resamples > SY_RESAMPLES_MAX)
    return lsy_error(L, "resamples: expected up to %d", SY_RESAMPLES_MAX);
  const double *predictions = lsy_checkvector(L, 1, "predictions", SY_F64, &n).data;
  const double *weights = optional_rows(L, 2, "weights", n);
  sy_segmentation *list = check_segmentations(L, 3, 4, n, &count);
  size_t bytes = sy_segment_maxima_bytes(n, list, count);
  if (!bytes) return lsy_error(L, "predictions: too many rows");
  void *scratch = lsy_newuserdata(L, bytes, 0);
  sy_segment_maxima(predictions, weights, n, list, count, resamples, seed, scratch,
                    lsy_newnumbers(L, resamples));
  return 1;
}

/* segment_prior(expected, observed) -> mean, shape */
static int l_prior(lua_State *L) {
  size_t n;
  sy_segment_prior prior;
  lua_settop(L, 2);
  const double *expected = lsy_checkvector(L, 1, "expected", SY_F64, &n).data;
  const double *observed = check_rows(L, 2, "observed", SY_F64, n);
  for (size_t i = 0; i < n; i++)
    if (!(expected[i] >= 0.0 && expected[i] < HUGE_VAL && observed[i] >= 0.0 &&
          observed[i] < HUGE_VAL))
      return lsy_error(L, "expected[%d], observed[%d]: not finite numbers from 0 up", (int)i + 1,
                       (int)i + 1);
  sy_segment_prior_fit(expected, observed, n, &prior);
  lsy_pushnumber(L, prior.mean);
  lsy_pushnumber(L, prior.shape);
  return 2;
}

/* ---------------------------------------------------------------- after selection ------------ */

/* selection_places(scores, order, offsets) -> i32 first and i32 last rank of each row */
static int l_places(lua_State *L) {
  size_t n;
  int64_t single[2];
  lua_settop(L, 3);
  sy_vector scores = lsy_checkreals(L, 1, "scores", &n);
  sy_requests requests = lsy_checkrequests(L, 3, n, single);
  const int64_t *order = check_rows(L, 2, "order", SY_I64, n);
  int64_t *from_zero = lsy_newuserdata(L, (n + 1) * sizeof *from_zero, 0);
  for (size_t i = 0; i < n; i++) {
    from_zero[i] = order[i] - 1;
    if (order[i] < 1 || (uint64_t)order[i] > n)
      return lsy_error(L, "order[%d]: no such row", (int)i + 1);
  }
  int32_t *first = new_codes(L, n), *last = new_codes(L, n);
  memset(first, 0, n * sizeof *first);
  memset(last, 0, n * sizeof *last);
  sy_selection_places(scores, from_zero, requests, first, last);
  return 2;
}

static int32_t check_rank(lua_State *L, int arg) {
  size_t rank = lsy_checksize(L, arg, "rank");
  return rank < INT32_MAX ? (int32_t)rank : INT32_MAX;
}

/* selection_shares(first, last, low, high, weights or nil) -> f64 */
static int l_shares(lua_State *L) {
  size_t n;
  int32_t low = check_rank(L, 3), high = check_rank(L, 4);
  lua_settop(L, 5);
  const int32_t *first = lsy_checkvector(L, 1, "first", SY_I32, &n).data;
  const int32_t *last = check_rows(L, 2, "last", SY_I32, n);
  const double *weights = optional_rows(L, 5, "weights", n);
  sy_selection_shares(first, last, n, low, high, weights, lsy_newnumbers(L, n));
  return 1;
}

static const luaL_Reg functions[] = {
    {"segment_cross", l_cross},     {"segment_compact", l_compact}, {"segment_split", l_split},
    {"segment_ranges", l_ranges},   {"segment_maxima", l_maxima},   {"segment_prior", l_prior},
    {"selection_places", l_places}, {"selection_shares", l_shares}, {NULL, NULL}};

void lsy_open_segments(lua_State *L) { luaL_setfuncs(L, functions, 0); }
