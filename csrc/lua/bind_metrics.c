/*
 * bind_metrics.c - orders, and the rules of tuning's metrics. Positional and raw:
 * lua/steelyard/metrics.lua gives them options.
 */
#include "lua/lsy.h"

/* k, gain, ties, empty and names from argument `first` on; rows: how many names there must be. */
sy_rule lsy_checkrule(lua_State *L, int first, size_t rows) {
  sy_rule rule = {0};
  size_t count;
  rule.k = lsy_optsize(L, first, "k", 0);
  rule.gain = (sy_gain)luaL_checkoption(L, first + 1, "linear", lsy_gain_names);
  rule.ties = (sy_ties)luaL_checkoption(L, first + 2, "input", lsy_ties_names);
  rule.empty = (sy_empty)luaL_checkoption(L, first + 3, "skip", lsy_empty_names);
  rule.names = lsy_optvector(L, first + 4, "names", SY_I32, &count).data;
  if (rule.names && count != rows)
    lsy_error(L, "names: %d of them for %d rows", (int)count, (int)rows);
  return rule;
}

/* rank(scores, offsets, k, names, work) -> rows (1-based, best first), offsets of the result */
static int l_rank(lua_State *L) {
  size_t n, names_count;
  int64_t single[2];
  sy_error error = {SY_OK, ""};
  lua_settop(L, 5);
  sy_vector scores = lsy_checkreals(L, 1, "scores", &n);
  sy_requests requests = lsy_checkrequests(L, 2, n, single);
  size_t k = lsy_optsize(L, 3, "k", 0), rows = 0;
  const int32_t *names = lsy_optvector(L, 4, "names", SY_I32, &names_count).data;
  sy_work *work = lsy_checkwork(L, 5);
  if (names && names_count != n)
    lsy_error(L, "names: %d of them for %d rows", (int)names_count, (int)n);
  for (size_t r = 0; r < requests.count; r++) {
    size_t size = (size_t)(requests.offsets[r + 1] - requests.offsets[r]);
    rows += k && k < size ? k : size;
  }
  int64_t *order = (int64_t *)(void *)lsy_newvector(L, SY_I64, rows, 0)->data;
  int64_t *offsets = (int64_t *)(void *)lsy_newvector(L, SY_I64, requests.count + 1, 0)->data;
  sy_status status = sy_rank_requests(scores, requests, k, names, work, order, offsets, &error);
  if (status) return lsy_raise(L, status, &error);
  for (size_t i = 0; i < rows; i++) order[i]++;
  return 2;
}

/* sort_texts(list of strings) -> list of indices by ascending bytes, whatever the locale */
static int l_sort_texts(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  size_t n = lua_rawlen(L, 1);
  lsy_text *texts = lsy_newuserdata(L, (n + 1) * sizeof *texts, 0);
  int32_t *order = lsy_newuserdata(L, (n + 1) * sizeof *order, 0);
  int32_t *scratch = lsy_newuserdata(L, (n + 1) * sizeof *scratch, 0);
  for (size_t i = 0; i < n; i++) {
    lua_rawgeti(L, 1, (int)i + 1);
    if (lua_type(L, -1) != LUA_TSTRING) lsy_error(L, "names[%d]: a string is needed", (int)i + 1);
    texts[i].data = lua_tolstring(L, -1, &texts[i].length);
    lua_pop(L, 1);
  }
  lsy_sorttexts(texts, n, order, scratch);
  lua_createtable(L, (int)n, 0);
  for (size_t i = 0; i < n; i++) {
    lsy_pushsize(L, (size_t)order[i] + 1);
    lua_rawseti(L, -2, (int)i + 1);
  }
  return 1;
}

static const luaL_Reg functions[] = {{"rank", l_rank}, {"sort_texts", l_sort_texts}, {NULL, NULL}};

void lsy_open_metrics(lua_State *L) { luaL_setfuncs(L, functions, 0); }
