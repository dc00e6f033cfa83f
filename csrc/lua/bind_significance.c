/*
 * bind_significance.c - tests and intervals over units of requests. Positional and raw:
 * lua/steelyard/significance.lua gives them options.
 */
#include <math.h>
#include <string.h>

#include "lua/lsy.h"
#include "steelyard/significance.h"

static double *new_scratch(lua_State *L, size_t n) {
  return lsy_newuserdata(L, (n ? n : 1) * sizeof(double), 0);
}

/* The units of arguments 1 and 2, as pair_units gave them; no weights: 1 each. */
static sy_units check_units(lua_State *L) {
  size_t count;
  sy_units units;
  units.sums = lsy_checkvector(L, 1, "sums", SY_F64, &units.count).data;
  units.weights = lsy_optvector(L, 2, "weights", SY_F64, &count).data;
  if (lua_isnil(L, 2)) units.weights = NULL;
  else if (count != units.count)
    lsy_error(L, "weights: %d of them for %d units", (int)count, (int)units.count);
  for (size_t c = 0; c < units.count; c++)
    if (!isfinite(units.sums[c]) ||
        (units.weights && !(units.weights[c] > 0.0 && isfinite(units.weights[c]))))
      lsy_error(L, "units[%d]: a finite sum and a weight above 0 are needed", (int)c + 1);
  return units;
}

/* A vector of n numbers, or NULL for nil. */
static const double *optional_numbers(lua_State *L, int arg, const char *name, size_t n) {
  size_t count;
  const double *numbers = lsy_optvector(L, arg, name, SY_F64, &count).data;
  if (!lua_isnoneornil(L, arg) && count != n)
    lsy_error(L, "%s: %d numbers for %d requests", name, (int)count, (int)n);
  return numbers;
}

static void push_pairs(lua_State *L, const sy_pairs *pairs) {
  lua_createtable(L, 0, 10);
  lsy_setsize(L, "requests", pairs->requests);
  lsy_setsize(L, "left_out", pairs->left_out);
  lsy_setsize(L, "units", pairs->units);
  lsy_setnumber(L, "first", pairs->first);
  lsy_setnumber(L, "second", pairs->second);
  lsy_setnumber(L, "difference", pairs->difference);
  lsy_setnumber(L, "deviation", pairs->deviation);
  lsy_setsize(L, "wins", pairs->wins);
  lsy_setsize(L, "ties", pairs->ties);
  lsy_setsize(L, "losses", pairs->losses);
}

/* pair_units(first or nil, second, weights, offsets of clusters) -> sums, weights, pairs */
static int l_pair_units(lua_State *L) {
  size_t n;
  int64_t single[2];
  sy_pairs pairs;
  sy_error error = {SY_OK, ""};
  lua_settop(L, 4);
  const double *second = lsy_checkvector(L, 2, "second", SY_F64, &n).data;
  const double *first = optional_numbers(L, 1, "first", n);
  const double *weights = optional_numbers(L, 3, "weights", n);
  int clustered = !lua_isnil(L, 4);
  sy_requests clusters = lsy_checkrequests(L, 4, n, single);
  double *sums = new_scratch(L, n), *unit_weights = new_scratch(L, n);
  sy_status status = sy_pair_units(first, second, weights, n, clustered ? &clusters : NULL, sums,
                                   unit_weights, &pairs, &error);
  if (status) return lsy_raise(L, status, &error);
  memcpy(lsy_newnumbers(L, pairs.units), sums, pairs.units * sizeof *sums);
  memcpy(lsy_newnumbers(L, pairs.units), unit_weights, pairs.units * sizeof *sums);
  push_pairs(L, &pairs);
  return 3;
}

/* t_test(sums, weights) -> {statistic, degrees, error, p, greater, less} */
static int l_t_test(lua_State *L) {
  sy_t_test_result result;
  lua_settop(L, 2);
  sy_t_test(check_units(L), &result);
  lua_createtable(L, 0, 6);
  lsy_setnumber(L, "statistic", result.statistic);
  lsy_setnumber(L, "degrees", result.degrees);
  lsy_setnumber(L, "error", result.error);
  lsy_setnumber(L, "p", result.p);
  lsy_setnumber(L, "greater", result.greater);
  lsy_setnumber(L, "less", result.less);
  return 1;
}

/* student_upper(t, degrees), student_two_sided(p, degrees) */
static int l_student_upper(lua_State *L) {
  lsy_pushnumber(L, sy_student_upper(luaL_checknumber(L, 1), luaL_checknumber(L, 2)));
  return 1;
}

static int l_student_two_sided(lua_State *L) {
  lsy_pushnumber(L, sy_student_two_sided(luaL_checknumber(L, 1), luaL_checknumber(L, 2)));
  return 1;
}

/* wilcoxon(sums, weights, zeros, continuity) -> table */
static int l_wilcoxon(lua_State *L) {
  static const char *const names[] = {"drop", "pratt", NULL};
  sy_wilcoxon_result result;
  lua_settop(L, 4);
  sy_units units = check_units(L);
  sy_zeros zeros = (sy_zeros)luaL_checkoption(L, 3, "drop", names);
  sy_wilcoxon(units, zeros, lua_toboolean(L, 4), new_scratch(L, 2 * units.count), &result);
  lua_createtable(L, 0, 9);
  lsy_setnumber(L, "positive", result.positive);
  lsy_setnumber(L, "negative", result.negative);
  lsy_setnumber(L, "statistic", result.statistic);
  lsy_setnumber(L, "z", result.z);
  lsy_setnumber(L, "p", result.p);
  lsy_setnumber(L, "greater", result.greater);
  lsy_setnumber(L, "less", result.less);
  lsy_setsize(L, "ranked", result.units);
  lsy_setboolean(L, "exact", result.exact);
  return 1;
}

/* randomisation(sums, weights, resamples, seed) -> table */
static int l_randomisation(lua_State *L) {
  sy_randomisation_result result;
  sy_error error = {SY_OK, ""};
  lua_settop(L, 4);
  sy_units units = check_units(L);
  size_t resamples = lsy_checkresamples(L, 3);
  uint64_t seed = lsy_checkseed(L, 4);
  double *scratch = new_scratch(L, units.count > SY_RANDOMISATION_EXACT ? resamples : 0);
  sy_status status = sy_randomisation(units, resamples, seed, scratch, &result, &error);
  if (status) return lsy_raise(L, status, &error);
  lua_createtable(L, 0, 6);
  lsy_setnumber(L, "p", result.p);
  lsy_setnumber(L, "greater", result.greater);
  lsy_setnumber(L, "less", result.less);
  lsy_setnumber(L, "error", result.error);
  lsy_setsize(L, "resamples", result.resamples);
  lsy_setboolean(L, "exact", result.exact);
  return 1;
}

/* bootstrap(sums, weights, kind, confidence, resamples, seed) -> low, high, error */
static int l_bootstrap(lua_State *L) {
  static const char *const names[] = {"percentile", "bca", NULL};
  sy_interval interval;
  sy_error error = {SY_OK, ""};
  lua_settop(L, 6);
  sy_units units = check_units(L);
  sy_bootstrap_kind kind = (sy_bootstrap_kind)luaL_checkoption(L, 3, "bca", names);
  double confidence = luaL_checknumber(L, 4);
  size_t resamples = lsy_checkresamples(L, 5);
  uint64_t seed = lsy_checkseed(L, 6);
  double *scratch = new_scratch(L, 2 * resamples);
  sy_status status =
      sy_bootstrap(units, kind, confidence, resamples, seed, scratch, &interval, &error);
  if (status) return lsy_raise(L, status, &error);
  lsy_pushnumber(L, interval.low);
  lsy_pushnumber(L, interval.high);
  lsy_pushnumber(L, interval.error);
  return 3;
}

/* adjust(p_values, method) -> array */
static int l_adjust(lua_State *L) {
  static const char *const names[] = {"bonferroni", "holm", "hochberg", "bh", "by", NULL};
  size_t n;
  sy_error error = {SY_OK, ""};
  lua_settop(L, 2);
  const double *p = lsy_checkvector(L, 1, "p_values", SY_F64, &n).data;
  sy_adjustment method = (sy_adjustment)luaL_checkoption(L, 2, "holm", names);
  double *scratch = new_scratch(L, 2 * n), *adjusted = lsy_newnumbers(L, n);
  sy_status status = sy_adjust(p, n, method, scratch, adjusted, &error);
  return status ? lsy_raise(L, status, &error) : 1;
}

static const luaL_Reg functions[] = {{"pair_units", l_pair_units},
                                     {"t_test", l_t_test},
                                     {"student_upper", l_student_upper},
                                     {"student_two_sided", l_student_two_sided},
                                     {"wilcoxon", l_wilcoxon},
                                     {"randomisation", l_randomisation},
                                     {"bootstrap", l_bootstrap},
                                     {"adjust", l_adjust},
                                     {NULL, NULL}};

void lsy_open_significance(lua_State *L) { luaL_setfuncs(L, functions, 0); }
