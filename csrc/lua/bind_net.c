/*
 * bind_net.c - networks (steelyard/networks.h).
 */
#include "lua/lsy_learn.h"

#define LSY_NET "steelyard.net"

sy_net *lsy_checknet(lua_State *L, int arg) {
  sy_net **net = luaL_checkudata(L, arg, LSY_NET);
  return *net;
}

void lsy_open_net(lua_State *L) { lsy_newtype(L, LSY_NET, NULL, NULL); }
