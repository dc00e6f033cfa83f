/*
 * bind_fit.c - calibrators' maps, fitted to curves. Positional and raw: lua/steelyard/calibrate/ gives
 * them options.
 */
#include "lua/lsy_calibrator.h"
#include "lua/lsy_curve.h"

static const luaL_Reg functions[] = {{NULL, NULL}};

void lsy_open_fit(lua_State *L) { luaL_setfuncs(L, functions, 0); }
