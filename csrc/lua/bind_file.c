/*
 * bind_file.c - whole files written from Lua, replaced in one step as all files of Steelyard are; the
 * names in a folder.
 */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "io/binary.h"
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

/*
 * core.checksum(text | array [, start]) -> the CRC-32, a whole number, of the text's bytes or of the
 * array's numbers in a file's byte order; start: the sum of what comes before.
 */
static int core_checksum(lua_State *L) {
  const lsy_array *array = lsy_testarray(L, 1);
  size_t start = lsy_optsize(L, 2, "start", 0);
  uint32_t sum = (uint32_t)start;
  luaL_argcheck(L, start <= UINT32_MAX, 2, "a sum of 32 bits is needed");
  if (array) {
    size_t count = array->shape[0] * array->shape[1];
    luaL_argcheck(L, lsy_iscontiguous(array), 1, "a contiguous array is needed");
    sum = sy_checksum_numbers(sum, array->data, count, array->dtype);
  } else {
    size_t size;
    const char *text = luaL_checklstring(L, 1, &size);
    sum = sy_checksum(sum, text, size);
  }
  lsy_pushint64(L, (int64_t)sum);
  return 1;
}

/* core.folder_make(path) -> true where the folder is there now, or nil and a message */
static int core_folder_make(lua_State *L) {
  const char *path = lsy_checkpath(L, 1);
  struct stat info;
  if (mkdir(path, 0777) != 0) {
    int code = errno;
    if (code != EEXIST || stat(path, &info) != 0 || !S_ISDIR(info.st_mode)) {
      lua_pushnil(L);
      lua_pushfstring(L, "%s: %s", path, code == EEXIST ? "is no folder" : strerror(code));
      return 2;
    }
  }
  lua_pushboolean(L, 1);
  return 1;
}

/* A folder being read, closed when Lua lets go of it, whatever is raised meanwhile. */
#define FOLDER "steelyard.folder"

typedef struct folder {
  DIR *handle;
} folder;

static int close_folder(lua_State *L) {
  folder *f = luaL_checkudata(L, 1, FOLDER);
  if (f->handle) closedir(f->handle);
  f->handle = NULL;
  return 0;
}

/* core.folder(path) -> list of the names in it, in no order; nil where it is no folder */
static int core_folder(lua_State *L) {
  const char *path = lsy_checkpath(L, 1);
  folder *f = lsy_newuserdata(L, sizeof *f, 0);
  struct dirent *entry;
  f->handle = NULL;
  luaL_setmetatable(L, FOLDER);
  f->handle = opendir(path);
  if (!f->handle) return 0;
  lua_newtable(L);
  for (int i = 1; (entry = readdir(f->handle));) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    lua_pushstring(L, entry->d_name);
    lua_rawseti(L, -2, i++);
  }
  closedir(f->handle);
  f->handle = NULL;
  return 1;
}

static const luaL_Reg functions[] = {
    {"file_write", core_file_write},   {"file_check", core_file_check}, {"checksum", core_checksum},
    {"folder_make", core_folder_make}, {"folder", core_folder},         {NULL, NULL}};

void lsy_open_file(lua_State *L) {
  static const luaL_Reg meta[] = {{"__gc", close_folder}, {NULL, NULL}};
  lsy_newtype(L, FOLDER, NULL, meta);
  luaL_setfuncs(L, functions, 0);
}
