/*
 * bind_tuning.c - the objective: a log's predictions bound to one rule, evaluated under weights.
 *
 * An objective holds plain pointers into arrays; the table of those arrays is anchored to it. What
 * Lua code could change to something that leads out of bounds (offsets, remembered orders) is its own.
 */
#include "lua/lsy.h"

#include <string.h>

#define LSY_OBJECTIVE "steelyard.objective"

typedef struct objective {
  sy_predictions predictions;
  sy_rule rule;
  sy_semantics semantics;
  sy_work *work;
  const void *const *gains; /* NULL: the predictions themselves */
  double *ideals;           /* NULL until sy_ideal_dcg has filled them */
  int32_t *orders;          /* NULL, or the memory of the last evaluation's orders */
  const void *columns[2 * SY_TASKS_MAX];
} objective;

static objective *check_objective(lua_State *L) { return luaL_checkudata(L, 1, LSY_OBJECTIVE); }

static int raise_if(lua_State *L, sy_status status, const sy_error *error) {
  return status ? lsy_raise(L, status, error) : 0;
}

/*
 * Take the columns listed in the table at `list`: contiguous, of one type, `rows` long. They are
 * put into the table at `anchor`.
 */
static size_t take_columns(lua_State *L, int list, int anchor, const char *name, sy_dtype *dtype,
                           size_t *rows, const void **columns) {
  size_t count = lua_rawlen(L, list);
  if (count == 0 || count > SY_TASKS_MAX)
    lsy_error(L, "%s: %d tasks; from 1 to %d are possible", name, (int)count, SY_TASKS_MAX);
  for (size_t t = 0; t < count; t++) {
    size_t n;
    lua_rawgeti(L, list, (int)t + 1);
    sy_vector column = lsy_checkvector(L, lua_gettop(L), name, *dtype, &n);
    if (*dtype == 0) *dtype = column.dtype;
    if (*rows == SIZE_MAX) *rows = n;
    if (n != *rows) lsy_error(L, "%s: columns of %d and %d rows", name, (int)*rows, (int)n);
    columns[t] = column.data;
    lua_rawseti(L, anchor, (int)lua_rawlen(L, anchor) + 1);
  }
  return count;
}

static void anchor_argument(lua_State *L, int anchor, int arg) {
  if (lua_isnil(L, arg)) return;
  lua_pushvalue(L, arg);
  lua_rawseti(L, anchor, (int)lua_rawlen(L, anchor) + 1);
}

/* Uninitialised memory that lives as long as the table at `anchor`. */
static void *anchor_memory(lua_State *L, int anchor, size_t size) {
  void *memory = lsy_newuserdata(L, size, 0);
  lua_rawseti(L, anchor, (int)lua_rawlen(L, anchor) + 1);
  return memory;
}

/* The same for the objective at 1, made before. */
static void *own_memory(lua_State *L, size_t size) {
  void *memory;
  lsy_pushanchor(L, 1);
  memory = anchor_memory(L, lua_gettop(L), size);
  lua_pop(L, 1);
  return memory;
}

static sy_requests own_requests(lua_State *L, int anchor, sy_requests requests) {
  size_t size = (requests.count + 1) * sizeof *requests.offsets;
  int64_t *offsets = anchor_memory(L, anchor, size);
  memcpy(offsets, requests.offsets, size);
  requests.offsets = offsets;
  return requests;
}

static void check_real(lua_State *L, sy_dtype dtype) {
  if (dtype != SY_F32 && dtype != SY_F64) lsy_error(L, "predictions: f32 or f64 arrays are needed");
}

/* objective(columns, gains or nil, offsets, work, semantics, k, gain, ties, empty, names) */
static int l_objective(lua_State *L) {
  static const char *const semantics_names[] = {"standard", "seed", NULL};
  sy_dtype dtype = 0;
  size_t rows = SIZE_MAX, count;
  int64_t single[2];
  lua_settop(L, 10);
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_newtable(L);
  objective *o = lsy_newuserdata(L, sizeof *o, 1);
  memset(o, 0, sizeof *o);
  o->predictions.tasks = count = take_columns(L, 1, 11, "predictions", &dtype, &rows, o->columns);
  check_real(L, dtype);
  o->predictions.dtype = dtype;
  o->predictions.columns = o->columns;
  if (!lua_isnil(L, 2)) {
    luaL_checktype(L, 2, LUA_TTABLE);
    if (take_columns(L, 2, 11, "gains", &dtype, &rows, o->columns + count) != count)
      lsy_error(L, "gains: as many as predictions are needed");
    o->gains = o->columns + count;
  }
  o->predictions.requests = own_requests(L, 11, lsy_checkrequests(L, 3, rows, single));
  o->work = lsy_checkwork(L, 4);
  o->semantics = (sy_semantics)luaL_checkoption(L, 5, "standard", semantics_names);
  o->rule = lsy_checkrule(L, 6, rows);
  anchor_argument(L, 11, 4);
  anchor_argument(L, 11, 10);
  lsy_anchor(L, 12, 11);
  luaL_setmetatable(L, LSY_OBJECTIVE);
  lua_pushvalue(L, 12);
  return 1;
}

/* objective:cache_ideals(): work the ideal DCGs out once; regrets are measured against them then. */
static int l_cache_ideals(lua_State *L) {
  objective *o = check_objective(L);
  sy_error error = {SY_OK, ""};
  size_t count = o->predictions.requests.count * o->predictions.tasks;
  double *ideals = o->ideals ? o->ideals : own_memory(L, count * sizeof *ideals);
  o->ideals = NULL; /* should they fail, there are none */
  raise_if(L, sy_ideal_dcg(&o->predictions, o->gains, &o->rule, o->work, ideals, &error), &error);
  o->ideals = ideals;
  return 0;
}

/* objective:remember(): remember the orders of one evaluation for the next. */
static int l_remember(lua_State *L) {
  objective *o = check_objective(L);
  size_t rows = (size_t)o->predictions.requests.offsets[o->predictions.requests.count];
  size_t size = rows * (o->predictions.tasks + 1) * sizeof *o->orders;
  if (!o->orders) o->orders = memset(own_memory(L, size), -1, size);
  return 0;
}

static void read_weights(lua_State *L, int arg, size_t tasks, double *weights) {
  luaL_checktype(L, arg, LUA_TTABLE);
  for (size_t t = 0; t < tasks; t++) {
    lua_rawgeti(L, arg, (int)t + 1);
    if (lua_type(L, -1) != LUA_TNUMBER) lsy_error(L, "weights[%d]: a number is needed", (int)t + 1);
    weights[t] = (double)lua_tonumber(L, -1);
    lua_pop(L, 1);
  }
}

/* Write numbers into the table on top of the stack. */
static int set_numbers(lua_State *L, const double *numbers, size_t n) {
  for (size_t i = 0; i < n; i++) {
    lsy_pushnumber(L, numbers[i]);
    lua_rawseti(L, -2, (int)i + 1);
  }
  return 1;
}

static int push_numbers(lua_State *L, const double *numbers, size_t n) {
  lua_createtable(L, (int)n, 0);
  return set_numbers(L, numbers, n);
}

static void push_counts(lua_State *L, const size_t *counts, size_t n) {
  lua_createtable(L, (int)n, 0);
  for (size_t i = 0; i < n; i++) {
    lsy_pushsize(L, counts[i]);
    lua_rawseti(L, -2, (int)i + 1);
  }
}

/*
 * Gaps or regrets under the weights that are argument 2. In a table of the caller's, nothing else is
 * made: tuning loops call this often. Without one, how many requests count for each task comes along.
 */
static int losses(lua_State *L, int gaps) {
  objective *o = check_objective(L);
  double weights[SY_TASKS_MAX], values[SY_TASKS_MAX];
  size_t tasks = o->predictions.tasks, counted[SY_TASKS_MAX];
  sy_error error = {SY_OK, ""};
  lua_settop(L, 3);
  read_weights(L, 2, tasks, weights);
  raise_if(L,
           gaps ? sy_ndcg_gaps(&o->predictions, weights, &o->rule, o->semantics, o->orders, o->work,
                               values, counted, &error)
                : sy_regrets(&o->predictions, weights, o->gains, o->ideals, &o->rule, o->semantics,
                             o->orders, o->work, values, counted, &error),
           &error);
  if (lua_istable(L, 3)) return set_numbers(L, values, tasks);
  push_numbers(L, values, tasks);
  push_counts(L, counted, tasks);
  return 2;
}

/* objective:gaps(weights [, out]) -> list of the tasks' NDCG gaps [, list of counts] */
static int l_gaps(lua_State *L) { return losses(L, 1); }

/* objective:regrets(weights [, out]) -> list of the tasks' regrets [, list of counts] */
static int l_regrets(lua_State *L) { return losses(L, 0); }

/* Room for a Jacobian, left on the stack: 80 KB are too much for the C stack of a small thread. */
static double *push_jacobian(lua_State *L, size_t tasks) {
  return lsy_newuserdata(L, tasks * tasks * sizeof(double), 0);
}

/* Smooth gaps or regrets, and their Jacobian as a row-major list. */
static int smooth(lua_State *L, int gaps) {
  objective *o = check_objective(L);
  double weights[SY_TASKS_MAX], values[SY_TASKS_MAX];
  size_t tasks = o->predictions.tasks;
  double temperature = luaL_checknumber(L, 3), edge = luaL_checknumber(L, 4);
  sy_error error = {SY_OK, ""};
  read_weights(L, 2, tasks, weights);
  double *jacobian = push_jacobian(L, tasks);
  raise_if(L,
           gaps ? sy_smooth_gaps(&o->predictions, weights, &o->rule, temperature, edge, o->work,
                                 values, jacobian, &error)
                : sy_smooth_regrets(&o->predictions, weights, o->gains, o->ideals, &o->rule,
                                    temperature, edge, o->work, values, jacobian, &error),
           &error);
  push_numbers(L, values, tasks);
  push_numbers(L, jacobian, tasks * tasks);
  return 2;
}

/* objective:smooth_gaps(weights, temperature, edge) -> values, Jacobian */
static int l_smooth_gaps(lua_State *L) { return smooth(L, 1); }

/* objective:smooth_regrets(weights, temperature, edge) -> values, Jacobian; ideals must be cached */
static int l_smooth_regrets(lua_State *L) { return smooth(L, 0); }

/* objective:ndcg(weights, gains) -> mean NDCG, mean DCG, counted, empty: scored and measured at once */
static int l_value_ndcg(lua_State *L) {
  objective *o = check_objective(L);
  double weights[SY_TASKS_MAX];
  size_t n;
  sy_ndcg_mean mean;
  sy_error error = {SY_OK, ""};
  read_weights(L, 2, o->predictions.tasks, weights);
  sy_vector gains = lsy_checkvector(L, 3, "gains", 0, &n);
  if (n != (size_t)o->predictions.requests.offsets[o->predictions.requests.count])
    lsy_error(L, "gains: %d numbers for another number of rows", (int)n);
  raise_if(L,
           sy_value_ndcg(&o->predictions, weights, gains, &o->rule, o->work, NULL, &mean, &error),
           &error);
  lsy_pushnumber(L, mean.ndcg);
  lsy_pushnumber(L, mean.dcg);
  lsy_pushsize(L, mean.counted);
  lsy_pushsize(L, mean.empty);
  return 4;
}

static const luaL_Reg methods[] = {{"gaps", l_gaps},
                                   {"regrets", l_regrets},
                                   {"cache_ideals", l_cache_ideals},
                                   {"remember", l_remember},
                                   {"smooth_gaps", l_smooth_gaps},
                                   {"smooth_regrets", l_smooth_regrets},
                                   {"ndcg", l_value_ndcg},
                                   {NULL, NULL}};
static const luaL_Reg meta[] = {{NULL, NULL}};
static const luaL_Reg functions[] = {{"objective", l_objective}, {NULL, NULL}};

void lsy_open_tuning(lua_State *L) {
  lsy_newtype(L, LSY_OBJECTIVE, methods, meta);
  luaL_setfuncs(L, functions, 0);
}
