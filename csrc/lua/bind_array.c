/*
 * bind_array.c - arrays in Lua: elements, views, whole-array methods. Constructors: bind_array_new.c.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernel/sum.h"
#include "lua/lsy.h"

#define SHOWN_ELEMENTS 8

/* ------------------------------------------------------------------------------- indices -- */

/* The 0-based place of the 1-based index at a stack place, or an error. */
static size_t check_index(lua_State *L, int arg, size_t n) {
  int64_t index;
  char shown[64];
  if (lsy_tointeger64(L, arg, &index) && index >= 1 && (uint64_t)index <= n)
    return (size_t)index - 1;
  lsy_describe(L, arg, shown, sizeof shown);
  if (lua_type(L, arg) != LUA_TNUMBER) lsy_error(L, "index %s is not a number", shown);
  if (n == 0) lsy_error(L, "index %s is out of range: the array is empty", shown);
  lsy_error(L, "index %s is out of range 1..%d", shown, (int)n);
  return 0;
}

/* A view of `array` (at stack place `parent`) on top of the stack; it keeps the numbers alive. */
static lsy_array *push_view(lua_State *L, int parent, const lsy_array *array) {
  lsy_array *view;
  if (lsy_isowner(array)) lua_pushvalue(L, parent);
  else lsy_pushanchor(L, parent);
  view = lsy_newuserdata(L, sizeof *view, 1);
  *view = *array;
  luaL_setmetatable(L, LSY_ARRAY);
  lsy_anchor(L, -1, -2);
  lua_remove(L, -2);
  return view;
}

static char *address(const lsy_array *array, size_t row, size_t column) {
  size_t at = row * array->stride[0] + column * array->stride[1];
  return array->data + at * sy_dtype_size(array->dtype);
}

static int push_row(lua_State *L, const lsy_array *array, size_t row) {
  lsy_array *view = push_view(L, 1, array);
  view->data = address(array, row, 0);
  view->dimensions = 1;
  view->shape[0] = array->shape[1];
  view->shape[1] = 1;
  view->stride[0] = array->stride[1];
  view->stride[1] = 1;
  return 1;
}

static void check_dimensions(lua_State *L, const lsy_array *array, int dimensions,
                             const char *method) {
  if (array->dimensions != dimensions)
    lsy_error(L, "%s: expected an array of %d dimension%s, got one of %d", method, dimensions,
              dimensions == 1 ? "" : "s", array->dimensions);
}

static int push_shape(lua_State *L, const lsy_array *array) {
  lua_createtable(L, array->dimensions, 0);
  for (int i = 0; i < array->dimensions; i++) {
    lsy_pushsize(L, array->shape[i]);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* a[i], a.shape, a.dtype, methods. Upvalues: the methods, the metatable (a quick type check). */
static int array_index(lua_State *L) {
  const lsy_array *array = lua_touserdata(L, 1);
  if (!array || !lua_getmetatable(L, 1) || !lua_rawequal(L, -1, lua_upvalueindex(2)))
    array = lsy_checkarray(L, 1);
  if (lua_type(L, 2) == LUA_TNUMBER) {
    size_t row = check_index(L, 2, array->shape[0]);
    if (array->dimensions == 2) return push_row(L, array, row);
    lsy_pushelement(L, array, row, 0);
    return 1;
  }
  lua_pushvalue(L, 2);
  lua_rawget(L, lua_upvalueindex(1));
  if (!lua_isnil(L, -1) || lua_type(L, 2) != LUA_TSTRING) return 1;
  if (strcmp(lua_tostring(L, 2), "shape") == 0) return push_shape(L, array);
  if (strcmp(lua_tostring(L, 2), "dtype") == 0) lua_pushstring(L, lsy_dtypename(array->dtype));
  return 1;
}

static void set_element(lua_State *L, int value, lsy_array *array, size_t row, size_t column) {
  lsy_misfit misfit;
  if (!lsy_setelement(L, value, array, row, column, &misfit)) lsy_error(L, "%s", misfit.reason);
}

static int array_newindex(lua_State *L) {
  lsy_array *array = lsy_checkarray(L, 1);
  if (lua_type(L, 2) == LUA_TSTRING)
    return lsy_error(L, "an array has no field %s to set", lua_tostring(L, 2));
  check_dimensions(L, array, 1, "a[i] = x");
  set_element(L, 3, array, check_index(L, 2, array->shape[0]), 0);
  return 0;
}

/* get(i), get(i, j), set(i, x), set(i, j, x) */
static int array_get(lua_State *L) {
  lsy_array *array = lsy_checkarray(L, 1);
  size_t row = check_index(L, 2, array->shape[0]);
  lsy_pushelement(L, array, row, array->dimensions == 2 ? check_index(L, 3, array->shape[1]) : 0);
  return 1;
}

static int array_set(lua_State *L) {
  lsy_array *array = lsy_checkarray(L, 1);
  size_t row = check_index(L, 2, array->shape[0]);
  size_t column = array->dimensions == 2 ? check_index(L, 3, array->shape[1]) : 0;
  set_element(L, array->dimensions + 2, array, row, column);
  return 0;
}

/* --------------------------------------------------------------------------------- views -- */

static int array_row(lua_State *L) {
  lsy_array *array = lsy_checkarray(L, 1);
  check_dimensions(L, array, 2, "row");
  return push_row(L, array, check_index(L, 2, array->shape[0]));
}

static int array_column(lua_State *L) {
  lsy_array *array = lsy_checkarray(L, 1), *view;
  size_t column;
  check_dimensions(L, array, 2, "column");
  column = check_index(L, 2, array->shape[1]);
  view = push_view(L, 1, array);
  view->data = address(array, 0, column);
  view->dimensions = 1;
  view->shape[1] = 1;
  view->stride[1] = 1;
  return 1;
}

/* slice(first [, last]): both inclusive; first = last + 1 is the empty slice. */
static int array_slice(lua_State *L) {
  lsy_array *array = lsy_checkarray(L, 1), *view;
  size_t first = lsy_checksize(L, 2, "first");
  size_t last = lsy_optsize(L, 3, "last", array->shape[0]);
  if (first < 1 || last > array->shape[0] || first > last + 1)
    lsy_error(L, "slice %d..%d is out of range 1..%d", (int)first, (int)last, (int)array->shape[0]);
  view = push_view(L, 1, array);
  view->data = address(array, first - 1, 0);
  view->shape[0] = last + 1 - first;
  return 1;
}

/* -------------------------------------------------------------------------- whole arrays -- */

static int array_totable(lua_State *L) {
  lsy_array *array = lsy_checkarray(L, 1);
  lua_createtable(L, (int)array->shape[0], 0);
  for (size_t i = 0; i < array->shape[0]; i++) {
    if (array->dimensions == 1) {
      lsy_pushelement(L, array, i, 0);
    } else {
      lua_createtable(L, (int)array->shape[1], 0);
      for (size_t j = 0; j < array->shape[1]; j++) {
        lsy_pushelement(L, array, i, j);
        lua_rawseti(L, -2, (int)(j + 1));
      }
    }
    lua_rawseti(L, -2, (int)(i + 1));
  }
  return 1;
}

static int array_copy(lua_State *L) {
  lsy_array *array = lsy_checkarray(L, 1);
  return lsy_copyas(L, array, lsy_checkdtype(L, 2, array->dtype));
}

static int array_fill(lua_State *L) {
  lsy_array *array = lsy_checkarray(L, 1);
  size_t size = sy_dtype_size(array->dtype), total = array->shape[0] * array->shape[1] * size;
  if (total > 0 && lsy_iscontiguous(array)) {
    set_element(L, 2, array, 0, 0);
    for (size_t done = size; done < total; done *= 2) /* what is there, once more behind itself */
      memcpy(array->data + done, array->data, done < total - done ? done : total - done);
  } else {
    for (size_t i = 0; i < array->shape[0]; i++)
      for (size_t j = 0; j < array->shape[1]; j++) set_element(L, 2, array, i, j);
  }
  lua_settop(L, 1);
  return 1;
}

static int array_gather(lua_State *L) {
  lsy_array *array = lsy_checkarray(L, 1), *result;
  size_t n, size = sy_dtype_size(array->dtype), columns = array->shape[1];
  const int64_t *rows = lsy_checkvector(L, 2, "rows", SY_I64, &n).data;
  result = lsy_newarray(L, array->dtype, n, columns, array->dimensions, 0);
  for (size_t i = 0; i < n; i++) {
    if (rows[i] < 1 || (uint64_t)rows[i] > array->shape[0]) {
      lsy_pushint64(L, rows[i]);
      check_index(L, -1, array->shape[0]);
    }
    for (size_t j = 0; j < columns; j++)
      memcpy(result->data + (i * columns + j) * size, address(array, (size_t)rows[i] - 1, j), size);
  }
  return 1;
}

/* The array at 1, or a contiguous copy of it left on the stack. */
static const lsy_array *contiguous(lua_State *L) {
  const lsy_array *array = lsy_checkarray(L, 1);
  if (lsy_iscontiguous(array)) return array;
  lsy_copyas(L, array, array->dtype);
  return lua_touserdata(L, -1);
}

static size_t count(const lsy_array *array) { return array->shape[0] * array->shape[1]; }

static int array_bytes(lua_State *L) {
  const lsy_array *array = contiguous(L);
  lua_pushlstring(L, array->data, count(array) * sy_dtype_size(array->dtype));
  return 1;
}

static double sum_of(const lsy_array *array) {
  sy_vector vector = {array->data, array->dtype};
  return sy_sum(vector, count(array));
}

/* Sums of whole numbers are whole numbers where a double holds them. */
static int array_sum(lua_State *L) {
  const lsy_array *array = contiguous(L);
  double sum = sum_of(array);
  if (array->dtype >= SY_I32 && fabs(sum) <= 0x1p53) lsy_pushint64(L, (int64_t)sum);
  else lua_pushnumber(L, sum);
  return 1;
}

static int array_mean(lua_State *L) {
  const lsy_array *array = contiguous(L);
  if (count(array) == 0) return 0;
  lua_pushnumber(L, sum_of(array) / (double)count(array));
  return 1;
}

/* Whether a beats b: smaller for sign -1, larger for 1; the first NaN beats everything. */
#define BEATS(a, b, sign) ((sign) < 0 ? (a) < (b) : (a) > (b))
#define FIND_EXTREME(type)                                                                         \
  do {                                                                                             \
    const type *x = (const void *)array->data;                                                     \
    for (size_t i = 1; i < n; i++)                                                                 \
      if (x[best] == x[best] && (BEATS(x[i], x[best], sign) || x[i] != x[i])) best = i;            \
  } while (0)

/* The smallest or the largest element; NaN where there is one; nothing of an empty array. */
static int extreme(lua_State *L, int sign) {
  const lsy_array *array = contiguous(L);
  size_t n = count(array), best = 0;
  if (n == 0) return 0;
  switch (array->dtype) {
    case SY_F32: FIND_EXTREME(float); break;
    case SY_F64: FIND_EXTREME(double); break;
    case SY_I32: FIND_EXTREME(int32_t); break;
    case SY_I64: FIND_EXTREME(int64_t); break;
  }
  lsy_pushelement(L, array, best / array->shape[1], best % array->shape[1]);
  return 1;
}

static int array_min(lua_State *L) { return extreme(L, -1); }
static int array_max(lua_State *L) { return extreme(L, 1); }

/* --------------------------------------------------------------------------- metamethods -- */

static int array_len(lua_State *L) {
  lsy_pushsize(L, lsy_checkarray(L, 1)->shape[0]);
  return 1;
}

static int same_element(lua_State *L, const lsy_array *a, const lsy_array *b, size_t i, size_t j) {
  int same;
  lsy_pushelement(L, a, i, j);
  lsy_pushelement(L, b, i, j);
  same = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return same;
}

/* The same type, shape and numbers (so an array with NaN equals none, not even itself copied). */
static int array_eq(lua_State *L) {
  const lsy_array *a = lsy_testarray(L, 1), *b = lsy_testarray(L, 2);
  int same = a && b && a->dtype == b->dtype && a->dimensions == b->dimensions &&
             a->shape[0] == b->shape[0] && a->shape[1] == b->shape[1];
  for (size_t i = 0; same && i < a->shape[0]; i++)
    for (size_t j = 0; same && j < a->shape[1]; j++) same = same_element(L, a, b, i, j);
  lua_pushboolean(L, same);
  return 1;
}

static void add_element(luaL_Buffer *buffer, const lsy_array *array, size_t i, size_t j) {
  char text[40];
  const void *element = address(array, i, j);
  switch (array->dtype) {
    case SY_F32: snprintf(text, sizeof text, "%.6g", (double)*(const float *)element); break;
    case SY_F64: snprintf(text, sizeof text, "%.6g", *(const double *)element); break;
    case SY_I32: snprintf(text, sizeof text, "%" PRId32, *(const int32_t *)element); break;
    case SY_I64: snprintf(text, sizeof text, "%" PRId64, *(const int64_t *)element); break;
  }
  luaL_addstring(buffer, text);
}

/* array f32 [3]: 1 2 3        array f64 [2x2]: 1 2; 3 4        array i64 [99]: 1 2 ... */
static int array_tostring(lua_State *L) {
  lsy_array *array = lsy_checkarray(L, 1);
  size_t shown = 0, all = count(array), columns = array->shape[1];
  char text[80];
  luaL_Buffer buffer;
  if (array->dimensions == 1)
    snprintf(text, sizeof text, "array %s [%zu]", lsy_dtypename(array->dtype), all);
  else
    snprintf(text, sizeof text, "array %s [%zux%zu]", lsy_dtypename(array->dtype), array->shape[0],
             columns);
  luaL_buffinit(L, &buffer);
  luaL_addstring(&buffer, text);
  for (; shown < all && shown < SHOWN_ELEMENTS; shown++) {
    int new_row = array->dimensions == 2 && shown && shown % columns == 0;
    luaL_addstring(&buffer, shown == 0 ? ": " : new_row ? "; " : " ");
    add_element(&buffer, array, shown / columns, shown % columns);
  }
  if (shown < all) luaL_addstring(&buffer, " ...");
  luaL_pushresult(&buffer);
  return 1;
}

/* save(path): an NPY file, replaced whole or not at all; true, or nil and a message. */
static int array_save(lua_State *L) {
  lsy_array *array = lsy_checkarray(L, 1);
  const char *path = lsy_checkpath(L, 2);
  sy_npy header = {array->dtype, array->dimensions, {array->shape[0], array->shape[1]}};
  sy_error error = {SY_OK, ""};
  sy_status status = sy_npy_write(path, &header, array->data, array->stride[0],
                                  array->stride[array->dimensions - 1], &error);
  if (status != SY_OK) return lsy_failed(L, status, &error);
  lua_pushboolean(L, 1);
  return 1;
}

/* ---------------------------------------------------------------------------------- open -- */

static const luaL_Reg methods[] = {{"get", array_get},       {"set", array_set},
                                   {"row", array_row},       {"column", array_column},
                                   {"slice", array_slice},   {"totable", array_totable},
                                   {"copy", array_copy},     {"fill", array_fill},
                                   {"gather", array_gather}, {"bytes", array_bytes},
                                   {"sum", array_sum},       {"mean", array_mean},
                                   {"min", array_min},       {"max", array_max},
                                   {"save", array_save},     {NULL, NULL}};

static const luaL_Reg meta[] = {{"__newindex", array_newindex},
                                {"__len", array_len},
                                {"__eq", array_eq},
                                {"__tostring", array_tostring},
                                {NULL, NULL}};

void lsy_open_array(lua_State *L) {
  lsy_newtype(L, LSY_ARRAY, methods, meta);
  luaL_getmetatable(L, LSY_ARRAY);
  lua_getfield(L, -1, "__index");
  lua_pushvalue(L, -2);
  lua_pushcclosure(L, array_index, 2);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);

  lsy_open_array_new(L);
}
