/*
 * bind_validation.c - folds, losses of single rows, and the prior of the identity. Positional and
 * raw: lua/steelyard/calibrate/ gives them options.
 */
#include "lua/lsy_curve.h"

/* core.deal_folds({columns}, whole, folds, seed) -> i32 folds from 0, how many were dealt */
static int core_deal_folds(lua_State *L) {
  size_t folds = lsy_checksize(L, 3, "folds"), count, n, dealt;
  int whole = lua_toboolean(L, 2);
  uint64_t seed = lsy_checkseed(L, 4);
  sy_vector *columns = lsy_checkcolumns(L, 1, &count, &n);
  lsy_array *of_row = lsy_newvector(L, SY_I32, n, 0);
  void *scratch;
  if (folds < 2 || folds > SY_FOLDS_MAX)
    return lsy_error(L, "folds: %d is not from 2 to %d", (int)folds, SY_FOLDS_MAX);
  scratch = lsy_newuserdata(L, sy_deal_bytes(n), 0);
  dealt = sy_deal_folds(columns, count, n, whole, folds, seed, scratch,
                        (int32_t *)(void *)of_row->data);
  lua_pop(L, 1);
  lsy_pushsize(L, dealt);
  return 2;
}

/* core.row_losses(predictions, labels, "log_loss" | "brier") -> f64 losses */
static int core_row_losses(lua_State *L) {
  static const char *const names[] = {"log_loss", "brier", NULL};
  size_t n, labels_n;
  int kind = luaL_checkoption(L, 3, NULL, names);
  sy_vector predictions = lsy_checkreals(L, 1, "predictions", &n);
  sy_vector labels = lsy_checkreals(L, 2, "labels", &labels_n);
  if (labels_n != n)
    return lsy_error(L, "labels: %d numbers for %d predictions", (int)labels_n, (int)n);
  sy_row_losses(predictions, labels, n, (sy_row_loss)kind, lsy_newnumbers(L, n));
  return 1;
}

/* core.curve_toward_identity(curve, rows) -> curve */
static int core_curve_toward_identity(lua_State *L) {
  const sy_curve *curve = lsy_checkcurve(L, 1);
  double rows = luaL_checknumber(L, 2);
  void *block;
  sy_curve *drawn;
  if (!(rows >= 0 && rows <= 1e18))
    return lsy_error(L, "rows: expected a number from 0 to 1e18, got %f", rows);
  drawn = lsy_newcurve(L, sy_curve_bytes(curve->count), &block);
  sy_curve_toward_identity(curve, rows, block, drawn);
  return 1;
}

static const luaL_Reg functions[] = {{"deal_folds", core_deal_folds},
                                     {"row_losses", core_row_losses},
                                     {"curve_toward_identity", core_curve_toward_identity},
                                     {NULL, NULL}};

void lsy_open_validation(lua_State *L) { luaL_setfuncs(L, functions, 0); }
