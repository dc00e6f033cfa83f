/*
 * noreturn.h - for clang-tidy alone (scripts/lint includes it before everything else): Lua's and our
 * error functions never return, which their headers do not say.
 */
#ifndef NORETURN_H
#define NORETURN_H

struct lua_State;
int lua_error(struct lua_State *L) __attribute__((noreturn));
int luaL_error(struct lua_State *L, const char *format, ...) __attribute__((noreturn));
int luaL_argerror(struct lua_State *L, int arg, const char *message) __attribute__((noreturn));
int luaL_typeerror(struct lua_State *L, int arg, const char *name) __attribute__((noreturn));
int lsy_error(struct lua_State *L, const char *format, ...) __attribute__((noreturn));

#endif
