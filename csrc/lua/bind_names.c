/*
 * bind_names.c - the names of a category column: a list of texts packed into one userdata.
 */
#include <string.h>

#include "lua/bind_names.h"

#define LSY_NAMES "steelyard.names"

/* Text i is bytes[ends[i - 1]] .. bytes[ends[i] - 1]; the bytes stand behind the ends. */
struct lsy_names {
  size_t count;
  size_t ends[];
};

static char *bytes_of(const lsy_names *names) {
  return (char *)(uintptr_t)(names->ends + names->count);
}

lsy_text lsy_nameat(const lsy_names *names, size_t i) {
  size_t start = i ? names->ends[i - 1] : 0;
  lsy_text text = {bytes_of(names) + start, names->ends[i] - start};
  return text;
}

lsy_names *lsy_newnames(lua_State *L, size_t count, size_t bytes) {
  lsy_names *names = lsy_newuserdata(L, sizeof *names + count * sizeof(size_t) + bytes, 0);
  names->count = count;
  luaL_setmetatable(L, LSY_NAMES);
  return names;
}

void lsy_setname(lsy_names *names, size_t i, const char *bytes, size_t length) {
  size_t start = i ? names->ends[i - 1] : 0;
  names->ends[i] = start + length;
  if (length) memcpy(bytes_of(names) + start, bytes, length);
}

size_t lsy_countnames(const lsy_names *names) { return names->count; }

const lsy_names *lsy_checknames(lua_State *L, int arg, const char *name) {
  const lsy_names *names = luaL_testudata(L, arg, LSY_NAMES);
  char shown[64];
  if (names) return names;
  lsy_describe(L, arg, shown, sizeof shown);
  lsy_error(L, "%s: expected names, got %s", name, shown);
  return NULL;
}

static lsy_names *check_names(lua_State *L) { return luaL_checkudata(L, 1, LSY_NAMES); }

/* core.names(list of texts) */
static int core_names(lua_State *L) {
  size_t n, bytes = 0;
  lsy_names *names;
  luaL_checktype(L, 1, LUA_TTABLE);
  n = lua_rawlen(L, 1);
  for (size_t i = 1; i <= n; i++) {
    lua_rawgeti(L, 1, (int)i);
    if (lua_type(L, -1) != LUA_TSTRING)
      return lsy_error(L, "names[%d]: expected a text, got a %s", (int)i, luaL_typename(L, -1));
    bytes += lua_rawlen(L, -1);
    lua_pop(L, 1);
  }
  names = lsy_newnames(L, n, bytes);
  for (size_t i = 0; i < n; i++) {
    size_t length;
    const char *text;
    lua_rawgeti(L, 1, (int)(i + 1));
    text = lua_tolstring(L, -1, &length);
    lsy_setname(names, i, text, length);
    lua_pop(L, 1);
  }
  return 1;
}

/* names[code], methods */
static int names_index(lua_State *L) {
  lsy_names *names = check_names(L);
  int64_t code;
  char shown[64];
  lsy_text text;
  if (lua_type(L, 2) != LUA_TNUMBER) {
    lua_settop(L, 2);
    lua_rawget(L, lua_upvalueindex(1));
    return 1;
  }
  if (!lsy_tointeger64(L, 2, &code) || code < 1 || (uint64_t)code > names->count) {
    lsy_describe(L, 2, shown, sizeof shown);
    return lsy_error(L, "index %s is out of range 1..%d", shown, (int)names->count);
  }
  text = lsy_nameat(names, (size_t)code - 1);
  lua_pushlstring(L, text.data, text.length);
  return 1;
}

static int names_len(lua_State *L) {
  lsy_pushsize(L, check_names(L)->count);
  return 1;
}

/* find(text): its code, or nil. Looks at one after the other. */
static int names_find(lua_State *L) {
  lsy_names *names = check_names(L);
  size_t length;
  const char *wanted = luaL_checklstring(L, 2, &length);
  for (size_t i = 0; i < names->count; i++) {
    lsy_text text = lsy_nameat(names, i);
    if (text.length == length && memcmp(text.data, wanted, length) == 0) {
      lsy_pushsize(L, i + 1);
      return 1;
    }
  }
  lua_pushnil(L);
  return 1;
}

static int names_totable(lua_State *L) {
  lsy_names *names = check_names(L);
  lua_createtable(L, (int)names->count, 0);
  for (size_t i = 0; i < names->count; i++) {
    lsy_text text = lsy_nameat(names, i);
    lua_pushlstring(L, text.data, text.length);
    lua_rawseti(L, -2, (int)(i + 1));
  }
  return 1;
}

/* ranks(): for each name its place, from 0, in ascending order of bytes. */
static int names_ranks(lua_State *L) {
  lsy_names *names = check_names(L);
  size_t n = names->count;
  lsy_text *texts = lsy_newuserdata(L, n * (sizeof *texts + 2 * sizeof(int32_t)), 0);
  int32_t *order = (void *)(texts + n), *ranks;
  for (size_t i = 0; i < n; i++) texts[i] = lsy_nameat(names, i);
  lsy_sorttexts(texts, n, order, order + n);
  ranks = (void *)lsy_newvector(L, SY_I32, n, 0)->data;
  for (size_t i = 0; i < n; i++) ranks[order[i]] = (int32_t)i;
  return 1;
}

static int names_tostring(lua_State *L) {
  lua_pushfstring(L, "names [%d]", (int)check_names(L)->count);
  return 1;
}

static const luaL_Reg methods[] = {
    {"find", names_find}, {"totable", names_totable}, {"ranks", names_ranks}, {NULL, NULL}};
static const luaL_Reg meta[] = {{"__len", names_len}, {"__tostring", names_tostring}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"names", core_names}, {NULL, NULL}};

void lsy_open_names(lua_State *L) {
  lsy_newtype(L, LSY_NAMES, methods, meta);
  luaL_getmetatable(L, LSY_NAMES);
  lua_getfield(L, -1, "__index");
  lua_pushcclosure(L, names_index, 1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  luaL_setfuncs(L, functions, 0);
}
