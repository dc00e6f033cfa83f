/*
 * core.c - luaopen_steelyard_core: the module `steelyard.core`, raw functions for lua/steelyard/.
 */
#include <lualib.h>

#include "lua/lsy.h"
#include "lua/lsy_sparse.h"

#ifdef LUA_JITLIBNAME
#define ABI "luajit"
#elif LUA_VERSION_NUM == 501
#define ABI "lua51"
#elif LUA_VERSION_NUM == 502
#define ABI "lua52"
#elif LUA_VERSION_NUM == 503
#define ABI "lua53"
#elif LUA_VERSION_NUM == 504
#define ABI "lua54"
#else
#define ABI "lua55"
#endif

/*
 * core.library(prefix): Lua files whose source starts with prefix ("@/usr/share/lua/5.4/steelyard/")
 * are the library's own, which the positions of errors pass over.
 */
static int core_library(lua_State *L) {
  luaL_checktype(L, 1, LUA_TSTRING);
  lua_settop(L, 1);
  lua_setfield(L, LUA_REGISTRYINDEX, LSY_LIBRARY);
  return 0;
}

/* core.fail(message): an error at the line of the user who called into the library. */
static int core_fail(lua_State *L) { return lsy_error(L, "%s", luaL_checkstring(L, 1)); }

static const luaL_Reg functions[] = {{"library", core_library}, {"fail", core_fail}, {NULL, NULL}};

LSY_EXPORT int luaopen_steelyard_core(lua_State *L);

int luaopen_steelyard_core(lua_State *L) {
#if LUA_VERSION_NUM >= 502
  luaL_checkversion(L);
#endif
  luaL_newlib(L, functions);
  lsy_open_array(L);
  lsy_open_json(L);
  lsy_open_file(L);
  lsy_open_table(L);
  lsy_open_tensors(L);
  lsy_open_trec(L);
  lsy_open_value_model(L);
  lsy_open_machine(L);
  lsy_open_groups(L);
  lsy_open_metrics(L);
  lsy_open_measure(L);
  lsy_open_tuning(L);
  lsy_open_losses(L);
  lsy_open_objectives(L);
  lsy_open_significance(L);
  lsy_open_slices(L);
  lsy_open_curve(L);
  lsy_open_calibrator(L);
  lsy_open_calibrator_file(L);
  lsy_open_fit(L);
  lsy_open_contract(L);
  lsy_open_sketch(L);
  lsy_open_validation(L);
  lsy_open_segments(L);
  lsy_open_vector(L);
  lsy_open_interactions(L);
  lsy_open_scores(L);
  lsy_open_sparse(L);
  lsy_open_sparse_loss(L);
  lsy_open_scores(L);
  lsy_open_sparse_rank(L);
  lsy_open_sparse_split(L);
  lua_pushstring(L, sy_version());
  lua_setfield(L, -2, "version");
  lua_pushliteral(L, ABI);
  lua_setfield(L, -2, "abi");
  return 1;
}
