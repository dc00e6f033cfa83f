/*
 * inverse.c - which prediction is mapped to a probability?
 */
#include <math.h>

#include "kernel/calibrators/calibrator.h"

/* ---------------------------------------------------------------------------- logistic -------- */

static double logistic_at(const sy_calibrator *c, double z) {
  sy_sides sides = {sy_sigmoid_of(z), sy_sigmoid_of(-z)};
  return SY_LN2 * sy_logistic_all(&c->logistic, sides);
}

static double slope_at(const sy_map *map, double z) {
  double held = z < map->z_low ? map->z_low : z > map->z_high ? map->z_high : z;
  double slope = map->c[1] * sy_sigmoid_of(-z) + map->c[2] * sy_sigmoid_of(z);
  return map->c[3] != 0.0 ? slope + 2.0 * map->c[3] * held : slope;
}

/* The square's slope is steepest at its range's ends; those of the logarithms are mixed. */
static int logistic_rises(const sy_map *map) {
  double least = map->c[1] < map->c[2] ? map->c[1] : map->c[2];
  if (map->c[3] == 0.0) return least >= 0.0;
  return least + 2.0 * map->c[3] * map->z_low >= 0.0 &&
         least + 2.0 * map->c[3] * map->z_high >= 0.0;
}

/*
 * Newton's method, bisecting where it leaves what is known to enclose the answer: at first where the
 * map is not held, for it is level beyond, which its slope here knows nothing of.
 */
static double solve_logistic(const sy_calibrator *c, double target) {
  double low = SY_LN2 * sy_log2(c->logistic.odds_least);
  double high = SY_LN2 * sy_log2(c->logistic.odds_most);
  double z = low < 0.0 && high > 0.0 ? 0.0 : low + 0.5 * (high - low);
  for (int i = 0; i < 200; i++) {
    double gap = logistic_at(c, z) - target, next = z - gap / slope_at(&c->parts.map, z);
    if (gap == 0.0) break;
    if (gap > 0.0) high = z;
    else low = z;
    if (fabs(next - z) <= 1e-16 * fabs(z)) break;
    if (!(next > low && next < high)) next = low + 0.5 * (high - low);
    if (next == z) break;
    z = next;
  }
  return z;
}

static sy_sides invert_logistic(const sy_calibrator *c, double target) {
  sy_sides none = {0.0, 1.0}, all = {1.0, 0.0}, between;
  double z;
  if (target <= logistic_at(c, -SY_LOGIT_MAX)) return none;
  if (target > logistic_at(c, SY_LOGIT_MAX)) return all;
  z = solve_logistic(c, target);
  between.p = sy_sigmoid_of(z);
  between.q = sy_sigmoid_of(-z);
  if (between.p < c->parts.map.p_low) return none; /* less than the map gives */
  if (between.q < c->parts.map.q_low) return all;
  return between;
}

/* ---------------------------------------------------------------------------- knots ----------- */

static int knots_rise(const sy_map *map) {
  for (size_t i = 1; i < map->knots; i++)
    if (map->y[i] < map->y[i - 1]) return 0;
  return 1;
}

static sy_sides invert_knots(const sy_map *map, double target) {
  sy_sides sides = {0.0, 1.0}; /* up to the first knot all are mapped to its value */
  size_t at = sy_count_below(map->y, map->knots, target);
  double x;
  if (at == 0) return sides;
  if (at == map->knots) return sy_sides_of(1.0);
  x = map->x[at];
  if (!map->step) {
    double share = (target - map->y[at - 1]) / (map->y[at] - map->y[at - 1]);
    x = map->x[at - 1] + share * (map->x[at] - map->x[at - 1]);
  }
  if (!map->in_logits) return sy_sides_of(x);
  sides.p = sy_sigmoid_of(x);
  sides.q = sy_sigmoid_of(-x);
  return sides;
}

/* ---------------------------------------------------------------------------- the whole ------- */

/* Beyond all logits for 0 and 1, which are the logits of no probability. */
static double logit_of(double q) {
  if (q <= 0.0) return -INFINITY;
  if (q >= 1.0) return INFINITY;
  return q < 1e-300 ? -690.0 : sy_ln(q / (1.0 - q));
}

static sy_sides invert_map(const sy_calibrator *c, double q) {
  const sy_map *map = &c->parts.map;
  switch (map->kind) {
    case SY_MAP_SCALE: return sy_sides_of(q / map->factor);
    case SY_MAP_LOGISTIC: return invert_logistic(c, logit_of(q));
    case SY_MAP_KNOTS: break;
  }
  return invert_knots(map, map->in_logits ? logit_of(q) : q);
}

sy_status sy_calibrate_inverse(const sy_calibrator *calibrator, double q, double *prediction,
                               sy_error *error) {
  const sy_map *map = &calibrator->parts.map;
  double held = q < 0.0 ? 0.0 : q > 1.0 ? 1.0 : q;
  sy_sides sides;
  if (calibrator->parts.tables)
    return sy_fail(error, SY_E_UNSUPPORTED, "a calibrator with tables of segments has no inverse");
  if (!(map->kind == SY_MAP_LOGISTIC ? logistic_rises(map)
        : map->kind == SY_MAP_KNOTS  ? knots_rise(map)
                                     : 1))
    return sy_fail(error, SY_E_UNSUPPORTED, "a map that falls somewhere has no inverse");
  if (q != q) {
    *prediction = q;
    return SY_OK;
  }
  sides = invert_map(calibrator, held);
  *prediction = map->rate == 1.0 ? sides.p : sy_whole(sy_thin(sides, map->rate)).p;
  return SY_OK;
}
