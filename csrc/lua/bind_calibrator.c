/*
 * bind_calibrator.c - calibrators: applied to predictions, inverted. Positional and raw:
 * lua/steelyard/calibrate/ gives them options. Their
 * parts are in bind_calibrator_parts.c, fits in bind_fit.c.
 */
#include <string.h>

#include "lua/bind_names.h"
#include "lua/lsy_calibrator.h"

/* ---------------------------------------------------------------------------- userdata -------- */

#define ALIGNMENT 64

/* A calibrator stands at the first aligned byte of its userdata, where its init leaves it. */
static void *aligned(void *userdata) {
  return (void *)(((uintptr_t)userdata + (ALIGNMENT - 1)) & ~(uintptr_t)(ALIGNMENT - 1));
}

const sy_calibrator *lsy_testcalibrator(lua_State *L, int arg) {
  void *userdata = luaL_testudata(L, arg, LSY_CALIBRATOR);
  return userdata ? aligned(userdata) : NULL;
}

const sy_calibrator *lsy_checkcalibrator(lua_State *L, int arg) {
  return aligned(luaL_checkudata(L, arg, LSY_CALIBRATOR));
}

sy_calibrator *lsy_newcalibrator(lua_State *L, size_t bytes) {
  sy_calibrator *block = aligned(lsy_newuserdata(L, bytes + ALIGNMENT, 0));
  luaL_setmetatable(L, LSY_CALIBRATOR);
  return block;
}

const sy_calibrator *lsy_pushcalibrator(lua_State *L, const sy_calibrator_parts *parts) {
  sy_error error = {SY_OK, ""};
  size_t bytes = sy_calibrator_bytes(parts, &error);
  if (bytes == 0) lsy_raise(L, error.status, &error);
  return sy_calibrator_init(lsy_newcalibrator(L, bytes), parts);
}

/* ---------------------------------------------------------------------------- codes ----------- */

/*
 * Columns of codes, one for each of `features`, from the table at an argument, each of n rows, as
 * pointers in a userdata left on the stack; a false entry: all unknown. NULL for nil, and where
 * there are no features to have codes.
 */
static const int32_t *const *check_codes(lua_State *L, int arg, size_t features, size_t n) {
  const int32_t **codes;
  size_t count;
  if (lua_isnoneornil(L, arg) || features == 0) return NULL;
  luaL_checktype(L, arg, LUA_TTABLE);
  if (lua_rawlen(L, arg) != features)
    lsy_error(L, "codes: expected %d columns, got %d", (int)features, (int)lua_rawlen(L, arg));
  codes = lsy_newuserdata(L, (features + 1) * sizeof *codes, 0);
  lua_createtable(L, (int)features, 0);
  for (size_t f = 0; f < features; f++) {
    lua_rawgeti(L, arg, (int)(f + 1));
    codes[f] = NULL;
    if (lua_toboolean(L, -1)) {
      codes[f] = lsy_checkvector(L, lua_gettop(L), "codes", SY_I32, &count).data;
      if (count != n)
        lsy_error(L, "codes[%d]: expected %d, got %d", (int)(f + 1), (int)n, (int)count);
    }
    lua_rawseti(L, -2, (int)(f + 1));
  }
  return codes;
}

/* A feature of a calibrator by its index, from 0. */
static size_t check_feature(lua_State *L, const sy_calibrator *calibrator, int arg) {
  size_t feature = lsy_checksize(L, arg, "feature"),
         count = sy_calibrator_parts_of(calibrator)->features;
  if (feature < 1 || feature > count)
    lsy_error(L, "feature: expected 1 to %d, got %d", (int)count, (int)feature);
  return feature - 1;
}

/* calibrator:code(feature, value) -> code, -1 where unknown */
static int calibrator_code(lua_State *L) {
  const sy_calibrator *calibrator = lsy_checkcalibrator(L, 1);
  size_t feature = check_feature(L, calibrator, 2), length;
  const char *text;
  if (lua_type(L, 3) == LUA_TNUMBER) {
    lua_pushinteger(L, sy_calibrator_code_of_number(calibrator, feature, lua_tonumber(L, 3)));
    return 1;
  }
  text = luaL_checklstring(L, 3, &length);
  lua_pushinteger(L, sy_calibrator_code_of_text(calibrator, feature, text, length));
  return 1;
}

/* Text i of argument 3, names or a list of texts; one of a list is left on the stack. */
static lsy_text text_at(lua_State *L, const lsy_names *names, size_t i) {
  lsy_text text;
  if (names) return lsy_nameat(names, i);
  lua_rawgeti(L, 3, (int)(i + 1));
  if (lua_type(L, -1) != LUA_TSTRING)
    lsy_error(L, "names[%d]: expected a text, got a %s", (int)(i + 1), luaL_typename(L, -1));
  text.data = lua_tolstring(L, -1, &text.length);
  return text;
}

/* codes(feature, names, column of codes that count from 1): each name is looked up once. */
static int codes_of_texts(lua_State *L, const sy_calibrator *calibrator, size_t feature) {
  const lsy_names *names = lua_istable(L, 3) ? NULL : lsy_checknames(L, 3, "names");
  size_t count = names ? lsy_countnames(names) : lua_rawlen(L, 3), n;
  const int32_t *from = lsy_checkvector(L, 4, "codes", SY_I32, &n).data;
  int32_t *map = lsy_newuserdata(L, (count + 1) * sizeof *map, 0), *codes;
  for (size_t i = 0; i < count; i++) {
    lsy_text text = text_at(L, names, i);
    map[i] = sy_calibrator_code_of_text(calibrator, feature, text.data, text.length);
    if (!names) lua_pop(L, 1);
  }
  codes = (int32_t *)(void *)lsy_newvector(L, SY_I32, n, 0)->data;
  for (size_t i = 0; i < n; i++)
    codes[i] = from[i] >= 1 && (size_t)from[i] <= count ? map[from[i] - 1] : -1;
  return 1;
}

/* calibrator:codes(feature, numbers) or (feature, names, codes) -> i32 array, -1 where unknown */
static int calibrator_codes(lua_State *L) {
  const sy_calibrator *calibrator = lsy_checkcalibrator(L, 1);
  size_t feature = check_feature(L, calibrator, 2), n;
  const double *numbers;
  int32_t *codes;
  lua_settop(L, 4);
  if (!lua_isnil(L, 4)) return codes_of_texts(L, calibrator, feature);
  numbers = lsy_checkvector(L, 3, "numbers", SY_F64, &n).data;
  codes = (int32_t *)(void *)lsy_newvector(L, SY_I32, n, 0)->data;
  for (size_t i = 0; i < n; i++)
    codes[i] = sy_calibrator_code_of_number(calibrator, feature, numbers[i]);
  return 1;
}

/* ---------------------------------------------------------------------------- evaluation ------ */

/*
 * calibrator:apply(predictions [, codes [, logits]]) -> array of predictions' type, or f64 of
 * logits
 */
static int calibrator_apply(lua_State *L) {
  const sy_calibrator *calibrator = lsy_checkcalibrator(L, 1);
  size_t features = sy_calibrator_parts_of(calibrator)->features, n;
  const int32_t *const *codes;
  int logits;
  lua_settop(L, 4);
  logits = lua_toboolean(L, 4);
  sy_vector predictions = lsy_checkreals(L, 2, "predictions", &n);
  codes = check_codes(L, 3, features, n);
  lsy_array *out = lsy_newvector(L, logits ? SY_F64 : predictions.dtype, n, 0);
  if (logits) sy_calibrate_logits(calibrator, predictions, codes, n, (double *)(void *)out->data);
  else sy_calibrate_many(calibrator, predictions, codes, n, out->data);
  return 1;
}

/* calibrator:evaluate(prediction [, {a code a feature}]) -> number */
static int calibrator_evaluate(lua_State *L) {
  const sy_calibrator *calibrator = lsy_checkcalibrator(L, 1);
  double prediction = luaL_checknumber(L, 2);
  size_t features = sy_calibrator_parts_of(calibrator)->features, n = 0;
  const int32_t *codes;
  lua_settop(L, 3);
  codes = lsy_optvector(L, 3, "codes", SY_I32, &n).data;
  if (!lua_isnil(L, 3) && n != features)
    lsy_error(L, "codes: expected %d, got %d", (int)features, (int)n);
  lsy_pushnumber(L, sy_calibrate(calibrator, prediction, n ? codes : NULL));
  return 1;
}

/* calibrator:inverse(q) -> prediction, or nil and a message */
static int calibrator_inverse(lua_State *L) {
  const sy_calibrator *calibrator = lsy_checkcalibrator(L, 1);
  sy_error error = {SY_OK, ""};
  double prediction = 0.0;
  sy_status status = sy_calibrate_inverse(calibrator, luaL_checknumber(L, 2), &prediction, &error);
  if (status) return lsy_failed(L, status, &error);
  lsy_pushnumber(L, prediction);
  return 1;
}

static int calibrator_tostring(lua_State *L) {
  const sy_calibrator_parts *parts = sy_calibrator_parts_of(lsy_checkcalibrator(L, 1));
  lua_pushfstring(L, "calibrator (%s)", parts->method);
  return 1;
}

/* calibrator_is(value) -> boolean */
static int l_calibrator_is(lua_State *L) {
  lua_pushboolean(L, lsy_testcalibrator(L, 1) != NULL);
  return 1;
}

static const luaL_Reg methods[] = {{"apply", calibrator_apply},
                                   {"evaluate", calibrator_evaluate},
                                   {"inverse", calibrator_inverse},
                                   {"parts", lsy_calibrator_parts},
                                   {"code", calibrator_code},
                                   {"codes", calibrator_codes},
                                   {NULL, NULL}};
static const luaL_Reg meta[] = {{"__tostring", calibrator_tostring}, {NULL, NULL}};
static const luaL_Reg functions[] = {
    {"calibrator_new", lsy_calibrator_new}, {"calibrator_is", l_calibrator_is}, {NULL, NULL}};

void lsy_open_calibrator(lua_State *L) {
  lsy_newtype(L, LSY_CALIBRATOR, methods, meta);
  luaL_setfuncs(L, functions, 0);
}
