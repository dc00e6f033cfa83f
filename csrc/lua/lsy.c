/*
 * lsy.c - what all bindings share: compatibility, errors, small arguments, userdata types.
 */
#include "lua/lsy.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* -------------------------------------------------------------------- Lua 5.1 and LuaJIT -- */

#if LUA_VERSION_NUM < 502
int lsy_absindex(lua_State *L, int i) {
  return i > 0 || i <= LUA_REGISTRYINDEX ? i : lua_gettop(L) + i + 1;
}

void lsy_setfuncs(lua_State *L, const luaL_Reg *functions, int upvalues) {
  luaL_checkstack(L, upvalues + 1, "too many upvalues");
  for (; functions->name; functions++) {
    for (int i = 0; i < upvalues; i++) lua_pushvalue(L, -upvalues);
    lua_pushcclosure(L, functions->func, upvalues);
    lua_setfield(L, -(upvalues + 2), functions->name);
  }
  lua_pop(L, upvalues);
}

void *lsy_testudata(lua_State *L, int i, const char *type) {
  void *data = lua_touserdata(L, i);
  if (!data || !lua_getmetatable(L, i)) return NULL;
  luaL_getmetatable(L, type);
  if (!lua_rawequal(L, -1, -2)) data = NULL;
  lua_pop(L, 2);
  return data;
}
#endif

/* Lua 5.3 anchors any value; before, only a table could be set, so the value goes into one. */
void lsy_anchor(lua_State *L, int userdata, int value) {
  userdata = lua_absindex(L, userdata);
#if LUA_VERSION_NUM < 503
  value = lua_absindex(L, value);
  lua_createtable(L, 1, 0);
  lua_pushvalue(L, value);
  lua_rawseti(L, -2, 1);
#else
  lua_pushvalue(L, value);
#endif
  lsy_setparent(L, userdata);
}

void lsy_pushanchor(lua_State *L, int userdata) {
#if LUA_VERSION_NUM < 503
#if LUA_VERSION_NUM < 502
  lua_getfenv(L, userdata);
#else
  lua_getuservalue(L, userdata);
#endif
  lua_rawgeti(L, -1, 1);
  lua_remove(L, -2);
#elif LUA_VERSION_NUM < 504
  lua_getuservalue(L, userdata);
#else
  lua_getiuservalue(L, userdata, 1);
#endif
}

/* ------------------------------------------------------------------------------- numbers -- */

/* A number as a message shows it: 3, not 3.0, whatever Lua's version. */
void lsy_describe(lua_State *L, int i, char *text, size_t size) {
  switch (lua_type(L, i)) {
    case LUA_TNUMBER:
      if (lua_isinteger(L, i)) snprintf(text, size, "%lld", (long long)lua_tointeger(L, i));
      else snprintf(text, size, "%.14g", (double)lua_tonumber(L, i));
      break;
    case LUA_TSTRING: snprintf(text, size, "\"%.40s\"", lua_tostring(L, i)); break;
    case LUA_TBOOLEAN: snprintf(text, size, "%s", lua_toboolean(L, i) ? "true" : "false"); break;
    case LUA_TNIL:
    case LUA_TNONE: snprintf(text, size, "nil"); break;
    default: snprintf(text, size, "a %s", luaL_typename(L, i));
  }
}

int lsy_tointeger64(lua_State *L, int i, int64_t *value) {
  double d;
  if (lua_type(L, i) != LUA_TNUMBER) return 0;
#if LUA_VERSION_NUM >= 503
  if (lua_isinteger(L, i)) {
    *value = (int64_t)lua_tointeger(L, i);
    return 1;
  }
#endif
  d = (double)lua_tonumber(L, i);
  if (!(d >= -LSY_TWO63 && d < LSY_TWO63) || d != floor(d)) return 0;
  *value = (int64_t)d;
  return 1;
}

size_t lsy_checksize(lua_State *L, int arg, const char *name) {
  int64_t value;
  char shown[64];
  if (lsy_tointeger64(L, arg, &value) && value >= 0) return (size_t)value;
  lsy_describe(L, arg, shown, sizeof shown);
  lsy_error(L, "%s: expected a whole number from 0 up, got %s", name, shown);
  return 0;
}

size_t lsy_checkresamples(lua_State *L, int arg) {
  size_t resamples = lsy_checksize(L, arg, "resamples");
  if (resamples < 1 || resamples > SY_RESAMPLES_MAX)
    lsy_error(L, "resamples: expected 1 to %d", SY_RESAMPLES_MAX);
  return resamples;
}

uint64_t lsy_checkseed(lua_State *L, int arg) {
  int64_t seed = 0;
  if (!lsy_tointeger64(L, arg, &seed)) lsy_error(L, "seed: expected a whole number");
  return (uint64_t)seed;
}

const char *lsy_checkpath(lua_State *L, int arg) {
  char shown[64];
  if (lua_type(L, arg) == LUA_TSTRING) return lua_tostring(L, arg);
  lsy_describe(L, arg, shown, sizeof shown);
  lsy_error(L, "path: expected a string, got %s", shown);
  return NULL;
}

size_t lsy_optsize(lua_State *L, int arg, const char *name, size_t standard) {
  return lua_isnoneornil(L, arg) ? standard : lsy_checksize(L, arg, name);
}

void lsy_pushsize(lua_State *L, size_t n) { lua_pushinteger(L, (lua_Integer)n); }

void lsy_pushint64(lua_State *L, int64_t value) {
#if LUA_VERSION_NUM >= 503
  lua_pushinteger(L, (lua_Integer)value);
#else
  lua_pushnumber(L, (lua_Number)value);
#endif
}

void lsy_setnumber(lua_State *L, const char *name, double value) {
  lsy_pushnumber(L, value);
  lua_setfield(L, -2, name);
}

void lsy_setsize(lua_State *L, const char *name, size_t value) {
  lsy_pushsize(L, value);
  lua_setfield(L, -2, name);
}

void lsy_setboolean(lua_State *L, const char *name, int value) {
  lua_pushboolean(L, value);
  lua_setfield(L, -2, name);
}

void lsy_settext(lua_State *L, const char *name, const char *text) {
  if (!text) return;
  lua_pushstring(L, text);
  lua_setfield(L, -2, name);
}

/* -------------------------------------------------------------------------------- words -- */

const char *const lsy_gain_names[] = {"linear", "exponential", NULL};
const char *const lsy_ties_names[] = {"input", "average", "best", "worst", "name", NULL};
const char *const lsy_empty_names[] = {"skip", "zero", "one", NULL};

/* ------------------------------------------------------------------------------ failures -- */

sy_memory lsy_memory(lua_State *L) {
  sy_memory memory;
  memory.alloc = lua_getallocf(L, &memory.context);
  return memory;
}

static const char *message_of(sy_status status, const sy_error *error) {
  return error && error->message[0] ? error->message : sy_status_text(status);
}

/*
 * The library's own Lua files are skipped, so that the position is the line of the user who called
 * into the library, however deep the mistake was noticed.
 */
static void push_where(lua_State *L) {
  lua_Debug frame;
  const char *library;
  size_t length;
  lua_getfield(L, LUA_REGISTRYINDEX, LSY_LIBRARY);
  library = lua_tolstring(L, -1, &length);
  for (int level = 1; lua_getstack(L, level, &frame); level++) {
    lua_getinfo(L, "Sl", &frame);
    if (frame.currentline <= 0) continue;
    if (library && strncmp(frame.source, library, length) == 0) continue;
    lua_pop(L, 1);
    lua_pushfstring(L, "%s:%d: ", frame.short_src, frame.currentline);
    return;
  }
  lua_pop(L, 1);
  luaL_where(L, 1);
}

int lsy_error(lua_State *L, const char *format, ...) {
  va_list arguments;
  push_where(L);
  va_start(arguments, format);
  lua_pushvfstring(L, format, arguments);
  va_end(arguments);
  lua_concat(L, 2);
  return lua_error(L);
}

int lsy_raise(lua_State *L, sy_status status, const sy_error *error) {
  return lsy_error(L, "%s", message_of(status, error));
}

int lsy_failed(lua_State *L, sy_status status, const sy_error *error) {
  if (status == SY_E_MEMORY || status == SY_E_ARGUMENT) return lsy_raise(L, status, error);
  lua_pushnil(L);
  lua_pushstring(L, message_of(status, error));
  return 2;
}

/* --------------------------------------------------------------------------------- types -- */

void lsy_newtype(lua_State *L, const char *name, const luaL_Reg *methods, const luaL_Reg *meta) {
  luaL_newmetatable(L, name);
  lua_pushstring(L, name);
  lua_setfield(L, -2, "__name");
  lua_newtable(L);
  if (methods) luaL_setfuncs(L, methods, 0);
  lua_setfield(L, -2, "__index");
  if (meta) luaL_setfuncs(L, meta, 0);
  lua_pop(L, 1);
}

/* -------------------------------------------------------------------------- sorted texts -- */

static int text_above(const lsy_text *a, const lsy_text *b) {
  size_t shorter = a->length < b->length ? a->length : b->length;
  int c = memcmp(a->data, b->data, shorter);
  return c ? c > 0 : a->length > b->length;
}

/* Merge two sorted runs of places; the left one wins among equals, which keeps the sort stable. */
static void merge(const lsy_text *texts, const int32_t *left, size_t lefts, const int32_t *right,
                  size_t rights, int32_t *out) {
  size_t i = 0, j = 0;
  while (i < lefts && j < rights)
    *out++ = text_above(&texts[left[i]], &texts[right[j]]) ? right[j++] : left[i++];
  while (i < lefts) *out++ = left[i++];
  while (j < rights) *out++ = right[j++];
}

void lsy_sorttexts(const lsy_text *texts, size_t n, int32_t *order, int32_t *scratch) {
  for (size_t i = 0; i < n; i++) order[i] = (int32_t)i;
  for (size_t width = 1; width < n; width *= 2) {
    for (size_t start = 0; start < n; start += 2 * width) {
      size_t middle = start + width < n ? start + width : n;
      size_t end = middle + width < n ? middle + width : n;
      merge(texts, order + start, middle - start, order + middle, end - middle, scratch + start);
    }
    memcpy(order, scratch, n * sizeof *order);
  }
}
