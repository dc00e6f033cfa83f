/*
 * bind_interactions.c - interactions read from files, and turned into bags.
 */
#include <string.h>

#include "lua/lsy_sparse.h"
#include "steelyard/interactions.h"

#define LSY_INTERACTIONS "steelyard.interactions"

/* Lives outside Lua's heap, until it is released or nothing refers to it. */
typedef struct holder {
  sy_interactions *interactions;
} holder;

static const char *const format_names[] = {"auto",   "ratings",   "adjacency", "movielens",
                                           "pro_sg", "negatives", NULL};

/*
 * core.interactions_read(paths, format, by name, min_rating or nil, keep ratings, keep times) ->
 * object, or nil and a message
 */
static int core_interactions_read(lua_State *L) {
  sy_memory memory = lsy_memory(L);
  sy_error error = {SY_OK, ""};
  sy_interactions_options options;
  lua_settop(L, 6);
  luaL_checktype(L, 1, LUA_TTABLE);
  options.format = (sy_interactions_format)luaL_checkoption(L, 2, NULL, format_names);
  options.by_name = lua_toboolean(L, 3);
  options.limited = !lua_isnil(L, 4);
  options.min_rating = options.limited ? luaL_checknumber(L, 4) : 0.0;
  options.ratings = lua_toboolean(L, 5);
  options.times = lua_toboolean(L, 6);
  size_t count = lua_rawlen(L, 1);
  const char **paths = lsy_newuserdata(L, (count + 1) * sizeof *paths, 0);
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, 1, (int)i + 1);
    paths[i] = lsy_checkpath(L, -1);
    lua_pop(L, 1); /* the table at 1 keeps it */
  }
  holder *made = lsy_newuserdata(L, sizeof *made, 0);
  made->interactions = NULL;
  luaL_setmetatable(L, LSY_INTERACTIONS);
  sy_status status =
      sy_interactions_read(paths, count, &options, &memory, &made->interactions, &error);
  return status == SY_OK ? 1 : lsy_failed(L, status, &error);
}

static holder *check_holder(lua_State *L) { return luaL_checkudata(L, 1, LSY_INTERACTIONS); }

static const sy_interactions *check_interactions(lua_State *L) {
  const sy_interactions *x = check_holder(L)->interactions;
  if (!x) lsy_error(L, "the interactions were released");
  return x;
}

static int release(lua_State *L) {
  holder *held = check_holder(L);
  sy_interactions_destroy(held->interactions);
  held->interactions = NULL;
  return 0;
}

/* bag(first file, last file) -> the bag of their pairs, how many were merged */
static int bag_of(lua_State *L) {
  sy_interactions_view view = sy_interactions_look(check_interactions(L));
  size_t first = lsy_checksize(L, 2, "first"), last = lsy_checksize(L, 3, "last");
  if (first < 1 || first > last || last > view.file_count)
    return lsy_error(L, "bag: files %d to %d of %d", (int)first, (int)last, (int)view.file_count);
  size_t begin = first > 1 ? (size_t)view.ends[first - 2] : 0;
  sy_sparse_pairs pairs = {0};
  pairs.count = (size_t)view.ends[last - 1] - begin;
  if (pairs.count > 0) {
    pairs.rows = view.users + begin;
    pairs.columns = view.items + begin;
    pairs.values = view.ratings ? view.ratings + begin : NULL;
    pairs.times = view.times ? view.times + begin : NULL;
  }
  lsy_pushsize(L, lsy_buildbag(L, &pairs, view.user_count));
  return 2;
}

static void copy(lua_State *L, sy_dtype dtype, const void *numbers, size_t n) {
  lsy_array *array = lsy_newvector(L, dtype, n, 0);
  if (n) memcpy(array->data, numbers, n * sy_dtype_size(dtype));
}

/* lines() -> users and items (i32), starts and numbers of lines (i64), of negatives */
static int lines_of(lua_State *L) {
  sy_interactions_view view = sy_interactions_look(check_interactions(L));
  copy(L, SY_I32, view.users, view.count);
  copy(L, SY_I32, view.items, view.count);
  copy(L, SY_I64, view.starts, view.line_count);
  copy(L, SY_I64, view.numbers, view.line_count);
  return 4;
}

/* names() -> lists of the users' and the items' names */
static int names_of(lua_State *L) {
  const sy_interactions *x = check_interactions(L);
  sy_interactions_view view = sy_interactions_look(x);
  lua_createtable(L, (int)view.user_count, 0);
  for (size_t i = 0; i < view.user_count; i++) {
    size_t length;
    const char *name = sy_interactions_user(x, i, &length);
    lua_pushlstring(L, name, length);
    lua_rawseti(L, -2, (int)i + 1);
  }
  lua_createtable(L, (int)view.item_count, 0);
  for (size_t i = 0; i < view.item_count; i++) {
    size_t length;
    const char *name = sy_interactions_item(x, i, &length);
    lua_pushlstring(L, name, length);
    lua_rawseti(L, -2, (int)i + 1);
  }
  return 2;
}

static const luaL_Reg methods[] = {
    {"bag", bag_of}, {"lines", lines_of}, {"names", names_of}, {"release", release}, {NULL, NULL}};
static const luaL_Reg meta[] = {{"__gc", release}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"interactions_read", core_interactions_read}, {NULL, NULL}};

void lsy_open_interactions(lua_State *L) {
  lsy_newtype(L, LSY_INTERACTIONS, methods, meta);
  luaL_setfuncs(L, functions, 0);
}
