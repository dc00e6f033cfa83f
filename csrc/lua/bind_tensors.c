/*
 * bind_tensors.c - files of named arrays (safetensors). lua/steelyard/tensors.lua is their face.
 */
#include <string.h>

#include "lua/lsy.h"
#include "steelyard/tensors.h"

#define LSY_TENSORS "steelyard.tensors"

/* ------------------------------------------------------------------------------- writing -- */

/* How many pairs the table at an argument has; their keys must be texts. */
static size_t count_pairs(lua_State *L, int arg, const char *name) {
  size_t count = 0;
  luaL_checktype(L, arg, LUA_TTABLE);
  lua_pushnil(L);
  while (lua_next(L, arg)) {
    char shown[64];
    lsy_describe(L, -2, shown, sizeof shown);
    if (lua_type(L, -2) != LUA_TSTRING) lsy_error(L, "%s: the key %s is not a text", name, shown);
    count++;
    lua_pop(L, 1);
  }
  return count;
}

/* The text at an index, which the table it is in keeps alive. */
static const char *whole_text(lua_State *L, int i, const char *name) {
  size_t length;
  const char *text = lua_tolstring(L, i, &length);
  if (strlen(text) != length) lsy_error(L, "%s: \"%s\" has a zero byte", name, text);
  return text;
}

static sy_tensor *check_tensors(lua_State *L, int arg, size_t *count) {
  size_t n = *count = count_pairs(L, arg, "tensors");
  sy_tensor *tensors = lsy_newuserdata(L, (n + 1) * sizeof *tensors, 0), *next = tensors;
  lua_pushnil(L);
  while (lua_next(L, arg)) {
    const char *name = whole_text(L, -2, "tensors");
    const lsy_array *array = lsy_testarray(L, -1);
    if (!array) {
      lsy_error(L, "tensors.%s: a %s is not an array", name, luaL_typename(L, -1));
      return NULL;
    }
    *next++ = (sy_tensor){name,
                          array->dtype,
                          array->dimensions,
                          {array->shape[0], array->shape[1]},
                          {array->stride[0], array->stride[1]},
                          array->data};
    lua_pop(L, 1);
  }
  return tensors;
}

static sy_tensor_note *check_notes(lua_State *L, int arg, size_t *count) {
  size_t n = *count = count_pairs(L, arg, "metadata");
  sy_tensor_note *notes = lsy_newuserdata(L, (n + 1) * sizeof *notes, 0), *next = notes;
  lua_pushnil(L);
  while (lua_next(L, arg)) {
    char shown[64];
    next->key = whole_text(L, -2, "metadata");
    lsy_describe(L, -1, shown, sizeof shown);
    if (lua_type(L, -1) != LUA_TSTRING)
      lsy_error(L, "metadata.%s: %s is not a text", next->key, shown);
    next->text = whole_text(L, -1, "metadata");
    next++;
    lua_pop(L, 1);
  }
  return notes;
}

/* core.tensors_save(path, {name = array}, {key = text}) -> true, or nil and a message */
static int core_tensors_save(lua_State *L) {
  const char *path = lsy_checkpath(L, 1);
  size_t count, note_count;
  const sy_tensor *tensors = check_tensors(L, 2, &count);
  const sy_tensor_note *notes = check_notes(L, 3, &note_count);
  sy_memory memory = lsy_memory(L);
  sy_error error = {SY_OK, ""};
  sy_status status = sy_tensors_save(tensors, count, notes, note_count, path, &memory, &error);
  if (status != SY_OK) return lsy_failed(L, status, &error);
  lua_pushboolean(L, 1);
  return 1;
}

/* ------------------------------------------------------------------------------- reading -- */

/* The open file, closed by Lua whatever is raised meanwhile. */
typedef struct lsy_tensors {
  sy_tensors *file;
} lsy_tensors;

static int close_file(lua_State *L) {
  lsy_tensors *holder = luaL_checkudata(L, 1, LSY_TENSORS);
  sy_tensors_close(holder->file);
  holder->file = NULL;
  return 0;
}

static lsy_tensors *new_holder(lua_State *L) {
  lsy_tensors *holder = lsy_newuserdata(L, sizeof *holder, 0);
  holder->file = NULL;
  luaL_setmetatable(L, LSY_TENSORS);
  return holder;
}

static sy_status push_tensors(lua_State *L, const sy_tensors *file, sy_error *error) {
  size_t count = sy_tensors_count(file);
  lua_createtable(L, 0, (int)count);
  for (size_t i = 0; i < count; i++) {
    sy_tensor t = sy_tensors_get(file, i);
    lsy_array *array = lsy_newarray(L, t.dtype, t.shape[0], t.shape[1], t.dimensions, 0);
    sy_status status = sy_tensors_read(file, i, array->data, error);
    if (status != SY_OK) return status;
    lua_setfield(L, -2, t.name);
  }
  return SY_OK;
}

static void push_notes(lua_State *L, const sy_tensors *file) {
  size_t count = sy_tensors_note_count(file);
  lua_createtable(L, 0, (int)count);
  for (size_t i = 0; i < count; i++) {
    sy_tensor_note note = sy_tensors_note(file, i);
    lsy_settext(L, note.key, note.text);
  }
}

/* core.tensors_load(path) -> {name = array}, {key = text}; or nil and a message */
static int core_tensors_load(lua_State *L) {
  const char *path = lsy_checkpath(L, 1);
  sy_memory memory = lsy_memory(L);
  sy_error error = {SY_OK, ""};
  lsy_tensors *holder = new_holder(L);
  sy_status status = sy_tensors_open(path, &memory, &holder->file, &error);
  if (status == SY_OK) status = push_tensors(L, holder->file, &error);
  if (status == SY_OK) push_notes(L, holder->file);
  sy_tensors_close(holder->file);
  holder->file = NULL;
  return status == SY_OK ? 2 : lsy_failed(L, status, &error);
}

static const luaL_Reg meta[] = {{"__gc", close_file}, {NULL, NULL}};
static const luaL_Reg functions[] = {
    {"tensors_save", core_tensors_save}, {"tensors_load", core_tensors_load}, {NULL, NULL}};

void lsy_open_tensors(lua_State *L) {
  lsy_newtype(L, LSY_TENSORS, NULL, meta);
  luaL_setfuncs(L, functions, 0);
}
