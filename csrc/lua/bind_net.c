/*
 * bind_net.c - networks (steelyard/networks.h). Raw: lua/steelyard/net.lua checks what users give.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua/lsy_learn.h"

#define LSY_NET "steelyard.net"

/* The block lies behind, aligned; the user value keeps what the last pass reads. */
typedef struct lsy_net {
  sy_net *net;
  sy_feed *feeds; /* one for each layer */
} lsy_net;

static lsy_net *check_net(lua_State *L, int arg) { return luaL_checkudata(L, arg, LSY_NET); }

sy_net *lsy_checknet(lua_State *L, int arg) { return check_net(L, arg)->net; }

/* ------------------------------------------------------------------------------------- layers -- */

static const char *const kinds[] = {
    "input",   "ids",          "embedding", "dense", "concat",        "add",        "slice",
    "relu",    "tanh",         "sigmoid",   "gelu",  "softplus",      "batch_norm", "layer_norm",
    "dropout", "l2_normalize", "mixture",   "scale", "stop_gradient", "multiply",   NULL};
static const char *const bags[] = {"one", "sum", "mean", NULL};
static const char *const slopes[] = {"free", "exp", "softplus", NULL};
static const char *const starts[] = {"default",   "fan_in", "glorot", "normal",
                                     "truncated", "zero",   NULL};

static int choice(lua_State *L, const char *field, const char *const *names) {
  int which = 0;
  lua_getfield(L, -1, field);
  if (!lua_isnil(L, -1)) which = luaL_checkoption(L, lua_gettop(L), NULL, names);
  lua_pop(L, 1);
  return which;
}

static double number(lua_State *L, const char *field) {
  double value = 0;
  lua_getfield(L, -1, field);
  if (!lua_isnil(L, -1)) {
    if (lua_type(L, -1) != LUA_TNUMBER) lsy_error(L, "layer: %s: expected a number", field);
    value = (double)lua_tonumber(L, -1);
  }
  lua_pop(L, 1);
  return value;
}

static size_t whole(lua_State *L, const char *field) {
  double value = number(L, field);
  if (!(value >= 0 && value <= 9007199254740992.0) || value != (double)(size_t)value)
    lsy_error(L, "layer: %s: expected a whole number from 0 up", field);
  return (size_t)value;
}

static int truth(lua_State *L, const char *field) {
  lua_getfield(L, -1, field);
  int value = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return value;
}

/* The places of the layers that the layer on top of the stack reads. */
static void read_inputs(lua_State *L, const sy_layer *layers, size_t count, sy_layer *layer,
                        int32_t *inputs) {
  lua_getfield(L, -1, "inputs");
  layer->input_count = lua_istable(L, -1) ? lua_rawlen(L, -1) : 0;
  layer->inputs = inputs;
  for (size_t j = 0; j < layer->input_count; j++) {
    lua_rawgeti(L, -1, (int)j + 1);
    const char *name = luaL_checkstring(L, -1);
    size_t at = 0;
    while (at < count && strcmp(layers[at].name, name) != 0) at++;
    if (at == count)
      lsy_error(L, "layer %s: it reads \"%s\", and no layer before it is called so", layer->name,
                name);
    inputs[j] = (int32_t)at;
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

/* The number of inputs of all layers in the list at 1. */
static size_t count_inputs(lua_State *L, size_t count) {
  size_t total = 0;
  for (size_t i = 1; i <= count; i++) {
    lua_rawgeti(L, 1, (int)i);
    if (!lua_istable(L, -1)) lsy_error(L, "layers[%d]: expected a table", (int)i);
    lua_getfield(L, -1, "inputs");
    if (lua_istable(L, -1)) total += lua_rawlen(L, -1);
    lua_pop(L, 2);
  }
  return total;
}

/* The layers in the list at 1, in a userdata that stays on the stack. */
static sy_layer *read_layers(lua_State *L, size_t count) {
  size_t total = count_inputs(L, count);
  char *block = lsy_newuserdata(L, count * sizeof(sy_layer) + total * sizeof(int32_t) + 1, 0);
  sy_layer *layers = (sy_layer *)(void *)block;
  int32_t *inputs = (int32_t *)(void *)(block + count * sizeof(sy_layer));
  memset(layers, 0, count * sizeof *layers);
  for (size_t i = 0; i < count; i++) {
    sy_layer *layer = layers + i;
    lua_rawgeti(L, 1, (int)i + 1);
    lua_getfield(L, -1, "name");
    layer->name = luaL_checkstring(L, -1); /* the table keeps it alive */
    lua_pop(L, 1);
    layer->kind = (sy_layer_kind)choice(L, "kind", kinds);
    read_inputs(L, layers, i, layer, inputs);
    inputs += layer->input_count;
    layer->width = whole(L, "width");
    layer->rows = whole(L, "rows");
    layer->offset = whole(L, "offset");
    layer->value = number(L, "value");
    layer->epsilon = number(L, "epsilon");
    layer->momentum = number(L, "momentum");
    layer->bag = (sy_bag)choice(L, "bag", bags);
    layer->hashed = truth(L, "hashed");
    layer->bias = truth(L, "bias");
    layer->affine = truth(L, "affine");
    layer->wants_gradient = truth(L, "wants_gradient");
    layer->slope = (sy_slope)choice(L, "slope", slopes);
    layer->start = (sy_start)choice(L, "start", starts);
    layer->deviation = number(L, "deviation");
    layer->frozen = truth(L, "frozen");
    layer->rate = number(L, "rate");
    layer->l2 = number(L, "l2");
    lua_pop(L, 1);
  }
  return layers;
}

/* net(layers, batch, dtype, seed) -> network */
static int l_net(lua_State *L) {
  sy_error error = {SY_OK, ""};
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 4);
  size_t count = lua_rawlen(L, 1), batch = lsy_checksize(L, 2, "batch");
  sy_dtype dtype = lsy_checkdtype(L, 3, SY_F32);
  uint64_t seed = lsy_checkseed(L, 4);
  sy_layer *layers = read_layers(L, count);
  size_t bytes = sy_net_bytes(layers, count, batch, dtype, &error);
  if (bytes == 0) return lsy_raise(L, error.status, &error);
  size_t feeds = count * sizeof(sy_feed);
  if (bytes > SIZE_MAX / 2 - feeds) return lsy_error(L, "not enough memory");
  lsy_net *self = lsy_newuserdata(L, sizeof *self + feeds + 64 + bytes, 1);
  char *block = (char *)(self + 1) + feeds;
  block += (64 - (uintptr_t)block % 64) % 64;
  self->feeds = (sy_feed *)(void *)(self + 1);
  memset(self->feeds, 0, feeds);
  sy_status status = sy_net_init(block, layers, count, batch, dtype, seed, &self->net, &error);
  if (status) return lsy_raise(L, status, &error);
  luaL_setmetatable(L, LSY_NET);
  return 1;
}

/* ------------------------------------------------------------------------------------- passes -- */

/* Keep the value at the top (popped) in the table at `kept`. */
static void keep(lua_State *L, int kept) { lua_rawseti(L, kept, (int)lua_rawlen(L, kept) + 1); }

static sy_vector kept_vector(lua_State *L, int kept, const char *name, sy_dtype dtype, size_t *n) {
  sy_vector vector = lsy_checkvector(L, lua_gettop(L), name, dtype, n);
  keep(L, kept);
  return vector;
}

/* Numbers of a source, at the top (popped): a matrix of its width, or a vector where that is 1. */
static void read_numbers(lua_State *L, int kept, const char *name, size_t width, sy_feed *feed) {
  const lsy_array *array = lsy_testarray(L, -1);
  if (!array) { /* a table of numbers */
    if (width != 1) lsy_error(L, "%s: expected a matrix of %d columns", name, (int)width);
    feed->numbers = kept_vector(L, kept, name, SY_F64, &feed->rows);
    return;
  }
  size_t columns = array->dimensions == 2 ? array->shape[1] : 1;
  if (columns != width)
    lsy_error(L, "%s: expected a matrix of %d columns, got %d", name, (int)width, (int)columns);
  if (array->dtype != SY_F32 && array->dtype != SY_F64) {
    lsy_copyas(L, array, SY_F64);
    lua_remove(L, -2);
    array = lsy_testarray(L, -1);
  }
  if (array->stride[1] != 1 && columns > 1) {
    lsy_copyas(L, array, array->dtype);
    lua_remove(L, -2);
    array = lsy_testarray(L, -1);
  }
  feed->numbers = (sy_vector){array->data, array->dtype};
  feed->stride = array->stride[0], feed->rows = array->shape[0];
  keep(L, kept);
}

/* An integer vector at the top (popped), as it is where it is one. */
static sy_vector read_whole(lua_State *L, int kept, const char *name, size_t *n) {
  const lsy_array *array = lsy_testarray(L, -1);
  return kept_vector(L, kept, name, array && array->dtype == SY_I32 ? SY_I32 : SY_I64, n);
}

/* Ids of a source, at the top (popped): one a row, or {ids =, offsets =, weights =}. */
static void read_ids(lua_State *L, int kept, const char *name, sy_feed *feed) {
  size_t n, offsets;
  feed->base = 1;
  int is_bag = 0;
  if (lua_istable(L, -1)) {
    lua_getfield(L, -1, "ids");
    is_bag = !lua_isnil(L, -1);
    if (!is_bag) lua_pop(L, 1);
  }
  if (!is_bag) {
    feed->ids = read_whole(L, kept, name, &feed->rows);
    return;
  }
  feed->ids = read_whole(L, kept, name, &n);
  lua_getfield(L, -1, "offsets");
  feed->offsets = lsy_checkoffsets(L, lua_gettop(L), &offsets);
  keep(L, kept);
  if (feed->offsets[offsets - 1] != (int64_t)n)
    lsy_error(L, "%s: the offsets end at %d, and there are %d ids", name,
              (int)feed->offsets[offsets - 1], (int)n);
  feed->rows = offsets - 1;
  lua_getfield(L, -1, "weights");
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
  } else {
    size_t weights;
    feed->weights = lsy_checkreals(L, lua_gettop(L), name, &weights);
    keep(L, kept);
    if (weights != n) lsy_error(L, "%s: %d weights for %d ids", name, (int)weights, (int)n);
  }
  lua_pop(L, 1);
}

static void refuse_unknown(lua_State *L, const sy_net *net) {
  lua_pushnil(L);
  while (lua_next(L, 2)) {
    const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
    ptrdiff_t at = sy_net_find(net, name);
    if (at < 0) lsy_error(L, "forward: no source is called \"%s\"", name);
    lua_pop(L, 1);
  }
  lsy_error(L, "forward: only inputs and ids are fed");
}

/* net:forward(feeds, rows | nil, training) -> n */
static int net_forward(lua_State *L) {
  sy_error error = {SY_OK, ""};
  lsy_net *self = check_net(L, 1);
  sy_net *net = self->net;
  size_t count = sy_net_layer_count(net), fed = 0, given = 0, n = SIZE_MAX;
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 4);
  lua_newtable(L); /* 5: what the pass reads */
  for (size_t i = 0; i < count; i++) {
    sy_layer_kind kind = sy_net_kind(net, i);
    self->feeds[i] = (sy_feed){0};
    if (kind != SY_LAYER_INPUT && kind != SY_LAYER_IDS) continue;
    const char *name = sy_net_layer_name(net, i);
    lua_getfield(L, 2, name);
    if (lua_isnil(L, -1)) {
      lua_pop(L, 1);
      continue;
    }
    fed++;
    if (kind == SY_LAYER_INPUT) read_numbers(L, 5, name, sy_net_width(net, i), self->feeds + i);
    else read_ids(L, 5, name, self->feeds + i);
    lua_settop(L, 5);
    size_t rows = self->feeds[i].rows;
    if (n == SIZE_MAX) n = rows;
    if (rows != n && lua_isnil(L, 3))
      return lsy_error(L, "forward: %s has %d rows, where others have %d", name, (int)rows, (int)n);
  }
  for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) given++;
  if (given != fed) refuse_unknown(L, net);
  if (fed == 0) return lsy_error(L, "forward: nothing is fed");
  const int64_t *rows = NULL;
  if (!lua_isnil(L, 3)) rows = lsy_checkvector(L, 3, "rows", SY_I64, &n).data;
  lsy_anchor(L, 1, 5);
  sy_status status =
      sy_net_forward(net, self->feeds, rows, rows ? 1 : 0, n, lua_toboolean(L, 4), &error);
  if (status) return lsy_raise(L, status, &error);
  lsy_pushsize(L, n);
  return 1;
}

static size_t check_layer(lua_State *L, const sy_net *net, int arg) {
  const char *name = luaL_checkstring(L, arg);
  ptrdiff_t layer = sy_net_find(net, name);
  if (layer < 0) lsy_error(L, "no layer is called \"%s\"", name);
  return (size_t)layer;
}

/* net:value(name) -> a view, for the last pass */
static int net_value(lua_State *L) {
  sy_net *net = lsy_checknet(L, 1);
  size_t layer = check_layer(L, net, 2), stride, n;
  union {
    const void *from;
    void *data;
  } value;
  value.from = sy_net_value(net, layer, &stride, &n);
  if (!value.from)
    return lsy_error(L, "%s: the last forward pass did not compute it", lua_tostring(L, 2));
  lsy_newview(L, 1, sy_net_dtype(net), value.data, n, sy_net_width(net, layer), stride);
  return 1;
}

/* net:input_gradient(name) -> a view, or nil */
static int net_input_gradient(lua_State *L) {
  sy_net *net = lsy_checknet(L, 1);
  size_t layer = check_layer(L, net, 2), stride, n;
  union {
    const void *from;
    void *data;
  } value;
  sy_net_value(net, layer, &stride, &n);
  value.from = sy_net_input_gradient(net, layer, &stride);
  if (!value.from) return 0;
  lsy_newview(L, 1, sy_net_dtype(net), value.data, n, sy_net_width(net, layer), stride);
  return 1;
}

/* The gradient at the top of the stack, n x width and contiguous; kept in the table at `kept`. */
static sy_vector check_gradient(lua_State *L, int kept, const char *name, size_t n, size_t width) {
  const lsy_array *array = lsy_testarray(L, -1);
  if (!array) lsy_error(L, "backward: %s: expected an array", name);
  size_t columns = array->dimensions == 2 ? array->shape[1] : 1;
  if (array->shape[0] != n || columns != width)
    lsy_error(L, "backward: %s: expected a gradient of %d x %d, got %d x %d", name, (int)n,
              (int)width, (int)array->shape[0], (int)columns);
  if ((array->dtype != SY_F32 && array->dtype != SY_F64) || !lsy_iscontiguous(array)) {
    lsy_copyas(L, array, array->dtype == SY_F32 ? SY_F32 : SY_F64);
    lua_remove(L, -2);
    array = lsy_testarray(L, -1);
  }
  sy_vector vector = {array->data, array->dtype};
  keep(L, kept);
  return vector;
}

/* net:backward({name = gradient, ...}): in the order of layers, so that sums have one order */
static int net_backward(lua_State *L) {
  sy_error error = {SY_OK, ""};
  sy_net *net = lsy_checknet(L, 1);
  size_t count = sy_net_layer_count(net), used = 0, given = 0;
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING || sy_net_find(net, lua_tostring(L, -2)) < 0)
      return lsy_error(L, "backward: no layer is called \"%s\"",
                       lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?");
    given++;
  }
  lua_newtable(L); /* 3 */
  sy_pull *pulls = lsy_newuserdata(L, (given + 1) * sizeof *pulls, 0);
  for (size_t i = 0; i < count && used < given; i++) {
    size_t stride, n;
    lua_getfield(L, 2, sy_net_layer_name(net, i));
    if (lua_isnil(L, -1)) {
      lua_pop(L, 1);
      continue;
    }
    sy_net_value(net, i, &stride, &n);
    pulls[used].layer = i;
    pulls[used++].gradient =
        check_gradient(L, 3, sy_net_layer_name(net, i), n, sy_net_width(net, i));
  }
  sy_status status = sy_net_backward(net, pulls, used, &error);
  return status ? lsy_raise(L, status, &error) : 0;
}

/* --------------------------------------------------------------------------------- parameters -- */

static sy_parameter check_parameter(lua_State *L, const sy_net *net, int arg) {
  const char *name = luaL_checkstring(L, arg);
  sy_parameter parameter;
  for (size_t i = 0; i < sy_net_parameter_count(net); i++) {
    sy_net_parameter(net, i, &parameter);
    if (strcmp(parameter.name, name) == 0) return parameter;
  }
  lsy_error(L, "no parameter is called \"%s\"", name);
  return parameter;
}

/* net:parameter(name) -> the live numbers */
static int net_parameter(lua_State *L) {
  sy_net *net = lsy_checknet(L, 1);
  sy_parameter p = check_parameter(L, net, 2);
  lsy_newview(L, 1, sy_net_dtype(net), p.data, p.rows, p.columns, p.columns);
  return 1;
}

/* net:gradient(name) -> a copy; nil where the last pass did not reach it */
static int net_gradient(lua_State *L) {
  sy_net *net = lsy_checknet(L, 1);
  sy_parameter p = check_parameter(L, net, 2);
  size_t row = p.columns * sy_dtype_size(sy_net_dtype(net));
  if (!p.has_gradient) return 0;
  lsy_array *copy = lsy_newarray(L, sy_net_dtype(net), p.rows, p.columns, 2, 1);
  if (!p.touched) memcpy(copy->data, p.gradient, p.rows * row);
  for (size_t i = 0; i < p.touched_count; i++)
    memcpy(copy->data + (size_t)p.touched[i] * row, (const char *)p.gradient + i * row, row);
  return 1;
}

/* net:parameters() -> list of {name, rows, columns, kind, frozen} */
static int net_parameters(lua_State *L) {
  sy_net *net = lsy_checknet(L, 1);
  sy_parameter p;
  lua_newtable(L);
  for (size_t i = 0; i < sy_net_parameter_count(net); i++) {
    sy_net_parameter(net, i, &p);
    lua_createtable(L, 0, 5);
    lsy_settext(L, "name", p.name);
    lsy_setsize(L, "rows", p.rows);
    lsy_setsize(L, "columns", p.columns);
    lsy_settext(L, "kind", p.touched ? "table" : p.gradient ? "weight" : "statistic");
    lsy_setboolean(L, "frozen", p.frozen);
    lua_rawseti(L, -2, (int)i + 1);
  }
  return 1;
}

/* net:state() -> seed, passes, as decimal texts */
static int net_state(lua_State *L) {
  sy_net_state state = sy_net_get_state(lsy_checknet(L, 1));
  char text[32];
  snprintf(text, sizeof text, "%" PRIu64, state.seed);
  lua_pushstring(L, text);
  snprintf(text, sizeof text, "%" PRIu64, state.passes);
  lua_pushstring(L, text);
  return 2;
}

static int net_set_state(lua_State *L) {
  sy_net *net = lsy_checknet(L, 1);
  sy_net_state state = {strtoull(luaL_checkstring(L, 2), NULL, 10),
                        strtoull(luaL_checkstring(L, 3), NULL, 10)};
  sy_net_set_state(net, state);
  return 0;
}

void lsy_open_net(lua_State *L) {
  static const luaL_Reg functions[] = {{"net", l_net}, {NULL, NULL}};
  static const luaL_Reg methods[] = {
      {"forward", net_forward},       {"value", net_value},
      {"backward", net_backward},     {"input_gradient", net_input_gradient},
      {"parameter", net_parameter},   {"gradient", net_gradient},
      {"parameters", net_parameters}, {"state", net_state},
      {"set_state", net_set_state},   {NULL, NULL}};
  lsy_newtype(L, LSY_NET, methods, NULL);
  luaL_setfuncs(L, functions, 0);
}
