/*
 * bind_names.h - packed lists of texts, for bindings that make them.
 */
#ifndef BIND_NAMES_H
#define BIND_NAMES_H

#include "lua/lsy.h"

typedef struct lsy_names lsy_names;

/* Push room for `count` texts of `bytes` bytes in all; then set every one, in order. */
lsy_names *lsy_newnames(lua_State *L, size_t count, size_t bytes);
void lsy_setname(lsy_names *names, size_t i, const char *bytes, size_t length);

/* The names at an argument, or an error that calls it `name`; how many there are; one of them. */
const lsy_names *lsy_checknames(lua_State *L, int arg, const char *name);
size_t lsy_countnames(const lsy_names *names);
lsy_text lsy_nameat(const lsy_names *names, size_t i);

void lsy_open_names(lua_State *L);

#endif
