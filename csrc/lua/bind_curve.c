/*
 * bind_curve.c - calibration curves and what is measured on them. Positional and raw: lua/steelyard/calibrate/
 * gives them options.
 */
#include "lua/lsy.h"

static const luaL_Reg functions[] = {{NULL, NULL}};

void lsy_open_curve(lua_State *L) { luaL_setfuncs(L, functions, 0); }
