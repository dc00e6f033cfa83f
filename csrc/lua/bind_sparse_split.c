/*
 * bind_sparse_split.c - drawings for splits: as NumPy's legacy generator makes them, or as ours does.
 */
#include <math.h>
#include <string.h>

#include "base/mt19937.h"
#include "lua/lsy_sparse.h"

/* One of two generators. */
typedef struct drawing {
  int numpy;
  sy_mt19937 twister;
  sy_random own;
} drawing;

/* Start the generator that arguments `first` ("numpy" or "steelyard") and the next (a seed) name. */
static void start(lua_State *L, int first, drawing *d) {
  static const char *const names[] = {"numpy", "steelyard", NULL};
  int64_t seed;
  d->numpy = luaL_checkoption(L, first, NULL, names) == 0;
  if (!lsy_tointeger64(L, first + 1, &seed)) lsy_error(L, "seed: expected a whole number");
  if (d->numpy && (seed < 0 || seed > UINT32_MAX))
    lsy_error(L, "seed: NumPy's is a whole number from 0 to 2^32 - 1");
  if (d->numpy) sy_mt19937_seed(&d->twister, (uint32_t)seed);
  else sy_random_seed(&d->own, (uint64_t)seed);
}

/* 0 .. n - 1, shuffled. */
static void permute(drawing *d, size_t n, int64_t *out) {
  if (d->numpy) {
    sy_mt19937_permutation(&d->twister, n, out);
    return;
  }
  for (size_t i = 0; i < n; i++) out[i] = (int64_t)i;
  for (size_t i = n; i > 1; i--) {
    size_t j = (size_t)sy_random_below(&d->own, i);
    int64_t kept = out[i - 1];
    out[i - 1] = out[j];
    out[j] = kept;
  }
}

/* draw_permutation(generator, seed, n) -> i64: 1 .. n, shuffled */
static int l_permutation(lua_State *L) {
  drawing d;
  start(L, 1, &d);
  size_t n = lsy_checksize(L, 3, "n");
  int64_t *out = (void *)lsy_newvector(L, SY_I64, n, 0)->data;
  permute(&d, n, out);
  for (size_t i = 0; i < n; i++) out[i]++;
  return 1;
}

/*
 * draw_held_out(generator, seed, offsets, share, least [, before]) -> i32, one for each entry: 1
 * where it is held out. Of a row of n >= least entries floor(share n) are. Rows draw one after the
 * other; before: sizes of the permutations that were drawn already.
 */
static int l_held_out(lua_State *L) {
  drawing d;
  size_t n, drawn, longest = 0, least = lsy_checksize(L, 5, "least");
  double share = luaL_checknumber(L, 4);
  lua_settop(L, 6);
  start(L, 1, &d);
  const int64_t *before = lsy_optvector(L, 6, "before", SY_I64, &drawn).data;
  for (size_t i = 0; i < drawn; i++)
    if (before[i] >= 0 && (uint64_t)before[i] > longest) longest = (size_t)before[i];
  const int64_t *offsets = lsy_checkoffsets(L, 3, &n);
  for (size_t r = 0; r + 1 < n; r++) {
    size_t size = (size_t)(offsets[r + 1] - offsets[r]);
    longest = size > longest ? size : longest;
  }
  int64_t *order = lsy_newuserdata(L, (longest + 1) * sizeof *order, 0);
  int32_t *flags = (void *)lsy_newvector(L, SY_I32, (size_t)offsets[n - 1], 1)->data;
  for (size_t i = 0; i < drawn; i++)
    if (before[i] > 0) permute(&d, (size_t)before[i], order);
  for (size_t r = 0; r + 1 < n; r++) {
    size_t size = (size_t)(offsets[r + 1] - offsets[r]);
    if (size == 0 || size < least) continue;
    size_t held = (size_t)floor(share * (double)size);
    permute(&d, size, order);
    for (size_t i = 0; i < held && i < size; i++) flags[offsets[r] + order[i]] = 1;
  }
  return 1;
}

/*
 * draw_negatives(generator, seed, columns, known bag, count)
 *   -> i64 offsets, i32 ids: of each row up to `count` columns that are not known, ascending
 */
static int l_negatives(lua_State *L) {
  drawing d;
  sy_sparse known;
  size_t columns = lsy_checksize(L, 3, "columns"), count = lsy_checksize(L, 5, "negatives");
  lua_settop(L, 5);
  start(L, 1, &d);
  if (columns == 0 || columns > INT32_MAX) return lsy_error(L, "columns: no such number of items");
  lsy_checksparse(L, 4, "known", columns, &known);
  int64_t *offsets = (void *)lsy_newvector(L, SY_I64, known.rows + 1, 1)->data;
  for (size_t r = 0; r < known.rows; r++) {
    size_t left = columns - (size_t)(known.offsets[r + 1] - known.offsets[r]);
    offsets[r + 1] = offsets[r] + (int64_t)(left < count ? left : count);
  }
  int32_t *ids = (void *)lsy_newvector(L, SY_I32, (size_t)offsets[known.rows], 0)->data;
  uint8_t *taken = lsy_newuserdata(L, columns, 0);
  for (size_t r = 0; r < known.rows; r++) {
    int64_t want = offsets[r + 1] - offsets[r], to = offsets[r];
    memset(taken, 0, columns);
    for (int64_t e = known.offsets[r]; e < known.offsets[r + 1]; e++) taken[known.ids[e] - 1] = 1;
    while (want > 0) {
      size_t c = d.numpy ? (size_t)sy_mt19937_up_to(&d.twister, columns - 1)
                         : (size_t)sy_random_below(&d.own, columns);
      want -= taken[c] == 0;
      taken[c] = taken[c] ? taken[c] : 2;
    }
    for (size_t c = 0; c < columns; c++)
      if (taken[c] == 2) ids[to++] = (int32_t)c + 1;
  }
  lua_pushvalue(L, -3);
  lua_pushvalue(L, -3);
  return 2;
}

static const luaL_Reg functions[] = {{"draw_permutation", l_permutation},
                                     {"draw_held_out", l_held_out},
                                     {"draw_negatives", l_negatives},
                                     {NULL, NULL}};

void lsy_open_sparse_split(lua_State *L) { luaL_setfuncs(L, functions, 0); }
