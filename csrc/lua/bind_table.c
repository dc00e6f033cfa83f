/*
 * bind_table.c - files of columns: read once, columns moved into arrays one by one.
 */
#include <string.h>

#include "lua/bind_names.h"
#include "lua/lsy.h"

#define LSY_TABLE "steelyard.table"

/* A table being read lives outside Lua's heap: freed by close, __close or __gc. */
typedef struct lsy_table {
  sy_table *table; /* NULL when closed */
  sy_dtype dtype;
} lsy_table;

static lsy_table *check_holder(lua_State *L) { return luaL_checkudata(L, 1, LSY_TABLE); }

static const sy_table *check_table(lua_State *L) {
  lsy_table *holder = check_holder(L);
  if (!holder->table) lsy_error(L, "the table is closed");
  return holder->table;
}

/* The number of the column that is named by argument 2. */
static size_t check_column(lua_State *L) {
  const sy_table *table = check_table(L);
  const char *name = luaL_checkstring(L, 2);
  for (size_t i = 0; i < sy_table_columns(table); i++)
    if (strcmp(sy_table_name(table, i), name) == 0) return i;
  lsy_error(L, "the table has no column \"%s\"", name);
  return 0;
}

/* ------------------------------------------------------------------------------- options -- */

/* The value of a text option among names, or an error; the first where it is not given. */
static int choice(lua_State *L, int options, const char *option, const char *const names[]) {
  char shown[64];
  lua_getfield(L, options, option);
  lsy_describe(L, -1, shown, sizeof shown);
  for (int i = 0; names[i]; i++) {
    int is_default = i == 0 && lua_isnil(L, -1);
    if (is_default ||
        (lua_type(L, -1) == LUA_TSTRING && strcmp(lua_tostring(L, -1), names[i]) == 0)) {
      lua_pop(L, 1);
      return i;
    }
  }
  lsy_error(L, "%s: %s is not one of the choices", option, shown);
  return 0;
}

/*
 * options.columns = {{name=, kind=}, ...}: the requests are left on the stack in a userdata, with the
 * table of their names, which an __index could have made only just now.
 */
static void push_columns(lua_State *L, int options, sy_read_options *read) {
  static const char *const kinds[] = {"auto", "number", "category", NULL};
  sy_column_request *requests;
  lua_getfield(L, options, "columns");
  if (lua_isnil(L, -1)) return;
  luaL_checktype(L, -1, LUA_TTABLE);
  read->column_count = lua_rawlen(L, -1);
  requests = lsy_newuserdata(L, (read->column_count + 1) * sizeof *requests, 0);
  read->columns = requests;
  lua_createtable(L, (int)read->column_count, 0);
  for (size_t i = 0; i < read->column_count; i++) {
    lua_rawgeti(L, -3, (int)(i + 1));
    if (!lua_istable(L, -1)) lsy_error(L, "columns[%d]: expected a table", (int)(i + 1));
    requests[i].kind = (sy_kind)choice(L, lua_gettop(L), "kind", kinds);
    lua_getfield(L, -1, "name");
    if (lua_type(L, -1) != LUA_TSTRING) lsy_error(L, "columns[%d]: expected a name", (int)(i + 1));
    requests[i].name = lua_tostring(L, -1);
    lua_rawseti(L, -3, (int)(i + 1));
    lua_pop(L, 1);
  }
}

static void check_options(lua_State *L, int options, sy_read_options *read) {
  static const char *const formats[] = {"auto", "csv", "tsv", "jsonl", "letor", NULL};
  static const char *const policies[] = {"error", "drop", "fill", "keep", NULL};
  read->format = (sy_format)choice(L, options, "format", formats);
  read->missing = (sy_missing)choice(L, options, "missing", policies);
  lua_getfield(L, options, "dtype");
  read->dtype = lsy_checkdtype(L, lua_gettop(L), SY_F64);
  if (read->dtype != SY_F64 && read->dtype != SY_F32)
    lsy_error(L, "dtype: columns are read as \"f32\" or \"f64\"");
  lua_getfield(L, options, "fill");
  read->fill = (double)luaL_optnumber(L, -1, 0);
  lua_pop(L, 2);
  push_columns(L, options, read);
}

/* core.table_read(path [, options]) -> table, or nil and a message */
static int core_table_read(lua_State *L) {
  const char *path = lsy_checkpath(L, 1);
  sy_read_options read;
  sy_memory memory = lsy_memory(L);
  sy_error error = {SY_OK, ""};
  sy_status status;
  lsy_table *holder;
  memset(&read, 0, sizeof read);
  read.dtype = SY_F64;
  lua_settop(L, 2);
  if (!lua_isnil(L, 2)) {
    luaL_checktype(L, 2, LUA_TTABLE);
    check_options(L, 2, &read);
  }
  holder = lsy_newuserdata(L, sizeof *holder, 0);
  holder->table = NULL;
  holder->dtype = read.dtype;
  luaL_setmetatable(L, LSY_TABLE);
  status = sy_table_read(path, &read, &memory, &holder->table, &error);
  return status == SY_OK ? 1 : lsy_failed(L, status, &error);
}

/* ------------------------------------------------------------------------------- methods -- */

static int table_close(lua_State *L) {
  lsy_table *holder = check_holder(L);
  sy_table *table = holder->table;
  holder->table = NULL;
  if (table) sy_table_destroy(table);
  return 0;
}

static int table_rows(lua_State *L) {
  lsy_pushsize(L, sy_table_rows(check_table(L)));
  return 1;
}

static int table_dropped(lua_State *L) {
  lsy_pushsize(L, sy_table_dropped(check_table(L)));
  return 1;
}

static int table_columns(lua_State *L) {
  const sy_table *table = check_table(L);
  lua_newtable(L);
  for (size_t i = 0; i < sy_table_columns(table); i++) {
    lua_pushstring(L, sy_table_name(table, i));
    lua_rawseti(L, -2, (int)(i + 1));
  }
  return 1;
}

static int table_kind(lua_State *L) {
  size_t column = check_column(L);
  int is_category = sy_table_kind(check_table(L), column) == SY_KIND_CATEGORY;
  lua_pushstring(L, is_category ? "category" : "number");
  return 1;
}

/* take(name): the column as an array, once; codes of categories are i32 from 1. */
static int table_take(lua_State *L) {
  size_t column = check_column(L), rows = sy_table_rows(check_table(L));
  lsy_table *holder = check_holder(L);
  int is_category = sy_table_kind(holder->table, column) == SY_KIND_CATEGORY;
  lsy_array *array = lsy_newvector(L, is_category ? SY_I32 : holder->dtype, rows, 0);
  sy_status status = sy_table_take(holder->table, column, array->data);
  int32_t *codes = (void *)array->data;
  if (status != SY_OK) return lsy_error(L, "column \"%s\" was taken before", lua_tostring(L, 2));
  for (size_t i = 0; is_category && i < rows; i++) codes[i]++;
  return 1;
}

/* names(name): what the codes of a category column stand for. */
static int table_names(lua_State *L) {
  size_t column = check_column(L), bytes = 0, length, count;
  const sy_table *table = check_table(L);
  lsy_names *names;
  if (sy_table_kind(table, column) != SY_KIND_CATEGORY) return 0;
  count = sy_table_categories(table, column);
  for (size_t i = 0; i < count; i++) {
    sy_table_category(table, column, i, &length);
    bytes += length;
  }
  names = lsy_newnames(L, count, bytes);
  for (size_t i = 0; i < count; i++) {
    const char *text = sy_table_category(table, column, i, &length);
    lsy_setname(names, i, text, length);
  }
  return 1;
}

static const luaL_Reg methods[] = {{"close", table_close},     {"rows", table_rows},
                                   {"dropped", table_dropped}, {"columns", table_columns},
                                   {"kind", table_kind},       {"take", table_take},
                                   {"names", table_names},     {NULL, NULL}};
static const luaL_Reg meta[] = {{"__gc", table_close}, {"__close", table_close}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"table_read", core_table_read}, {NULL, NULL}};

void lsy_open_table(lua_State *L) {
  lsy_newtype(L, LSY_TABLE, methods, meta);
  luaL_setfuncs(L, functions, 0);
  lsy_open_names(L);
}
