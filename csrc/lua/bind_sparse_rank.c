/*
 * bind_sparse_rank.c - masks of bags; the best of scores, and measures of them. Rows and columns
 * count from 1.
 */
#include <string.h>

#include "lua/lsy_sparse.h"

static int64_t *new_i64(lua_State *L, size_t n) {
  return (void *)lsy_newvector(L, SY_I64, n, 0)->data;
}
static int32_t *new_i32(lua_State *L, size_t n) {
  return (void *)lsy_newvector(L, SY_I32, n, 0)->data;
}
static float *new_f32(lua_State *L, int wanted, size_t n) {
  if (wanted) return (void *)lsy_newvector(L, SY_F32, n, 0)->data;
  lua_pushnil(L);
  return NULL;
}

/* ------------------------------------------------------------------------------------ masks --- */

/* How likely an entry is seen: a number, or one for each of count rows. */
static void check_keep(lua_State *L, int arg, size_t count, sy_mask *mask) {
  size_t n = 1;
  if (lua_type(L, arg) == LUA_TNUMBER) {
    double *one = lsy_newuserdata(L, sizeof *one, 0);
    *one = lua_tonumber(L, arg);
    mask->keep = one;
  } else {
    mask->keep = lsy_checkvector(L, arg, "keep", SY_F64, &n).data;
    mask->keep_each = 1;
    if (n != count) lsy_error(L, "keep: %d numbers for %d rows", (int)n, (int)count);
  }
  for (size_t i = 0; i < n; i++)
    if (!(mask->keep[i] > 0.0 && mask->keep[i] <= 1.0))
      lsy_error(L, "keep: %f is not above 0 and up to 1", mask->keep[i]);
}

/*
 * sparse_mask(bag, rows i64, keep: number or f64, seed, step, normalize)
 *   -> seen ids, offsets, weights; unseen ids, offsets, weights or nil
 */
static int l_mask(lua_State *L) {
  sy_sparse m;
  sy_mask mask = {0};
  int64_t step = 0;
  lua_settop(L, 6);
  mask.which = lsy_checkrows(L, 2, "rows", &mask.count);
  lsy_checkpicked(L, 1, "interactions", mask.which, mask.count, &m);
  check_keep(L, 3, mask.count, &mask);
  mask.seed = lsy_checkseed(L, 4);
  if (!lsy_tointeger64(L, 5, &step)) return lsy_error(L, "step: expected a whole number");
  mask.step = (uint64_t)step;
  mask.normalize = lua_toboolean(L, 6);
  size_t entries = 0;
  for (size_t i = 0; i < mask.count; i++)
    entries += (size_t)(m.offsets[mask.which[i] + 1] - m.offsets[mask.which[i]]);
  int top = lua_gettop(L);
  int32_t *seen_ids = new_i32(L, entries);
  int64_t *seen_offsets = new_i64(L, mask.count + 1);
  float *seen_weights = new_f32(L, 1, entries);
  int32_t *unseen_ids = new_i32(L, entries);
  int64_t *unseen_offsets = new_i64(L, mask.count + 1);
  float *unseen_weights = new_f32(L, m.values != NULL, entries);
  sy_sparse_mask(&m, &mask, seen_offsets, seen_ids, seen_weights, unseen_offsets, unseen_ids,
                 unseen_weights);
  size_t seen = (size_t)seen_offsets[mask.count];
  lsy_shorten(L, top + 1, seen);
  lsy_shorten(L, top + 3, seen);
  lsy_shorten(L, top + 4, entries - seen);
  lsy_shorten(L, top + 6, entries - seen);
  return 6;
}

/* --------------------------------------------------------------------------------- rankings --- */

/* The bag at an argument, or NULL; its ids are among the scores' columns. */
static const sy_sparse *opt_bag(lua_State *L, int arg, const char *name,
                                const sy_score_matrix *scores, sy_sparse *m) {
  if (scores->columns == 0 && !lua_isnoneornil(L, arg)) lsy_error(L, "scores: there is no column");
  return lsy_optsparse(L, arg, name, scores->columns, m) ? m : NULL;
}

/* sparse_top(work, scores, k, seen or nil) -> i32 ids, scores: rows x k */
static int l_top(lua_State *L) {
  sy_work *work = lsy_checkwork(L, 1);
  size_t k = lsy_checksize(L, 3, "k");
  sy_sparse seen;
  sy_error error = {SY_OK, ""};
  lua_settop(L, 4);
  sy_score_matrix scores = lsy_checkscores(L, 2);
  if (k > INT32_MAX) return lsy_error(L, "k: more than 2^31 - 1 are too many");
  const sy_sparse *hidden = opt_bag(L, 4, "seen", &scores, &seen);
  int32_t *ids = (void *)lsy_newarray(L, SY_I32, scores.rows, k, 2, 0)->data;
  void *best = lsy_newarray(L, scores.numbers.dtype, scores.rows, k, 2, 0)->data;
  sy_status status = sy_sparse_top(&scores, hidden, k, 1, work, ids, best, &error);
  return status ? lsy_raise(L, status, &error) : 2;
}

static const char *const found_names[] = {"ndcg", "dcg", "recall", "precision",
                                          "ap",   "hit", "rr",     NULL};

/* The metrics in a list of kinds and one of cutoffs; in a userdata on top of the stack. */
static sy_found_metric *check_metrics(lua_State *L, int kinds, int cutoffs, size_t *count) {
  luaL_checktype(L, kinds, LUA_TTABLE);
  luaL_checktype(L, cutoffs, LUA_TTABLE);
  *count = lua_rawlen(L, kinds);
  sy_found_metric *metrics = lsy_newuserdata(L, (*count + 1) * sizeof *metrics, 0);
  for (size_t i = 0; i < *count; i++) {
    lua_rawgeti(L, kinds, (int)i + 1);
    lua_rawgeti(L, cutoffs, (int)i + 1);
    metrics[i].kind = (sy_found)luaL_checkoption(L, -2, NULL, found_names);
    metrics[i].k = lsy_checksize(L, lua_gettop(L), "cutoff");
    lua_pop(L, 2);
  }
  return metrics;
}

/*
 * sparse_measure(work, scores, hidden, seen or nil, {kinds}, {cutoffs}, with thresholds)
 *   -> list of f64 vectors, f64 thresholds or nil
 */
static int l_measure(lua_State *L) {
  sy_work *work = lsy_checkwork(L, 1);
  sy_sparse hidden = {0}, seen;
  sy_error error = {SY_OK, ""};
  size_t count;
  int with_thresholds = lua_toboolean(L, 7);
  lua_settop(L, 7);
  sy_score_matrix scores = lsy_checkscores(L, 2);
  if (scores.columns == 0) return lsy_error(L, "scores: there is no column");
  lsy_checksparse(L, 3, "hidden", scores.columns, &hidden);
  const sy_sparse *shown = opt_bag(L, 4, "seen", &scores, &seen);
  sy_found_metric *metrics = check_metrics(L, 5, 6, &count);
  double *values = lsy_newuserdata(L, (count * scores.rows + 1) * sizeof *values, 0);
  double *thresholds = with_thresholds ? lsy_newnumbers(L, scores.rows) : NULL;
  int place = lua_gettop(L);
  sy_status status =
      sy_sparse_measure(&scores, &hidden, shown, metrics, count, work, values, thresholds, &error);
  if (status) return lsy_raise(L, status, &error);
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    double *column = lsy_newnumbers(L, scores.rows);
    memcpy(column, values + i * scores.rows, scores.rows * sizeof *column);
    lua_rawseti(L, -2, (int)i + 1);
  }
  if (with_thresholds) lua_pushvalue(L, place);
  else lua_pushnil(L);
  return 2;
}

/* sparse_candidate_ranks(scores, positives i32, candidates, ties) -> i64: each row's positive's */
static int l_candidate_ranks(lua_State *L) {
  sy_sparse candidates;
  sy_error error = {SY_OK, ""};
  size_t n;
  static const char *const ties_names[] = {"number", "worst", "best", NULL};
  lua_settop(L, 4);
  sy_candidate_ties ties = (sy_candidate_ties)luaL_checkoption(L, 4, "number", ties_names);
  sy_score_matrix scores = lsy_checkscores(L, 1);
  if (scores.columns == 0) return lsy_error(L, "scores: there is no column");
  lsy_checksparse(L, 3, "negatives", scores.columns, &candidates);
  const int32_t *positives = lsy_checkvector(L, 2, "positives", SY_I32, &n).data;
  if (n != scores.rows)
    return lsy_error(L, "positives: %d, but there are scores of %d", (int)n, (int)scores.rows);
  int32_t *from_zero = lsy_newuserdata(L, (n + 1) * sizeof *from_zero, 0);
  for (size_t i = 0; i < n; i++) from_zero[i] = positives[i] > 0 ? positives[i] - 1 : -1;
  int64_t *ranks = new_i64(L, n);
  sy_status status =
      sy_sparse_candidate_ranks(&scores, from_zero, &candidates, ties, ranks, &error);
  return status ? lsy_raise(L, status, &error) : 1;
}

/* found_alone(kind, cutoff, ranks i64) -> f64: the metric where one column is hidden, at such ranks */
static int l_found_alone(lua_State *L) {
  size_t n;
  lua_settop(L, 3);
  sy_found_metric metric = {(sy_found)luaL_checkoption(L, 1, NULL, found_names),
                            lsy_checksize(L, 2, "cutoff")};
  const int64_t *ranks = lsy_checkvector(L, 3, "ranks", SY_I64, &n).data;
  double *values = lsy_newnumbers(L, n);
  for (size_t i = 0; i < n; i++) values[i] = sy_found_alone(&metric, ranks[i]);
  return 1;
}

static const luaL_Reg functions[] = {
    {"sparse_mask", l_mask},        {"sparse_top", l_top},
    {"sparse_measure", l_measure},  {"sparse_candidate_ranks", l_candidate_ranks},
    {"found_alone", l_found_alone}, {NULL, NULL}};

void lsy_open_sparse_rank(lua_State *L) { luaL_setfuncs(L, functions, 0); }
