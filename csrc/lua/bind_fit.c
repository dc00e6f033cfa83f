/*
 * bind_fit.c - calibrators' maps, fitted to curves. Positional and raw: lua/steelyard/calibrate/ gives
 * them options.
 */
#include "lua/lsy_calibrator.h"
#include "lua/lsy_curve.h"

static void *new_scratch(lua_State *L, size_t bytes) {
  return lsy_newuserdata(L, bytes ? bytes : 1, 0);
}

/* fit_logistic(curve, kind, smoothing) -> map */
static int l_fit_logistic(lua_State *L) {
  static const char *const names[] = {"shift",   "temperature", "platt",  "quadratic", "beta_abm",
                                      "beta_am", "beta_ab",     "beta_a", NULL};
  const sy_curve *curve = lsy_checkcurve(L, 1);
  sy_logistic_kind kind = (sy_logistic_kind)luaL_checkoption(L, 2, NULL, names);
  void *scratch = new_scratch(L, sy_fit_logistic_bytes(curve->count));
  sy_error error = {SY_OK, ""};
  sy_map map;
  sy_status status = sy_fit_logistic(curve, kind, lua_toboolean(L, 3), scratch, &map, &error);
  if (status) return lsy_raise(L, status, &error);
  lsy_pushmap(L, &map);
  return 1;
}

static const luaL_Reg functions[] = {{"fit_logistic", l_fit_logistic}, {NULL, NULL}};

void lsy_open_fit(lua_State *L) { luaL_setfuncs(L, functions, 0); }
