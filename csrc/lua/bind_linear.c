/*
 * bind_linear.c - recommenders in closed form: Gram matrices, EASE, SLIM, iALS.
 * lua/steelyard/collaborative/{ease,slim,als}.lua are their face.
 */
#include "lua/lsy_learn.h"
#include "lua/lsy_sparse.h"
#include "steelyard/linear.h"

static int check_threads(lua_State *L, int arg) {
  size_t threads = lsy_checksize(L, arg, "threads");
  if (threads < 1 || threads > SY_THREADS_MAX)
    lsy_error(L, "threads: a whole number from 1 to %d is needed", SY_THREADS_MAX);
  return (int)threads;
}

/* learn.ease_bytes(columns, dtype) -> bytes of the weights, and of scratch beside them */
static int learn_ease_bytes(lua_State *L) {
  size_t columns = lsy_checksize(L, 1, "columns");
  sy_dtype dtype = lsy_checkdtype(L, 2, SY_F64);
  lsy_pushnumber(L, (double)columns * (double)columns * sizeof(float));
  lsy_pushnumber(L, (double)sy_ease_scratch(columns, dtype));
  return 2;
}

/* learn.ease(bag, columns, l2, dtype, threads) -> weights, f32 columns x columns */
static int learn_ease(lua_State *L) {
  size_t columns = lsy_checksize(L, 2, "columns");
  double l2 = luaL_checknumber(L, 3);
  sy_dtype dtype = lsy_checkdtype(L, 4, SY_F64);
  int threads = check_threads(L, 5);
  sy_memory memory = lsy_memory(L);
  sy_error error = {SY_OK, ""};
  sy_status status;
  sy_sparse x;
  lua_settop(L, 5);
  lsy_checksparse(L, 1, "interactions", columns, &x);
  lsy_array *weights = lsy_newarray(L, SY_F32, columns, columns, 2, 0);
  void *scratch = lsy_newuserdata(L, sy_ease_scratch(columns, dtype), 0);
  status =
      sy_ease(&x, l2, dtype, threads, &memory, scratch, (float *)(void *)weights->data, &error);
  if (status != SY_OK) return lsy_raise(L, status, &error);
  lua_pop(L, 1);
  return 1;
}

/* learn.gram(bag, columns, dtype, threads) -> the Gram matrix of columns */
static int learn_gram(lua_State *L) {
  size_t columns = lsy_checksize(L, 2, "columns");
  sy_dtype dtype = lsy_checkdtype(L, 3, SY_F64);
  int threads = check_threads(L, 4);
  sy_memory memory = lsy_memory(L);
  sy_error error = {SY_OK, ""};
  sy_sparse x;
  lua_settop(L, 4);
  lsy_checksparse(L, 1, "interactions", columns, &x);
  lsy_array *gram = lsy_newarray(L, dtype, columns, columns, 2, 0);
  sy_status status = sy_gram(&x, dtype, threads, &memory, gram->data, &error);
  return status == SY_OK ? 1 : lsy_raise(L, status, &error);
}

/* -------------------------------------------------------------------------------- SLIM -- */

/* learn.slim(gram, l1, l2, tolerance, sweeps, nonnegative, threads) -> weights, report */
static int learn_slim(lua_State *L) {
  const lsy_array *gram = lsy_checkarray(L, 1);
  sy_slim_options options = {luaL_checknumber(L, 2), luaL_checknumber(L, 3),
                             luaL_checknumber(L, 4), lsy_checksize(L, 5, "sweeps"),
                             lua_toboolean(L, 6),    check_threads(L, 7)};
  sy_slim_report report = {0, 0, 0, 0};
  sy_memory memory = lsy_memory(L);
  sy_error error = {SY_OK, ""};
  sy_status status;
  lsy_array *weights;
  if (gram->dimensions != 2 || gram->shape[0] != gram->shape[1] || !lsy_iscontiguous(gram))
    return lsy_error(L, "gram: a square matrix in one block is needed");
  weights = lsy_newarray(L, SY_F32, gram->shape[0], gram->shape[0], 2, 0);
  status = sy_slim(gram->data, gram->dtype, gram->shape[0], &options, &memory,
                   (float *)(void *)weights->data, &report, &error);
  if (status != SY_OK) return lsy_raise(L, status, &error);
  lua_createtable(L, 0, 4);
  lsy_setnumber(L, "objective", report.objective);
  lsy_setsize(L, "weights", report.weights);
  lsy_setsize(L, "sweeps", report.sweeps);
  lsy_setsize(L, "unconverged", report.unconverged);
  return 2;
}

/* -------------------------------------------------------------------------------- iALS -- */

/* Arguments from `arg` on: l2, unobserved, exponent, threads. */
static sy_als_options check_als(lua_State *L, int arg, size_t factors) {
  sy_als_options options = {factors, luaL_checknumber(L, arg), luaL_checknumber(L, arg + 1),
                            luaL_checknumber(L, arg + 2), check_threads(L, arg + 3)};
  return options;
}

/* Factors of `rows` rows (0: any number), whose numbers follow one another. */
static lsy_array *check_factors(lua_State *L, int arg, const char *name) {
  lsy_array *array = lsy_testarray(L, arg);
  if (!array || array->dtype > SY_F64 || array->dimensions != 2 || !lsy_iscontiguous(array))
    lsy_error(L, "%s: a matrix of f32 or f64 in one block is needed", name);
  return array;
}

/* learn.als_solve(bag, factors of columns, l2, unobserved, exponent, threads) -> factors of rows */
static int learn_als_solve(lua_State *L) {
  const lsy_array *others = check_factors(L, 2, "factors");
  sy_als_options options = check_als(L, 3, others->shape[1]);
  sy_memory memory = lsy_memory(L);
  sy_error error = {SY_OK, ""};
  sy_sparse x;
  lua_settop(L, 6);
  lsy_checksparse(L, 1, "histories", others->shape[0], &x);
  lsy_array *own = lsy_newarray(L, others->dtype, x.rows, others->shape[1], 2, 0);
  sy_status status =
      sy_als_solve(&x, others->dtype, others->data, &options, &memory, own->data, &error);
  return status == SY_OK ? 1 : lsy_raise(L, status, &error);
}

/* learn.als_loss(bag, factors of rows, of columns, l2, unobserved, exponent, threads) -> the loss */
static int learn_als_loss(lua_State *L) {
  const lsy_array *rows = check_factors(L, 2, "factors of rows");
  const lsy_array *columns = check_factors(L, 3, "factors of columns");
  sy_als_options options = check_als(L, 4, columns->shape[1]);
  sy_memory memory = lsy_memory(L);
  sy_error error = {SY_OK, ""};
  double loss = 0;
  sy_sparse x;
  lua_settop(L, 7);
  lsy_checksparse(L, 1, "interactions", columns->shape[0], &x);
  if (rows->shape[0] != x.rows || rows->shape[1] != columns->shape[1] ||
      rows->dtype != columns->dtype)
    return lsy_error(L, "factors of rows: %d x %d of %s are needed", (int)x.rows,
                     (int)columns->shape[1], lsy_dtypename(columns->dtype));
  sy_status status =
      sy_als_loss(&x, columns->dtype, rows->data, columns->data, &options, &memory, &loss, &error);
  if (status != SY_OK) return lsy_raise(L, status, &error);
  lsy_pushnumber(L, loss);
  return 1;
}

/* learn.als_scores(factors of rows, of columns, scores) -> scores = rows columns', filled; f32 */
static int learn_als_scores(lua_State *L) {
  const lsy_array *rows = check_factors(L, 1, "factors of rows");
  const lsy_array *columns = check_factors(L, 2, "factors of columns");
  lsy_array *scores = check_factors(L, 3, "scores");
  if (rows->dtype != SY_F32 || columns->dtype != SY_F32 || scores->dtype != SY_F32 ||
      rows->shape[1] != columns->shape[1] || scores->shape[0] != rows->shape[0] ||
      scores->shape[1] != columns->shape[0])
    return lsy_error(L, "scores: matrices f32 that fit are needed");
  sy_als_scores((const float *)(const void *)rows->data, rows->shape[0],
                (const float *)(const void *)columns->data, columns->shape[0], rows->shape[1],
                (float *)(void *)scores->data);
  lua_settop(L, 3);
  return 1;
}

static int learn_lapack(lua_State *L) {
  lua_pushboolean(L, sy_lapack_found());
  return 1;
}

static const luaL_Reg functions[] = {{"ease_bytes", learn_ease_bytes},
                                     {"ease", learn_ease},
                                     {"gram", learn_gram},
                                     {"slim", learn_slim},
                                     {"als_solve", learn_als_solve},
                                     {"als_loss", learn_als_loss},
                                     {"als_scores", learn_als_scores},
                                     {"lapack", learn_lapack},
                                     {NULL, NULL}};

void lsy_open_linear(lua_State *L) { luaL_setfuncs(L, functions, 0); }
