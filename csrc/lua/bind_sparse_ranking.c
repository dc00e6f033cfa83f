/*
 * bind_sparse_ranking.c - how hidden items rank, and the best items.
 */
#include <string.h>

#include "lua/lsy_sparse.h"

static const char *const metric_names[] = {"ndcg", "dcg", "recall", "precision",
                                           "ap",   "hit", "rr",     NULL};

static sy_score_matrix check_scores(lua_State *L, int arg) {
  lsy_array *array = lsy_testarray(L, arg);
  if (!array || array->dtype > SY_F64 || array->dimensions != 2 || array->stride[1] != 1)
    array = lsy_checkmatrix(L, arg, "scores");
  if (array->dimensions != 2) lsy_error(L, "scores: expected a row for each user");
  sy_score_matrix scores = {
      {array->data, array->dtype}, array->shape[0], array->shape[1], array->stride[0]};
  return scores;
}

static size_t check_k(lua_State *L, int arg, const char *name) {
  size_t k = lsy_checksize(L, arg, name);
  if (k < 1 || k > INT32_MAX) lsy_error(L, "%s: expected a whole number from 1 up", name);
  return k;
}

/* Metrics' names and their ks, in tables at two arguments: in a userdata on top of the stack. */
static const sy_cf_wanted *check_wanted(lua_State *L, int arg, size_t *count) {
  luaL_checktype(L, arg, LUA_TTABLE);
  luaL_checktype(L, arg + 1, LUA_TTABLE);
  *count = lua_rawlen(L, arg);
  sy_cf_wanted *wanted = lsy_newuserdata(L, (*count + 1) * sizeof *wanted, 0);
  for (size_t m = 0; m < *count; m++) {
    lua_rawgeti(L, arg, (int)m + 1);
    lua_rawgeti(L, arg + 1, (int)m + 1);
    wanted[m].metric = (sy_cf_metric)luaL_checkoption(L, lua_gettop(L) - 1, NULL, metric_names);
    wanted[m].k = check_k(L, lua_gettop(L), "k");
    lua_pop(L, 2);
  }
  return wanted;
}

/*
 * core.cf_measure(scores, seen or nil, hidden, metrics' names, their ks, threshold's k or nil,
 * threads) -> f64 rows x metrics, thresholds or nil
 */
static int core_cf_measure(lua_State *L) {
  sy_sparse seen, hidden;
  sy_error error = {SY_OK, ""};
  lua_settop(L, 7);
  int threads = (int)lsy_checksize(L, 7, "threads");
  size_t threshold = lua_isnil(L, 6) ? 0 : check_k(L, 6, "thresholds");
  sy_score_matrix scores = check_scores(L, 1);
  int has_seen = lsy_optsparse(L, 2, "seen", scores.columns, &seen);
  lsy_checksparse(L, 3, "hidden", scores.columns, &hidden);
  if (has_seen && seen.rows != scores.rows)
    lsy_error(L, "seen: %d rows for scores of %d", (int)seen.rows, (int)scores.rows);
  if (hidden.rows != scores.rows)
    lsy_error(L, "hidden: %d rows for scores of %d", (int)hidden.rows, (int)scores.rows);
  size_t count, most = threshold ? threshold : 1;
  const sy_cf_wanted *wanted = check_wanted(L, 4, &count);
  for (size_t m = 0; m < count; m++)
    if (wanted[m].k > most) most = wanted[m].k;
  void *scratch = lsy_newuserdata(L, sy_cf_scratch(scores.columns, most, threads), 0);
  lsy_array *values = lsy_newarray(L, SY_F64, scores.rows, count, 2, 0);
  double *thresholds = NULL;
  if (threshold) thresholds = lsy_newnumbers(L, scores.rows);
  else lua_pushnil(L);
  sy_status status =
      sy_cf_measure(&scores, has_seen ? &seen : NULL, &hidden, wanted, count, threshold, threads,
                    scratch, (double *)(void *)values->data, thresholds, &error);
  return status == SY_OK ? 2 : lsy_raise(L, status, &error);
}

/* core.cf_top(scores, k, seen or nil, threads) -> ids (i32, rows x k), scores */
static int core_cf_top(lua_State *L) {
  sy_sparse seen;
  sy_error error = {SY_OK, ""};
  lua_settop(L, 4);
  size_t k = check_k(L, 2, "k");
  int threads = (int)lsy_checksize(L, 4, "threads");
  sy_score_matrix scores = check_scores(L, 1);
  int has_seen = lsy_optsparse(L, 3, "seen", scores.columns, &seen);
  if (has_seen && seen.rows != scores.rows)
    lsy_error(L, "seen: %d rows for scores of %d", (int)seen.rows, (int)scores.rows);
  void *scratch = lsy_newuserdata(L, sy_cf_scratch(scores.columns, k, threads), 0);
  lsy_array *ids = lsy_newarray(L, SY_I32, scores.rows, k, 2, 0);
  lsy_array *best = lsy_newarray(L, scores.numbers.dtype, scores.rows, k, 2, 0);
  sy_status status = sy_cf_top(&scores, has_seen ? &seen : NULL, k, threads, scratch,
                               (int32_t *)(void *)ids->data, best->data, &error);
  return status == SY_OK ? 2 : lsy_raise(L, status, &error);
}

/* core.cf_candidates(scores, positives, negatives, ties, metrics' names, their ks) -> f64 rows x
   metrics */
static int core_cf_candidates(lua_State *L) {
  static const char *const ties_names[] = {"number", "worst", "best", NULL};
  sy_sparse negatives;
  sy_error error = {SY_OK, ""};
  size_t n, count;
  lua_settop(L, 6);
  sy_cf_ties ties = (sy_cf_ties)luaL_checkoption(L, 4, NULL, ties_names);
  sy_score_matrix scores = check_scores(L, 1);
  const int32_t *given = lsy_checkvector(L, 2, "positives", SY_I32, &n).data;
  if (n != scores.rows)
    lsy_error(L, "positives: %d numbers for scores of %d rows", (int)n, (int)scores.rows);
  lsy_checksparse(L, 3, "negatives", scores.columns, &negatives);
  if (negatives.rows != scores.rows)
    lsy_error(L, "negatives: %d rows for scores of %d", (int)negatives.rows, (int)scores.rows);
  int32_t *positives = lsy_newuserdata(L, (n + 1) * sizeof *positives, 0);
  for (size_t i = 0; i < n; i++) {
    if (given[i] < 1 || (size_t)given[i] > scores.columns)
      lsy_error(L, "positives[%d]: %d is not from 1 to %d", (int)i + 1, (int)given[i],
                (int)scores.columns);
    positives[i] = given[i] - 1;
  }
  const sy_cf_wanted *wanted = check_wanted(L, 5, &count);
  lsy_array *values = lsy_newarray(L, SY_F64, scores.rows, count, 2, 0);
  sy_status status = sy_cf_candidates(&scores, positives, &negatives, ties, wanted, count,
                                      (double *)(void *)values->data, &error);
  return status == SY_OK ? 1 : lsy_raise(L, status, &error);
}

static const luaL_Reg functions[] = {{"cf_measure", core_cf_measure},
                                     {"cf_top", core_cf_top},
                                     {"cf_candidates", core_cf_candidates},
                                     {NULL, NULL}};

void lsy_open_sparse_ranking(lua_State *L) { luaL_setfuncs(L, functions, 0); }
