/*
 * bind_fit.c - calibrators' maps, fitted to curves. Positional and raw: lua/steelyard/calibrate/
 * gives them options.
 */
#include "kernel/calibrators/fit.h"
#include "lua/lsy_calibrator.h"
#include "lua/lsy_curve.h"

/* fit_logistic(curve, kind, smoothing) -> map; "beta_ab_free" is there for comparisons alone */
static int l_fit_logistic(lua_State *L) {
  static const char *const names[] = {"shift",        "temperature", "platt",   "quadratic",
                                      "beta_abm",     "beta_am",     "beta_ab", "beta_a",
                                      "beta_ab_free", NULL};
  const sy_curve *curve = lsy_checkcurve(L, 1);
  int kind = luaL_checkoption(L, 2, NULL, names);
  void *scratch = lsy_newuserdata(L, sy_fit_logistic_bytes(curve->count), 0);
  sy_error error = {SY_OK, ""};
  sy_map map;
  int smoothing = lua_toboolean(L, 3);
  if (kind > SY_LOGISTIC_BETA_A) {
    sy_fit_beta_ab_free(curve, smoothing, scratch, &map);
  } else {
    sy_status status =
        sy_fit_logistic(curve, (sy_logistic_kind)kind, smoothing, scratch, &map, &error);
    if (status) return lsy_raise(L, status, &error);
  }
  lsy_pushmap(L, &map);
  return 1;
}

/* fit_scale(curve) -> map */
static int l_fit_scale(lua_State *L) {
  sy_map map;
  sy_fit_scale(lsy_checkcurve(L, 1), &map);
  lsy_pushmap(L, &map);
  return 1;
}

/* What fits of maps through knots write to. */
typedef struct room {
  void *scratch;
  double *x, *y;
  sy_map map;
  sy_error error;
} room;

static room new_room(lua_State *L, const sy_curve *curve) {
  size_t knots = 2 * curve->count + 2;
  room r = {.scratch = lsy_newuserdata(L, sy_fit_knots_bytes(curve->count), 0)};
  r.x = lsy_newuserdata(L, 2 * knots * sizeof(double), 0);
  r.y = r.x + knots;
  return r;
}

static int push_fitted(lua_State *L, sy_status status, const room *r) {
  if (status) return lsy_raise(L, status, &r->error);
  lsy_pushmap(L, &r->map);
  return 1;
}

/* fit_isotonic(curve, kind) -> map */
static int l_fit_isotonic(lua_State *L) {
  static const char *const names[] = {"plain", "centred", NULL};
  const sy_curve *curve = lsy_checkcurve(L, 1);
  sy_isotonic_kind kind = (sy_isotonic_kind)luaL_checkoption(L, 2, NULL, names);
  room r = new_room(L, curve);
  return push_fitted(L, sy_fit_isotonic(curve, kind, r.scratch, r.x, r.y, &r.map, &r.error), &r);
}

/* fit_histogram(curve, buckets, prior) -> map */
static int l_fit_histogram(lua_State *L) {
  const sy_curve *curve = lsy_checkcurve(L, 1);
  size_t buckets = lsy_checksize(L, 2, "buckets");
  double prior = luaL_checknumber(L, 3);
  room r = new_room(L, curve);
  return push_fitted(
      L, sy_fit_histogram(curve, buckets, prior, r.scratch, r.x, r.y, &r.map, &r.error), &r);
}

/* fit_piecewise(curve, knots, prior) -> map */
static int l_fit_piecewise(lua_State *L) {
  const sy_curve *curve = lsy_checkcurve(L, 1);
  size_t knots = lsy_checksize(L, 2, "knots");
  double prior = luaL_checknumber(L, 3);
  room r = new_room(L, curve);
  return push_fitted(
      L, sy_fit_piecewise(curve, knots, prior, r.scratch, r.x, r.y, &r.map, &r.error), &r);
}

/* ---------------------------------------------------------------------------- segments -------- */

/* fit_offsets(logits, labels, weights or nil, cells, count, variance) -> offsets, curvature */
static int l_fit_offsets(lua_State *L) {
  size_t n, labels_n, weights_n, cells_n, count;
  double variance, *scratch, *offsets, *curvature;
  lua_settop(L, 6);
  const double *logits = lsy_checkvector(L, 1, "logits", SY_F64, &n).data;
  sy_vector labels = lsy_checkreals(L, 2, "labels", &labels_n), weights = {NULL, SY_F64};
  const int32_t *cells = lsy_checkvector(L, 4, "cells", SY_I32, &cells_n).data;
  weights_n = n;
  if (!lua_isnil(L, 3)) weights = lsy_checkreals(L, 3, "weights", &weights_n);
  if (labels_n != n || weights_n != n || cells_n != n)
    lsy_error(L, "fit_offsets: %d logits, %d labels, %d weights, %d cells", (int)n, (int)labels_n,
              (int)weights_n, (int)cells_n);
  count = lsy_checksize(L, 5, "count");
  variance = luaL_checknumber(L, 6);
  if (!(variance > 0.0)) lsy_error(L, "variance: expected a number above 0, got %f", variance);
  if (count > INT32_MAX) lsy_error(L, "count: %f cells are too many", (double)count);
  scratch = lsy_newuserdata(L, 5 * count * sizeof *scratch, 0);
  offsets = lsy_newnumbers(L, count);
  curvature = lsy_newnumbers(L, count);
  sy_fit_offsets(logits, labels, weights, cells, n, count, variance, scratch, offsets, curvature);
  return 2;
}

/* offset_cells(logits, edges, {codes}, {sizes}) -> i32 cells */
static int l_offset_cells(lua_State *L) {
  const int32_t *codes[SY_TABLE_FEATURES];
  size_t sizes[SY_TABLE_FEATURES], n, edges, features, count;
  double product;
  lua_settop(L, 4);
  const double *logits = lsy_checkvector(L, 1, "logits", SY_F64, &n).data;
  const double *edge = lsy_checkvector(L, 2, "edges", SY_F64, &edges).data;
  luaL_checktype(L, 3, LUA_TTABLE);
  luaL_checktype(L, 4, LUA_TTABLE);
  features = lua_rawlen(L, 3);
  if (features > SY_TABLE_FEATURES || lua_rawlen(L, 4) != features)
    lsy_error(L, "offset_cells: expected up to %d columns of codes, and their sizes",
              SY_TABLE_FEATURES);
  product = (double)edges + 1;
  for (size_t f = 0; f < features; f++) {
    lua_rawgeti(L, 3, (int)(f + 1));
    codes[f] = lsy_checkvector(L, lua_gettop(L), "codes", SY_I32, &count).data; /* stays there */
    if (count != n) lsy_error(L, "codes[%d]: %d for %d rows", (int)f + 1, (int)count, (int)n);
    lua_rawgeti(L, 4, (int)(f + 1));
    sizes[f] = lsy_checksize(L, -1, "size");
    product *= (double)sizes[f];
  }
  if (product > (double)INT32_MAX) lsy_error(L, "offset_cells: %f cells are too many", product);
  sy_offset_cells(logits, n, edge, edges, codes, sizes, features,
                  (int32_t *)(void *)lsy_newvector(L, SY_I32, n, 0)->data);
  return 1;
}

/* undo_sampling(predictions, rate) -> array of predictions' type */
static int l_undo_sampling(lua_State *L) {
  size_t n;
  sy_vector predictions = lsy_checkreals(L, 1, "predictions", &n);
  double rate = luaL_checknumber(L, 2);
  if (!(rate > 0.0 && rate <= 1e300)) lsy_error(L, "rate: expected a number above 0, got %f", rate);
  sy_undo_sampling(predictions, rate, n, lsy_newvector(L, predictions.dtype, n, 0)->data);
  return 1;
}

static const luaL_Reg functions[] = {{"fit_logistic", l_fit_logistic},
                                     {"fit_scale", l_fit_scale},
                                     {"fit_isotonic", l_fit_isotonic},
                                     {"fit_histogram", l_fit_histogram},
                                     {"fit_piecewise", l_fit_piecewise},
                                     {"fit_offsets", l_fit_offsets},
                                     {"offset_cells", l_offset_cells},
                                     {"undo_sampling", l_undo_sampling},
                                     {NULL, NULL}};

void lsy_open_fit(lua_State *L) { luaL_setfuncs(L, functions, 0); }
