/*
 * bind_curve.c - calibration curves and what is measured on them. Positional and raw: lua/steelyard/calibrate/
 * gives them options.
 */
#include <string.h>

#include "lua/lsy_curve.h"

#define ALIGNMENT 64

/* ------------------------------------------------------------------------------- the type ----- */

const sy_curve *lsy_checkcurve(lua_State *L, int arg) { return luaL_checkudata(L, arg, LSY_CURVE); }

sy_curve *lsy_newcurve(lua_State *L, size_t bytes, void **block) {
  size_t head = sizeof(sy_curve) + ALIGNMENT;
  if (bytes > SIZE_MAX / 2 - head) lsy_error(L, "a curve of %f bytes: too large", (double)bytes);
  sy_curve *curve = lsy_newuserdata(L, head + bytes, 0);
  memset(curve, 0, sizeof *curve);
  luaL_setmetatable(L, LSY_CURVE);
  *block = (void *)(((uintptr_t)(curve + 1) + ALIGNMENT - 1) & ~(uintptr_t)(ALIGNMENT - 1));
  return curve;
}

/* Predictions, labels and weights (or nil) from argument `first` on. */
static sy_labelled check_rows(lua_State *L, int first) {
  sy_labelled rows;
  size_t labels, weights;
  rows.predictions = lsy_checkreals(L, first, "predictions", &rows.n);
  rows.labels = lsy_checkreals(L, first + 1, "labels", &labels);
  rows.weights.data = NULL;
  if (labels != rows.n)
    lsy_error(L, "labels: %d of them for %d predictions", (int)labels, (int)rows.n);
  if (lua_isnoneornil(L, first + 2)) return rows;
  rows.weights = lsy_checkreals(L, first + 2, "weights", &weights);
  if (weights != rows.n)
    lsy_error(L, "weights: %d of them for %d predictions", (int)weights, (int)rows.n);
  return rows;
}

/* A curve of few atoms from many rows goes to a small place, so that it does not hold a large one. */
static void push_compact(lua_State *L, const sy_curve *from) {
  void *block;
  size_t n = from->count, size = n * sizeof(double);
  sy_curve *curve = lsy_newcurve(L, 5 * size, &block);
  double *p = block;
  *curve = *from;
  curve->p = memcpy(p, from->p, size);
  curve->n = memcpy(p + n, from->n, size);
  curve->y = memcpy(p + 2 * n, from->y, size);
  curve->wwpq = memcpy(p + 3 * n, from->wwpq, size);
  curve->w = from->w == from->n ? curve->n : memcpy(p + 4 * n, from->w, size);
}

/* curve(predictions, labels, weights|nil) -> curve */
static int l_curve(lua_State *L) {
  void *block;
  sy_error error = {SY_OK, ""};
  lua_settop(L, 3);
  sy_labelled rows = check_rows(L, 1);
  size_t bytes = sy_curve_bytes(rows.n);
  if (!bytes) return lsy_error(L, "predictions: %f of them are too many", (double)rows.n);
  sy_curve *curve = lsy_newcurve(L, bytes, &block);
  sy_status status = sy_curve_of_rows(&rows, block, curve, &error);
  if (status) return lsy_raise(L, status, &error);
  if (curve->count < rows.n / 2) push_compact(L, curve);
  return 1;
}

static int curve_size(lua_State *L) {
  lsy_pushsize(L, lsy_checkcurve(L, 1)->count);
  return 1;
}

static void set_array(lua_State *L, const char *name, const double *numbers, size_t n) {
  lsy_array *array = lsy_newvector(L, SY_F64, n, 0);
  if (n) memcpy(array->data, numbers, n * sizeof *numbers);
  lua_setfield(L, -2, name);
}

/* curve:arrays() -> {p=, n=, w=, y=} */
static int curve_arrays(lua_State *L) {
  const sy_curve *curve = lsy_checkcurve(L, 1);
  lua_createtable(L, 0, 4);
  set_array(L, "p", curve->p, curve->count);
  set_array(L, "n", curve->n, curve->count);
  set_array(L, "w", curve->w, curve->count);
  set_array(L, "y", curve->y, curve->count);
  return 1;
}

/* curve:totals() -> table */
static int curve_totals(lua_State *L) {
  const sy_curve_totals *t = &lsy_checkcurve(L, 1)->total;
  lua_createtable(L, 0, 10);
  lsy_setnumber(L, "n", t->n);
  lsy_setnumber(L, "w", t->w);
  lsy_setnumber(L, "p", t->p);
  lsy_setnumber(L, "y", t->y);
  lsy_setnumber(L, "ww", t->ww);
  lsy_setnumber(L, "wwp", t->wwp);
  lsy_setnumber(L, "wwpq", t->wwpq);
  lsy_setnumber(L, "squared", t->squared);
  lsy_setnumber(L, "log", t->log);
  lsy_setnumber(L, "clipped", t->clipped);
  return 1;
}

/* ------------------------------------------------------------------------------- the list ----- */

static const luaL_Reg methods[] = {
    {"size", curve_size}, {"arrays", curve_arrays}, {"totals", curve_totals}, {NULL, NULL}};

static const luaL_Reg meta[] = {{"__len", curve_size}, {NULL, NULL}};

static const luaL_Reg functions[] = {{"curve", l_curve}, {NULL, NULL}};

void lsy_open_curve(lua_State *L) {
  lsy_newtype(L, LSY_CURVE, methods, meta);
  luaL_setfuncs(L, functions, 0);
}
