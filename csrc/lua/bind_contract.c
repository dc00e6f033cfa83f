/*
 * bind_contract.c - how the scale of predictions changes between versions. Positional and raw:
 * lua/steelyard/calibrate/contract.lua gives it options.
 */
#include <math.h>

#include "lua/lsy_curve.h"
#include "steelyard/contract.h"
#include "steelyard/significance.h"

/*
 * core.request_sums(values, offsets [, cells, cell]) -> a sum a request; cell: of rows in it alone
 */
static int core_request_sums(lua_State *L) {
  size_t n, ends, others;
  sy_error error = {SY_OK, ""};
  lua_settop(L, 4);
  sy_vector values = lsy_checkreals(L, 1, "values", &n);
  const int64_t *offsets = lsy_checkoffsets(L, 2, &ends);
  const int32_t *cells = lsy_optvector(L, 3, "cells", SY_I32, &others).data;
  if (offsets[ends - 1] != (int64_t)n)
    return lsy_error(L, "values: %d rows, but requests have %d", (int)n, (int)offsets[ends - 1]);
  if (!lua_isnil(L, 3) && others != n)
    return lsy_error(L, "cells: %d of them for %d rows", (int)others, (int)n);
  size_t cell = lsy_optsize(L, 4, "cell", 0);
  if (cell > INT32_MAX) return lsy_error(L, "cell: %f is no cell", (double)cell);
  if (lua_isnil(L, 3)) cells = NULL;
  double *sums = lsy_newnumbers(L, ends - 1);
  sy_status status =
      sy_request_sums(values, (sy_requests){ends - 1, offsets}, cells, (int32_t)cell, sums, &error);
  return status ? lsy_raise(L, status, &error) : 1;
}

/* The sums of arguments 1 and 2, of as many requests. */
static size_t check_sums(lua_State *L, const double **before, const double **after) {
  size_t n, m;
  *before = lsy_checkvector(L, 1, "before", SY_F64, &n).data;
  *after = lsy_checkvector(L, 2, "after", SY_F64, &m).data;
  if (n != m) lsy_error(L, "after: %d requests, but there are %d before", (int)m, (int)n);
  for (size_t i = 0; i < n; i++)
    if (!isfinite((*before)[i]) || !isfinite((*after)[i]))
      lsy_error(L, "before[%d], after[%d]: not finite", (int)i + 1, (int)i + 1);
  return n;
}

/* core.scale_change(before, after) -> {before, after, ratio, error}; both: sums a request */
static int core_scale_change(lua_State *L) {
  const double *before, *after;
  sy_scale_change change;
  lua_settop(L, 2);
  size_t n = check_sums(L, &before, &after);
  sy_scale_change_of(before, after, n, &change);
  lua_createtable(L, 0, 4);
  lsy_setnumber(L, "before", change.before);
  lsy_setnumber(L, "after", change.after);
  lsy_setnumber(L, "ratio", change.ratio);
  lsy_setnumber(L, "error", change.error);
  return 1;
}

/* core.scale_bootstrap(before, after, confidence, resamples, seed) -> low, high of the ratio */
static int core_scale_bootstrap(lua_State *L) {
  sy_units units;
  sy_interval interval;
  sy_error error = {SY_OK, ""};
  lua_settop(L, 5);
  units.count = check_sums(L, &units.weights, &units.sums);
  double confidence = luaL_checknumber(L, 3);
  size_t resamples = lsy_checkresamples(L, 4);
  uint64_t seed = lsy_checkseed(L, 5);
  double *scratch = lsy_newuserdata(L, (2 * resamples + 1) * sizeof *scratch, 0);
  sy_status status = sy_bootstrap(units, SY_BOOTSTRAP_PERCENTILE, confidence, resamples, seed,
                                  scratch, &interval, &error);
  if (status) return lsy_raise(L, status, &error);
  lsy_pushnumber(L, interval.low);
  lsy_pushnumber(L, interval.high);
  return 2;
}

/* core.curve_logits(curve) -> mean, deviation */
static int core_curve_logits(lua_State *L) {
  double mean, deviation;
  sy_curve_logits(lsy_checkcurve(L, 1), &mean, &deviation);
  lsy_pushnumber(L, mean);
  lsy_pushnumber(L, deviation);
  return 2;
}

/*
 * core.match_rows(offsets, order or nil, n) -> for each row of the first n the one of the second n
 * with its key; or nil and a row whose key is not as often in both (the second's from n + 1 on).
 * offsets, order: as core.group_rows gave them for the keys of all 2 n.
 */
static int core_match_rows(lua_State *L) {
  size_t ends, others, bad;
  lua_settop(L, 3);
  const int64_t *offsets = lsy_checkoffsets(L, 1, &ends);
  const int64_t *given = lsy_optvector(L, 2, "order", SY_I64, &others).data;
  size_t n = lsy_checksize(L, 3, "n");
  if (n > (size_t)INT64_MAX / 2 || offsets[ends - 1] != (int64_t)(2 * n) ||
      (!lua_isnil(L, 2) && others != 2 * n))
    return lsy_error(L, "match_rows: not groups of %d rows", (int)(2 * n));
  int64_t *order = NULL, *rows = (void *)lsy_newvector(L, SY_I64, n, 1)->data;
  if (!lua_isnil(L, 2)) {
    order = lsy_newuserdata(L, (2 * n + 1) * sizeof *order, 0);
    for (size_t i = 0; i < 2 * n; i++) {
      if (given[i] < 1 || given[i] > (int64_t)(2 * n)) return lsy_error(L, "order: not rows");
      order[i] = given[i] - 1;
    }
  }
  sy_status status = sy_match_rows(offsets, order, ends - 1, n, rows, &bad);
  if (status) {
    lua_pushnil(L);
    lsy_pushsize(L, bad + 1);
    return 2;
  }
  for (size_t i = 0; i < n; i++) rows[i]++;
  lua_settop(L, 4);
  return 1;
}

static const luaL_Reg functions[] = {
    {"request_sums", core_request_sums},       {"scale_change", core_scale_change},
    {"scale_bootstrap", core_scale_bootstrap}, {"curve_logits", core_curve_logits},
    {"match_rows", core_match_rows},           {NULL, NULL}};

void lsy_open_contract(lua_State *L) { luaL_setfuncs(L, functions, 0); }
