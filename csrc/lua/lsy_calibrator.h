/*
 * lsy_calibrator.h - calibrators as bindings see them: userdata that hold the sy_calibrator's block
 * inline, immutable, without __gc.
 */
#ifndef LSY_CALIBRATOR_H
#define LSY_CALIBRATOR_H

#include "lua/lsy.h"
#include "steelyard.h"

#define LSY_CALIBRATOR "steelyard.calibrator"

/* The calibrator at an argument, or an argument error / NULL. */
const sy_calibrator *lsy_checkcalibrator(lua_State *L, int arg);
const sy_calibrator *lsy_testcalibrator(lua_State *L, int arg);

/*
 * Push a userdata with a block of sy_calibrator_bytes(parts), not yet a calibrator: lay one out in
 * the block that comes back (sy_calibrator_init), which stays where it is. Raises when there is no
 * memory.
 */
sy_calibrator *lsy_newcalibrator(lua_State *L, size_t bytes);

/* Push a calibrator of these parts; raises what sy_calibrator_bytes finds wrong with them. */
const sy_calibrator *lsy_pushcalibrator(lua_State *L, const sy_calibrator_parts *parts);

/* Push the table of a map, as core.calibrator_new takes it. */
void lsy_pushmap(lua_State *L, const sy_map *map);

/* calibrator_new and calibrator:parts, in bind_calibrator_parts.c. */
int lsy_calibrator_new(lua_State *L);
int lsy_calibrator_parts(lua_State *L);

#endif
