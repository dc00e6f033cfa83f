/*
 * lsy_learn.h - what the bindings of steelyard.learn share.
 */
#ifndef LSY_LEARN_H
#define LSY_LEARN_H

#include "lua/lsy.h"
#include "steelyard/networks.h"

/* The network at an index, or an argument error. */
sy_net *lsy_checknet(lua_State *L, int arg);

/* Each binding adds its functions to the module table on top of the stack. */
void lsy_open_net(lua_State *L);
void lsy_open_net_pass(lua_State *L);
void lsy_open_optimizer(lua_State *L);
void lsy_open_linear(lua_State *L);

#endif
