/*
 * bind_losses.c - differentiable losses, soft ranks, and gradients by weights. Raw:
 * lua/steelyard/loss.lua checks options and arranges rows.
 */
#include "lua/lsy.h"

static const char *const scheme_names[] = {"ndcg", "ndcg1", "ndcg2", "ndcg2++", NULL};
static const char *const label_names[] = {"softmax", "normalized", NULL};
static const char *const soft_names[] = {"l2", "kl", NULL};

static sy_vector check_numbers(lua_State *L, int arg, const char *name, size_t rows) {
  size_t n;
  sy_vector vector = lsy_checkvector(L, arg, name, SY_F64, &n);
  if (n != rows) lsy_error(L, "%s: %d numbers for %d rows", name, (int)n, (int)rows);
  return vector;
}

/* ------------------------------------------------------------------------ fields of options -- */

static double number_field(lua_State *L, int table, const char *name, double standard) {
  double value = standard;
  lua_getfield(L, table, name);
  if (!lua_isnil(L, -1)) value = (double)luaL_checknumber(L, -1);
  lua_pop(L, 1);
  return value;
}

/* Which of the names a field holds; the first where it is nil. */
static int name_field(lua_State *L, int table, const char *name, const char *const *names) {
  int which;
  lua_getfield(L, table, name);
  which = luaL_checkoption(L, lua_gettop(L), names[0], names);
  lua_pop(L, 1);
  return which;
}

/* The numbers of a field, which stay on the stack; NULL where it is nil. */
static const double *numbers_field(lua_State *L, int table, const char *name, size_t *n) {
  lua_getfield(L, table, name);
  return lsy_optvector(L, lua_gettop(L), name, SY_F64, n).data;
}

static void read_gain(lua_State *L, int table, sy_loss_options *o) {
  lua_getfield(L, table, "gain");
  int is_name = lua_isnil(L, -1) || lua_type(L, -1) == LUA_TSTRING;
  lua_pop(L, 1);
  if (is_name) o->gain = (sy_gain)name_field(L, table, "gain", lsy_gain_names);
  else o->gain_table = numbers_field(L, table, "gain", &o->gain_count);
}

static sy_loss_options check_options(lua_State *L, int table, size_t requests) {
  sy_loss_options o = sy_loss_defaults();
  size_t weights;
  luaL_checktype(L, table, LUA_TTABLE);
  lua_getfield(L, table, "k");
  o.k = lsy_optsize(L, lua_gettop(L), "k", 0);
  lua_pop(L, 1);
  o.temperature = number_field(L, table, "temperature", o.temperature);
  o.edge = number_field(L, table, "edge", o.edge);
  o.mu = number_field(L, table, "mu", o.mu);
  o.scheme = (sy_loss_scheme)name_field(L, table, "scheme", scheme_names);
  o.labels = (sy_loss_labels)name_field(L, table, "labels", label_names);
  o.soft = (sy_soft)name_field(L, table, "regularization", soft_names);
  read_gain(L, table, &o);
  o.request_weights = numbers_field(L, table, "weights", &weights);
  if (o.request_weights && weights != requests)
    lsy_error(L, "weights: %d of them for %d requests", (int)weights, (int)requests);
  return o;
}

/* ----------------------------------------------------------------------------------- losses -- */

/*
 * loss(name, scores, gains, offsets, work, options, with gradient)
 *   -> value, counted, skipped [, gradient]
 */
static int l_loss(lua_State *L) {
  size_t n, gains_count;
  int64_t single[2];
  sy_loss_mean mean;
  sy_error error = {SY_OK, ""};
  lua_settop(L, 7);
  const char *name = luaL_checkstring(L, 1);
  sy_vector scores = lsy_checkreals(L, 2, "scores", &n);
  sy_vector gains = lsy_checkvector(L, 3, "gains", 0, &gains_count);
  if (gains_count != n) lsy_error(L, "gains: %d numbers for %d scores", (int)gains_count, (int)n);
  sy_requests requests = lsy_checkrequests(L, 4, n, single);
  sy_work *work = lsy_checkwork(L, 5);
  sy_loss_options options = check_options(L, 6, requests.count);
  double *gradient = lua_toboolean(L, 7) ? lsy_newnumbers(L, n) : NULL;
  int gradient_at = lua_gettop(L);
  sy_status status =
      sy_loss(name, scores, gains, requests, &options, work, gradient, &mean, &error);
  if (status) return lsy_raise(L, status, &error);
  lsy_pushnumber(L, mean.value);
  lsy_pushsize(L, mean.counted);
  lsy_pushsize(L, mean.skipped);
  if (!gradient) return 3;
  lua_pushvalue(L, gradient_at);
  return 4;
}

/* loss_list() -> names, helps: two lists */
static int l_loss_list(lua_State *L) {
  const char *const *names = sy_loss_list();
  lua_newtable(L);
  lua_newtable(L);
  for (int i = 0; names[i]; i++) {
    lua_pushstring(L, names[i]);
    lua_rawseti(L, -3, i + 1);
    lua_pushstring(L, sy_loss_help(names[i]));
    lua_rawseti(L, -2, i + 1);
  }
  return 2;
}

/* loss_to_weights(list of columns, gradient, offsets, work) -> list of the derivatives by weight */
static int l_loss_to_weights(lua_State *L) {
  const void *columns[SY_TASKS_MAX];
  double by_weight[SY_TASKS_MAX];
  size_t n, rows;
  int64_t single[2];
  sy_error error = {SY_OK, ""};
  sy_predictions predictions = {.columns = columns};
  lua_settop(L, 4);
  luaL_checktype(L, 1, LUA_TTABLE);
  predictions.tasks = lua_rawlen(L, 1);
  if (predictions.tasks > SY_TASKS_MAX)
    lsy_error(L, "%d tasks: at most %d are possible", (int)predictions.tasks, SY_TASKS_MAX);
  const double *gradient = lsy_checkvector(L, 2, "gradient", SY_F64, &n).data;
  predictions.requests = lsy_checkrequests(L, 3, n, single);
  sy_work *work = lsy_checkwork(L, 4);
  luaL_checkstack(L, (int)predictions.tasks + 8, "too many tasks");
  for (size_t t = 0; t < predictions.tasks; t++) { /* the columns stay on the stack */
    lua_rawgeti(L, 1, (int)t + 1);
    sy_vector column =
        t ? lsy_checkvector(L, lua_gettop(L), "predictions", predictions.dtype, &rows)
          : lsy_checkreals(L, lua_gettop(L), "predictions", &rows);
    if (rows != n)
      lsy_error(L, "gradient: %d numbers for %d rows of predictions", (int)n, (int)rows);
    predictions.dtype = column.dtype;
    columns[t] = column.data;
  }
  sy_status status = sy_loss_to_weights(&predictions, gradient, work, by_weight, &error);
  if (status) return lsy_raise(L, status, &error);
  lua_createtable(L, (int)predictions.tasks, 0);
  for (size_t t = 0; t < predictions.tasks; t++) {
    lsy_pushnumber(L, by_weight[t]);
    lua_rawseti(L, -2, (int)t + 1);
  }
  return 1;
}

/* ------------------------------------------------------------------------------- soft ranks -- */

/* soft_rank(values, offsets, work, temperature, regularization) -> ranks, blocks */
static int l_soft_rank(lua_State *L) {
  size_t n;
  int64_t single[2];
  sy_error error = {SY_OK, ""};
  lua_settop(L, 5);
  sy_vector values = lsy_checkreals(L, 1, "values", &n);
  sy_requests requests = lsy_checkrequests(L, 2, n, single);
  sy_work *work = lsy_checkwork(L, 3);
  double temperature = luaL_checknumber(L, 4);
  sy_soft soft = (sy_soft)luaL_checkoption(L, 5, "l2", soft_names);
  double *ranks = lsy_newnumbers(L, n);
  int32_t *blocks = (int32_t *)(void *)lsy_newvector(L, SY_I32, n, 0)->data;
  sy_status status = sy_soft_rank(values, requests, temperature, soft, work, ranks, blocks, &error);
  return status ? lsy_raise(L, status, &error) : 2;
}

/* soft_rank_pull(ranks, blocks, pulls, offsets, work, temperature, regularization) -> gradient */
static int l_soft_rank_pull(lua_State *L) {
  size_t n, block_count;
  int64_t single[2];
  sy_error error = {SY_OK, ""};
  lua_settop(L, 7);
  const double *ranks = lsy_checkvector(L, 1, "ranks", SY_F64, &n).data;
  const int32_t *blocks = lsy_checkvector(L, 2, "blocks", SY_I32, &block_count).data;
  if (block_count != n) lsy_error(L, "blocks: %d for %d ranks", (int)block_count, (int)n);
  const double *pulls = check_numbers(L, 3, "pulls", n).data;
  sy_requests requests = lsy_checkrequests(L, 4, n, single);
  sy_work *work = lsy_checkwork(L, 5);
  double temperature = luaL_checknumber(L, 6);
  sy_soft soft = (sy_soft)luaL_checkoption(L, 7, "l2", soft_names);
  double *gradient = lsy_newnumbers(L, n);
  sy_status status =
      sy_soft_rank_pull(ranks, blocks, pulls, requests, temperature, soft, work, gradient, &error);
  return status ? lsy_raise(L, status, &error) : 1;
}

/* scatter(numbers, order) -> out, with out[order[i]] = numbers[i]: gather's inverse */
static int l_scatter(lua_State *L) {
  size_t n, rows;
  lua_settop(L, 2);
  const double *numbers = lsy_checkvector(L, 1, "numbers", SY_F64, &n).data;
  const int64_t *order = lsy_checkvector(L, 2, "order", SY_I64, &rows).data;
  if (rows != n) lsy_error(L, "order: %d rows for %d numbers", (int)rows, (int)n);
  double *out = (double *)(void *)lsy_newvector(L, SY_F64, n, 1)->data;
  for (size_t i = 0; i < n; i++) {
    if (order[i] < 1 || (uint64_t)order[i] > n)
      lsy_error(L, "order[%d]: there is no row %d", (int)i + 1, (int)order[i]);
    out[order[i] - 1] = numbers[i];
  }
  return 1;
}

static const luaL_Reg functions[] = {{"loss", l_loss},
                                     {"loss_list", l_loss_list},
                                     {"loss_to_weights", l_loss_to_weights},
                                     {"soft_rank", l_soft_rank},
                                     {"soft_rank_pull", l_soft_rank_pull},
                                     {"scatter", l_scatter},
                                     {NULL, NULL}};

void lsy_open_losses(lua_State *L) { luaL_setfuncs(L, functions, 0); }
