/*
 * bind_calibrator.c - calibrators, and the fitting of them. Positional and raw: lua/steelyard/calibrate/
 * gives them options.
 */
#include "lua/lsy.h"

static const luaL_Reg functions[] = {{NULL, NULL}};

void lsy_open_calibrator(lua_State *L) { luaL_setfuncs(L, functions, 0); }
