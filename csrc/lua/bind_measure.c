/*
 * bind_measure.c - metrics: what there is, expressions, and the pass that measures many at once.
 * Positional and raw: lua/steelyard/metrics.lua gives them options.
 */
#include <math.h>
#include <string.h>

#include "lua/lsy.h"

#define METRICS "steelyard.metrics"

/* Parsed expressions. */
typedef struct metrics {
  size_t count;
  sy_metric metric[];
} metrics;

/* ---------------------------------------------------------------------------------- kinds -- */

static void set_flag(lua_State *L, const sy_metric_kind *kind, unsigned flag, const char *name) {
  lsy_setboolean(L, name, (kind->flags & flag) != 0);
}

static void push_parameters(lua_State *L, const sy_metric_parameter *parameter) {
  lua_newtable(L);
  for (int i = 1; parameter->name; parameter++, i++) {
    lua_newtable(L);
    lsy_settext(L, "name", parameter->name);
    lsy_settext(L, "help", parameter->help);
    lsy_setnumber(L, "default", parameter->standard);
    lsy_setnumber(L, "lowest", parameter->lowest);
    lsy_setnumber(L, "highest", parameter->highest);
    lsy_setboolean(L, "whole", parameter->whole);
    lua_rawseti(L, -2, i);
  }
}

static void push_kind(lua_State *L, const sy_metric_kind *kind) {
  static const char *const means[] = {"arithmetic", "geometric", "sum"};
  static const char *const weights[] = {"equal", "items", "relevant"};
  lua_newtable(L);
  lsy_settext(L, "name", kind->name);
  lsy_settext(L, "alias", kind->alias);
  lsy_settext(L, "help", kind->help);
  lsy_settext(L, "source", kind->source);
  lsy_settext(L, "ties", lsy_ties_names[kind->ties]);
  lsy_settext(L, "mean", means[kind->mean]);
  lsy_settext(L, "weight", weights[kind->weight]);
  set_flag(L, kind, SY_METRIC_CUTOFF, "cutoff");
  set_flag(L, kind, SY_METRIC_GAIN, "gain");
  set_flag(L, kind, SY_METRIC_RELEVANCE, "relevance");
  set_flag(L, kind, SY_METRIC_COUNT, "count");
  set_flag(L, kind, SY_METRIC_LOWER, "lower");
  set_flag(L, kind, SY_METRIC_POOLED, "pooled");
  lsy_setboolean(L, "expected", kind->expected != NULL);
  push_parameters(L, kind->parameters);
  lua_setfield(L, -2, "parameters");
}

/* metric_kinds() -> list of descriptions */
static int l_kinds(lua_State *L) {
  const sy_metric_kind *const *kinds = sy_metric_kinds();
  lua_newtable(L);
  for (int i = 0; kinds[i]; i++) {
    push_kind(L, kinds[i]);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* ---------------------------------------------------------------------------- expressions -- */

/* A number field of a table, or a standard. */
static double field(lua_State *L, int table, const char *name, double standard) {
  lua_getfield(L, table, name);
  double value = lua_isnil(L, -1) ? standard : (double)luaL_checknumber(L, -1);
  lua_pop(L, 1);
  return value;
}

/* The place of a word field among the words, or -1 where there is none. */
static int choice(lua_State *L, int table, const char *name, const char *const words[]) {
  int found = -1;
  lua_getfield(L, table, name);
  if (!lua_isnil(L, -1)) {
    const char *text = luaL_checkstring(L, -1);
    for (int i = 0; words[i]; i++)
      if (strcmp(words[i], text) == 0) found = i;
    if (found < 0) lsy_error(L, "%s: \"%s\" is not known", name, text);
  }
  lua_pop(L, 1);
  return found;
}

/* {k, gain, discount, base, ties, empty, relevance}, each of which may be nil */
static sy_metric_defaults check_defaults(lua_State *L, int table) {
  static const char *const gains[] = {"linear", "exponential", "table", NULL};
  static const char *const discounts[] = {"log2", "jarvelin", "reciprocal", "none", "table", NULL};
  sy_metric_defaults d = {0};
  int gain = choice(L, table, "gain", gains), at_ties = choice(L, table, "ties", lsy_ties_names);
  int discount = choice(L, table, "discount", discounts),
      at = choice(L, table, "empty", lsy_empty_names);
  lua_getfield(L, table, "k");
  d.k = lsy_optsize(L, -1, "k", 0);
  lua_pop(L, 1);
  d.gain = gain < 0 ? SY_GAIN_LINEAR : (sy_gain)gain;
  d.discount = discount < 0 ? SY_DISCOUNT_LOG2 : (sy_discount)discount;
  d.base = field(L, table, "base", 0);
  d.has_ties = at_ties >= 0;
  d.ties = d.has_ties ? (sy_ties)at_ties : SY_TIES_INPUT;
  d.empty = at < 0 ? SY_EMPTY_SKIP : (sy_empty)at;
  d.relevance = field(L, table, "relevance", (double)NAN);
  d.has_relevance = !isnan(d.relevance);
  if (isinf(d.relevance)) lsy_error(L, "relevance: %f: a finite number is needed", d.relevance);
  if (d.base != 0 && !(d.base > 1 && d.base < HUGE_VAL))
    lsy_error(L, "base: %f: a number above 1 is needed", d.base);
  return d;
}

/* metric_parse(list of texts, defaults, mode) -> metrics; mode "nil": nil, message for a bad text */
static int l_parse(lua_State *L) {
  sy_error error = {SY_OK, ""};
  lua_settop(L, 3);
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checktype(L, 2, LUA_TTABLE);
  sy_metric_defaults defaults = check_defaults(L, 2);
  size_t count = lua_rawlen(L, 1);
  metrics *all = lsy_newuserdata(L, sizeof *all + count * sizeof all->metric[0], 0);
  luaL_setmetatable(L, METRICS);
  all->count = count;
  for (size_t i = 0; i < count; i++) {
    size_t length;
    lua_rawgeti(L, 1, (int)i + 1);
    if (lua_type(L, -1) != LUA_TSTRING) lsy_error(L, "metrics[%d]: a text is needed", (int)i + 1);
    const char *text = lua_tolstring(L, -1, &length);
    if (sy_metric_parse(text, length, &defaults, &all->metric[i], &error)) {
      if (lua_isnoneornil(L, 3)) return lsy_raise(L, SY_E_ARGUMENT, &error);
      lua_pushnil(L);
      lua_pushstring(L, error.message);
      return 2;
    }
    lua_pop(L, 1);
  }
  return 1;
}

/* metric_kind(metrics, i) -> the kind's name, k (0: none), ties */
static int l_kind(lua_State *L) {
  const metrics *all = luaL_checkudata(L, 1, METRICS);
  size_t i = lsy_checksize(L, 2, "index");
  luaL_argcheck(L, i >= 1 && i <= all->count, 2, "no such metric");
  lua_pushstring(L, all->metric[i - 1].kind->name);
  lsy_pushsize(L, all->metric[i - 1].k);
  lua_pushstring(L, lsy_ties_names[all->metric[i - 1].ties]);
  return 3;
}

/* metric_set_ties(metrics, ties): of all, whatever their expressions say */
static int l_set_ties(lua_State *L) {
  metrics *all = luaL_checkudata(L, 1, METRICS);
  sy_ties ties = (sy_ties)luaL_checkoption(L, 2, NULL, lsy_ties_names);
  for (size_t i = 0; i < all->count; i++) all->metric[i].ties = ties;
  return 0;
}

/* ---------------------------------------------------------------------------------- pass -- */

/* A vector of exactly n numbers, or NULL for nil. */
static const void *opt_of_length(lua_State *L, int arg, const char *name, sy_dtype dtype,
                                 size_t n) {
  size_t count;
  const void *data = lsy_optvector(L, arg, name, dtype, &count).data;
  if (data && count != n) lsy_error(L, "%s: %d numbers, %d are needed", name, (int)count, (int)n);
  return data;
}

/* A list of `count` new arrays of n doubles on the stack, and their data; nil and NULL if unwanted. */
static double **push_arrays(lua_State *L, int wanted, size_t count, size_t n) {
  if (!wanted) {
    lua_pushnil(L);
    return NULL;
  }
  double **data = lsy_newuserdata(L, (count + 1) * sizeof *data, 0);
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    data[i] = (double *)(void *)lsy_newvector(L, SY_F64, n, 0)->data;
    lua_rawseti(L, -2, (int)i + 1);
  }
  return data;
}

static void push_means(lua_State *L, const sy_metric_mean *means, size_t count) {
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    lua_createtable(L, 0, 3);
    lsy_setnumber(L, "value", means[i].value);
    lsy_setsize(L, "counted", means[i].counted);
    lsy_setsize(L, "empty", means[i].empty);
    lua_rawseti(L, -2, (int)i + 1);
  }
}

/*
 * Argument 1 as scores, or as {columns = list of predictions, weights = numbers}, which the pass makes
 * scores of. Returns how many rows there are; `predictions` and what it points to stay on the stack.
 */
static size_t check_scores(lua_State *L, sy_log *log, sy_predictions *predictions) {
  size_t n = 0, tasks;
  if (lua_type(L, 1) != LUA_TTABLE || (lua_getfield(L, 1, "columns"), lua_isnil(L, -1))) {
    lua_settop(L, 15);
    log->scores = lsy_checkreals(L, 1, "scores", &n);
    return n;
  }
  lua_getfield(L, 1, "weights");
  log->weights = lsy_checkvector(L, 17, "weights", SY_F64, &tasks).data;
  if (lua_type(L, 16) != LUA_TTABLE || lua_rawlen(L, 16) != tasks || tasks == 0)
    lsy_error(L, "columns: a list of as many as there are weights (%d)", (int)tasks);
  const void **columns = lsy_newuserdata(L, tasks * sizeof *columns, 0);
  luaL_checkstack(L, (int)tasks + 8, "columns");
  for (size_t t = 0; t < tasks; t++) {
    size_t rows;
    lua_rawgeti(L, 16, (int)t + 1);
    sy_vector column = lsy_checkreals(L, lua_gettop(L), "columns", &rows);
    if (t && (rows != n || column.dtype != predictions->dtype))
      lsy_error(L, "columns[%d]: they must be of one size and type", (int)t + 1);
    n = rows;
    columns[t] = column.data;
    predictions->dtype = column.dtype;
  }
  predictions->tasks = tasks;
  predictions->columns = columns;
  log->predictions = predictions;
  return n;
}

static const double *opt_table(lua_State *L, int arg, const char *name, size_t *count) {
  return lsy_optvector(L, arg, name, SY_F64, count).data;
}

/*
 * measure(scores or {columns, weights}, labels, offsets, work, metrics, names, retrieved, judged, request weights, depth,
 *         judged only, gain table, discount table, want per request, want weights)
 *   -> list of {value, counted, empty}, list of arrays or nil, list of arrays or nil
 */
static int l_measure(lua_State *L) {
  size_t n, labels_count;
  int64_t single[2];
  sy_error error = {SY_OK, ""};
  sy_log log = {0};
  sy_predictions predictions = {0};
  lua_settop(L, 15);
  n = check_scores(L, &log, &predictions);
  log.labels = lsy_checkvector(L, 2, "gains", 0, &labels_count);
  if (n != labels_count) lsy_error(L, "gains: %d numbers for %d scores", (int)labels_count, (int)n);
  log.requests = predictions.requests = lsy_checkrequests(L, 3, n, single);
  sy_work *work = lsy_checkwork(L, 4);
  const metrics *all = luaL_checkudata(L, 5, METRICS);
  size_t count = log.requests.count;
  log.names = opt_of_length(L, 6, "names", SY_I32, n);
  log.retrieved = opt_of_length(L, 7, "retrieved", SY_I64, count);
  log.judged = opt_of_length(L, 8, "judged", SY_I32, n);
  log.request_weights = opt_of_length(L, 9, "weights", SY_F64, count);
  log.depth = lsy_optsize(L, 10, "depth", 0);
  log.judged_only = lua_toboolean(L, 11);
  log.gain_table = opt_table(L, 12, "gain", &log.gain_count);
  log.discount_table = opt_table(L, 13, "discount", &log.discount_count);
  sy_metric_mean *means = lsy_newuserdata(L, (all->count + 1) * sizeof *means, 0);
  double **values = push_arrays(L, lua_toboolean(L, 14), all->count, count);
  int values_at = lua_gettop(L);
  double **weights = push_arrays(L, lua_toboolean(L, 15), all->count, count);
  int weights_at = lua_gettop(L);
  sy_status status =
      sy_measure(&log, all->metric, all->count, work, values, weights, means, &error);
  if (status) return lsy_raise(L, status, &error);
  push_means(L, means, all->count);
  lua_pushvalue(L, values_at);
  lua_pushvalue(L, weights_at);
  return 3;
}

/*
 * pooled_auc(scores or {columns, weights}, labels, metrics, i, judged) -> AUC over all rows under the
 * i-th metric's settings, NaN where all or none are relevant; nil where its ties need whole orders
 */
static int l_pooled_auc(lua_State *L) {
  size_t n, labels_count;
  int64_t offsets[2] = {0, 0};
  double value;
  sy_error error = {SY_OK, ""};
  sy_log log = {0};
  sy_predictions predictions = {0};
  sy_memory memory = lsy_memory(L);
  lua_settop(L, 15);
  n = check_scores(L, &log, &predictions);
  log.labels = lsy_checkvector(L, 2, "gains", 0, &labels_count);
  if (n != labels_count) lsy_error(L, "gains: %d numbers for %d scores", (int)labels_count, (int)n);
  const metrics *all = luaL_checkudata(L, 3, METRICS);
  size_t i = lsy_checksize(L, 4, "index");
  luaL_argcheck(L, i >= 1 && i <= all->count, 4, "no such metric");
  log.judged = opt_of_length(L, 5, "judged", SY_I32, n);
  offsets[1] = (int64_t)n;
  log.requests = (sy_requests){1, offsets};
  sy_status status = sy_pooled_auc(&log, &all->metric[i - 1], &memory, &value, &error);
  if (status == SY_E_UNSUPPORTED) return 0;
  if (status) return lsy_raise(L, status, &error);
  lsy_pushnumber(L, value);
  return 1;
}

/* metric_slices(metrics, i, values, weights or nil, slice i32 from 0, slices) -> list of means */
static int l_slices(lua_State *L) {
  const metrics *all = luaL_checkudata(L, 1, METRICS);
  size_t i = lsy_checksize(L, 2, "index"), n, count = lsy_checksize(L, 6, "slices");
  luaL_argcheck(L, i >= 1 && i <= all->count, 2, "no such metric");
  const double *values = lsy_checkvector(L, 3, "values", SY_F64, &n).data;
  const double *weights = opt_of_length(L, 4, "weights", SY_F64, n);
  const int32_t *slice = opt_of_length(L, 5, "slices", SY_I32, n);
  luaL_argcheck(L, slice != NULL, 5, "slices are needed");
  luaL_argcheck(L, count <= INT32_MAX, 6, "so many slices there cannot be");
  for (size_t r = 0; r < n; r++)
    if (slice[r] >= 0 && (size_t)slice[r] >= count)
      lsy_error(L, "slices[%d]: %d of %d", (int)r + 1, (int)slice[r], (int)count);
  sy_metric_mean *means = lsy_newuserdata(L, (count + 1) * sizeof *means, 0);
  double *sums = lsy_newuserdata(L, (count + 1) * sizeof *sums, 0);
  sy_metric_slices(&all->metric[i - 1], values, weights, slice, n, count, means, sums);
  push_means(L, means, count);
  return 1;
}

static const luaL_Reg functions[] = {{"metric_kinds", l_kinds},    {"metric_parse", l_parse},
                                     {"metric_kind", l_kind},      {"metric_set_ties", l_set_ties},
                                     {"measure", l_measure},       {"metric_slices", l_slices},
                                     {"pooled_auc", l_pooled_auc}, {NULL, NULL}};

void lsy_open_measure(lua_State *L) {
  lsy_newtype(L, METRICS, NULL, NULL);
  luaL_setfuncs(L, functions, 0);
}
