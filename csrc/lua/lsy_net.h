/*
 * lsy_net.h - what the two files of networks' bindings share.
 */
#ifndef LSY_NET_H
#define LSY_NET_H

#include "lua/lsy_learn.h"

#define LSY_NET "steelyard.net"

/* The network's block lies behind; feeds and pulls: one a layer, for passes to fill in. */
typedef struct lsy_net {
  uint64_t uses; /* passes that were begun */
  sy_net *net;
  sy_feed *feeds;
  sy_pull *pulls;
} lsy_net;

lsy_net *lsy_checkwholenet(lua_State *L, int arg);

/* The layer that the name at an argument is of, or an error. */
size_t lsy_checklayer(lua_State *L, int arg, const sy_net *net);

/* Push a 2-D view into the network at an index, which it anchors. */
void lsy_pushview(lua_State *L, int net, sy_dtype dtype, const void *data, size_t rows,
                  size_t columns, size_t stride);

#endif
