/*
 * bind_validation.c - folds, losses of single rows, and the prior of the identity. Positional and raw:
 * lua/steelyard/calibrate/ gives them options.
 */
#include "lua/lsy_curve.h"

/* The columns of the table at arg, left on the stack in a table of their own, as vectors in a userdata. */
static sy_vector *check_columns(lua_State *L, int arg, size_t *count, size_t *rows) {
  sy_vector *columns;
  luaL_checktype(L, arg, LUA_TTABLE);
  *count = lua_rawlen(L, arg);
  *rows = 0;
  columns = lsy_newuserdata(L, (*count + 1) * sizeof *columns, 0);
  lua_createtable(L, (int)*count, 0);
  for (size_t c = 0; c < *count; c++) {
    size_t n;
    lua_rawgeti(L, arg, (int)c + 1);
    columns[c] = lsy_checkvector(L, lua_gettop(L), "columns", 0, &n);
    if (c > 0 && n != *rows)
      lsy_error(L, "columns[%d]: %d numbers, but %d in the first", (int)c + 1, (int)n, (int)*rows);
    *rows = n;
    lua_rawseti(L, -2, (int)c + 1);
  }
  return columns;
}

/* core.deal_folds({columns}, whole, folds, seed) -> i32 folds from 0, how many were dealt */
static int core_deal_folds(lua_State *L) {
  size_t folds = lsy_checksize(L, 3, "folds"), count, n, dealt;
  int whole = lua_toboolean(L, 2);
  uint64_t seed = (uint64_t)lsy_checksize(L, 4, "seed");
  sy_vector *columns = check_columns(L, 1, &count, &n);
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
  sy_row_losses(predictions, labels, n, (sy_row_loss)kind,
                (double *)(void *)lsy_newvector(L, SY_F64, n, 0)->data);
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
