/*
 * learn.c - luaopen_steelyard_learn: the module `steelyard.learn`, networks and what trains them.
 *
 * A module of its own, so that a serving process need not load a BLAS.
 */
#include "lua/lsy_learn.h"

/* learn.threads(n): how many threads the BLAS may use. */
static int learn_threads(lua_State *L) {
  size_t threads = lsy_checksize(L, 1, "threads");
  if (threads < 1 || threads > SY_THREADS_MAX)
    return lsy_error(L, "threads: a whole number from 1 to %d is needed", SY_THREADS_MAX);
  sy_blas_threads((int)threads);
  return 0;
}

/* learn.blas() -> its name */
static int learn_blas(lua_State *L) {
  lua_pushstring(L, sy_blas_name());
  return 1;
}

static const luaL_Reg functions[] = {
    {"threads", learn_threads}, {"blas", learn_blas}, {NULL, NULL}};

LSY_EXPORT int luaopen_steelyard_learn(lua_State *L);

int luaopen_steelyard_learn(lua_State *L) {
#if LUA_VERSION_NUM >= 502
  luaL_checkversion(L);
#endif
  sy_blas_threads(1);
  luaL_newlib(L, functions);
  lsy_open_net(L);
  lsy_open_net_pass(L);
  lsy_open_optimizer(L);
  lsy_open_linear(L);
  return 1;
}
