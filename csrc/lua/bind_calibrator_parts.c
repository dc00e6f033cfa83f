/*
 * bind_calibrator_parts.c - calibrators made of tables, and the tables of calibrators.
 */
#include <string.h>

#include "lua/lsy_calibrator.h"

/* ---------------------------------------------------------------------------- parts in -------- */

/* Field `name` of the table on top, pushed, which must be of a type (or, where optional, nil). */
static int get_field(lua_State *L, const char *where, const char *name, int type, int optional) {
  char shown[64];
  lua_getfield(L, -1, name);
  if (lua_type(L, -1) == type) return 1;
  if (optional && lua_isnil(L, -1)) return 0;
  lsy_describe(L, -1, shown, sizeof shown);
  return lsy_error(L, "%s.%s: expected a %s, got %s", where, name, lua_typename(L, type), shown);
}

static double get_number(lua_State *L, const char *name) {
  double value;
  get_field(L, "map", name, LUA_TNUMBER, 0);
  value = (double)lua_tonumber(L, -1);
  lua_pop(L, 1);
  return value;
}

/* The same, or 0 where it is left out. */
static double opt_number(lua_State *L, const char *name) {
  double value = 0.0;
  if (get_field(L, "map", name, LUA_TNUMBER, 1)) value = (double)lua_tonumber(L, -1);
  lua_pop(L, 1);
  return value;
}

/* A text without zero bytes, or NULL. The table it stands in keeps it alive. */
static const char *get_text(lua_State *L, const char *where, const char *name, int optional) {
  const char *text = NULL;
  if (get_field(L, where, name, LUA_TSTRING, optional)) text = lua_tostring(L, -1);
  if (text && strlen(text) != lua_rawlen(L, -1))
    lsy_error(L, "%s.%s: a text with a zero byte", where, name);
  lua_pop(L, 1);
  return text;
}

static int get_flag(lua_State *L, const char *name) {
  int flag;
  lua_getfield(L, -1, name);
  flag = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return flag;
}

/*
 * Numbers of field `name` of the table on top (an array or a list), or NULL where there are none.
 * They are kept in the table at `keep`, which outlives them.
 */
static const double *get_numbers(lua_State *L, int keep, const char *name, size_t *n) {
  const double *numbers;
  lua_getfield(L, -1, name);
  numbers = lsy_optvector(L, lua_gettop(L), name, SY_F64, n).data;
  lua_rawseti(L, keep, (int)lua_rawlen(L, keep) + 1);
  return *n || numbers ? numbers : NULL;
}

static const char *const kinds[] = {"scale", "logistic", "knots", NULL};

static sy_map_kind get_kind(lua_State *L) {
  const char *kind = get_text(L, "map", "kind", 0);
  int k = 0;
  while (kinds[k] && strcmp(kinds[k], kind) != 0) k++;
  if (!kinds[k]) lsy_error(L, "map.kind: \"%s\" is none of scale, logistic, knots", kind);
  return (sy_map_kind)k;
}

/* The map of the table on top. */
static sy_map get_map(lua_State *L, int keep) {
  sy_map map = {.kind = get_kind(L), .rate = get_number(L, "rate")};
  const double *c;
  size_t n, ys;
  switch (map.kind) {
    case SY_MAP_SCALE: map.factor = get_number(L, "factor"); break;
    case SY_MAP_LOGISTIC:
      c = get_numbers(L, keep, "c", &n);
      if (n != 4) lsy_error(L, "map.c: expected 4 numbers, got %d", (int)n);
      memcpy(map.c, c, sizeof map.c);
      map.z_low = get_number(L, "z_low");
      map.z_high = get_number(L, "z_high");
      map.p_low = opt_number(L, "p_low");
      map.q_low = opt_number(L, "q_low");
      break;
    case SY_MAP_KNOTS:
      map.x = get_numbers(L, keep, "x", &map.knots);
      map.y = get_numbers(L, keep, "y", &ys);
      if (ys != map.knots) lsy_error(L, "map: %d knots in x, but %d in y", (int)map.knots, (int)ys);
      map.in_logits = get_flag(L, "in_logits");
      map.step = get_flag(L, "step");
      break;
  }
  return map;
}

/* The texts of the list on top, whose pointers go into a userdata left in `keep`. */
static const char *const *get_texts(lua_State *L, int keep, size_t *n) {
  const char **texts;
  int list = lua_gettop(L);
  *n = lua_rawlen(L, list);
  texts = lsy_newuserdata(L, (*n + 1) * sizeof *texts, 0);
  lua_rawseti(L, keep, (int)lua_rawlen(L, keep) + 1);
  for (size_t i = 0; i < *n; i++) {
    lua_rawgeti(L, list, (int)(i + 1));
    if (lua_type(L, -1) != LUA_TSTRING)
      lsy_error(L, "values[%d]: expected a text, got a %s", (int)(i + 1), luaL_typename(L, -1));
    texts[i] = lua_tostring(L, -1); /* stays in the list */
    if (strlen(texts[i]) != lua_rawlen(L, -1))
      lsy_error(L, "values[%d]: a text with a zero byte", (int)(i + 1));
    lua_pop(L, 1);
  }
  return texts;
}

/* The feature of the table on top. */
static sy_feature get_feature(lua_State *L, int keep) {
  sy_feature feature = {.name = get_text(L, "feature", "name", 0)};
  size_t n = 0;
  if (get_field(L, "feature", "values", LUA_TTABLE, 1)) {
    feature.values = get_texts(L, keep, &feature.size);
    lua_pop(L, 1);
    return feature;
  }
  lua_pop(L, 1);
  feature.numbers = get_numbers(L, keep, "numbers", &feature.size);
  if (feature.numbers) return feature;
  feature.edges = get_numbers(L, keep, "edges", &n);
  if (!feature.edges) lsy_error(L, "feature %s: needs values, numbers or edges", feature.name);
  feature.size = n + 1;
  return feature;
}

/* The table of offsets of the table on top; *count: of its numbers. */
static sy_offset_table get_table(lua_State *L, int keep, size_t *count) {
  sy_offset_table table = {0};
  int64_t feature;
  get_field(L, "table", "features", LUA_TTABLE, 0);
  table.features = lua_rawlen(L, -1);
  if (table.features > SY_TABLE_FEATURES)
    lsy_error(L, "table.features: more than %d", SY_TABLE_FEATURES);
  for (size_t i = 0; i < table.features; i++) {
    lua_rawgeti(L, -1, (int)(i + 1));
    if (!lsy_tointeger64(L, -1, &feature) || feature < 1)
      lsy_error(L, "table.features[%d]: expected a feature's index", (int)(i + 1));
    table.feature[i] = (size_t)feature - 1;
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  table.edge = get_numbers(L, keep, "edges", &table.edges);
  table.offsets = get_numbers(L, keep, "offsets", count);
  return table;
}

/* Where all parts are known: are there as many offsets as cells? */
static void check_offsets(lua_State *L, const sy_calibrator_parts *parts, size_t t, size_t count) {
  const sy_offset_table *table = &parts->table[t];
  double cells = (double)table->edges + 1;
  for (size_t i = 0; i < table->features; i++) {
    if (table->feature[i] >= parts->features)
      lsy_error(L, "tables[%d]: there is no feature %d", (int)t + 1, (int)table->feature[i] + 1);
    cells *= (double)parts->feature[table->feature[i]].size;
  }
  if (cells != (double)count)
    lsy_error(L, "tables[%d].offsets: expected %f numbers, got %d", (int)t + 1, cells, (int)count);
}

static void get_features(lua_State *L, int keep, sy_calibrator_parts *parts) {
  sy_feature *features;
  if (get_field(L, "calibrator", "features", LUA_TTABLE, 1)) parts->features = lua_rawlen(L, -1);
  features = lsy_newuserdata(L, (parts->features + 1) * sizeof *features, 0);
  lua_rawseti(L, keep, (int)lua_rawlen(L, keep) + 1);
  for (size_t f = 0; f < parts->features; f++) {
    lua_rawgeti(L, -1, (int)(f + 1));
    luaL_checktype(L, -1, LUA_TTABLE);
    features[f] = get_feature(L, keep);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  parts->feature = features;
}

static void get_tables(lua_State *L, int keep, sy_calibrator_parts *parts) {
  sy_offset_table *tables;
  size_t count;
  if (get_field(L, "calibrator", "tables", LUA_TTABLE, 1)) parts->tables = lua_rawlen(L, -1);
  tables = lsy_newuserdata(L, (parts->tables + 1) * sizeof *tables, 0);
  lua_rawseti(L, keep, (int)lua_rawlen(L, keep) + 1);
  parts->table = tables;
  for (size_t t = 0; t < parts->tables; t++) {
    lua_rawgeti(L, -1, (int)(t + 1));
    luaL_checktype(L, -1, LUA_TTABLE);
    tables[t] = get_table(L, keep, &count);
    check_offsets(L, parts, t, count);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

/* calibrator_new{method=, about=, map=, features=, tables=} -> calibrator */
int lsy_calibrator_new(lua_State *L) {
  sy_calibrator_parts parts = {0};
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  lua_newtable(L); /* 2: what the parts point into */
  lua_pushvalue(L, 1);
  parts.method = get_text(L, "calibrator", "method", 0);
  parts.about = get_text(L, "calibrator", "about", 1);
  get_field(L, "calibrator", "map", LUA_TTABLE, 0);
  parts.map = get_map(L, 2);
  lua_pop(L, 1);
  get_features(L, 2, &parts);
  get_tables(L, 2, &parts);
  lsy_pushcalibrator(L, &parts);
  return 1;
}

/* ---------------------------------------------------------------------------- parts out ------- */

void lsy_pushmap(lua_State *L, const sy_map *map) {
  lua_createtable(L, 0, 6);
  lsy_settext(L, "kind", kinds[map->kind]);
  lsy_setnumber(L, "rate", map->rate);
  switch (map->kind) {
    case SY_MAP_SCALE: lsy_setnumber(L, "factor", map->factor); break;
    case SY_MAP_LOGISTIC:
      lua_createtable(L, 4, 0);
      for (int i = 0; i < 4; i++) {
        lsy_pushnumber(L, map->c[i]);
        lua_rawseti(L, -2, i + 1);
      }
      lua_setfield(L, -2, "c");
      lsy_setnumber(L, "z_low", map->z_low);
      lsy_setnumber(L, "z_high", map->z_high);
      lsy_setnumber(L, "p_low", map->p_low);
      lsy_setnumber(L, "q_low", map->q_low);
      break;
    case SY_MAP_KNOTS:
      lsy_setnumbers(L, "x", map->x, map->knots);
      lsy_setnumbers(L, "y", map->y, map->knots);
      lsy_setboolean(L, "in_logits", map->in_logits);
      lsy_setboolean(L, "step", map->step);
      break;
  }
}

static void push_feature(lua_State *L, const sy_feature *feature) {
  lua_createtable(L, 0, 2);
  lsy_settext(L, "name", feature->name);
  if (feature->values) {
    lua_createtable(L, (int)feature->size, 0);
    for (size_t i = 0; i < feature->size; i++) {
      lua_pushstring(L, feature->values[i]);
      lua_rawseti(L, -2, (int)(i + 1));
    }
    lua_setfield(L, -2, "values");
  } else if (feature->numbers) {
    lsy_setnumbers(L, "numbers", feature->numbers, feature->size);
  } else {
    lsy_setnumbers(L, "edges", feature->edges, feature->size - 1);
  }
}

static void push_table(lua_State *L, const sy_calibrator_parts *parts,
                       const sy_offset_table *table) {
  size_t count = table->edges + 1;
  lua_createtable(L, 0, 3);
  lua_createtable(L, (int)table->features, 0);
  for (size_t i = 0; i < table->features; i++) {
    count *= parts->feature[table->feature[i]].size;
    lsy_pushsize(L, table->feature[i] + 1);
    lua_rawseti(L, -2, (int)(i + 1));
  }
  lua_setfield(L, -2, "features");
  lsy_setnumbers(L, "edges", table->edge, table->edges);
  lsy_setnumbers(L, "offsets", table->offsets, count);
}

/* calibrator:parts() -> what calibrator_new takes */
int lsy_calibrator_parts(lua_State *L) {
  const sy_calibrator_parts *parts = sy_calibrator_parts_of(lsy_checkcalibrator(L, 1));
  lua_createtable(L, 0, 5);
  lsy_settext(L, "method", parts->method);
  lsy_settext(L, "about", parts->about);
  lsy_pushmap(L, &parts->map);
  lua_setfield(L, -2, "map");
  lua_createtable(L, (int)parts->features, 0);
  for (size_t f = 0; f < parts->features; f++) {
    push_feature(L, &parts->feature[f]);
    lua_rawseti(L, -2, (int)(f + 1));
  }
  lua_setfield(L, -2, "features");
  lua_createtable(L, (int)parts->tables, 0);
  for (size_t t = 0; t < parts->tables; t++) {
    push_table(L, parts, &parts->table[t]);
    lua_rawseti(L, -2, (int)(t + 1));
  }
  lua_setfield(L, -2, "tables");
  return 1;
}
