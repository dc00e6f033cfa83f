/*
 * check.c - do a calibrator's parts make sense?
 */
#include <math.h>
#include <string.h>

#include "kernel/calibrators/calibrator.h"

/* So large that no sum of a map's terms overflows. */
#define LARGEST 1e300

/* Codes are 32 bits wide, and so are places of knots. */
#define MOST INT32_MAX

static int is_coefficient(double c) { return fabs(c) <= LARGEST; }

/* An end of the range of the square: finite, and so is what the square gives there. */
static int is_end(const sy_map *map, double z) {
  return is_coefficient(z) && is_coefficient(map->c[3] * (z * z));
}

/* Where n numbers stop being finite and ascending: n where they do not. */
static size_t first_misplaced(const double *x, size_t n) {
  size_t i = 0;
  while (i < n && isfinite(x[i]) && (i == 0 || x[i] > x[i - 1])) i++;
  return i;
}

/* ---------------------------------------------------------------------------- the map --------- */

static const char *unit(const sy_map *map) { return map->in_logits ? "logit" : "probability"; }

static int is_value(const sy_map *map, double value) {
  return map->in_logits ? is_coefficient(value) : value >= 0.0 && value <= 1.0;
}

static sy_status check_knots(const sy_map *map, sy_error *error) {
  size_t i;
  if (map->knots == 0) return sy_fail(error, SY_E_ARGUMENT, "map: knots need at least one");
  if (map->knots > MOST) return sy_fail(error, SY_E_LIMIT, "map: too many knots: %zu", map->knots);
  if (!map->x || !map->y) return sy_fail(error, SY_E_ARGUMENT, "map: knots need x and y");
  i = first_misplaced(map->x, map->knots);
  if (i < map->knots)
    return sy_fail(error, SY_E_ARGUMENT, "map.x[%zu]: expected ascending finite numbers, got %.17g",
                   i + 1, map->x[i]);
  for (i = 0; i < map->knots; i++) {
    if (!is_value(map, map->x[i]))
      return sy_fail(error, SY_E_ARGUMENT, "map.x[%zu]: %g is no %s", i + 1, map->x[i], unit(map));
    if (!is_value(map, map->y[i]))
      return sy_fail(error, SY_E_ARGUMENT, "map.y[%zu]: %g is no %s", i + 1, map->y[i], unit(map));
  }
  return SY_OK;
}

static sy_status check_logistic(const sy_map *map, sy_error *error) {
  for (int i = 0; i < 4; i++)
    if (!is_coefficient(map->c[i]))
      return sy_fail(error, SY_E_NUMBER, "map.c[%d]: expected a finite number, got %g", i + 1,
                     map->c[i]);
  if (map->c[3] != 0.0 &&
      !(is_end(map, map->z_low) && map->z_low <= map->z_high && is_end(map, map->z_high)))
    return sy_fail(error, SY_E_ARGUMENT, "map: expected finite z_low <= z_high, got %g and %g",
                   map->z_low, map->z_high);
  if (!(map->p_low >= 0.0 && map->q_low >= 0.0 && map->p_low <= 1.0 - map->q_low &&
        map->q_low <= 1.0 - map->p_low))
    return sy_fail(error, SY_E_ARGUMENT,
                   "map: expected p_low and q_low from 0 up, 1 at most together, got %g and %g",
                   map->p_low, map->q_low);
  return SY_OK;
}

static sy_status check_map(const sy_map *map, sy_error *error) {
  if (!(map->rate > 0.0 && map->rate <= LARGEST && 1.0 / map->rate <= LARGEST))
    return sy_fail(error, SY_E_ARGUMENT, "map.rate: expected a number above 0, got %g", map->rate);
  switch (map->kind) {
    case SY_MAP_SCALE:
      if (map->factor > 0.0 && map->factor <= LARGEST) return SY_OK;
      return sy_fail(error, SY_E_ARGUMENT, "map.factor: expected a finite number above 0, got %g",
                     map->factor);
    case SY_MAP_LOGISTIC: return check_logistic(map, error);
    case SY_MAP_KNOTS: return check_knots(map, error);
  }
  return sy_fail(error, SY_E_ARGUMENT, "map.kind: %d is none", (int)map->kind);
}

/* ---------------------------------------------------------------------------- segments -------- */

static sy_status check_feature(const sy_calibrator_parts *parts, size_t f, sy_error *error) {
  const sy_feature *feature = &parts->feature[f];
  int kinds = !!feature->values + !!feature->numbers + !!feature->edges;
  const double *cuts = feature->numbers ? feature->numbers : feature->edges;
  size_t count = feature->numbers ? feature->size : feature->size - 1, i = 0;
  if (!feature->name || !feature->name[0])
    return sy_fail(error, SY_E_ARGUMENT, "features[%zu]: expected a name", f + 1);
  for (size_t other = 0; other < f; other++)
    if (strcmp(parts->feature[other].name, feature->name) == 0)
      return sy_fail(error, SY_E_ARGUMENT, "features[%zu]: \"%s\" twice", f + 1, feature->name);
  if (feature->size == 0 || feature->size > MOST)
    return sy_fail(error, SY_E_LIMIT, "features[%zu]: \"%s\" has %zu codes", f + 1, feature->name,
                   feature->size);
  if (kinds > 1 || (kinds == 0 && feature->size != 1)) /* one code needs no edges */
    return sy_fail(error, SY_E_ARGUMENT, "features[%zu]: \"%s\" needs values, numbers or edges",
                   f + 1, feature->name);
  if (cuts) i = first_misplaced(cuts, count);
  if (cuts && i < count)
    return sy_fail(error, SY_E_ARGUMENT,
                   "features[%zu].%s[%zu]: expected ascending finite numbers, got %.17g", f + 1,
                   feature->numbers ? "numbers" : "edges", i + 1, cuts[i]);
  for (i = 0; feature->values && i < feature->size; i++)
    if (!feature->values[i])
      return sy_fail(error, SY_E_ARGUMENT, "features[%zu].values[%zu]: expected a text", f + 1,
                     i + 1);
  return SY_OK;
}

/* buckets x sizes; 0 where that is too many. */
static size_t count_offsets(const sy_calibrator_parts *parts, const sy_offset_table *table) {
  size_t count = table->edges + 1;
  for (size_t i = 0; i < table->features; i++) {
    size_t size = parts->feature[table->feature[i]].size;
    if (count > MOST / size) return 0;
    count *= size;
  }
  return count;
}

static sy_status check_table(const sy_calibrator_parts *parts, size_t t, sy_error *error) {
  const sy_offset_table *table = &parts->table[t];
  size_t count, i;
  if (table->features < 1 || table->features > SY_TABLE_FEATURES)
    return sy_fail(error, SY_E_LIMIT, "tables[%zu]: expected 1 to %d features, got %zu", t + 1,
                   SY_TABLE_FEATURES, table->features);
  for (i = 0; i < table->features; i++)
    if (table->feature[i] >= parts->features)
      return sy_fail(error, SY_E_ARGUMENT, "tables[%zu]: there is no feature %zu", t + 1,
                     table->feature[i] + 1);
  count = table->edges >= MOST ? 0 : count_offsets(parts, table);
  if (count == 0) return sy_fail(error, SY_E_LIMIT, "tables[%zu]: too many cells", t + 1);
  if (!table->offsets || (table->edges && !table->edge))
    return sy_fail(error, SY_E_ARGUMENT, "tables[%zu]: expected offsets and edges", t + 1);
  for (i = 0; i < count; i++)
    if (!is_coefficient(table->offsets[i]))
      return sy_fail(error, SY_E_NUMBER,
                     "tables[%zu].offsets[%zu]: expected a finite number, got %g", t + 1, i + 1,
                     table->offsets[i]);
  i = first_misplaced(table->edge, table->edges);
  if (i == table->edges) return SY_OK;
  return sy_fail(error, SY_E_ARGUMENT,
                 "tables[%zu].edges[%zu]: expected ascending finite numbers, got %.17g", t + 1,
                 i + 1, table->edge[i]);
}

sy_status sy_calibrator_check(const sy_calibrator_parts *parts, sy_error *error) {
  sy_status status;
  if (!parts->method) return sy_fail(error, SY_E_ARGUMENT, "method: expected a word");
  status = check_map(&parts->map, error);
  for (size_t f = 0; f < parts->features && !status; f++) status = check_feature(parts, f, error);
  for (size_t t = 0; t < parts->tables && !status; t++) status = check_table(parts, t, error);
  return status;
}
