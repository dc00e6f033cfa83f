/*
 * bind_calibrator_file.c - calibrators to and from JSON, in texts and files.
 */
#include <string.h>

#include "io/calibrator_json.h"
#include "lua/lsy_calibrator.h"

#define LSY_HELD "steelyard.held_calibrator"

/* What a raised error would leak lives in this userdata, whose __gc frees it. */
typedef struct held {
  sy_calibrator *calibrator;
  sy_buffer text;
} held;

static held *new_held(lua_State *L) {
  sy_memory memory = lsy_memory(L);
  held *h = lsy_newuserdata(L, sizeof *h, 0);
  h->calibrator = NULL;
  sy_buffer_init(&h->text, &memory);
  luaL_setmetatable(L, LSY_HELD);
  return h;
}

static int held_release(lua_State *L) {
  held *h = luaL_checkudata(L, 1, LSY_HELD);
  sy_calibrator_destroy(h->calibrator);
  h->calibrator = NULL;
  sy_buffer_release(&h->text);
  return 0;
}

/* What was read, as a userdata; or nil and the message. */
static int push_read(lua_State *L, held *h, sy_status status, const sy_error *error) {
  if (status != SY_OK) return lsy_failed(L, status, error);
  lsy_pushcalibrator(L, sy_calibrator_parts_of(h->calibrator));
  sy_calibrator_destroy(h->calibrator);
  h->calibrator = NULL;
  return 1;
}

/* core.calibrator_decode(text [, name]) -> calibrator, or nil and a message */
static int core_calibrator_decode(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  const char *name = luaL_optstring(L, 2, "calibrator");
  sy_memory memory = lsy_memory(L);
  sy_error error = {SY_OK, ""};
  held *h = new_held(L);
  sy_status status = sy_calibrator_parse(text, length, name, &memory, &h->calibrator, &error);
  return push_read(L, h, status, &error);
}

/* core.calibrator_load(path) -> calibrator, or nil and a message */
static int core_calibrator_load(lua_State *L) {
  const char *path = lsy_checkpath(L, 1);
  sy_memory memory = lsy_memory(L);
  sy_error error = {SY_OK, ""};
  held *h = new_held(L);
  sy_status status = sy_calibrator_load(path, &memory, &h->calibrator, &error);
  return push_read(L, h, status, &error);
}

/* core.calibrator_encode(calibrator) -> JSON on one line */
static int core_calibrator_encode(lua_State *L) {
  const sy_calibrator *calibrator = lsy_checkcalibrator(L, 1);
  sy_error error = {SY_OK, ""};
  held *h = new_held(L);
  sy_status status = sy_calibrator_write(calibrator, -1, &h->text, &error);
  if (status != SY_OK) return lsy_raise(L, status, &error);
  lua_pushlstring(L, h->text.data, h->text.length);
  sy_buffer_release(&h->text);
  return 1;
}

/* core.calibrator_save(calibrator, path) -> true, or nil and a message */
static int core_calibrator_save(lua_State *L) {
  const sy_calibrator *calibrator = lsy_checkcalibrator(L, 1);
  const char *path = lsy_checkpath(L, 2);
  sy_memory memory = lsy_memory(L);
  sy_error error = {SY_OK, ""};
  sy_status status = sy_calibrator_save(calibrator, path, &memory, &error);
  if (status != SY_OK) return lsy_failed(L, status, &error);
  lua_pushboolean(L, 1);
  return 1;
}

static const luaL_Reg meta[] = {{"__gc", held_release}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"calibrator_decode", core_calibrator_decode},
                                     {"calibrator_load", core_calibrator_load},
                                     {"calibrator_encode", core_calibrator_encode},
                                     {"calibrator_save", core_calibrator_save},
                                     {NULL, NULL}};

void lsy_open_calibrator_file(lua_State *L) {
  lsy_newtype(L, LSY_HELD, NULL, meta);
  luaL_setfuncs(L, functions, 0);
}
