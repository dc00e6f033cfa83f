/*
 * lsy.h - what all bindings share: compatibility, arrays as arguments, errors.
 *
 * A binding function checks its arguments, calls one sy_* function and hands back the result. Misuse
 * raises at the caller; failures of the outside world come back as nil, message. Nothing here
 * mallocs: scratch memory is userdata, so that a raised error can leak nothing. The only exceptions
 * are library objects (tables being read), which live in a userdata with __gc and __close.
 */
#ifndef LSY_H
#define LSY_H

#include <lauxlib.h>
#include <lua.h>

#include "steelyard.h"

/* -------------------------------------------------- one source for Lua 5.1, LuaJIT, 5.2 to 5.4 -- */

#if LUA_VERSION_NUM < 502
#define lua_rawlen(L, i) lua_objlen(L, i)
int lsy_absindex(lua_State *L, int i);
#define lua_absindex(L, i) lsy_absindex(L, i)
void lsy_setfuncs(lua_State *L, const luaL_Reg *functions, int upvalues);
void *lsy_testudata(lua_State *L, int i, const char *type);
#define luaL_setfuncs(L, l, n) lsy_setfuncs(L, l, n)
#define luaL_testudata(L, i, t) lsy_testudata(L, i, t)
#undef luaL_newlib /* LuaJIT has one, with luaL_setfuncs of its own */
#define luaL_newlib(L, l) (lua_newtable(L), luaL_setfuncs(L, l, 0))
#define luaL_setmetatable(L, t) (luaL_getmetatable(L, t), lua_setmetatable(L, -2))
#define lsy_setparent(L, i) lua_setfenv(L, i) /* pops a table and anchors it to userdata i */
#elif LUA_VERSION_NUM < 504
#define lsy_setparent(L, i) lua_setuservalue(L, i)
#else
#define lsy_setparent(L, i) lua_setiuservalue(L, i, 1)
#endif

#if LUA_VERSION_NUM < 504
#define lsy_newuserdata(L, size, values) lua_newuserdata(L, size)
#else
#define lsy_newuserdata(L, size, values) lua_newuserdatauv(L, size, values)
#endif

#if LUA_VERSION_NUM < 503
#define lua_isinteger(L, i) 0
#endif

#define LSY_EXPORT __attribute__((visibility("default")))

/* -------------------------------------------------------------------------------- arrays -- */

#define LSY_ARRAY "steelyard.array"

/*
 * An array: a header and, for one that owns its numbers, the numbers inline behind it (aligned to
 * 64 bytes). A view has its own header, points into its parent's numbers and anchors the parent.
 * No __gc: an inline payload is counted and freed by Lua itself.
 */
typedef struct lsy_array {
  char *data; /* the first element */
  sy_dtype dtype;
  int dimensions;   /* 1 or 2 */
  size_t shape[2];  /* shape[1] is 1 for one dimension */
  size_t stride[2]; /* elements between neighbours in each dimension */
} lsy_array;

/* Push a new array, zero-filled where zero is true. Raises when there is no memory. */
lsy_array *lsy_newarray(lua_State *L, sy_dtype dtype, size_t rows, size_t columns, int dimensions,
                        int zero);
lsy_array *lsy_newvector(lua_State *L, sy_dtype dtype, size_t n, int zero);

/*
 * Push an f64 vector of n numbers, which are for the caller to fill; or set a field to a copy of
 * some.
 */
double *lsy_newnumbers(lua_State *L, size_t n);
void lsy_setnumbers(lua_State *L, const char *name, const double *numbers, size_t n);

/*
 * Push a matrix that lies in the userdata at `parent`, which it keeps alive; stride: elements between
 * rows.
 */
lsy_array *lsy_newview(lua_State *L, int parent, sy_dtype dtype, void *data, size_t rows,
                       size_t columns, size_t stride);

/* The array at an index, or an argument error / NULL. */
lsy_array *lsy_checkarray(lua_State *L, int arg);
lsy_array *lsy_testarray(lua_State *L, int arg);

/* Copy every element, converting: 1, or 0 and which one (1-based) does not fit and why. */
typedef struct lsy_misfit {
  size_t row, column;
  char reason[64];
} lsy_misfit;
int lsy_copyarray(const lsy_array *from, lsy_array *to, lsy_misfit *misfit);

/* Push a contiguous copy of another type; raises where an element does not fit. Returns 1. */
int lsy_copyas(lua_State *L, const lsy_array *array, sy_dtype dtype);

/* One element to the stack, and from there: 0 and the reason where it does not fit. */
void lsy_pushelement(lua_State *L, const lsy_array *array, size_t row, size_t column);
int lsy_setelement(lua_State *L, int i, lsy_array *array, size_t row, size_t column,
                   lsy_misfit *misfit);

/* 1 where the array holds its own numbers, 0 for a view. */
int lsy_isowner(const lsy_array *array);

/* 1 where the elements lie one behind the other. */
int lsy_iscontiguous(const lsy_array *array);

/*
 * The numbers of argument arg as a contiguous 1-D vector: a 1-D array, or a plain table of numbers.
 * Where a copy is needed (table, strided view, other dtype) it replaces the argument on the stack,
 * which also anchors it. dtype 0 takes any array as it is and makes f64 of tables. name is used in
 * messages ("scores[3]: a string is not a number"). Integer dtypes demand integral numbers.
 */
sy_vector lsy_checkvector(lua_State *L, int arg, const char *name, sy_dtype dtype, size_t *n);

/* The same, but nil or none gives data = NULL and *n = 0. */
sy_vector lsy_optvector(lua_State *L, int arg, const char *name, sy_dtype dtype, size_t *n);

/* Push the array that a table of numbers, or of rows of them, makes. Returns 1. */
int lsy_arrayof(lua_State *L, int arg, const char *name, sy_dtype dtype);

/*
 * The numbers of argument arg as a contiguous array of one or two dimensions, f32 or f64: an array,
 * or a table of numbers or rows. A copy replaces the argument, as with lsy_checkvector.
 */
lsy_array *lsy_checkmatrix(lua_State *L, int arg, const char *name);

/* A vector for ranking: like lsy_checkvector, but only f32 and f64 come back (integers become f64). */
sy_vector lsy_checkreals(lua_State *L, int arg, const char *name, size_t *n);

/*
 * The vectors in the table at an argument, of any type and one length, *rows, without NaN: in a
 * userdata, which stays on the stack with a table that anchors copies.
 */
sy_vector *lsy_checkcolumns(lua_State *L, int arg, size_t *count, size_t *rows);

/* Offsets of requests: an i64 vector that starts at 0 and never falls, of *n > 0 numbers. */
const int64_t *lsy_checkoffsets(lua_State *L, int arg, size_t *n);

/* Offsets that end at rows; nil: one request with all rows (in `single`, which must outlive it). */
sy_requests lsy_checkrequests(lua_State *L, int arg, size_t rows, int64_t single[2]);

/* A metric's conventions: k, gain, ties, empty, names from argument `first` on. */
sy_rule lsy_checkrule(lua_State *L, int first, size_t rows);

/* "f32" | "f64" | "i32" | "i64" */
sy_dtype lsy_checkdtype(lua_State *L, int arg, sy_dtype standard);
const char *lsy_dtypename(sy_dtype dtype);

/* The scratch memory of rankings that core.work made, or an argument error. */
sy_work *lsy_checkwork(lua_State *L, int arg);

/* -------------------------------------------------------------------------------- numbers -- */

/* A size argument: an integral number from 0 up, else an argument error that shows the value. */
size_t lsy_checksize(lua_State *L, int arg, const char *name);
size_t lsy_optsize(lua_State *L, int arg, const char *name, size_t standard);

/* A number of drawings, from 1 to SY_RESAMPLES_MAX; and the seed of drawings, a whole number. */
size_t lsy_checkresamples(lua_State *L, int arg);
uint64_t lsy_checkseed(lua_State *L, int arg);

/* A file's name: a string, and not a number, for which Lua's own check would let it pass. */
const char *lsy_checkpath(lua_State *L, int arg);

/* Push a double so that integral values print as integers are not forced: always a float in 5.3+. */
#define lsy_pushnumber(L, x) lua_pushnumber(L, (lua_Number)(x))

/* Push a count or 1-based index (an integer where Lua has them). */
void lsy_pushsize(lua_State *L, size_t n);

/* Push a 64-bit integer: the nearest double where Lua has no integers. */
void lsy_pushint64(lua_State *L, int64_t value);

#define LSY_TWO63 9223372036854775808.0 /* 2^63: the first double beyond int64_t */

/* 1 and the value where the number at an index is whole and fits 64 bits. */
int lsy_tointeger64(lua_State *L, int i, int64_t *value);

/* The value at an index as a message shows it: 3, "abc", nil, a table. */
void lsy_describe(lua_State *L, int i, char *text, size_t size);

/* Set a field of the table on top of the stack. A NULL text sets nothing. */
void lsy_setnumber(lua_State *L, const char *name, double value);
void lsy_setsize(lua_State *L, const char *name, size_t value);
void lsy_setboolean(lua_State *L, const char *name, int value);
void lsy_settext(lua_State *L, const char *name, const char *text);

/* The words of sy_gain (without tables), sy_ties and sy_empty, in the order of their values; NULL-ended. */
extern const char *const lsy_gain_names[], *const lsy_ties_names[], *const lsy_empty_names[];

/* -------------------------------------------------------------------------------- failures -- */

/* The host's own allocator, so that all memory is counted by Lua. */
sy_memory lsy_memory(lua_State *L);

/*
 * Raise an error at the line of the user who called into the library: frames of C functions and of
 * Lua files below the folder that the registry names under LSY_LIBRARY are skipped (core.library).
 * Formats are lua_pushfstring's.
 */
#define LSY_LIBRARY "steelyard.library"
int lsy_error(lua_State *L, const char *format, ...);

/* Raise error->message (or the status' text) as an error at the caller's line. */
int lsy_raise(lua_State *L, sy_status status, const sy_error *error);

/* For the outside world: nil, message. Out of memory and caller's mistakes still raise. */
int lsy_failed(lua_State *L, sy_status status, const sy_error *error);

/* -------------------------------------------------------------------------------- modules -- */

/* Register a userdata type: methods in __index, metamethods beside it. */
void lsy_newtype(lua_State *L, const char *name, const luaL_Reg *methods, const luaL_Reg *meta);

/* Keep the value at an index alive as long as the userdata (made with one user value); get it. */
void lsy_anchor(lua_State *L, int userdata, int value);
void lsy_pushanchor(lua_State *L, int userdata);

/* The order of n texts by ascending bytes (stable): order[0] is the place of the first. */
typedef struct lsy_text {
  const char *data;
  size_t length;
} lsy_text;
void lsy_sorttexts(const lsy_text *texts, size_t n, int32_t *order, int32_t *scratch);

/* Each binding adds its functions to the module table on top of the stack. */
void lsy_open_array(lua_State *L);
void lsy_open_array_new(lua_State *L);
void lsy_open_json(lua_State *L);
void lsy_open_file(lua_State *L);
void lsy_open_table(lua_State *L);
void lsy_open_value_model(lua_State *L);
void lsy_open_metrics(lua_State *L);
void lsy_open_measure(lua_State *L);
void lsy_open_tuning(lua_State *L);
void lsy_open_losses(lua_State *L);
void lsy_open_objectives(lua_State *L);
void lsy_open_machine(lua_State *L);
void lsy_open_groups(lua_State *L);
void lsy_open_significance(lua_State *L);
void lsy_open_slices(lua_State *L);
void lsy_open_tensors(lua_State *L);
void lsy_open_trec(lua_State *L);
void lsy_open_curve(lua_State *L);
void lsy_open_calibrator(lua_State *L);
void lsy_open_calibrator_file(lua_State *L);
void lsy_open_fit(lua_State *L);
void lsy_open_contract(lua_State *L);
void lsy_open_sketch(lua_State *L);
void lsy_open_validation(lua_State *L);
void lsy_open_segments(lua_State *L);
void lsy_open_vector(lua_State *L);
void lsy_open_sparse_loss(lua_State *L);
void lsy_open_scores(lua_State *L);

#endif
