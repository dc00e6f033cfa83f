/*
 * bind_value_model.c - value models: load, make, save, score.
 */
#include <stdio.h>
#include <string.h>

#include "lua/lsy_calibrator.h"

#define LSY_VALUE_MODEL "steelyard.value_model"

typedef struct lsy_value_model {
  sy_value_model *model; /* NULL when closed */
} lsy_value_model;

static const sy_value_model *check_model(lua_State *L) {
  lsy_value_model *holder = luaL_checkudata(L, 1, LSY_VALUE_MODEL);
  if (!holder->model) lsy_error(L, "the value model is closed");
  return holder->model;
}

static lsy_value_model *new_holder(lua_State *L) {
  lsy_value_model *holder = lsy_newuserdata(L, sizeof *holder, 0);
  holder->model = NULL;
  luaL_setmetatable(L, LSY_VALUE_MODEL);
  return holder;
}

/* ---------------------------------------------------------------------------- making one -- */

/* core.value_model_load(path) -> model, or nil and a message */
static int core_value_model_load(lua_State *L) {
  const char *path = lsy_checkpath(L, 1);
  sy_memory memory = lsy_memory(L);
  sy_error error = {SY_OK, ""};
  lsy_value_model *holder = new_holder(L);
  sy_status status = sy_value_model_load(path, &memory, &holder->model, &error);
  return status == SY_OK ? 1 : lsy_failed(L, status, &error);
}

/* core.value_model_parse(text [, name]) -> model, or nil and a message */
static int core_value_model_parse(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  const char *name = luaL_optstring(L, 2, "value model");
  sy_memory memory = lsy_memory(L);
  sy_error error = {SY_OK, ""};
  lsy_value_model *holder = new_holder(L);
  sy_status status = sy_value_model_parse(text, length, name, &memory, &holder->model, &error);
  return status == SY_OK ? 1 : lsy_failed(L, status, &error);
}

/* The names in the list at 1, in a userdata left on the stack. */
static const char **push_names(lua_State *L, size_t n) {
  const char **names = lsy_newuserdata(L, (n + 1) * sizeof *names, 0);
  for (size_t i = 0; i < n; i++) {
    lua_rawgeti(L, 1, (int)(i + 1));
    if (lua_type(L, -1) != LUA_TSTRING)
      lsy_error(L, "tasks[%d]: expected a name, got a %s", (int)(i + 1), luaL_typename(L, -1));
    names[i] = lua_tostring(L, -1); /* stays in the list */
    if (strlen(names[i]) != lua_rawlen(L, -1))
      lsy_error(L, "tasks[%d]: a name with a zero byte", (int)(i + 1));
    lua_pop(L, 1);
  }
  return names;
}

/* The calibrators in the list at 3 (false: none), in a userdata left on the stack; NULL for nil. */
static const sy_calibrator **push_calibrators(lua_State *L, size_t n) {
  const sy_calibrator **calibrators;
  if (lua_isnil(L, 3)) return NULL;
  luaL_checktype(L, 3, LUA_TTABLE);
  if (lua_rawlen(L, 3) != n)
    lsy_error(L, "calibrators: expected %d, got %d", (int)n, (int)lua_rawlen(L, 3));
  calibrators = lsy_newuserdata(L, n * sizeof(void *), 0);
  for (size_t i = 0; i < n; i++) {
    lua_rawgeti(L, 3, (int)(i + 1));
    calibrators[i] = lsy_testcalibrator(L, -1); /* stays in the list */
    if (!calibrators[i] && (!lua_isboolean(L, -1) || lua_toboolean(L, -1)))
      lsy_error(L, "calibrators[%d]: expected a calibrator or false, got a %s", (int)(i + 1),
                luaL_typename(L, -1));
    lua_pop(L, 1);
  }
  return calibrators;
}

/*
 * core.value_model_new({names}, {weights} [, {calibrators}]) -> model; duplicates and bad weights
 * raise. calibrators: one a task, false for none.
 */
static int core_value_model_new(lua_State *L) {
  size_t n, tasks;
  lua_settop(L, 3);
  const double *weights = lsy_checkvector(L, 2, "weights", SY_F64, &n).data;
  sy_memory memory = lsy_memory(L);
  sy_error error = {SY_OK, ""};
  luaL_checktype(L, 1, LUA_TTABLE);
  tasks = lua_rawlen(L, 1);
  if (tasks != n) return lsy_error(L, "value model: %d tasks but %d weights", (int)tasks, (int)n);
  const char **names = push_names(L, n);
  const sy_calibrator **calibrators = push_calibrators(L, n);
  lsy_value_model *holder = new_holder(L);
  sy_status status = sy_value_model_new_calibrated(names, weights, calibrators, n, &memory,
                                                   &holder->model, &error);
  return status == SY_OK ? 1 : lsy_raise(L, status, &error);
}

/* ------------------------------------------------------------------------------- scoring -- */

/*
 * The columns in the table at `arg`, `tasks` of them, as pointers in a userdata left on the stack
 * (behind the contiguous columns, which it keeps company). All of one type, f32 or f64: where they
 * differ, or are integers or tables, all become f64.
 */
static const void **push_columns(lua_State *L, int arg, size_t tasks, sy_dtype *dtype,
                                 size_t *rows) {
  const void **columns;
  luaL_checktype(L, arg, LUA_TTABLE);
  if (lua_rawlen(L, arg) != tasks)
    lsy_error(L, "columns: expected %d, got %d", (int)tasks, (int)lua_rawlen(L, arg));
  *dtype = tasks ? (sy_dtype)0 : SY_F64;
  for (size_t t = 0; t < tasks; t++) {
    const lsy_array *array;
    lua_rawgeti(L, arg, (int)(t + 1));
    array = lsy_testarray(L, -1);
    if (!array || array->dtype > SY_F64 || (*dtype && array->dtype != *dtype)) *dtype = SY_F64;
    else *dtype = array->dtype;
    lua_pop(L, 1);
    if (*dtype == SY_F64) break;
  }
  columns = lsy_newuserdata(L, (tasks + 1) * sizeof *columns, 0);
  lua_createtable(L, (int)tasks, 0);
  for (size_t t = 0; t < tasks; t++) {
    size_t n;
    lua_rawgeti(L, arg, (int)(t + 1));
    columns[t] = lsy_checkvector(L, lua_gettop(L), "columns", *dtype, &n).data;
    if (t == 0) *rows = n;
    if (n != *rows)
      lsy_error(L, "columns[%d]: expected %d numbers as in the first, got %d", (int)(t + 1),
                (int)*rows, (int)n);
    lua_rawseti(L, -2, (int)(t + 1));
  }
  return columns;
}

/* core.score(weights, {columns}) -> array of the columns' type */
static int core_score(lua_State *L) {
  size_t tasks, rows = 0;
  sy_dtype dtype;
  const double *weights = lsy_checkvector(L, 1, "weights", SY_F64, &tasks).data;
  const void **columns = push_columns(L, 2, tasks, &dtype, &rows);
  lsy_array *scores = lsy_newvector(L, dtype, rows, 0);
  sy_status status = sy_score(weights, tasks, columns, dtype, rows, scores->data);
  return status == SY_OK ? 1 : lsy_raise(L, status, NULL);
}

/* Keep the value on top of the stack in the table at `keep`. */
static void keep_value(lua_State *L, int keep) {
  lua_rawseti(L, keep, (int)lua_rawlen(L, keep) + 1);
}

/*
 * One feature's codes, the array on top of the stack, made contiguous and kept: `rows` of them,
 * below the feature's size.
 */
static const int32_t *keep_codes(lua_State *L, int keep, const char *name, size_t size,
                                 size_t rows) {
  size_t n;
  const int32_t *codes = lsy_checkvector(L, lua_gettop(L), name, SY_I32, &n).data;
  if (n != rows) lsy_error(L, "%s: %d codes, but there are %d rows", name, (int)n, (int)rows);
  for (size_t i = 0; i < n; i++)
    if (codes[i] >= 0 && (size_t)codes[i] >= size)
      lsy_error(L, "%s[%d]: %d is no code, there are %d", name, (int)(i + 1), (int)codes[i],
                (int)size);
  keep_value(L, keep);
  return codes;
}

/* The codes of a calibrator's features, in the list on top of the stack. */
static const int32_t **keep_list(lua_State *L, int keep, const sy_calibrator *calibrator,
                                 size_t task, size_t rows) {
  const sy_calibrator_parts *parts = sy_calibrator_parts_of(calibrator);
  const int32_t **list = lsy_newuserdata(L, (parts->features + 1) * sizeof *list, 0);
  keep_value(L, keep);
  if (lua_rawlen(L, -1) != parts->features)
    lsy_error(L, "codes[%d]: expected a list of %d arrays, got %d", (int)(task + 1),
              (int)parts->features, (int)lua_rawlen(L, -1));
  for (size_t f = 0; f < parts->features; f++) {
    char name[64];
    snprintf(name, sizeof name, "codes[%zu][%zu]", task + 1, f + 1);
    lua_rawgeti(L, -1, (int)(f + 1));
    list[f] = keep_codes(L, keep, name, parts->feature[f].size, rows);
  }
  return list;
}

/*
 * The codes at `arg` as sy_value_model_score takes them, in a userdata and a table left on the
 * stack; NULL for nil.
 */
static const int32_t *const *const *push_codes(lua_State *L, int arg, const sy_value_model *model,
                                               size_t rows) {
  size_t tasks = sy_value_model_count(model);
  const int32_t *const **codes;
  int keep;
  if (lua_isnil(L, arg)) return NULL;
  luaL_checktype(L, arg, LUA_TTABLE);
  codes = lsy_newuserdata(L, tasks * sizeof *codes, 0);
  lua_newtable(L);
  keep = lua_gettop(L);
  for (size_t t = 0; t < tasks; t++) {
    const sy_calibrator *calibrator = sy_value_model_calibrator(model, t);
    lua_rawgeti(L, arg, (int)(t + 1));
    codes[t] = calibrator && lua_istable(L, -1) ? keep_list(L, keep, calibrator, t, rows) : NULL;
    lua_pop(L, 1);
  }
  return codes;
}

/* ------------------------------------------------------------------------------- methods -- */

/* model:score({columns} [, {codes}]) -> array; codes: per task a list of arrays, or false */
static int model_score(lua_State *L) {
  const sy_value_model *model = check_model(L);
  sy_dtype dtype;
  size_t rows = 0;
  lua_settop(L, 3);
  const void **columns = push_columns(L, 2, sy_value_model_count(model), &dtype, &rows);
  const int32_t *const *const *codes = push_codes(L, 3, model, rows);
  lsy_array *scores = lsy_newvector(L, dtype, rows, 0);
  sy_status status = sy_value_model_score(model, columns, codes, dtype, rows, scores->data);
  return status == SY_OK ? 1 : lsy_raise(L, status, NULL);
}

/* model:calibrators() -> a copy of each task's, false where there is none */
static int model_calibrators(lua_State *L) {
  const sy_value_model *model = check_model(L);
  lua_newtable(L);
  for (size_t i = 0; i < sy_value_model_count(model); i++) {
    const sy_calibrator *calibrator = sy_value_model_calibrator(model, i);
    if (calibrator) lsy_pushcalibrator(L, sy_calibrator_parts_of(calibrator));
    else lua_pushboolean(L, 0);
    lua_rawseti(L, -2, (int)(i + 1));
  }
  return 1;
}

static int model_tasks(lua_State *L) {
  const sy_value_model *model = check_model(L);
  lua_newtable(L);
  for (size_t i = 0; i < sy_value_model_count(model); i++) {
    lua_pushstring(L, sy_value_model_task(model, i));
    lua_rawseti(L, -2, (int)(i + 1));
  }
  return 1;
}

static int model_weights(lua_State *L) {
  const sy_value_model *model = check_model(L);
  size_t n = sy_value_model_count(model);
  lsy_array *array = lsy_newvector(L, SY_F64, n, 0);
  memcpy(array->data, sy_value_model_weights(model), n * sizeof(double));
  return 1;
}

static int model_save(lua_State *L) {
  const sy_value_model *model = check_model(L);
  sy_error error = {SY_OK, ""};
  sy_status status = sy_value_model_save(model, lsy_checkpath(L, 2), &error);
  if (status != SY_OK) return lsy_failed(L, status, &error);
  lua_pushboolean(L, 1);
  return 1;
}

static int model_close(lua_State *L) {
  lsy_value_model *holder = luaL_checkudata(L, 1, LSY_VALUE_MODEL);
  sy_value_model *model = holder->model;
  holder->model = NULL;
  sy_value_model_destroy(model);
  return 0;
}

static const luaL_Reg methods[] = {{"score", model_score},
                                   {"tasks", model_tasks},
                                   {"weights", model_weights},
                                   {"calibrators", model_calibrators},
                                   {"save", model_save},
                                   {"close", model_close},
                                   {NULL, NULL}};
static const luaL_Reg meta[] = {{"__gc", model_close}, {"__close", model_close}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"value_model_load", core_value_model_load},
                                     {"value_model_parse", core_value_model_parse},
                                     {"value_model_new", core_value_model_new},
                                     {"score", core_score},
                                     {NULL, NULL}};

void lsy_open_value_model(lua_State *L) {
  lsy_newtype(L, LSY_VALUE_MODEL, methods, meta);
  luaL_setfuncs(L, functions, 0);
}
