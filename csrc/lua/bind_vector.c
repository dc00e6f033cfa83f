/*
 * bind_vector.c - arithmetic over whole arrays. Arguments are arrays and numbers:
 * lua/steelyard/vector.lua makes arrays of tables, and gives the messages' names.
 */
#include <stdint.h>
#include <stdio.h>

#include "kernel/elementwise.h"
#include "lua/lsy.h"

/* An argument: an array seen as rows and columns, or a number. */
typedef struct value {
  sy_operand operand;
  const lsy_array *array; /* NULL: a number */
  double number;
  size_t rows, columns; /* a vector is one row */
} value;

static const char *const combinations[] = {"add", "subtract", "multiply", "divide", NULL};
static const char *const maps[] = {"exp", "log",    "sigmoid", "square", "sqrt",
                                   "abs", "negate", "clip",    NULL};

/* ----------------------------------------------------------------------------- arguments -- */

static sy_operand operand_of(const lsy_array *array) {
  int is_vector = array->dimensions == 1;
  return (sy_operand){array->data, array->dtype, is_vector ? 0 : array->stride[0],
                      array->stride[is_vector ? 0 : 1]};
}

static sy_result result_of(const lsy_array *array) {
  sy_operand o = operand_of(array);
  return (sy_result){array->data, array->dtype, o.row_stride, o.stride};
}

static size_t rows_of(const lsy_array *array) {
  return array->dimensions == 1 ? 1 : array->shape[0];
}

static size_t columns_of(const lsy_array *array) {
  return array->shape[array->dimensions == 1 ? 0 : 1];
}

static const lsy_array *check_array(lua_State *L, int arg, const char *what) {
  const lsy_array *array = lsy_testarray(L, arg);
  char shown[64];
  if (array) return array;
  lsy_describe(L, arg, shown, sizeof shown);
  lsy_error(L, "vector.%s: expected an array, got %s", what, shown);
  return NULL;
}

/* result must stay where it is: a number is read through a pointer into it. */
static void check_value(lua_State *L, int arg, const char *what, value *result) {
  *result = (value){.rows = 1, .columns = 1};
  if (lua_type(L, arg) == LUA_TNUMBER) {
    result->number = (double)lua_tonumber(L, arg);
    result->operand = (sy_operand){&result->number, SY_F64, 0, 0};
    return;
  }
  result->array = check_array(L, arg, what);
  result->operand = operand_of(result->array);
  result->rows = rows_of(result->array);
  result->columns = columns_of(result->array);
}

static void show_shape(const lsy_array *array, char text[48]) {
  if (array->dimensions == 1) snprintf(text, 48, "%zu", array->shape[0]);
  else snprintf(text, 48, "%zu x %zu", array->shape[0], array->shape[1]);
}

static int mismatch(lua_State *L, const char *what, const lsy_array *a, const lsy_array *b) {
  char first[48], second[48];
  show_shape(a, first);
  show_shape(b, second);
  return lsy_error(L, "vector.%s: shapes %s and %s do not match", what, first, second);
}

/* Does b have a's shape, or is it a vector as long as a's rows? */
static int fits(const lsy_array *a, const lsy_array *b) {
  if (a->dimensions == b->dimensions)
    return a->shape[0] == b->shape[0] && a->shape[1] == b->shape[1];
  return a->dimensions == 2 && b->shape[0] == a->shape[1];
}

static int is_f32(const value *x) { return !x->array || x->array->dtype == SY_F32; }

static lsy_array *new_like(lua_State *L, const lsy_array *array, sy_dtype dtype) {
  return lsy_newarray(L, dtype, array->shape[0], array->shape[1], array->dimensions, 0);
}

static void combine_into(int kind, const value *a, const value *b, double factor,
                         const lsy_array *out) {
  sy_combine(sy_find_loops(NULL), (sy_combination)kind, rows_of(out), columns_of(out), a->operand,
             b->operand, factor, result_of(out));
}

/* ------------------------------------------------------------------------ number by number -- */

/* core.vector_combine(kind, a, b, factor) -> a new array; of two numbers a number */
static int core_vector_combine(lua_State *L) {
  int kind = luaL_checkoption(L, 1, NULL, combinations);
  const char *what = combinations[kind];
  double factor = luaL_optnumber(L, 4, 1.0);
  const lsy_array *shape;
  value a, b;
  check_value(L, 2, what, &a);
  check_value(L, 3, what, &b);
  if (!a.array && !b.array) {
    double result;
    sy_find_loops(NULL)->combine((sy_combination)kind, &a.number, &b.number, factor, 1, &result);
    lsy_pushnumber(L, result);
    return 1;
  }
  shape = a.array ? a.array : b.array;
  if (a.array && b.array) {
    int wider = fits(a.array, b.array);
    if (!wider && !fits(b.array, a.array)) return mismatch(L, what, a.array, b.array);
    shape = wider ? a.array : b.array;
  }
  combine_into(kind, &a, &b, factor,
               new_like(L, shape, is_f32(&a) && is_f32(&b) ? SY_F32 : SY_F64));
  return 1;
}

/* core.vector_map(kind, x, low, high) -> a new array; of a number a number */
static int core_vector_map(lua_State *L) {
  int kind = luaL_checkoption(L, 1, NULL, maps);
  double low = luaL_optnumber(L, 3, 0), high = luaL_optnumber(L, 4, 0);
  const sy_loops *loops = sy_find_loops(NULL);
  lsy_array *out;
  value x;
  if (!(low <= high)) return lsy_error(L, "vector.clip: low must not be above high");
  check_value(L, 2, maps[kind], &x);
  if (!x.array) {
    double result;
    loops->map((sy_function)kind, &x.number, low, high, 1, &result);
    lsy_pushnumber(L, result);
    return 1;
  }
  out = new_like(L, x.array, is_f32(&x) ? SY_F32 : SY_F64);
  sy_map_numbers(loops, (sy_function)kind, x.rows, x.columns, x.operand, low, high, result_of(out));
  return 1;
}

static const char *end_of(const lsy_array *array) {
  size_t last = 0;
  if (array->shape[0] == 0 || array->shape[1] == 0) return array->data;
  for (int i = 0; i < 2; i++) last += (array->shape[i] - 1) * array->stride[i];
  return array->data + (last + 1) * sy_dtype_size(array->dtype);
}

/* Is x another view of y's numbers, so that what is written changes what is still to be read? */
static int overlaps(const lsy_array *y, const lsy_array *x) {
  int same = x->data == y->data && x->dtype == y->dtype && x->dimensions == y->dimensions &&
             x->stride[0] == y->stride[0] && x->stride[1] == y->stride[1];
  return !same && x->data < end_of(y) && y->data < end_of(x);
}

/* core.vector_accumulate(y, x, factor) -> y, to which factor * x was added */
static int core_vector_accumulate(lua_State *L) {
  const lsy_array *y = check_array(L, 1, "accumulate");
  double factor = luaL_optnumber(L, 3, 1.0);
  value before, x;
  lua_settop(L, 3);
  check_value(L, 2, "accumulate", &x);
  if (y->dtype > SY_F64)
    return lsy_error(L, "vector.accumulate: y: expected an array of f32 or f64, got one of %s",
                     lsy_dtypename(y->dtype));
  if (x.array && !fits(y, x.array)) return mismatch(L, "accumulate", y, x.array);
  if (x.array && overlaps(y, x.array)) {
    lsy_copyas(L, x.array, x.array->dtype);
    check_value(L, 4, "accumulate", &x);
  }
  check_value(L, 1, "accumulate", &before);
  combine_into(SY_ADD, &before, &x, factor, y);
  lua_settop(L, 1);
  return 1;
}

/* core.vector_assign(y, x) -> y, which now has x's numbers */
static int core_vector_assign(lua_State *L) {
  lsy_array *y = (void *)(uintptr_t)check_array(L, 1, "assign");
  const lsy_array *x = check_array(L, 2, "assign");
  lsy_misfit misfit;
  lua_settop(L, 2);
  if (y->dimensions != x->dimensions || !fits(y, x)) return mismatch(L, "assign", y, x);
  if (overlaps(y, x) || (x->dtype != y->dtype && y->dtype != SY_F64)) {
    lsy_copyas(L, x, y->dtype); /* raises before anything is written */
    x = lsy_testarray(L, 3);
  }
  if (!lsy_copyarray(x, y, &misfit))
    return lsy_error(L, "vector.assign: row %d, column %d: %s", (int)misfit.row, (int)misfit.column,
                     misfit.reason);
  lua_settop(L, 1);
  return 1;
}

/* -------------------------------------------------------------------------------- products -- */

/* core.vector_dot(a, b) -> the sum of products */
static int core_vector_dot(lua_State *L) {
  const lsy_array *a = check_array(L, 1, "dot"), *b = check_array(L, 2, "dot");
  if (a->dimensions != b->dimensions || !fits(a, b)) return mismatch(L, "dot", a, b);
  lsy_pushnumber(
      L, sy_inner(sy_find_loops(NULL), rows_of(a), columns_of(a), operand_of(a), operand_of(b)));
  return 1;
}

/* core.vector_times(matrix, vector) -> matrix * vector */
static int core_vector_times(lua_State *L) {
  const lsy_array *matrix = check_array(L, 1, "times"), *vector = check_array(L, 2, "times");
  sy_dtype dtype = matrix->dtype == SY_F32 && vector->dtype == SY_F32 ? SY_F32 : SY_F64;
  const lsy_array *out;
  lua_settop(L, 2);
  if (matrix->dimensions != 2 || vector->dimensions != 1 || matrix->shape[1] != vector->shape[0])
    return mismatch(L, "times", matrix, vector);
  if (vector->dtype != SY_F64) {
    lsy_copyas(L, vector, SY_F64); /* once, and not for each row */
    vector = lsy_testarray(L, 3);
  }
  out = lsy_newvector(L, dtype, matrix->shape[0], 0);
  sy_times(sy_find_loops(NULL), matrix->shape[0], matrix->shape[1], operand_of(matrix),
           operand_of(vector), result_of(out));
  return 1;
}

/* core.vector_outer(a, b) -> the matrix of all products */
static int core_vector_outer(lua_State *L) {
  const lsy_array *a = check_array(L, 1, "outer"), *b = check_array(L, 2, "outer");
  sy_operand down = operand_of(a), across = operand_of(b);
  lsy_array *out;
  if (a->dimensions != 1 || b->dimensions != 1) return mismatch(L, "outer", a, b);
  down.row_stride = down.stride;
  down.stride = 0;
  out = lsy_newarray(L, a->dtype == SY_F32 && b->dtype == SY_F32 ? SY_F32 : SY_F64, a->shape[0],
                     b->shape[0], 2, 0);
  sy_combine(sy_find_loops(NULL), SY_MULTIPLY, a->shape[0], b->shape[0], down, across, 1.0,
             result_of(out));
  return 1;
}

/* ---------------------------------------------------------------------------------- groups -- */

/* An array of numbers for each row; a vector has one of them. */
static sy_operand rows_operand(const lsy_array *array) {
  return (sy_operand){array->data, array->dtype, array->stride[0],
                      array->dimensions == 1 ? 0 : array->stride[1]};
}

static int stray_code(lua_State *L, const char *what, const int32_t *codes, size_t row,
                      size_t groups) {
  return lsy_error(L, "vector.%s: codes[%d]: %d is not within 0..%d", what, (int)row + 1,
                   (int)codes[row], (int)groups);
}

/* core.vector_group_sums(values, codes, count) -> sums, f64 */
static int core_vector_group_sums(lua_State *L) {
  const lsy_array *values = check_array(L, 1, "group_sums");
  size_t n, row, count = lsy_checksize(L, 3, "vector.group_sums: count");
  const int32_t *codes = lsy_checkvector(L, 2, "codes", SY_I32, &n).data;
  lsy_array *sums;
  if (n != values->shape[0])
    return lsy_error(L, "vector.group_sums: %d codes for %d rows", (int)n, (int)values->shape[0]);
  sums = lsy_newarray(L, SY_F64, count, values->shape[1], values->dimensions, 1);
  row = sy_group_sums(sy_find_loops(NULL), n, values->shape[1], rows_operand(values), codes, count,
                      (double *)(void *)sums->data);
  return row == n ? 1 : stray_code(L, "group_sums", codes, row, count);
}

/* core.vector_spread(per_group, codes) -> a row for each code */
static int core_vector_spread(lua_State *L) {
  const lsy_array *groups = check_array(L, 1, "spread");
  size_t n, row;
  const int32_t *codes = lsy_checkvector(L, 2, "codes", SY_I32, &n).data;
  sy_dtype dtype = groups->dtype == SY_F32 ? SY_F32 : SY_F64;
  lsy_array *out = lsy_newarray(L, dtype, n, groups->shape[1], groups->dimensions, 0);
  sy_result result = {out->data, dtype, out->stride[0], 1};
  row = sy_spread(sy_find_loops(NULL), n, groups->shape[1], rows_operand(groups), codes,
                  groups->shape[0], result);
  return row == n ? 1 : stray_code(L, "spread", codes, row, groups->shape[0]);
}

static const luaL_Reg functions[] = {{"vector_combine", core_vector_combine},
                                     {"vector_map", core_vector_map},
                                     {"vector_accumulate", core_vector_accumulate},
                                     {"vector_assign", core_vector_assign},
                                     {"vector_dot", core_vector_dot},
                                     {"vector_times", core_vector_times},
                                     {"vector_outer", core_vector_outer},
                                     {"vector_group_sums", core_vector_group_sums},
                                     {"vector_spread", core_vector_spread},
                                     {NULL, NULL}};

void lsy_open_vector(lua_State *L) { luaL_setfuncs(L, functions, 0); }
