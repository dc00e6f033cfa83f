/*
 * bind_file.c - whole files written from Lua: replaced in one step, as all files of Steelyard are.
 */
#include <sys/stat.h>

#include "io/file.h"
#include "lua/lsy.h"

/* core.file_write(path, text) -> true, or nil and a message; a crash leaves the old file or the new. */
static int core_file_write(lua_State *L) {
  const char *path = lsy_checkpath(L, 1);
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

/*
 * core.file_check(path) -> true, or nil and the message with which file_write would fail at once.
 * Nothing is written: pipes and devices, whose reader would notice, are left alone.
 */
static int core_file_check(lua_State *L) {
  const char *path = lsy_checkpath(L, 1);
  struct stat info;
  sy_output output;
  sy_error error = {SY_OK, ""};
  int special = stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
  if (!special) {
    sy_status status = sy_output_open(&output, path, &error);
    if (status != SY_OK) return lsy_failed(L, status, &error);
    sy_output_discard(&output);
  }
  lua_pushboolean(L, 1);
  return 1;
}

static const luaL_Reg functions[] = {
    {"file_write", core_file_write}, {"file_check", core_file_check}, {NULL, NULL}};

void lsy_open_file(lua_State *L) { luaL_setfuncs(L, functions, 0); }
