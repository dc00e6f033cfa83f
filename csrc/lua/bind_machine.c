/*
 * bind_machine.c - scratch memory of rankings, threads, instruction sets, random numbers.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lua/lsy.h"

#define LSY_WORK "steelyard.work"
#define LSY_RANDOM "steelyard.random"

/* ---------------------------------------------------------------------------------- work -- */

/* Behind this header stand the bytes in which the work is laid out. */
typedef struct lsy_work {
  sy_work *work;
} lsy_work;

sy_work *lsy_checkwork(lua_State *L, int arg) {
  return ((lsy_work *)luaL_checkudata(L, arg, LSY_WORK))->work;
}

/* core.work(longest [, threads]): for requests of up to `longest` items, one thread if not told. */
static int core_work(lua_State *L) {
  size_t longest = lsy_checksize(L, 1, "longest");
  size_t threads = lsy_optsize(L, 2, "threads", 1);
  lsy_work *holder;
  if (threads < 1 || threads > SY_THREADS_MAX)
    lsy_error(L, "threads: expected 1 to %d, got %d", SY_THREADS_MAX, (int)threads);
  if (longest > SY_LONGEST_MAX)
    lsy_error(L, "longest: requests of that many items cannot be ranked");
  holder = lsy_newuserdata(L, sizeof *holder + sy_work_bytes(longest, (int)threads), 0);
  holder->work = sy_work_init(holder + 1, longest, (int)threads);
  luaL_setmetatable(L, LSY_WORK);
  return 1;
}

/* core.work_cpu(work [, name]): the instruction set in use, after choosing one by name. */
static int core_work_cpu(lua_State *L) {
  sy_work *work = lsy_checkwork(L, 1);
  if (!lua_isnoneornil(L, 2)) {
    sy_status status = sy_work_set_cpu(work, luaL_checkstring(L, 2));
    if (status != SY_OK)
      return lsy_error(L, "cpu: this build or machine has no \"%s\"", lua_tostring(L, 2));
  }
  lua_pushstring(L, sy_work_cpu(work));
  return 1;
}

static int core_thread_limit(lua_State *L) {
  lua_pushinteger(L, sy_thread_limit());
  return 1;
}

/* core.memory_available() -> bytes that are free for new data; nil where that is not known */
static int core_memory_available(lua_State *L) {
  size_t bytes = sy_memory_available();
  if (bytes == 0) return 0;
  lua_pushnumber(L, (lua_Number)bytes);
  return 1;
}

/* core.clock() -> seconds that pass evenly, from some start: differences are durations. */
static int core_clock(lua_State *L) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  lua_pushnumber(L, (lua_Number)now.tv_sec + (lua_Number)now.tv_nsec * 1e-9);
  return 1;
}

static int core_cpu_list(lua_State *L) {
  const char *const *names = sy_cpu_list();
  lua_newtable(L);
  for (int i = 0; names[i]; i++) {
    lua_pushstring(L, names[i]);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* -------------------------------------------------------------------------------- random -- */

static sy_random *check_random(lua_State *L) { return luaL_checkudata(L, 1, LSY_RANDOM); }

/* core.random(seed): the same seed gives the same numbers on every machine. */
static int core_random(lua_State *L) {
  int64_t seed;
  char shown[64];
  sy_random *random;
  if (!lsy_tointeger64(L, 1, &seed)) {
    lsy_describe(L, 1, shown, sizeof shown);
    return lsy_error(L, "seed: expected a whole number, got %s", shown);
  }
  random = lsy_newuserdata(L, sizeof *random, 0);
  sy_random_seed(random, (uint64_t)seed);
  luaL_setmetatable(L, LSY_RANDOM);
  return 1;
}

static int random_uniform(lua_State *L) {
  lua_pushnumber(L, sy_random_uniform(check_random(L)));
  return 1;
}

static int random_normal(lua_State *L) {
  lua_pushnumber(L, sy_random_normal(check_random(L)));
  return 1;
}

/* below(n): 1 .. n, each as likely. */
static int random_below(lua_State *L) {
  sy_random *random = check_random(L);
  size_t n = lsy_checksize(L, 2, "n");
  if (n == 0) lsy_error(L, "n: there is no number from 1 to 0");
  lsy_pushsize(L, (size_t)sy_random_below(random, n) + 1);
  return 1;
}

/* shuffle(array): in place (Fisher and Yates); a 2-D array's rows. Returns the array. */
static int random_shuffle(lua_State *L) {
  sy_random *random = check_random(L);
  lsy_array *array = lsy_checkarray(L, 2);
  size_t size = sy_dtype_size(array->dtype), columns = array->shape[1];
  char kept[8];
  for (size_t i = array->shape[0]; i > 1; i--) {
    size_t j = (size_t)sy_random_below(random, i);
    for (size_t c = 0; c < columns; c++) {
      char *a = array->data + ((i - 1) * array->stride[0] + c * array->stride[1]) * size;
      char *b = array->data + (j * array->stride[0] + c * array->stride[1]) * size;
      memcpy(kept, a, size);
      memmove(a, b, size);
      memcpy(b, kept, size);
    }
  }
  lua_settop(L, 2);
  return 1;
}

/* state(): the whole state as 64 hexadecimal digits, which restore() takes back. */
static int random_state(lua_State *L) {
  sy_random *random = check_random(L);
  char text[65];
  for (int i = 0; i < 4; i++)
    snprintf(text + 16 * i, 17, "%016llx", (unsigned long long)random->state[i]);
  lua_pushlstring(L, text, 64);
  return 1;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

static int random_restore(lua_State *L) {
  sy_random *random = check_random(L), restored = {{0, 0, 0, 0}};
  size_t length;
  const char *text = luaL_checklstring(L, 2, &length);
  uint64_t any = 0;
  for (size_t i = 0; length == 64 && i < 64; i++) {
    int digit = hex_digit(text[i]);
    if (digit < 0) length = 0;
    restored.state[i / 16] = restored.state[i / 16] << 4 | (uint64_t)(digit & 15);
  }
  for (int i = 0; i < 4; i++) any |= restored.state[i];
  if (length != 64 || !any) return lsy_error(L, "restore: that is no generator's state");
  *random = restored;
  lua_settop(L, 1);
  return 1;
}

/* ---------------------------------------------------------------------------------- open -- */

static const luaL_Reg random_methods[] = {{"uniform", random_uniform},
                                          {"normal", random_normal},
                                          {"below", random_below},
                                          {"shuffle", random_shuffle},
                                          {"state", random_state},
                                          {"restore", random_restore},
                                          {NULL, NULL}};

static const luaL_Reg functions[] = {{"work", core_work},
                                     {"work_cpu", core_work_cpu},
                                     {"thread_limit", core_thread_limit},
                                     {"cpu_list", core_cpu_list},
                                     {"memory_available", core_memory_available},
                                     {"clock", core_clock},
                                     {"random", core_random},
                                     {NULL, NULL}};

void lsy_open_machine(lua_State *L) {
  lsy_newtype(L, LSY_WORK, NULL, NULL);
  lsy_newtype(L, LSY_RANDOM, random_methods, NULL);
  luaL_setfuncs(L, functions, 0);
}
