/*
 * bind_interactions.c - files of interactions: read into an object outside of Lua's heap, then moved
 * into arrays part by part.
 */
#include <string.h>

#include "lua/lsy_sparse.h"
#include "steelyard/interactions.h"

#define LSY_INTERACTIONS "steelyard.interactions"
#define MOST_PATHS 1000

typedef struct holder {
  sy_interactions *x;
} holder;

static sy_interactions *check_object(lua_State *L) {
  holder *h = luaL_checkudata(L, 1, LSY_INTERACTIONS);
  if (!h->x) lsy_error(L, "nothing was read");
  return h->x;
}

static int object_gc(lua_State *L) {
  holder *h = luaL_checkudata(L, 1, LSY_INTERACTIONS);
  sy_interactions_destroy(h->x);
  h->x = NULL;
  return 0;
}

/* The texts in a list, which keeps them; in a userdata on top of the stack. */
static const char **check_paths(lua_State *L, int arg, size_t *count) {
  luaL_checktype(L, arg, LUA_TTABLE);
  *count = lua_rawlen(L, arg);
  if (*count > MOST_PATHS) lsy_error(L, "path: %d files are too many", (int)*count);
  const char **paths = lsy_newuserdata(L, (*count + 1) * sizeof *paths, 0);
  for (size_t i = 0; i < *count; i++) {
    lua_rawgeti(L, arg, (int)i + 1);
    paths[i] = lsy_checkpath(L, -1);
    lua_pop(L, 1);
  }
  return paths;
}

/* A text field of the table at an index, which keeps it, or NULL. */
static const char *opt_text(lua_State *L, int table, const char *name) {
  const char *text = NULL;
  lua_getfield(L, table, name);
  if (!lua_isnil(L, -1)) text = luaL_checkstring(L, -1);
  lua_pop(L, 1);
  return text;
}

static int opt_flag(lua_State *L, int table, const char *name) {
  lua_getfield(L, table, name);
  int flag = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return flag;
}

/*
 * interactions_read({paths}, {lines = "auto" | "ratings" | "named" | "adjacency" | "blanks", join, by_number,
 * ratings, times, least, user, item, rating, time: columns}) -> object, or nil and a message
 */
static int l_read(lua_State *L) {
  static const char *const lines[] = {"auto", "ratings", "named", "adjacency", "blanks", NULL};
  static const char *const fields[] = {"user", "item", "rating", "time"};
  sy_memory memory = lsy_memory(L);
  sy_error error = {SY_OK, ""};
  sy_interactions_options o = {SY_LINES_AUTO};
  size_t count;
  lua_settop(L, 2);
  luaL_checktype(L, 2, LUA_TTABLE);
  const char **paths = check_paths(L, 1, &count);
  lua_getfield(L, 2, "lines");
  o.lines = (sy_lines)luaL_checkoption(L, -1, "auto", lines);
  lua_getfield(L, 2, "least");
  o.has_least = !lua_isnil(L, -1);
  if (o.has_least) o.least = luaL_checknumber(L, -1);
  lua_pop(L, 2);
  o.join = opt_flag(L, 2, "join");
  o.by_number = opt_flag(L, 2, "by_number");
  o.ratings = opt_flag(L, 2, "ratings");
  o.times = opt_flag(L, 2, "times");
  for (int f = 0; f < 4; f++) o.columns[f] = opt_text(L, 2, fields[f]);
  holder *h = lsy_newuserdata(L, sizeof *h, 0);
  h->x = NULL;
  luaL_setmetatable(L, LSY_INTERACTIONS);
  sy_status status = sy_interactions_read(paths, count, &o, &memory, &h->x, &error);
  return status == SY_OK ? 1 : lsy_failed(L, status, &error);
}

typedef const char *(*name_at)(const sy_interactions *x, size_t place, size_t *length);

static int push_names(lua_State *L, size_t n, name_at at) {
  const sy_interactions *x = check_object(L);
  lua_createtable(L, (int)n, 0);
  for (size_t i = 0; i < n; i++) {
    size_t length;
    const char *name = at(x, i, &length);
    lua_pushlstring(L, name, length);
    lua_rawseti(L, -2, (int)i + 1);
  }
  return 1;
}

/* users(), items() -> lists of names */
static int object_users(lua_State *L) {
  return push_names(L, sy_interactions_users(check_object(L)), sy_interactions_user);
}
static int object_items(lua_State *L) {
  return push_names(L, sy_interactions_items(check_object(L)), sy_interactions_item);
}

/* A vector of n numbers, or nil. */
static float *new_f32(lua_State *L, int wanted, size_t n) {
  if (wanted) return (void *)lsy_newvector(L, SY_F32, n, 0)->data;
  lua_pushnil(L);
  return NULL;
}

/* part(i) -> offsets, ids, weights or nil, places or nil, pairs: once */
static int object_part(lua_State *L) {
  sy_interactions *x = check_object(L);
  size_t part = lsy_checksize(L, 2, "part") - 1, entries;
  sy_error error = {SY_OK, ""};
  lua_settop(L, 2);
  if (part >= sy_interactions_parts(x)) return lsy_error(L, "part: there is no such file");
  size_t pairs = sy_interactions_pairs(x, part);
  int ratings = sy_interactions_has_ratings(x, part), times = sy_interactions_has_times(x, part);
  sy_status status = sy_interactions_sort(x, part, &error);
  if (status) return lsy_raise(L, status, &error);
  int64_t *offsets = (void *)lsy_newvector(L, SY_I64, sy_interactions_users(x) + 1, 0)->data;
  int32_t *ids = (void *)lsy_newvector(L, SY_I32, pairs, 0)->data;
  float *weights = new_f32(L, ratings, pairs), *places = new_f32(L, times, pairs);
  status = sy_interactions_take(x, part, 1, offsets, ids, weights, places, &entries, &error);
  if (status) return lsy_raise(L, status, &error);
  for (int i = 4; i <= 6; i++) lsy_shorten(L, i, entries);
  lsy_pushsize(L, pairs);
  return 5;
}

static const luaL_Reg methods[] = {
    {"users", object_users}, {"items", object_items}, {"part", object_part}, {NULL, NULL}};
static const luaL_Reg meta[] = {{"__gc", object_gc}, {"__close", object_gc}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"interactions_read", l_read}, {NULL, NULL}};

void lsy_open_interactions(lua_State *L) {
  lsy_newtype(L, LSY_INTERACTIONS, methods, meta);
  luaL_setfuncs(L, functions, 0);
}
