/*
 * bind_file.c - whole files written from Lua: replaced in one step, as all files of Steelyard are.
 */
#include "io/file.h"
#include "lua/lsy.h"

/* core.file_write(path, text) -> true, or nil and a message; a crash leaves the old file or the new. */
static int core_file_write(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  size_t size;
  const char *text = luaL_checklstring(L, 2, &size);
  sy_output output;
  sy_error error = {SY_OK, ""};
  sy_status status = sy_output_open(&output, path, &error);
  if (status != SY_OK) return lsy_failed(L, status, &error);
  status = sy_output_write(&output, text, size, &error);
  if (status != SY_OK) {
    sy_output_discard(&output);
    return lsy_failed(L, status, &error);
  }
  status = sy_output_commit(&output, &error);
  if (status != SY_OK) return lsy_failed(L, status, &error);
  lua_pushboolean(L, 1);
  return 1;
}

static const luaL_Reg functions[] = {{"file_write", core_file_write}, {NULL, NULL}};

void lsy_open_file(lua_State *L) { luaL_setfuncs(L, functions, 0); }
