/*
 * bind_json.c - JSON text to Lua values and back. Every bit of a number survives; what would not
 * survive (NaN, cycles, mixed keys, integers beyond 2^53) is an error that names its path.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/json.h"
#include "lua/lsy.h"

#define LSY_JSON_GUARD "steelyard.json_guard"
#define LSY_JSON_ARRAY "steelyard.json_array"
#define EXACT 0x1p53 /* whole numbers up to here are doubles */

/* What a raised error would leak lives in this userdata, whose __gc frees it. */
typedef struct guard {
  cJSON *root;
  sy_buffer buffer;
} guard;

static guard *new_guard(lua_State *L) {
  sy_memory memory = lsy_memory(L);
  guard *held = lsy_newuserdata(L, sizeof *held, 0);
  held->root = NULL;
  sy_buffer_init(&held->buffer, &memory);
  luaL_setmetatable(L, LSY_JSON_GUARD);
  return held;
}

static int guard_release(lua_State *L) {
  guard *held = luaL_checkudata(L, 1, LSY_JSON_GUARD);
  cJSON_Delete(held->root);
  held->root = NULL;
  sy_buffer_release(&held->buffer);
  return 0;
}

/* ------------------------------------------------------------------------------ decoding -- */

static void push_number(lua_State *L, double x) {
  int whole = x == floor(x) && fabs(x) <= EXACT && !(x == 0 && signbit(x));
  if (whole && LUA_VERSION_NUM >= 503) lsy_pushint64(L, (int64_t)x);
  else lua_pushnumber(L, (lua_Number)x);
}

static void push_value(lua_State *L, const cJSON *item);

static void push_array(lua_State *L, const cJSON *item) {
  int i = 0;
  lua_createtable(L, cJSON_GetArraySize(item), 0);
  luaL_getmetatable(L, LSY_JSON_ARRAY);
  lua_setmetatable(L, -2);
  for (const cJSON *child = item->child; child; child = child->next) {
    push_value(L, child);
    lua_rawseti(L, -2, ++i);
  }
}

static void push_object(lua_State *L, const cJSON *item) {
  lua_createtable(L, 0, cJSON_GetArraySize(item));
  for (const cJSON *child = item->child; child; child = child->next) {
    lua_pushstring(L, child->string);
    push_value(L, child);
    lua_rawset(L, -3);
  }
}

static void push_value(lua_State *L, const cJSON *item) {
  luaL_checkstack(L, 4, "JSON nested too deeply");
  if (cJSON_IsObject(item)) push_object(L, item);
  else if (cJSON_IsArray(item)) push_array(L, item);
  else if (cJSON_IsString(item)) lua_pushstring(L, item->valuestring);
  else if (cJSON_IsNumber(item)) push_number(L, item->valuedouble);
  else if (cJSON_IsBool(item)) lua_pushboolean(L, cJSON_IsTrue(item));
  else lua_pushlightuserdata(L, NULL);
}

/* core.json_decode(text) -> value, or nil and a message with line and column */
static int core_json_decode(lua_State *L) {
  size_t length;
  const char *text;
  sy_memory memory = lsy_memory(L);
  sy_error error = {SY_OK, ""};
  sy_status status;
  guard *held;
  if (lua_type(L, 1) != LUA_TSTRING)
    return lsy_error(L, "json: expected a text to decode, got a %s", luaL_typename(L, 1));
  text = lua_tolstring(L, 1, &length);
  lua_settop(L, 1);
  held = new_guard(L);
  status = sy_json_parse(text, length, NULL, &memory, &held->root, &error);
  if (status != SY_OK) return lsy_failed(L, status, &error);
  push_value(L, held->root);
  cJSON_Delete(held->root);
  held->root = NULL;
  return 1;
}

/* ------------------------------------------------------------------------------ encoding -- */

/* The way from the outermost value to the one being written, for messages and to notice cycles. */
typedef struct trail {
  const struct trail *outer;
  const void *table; /* whose member this is */
  const char *key;   /* NULL: an index */
  size_t index;
} trail;

typedef struct writer {
  lua_State *L;
  sy_buffer *out;
  int indent; /* 0: all on one line */
  int depth;
} writer;

static void push_path(lua_State *L, const trail *at) {
  if (!at) {
    lua_pushliteral(L, "$");
    return;
  }
  luaL_checkstack(L, 4, "path too long");
  push_path(L, at->outer);
  if (at->key) lua_pushfstring(L, ".%s", at->key);
  else lua_pushfstring(L, "[%d]", (int)at->index);
  lua_concat(L, 2);
}

static void refuse(writer *w, const trail *at, const char *what) {
  lua_State *L = w->L;
  push_path(L, at);
  lsy_error(L, "json: %s: %s", lua_tostring(L, -1), what);
}

static void write_value(writer *w, const trail *at);

static void new_line(writer *w) {
  if (!w->indent) return;
  sy_buffer_text(w->out, "\n");
  for (int i = 0; i < w->depth; i++) sy_buffer_text(w->out, "  ");
}

static void write_number(writer *w, const trail *at) {
  lua_State *L = w->L;
  int64_t whole;
  double x = (double)lua_tonumber(L, -1);
  if (isnan(x)) refuse(w, at, "JSON has no NaN");
  if (isinf(x)) refuse(w, at, "JSON has no infinity");
  if (lua_isinteger(L, -1) && lsy_tointeger64(L, -1, &whole) &&
      (whole > (int64_t)EXACT || whole < -(int64_t)EXACT))
    refuse(w, at, "an integer beyond 2^53 would lose digits");
  sy_buffer_number(w->out, x);
}

static int writes_flat(lua_State *L, size_t n) {
  int flat = 1;
  for (size_t i = 1; flat && i <= n; i++) {
    lua_rawgeti(L, -1, (int)i);
    flat = !lua_istable(L, -1) && !lua_isuserdata(L, -1);
    lua_pop(L, 1);
  }
  return flat;
}

/* An array without tables in it stays on one line. */
static void write_array(writer *w, const trail *outer, size_t n) {
  lua_State *L = w->L;
  trail at = {outer, lua_topointer(L, -1), NULL, 0};
  int flat = writes_flat(L, n);
  sy_buffer_text(w->out, "[");
  w->depth++;
  for (size_t i = 1; i <= n; i++) {
    if (i > 1) sy_buffer_text(w->out, flat && w->indent ? ", " : ",");
    if (!flat) new_line(w);
    at.index = i;
    lua_rawgeti(L, -1, (int)i);
    write_value(w, &at);
    lua_pop(L, 1);
  }
  w->depth--;
  if (n && !flat) new_line(w);
  sy_buffer_text(w->out, "]");
}

/* The keys of the table on top (all texts), sorted, in a userdata that is left on the stack. */
static const lsy_text *push_keys(lua_State *L, size_t n, const int32_t **order) {
  lsy_text *texts = lsy_newuserdata(L, n * (sizeof *texts + 2 * sizeof(int32_t)), 0);
  int32_t *places = (void *)(texts + n);
  size_t i = 0;
  lua_pushnil(L);
  while (lua_next(L, -3)) {
    texts[i].data = lua_tolstring(L, -2, &texts[i].length);
    i++;
    lua_pop(L, 1);
  }
  lsy_sorttexts(texts, n, places, places + n);
  *order = places;
  return texts;
}

static void write_object(writer *w, const trail *outer, size_t n) {
  lua_State *L = w->L;
  trail at = {outer, lua_topointer(L, -1), NULL, 0};
  const int32_t *order;
  const lsy_text *keys = push_keys(L, n, &order);
  sy_buffer_text(w->out, "{");
  w->depth++;
  for (size_t i = 0; i < n; i++) {
    const lsy_text *key = &keys[order[i]];
    if (i) sy_buffer_text(w->out, ",");
    new_line(w);
    sy_buffer_string(w->out, key->data, key->length);
    sy_buffer_text(w->out, w->indent ? ": " : ":");
    at.key = key->data;
    lua_pushlstring(L, key->data, key->length);
    lua_rawget(L, -3);
    write_value(w, &at);
    lua_pop(L, 1);
  }
  w->depth--;
  if (n) new_line(w);
  sy_buffer_text(w->out, "}");
  lua_pop(L, 1);
}

static int is_marked_array(lua_State *L) {
  int marked;
  if (!lua_getmetatable(L, -1)) return 0;
  luaL_getmetatable(L, LSY_JSON_ARRAY);
  marked = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return marked;
}

/* Keys 1..n: an array. Texts: an object. Anything else cannot be told in JSON. */
static void write_table(writer *w, const trail *at) {
  lua_State *L = w->L;
  const void *self = lua_topointer(L, -1);
  size_t n = lua_rawlen(L, -1), texts = 0, places = 0;
  int64_t place;
  for (const trail *t = at; t; t = t->outer)
    if (t->table == self) refuse(w, at, "the table is inside itself");
  if (w->depth >= SY_JSON_DEPTH) refuse(w, at, "nested too deeply");
  lua_pushnil(L);
  while (lua_next(L, -2)) {
    if (lua_type(L, -2) == LUA_TSTRING) texts++;
    else if (lsy_tointeger64(L, -2, &place) && place >= 1 && (uint64_t)place <= n) places++;
    else refuse(w, at, "a table's keys must be texts, or 1 to n without a gap");
    lua_pop(L, 1);
  }
  if ((texts && places) || places != n || (texts && is_marked_array(L)))
    refuse(w, at, "a table's keys must be texts, or 1 to n without a gap");
  if (places || (!texts && is_marked_array(L))) write_array(w, at, n);
  else write_object(w, at, texts);
}

static void write_userdata(writer *w, const trail *at) {
  lua_State *L = w->L;
  if (lua_islightuserdata(L, -1) && !lua_touserdata(L, -1)) {
    sy_buffer_text(w->out, "null");
    return;
  }
  if (!lsy_testarray(L, -1)) refuse(w, at, "a userdata cannot be written");
  lua_getfield(L, -1, "totable");
  lua_pushvalue(L, -2);
  lua_call(L, 1, 1);
  luaL_getmetatable(L, LSY_JSON_ARRAY);
  lua_setmetatable(L, -2);
  write_table(w, at);
  lua_pop(L, 1);
}

static void write_value(writer *w, const trail *at) {
  lua_State *L = w->L;
  size_t length;
  const char *text;
  luaL_checkstack(L, 8, "nested too deeply");
  switch (lua_type(L, -1)) {
    case LUA_TTABLE: write_table(w, at); break;
    case LUA_TNUMBER: write_number(w, at); break;
    case LUA_TBOOLEAN: sy_buffer_text(w->out, lua_toboolean(L, -1) ? "true" : "false"); break;
    case LUA_TSTRING:
      text = lua_tolstring(L, -1, &length);
      sy_buffer_string(w->out, text, length);
      break;
    case LUA_TLIGHTUSERDATA:
    case LUA_TUSERDATA: write_userdata(w, at); break;
    case LUA_TNIL: refuse(w, at, "nil cannot be written (use json.null)"); break;
    default: refuse(w, at, lua_pushfstring(L, "a %s cannot be written", luaL_typename(L, -1)));
  }
}

/* core.json_encode(value [, {indent = true}]) -> text */
static int core_json_encode(lua_State *L) {
  writer w = {L, NULL, 0, 0};
  guard *held;
  luaL_checkany(L, 1);
  lua_settop(L, 2);
  if (lua_istable(L, 2)) {
    lua_getfield(L, 2, "indent");
    w.indent = lua_toboolean(L, -1);
    lua_pop(L, 1);
  }
  held = new_guard(L);
  w.out = &held->buffer;
  lua_pushvalue(L, 1);
  write_value(&w, NULL);
  if (held->buffer.failed) return lsy_raise(L, SY_E_MEMORY, NULL);
  lua_pushlstring(L, held->buffer.data, held->buffer.length);
  sy_buffer_release(&held->buffer);
  return 1;
}

/* ---------------------------------------------------------------------------------- open -- */

static const luaL_Reg guard_meta[] = {{"__gc", guard_release}, {NULL, NULL}};

static const luaL_Reg functions[] = {
    {"json_decode", core_json_decode}, {"json_encode", core_json_encode}, {NULL, NULL}};

void lsy_open_json(lua_State *L) {
  lsy_newtype(L, LSY_JSON_GUARD, NULL, guard_meta);
  luaL_newmetatable(L, LSY_JSON_ARRAY);
  lua_setfield(L, -2, "json_array");
  lua_pushlightuserdata(L, NULL);
  lua_setfield(L, -2, "json_null");
  luaL_setfuncs(L, functions, 0);
}
