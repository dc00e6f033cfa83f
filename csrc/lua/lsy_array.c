/*
 * lsy_array.c - arrays as C code sees them: made, converted, taken as arguments.
 * Their Lua methods are in bind_array.c.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lua/lsy.h"

#define ALIGNMENT 64

static const char *const dtype_names[] = {"f32", "f64", "i32", "i64"};

const char *lsy_dtypename(sy_dtype dtype) { return dtype_names[dtype - SY_F32]; }

sy_dtype lsy_checkdtype(lua_State *L, int arg, sy_dtype standard) {
  char shown[64];
  if (lua_isnoneornil(L, arg)) return standard;
  if (lua_type(L, arg) == LUA_TSTRING) {
    const char *name = lua_tostring(L, arg);
    for (int i = 0; i < 4; i++)
      if (strcmp(name, dtype_names[i]) == 0) return (sy_dtype)(SY_F32 + i);
  }
  lsy_describe(L, arg, shown, sizeof shown);
  lsy_error(L, "dtype: expected \"f32\", \"f64\", \"i32\" or \"i64\", got %s", shown);
  return standard;
}

/* -------------------------------------------------------------------------------- making -- */

static char *inline_data(const lsy_array *array) {
  uintptr_t behind = (uintptr_t)(array + 1);
  return (char *)((behind + (ALIGNMENT - 1)) & ~(uintptr_t)(ALIGNMENT - 1));
}

int lsy_isowner(const lsy_array *array) { return array->data == inline_data(array); }

lsy_array *lsy_newarray(lua_State *L, sy_dtype dtype, size_t rows, size_t columns, int dimensions,
                        int zero) {
  size_t size = sy_dtype_size(dtype), room = (SIZE_MAX >> 1) - sizeof(lsy_array) - ALIGNMENT;
  lsy_array *array;
  if (columns && rows > room / size / columns) lsy_error(L, "not enough memory: array too large");
  size *= rows * columns;
  array = lsy_newuserdata(L, sizeof(lsy_array) + ALIGNMENT + size, 0);
  array->data = inline_data(array);
  array->dtype = dtype;
  array->dimensions = dimensions;
  array->shape[0] = rows;
  array->shape[1] = columns;
  array->stride[0] = columns;
  array->stride[1] = 1;
  if (zero) memset(array->data, 0, size);
  luaL_setmetatable(L, LSY_ARRAY);
  return array;
}

lsy_array *lsy_newvector(lua_State *L, sy_dtype dtype, size_t n, int zero) {
  return lsy_newarray(L, dtype, n, 1, 1, zero);
}

double *lsy_newnumbers(lua_State *L, size_t n) {
  return (double *)(void *)lsy_newvector(L, SY_F64, n, 0)->data;
}

void lsy_setnumbers(lua_State *L, const char *name, const double *numbers, size_t n) {
  double *copy = lsy_newnumbers(L, n);
  if (n) memcpy(copy, numbers, n * sizeof *numbers);
  lua_setfield(L, -2, name);
}

lsy_array *lsy_testarray(lua_State *L, int arg) { return luaL_testudata(L, arg, LSY_ARRAY); }

lsy_array *lsy_checkarray(lua_State *L, int arg) { return luaL_checkudata(L, arg, LSY_ARRAY); }

int lsy_iscontiguous(const lsy_array *array) {
  if (array->shape[0] == 0 || array->shape[1] == 0) return 1;
  return (array->shape[1] == 1 || array->stride[1] == 1) &&
         (array->shape[0] == 1 || array->stride[0] == array->shape[1]);
}

/* ------------------------------------------------------------------------------ elements -- */

/* A number on its way from one type to another; whole numbers keep all 64 bits. */
typedef struct number {
  int is_integer;
  int64_t integer;
  double real;
} number;

static number from_real(double real) {
  number x = {0, 0, real};
  return x;
}

static number from_integer(int64_t integer) {
  number x = {1, integer, (double)integer};
  return x;
}

static number load(const void *element, sy_dtype dtype) {
  switch (dtype) {
    case SY_F32: return from_real((double)*(const float *)element);
    case SY_F64: return from_real(*(const double *)element);
    case SY_I32: return from_integer(*(const int32_t *)element);
    default: return from_integer(*(const int64_t *)element);
  }
}

static int misfits(number x, sy_dtype dtype, lsy_misfit *misfit) {
  char shown[32];
  if (x.is_integer) snprintf(shown, sizeof shown, "%lld", (long long)x.integer);
  else snprintf(shown, sizeof shown, "%.14g", x.real);
  snprintf(misfit->reason, sizeof misfit->reason,
           dtype >= SY_I32 && isfinite(x.real) && floor(x.real) != x.real
               ? "%s is not a whole number (%s)"
               : "%s does not fit %s",
           isnan(x.real) ? "NaN" : shown, lsy_dtypename(dtype));
  return 0;
}

static int store(number x, sy_dtype dtype, void *element, lsy_misfit *misfit) {
  if (dtype == SY_F64) {
    *(double *)element = x.real;
  } else if (dtype == SY_F32) {
    float f = (float)x.real;
    if (isinf(f) && !isinf(x.real)) return misfits(x, dtype, misfit);
    *(float *)element = f;
  } else {
    if (!x.is_integer) {
      if (!(x.real >= -LSY_TWO63 && x.real < LSY_TWO63) || floor(x.real) != x.real)
        return misfits(x, dtype, misfit);
      x.integer = (int64_t)x.real;
    }
    if (dtype == SY_I64) {
      *(int64_t *)element = x.integer;
    } else {
      if (x.integer < INT32_MIN || x.integer > INT32_MAX) return misfits(x, dtype, misfit);
      *(int32_t *)element = (int32_t)x.integer;
    }
  }
  return 1;
}

static void *place(const lsy_array *array, size_t row, size_t column) {
  size_t at = row * array->stride[0] + column * array->stride[1];
  return array->data + at * sy_dtype_size(array->dtype);
}

void lsy_pushelement(lua_State *L, const lsy_array *array, size_t row, size_t column) {
  number x = load(place(array, row, column), array->dtype);
  if (x.is_integer) lsy_pushint64(L, x.integer);
  else lua_pushnumber(L, (lua_Number)x.real);
}

int lsy_setelement(lua_State *L, int i, lsy_array *array, size_t row, size_t column,
                   lsy_misfit *misfit) {
  number x;
  misfit->row = row + 1;
  misfit->column = column + 1;
  if (lua_type(L, i) != LUA_TNUMBER) {
    const char *type = luaL_typename(L, i);
    snprintf(misfit->reason, sizeof misfit->reason, "%s%s is not a number",
             lua_isnoneornil(L, i) ? "" : "a ", lua_isnoneornil(L, i) ? "nil" : type);
    return 0;
  }
#if LUA_VERSION_NUM >= 503
  if (lua_isinteger(L, i)) x = from_integer((int64_t)lua_tointeger(L, i));
  else
#endif
    x = from_real((double)lua_tonumber(L, i));
  return store(x, array->dtype, place(array, row, column), misfit);
}

int lsy_copyarray(const lsy_array *from, lsy_array *to, lsy_misfit *misfit) {
  size_t size = sy_dtype_size(from->dtype);
  int same = from->dtype == to->dtype;
  if (same && lsy_iscontiguous(from) && lsy_iscontiguous(to)) {
    memcpy(to->data, from->data, from->shape[0] * from->shape[1] * size);
    return 1;
  }
  for (size_t i = 0; i < from->shape[0]; i++) {
    for (size_t j = 0; j < from->shape[1]; j++) {
      if (same) {
        memcpy(place(to, i, j), place(from, i, j), size);
      } else if (!store(load(place(from, i, j), from->dtype), to->dtype, place(to, i, j), misfit)) {
        misfit->row = i + 1;
        misfit->column = j + 1;
        return 0;
      }
    }
  }
  return 1;
}

int lsy_copyas(lua_State *L, const lsy_array *array, sy_dtype dtype) {
  lsy_misfit misfit;
  lsy_array *copy = lsy_newarray(L, dtype, array->shape[0], array->shape[1], array->dimensions, 0);
  if (!lsy_copyarray(array, copy, &misfit)) {
    if (array->dimensions == 1) return lsy_error(L, "[%d]: %s", (int)misfit.row, misfit.reason);
    return lsy_error(L, "[%d][%d]: %s", (int)misfit.row, (int)misfit.column, misfit.reason);
  }
  return 1;
}

/* ----------------------------------------------------------------------------- arguments -- */

static int vector_of_table(lua_State *L, int arg, const char *name, sy_dtype dtype) {
  size_t n = lua_rawlen(L, arg);
  lsy_array *array = lsy_newvector(L, dtype, n, 0);
  lsy_misfit misfit;
  for (size_t i = 0; i < n; i++) {
    lua_rawgeti(L, arg, (int)(i + 1));
    if (!lsy_setelement(L, -1, array, i, 0, &misfit))
      return lsy_error(L, "%s[%d]: %s", name, (int)(i + 1), misfit.reason);
    lua_pop(L, 1);
  }
  return 1;
}

static size_t columns_of_first_row(lua_State *L, int arg) {
  size_t columns;
  lua_rawgeti(L, arg, 1);
  columns = lua_istable(L, -1) ? lua_rawlen(L, -1) : 0;
  lua_pop(L, 1);
  return columns;
}

static int matrix_of_table(lua_State *L, int arg, const char *name, sy_dtype dtype) {
  size_t rows = lua_rawlen(L, arg), columns = columns_of_first_row(L, arg);
  lsy_array *array = lsy_newarray(L, dtype, rows, columns, 2, 0);
  lsy_misfit misfit;
  for (size_t i = 0; i < rows; i++) {
    lua_rawgeti(L, arg, (int)(i + 1));
    if (!lua_istable(L, -1))
      return lsy_error(L, "%s[%d]: expected a row (a table of numbers), got a %s", name,
                       (int)(i + 1), luaL_typename(L, -1));
    if (lua_rawlen(L, -1) != columns)
      return lsy_error(L, "%s[%d]: expected %d numbers as in the first row, got %d", name,
                       (int)(i + 1), (int)columns, (int)lua_rawlen(L, -1));
    for (size_t j = 0; j < columns; j++) {
      lua_rawgeti(L, -1, (int)(j + 1));
      if (!lsy_setelement(L, -1, array, i, j, &misfit))
        return lsy_error(L, "%s[%d][%d]: %s", name, (int)(i + 1), (int)(j + 1), misfit.reason);
      lua_pop(L, 1);
    }
    lua_pop(L, 1);
  }
  return 1;
}

int lsy_arrayof(lua_State *L, int arg, const char *name, sy_dtype dtype) {
  lua_rawgeti(L, arg, 1);
  int is_rows = lua_istable(L, -1);
  lua_pop(L, 1);
  return is_rows ? matrix_of_table(L, arg, name, dtype) : vector_of_table(L, arg, name, dtype);
}

/* An array as it is, or, where it is spread or of whole numbers, a copy, in its place. */
static lsy_array *put_together(lua_State *L, int arg, lsy_array *array) {
  int real = array->dtype == SY_F32 || array->dtype == SY_F64;
  if (real && lsy_iscontiguous(array)) return array;
  lsy_copyas(L, array, real ? array->dtype : SY_F64);
  lua_replace(L, arg);
  return lsy_testarray(L, arg);
}

lsy_array *lsy_checkmatrix(lua_State *L, int arg, const char *name) {
  lsy_array *array = lsy_testarray(L, arg);
  char shown[64];
  if (array) return put_together(L, arg, array);
  if (!lua_istable(L, arg)) {
    lsy_describe(L, arg, shown, sizeof shown);
    lsy_error(L, "%s: expected an array or a table of numbers, got %s", name, shown);
  }
  lsy_arrayof(L, arg, name, SY_F64);
  lua_replace(L, arg);
  return lsy_testarray(L, arg);
}

sy_vector lsy_checkvector(lua_State *L, int arg, const char *name, sy_dtype dtype, size_t *n) {
  lsy_array *array = lsy_testarray(L, arg), *copy;
  sy_vector vector;
  lsy_misfit misfit;
  if (!array && lua_istable(L, arg)) {
    vector_of_table(L, arg, name, dtype ? dtype : SY_F64);
    lua_replace(L, arg);
    array = lsy_testarray(L, arg);
  } else if (!array) {
    char shown[64];
    lsy_describe(L, arg, shown, sizeof shown);
    lsy_error(L, "%s: expected an array or a table of numbers, got %s", name, shown);
  } else if (array->dimensions != 1) {
    lsy_error(L, "%s: expected one dimension, got an array of %d x %d", name, (int)array->shape[0],
              (int)array->shape[1]);
  } else if ((dtype && array->dtype != dtype) || !lsy_iscontiguous(array)) {
    copy = lsy_newvector(L, dtype ? dtype : array->dtype, array->shape[0], 0);
    if (!lsy_copyarray(array, copy, &misfit))
      lsy_error(L, "%s[%d]: %s", name, (int)misfit.row, misfit.reason);
    lua_replace(L, arg);
    array = copy;
  }
  vector.data = array->data;
  vector.dtype = array->dtype;
  *n = array->shape[0];
  return vector;
}

sy_vector lsy_optvector(lua_State *L, int arg, const char *name, sy_dtype dtype, size_t *n) {
  sy_vector none = {NULL, dtype ? dtype : SY_F64};
  *n = 0;
  return lua_isnoneornil(L, arg) ? none : lsy_checkvector(L, arg, name, dtype, n);
}

sy_vector lsy_checkreals(lua_State *L, int arg, const char *name, size_t *n) {
  lsy_array *array = lsy_testarray(L, arg);
  int integers = array && (array->dtype == SY_I32 || array->dtype == SY_I64);
  return lsy_checkvector(L, arg, name, integers ? SY_F64 : (sy_dtype)0, n);
}

/* The first NaN of a column, from 1 on; 0: there is none. */
static size_t find_nan(sy_vector column, size_t n) {
  const float *f32 = column.data;
  const double *f64 = column.data;
  for (size_t i = 0; i < n; i++)
    if ((column.dtype == SY_F64 && isnan(f64[i])) || (column.dtype == SY_F32 && isnan(f32[i])))
      return i + 1;
  return 0;
}

sy_vector *lsy_checkcolumns(lua_State *L, int arg, size_t *count, size_t *rows) {
  luaL_checktype(L, arg, LUA_TTABLE);
  *count = lua_rawlen(L, arg);
  *rows = 0;
  sy_vector *columns = lsy_newuserdata(L, *count * sizeof *columns, 0);
  lua_createtable(L, (int)*count, 0);
  for (size_t c = 0; c < *count; c++) {
    char name[32];
    size_t n, bad;
    snprintf(name, sizeof name, "columns[%d]", (int)c + 1);
    lua_rawgeti(L, arg, (int)c + 1);
    columns[c] = lsy_checkvector(L, lua_gettop(L), name, (sy_dtype)0, &n);
    if (c > 0 && n != *rows)
      lsy_error(L, "%s: %d numbers, and %d in the first", name, (int)n, (int)*rows);
    bad = find_nan(columns[c], n);
    if (bad) lsy_error(L, "%s[%d]: NaN", name, (int)bad);
    *rows = n;
    lua_rawseti(L, -2, (int)c + 1);
  }
  return columns;
}

const int64_t *lsy_checkoffsets(lua_State *L, int arg, size_t *n) {
  const int64_t *offsets = lsy_checkvector(L, arg, "offsets", SY_I64, n).data;
  if (*n == 0) lsy_error(L, "offsets: expected at least one number, got none");
  if (offsets[0] != 0) lsy_error(L, "offsets[1]: expected 0, got %d", (int)offsets[0]);
  for (size_t i = 1; i < *n; i++)
    if (offsets[i] < offsets[i - 1])
      lsy_error(L, "offsets[%d]: %d is below the one before it", (int)(i + 1), (int)offsets[i]);
  return offsets;
}

sy_requests lsy_checkrequests(lua_State *L, int arg, size_t rows, int64_t single[2]) {
  sy_requests requests = {1, single};
  const int64_t *offsets;
  size_t n;
  single[0] = 0;
  single[1] = (int64_t)rows;
  if (lua_isnoneornil(L, arg)) return requests;
  offsets = lsy_checkoffsets(L, arg, &n);
  if (offsets[n - 1] != (int64_t)rows)
    lsy_error(L, "offsets: they end at %d but there are %d rows", (int)offsets[n - 1], (int)rows);
  requests.count = n - 1;
  requests.offsets = offsets;
  return requests;
}

lsy_array *lsy_newview(lua_State *L, int parent, sy_dtype dtype, void *data, size_t rows,
                       size_t columns, size_t stride) {
  lsy_array *view;
  parent = lua_absindex(L, parent);
  view = lsy_newuserdata(L, sizeof *view, 1);
  *view = (lsy_array){data, dtype, 2, {rows, columns}, {stride, 1}};
  luaL_setmetatable(L, LSY_ARRAY);
  lsy_anchor(L, -1, parent);
  return view;
}
