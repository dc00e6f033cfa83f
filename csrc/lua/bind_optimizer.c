/*
 * bind_optimizer.c - optimizers of networks and of matrices. lua/steelyard/optimizer.lua is their
 * face: there options are checked and filled in.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "lua/lsy_learn.h"
#include "steelyard/optimizers.h"

#define LSY_OPTIMIZER "steelyard.optimizer"
#define ALIGNMENT 64

/* With its state behind it; what it moves is anchored. */
typedef struct lsy_optimizer {
  sy_optimizer *optimizer;
  sy_net *net; /* NULL: matrices, which `parameters` describe for good */
  sy_dtype dtype;
  size_t count;
  sy_parameter *parameters;
} lsy_optimizer;

static lsy_optimizer *check_optimizer(lua_State *L) { return luaL_checkudata(L, 1, LSY_OPTIMIZER); }

/* -------------------------------------------------------------------------------- making -- */

static double number_field(lua_State *L, int i, const char *name, double standard) {
  double value;
  lua_getfield(L, i, name);
  value = lua_isnil(L, -1) ? standard : luaL_checknumber(L, -1);
  lua_pop(L, 1);
  return value;
}

static int flag_field(lua_State *L, int i, const char *name, int standard) {
  int flag;
  lua_getfield(L, i, name);
  flag = lua_isnil(L, -1) ? standard : lua_toboolean(L, -1);
  lua_pop(L, 1);
  return flag;
}

static sy_optimizer_options check_options(lua_State *L, int kind, int arg) {
  static const char *const kinds[] = {"sgd", "adagrad", "adam", "adamw", NULL};
  sy_optimizer_options o =
      sy_optimizer_defaults((sy_optimizer_kind)luaL_checkoption(L, kind, NULL, kinds));
  luaL_checktype(L, arg, LUA_TTABLE);
  o.momentum = number_field(L, arg, "momentum", o.momentum);
  o.nesterov = flag_field(L, arg, "nesterov", o.nesterov);
  o.beta1 = number_field(L, arg, "beta1", o.beta1);
  o.beta2 = number_field(L, arg, "beta2", o.beta2);
  o.epsilon = number_field(L, arg, "epsilon", o.epsilon);
  o.initial = number_field(L, arg, "initial", o.initial);
  o.weight_decay = number_field(L, arg, "weight_decay", o.weight_decay);
  o.clip_norm = number_field(L, arg, "clip_norm", o.clip_norm);
  o.clip_value = number_field(L, arg, "clip_value", o.clip_value);
  o.lazy = flag_field(L, arg, "lazy", o.lazy);
  return o;
}

/* The array in field i of the entry on top, which stays alive by that entry. */
static const lsy_array *entry_array(lua_State *L, int i, const char *name, const char *what) {
  const lsy_array *array;
  lua_rawgeti(L, -1, i);
  array = lsy_testarray(L, -1);
  if (!array || array->dtype > SY_F64) {
    lsy_error(L, "parameter \"%s\": its %s is no array of f32 or f64", name, what);
    return NULL;
  }
  if (!lsy_iscontiguous(array))
    lsy_error(L, "parameter \"%s\": its %s is a view with gaps; it must be one block", name, what);
  lua_pop(L, 1);
  return array;
}

/* The entry on top: {parameter, gradient, name=, rate=, l2=, frozen=}. */
static sy_parameter entry_parameter(lua_State *L, sy_dtype *dtype) {
  const lsy_array *data, *gradient;
  const char *name;
  sy_parameter p = {.has_gradient = 1};
  luaL_checktype(L, -1, LUA_TTABLE);
  lua_getfield(L, -1, "name");
  name = luaL_checkstring(L, -1); /* the entry keeps it */
  lua_pop(L, 1);
  data = entry_array(L, 1, name, "matrix");
  gradient = entry_array(L, 2, name, "gradient");
  if (*dtype == 0) *dtype = data->dtype;
  if (data->dtype != *dtype || gradient->dtype != *dtype)
    lsy_error(L, "parameter \"%s\": all parameters and gradients must be of one type", name);
  if (data->dimensions != gradient->dimensions || data->shape[0] != gradient->shape[0] ||
      data->shape[1] != gradient->shape[1])
    lsy_error(L, "parameter \"%s\": its gradient has another shape", name);
  p.name = name;
  p.rows = data->dimensions == 1 ? 1 : data->shape[0];
  p.columns = data->dimensions == 1 ? data->shape[0] : data->shape[1];
  p.data = data->data;
  p.gradient = gradient->data;
  p.rate = number_field(L, -1, "rate", 1.0);
  p.l2 = number_field(L, -1, "l2", 0.0);
  p.frozen = flag_field(L, -1, "frozen", 0);
  return p;
}

static int overlap(const void *a, size_t a_bytes, const void *b, size_t b_bytes) {
  uintptr_t x = (uintptr_t)a, y = (uintptr_t)b;
  return a_bytes && b_bytes && x < y + b_bytes && y < x + a_bytes;
}

/* What moves lies apart from all else: a step reads and writes each number once. */
static void check_apart(lua_State *L, const sy_parameter *p, size_t count, sy_dtype dtype) {
  for (size_t i = 0; i < count; i++) {
    size_t bytes = p[i].rows * p[i].columns * sy_dtype_size(dtype);
    for (size_t j = 0; j < count; j++) {
      size_t other = p[j].rows * p[j].columns * sy_dtype_size(dtype);
      if (i < j && overlap(p[i].data, bytes, p[j].data, other))
        lsy_error(L, "parameters \"%s\" and \"%s\" share numbers", p[i].name, p[j].name);
      if (overlap(p[i].data, bytes, p[j].gradient, other))
        lsy_error(L,
                  i == j ? "parameter \"%s\": it cannot be its own gradient"
                         : "parameter \"%s\" shares numbers with the gradient of \"%s\"",
                  p[i].name, p[j].name);
    }
  }
}

static void fetch(const sy_net *net, sy_parameter *parameters, size_t count) {
  for (size_t i = 0; i < count; i++) sy_net_parameter(net, i, &parameters[i]);
}

/* What argument arg is to move, in a userdata on top of the stack. */
static sy_parameter *check_source(lua_State *L, int arg, sy_net **net, size_t *count,
                                  sy_dtype *dtype) {
  sy_parameter *parameters;
  int is_net = lua_isuserdata(L, arg);
  *net = is_net ? lsy_checknet(L, arg) : NULL;
  if (!is_net) luaL_checktype(L, arg, LUA_TTABLE);
  *count = is_net ? sy_net_parameter_count(*net) : lua_rawlen(L, arg);
  *dtype = is_net ? sy_net_dtype(*net) : (sy_dtype)0;
  parameters = lsy_newuserdata(L, (*count + 1) * sizeof *parameters, 0);
  if (is_net) fetch(*net, parameters, *count);
  for (size_t i = 0; i < *count && !is_net; i++) {
    lua_rawgeti(L, arg, (int)i + 1);
    parameters[i] = entry_parameter(L, dtype);
    lua_pop(L, 1);
  }
  if (!is_net) check_apart(L, parameters, *count, *dtype);
  if (*dtype == 0) *dtype = SY_F64;
  return parameters;
}

/*
 * learn.optimizer(kind, options, net or list of {parameter, gradient, name=, rate=, l2=, frozen=}).
 * The list must be the caller's own: it is kept, and nobody may change it.
 */
static int learn_optimizer(lua_State *L) {
  sy_optimizer_options options = check_options(L, 1, 2);
  sy_error error = {SY_OK, ""};
  sy_net *net;
  size_t count, list, bytes;
  sy_dtype dtype;
  lsy_optimizer *held;
  sy_status status;
  sy_parameter *parameters;
  char *block;
  lua_settop(L, 3);
  parameters = check_source(L, 3, &net, &count, &dtype);
  bytes = sy_optimizer_bytes(&options, parameters, count, dtype, &error);
  if (!bytes) return lsy_raise(L, error.status, &error);
  list = (count + 1) * sizeof *parameters;
  held = lsy_newuserdata(L, sizeof *held + list + ALIGNMENT + bytes, 1);
  held->net = net;
  held->dtype = dtype;
  held->count = count;
  held->parameters = (void *)(held + 1);
  memcpy(held->parameters, parameters, list);
  block = (char *)held->parameters + list;
  block += (ALIGNMENT - (uintptr_t)block % ALIGNMENT) % ALIGNMENT;
  status = sy_optimizer_init(block, &options, parameters, count, dtype, &held->optimizer, &error);
  if (status != SY_OK) return lsy_raise(L, status, &error);
  luaL_setmetatable(L, LSY_OPTIMIZER);
  lsy_anchor(L, -1, 3);
  return 1;
}

/* ------------------------------------------------------------------------------- methods -- */

/* optimizer:step(rate, threads or nil) -> the norm of all gradients before clipping */
static int optimizer_step(lua_State *L) {
  lsy_optimizer *held = check_optimizer(L);
  double rate = luaL_checknumber(L, 2), norm;
  sy_error error = {SY_OK, ""};
  sy_status status;
  sy_optimizer_set_threads(held->optimizer, (int)lsy_optsize(L, 3, "threads", 1));
  if (held->net) fetch(held->net, held->parameters, held->count);
  status = sy_optimizer_step(held->optimizer, held->parameters, held->count, rate, &norm, &error);
  if (status != SY_OK) return lsy_raise(L, status, &error);
  lsy_pushnumber(L, norm);
  return 1;
}

static lsy_array view_of(const lsy_optimizer *held, const sy_optimizer_state *state) {
  return (lsy_array){
      state->data, held->dtype, 2, {state->rows, state->columns}, {state->columns, 1}};
}

/* A view of a state, which keeps the optimizer (argument 1) alive. */
static void push_state(lua_State *L, const lsy_optimizer *held, const sy_optimizer_state *state) {
  lsy_array *view = lsy_newuserdata(L, sizeof *view, 1);
  *view = view_of(held, state);
  luaL_setmetatable(L, LSY_ARRAY);
  lsy_anchor(L, -1, 1);
}

/* optimizer:tensors() -> {["NAME.first"] = view, ...} */
static int optimizer_tensors(lua_State *L) {
  const lsy_optimizer *held = check_optimizer(L);
  size_t count = sy_optimizer_state_count(held->optimizer);
  lua_createtable(L, 0, (int)count);
  for (size_t i = 0; i < count; i++) {
    sy_optimizer_state state;
    sy_optimizer_get_state(held->optimizer, i, &state);
    lua_pushfstring(L, "%s.%s", held->parameters[state.parameter].name, state.what);
    push_state(L, held, &state);
    lua_rawset(L, -3);
  }
  return 1;
}

/* No NaN is a state, and sums of squares are from 0 up: else parameters would become NaN. */
static void check_numbers(lua_State *L, const lsy_array *array, const char *name, int squares) {
  size_t stride = array->stride[0], step = array->stride[1];
  for (size_t i = 0; i < array->shape[0]; i++) {
    for (size_t j = 0; j < array->shape[1]; j++) {
      size_t at = i * stride + j * step;
      double x = array->dtype == SY_F32 ? (double)((const float *)(const void *)array->data)[at]
                                        : ((const double *)(const void *)array->data)[at];
      if (!(squares ? x >= 0 : x == x))
        lsy_error(L, "set_state: tensor \"%s\": %f at row %d, column %d", name, x, (int)i + 1,
                  (int)j + 1);
    }
  }
}

/* The array for a state out of the table at 2: of the same type and shape. It is on top. */
static const lsy_array *check_state(lua_State *L, const lsy_optimizer *held,
                                    const sy_optimizer_state *state) {
  const lsy_array *array;
  const char *name;
  lua_pushfstring(L, "%s.%s", held->parameters[state->parameter].name, state->what);
  name = lua_tostring(L, -1);
  lua_pushvalue(L, -1);
  lua_gettable(L, 2);
  array = lsy_testarray(L, -1);
  if (!array) {
    lsy_error(L, "set_state: tensor \"%s\": expected an array, got a %s", name,
              luaL_typename(L, -1));
    return NULL;
  }
  if (array->dtype != held->dtype || array->dimensions != 2 || array->shape[0] != state->rows ||
      array->shape[1] != state->columns)
    lsy_error(L, "set_state: tensor \"%s\": expected %s, %d x %d", name, lsy_dtypename(held->dtype),
              (int)state->rows, (int)state->columns);
  check_numbers(L, array, name,
                strcmp(state->what, "second") == 0 || strcmp(state->what, "squares") == 0);
  return array;
}

/* All states from the table at 2, checked and, for `copies`, copied. */
static int each_state(lua_State *L, int copies) {
  const lsy_optimizer *held = check_optimizer(L);
  size_t count = sy_optimizer_state_count(held->optimizer);
  luaL_checktype(L, 2, LUA_TTABLE);
  for (size_t i = 0; i < count; i++) {
    sy_optimizer_state state;
    lsy_misfit misfit;
    const lsy_array *array;
    lsy_array view;
    sy_optimizer_get_state(held->optimizer, i, &state);
    array = check_state(L, held, &state);
    view = view_of(held, &state);
    if (copies) (void)lsy_copyarray(array, &view, &misfit); /* of one type, everything fits */
    lua_settop(L, 2);
  }
  return 0;
}

/* optimizer:check_tensors{["NAME.first"] = array, ...}: do they fit? optimizer:set_tensors: copy. */
static int optimizer_check_tensors(lua_State *L) { return each_state(L, 0); }
static int optimizer_set_tensors(lua_State *L) { return each_state(L, 1); }

/* optimizer:moves() -> {NAME = how many steps moved it} */
static int optimizer_moves(lua_State *L) {
  const lsy_optimizer *held = check_optimizer(L);
  lua_createtable(L, 0, (int)held->count);
  for (size_t i = 0; i < held->count; i++) {
    uint64_t steps = *sy_optimizer_steps(held->optimizer, i);
    lsy_setsize(L, held->parameters[i].name, (size_t)steps);
  }
  return 1;
}

/* optimizer:set_moves{NAME = number}: all of them, each checked before one is set. */
static int optimizer_set_moves(lua_State *L) {
  lsy_optimizer *held = check_optimizer(L);
  luaL_checktype(L, 2, LUA_TTABLE);
  for (int set = 0; set <= 1; set++) {
    for (size_t i = 0; i < held->count; i++) {
      const char *name = held->parameters[i].name;
      int64_t steps = 0;
      lua_getfield(L, 2, name);
      if (!lsy_tointeger64(L, -1, &steps) || steps < 0 || (double)steps > 0x1p53)
        return lsy_error(L, "state: moves of \"%s\": expected a whole number from 0 up", name);
      if (set) *sy_optimizer_steps(held->optimizer, i) = (uint64_t)steps;
      lua_pop(L, 1);
    }
  }
  return 0;
}

/* optimizer:cpu(name): for tests */
static int optimizer_cpu(lua_State *L) {
  lsy_optimizer *held = check_optimizer(L);
  sy_status status = sy_optimizer_set_cpu(held->optimizer, luaL_checkstring(L, 2));
  return status == SY_OK ? 0 : lsy_raise(L, status, NULL);
}

static const luaL_Reg methods[] = {{"step", optimizer_step},
                                   {"tensors", optimizer_tensors},
                                   {"check_tensors", optimizer_check_tensors},
                                   {"set_tensors", optimizer_set_tensors},
                                   {"moves", optimizer_moves},
                                   {"set_moves", optimizer_set_moves},
                                   {"cpu", optimizer_cpu},
                                   {NULL, NULL}};
static const luaL_Reg functions[] = {{"optimizer", learn_optimizer}, {NULL, NULL}};

void lsy_open_optimizer(lua_State *L) {
  lsy_newtype(L, LSY_OPTIMIZER, methods, NULL);
  luaL_setfuncs(L, functions, 0);
}
