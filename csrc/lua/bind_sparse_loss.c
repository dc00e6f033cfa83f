/*
 * bind_sparse_loss.c - losses of scores against few targets a row.
 */
#include <string.h>

#include "lua/lsy_sparse.h"

enum { SCORES = 1, TARGETS, OPTIONS, WORK, LAST = WORK };

/* A field of numbers, one for each of n; NULL where it is not there. It stays on the stack. */
static const double *numbers_of(lua_State *L, const char *name, size_t n, int finite) {
  size_t found;
  lua_getfield(L, OPTIONS, name);
  const double *numbers = lsy_optvector(L, lua_gettop(L), name, SY_F64, &found).data;
  if (numbers && found != n)
    lsy_error(L, "%s: %d numbers, and %d are needed", name, (int)found, (int)n);
  for (size_t i = 0; finite && numbers && i < n; i++)
    if (!(numbers[i] - numbers[i] == 0))
      lsy_error(L, "%s[%d]: not a finite number", name, (int)i + 1);
  return numbers;
}

static void check_rows(lua_State *L, const char *name, const sy_sparse *matrix, size_t rows) {
  if (matrix->rows != rows)
    lsy_error(L, "%s: %d rows for scores of %d", name, (int)matrix->rows, (int)rows);
}

/* What is read of the arguments; everything that it points to is on the stack. */
typedef struct call {
  sy_score_matrix scores;
  sy_sparse targets, excluded;
  sy_score_loss loss;
  void *gradient, *scratch;
  size_t stride;
  int at; /* where the gradient stands on the stack; 0: there is none */
} call;

static void read_call(lua_State *L, call *c) {
  lua_settop(L, LAST);
  luaL_checktype(L, OPTIONS, LUA_TTABLE);
  const lsy_array *given = lsy_testarray(L, SCORES);
  c->scores = lsy_checkscores(L, SCORES);
  size_t rows = c->scores.rows, columns = c->scores.columns;
  memset(&c->loss, 0, sizeof c->loss);
  lsy_checksparse(L, TARGETS, "targets", columns, &c->targets);
  check_rows(L, "targets", &c->targets, rows);
  c->loss.targets = &c->targets;
  lua_getfield(L, OPTIONS, "excluded");
  if (lsy_optsparse(L, lua_gettop(L), "excluded", columns, &c->excluded)) {
    check_rows(L, "excluded", &c->excluded, rows);
    c->loss.excluded = &c->excluded;
    c->scratch = lsy_newuserdata(L, ((size_t)c->excluded.offsets[rows] + 1) * sizeof(double), 0);
  } else {
    c->scratch = NULL;
  }
  size_t entries = (size_t)c->targets.offsets[rows];
  c->loss.target_weights = numbers_of(L, "target_weights", entries, 1);
  c->loss.row_weights = numbers_of(L, "row_weights", rows, 1);
  c->loss.log_partition = numbers_of(L, "log_partition", rows, 0);
  lua_getfield(L, OPTIONS, "positive");
  c->loss.positive = luaL_optnumber(L, -1, 1.0);
  lua_getfield(L, OPTIONS, "threads");
  c->loss.threads = (int)luaL_optinteger(L, -1, 1);
  lua_getfield(L, OPTIONS, "k");
  c->loss.k = lua_isnil(L, -1) ? 0 : lsy_checksize(L, lua_gettop(L), "k");
  lua_pop(L, 3);
  lua_getfield(L, OPTIONS, "gradient");
  c->gradient = NULL;
  c->at = 0;
  if (lua_type(L, -1) == LUA_TSTRING) {
    if (lsy_testarray(L, SCORES) != given)
      lsy_error(L, "gradient \"in_place\" needs scores of f32 or f64 whose rows are contiguous");
    c->gradient = (void *)(uintptr_t)c->scores.numbers.data;
    c->stride = c->scores.stride;
    c->at = SCORES;
  } else if (lua_toboolean(L, -1)) {
    lsy_array *made = lsy_newarray(L, c->scores.numbers.dtype, rows, columns, 2, 0);
    c->gradient = made->data;
    c->stride = columns;
    c->at = lua_gettop(L);
  }
}

static void push_gradient(lua_State *L, const call *c) {
  if (c->at) lua_pushvalue(L, c->at);
  else lua_pushnil(L);
}

/* core.loss_multinomial(scores, targets, options) -> values, gradient or nil, details */
static int core_multinomial(lua_State *L) {
  call c;
  sy_error error = {SY_OK, ""};
  read_call(L, &c);
  int first = lua_gettop(L);
  double *values = lsy_newnumbers(L, c.scores.rows);
  double *partition = lsy_newnumbers(L, c.scores.rows);
  double *logs = lsy_newnumbers(L, (size_t)c.targets.offsets[c.scores.rows]);
  sy_status status = sy_multinomial(&c.scores, &c.loss, c.scratch, c.gradient, c.stride, values,
                                    partition, logs, &error);
  if (status != SY_OK) return lsy_raise(L, status, &error);
  lua_pushvalue(L, first + 1);
  push_gradient(L, &c);
  lua_createtable(L, 0, 2);
  lua_pushvalue(L, first + 2);
  lua_setfield(L, -2, "log_partition");
  lua_pushvalue(L, first + 3);
  lua_setfield(L, -2, "log_probabilities");
  return 3;
}

/* Values, gradient or nil, no details. */
static int simple(lua_State *L,
                  sy_status (*square)(const sy_score_matrix *, const sy_score_loss *, void *,
                                      size_t, double *, sy_error *),
                  sy_status (*ranked)(const sy_score_matrix *, const sy_score_loss *, sy_work *,
                                      void *, size_t, double *, sy_error *)) {
  call c;
  sy_error error = {SY_OK, ""};
  read_call(L, &c);
  double *values = lsy_newnumbers(L, c.scores.rows);
  int place = lua_gettop(L);
  sy_status status;
  if (square) status = square(&c.scores, &c.loss, c.gradient, c.stride, values, &error);
  else
    status =
        ranked(&c.scores, &c.loss, lsy_checkwork(L, WORK), c.gradient, c.stride, values, &error);
  if (status != SY_OK) return lsy_raise(L, status, &error);
  lua_pushvalue(L, place);
  push_gradient(L, &c);
  lua_createtable(L, 0, 0);
  return 3;
}

/* core.loss_weighted_square(scores, targets, options) -> values, gradient or nil, {} */
static int core_weighted_square(lua_State *L) { return simple(L, sy_weighted_square, NULL); }

/* core.loss_warp(scores, targets, options, work), core.loss_lambdarank: the same */
static int core_warp(lua_State *L) { return simple(L, NULL, sy_warp); }
static int core_lambdarank(lua_State *L) { return simple(L, NULL, sy_lambdarank); }

static const luaL_Reg functions[] = {{"loss_multinomial", core_multinomial},
                                     {"loss_weighted_square", core_weighted_square},
                                     {"loss_warp", core_warp},
                                     {"loss_lambdarank", core_lambdarank},
                                     {NULL, NULL}};

void lsy_open_sparse_loss(lua_State *L) { luaL_setfuncs(L, functions, 0); }
