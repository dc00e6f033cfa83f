/*
 * bind_nlopt.c - steelyard.nlopt: NLopt's optimizers with objectives written in Lua.
 *
 * A separate module, so that a serving process need not load NLopt. One function:
 *
 *   nlopt.minimize{algorithm=, initial=, lower=, upper=, objective=, linear=, ...}
 *     -> x, value, reason, evaluations
 *
 * objective(x) returns the value and, for algorithms that want it, the gradient as a list. An error
 * in it stops the optimizer and is raised again once NLopt has returned and been freed: no longjmp
 * ever crosses NLopt's frames.
 */
#include "lua/lsy.h"

#include <limits.h>
#include <math.h>
#include <nlopt.h>
#include <string.h>

#define MOST_VARIABLES 256

typedef struct problem {
  lua_State *L;
  nlopt_opt optimizer;
  int objective; /* stack index of the Lua function */
  int protected; /* stack index of protected_evaluate, pushed where raising does no harm */
  int failed;    /* an error message is on top of the stack */
  unsigned n;
  const double *x; /* the evaluation under way: point, gradient or NULL, value */
  double *gradient;
  double value;
  double linear[MOST_VARIABLES]; /* sum of linear[i] x[i] = total */
  double total;
} problem;

static const struct {
  const char *name;
  nlopt_algorithm algorithm;
} algorithms[] = {
    {"slsqp", NLOPT_LD_SLSQP},   {"lbfgs", NLOPT_LD_LBFGS},   {"mma", NLOPT_LD_MMA},
    {"cobyla", NLOPT_LN_COBYLA}, {"bobyqa", NLOPT_LN_BOBYQA}, {"nelder-mead", NLOPT_LN_NELDERMEAD},
    {"subplex", NLOPT_LN_SBPLX}, {"isres", NLOPT_GN_ISRES},   {"direct", NLOPT_GN_DIRECT_L}};

static const char *reason_of(nlopt_result result) {
  switch (result) {
    case NLOPT_SUCCESS: return "success";
    case NLOPT_STOPVAL_REACHED: return "stop value reached";
    case NLOPT_FTOL_REACHED: return "objective tolerance reached";
    case NLOPT_XTOL_REACHED: return "weight tolerance reached";
    case NLOPT_MAXEVAL_REACHED: return "evaluation limit reached";
    case NLOPT_MAXTIME_REACHED: return "time limit reached";
    case NLOPT_ROUNDOFF_LIMITED: return "rounding limits progress";
    case NLOPT_OUT_OF_MEMORY: return "not enough memory";
    case NLOPT_INVALID_ARGS: return "invalid arguments";
    case NLOPT_FORCED_STOP: return "stopped";
    default: return "failure";
  }
}

/* A number that NLopt is told. */
static double finite_at(lua_State *L, int i, const char *what) {
  double x = (double)lua_tonumber(L, i);
  if (!isfinite(x)) luaL_error(L, "%s is not finite", what);
  return x;
}

/* Runs protected, since every line of it may raise: calls objective(x) and takes its answer. */
static int protected_evaluate(lua_State *L) {
  problem *p = lua_touserdata(L, 1);
  lua_pushvalue(L, 2);
  lua_createtable(L, (int)p->n, 0);
  for (unsigned i = 0; i < p->n; i++) {
    lsy_pushnumber(L, p->x[i]);
    lua_rawseti(L, -2, (int)i + 1);
  }
  lua_call(L, 1, 2);
  if (lua_type(L, -2) != LUA_TNUMBER || (p->gradient && !lua_istable(L, -1)))
    return luaL_error(L, "objective: a number and a gradient table are needed");
  p->value = finite_at(L, -2, "objective: its value");
  for (unsigned i = 0; p->gradient && i < p->n; i++) {
    lua_rawgeti(L, -1, (int)i + 1);
    p->gradient[i] = finite_at(L, -1, "objective: its gradient");
    lua_pop(L, 1);
  }
  return 0;
}

/* What NLopt calls. Nothing here allocates or raises; a failure stops the optimizer. */
static double evaluate(unsigned n, const double *x, double *gradient, void *data) {
  problem *p = data;
  lua_State *L = p->L;
  (void)n;
  if (p->failed) return HUGE_VAL;
  p->x = x;
  p->gradient = gradient;
  lua_pushvalue(L, p->protected);
  lua_pushlightuserdata(L, p);
  lua_pushvalue(L, p->objective);
  if (lua_pcall(L, 2, 0, 0) == 0) return p->value;
  p->failed = 1;
  nlopt_force_stop(p->optimizer);
  return HUGE_VAL;
}

static double linear_constraint(unsigned n, const double *x, double *gradient, void *data) {
  const problem *p = data;
  double sum = -p->total;
  for (unsigned i = 0; i < n; i++) sum += p->linear[i] * x[i];
  if (gradient) memcpy(gradient, p->linear, n * sizeof *gradient);
  return sum;
}

/* Read a list of n numbers from a field of the options; a missing list gives `standard`. */
static void read_list(lua_State *L, const char *field, unsigned n, double standard, double *out) {
  lua_getfield(L, 1, field);
  for (unsigned i = 0; i < n; i++) {
    out[i] = standard;
    if (!lua_istable(L, -1)) continue;
    lua_rawgeti(L, -1, (int)i + 1);
    if (lua_type(L, -1) != LUA_TNUMBER)
      luaL_error(L, "minimize: %s[%d]: a number is needed", field, (int)i + 1);
    out[i] = (double)lua_tonumber(L, -1);
    if (!isfinite(out[i]) && out[i] != standard)
      luaL_error(L, "minimize: %s[%d]: a finite number is needed", field, (int)i + 1);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

static double read_number(lua_State *L, const char *field, double standard) {
  double value;
  lua_getfield(L, 1, field);
  value = luaL_optnumber(L, -1, standard);
  lua_pop(L, 1);
  return value;
}

static int64_t read_integer(lua_State *L, const char *field, int64_t least, int64_t most,
                            int64_t standard) {
  int64_t value = standard;
  lua_getfield(L, 1, field);
  if (!lua_isnil(L, -1) && (!lsy_tointeger64(L, -1, &value) || value < least || value > most)) {
    char shown[64];
    lsy_describe(L, -1, shown, sizeof shown);
    luaL_error(L, "minimize: %s: %s is not a whole number in range", field, shown);
  }
  lua_pop(L, 1);
  return value;
}

static nlopt_algorithm read_algorithm(lua_State *L) {
  const char *name;
  lua_getfield(L, 1, "algorithm");
  name = luaL_optstring(L, -1, "slsqp");
  for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++)
    if (strcmp(algorithms[i].name, name) == 0) {
      lua_pop(L, 1);
      return algorithms[i].algorithm;
    }
  luaL_error(L, "minimize: unknown algorithm \"%s\"", name);
  return NLOPT_LD_SLSQP;
}

static int l_minimize(lua_State *L) {
  problem p = {0};
  double x[MOST_VARIABLES], lower[MOST_VARIABLES], upper[MOST_VARIABLES], value = HUGE_VAL;
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  nlopt_algorithm algorithm = read_algorithm(L);
  lua_getfield(L, 1, "initial");
  luaL_checktype(L, -1, LUA_TTABLE);
  p.L = L;
  p.n = (unsigned)lua_rawlen(L, -1);
  if (p.n == 0 || p.n > MOST_VARIABLES)
    return luaL_error(L, "minimize: from 1 to %d variables are possible", MOST_VARIABLES);
  lua_pop(L, 1);
  read_list(L, "initial", p.n, 0, x);
  read_list(L, "lower", p.n, -HUGE_VAL, lower);
  read_list(L, "upper", p.n, HUGE_VAL, upper);
  p.total = read_number(L, "total", 1);
  int evaluations = (int)read_integer(L, "max_evaluations", 1, INT_MAX, 1000); /* 0: no limit */
  double weight_tolerance = read_number(L, "weight_tolerance", 1e-10);
  double value_tolerance = read_number(L, "value_tolerance", 1e-14);
  int64_t seed = read_integer(L, "seed", INT64_MIN, INT64_MAX, 1);
  lua_getfield(L, 1, "linear");
  int constrained = !lua_isnil(L, -1);
  lua_pop(L, 1);
  read_list(L, "linear", p.n, 0, p.linear);
  lua_getfield(L, 1, "objective");
  luaL_checktype(L, -1, LUA_TFUNCTION);
  p.objective = lua_gettop(L);
  lua_pushcfunction(L, protected_evaluate);
  p.protected = lua_gettop(L);
  luaL_checkstack(L, 16, "minimize");

  p.optimizer = nlopt_create(algorithm, p.n);
  if (!p.optimizer) return luaL_error(L, "not enough memory");
  nlopt_set_min_objective(p.optimizer, evaluate, &p);
  nlopt_set_lower_bounds(p.optimizer, lower);
  nlopt_set_upper_bounds(p.optimizer, upper);
  nlopt_set_maxeval(p.optimizer, evaluations);
  nlopt_set_xtol_rel(p.optimizer, weight_tolerance);
  nlopt_set_ftol_abs(p.optimizer, value_tolerance);
  nlopt_srand((unsigned long)seed);
  nlopt_result result = NLOPT_SUCCESS;
  if (constrained)
    result = nlopt_add_equality_constraint(p.optimizer, linear_constraint, &p, 1e-12);
  if (result >= 0) result = nlopt_optimize(p.optimizer, x, &value);
  int count = nlopt_get_numevals(p.optimizer);
  nlopt_destroy(p.optimizer);

  if (p.failed) return lua_error(L);
  if (result == NLOPT_OUT_OF_MEMORY) return luaL_error(L, "not enough memory");
  if (result == NLOPT_INVALID_ARGS)
    return luaL_error(L, "minimize: the optimizer refuses these bounds or constraints");
  lua_createtable(L, (int)p.n, 0);
  for (unsigned i = 0; i < p.n; i++) {
    lsy_pushnumber(L, x[i]);
    lua_rawseti(L, -2, (int)i + 1);
  }
  lsy_pushnumber(L, value);
  lua_pushstring(L, reason_of(result));
  lua_pushinteger(L, count);
  return 4;
}

static const luaL_Reg functions[] = {{"minimize", l_minimize}, {NULL, NULL}};

LSY_EXPORT int luaopen_steelyard_nlopt(lua_State *L);

int luaopen_steelyard_nlopt(lua_State *L) {
  luaL_newlib(L, functions);
  return 1;
}
