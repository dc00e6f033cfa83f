/*
 * bind_sketch.c - calibration sketches, their files, and evidence of drift. Positional and raw:
 * lua/steelyard/calibrate/ gives them options.
 */
#include <math.h>
#include <string.h>

#include "lua/lsy_curve.h"
#include "steelyard/sketches.h"

#define LSY_SKETCH "steelyard.sketch"
#define LSY_SKETCH_FILE "steelyard.sketch_file"

/* A sketch is immutable, and its bins are inline. */
typedef struct lsy_sketch {
  int bits;
  size_t count;
  sy_bin bins[];
} lsy_sketch;

/* ------------------------------------------------------------------------------ sketches -- */

static lsy_sketch *new_sketch(lua_State *L, int bits, size_t count) {
  lsy_sketch *sketch = lsy_newuserdata(L, sizeof *sketch + count * sizeof(sy_bin), 0);
  sketch->bits = bits;
  sketch->count = count;
  luaL_setmetatable(L, LSY_SKETCH);
  return sketch;
}

static const lsy_sketch *check_sketch(lua_State *L, int arg) {
  return luaL_checkudata(L, arg, LSY_SKETCH);
}

static void push_sketch(lua_State *L, int bits, const sy_bin *bins, size_t count) {
  lsy_sketch *sketch = new_sketch(L, bits, count);
  if (count) memcpy(sketch->bins, bins, count * sizeof *bins);
}

/* sketch(predictions, labels, weights|nil, bits) -> sketch */
static int l_sketch(lua_State *L) {
  sy_error error = {SY_OK, ""};
  lua_settop(L, 4);
  size_t wanted = lsy_checksize(L, 4, "bits"), count = 0;
  int bits = wanted <= SY_SKETCH_BITS_MAX ? (int)wanted : 0;
  size_t keys = sy_sketch_keys(bits);
  if (!keys) return lsy_error(L, "bits: expected 1 to %d, got %d", SY_SKETCH_BITS_MAX, (int)wanted);
  sy_labelled rows = lsy_checklabelled(L, 1);
  void *scratch = lsy_newuserdata(L, sy_sketch_bytes(bits), 0);
  sy_bin *bins = lsy_newuserdata(L, (rows.n < keys ? rows.n : keys) * sizeof *bins, 0);
  sy_status status = sy_sketch_rows(&rows, bits, scratch, bins, &count, &error);
  if (status != SY_OK) return lsy_raise(L, status, &error);
  push_sketch(L, bits, bins, count);
  return 1;
}

static int l_sketch_is(lua_State *L) {
  lua_pushboolean(L, luaL_testudata(L, 1, LSY_SKETCH) != NULL);
  return 1;
}

/* sketch_merge(a, b) -> sketch */
static int l_sketch_merge(lua_State *L) {
  sy_error error = {SY_OK, ""};
  const lsy_sketch *a = check_sketch(L, 1), *b = check_sketch(L, 2);
  if (a->bits != b->bits)
    return lsy_error(L, "sketches of %d and of %d bits: only those of one grid can be merged",
                     a->bits, b->bits);
  size_t count = sy_sketch_merged(a->bins, a->count, b->bins, b->count);
  lsy_sketch *both = new_sketch(L, a->bits, count);
  sy_status status =
      sy_sketch_merge(a->bins, a->count, b->bins, b->count, both->bins, &count, &error);
  return status == SY_OK ? 1 : lsy_raise(L, status, &error);
}

static int sketch_curve(lua_State *L) {
  const lsy_sketch *sketch = check_sketch(L, 1);
  void *block;
  sy_curve *curve = lsy_newcurve(L, sy_sketch_curve_bytes(sketch->count), &block);
  sy_sketch_curve(sketch->bins, sketch->count, sketch->bits, block, curve);
  return 1;
}

static int sketch_size(lua_State *L) {
  lsy_pushsize(L, check_sketch(L, 1)->count);
  return 1;
}

static int sketch_bits(lua_State *L) {
  lua_pushinteger(L, check_sketch(L, 1)->bits);
  return 1;
}

/* ----------------------------------------------------------------------------------- drift -- */

#define DRIFT_NUMBERS (sizeof(sy_drift) / sizeof(double))

/* sketch:evidence(tolerance) -> array of the alternatives' log factors */
static int sketch_evidence(lua_State *L) {
  const lsy_sketch *sketch = check_sketch(L, 1);
  double tolerance = luaL_checknumber(L, 2);
  sy_error error = {SY_OK, ""};
  lsy_array *evidence = lsy_newvector(L, SY_F64, SY_ALTERNATIVES, 0);
  sy_status status = sy_sketch_evidence(sketch->bins, sketch->count, tolerance,
                                        (double *)(void *)evidence->data, &error);
  return status == SY_OK ? 1 : lsy_raise(L, status, &error);
}

static int is_period(double t) { return t >= 0.0 && t <= 0x1p53 && t == floor(t); }

static sy_drift check_drift(lua_State *L, int arg) {
  sy_drift drift;
  size_t n;
  const double *numbers = lsy_checkvector(L, arg, "drift", SY_F64, &n).data;
  if (n != DRIFT_NUMBERS)
    lsy_error(L, "drift: expected %d numbers, got %d", (int)DRIFT_NUMBERS, (int)n);
  for (size_t i = 0; i < n; i++)
    if (!(numbers[i] - numbers[i] == 0.0)) lsy_error(L, "drift[%d]: not finite", (int)i + 1);
  memcpy(&drift, numbers, sizeof drift);
  if (!is_period(drift.periods)) lsy_error(L, "drift[1]: expected a number of periods");
  for (size_t a = 0; a < SY_ALTERNATIVES; a++)
    if (!is_period(drift.since[a])) lsy_error(L, "drift: a start that is no period");
  return drift;
}

/* drift_step(drift|nil, evidence) -> drift: an array of numbers */
static int l_drift_step(lua_State *L) {
  sy_drift drift;
  size_t n;
  lua_settop(L, 2);
  if (lua_isnil(L, 1)) sy_drift_start(&drift);
  else drift = check_drift(L, 1);
  const double *evidence = lsy_checkvector(L, 2, "evidence", SY_F64, &n).data;
  if (n != SY_ALTERNATIVES)
    return lsy_error(L, "evidence: expected %d numbers, got %d", SY_ALTERNATIVES, (int)n);
  for (size_t a = 0; a < n; a++)
    if (!isfinite(evidence[a])) return lsy_error(L, "evidence[%d]: not finite", (int)a + 1);
  sy_drift_step(&drift, evidence);
  memcpy(lsy_newvector(L, SY_F64, DRIFT_NUMBERS, 0)->data, &drift, sizeof drift);
  return 1;
}

/* drift_tell(drift) -> {periods, log_evidence, climb, since, direction} */
static int l_drift_tell(lua_State *L) {
  sy_drift drift = check_drift(L, 1);
  size_t leader = sy_drift_leader(&drift);
  lua_createtable(L, 0, 5);
  lsy_setsize(L, "periods", (size_t)drift.periods);
  lsy_setnumber(L, "log_evidence", drift.log_evidence);
  lsy_setnumber(L, "climb", drift.climb[leader]);
  lsy_setsize(L, "since", (size_t)drift.since[leader]);
  lsy_settext(L, "direction", leader < SY_ALTERNATIVES / 2 ? "too low" : "too high");
  return 1;
}

/* ----------------------------------------------------------------------------------- files -- */

/* The name and the sketch of list[i], which the list keeps alive. */
static const lsy_sketch *entry_at(lua_State *L, int list, size_t i, lsy_text *name) {
  const lsy_sketch *sketch;
  lua_rawgeti(L, list, (int)i);
  if (!lua_istable(L, -1)) lsy_error(L, "sketches[%d]: expected {name=, sketch=}", (int)i);
  lua_getfield(L, -1, "sketch");
  sketch = luaL_testudata(L, -1, LSY_SKETCH);
  lua_getfield(L, -2, "name");
  if (!sketch || lua_type(L, -1) != LUA_TSTRING)
    lsy_error(L, "sketches[%d]: expected {name=, sketch=}", (int)i);
  name->data = lua_tolstring(L, -1, &name->length);
  if (strlen(name->data) != name->length)
    lsy_error(L, "sketches[%d]: a name with a zero byte", (int)i);
  lua_pop(L, 3);
  return sketch;
}

/* The sketches of the list at argument 1, by ascending name, in a userdata left on the stack. */
static sy_named_sketch *check_list(lua_State *L, size_t *count) {
  luaL_checktype(L, 1, LUA_TTABLE);
  size_t n = *count = lua_rawlen(L, 1);
  lsy_text *names = lsy_newuserdata(L, (n + 1) * sizeof *names, 0);
  int32_t *order = lsy_newuserdata(L, (2 * n + 1) * sizeof *order, 0);
  sy_named_sketch *sketches = lsy_newuserdata(L, (n + 1) * sizeof *sketches, 0);
  for (size_t i = 0; i < n; i++) (void)entry_at(L, 1, i + 1, &names[i]);
  lsy_sorttexts(names, n, order, order + n);
  for (size_t i = 0; i < n; i++) {
    lsy_text name;
    const lsy_sketch *sketch = entry_at(L, 1, (size_t)order[i] + 1, &name);
    sketches[i] = (sy_named_sketch){name.data, sketch->bits, sketch->count, sketch->bins};
  }
  return sketches;
}

static const char *check_note(lua_State *L, int arg) {
  size_t length;
  const char *note = luaL_checklstring(L, arg, &length);
  if (strlen(note) != length) lsy_error(L, "note: a zero byte");
  return note;
}

/* sketches_encode({{name=, sketch=}...}, note) -> bytes */
static int l_sketches_encode(lua_State *L) {
  size_t count, size;
  sy_error error = {SY_OK, ""};
  const char *note = check_note(L, 2);
  const sy_named_sketch *sketches = check_list(L, &count);
  size = sy_sketches_size(sketches, count, note, &error);
  if (!size) return lsy_raise(L, error.status, &error);
  void *bytes = lsy_newuserdata(L, size, 0);
  sy_sketches_encode(sketches, count, note, bytes);
  lua_pushlstring(L, bytes, size);
  return 1;
}

/* sketches_save({{name=, sketch=}...}, note, path) -> true, or nil and a message */
static int l_sketches_save(lua_State *L) {
  size_t count;
  sy_error error = {SY_OK, ""};
  const char *note = check_note(L, 2), *path = lsy_checkpath(L, 3);
  const sy_named_sketch *sketches = check_list(L, &count);
  sy_memory memory = lsy_memory(L);
  sy_status status = sy_sketches_save(sketches, count, note, path, &memory, &error);
  if (status != SY_OK) return lsy_failed(L, status, &error);
  lua_pushboolean(L, 1);
  return 1;
}

/* What is being read, freed by Lua whatever is raised meanwhile. */
typedef struct lsy_sketch_file {
  sy_sketch_file *file;
} lsy_sketch_file;

static int close_file(lua_State *L) {
  lsy_sketch_file *holder = luaL_checkudata(L, 1, LSY_SKETCH_FILE);
  sy_sketches_destroy(holder->file);
  holder->file = NULL;
  return 0;
}

static lsy_sketch_file *new_file(lua_State *L) {
  lsy_sketch_file *holder = lsy_newuserdata(L, sizeof *holder, 0);
  holder->file = NULL;
  luaL_setmetatable(L, LSY_SKETCH_FILE);
  return holder;
}

/* The file's content as a list and the note. */
static int push_content(lua_State *L, lsy_sketch_file *holder) {
  size_t count = sy_sketches_count(holder->file);
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    sy_named_sketch sketch = sy_sketches_get(holder->file, i);
    lua_createtable(L, 0, 2);
    lsy_settext(L, "name", sketch.name);
    push_sketch(L, sketch.bits, sketch.bins, sketch.count);
    lua_setfield(L, -2, "sketch");
    lua_rawseti(L, -2, (int)i + 1);
  }
  lua_pushstring(L, sy_sketches_note(holder->file));
  sy_sketches_destroy(holder->file);
  holder->file = NULL;
  return 2;
}

/* sketches_load(path) -> {{name=, sketch=}...}, note; or nil and a message */
static int l_sketches_load(lua_State *L) {
  sy_error error = {SY_OK, ""};
  const char *path = lsy_checkpath(L, 1);
  sy_memory memory = lsy_memory(L);
  lsy_sketch_file *holder = new_file(L);
  sy_status status = sy_sketches_load(path, &memory, &holder->file, &error);
  return status == SY_OK ? push_content(L, holder) : lsy_failed(L, status, &error);
}

/* sketches_decode(bytes [, name]) -> the same */
static int l_sketches_decode(lua_State *L) {
  size_t size;
  sy_error error = {SY_OK, ""};
  const char *bytes = luaL_checklstring(L, 1, &size);
  const char *name = luaL_optstring(L, 2, "sketches");
  sy_memory memory = lsy_memory(L);
  lsy_sketch_file *holder = new_file(L);
  sy_status status = sy_sketches_decode(bytes, size, name, &memory, &holder->file, &error);
  return status == SY_OK ? push_content(L, holder) : lsy_failed(L, status, &error);
}

static const luaL_Reg methods[] = {{"curve", sketch_curve},
                                   {"size", sketch_size},
                                   {"bits", sketch_bits},
                                   {"evidence", sketch_evidence},
                                   {NULL, NULL}};
static const luaL_Reg meta[] = {{"__len", sketch_size}, {NULL, NULL}};
static const luaL_Reg file_meta[] = {{"__gc", close_file}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"sketch", l_sketch},
                                     {"sketch_is", l_sketch_is},
                                     {"sketch_merge", l_sketch_merge},
                                     {"sketches_encode", l_sketches_encode},
                                     {"sketches_decode", l_sketches_decode},
                                     {"sketches_save", l_sketches_save},
                                     {"sketches_load", l_sketches_load},
                                     {"drift_step", l_drift_step},
                                     {"drift_tell", l_drift_tell},
                                     {NULL, NULL}};

void lsy_open_sketch(lua_State *L) {
  lsy_newtype(L, LSY_SKETCH, methods, meta);
  lsy_newtype(L, LSY_SKETCH_FILE, NULL, file_meta);
  luaL_setfuncs(L, functions, 0);
}
