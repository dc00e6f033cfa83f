/*
 * bind_net.c - networks (steelyard/networks.h): made, and looked at. Passes are in bind_net_pass.c.
 *
 * A network lies in one userdata, its block behind a header; arrays into it anchor it.
 */
#include "lua/lsy_net.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

lsy_net *lsy_checkwholenet(lua_State *L, int arg) { return luaL_checkudata(L, arg, LSY_NET); }

sy_net *lsy_checknet(lua_State *L, int arg) { return lsy_checkwholenet(L, arg)->net; }

/* The text at an index, or NULL for anything else and for texts that go on behind a zero byte. */
static const char *plain_text(lua_State *L, int arg) {
  const char *text = lua_type(L, arg) == LUA_TSTRING ? lua_tostring(L, arg) : NULL;
  return text && strlen(text) == lua_rawlen(L, arg) ? text : NULL;
}

size_t lsy_checklayer(lua_State *L, int arg, const sy_net *net) {
  char shown[64];
  const char *name = plain_text(L, arg);
  ptrdiff_t layer = name ? sy_net_find(net, name) : -1;
  if (layer >= 0) return (size_t)layer;
  lsy_describe(L, arg, shown, sizeof shown);
  lsy_error(L, "net: no layer is called %s", shown);
  return 0;
}

void lsy_pushview(lua_State *L, int net, sy_dtype dtype, const void *data, size_t rows,
                  size_t columns, size_t stride) {
  lsy_array *view = lsy_newuserdata(L, sizeof *view, 1);
  view->data = (char *)(uintptr_t)data;
  view->dtype = dtype;
  view->dimensions = 2;
  view->shape[0] = rows;
  view->shape[1] = columns;
  view->stride[0] = stride;
  view->stride[1] = 1;
  lsy_anchor(L, -1, net);
  luaL_setmetatable(L, LSY_ARRAY);
}

/* ----------------------------------------------------------------------------- making ------ */

static const char *const kinds[] = {
    "input",   "ids",          "embedding", "dense", "concat",        "add",        "slice",
    "relu",    "tanh",         "sigmoid",   "gelu",  "softplus",      "batch_norm", "layer_norm",
    "dropout", "l2_normalize", "mixture",   "scale", "stop_gradient", "multiply",   "sample",
    NULL};
static const char *const bags[] = {"one", "sum", "mean", NULL};
static const char *const slopes[] = {"free", "exp", "softplus", NULL};
static const char *const starts[] = {"default",   "fan_in", "glorot", "normal",
                                     "truncated", "zero",   NULL};

/* Fields of the layer on top of the stack. */

static int word_field(lua_State *L, const char *field, const char *const *words, size_t layer) {
  char shown[64];
  int found = 0;
  lua_getfield(L, -1, field);
  if (lua_type(L, -1) == LUA_TSTRING) {
    const char *word = lua_tostring(L, -1);
    while (words[found] && strcmp(words[found], word) != 0) found++;
  } else if (!lua_isnil(L, -1)) {
    while (words[found]) found++;
  }
  if (!words[found] || (words == kinds && lua_isnil(L, -1))) {
    lsy_describe(L, -1, shown, sizeof shown);
    lsy_error(L, "layers[%d]: %s cannot be %s", (int)layer, field, shown);
  }
  lua_pop(L, 1);
  return found;
}

static size_t size_field(lua_State *L, const char *field, size_t layer) {
  char name[64];
  size_t size;
  lua_getfield(L, -1, field);
  snprintf(name, sizeof name, "layers[%d].%s", (int)layer, field);
  size = lsy_optsize(L, lua_gettop(L), name, 0);
  lua_pop(L, 1);
  return size;
}

static double number_field(lua_State *L, const char *field, size_t layer) {
  char shown[64];
  double value = 0;
  lua_getfield(L, -1, field);
  if (lua_type(L, -1) == LUA_TNUMBER) {
    value = (double)lua_tonumber(L, -1);
  } else if (!lua_isnil(L, -1)) {
    lsy_describe(L, -1, shown, sizeof shown);
    lsy_error(L, "layers[%d]: %s: expected a number, got %s", (int)layer, field, shown);
  }
  lua_pop(L, 1);
  return value;
}

static int flag_field(lua_State *L, const char *field) {
  lua_getfield(L, -1, field);
  int flag = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return flag;
}

/* The layers' inputs as places in the list, counted from 1. */
static size_t count_inputs(lua_State *L, size_t count) {
  size_t sum = 0;
  for (size_t i = 1; i <= count; i++) {
    lua_rawgeti(L, 1, (int)i);
    if (!lua_istable(L, -1)) lsy_error(L, "layers[%d]: a table is needed", (int)i);
    lua_getfield(L, -1, "inputs");
    if (lua_istable(L, -1)) sum += lua_rawlen(L, -1);
    else if (!lua_isnil(L, -1)) lsy_error(L, "layers[%d]: inputs: a list is needed", (int)i);
    lua_pop(L, 2);
  }
  return sum;
}

static size_t read_inputs(lua_State *L, int32_t *inputs, size_t room, size_t layer) {
  size_t count = 0;
  lua_getfield(L, -1, "inputs");
  if (lua_istable(L, -1)) count = lua_rawlen(L, -1);
  if (count > room) count = room;
  for (size_t j = 0; j < count; j++) {
    int64_t place = 0;
    lua_rawgeti(L, -1, (int)j + 1);
    if (!lsy_tointeger64(L, -1, &place) || place < 1 || place >= (int64_t)layer)
      lsy_error(L, "layers[%d]: inputs[%d]: a layer before it is needed", (int)layer, (int)j + 1);
    inputs[j] = (int32_t)(place - 1);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return count;
}

/* The layer on top of the stack. Its name stays alive as part of it. */
static sy_layer read_layer(lua_State *L, size_t i, const int32_t *inputs, size_t input_count) {
  sy_layer layer = {.inputs = inputs, .input_count = input_count};
  lua_getfield(L, -1, "name");
  if (lua_type(L, -1) != LUA_TSTRING) lsy_error(L, "layers[%d]: name: a string is needed", (int)i);
  layer.name = lua_tostring(L, -1);
  if (strlen(layer.name) != lua_rawlen(L, -1))
    lsy_error(L, "layers[%d]: name: it has a zero byte", (int)i);
  lua_pop(L, 1);
  layer.kind = (sy_layer_kind)word_field(L, "kind", kinds, i);
  layer.width = size_field(L, "width", i);
  layer.rows = size_field(L, "rows", i);
  layer.offset = size_field(L, "offset", i);
  layer.value = number_field(L, "value", i);
  layer.epsilon = number_field(L, "epsilon", i);
  layer.momentum = number_field(L, "momentum", i);
  layer.deviation = number_field(L, "deviation", i);
  layer.rate = number_field(L, "rate", i);
  layer.l2 = number_field(L, "l2", i);
  layer.bag = (sy_bag)word_field(L, "bag", bags, i);
  layer.slope = (sy_slope)word_field(L, "slope", slopes, i);
  layer.start = (sy_start)word_field(L, "start", starts, i);
  layer.hashed = flag_field(L, "hashed");
  layer.bias = flag_field(L, "bias");
  layer.affine = flag_field(L, "affine");
  layer.wants_gradient = flag_field(L, "wants_gradient");
  layer.frozen = flag_field(L, "frozen");
  return layer;
}

/* The layers at argument 1, in a userdata on the stack. */
static sy_layer *read_layers(lua_State *L, size_t *count) {
  luaL_checktype(L, 1, LUA_TTABLE);
  *count = lua_rawlen(L, 1);
  if (*count > SY_NET_LAYERS_MAX)
    lsy_error(L, "layers: %d are more than %d", (int)*count, SY_NET_LAYERS_MAX);
  size_t room = count_inputs(L, *count);
  sy_layer *layers = lsy_newuserdata(L, (*count + 1) * sizeof *layers, 0);
  int32_t *inputs = lsy_newuserdata(L, (room + 1) * sizeof *inputs, 0);
  for (size_t i = 1; i <= *count; i++) {
    lua_rawgeti(L, 1, (int)i);
    if (!lua_istable(L, -1)) lsy_error(L, "layers[%d]: a table is needed", (int)i);
    size_t used = read_inputs(L, inputs, room, i);
    layers[i - 1] = read_layer(L, i, inputs, used);
    inputs += used;
    room -= used;
    lua_pop(L, 1);
  }
  return layers;
}

static void *align(void *p) { return (void *)(((uintptr_t)p + 63) & ~(uintptr_t)63); }

/* learn.net(layers, batch, dtype, seed): inputs are places in the list. */
static int learn_net(lua_State *L) {
  size_t count, batch = lsy_checksize(L, 2, "batch");
  sy_dtype dtype = lsy_checkdtype(L, 3, SY_F32);
  uint64_t seed = lsy_checkseed(L, 4);
  sy_layer *layers = read_layers(L, &count);
  sy_error error = {SY_OK, ""};
  size_t bytes = sy_net_bytes(layers, count, batch, dtype, &error);
  if (bytes == 0) return lsy_raise(L, error.status, &error);
  size_t feeds = count * sizeof(sy_feed), pulls = count * sizeof(sy_pull);
  lsy_net *whole = lsy_newuserdata(L, sizeof *whole + feeds + pulls + bytes + 192, 1);
  whole->uses = 0;
  whole->feeds = align(whole + 1);
  whole->pulls = align((char *)whole->feeds + feeds);
  sy_status status = sy_net_init(align((char *)whole->pulls + pulls), layers, count, batch, dtype,
                                 seed, &whole->net, &error);
  if (status != SY_OK) return lsy_raise(L, status, &error);
  luaL_setmetatable(L, LSY_NET);
  return 1;
}

/* ------------------------------------------------------------------------- parameters ------ */

static size_t check_parameter(lua_State *L, int arg, const sy_net *net, sy_parameter *p) {
  char shown[64];
  const char *name = plain_text(L, arg);
  for (size_t i = 0; name && i < sy_net_parameter_count(net); i++) {
    sy_net_parameter(net, i, p);
    if (strcmp(p->name, name) == 0) return i;
  }
  lsy_describe(L, arg, shown, sizeof shown);
  lsy_error(L, "net: no parameter is called %s", shown);
  return 0;
}

/* learn.net_parameters(net) -> list of {name, rows, columns, kind, frozen} */
static int learn_parameters(lua_State *L) {
  sy_net *net = lsy_checknet(L, 1);
  size_t count = sy_net_parameter_count(net);
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    sy_parameter p;
    sy_net_parameter(net, i, &p);
    lua_createtable(L, 0, 5);
    lsy_settext(L, "name", p.name);
    lsy_setsize(L, "rows", p.rows);
    lsy_setsize(L, "columns", p.columns);
    lsy_settext(L, "kind", p.slots ? "table" : p.gradient ? "weight" : "statistic");
    lsy_setboolean(L, "frozen", p.frozen);
    lua_rawseti(L, -2, (int)i + 1);
  }
  return 1;
}

/* learn.net_parameter(net, name) -> a view */
static int learn_parameter(lua_State *L) {
  sy_net *net = lsy_checknet(L, 1);
  sy_parameter p;
  check_parameter(L, 2, net, &p);
  lsy_pushview(L, 1, sy_net_dtype(net), p.data, p.rows, p.columns, p.columns);
  return 1;
}

/* learn.net_gradient(net, name) -> a view, of tables a copy with all rows, or nil */
static int learn_gradient(lua_State *L) {
  sy_net *net = lsy_checknet(L, 1);
  sy_parameter p;
  check_parameter(L, 2, net, &p);
  if (!p.has_gradient) return 0;
  if (!p.slots) {
    lsy_pushview(L, 1, sy_net_dtype(net), p.gradient, p.rows, p.columns, p.columns);
    return 1;
  }
  lsy_array *dense = lsy_newarray(L, sy_net_dtype(net), p.rows, p.columns, 2, 1);
  size_t row = p.columns * sy_dtype_size(dense->dtype);
  for (size_t i = 0; i < p.touched_count; i++)
    memcpy(dense->data + (size_t)p.touched[i] * row, (const char *)p.gradient + i * row, row);
  return 1;
}

/* ------------------------------------------------------------------------------ state ------ */

static void push_decimal(lua_State *L, uint64_t value) {
  char text[32];
  snprintf(text, sizeof text, "%" PRIu64, value);
  lua_pushstring(L, text);
}

static uint64_t check_decimal(lua_State *L, int arg, const char *name) {
  char shown[64], *end = NULL;
  int64_t number;
  if (lsy_tointeger64(L, arg, &number)) return (uint64_t)number;
  if (lua_type(L, arg) == LUA_TSTRING) {
    const char *text = lua_tostring(L, arg);
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text >= '0' && *text <= '9' && *end == 0 && errno == 0 &&
        strlen(text) == lua_rawlen(L, arg))
      return value;
  }
  lsy_describe(L, arg, shown, sizeof shown);
  lsy_error(L, "%s: expected a whole number, got %s", name, shown);
  return 0;
}

/* learn.net_state(net) -> seed, passes: as decimal texts */
static int learn_state(lua_State *L) {
  sy_net_state state = sy_net_get_state(lsy_checknet(L, 1));
  push_decimal(L, state.seed);
  push_decimal(L, state.passes);
  return 2;
}

/* learn.net_set_state(net, seed, passes) */
static int learn_set_state(lua_State *L) {
  sy_net *net = lsy_checknet(L, 1);
  sy_net_state state = {check_decimal(L, 2, "seed"), check_decimal(L, 3, "passes")};
  sy_net_set_state(net, state);
  return 0;
}

/* learn.net_cpu(net, name or nil) -> the instruction set that it now uses, or nil */
static int learn_cpu(lua_State *L) {
  sy_net *net = lsy_checknet(L, 1);
  if (!lua_isnoneornil(L, 2) && sy_net_set_cpu(net, luaL_checkstring(L, 2)) != SY_OK) return 0;
  lua_pushstring(L, sy_net_cpu(net));
  return 1;
}

/* learn.net_hash(id, rows) -> the row, from 1 */
static int learn_hash(lua_State *L) {
  char shown[64];
  int64_t id;
  size_t rows = lsy_checksize(L, 2, "rows");
  if (!lsy_tointeger64(L, 1, &id)) {
    lsy_describe(L, 1, shown, sizeof shown);
    return lsy_error(L, "id: expected a whole number, got %s", shown);
  }
  if (rows < 1 || rows > INT32_MAX) return lsy_error(L, "rows: 1 to 2147483647 are possible");
  lsy_pushsize(L, sy_net_hash(id, rows) + 1);
  return 1;
}

static const luaL_Reg functions[] = {{"net", learn_net},
                                     {"net_parameters", learn_parameters},
                                     {"net_parameter", learn_parameter},
                                     {"net_gradient", learn_gradient},
                                     {"net_state", learn_state},
                                     {"net_set_state", learn_set_state},
                                     {"net_cpu", learn_cpu},
                                     {"net_hash", learn_hash},
                                     {NULL, NULL}};

void lsy_open_net(lua_State *L) {
  lsy_newtype(L, LSY_NET, NULL, NULL);
  luaL_setfuncs(L, functions, 0);
}
