/*
 * lsy_curve.h - curves as bindings hand them around.
 */
#ifndef LSY_CURVE_H
#define LSY_CURVE_H

#include "lua/lsy.h"
#include "steelyard/calibration.h"

#define LSY_CURVE "steelyard.curve"

/* The curve at an argument, or an argument error. */
const sy_curve *lsy_checkcurve(lua_State *L, int arg);

/*
 * Push a new curve with `bytes` bytes behind it, aligned to 64, for its arrays; fill both. Raises
 * when there is no memory. No __gc: all is one userdata.
 */
sy_curve *lsy_newcurve(lua_State *L, size_t bytes, void **block);

/* Predictions, labels and weights (or nil) from argument `first` on. */
sy_labelled lsy_checklabelled(lua_State *L, int first);

#endif
