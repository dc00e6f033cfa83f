/*
 * bind_array_new.c - how Lua makes arrays: sy.array(...), zeros, range, concat, bytes, NPY files.
 */
#include <string.h>

#include "lua/lsy.h"

/* sy.array(x [, dtype]); argument 1 is the callable table itself. */
static int array_call(lua_State *L) {
  sy_dtype dtype = lsy_checkdtype(L, 3, SY_F64);
  lsy_array *array = lsy_testarray(L, 2);
  char shown[64];
  if (array) return lsy_copyas(L, array, lsy_checkdtype(L, 3, array->dtype));
  if (lua_type(L, 2) == LUA_TNUMBER) {
    lsy_newvector(L, dtype, lsy_checksize(L, 2, "size"), 1);
    return 1;
  }
  if (!lua_istable(L, 2)) {
    lsy_describe(L, 2, shown, sizeof shown);
    return lsy_error(L, "array: expected a size, a table or an array, got %s", shown);
  }
  return lsy_arrayof(L, 2, "", dtype);
}

/* array.zeros(rows [, columns] [, dtype]) */
static int array_zeros(lua_State *L) {
  size_t rows = lsy_checksize(L, 1, "rows");
  int flat = lua_isnoneornil(L, 2) || lua_type(L, 2) == LUA_TSTRING;
  size_t columns = flat ? 1 : lsy_checksize(L, 2, "columns");
  sy_dtype dtype = lsy_checkdtype(L, lua_type(L, 2) == LUA_TSTRING ? 2 : 3, SY_F64);
  lsy_newarray(L, dtype, rows, columns, flat ? 1 : 2, 1);
  return 1;
}

/* array.range(n): 1 .. n as i64 */
static int array_range(lua_State *L) {
  size_t n = lsy_checksize(L, 1, "n");
  int64_t *data = (void *)lsy_newvector(L, SY_I64, n, 0)->data;
  for (size_t i = 0; i < n; i++) data[i] = (int64_t)i + 1;
  return 1;
}

static int array_from_bytes(lua_State *L) {
  size_t length;
  const char *bytes = luaL_checklstring(L, 1, &length);
  sy_dtype dtype = lsy_checkdtype(L, 2, SY_F64);
  size_t size = sy_dtype_size(dtype);
  if (length % size)
    return lsy_error(L, "bytes: %d bytes are not a whole number of %s", (int)length,
                     lsy_dtypename(dtype));
  memcpy(lsy_newvector(L, dtype, length / size, 0)->data, bytes, length);
  return 1;
}

/* array.concat{a, b, ...}: 1-D arrays of one type, one behind the other. */
static int array_concat(lua_State *L) {
  size_t parts, total = 0, n, size;
  sy_dtype dtype = SY_F64;
  sy_vector part;
  char *out;
  luaL_checktype(L, 1, LUA_TTABLE);
  parts = lua_rawlen(L, 1);
  for (size_t i = 1; i <= parts; i++) {
    const lsy_array *array;
    lua_rawgeti(L, 1, (int)i);
    array = lsy_testarray(L, -1);
    if (!array || array->dimensions != 1 || (i > 1 && array->dtype != dtype))
      return lsy_error(L, "concat[%d]: expected arrays of one dimension and one type", (int)i);
    dtype = array->dtype;
    total += array->shape[0];
    lua_pop(L, 1);
  }
  out = lsy_newvector(L, dtype, total, 0)->data;
  size = sy_dtype_size(dtype);
  for (size_t i = 1; i <= parts; i++) {
    lua_rawgeti(L, 1, (int)i);
    part = lsy_checkvector(L, lua_gettop(L), "concat", dtype, &n);
    memcpy(out, part.data, n * size);
    out += n * size;
    lua_pop(L, 1);
  }
  return 1;
}

/* array.columns({a, b, ...} [, dtype]): vectors of one length side by side, as a matrix. */
static int array_columns(lua_State *L) {
  lua_settop(L, 2);
  sy_dtype dtype = lsy_checkdtype(L, 2, SY_F64);
  lsy_array *matrix = NULL;
  size_t count, n;
  luaL_checktype(L, 1, LUA_TTABLE);
  count = lua_rawlen(L, 1);
  if (count == 0) return lsy_error(L, "columns: none are given");
  for (size_t j = 0; j < count; j++) {
    lua_rawgeti(L, 1, (int)(j + 1));
    int at = lua_gettop(L);
    sy_vector column = lsy_checkvector(L, at, "columns", dtype, &n);
    if (!matrix) {
      matrix = lsy_newarray(L, dtype, n, count, 2, 0);
      lua_insert(L, at); /* below the columns, one of which is here at a time */
    } else if (n != matrix->shape[0]) {
      return lsy_error(L, "columns[%d]: %d numbers, where the first has %d", (int)(j + 1), (int)n,
                       (int)matrix->shape[0]);
    }
    if (dtype == SY_F32 || dtype == SY_I32) {
      for (size_t i = 0; i < n; i++)
        memcpy(matrix->data + (i * count + j) * 4, (const char *)column.data + i * 4, 4);
    } else {
      for (size_t i = 0; i < n; i++)
        memcpy(matrix->data + (i * count + j) * 8, (const char *)column.data + i * 8, 8);
    }
    lua_settop(L, 3); /* list, dtype, matrix */
  }
  return 1;
}

/* 1 where the value is an array. */
static int array_is(lua_State *L) {
  lua_pushboolean(L, lsy_testarray(L, 1) != NULL);
  return 1;
}

/* array.load(path): the array of an NPY file, or nil and a message. */
static int array_load(lua_State *L) {
  const char *path = lsy_checkpath(L, 1);
  sy_npy header;
  sy_error error = {SY_OK, ""};
  sy_status status = sy_npy_probe(path, &header, &error);
  lsy_array *array;
  if (status != SY_OK) return lsy_failed(L, status, &error);
  array = lsy_newarray(L, header.dtype, header.shape[0], header.shape[1], header.dimensions, 0);
  status = sy_npy_read(path, &header, array->data, &error);
  return status == SY_OK ? 1 : lsy_failed(L, status, &error);
}

static const luaL_Reg functions[] = {{"zeros", array_zeros},
                                     {"range", array_range},
                                     {"from_bytes", array_from_bytes},
                                     {"load", array_load},
                                     {"is", array_is},
                                     {"concat", array_concat},
                                     {"columns", array_columns},
                                     {NULL, NULL}};

void lsy_open_array_new(lua_State *L) {
  lua_newtable(L);
  luaL_setfuncs(L, functions, 0);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, array_call);
  lua_setfield(L, -2, "__call");
  lua_setmetatable(L, -2);
  lua_setfield(L, -2, "array");
}
