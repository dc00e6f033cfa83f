/*
 * sweep.c - memory runs out at every allocation in turn: oom-sweep CASE.lua ...
 *
 * A case is a Lua chunk that prepares its input and returns a function. For n = 1, 2, ... a forked
 * copy of the prepared state calls that function while its n-th allocation fails; first alone, as
 * when memory is short for a moment (Lua itself then collects and tries again, C code does not), then
 * with all that follow, as when it is gone for good. The call must succeed or raise an error that
 * says that memory ran out; the same call must succeed once there is memory again; and when the state
 * is closed not one block may be left. A case ends with the first n that the call no longer reaches.
 *
 * All of malloc is counted, Lua's own, cJSON's, zlib's and NLopt's included: this program defines
 * malloc and its relatives on top of glibc's.
 */
#include <dlfcn.h>
#include <errno.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ------------------------------------------------------------------------- the counted malloc -- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

typedef enum manner { ALONE, ONWARD } manner;

static long live;      /* blocks that are allocated now */
static int armed;      /* whether allocations are counted and may fail */
static long calls;     /* allocations since it was armed */
static long fail_at;   /* the one that fails */
static manner failing; /* it alone, or all from there on */

static int must_fail(void) {
  if (!armed) return 0;
  calls++;
  if (failing == ALONE ? calls != fail_at : calls < fail_at) return 0;
  errno = ENOMEM;
  return 1;
}

static void *counted(void *block) {
  if (block) live++;
  return block;
}

void *malloc(size_t size) { return must_fail() ? NULL : counted(__libc_malloc(size)); }

void *calloc(size_t count, size_t size) {
  return must_fail() ? NULL : counted(__libc_calloc(count, size));
}

void *realloc(void *block, size_t size) {
  if (!block) return malloc(size);
  if (size == 0) {
    free(block);
    return NULL;
  }
  return must_fail() ? NULL : __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size) {
  return must_fail() ? NULL : counted(__libc_memalign(alignment, size));
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **block, size_t alignment, size_t size) {
  void *got = memalign(alignment, size);
  if (!got) return ENOMEM;
  *block = got;
  return 0;
}

void free(void *block) {
  int error = errno;
  if (block) live--;
  __libc_free(block);
  errno = error;
}

/* ---------------------------------------------------------------------------------- one case -- */

typedef struct sweep {
  const char *path;
  const char *folder; /* of this program: the modules are there */
  const char *name;
} sweep;

static void set_path(lua_State *L, const char *field, const char *path) {
  lua_getglobal(L, "package");
  lua_pushstring(L, path);
  lua_setfield(L, -2, field);
  lua_pop(L, 1);
}

static int call(lua_State *L) {
  lua_pushvalue(L, 1);
  return lua_pcall(L, 0, 0, 0);
}

/*
 * A state with the case's function on its stack, or NULL after saying why not. The function has run
 * once, so that modules that load on first use are there: a `require` that finds no memory to open a
 * file says that there is no such file, and that is Lua's own affair.
 */
static lua_State *prepare(const sweep *s) {
  lua_State *L = luaL_newstate();
  if (!L) return NULL;
  luaL_openlibs(L);
  set_path(L, "path", "./?.lua;./lua/?.lua;./lua/?/init.lua");
  set_path(L, "cpath", lua_pushfstring(L, "%s/?.so", s->folder));
  lua_settop(L, 0);
  if (luaL_dofile(L, s->path) != LUA_OK) {
    printf("oom: %s: %s\n", s->name, lua_tostring(L, -1));
  } else if (!lua_isfunction(L, -1)) {
    printf("oom: %s: the case returns no function\n", s->name);
  } else if (call(L) != LUA_OK) {
    printf("oom: %s: fails with all the memory there is: %s\n", s->name, lua_tostring(L, -1));
  } else {
    lua_settop(L, 1);
    lua_gc(L, LUA_GCCOLLECT);
    return L;
  }
  lua_close(L);
  return NULL;
}

/* Without any failure: the case works, and leaves nothing behind. */
static int works(const sweep *s) {
  long before = 0;
  for (int round = 0; round < 3; round++) { /* what libraries keep for good, they have by then */
    lua_State *L;
    before = live;
    L = prepare(s);
    if (!L) return 0;
    if (call(L) != LUA_OK) {
      printf("oom: %s: fails with all the memory there is: %s\n", s->name, lua_tostring(L, -1));
      lua_close(L);
      return 0;
    }
    lua_close(L);
  }
  if (live == before) return 1;
  printf("oom: %s: leaves %ld blocks without any failure\n", s->name, live - before);
  return 0;
}

enum { HANDLED = 0, NOT_REACHED = 10, BROKEN = 11 };

/* In the forked copy: fail, look at the outcome, recover, close, count. */
static int fail_once(const sweep *s, lua_State *L, long before, long n, manner how) {
  int status;
  const char *message;
  calls = 0;
  fail_at = n;
  failing = how;
  armed = 1;
  status = call(L);
  armed = 0;
  message = status == LUA_OK ? "" : lua_tostring(L, -1);
  if (status == LUA_OK && calls < n) return NOT_REACHED;
  if (status != LUA_OK && (!message || (!strstr(message, "not enough memory") &&
                                        !strstr(message, "annot allocate memory")))) {
    printf("oom: %s: allocation %ld: the message says nothing of memory: %s\n", s->name, n,
           message ? message : "(no text)");
    return BROKEN;
  }
  lua_settop(L, 1);
  if (call(L) != LUA_OK) {
    printf("oom: %s: allocation %ld: fails afterwards, with memory: %s\n", s->name, n,
           lua_tostring(L, -1));
    return BROKEN;
  }
  lua_close(L);
  if (live == before) return HANDLED;
  printf("oom: %s: allocation %ld: %ld blocks are left\n", s->name, n, live - before);
  return BROKEN;
}

static int in_a_copy(const sweep *s, lua_State *L, long before, long n, manner how) {
  int status = 0;
  pid_t child;
  fflush(stdout);
  child = fork();
  if (child == 0) {
    int outcome;
    alarm(60);
    outcome = fail_once(s, L, before, n, how);
    fflush(stdout);
    _exit(outcome);
  }
  if (child < 0 || waitpid(child, &status, 0) != child) return BROKEN;
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  printf("oom: %s: allocation %ld: killed by signal %d\n", s->name, n, WTERMSIG(status));
  return BROKEN;
}

static int run(const sweep *s, manner how) {
  long before = live, n = 0, broken = 0;
  int outcome;
  lua_State *L = prepare(s);
  if (!L) return 0;
  do {
    outcome = in_a_copy(s, L, before, ++n, how);
    if (outcome != HANDLED && outcome != NOT_REACHED) broken++;
  } while (outcome != NOT_REACHED && broken < 5);
  lua_close(L);
  if (n == 1) {
    printf("oom: %s: allocates nothing, so nothing was tried\n", s->name);
    return 0;
  }
  printf("oom: %-16s %5ld allocations failed, %s: %s\n", s->name, n - 1,
         how == ALONE ? "each alone" : "each with all that follow", broken ? "FAILED" : "ok");
  return broken == 0;
}

int main(int count, char **arguments) {
  static const char *const modules[] = {"core", "nlopt", "learn"};
  static char folder[4096], path[4200];
  int passed = 0, failed = 0;
  const char *slash = strrchr(arguments[0], '/');
  snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - arguments[0]) : 1,
           slash ? arguments[0] : ".");
  for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++) {
    /* Held open, because the dynamic loader and OpenMP keep some memory of their own. */
    snprintf(path, sizeof path, "%s/steelyard/%s.so", folder, modules[i]);
    dlopen(path, RTLD_NOW | RTLD_LOCAL);
  }
  for (int i = 1; i < count; i++) {
    const char *name = strrchr(arguments[i], '/');
    sweep s = {arguments[i], folder, name ? name + 1 : arguments[i]};
    int fine = works(&s);
    if (!fine) failed++;
    for (manner how = ALONE; fine && how <= ONWARD; how++) {
      if (run(&s, how)) passed++;
      else failed++;
    }
  }
  printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}
