/*
 * bind_net_pass.c - networks' passes: feeds and gradients as arrays, values as views.
 */
#include "lua/lsy_net.h"

#include <string.h>

/*
 * What a metamethod or finalizer does while arguments are read may be a pass of its own, whose
 * arrays are not this one's: begin a use of the network, and see that it is the last that was begun.
 */
static uint64_t begin(lsy_net *whole) { return ++whole->uses; }

static void check_use(lua_State *L, const lsy_net *whole, uint64_t use) {
  if (whole->uses != use) lsy_error(L, "net: it was used while the arguments of a pass were read");
}

/* How many threads a pass has. */
static void read_threads(lua_State *L, int arg, const lsy_net *whole) {
  sy_net_set_threads(whole->net, (int)lsy_optsize(L, arg, "threads", 1));
}

/* A pass writes where it may still have to read: the network's own numbers are taken as a copy. */
static int is_own(lua_State *L, const void *data) {
  uintptr_t start = (uintptr_t)lua_touserdata(L, 1), place = (uintptr_t)data;
  return place >= start && place - start < lua_rawlen(L, 1);
}

/* Replace the array on top of the stack by a copy where it is the network's own. */
static lsy_array *without_own(lua_State *L, lsy_array *array) {
  if (!is_own(L, array->data)) return array;
  lsy_copyas(L, array, array->dtype);
  return lsy_checkarray(L, lua_gettop(L));
}

/* ------------------------------------------------------------------------------ feeds ------ */

/* The array or table on top of the stack as a matrix of `width` columns; what is made stays there. */
static void read_numbers(lua_State *L, const char *name, size_t width, sy_feed *feed) {
  lsy_array *array = lsy_testarray(L, -1);
  if (array && array->dtype > SY_F64) {
    lsy_copyas(L, array, SY_F64);
    array = lsy_checkarray(L, lua_gettop(L));
  }
  if (!array) { /* a list of numbers or of rows */
    lsy_arrayof(L, lua_gettop(L), name, SY_F64);
    array = lsy_checkarray(L, lua_gettop(L));
    if (array->dimensions == 1 && array->shape[0] && width != 1)
      lsy_error(L, "%s: a matrix of %d columns is needed", name, (int)width);
    if (array->shape[0] == 0) array->shape[1] = width;
  }
  size_t columns = array->shape[1];
  if (columns != width)
    lsy_error(L, "%s: it has %d columns, and %d are needed", name, (int)columns, (int)width);
  if (width > 1 && array->stride[1] != 1) {
    lsy_copyas(L, array, array->dtype);
    array = lsy_checkarray(L, lua_gettop(L));
  }
  array = without_own(L, array);
  feed->numbers.data = array->data;
  feed->numbers.dtype = array->dtype;
  feed->rows = array->shape[0];
  feed->stride = array->stride[0];
}

/* A vector of ids, offsets or weights, at a field of a bag or, field NULL, on top of the stack. */
static sy_vector read_vector(lua_State *L, int bag, const char *source, const char *field,
                             sy_dtype dtype, size_t *n) {
  sy_vector none = {NULL, SY_F64};
  const char *name = source;
  if (field) {
    lua_getfield(L, bag, field);
    if (lua_isnil(L, -1)) return none;
    name = lua_pushfstring(L, "%s.%s", source, field);
    lua_insert(L, -2);
  }
  lsy_array *array = lsy_testarray(L, -1);
  if (dtype == SY_I64 && array && array->dtype == SY_I32) dtype = SY_I32;
  if (dtype == SY_F64 && array && array->dtype == SY_F32) dtype = SY_F32;
  return lsy_checkvector(L, lua_gettop(L), name, dtype, n);
}

static const int64_t *read_offsets(lua_State *L, int bag, const char *source, sy_feed *feed) {
  size_t n = 0;
  sy_vector offsets = read_vector(L, bag, source, "offsets", SY_I64, &n);
  if (!offsets.data && lua_isnil(L, -1)) return NULL;
  if (n == 0) lsy_error(L, "%s.offsets: one number more than rows is needed", source);
  if (offsets.dtype == SY_I32) {
    lsy_copyas(L, lsy_checkarray(L, lua_gettop(L)), SY_I64);
    offsets.data = lsy_checkarray(L, lua_gettop(L))->data;
  }
  feed->rows = n - 1;
  return offsets.data;
}

static void read_ids(lua_State *L, const char *name, sy_feed *feed) {
  int bag = lua_gettop(L);
  size_t weights = 0;
  feed->base = 1;
  if (lsy_testarray(L, bag)) lua_pushnil(L);
  else lua_getfield(L, bag, "ids");
  int is_bag = !lua_isnil(L, -1);
  lua_pop(L, 1);
  if (!is_bag) {
    feed->ids = read_vector(L, 0, name, NULL, SY_I64, &feed->rows);
    return;
  }
  feed->ids = read_vector(L, bag, name, "ids", SY_I64, &feed->id_count);
  feed->rows = feed->id_count;
  feed->offsets = read_offsets(L, bag, name, feed);
  feed->weights = read_vector(L, bag, name, "weights", SY_F64, &weights);
  if (feed->weights.data)
    feed->weights.data = without_own(L, lsy_checkarray(L, lua_gettop(L)))->data;
  if (feed->weights.data && weights != feed->id_count)
    lsy_error(L, "%s: there are %d weights for %d ids", name, (int)weights, (int)feed->id_count);
}

/* Even of no rows, a feed is one. */
static const char nothing = 0;

/* Read the feed on top of the stack. Returns 1 where backward must find it again. */
static int read_feed(lua_State *L, const sy_net *net, size_t layer, sy_feed *feed) {
  const char *name = sy_net_layer_name(net, layer);
  char shown[64];
  if (!lsy_testarray(L, -1) && !lua_istable(L, -1)) {
    lsy_describe(L, -1, shown, sizeof shown);
    lsy_error(L, "%s: expected an array or a table, got %s", name, shown);
  }
  if (sy_net_kind(net, layer) == SY_LAYER_INPUT) {
    read_numbers(L, name, sy_net_width(net, layer), feed);
    if (!feed->numbers.data) feed->numbers.data = &nothing;
    return 0;
  }
  read_ids(L, name, feed);
  if (!feed->ids.data) feed->ids.data = &nothing;
  return 1;
}

/* The number of rows that all feeds have. */
static size_t common_rows(lua_State *L, const lsy_net *whole) {
  size_t rows = 0, first = SIZE_MAX;
  for (size_t i = 0; i < sy_net_layer_count(whole->net); i++) {
    const sy_feed *feed = &whole->feeds[i];
    if (!feed->numbers.data && !feed->ids.data) continue;
    if (first == SIZE_MAX) {
      first = i;
      rows = feed->rows;
    } else if (rows != feed->rows) {
      lsy_error(L, "feeds: %s has %d rows, and %s %d", sy_net_layer_name(whole->net, first),
                (int)rows, sy_net_layer_name(whole->net, i), (int)feed->rows);
    }
  }
  if (first == SIZE_MAX) lsy_error(L, "feeds: nothing is fed");
  return rows;
}

/* Push a table of what is on the stack from `first` up. */
static void collect_from(lua_State *L, int first) {
  int last = lua_gettop(L);
  lua_createtable(L, last - first + 1, 0);
  for (int i = first; i <= last; i++) {
    lua_pushvalue(L, i);
    lua_rawseti(L, -2, i - first + 1);
  }
}

/* learn.net_forward(net, feeds, rows or nil, training, threads or nil) */
static int learn_forward(lua_State *L) {
  lsy_net *whole = lsy_checkwholenet(L, 1);
  sy_error error = {SY_OK, ""};
  const int64_t *rows = NULL;
  size_t n = 0, count = sy_net_layer_count(whole->net);
  int keep = 0;
  uint64_t use = begin(whole);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 5);
  read_threads(L, 5, whole);
  if (!lua_isnil(L, 3)) rows = lsy_checkvector(L, 3, "rows", SY_I64, &n).data;
  if (!lua_isnil(L, 3) && !rows) rows = (const int64_t *)whole->feeds; /* none of them */
  memset(whole->feeds, 0, count * sizeof *whole->feeds);
  for (size_t i = 0; i < count; i++) {
    sy_layer_kind kind = sy_net_kind(whole->net, i);
    if (kind != SY_LAYER_INPUT && kind != SY_LAYER_IDS) continue;
    luaL_checkstack(L, 16, "feeds");
    lua_getfield(L, 2, sy_net_layer_name(whole->net, i));
    if (lua_isnil(L, -1)) lua_pop(L, 1);
    else keep |= read_feed(L, whole->net, i, &whole->feeds[i]);
  }
  if (keep) collect_from(L, 6);
  check_use(L, whole, use);
  if (!rows) n = common_rows(L, whole);
  /* Backward reads bags again. Nothing may run or be raised between this and the pass. */
  if (keep) lsy_setparent(L, 1);
  sy_status status =
      sy_net_forward(whole->net, whole->feeds, rows, 1, n, lua_toboolean(L, 4), &error);
  return status == SY_OK ? 0 : lsy_raise(L, status, &error);
}

/* ------------------------------------------------------------------------------ looks ------ */

/* learn.net_value(net, name) -> a view, or nil where it was not computed */
static int learn_value(lua_State *L) {
  sy_net *net = lsy_checknet(L, 1);
  size_t layer = lsy_checklayer(L, 2, net), stride = 0, n = 0;
  const void *data = sy_net_value(net, layer, &stride, &n);
  if (!data) return 0;
  lsy_pushview(L, 1, sy_net_dtype(net), data, n, sy_net_width(net, layer), stride);
  return 1;
}

/* learn.net_input_gradient(net, name) -> a view, or nil where there is none */
static int learn_input_gradient(lua_State *L) {
  sy_net *net = lsy_checknet(L, 1);
  size_t layer = lsy_checklayer(L, 2, net), stride = 0, n = 0;
  const void *data = sy_net_input_gradient(net, layer, &stride);
  if (!data) return 0;
  sy_net_value(net, layer, NULL, &n);
  lsy_pushview(L, 1, sy_net_dtype(net), data, n, sy_net_width(net, layer), stride);
  return 1;
}

/* --------------------------------------------------------------------------- backward ------ */

/*
 * The gradient on top of the stack, n x width without gaps; what is made stays there. A pass writes
 * over no values, so that those of the layer itself need no copy.
 */
static sy_vector read_pull(lua_State *L, const sy_net *net, size_t layer) {
  const char *name = sy_net_layer_name(net, layer);
  size_t n = 0, width = sy_net_width(net, layer);
  lsy_array *array = lsy_testarray(L, -1);
  sy_vector vector = {NULL, SY_F64};
  const void *own = sy_net_value(net, layer, NULL, &n);
  if (!own) return vector; /* the library says why */
  if (!array) {            /* a list of numbers or of rows */
    if (!lua_istable(L, -1)) lsy_checkmatrix(L, lua_gettop(L), name); /* raises */
    lsy_arrayof(L, lua_gettop(L), name, SY_F64);
    array = lsy_checkarray(L, lua_gettop(L));
    if (array->shape[0] == 0) array->shape[1] = width;
  }
  size_t columns = array->shape[1];
  if (array->shape[0] != n || columns != width)
    lsy_error(L, "%s: a gradient of %d x %d is needed, not %d x %d", name, (int)n, (int)width,
              (int)array->shape[0], (int)columns);
  if (array->dtype > SY_F64 || !lsy_iscontiguous(array)) {
    lsy_copyas(L, array, array->dtype > SY_F64 ? SY_F64 : array->dtype);
    array = lsy_checkarray(L, lua_gettop(L));
  }
  if (array->data != own) array = without_own(L, array);
  vector.data = array->data;
  vector.dtype = array->dtype;
  return vector;
}

/* learn.net_backward(net, {name = gradient}, threads or nil) */
static int learn_backward(lua_State *L) {
  lsy_net *whole = lsy_checkwholenet(L, 1);
  sy_error error = {SY_OK, ""};
  size_t count = 0;
  uint64_t use = begin(whole);
  luaL_checktype(L, 2, LUA_TTABLE);
  read_threads(L, 3, whole);
  lua_settop(L, 2);
  lua_newtable(L); /* copies are kept here */
  lua_pushnil(L);
  while (lua_next(L, 2)) {
    size_t layer = lsy_checklayer(L, 4, whole->net);
    whole->pulls[count].layer = layer;
    whole->pulls[count].gradient = read_pull(L, whole->net, layer);
    lua_rawseti(L, 3, (int)++count);
    lua_settop(L, 4);
  }
  check_use(L, whole, use);
  sy_status status = sy_net_backward(whole->net, whole->pulls, count, &error);
  return status == SY_OK ? 0 : lsy_raise(L, status, &error);
}

static const luaL_Reg functions[] = {{"net_forward", learn_forward},
                                     {"net_value", learn_value},
                                     {"net_input_gradient", learn_input_gradient},
                                     {"net_backward", learn_backward},
                                     {NULL, NULL}};

void lsy_open_net_pass(lua_State *L) { luaL_setfuncs(L, functions, 0); }
