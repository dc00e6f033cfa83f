/*
 * knots.c - maps through knots: isotonic regression, histograms; and the map that only scales.
 */
#include "kernel/calibrators/knots.h"

/* How much of the way to 0 or 1 the outermost pieces of a strictly ascending map go. */
#define END_RISE SY_SLOPE_MIN

/* The least normal number, and the largest below 1: values of many or heavy rows would round to 1. */
#define ABOVE_0 0x1p-1022
#define BELOW_1 0x1.fffffffffffffp-1

/* A calibrator takes factors up to 1e300. */
#define FACTOR_MOST 1e300

/* ---------------------------------------------------------------------------- scale ----------- */

void sy_fit_scale(const sy_curve *curve, sy_map *map) {
  double y = curve->total.y, p = curve->total.p;
  sy_map fitted = {.kind = SY_MAP_SCALE, .rate = 1.0, .factor = 1.0};
  if (curve->count) fitted.factor = (y > 0.0 ? y : y + 0.5) / (p > 0.0 ? p : p + 0.5);
  if (!(fitted.factor < FACTOR_MOST)) fitted.factor = FACTOR_MOST;
  if (!(fitted.factor > 1.0 / FACTOR_MOST)) fitted.factor = 1.0 / FACTOR_MOST;
  *map = fitted;
}

/* ---------------------------------------------------------------------------- common ---------- */

sy_map sy_knots_begin(double *x, double *y) {
  sy_map map = {.kind = SY_MAP_KNOTS, .rate = 1.0, .x = x, .y = y};
  return map;
}

void sy_knots_add(sy_map *map, double *x, double *y, double at, double value) {
  x[map->knots] = at;
  y[map->knots] = value;
  map->knots++;
}

/* Of a curve without rows: predictions as they are. */
static sy_map identity(double *x, double *y) {
  sy_map map = sy_knots_begin(x, y);
  sy_knots_add(&map, x, y, 0.0, 0.0);
  sy_knots_add(&map, x, y, 1.0, 1.0);
  return map;
}

static double min_of(double a, double b) { return a < b ? a : b; }

/* Half a row over one more than there are. */
static double half_row(double weight) { return 0.5 / (weight + 1.0); }

/* ---------------------------------------------------------------------------- isotonic -------- */

/* The regression: block b has the atoms from first[b] to first[b + 1]. */
typedef struct blocks {
  size_t count;
  int64_t *first;
  double *value, *weight;
} blocks;

/* Keep the outermost values from 0 and 1; and all, where rounding took them there. */
static void smooth_ends(blocks *b) {
  size_t last = b->count - 1;
  if (b->value[0] <= 0.0) {
    double next = last > 0 ? b->value[1] : 1.0;
    b->value[0] = min_of(half_row(b->weight[0]), 0.5 * next);
  }
  if (b->value[last] >= 1.0) {
    double before = last > 0 ? b->value[last - 1] : 0.0;
    b->value[last] = 1.0 - min_of(half_row(b->weight[last]), 0.5 * (1.0 - before));
  }
  for (size_t k = 0; k <= last; k++) {
    if (b->value[k] < ABOVE_0) b->value[k] = ABOVE_0;
    if (b->value[k] > BELOW_1) b->value[k] = BELOW_1;
  }
}

/* A knot at either end of each block: the value is that of the regression on the data. */
static void plain_knots(const sy_curve *curve, const blocks *b, double *x, double *y, sy_map *map) {
  for (size_t k = 0; k < b->count; k++) {
    double low = curve->p[b->first[k]], high = curve->p[b->first[k + 1] - 1];
    sy_knots_add(map, x, y, low, b->value[k]);
    if (high > low) sy_knots_add(map, x, y, high, b->value[k]);
  }
}

static double mean_prediction(const sy_curve *curve, size_t from, size_t to) {
  double w = 0.0, wp = 0.0, mean;
  for (size_t i = from; i < to; i++) {
    w += curve->w[i];
    wp += curve->w[i] * curve->p[i];
  }
  mean = wp / w;
  if (mean < curve->p[from]) return curve->p[from];
  return min_of(mean, curve->p[to - 1]);
}

/* A knot at the mean of each block, and one at 0 and 1, where the map still rises a little. */
static void centred_knots(const sy_curve *curve, const blocks *b, double *x, double *y,
                          sy_map *map) {
  double last = b->value[b->count - 1];
  for (size_t k = 0; k < b->count; k++) {
    double mean = mean_prediction(curve, (size_t)b->first[k], (size_t)b->first[k + 1]);
    if (k == 0 && mean > 0.0) sy_knots_add(map, x, y, 0.0, b->value[0] * (1.0 - END_RISE));
    sy_knots_add(map, x, y, mean, b->value[k]);
  }
  if (x[map->knots - 1] < 1.0) sy_knots_add(map, x, y, 1.0, last + (1.0 - last) * END_RISE);
}

sy_status sy_fit_isotonic(const sy_curve *curve, sy_isotonic_kind kind, void *scratch, double *x,
                          double *y, sy_map *map, sy_error *error) {
  blocks b = {.first = scratch};
  b.value = (double *)(void *)(b.first + curve->count + 1);
  b.weight = b.value + curve->count;
  if (kind != SY_ISOTONIC_PLAIN && kind != SY_ISOTONIC_CENTRED)
    return sy_fail(error, SY_E_ARGUMENT, "kind: %d is no isotonic map", (int)kind);
  *map = curve->count ? sy_knots_begin(x, y) : identity(x, y);
  if (curve->count == 0) return SY_OK;
  b.count = sy_curve_isotonic(curve, b.first, b.value, b.weight);
  smooth_ends(&b);
  if (kind == SY_ISOTONIC_PLAIN) plain_knots(curve, &b, x, y, map);
  else centred_knots(curve, &b, x, y, map);
  return SY_OK;
}

/* ---------------------------------------------------------------------------- histogram ------- */

static double bucket_value(const sy_bucket *bucket, double prior) {
  double labels = bucket->weight * bucket->mean_label + prior * bucket->mean_prediction;
  double value = labels / (bucket->weight + prior), edge = half_row(bucket->weight + prior);
  return value <= 0.0 ? edge : value >= 1.0 ? min_of(1.0 - edge, BELOW_1) : value;
}

/* Where a bucket begins: half way from the one before, as far as that can be told from its end. */
static double start_of(const sy_bucket *buckets, size_t b) {
  double middle;
  if (b == 0) return buckets[0].low;
  middle = 0.5 * (buckets[b - 1].high + buckets[b].low);
  return middle > buckets[b - 1].high ? middle : buckets[b].low;
}

sy_status sy_fit_histogram(const sy_curve *curve, size_t buckets, double prior, void *scratch,
                           double *x, double *y, sy_map *map, sy_error *error) {
  sy_bucket *bucket = scratch;
  size_t count;
  if (buckets == 0 || buckets > SY_BUCKETS_MAX)
    return sy_fail(error, SY_E_LIMIT, "buckets: expected 1 to %d, got %zu", SY_BUCKETS_MAX,
                   buckets);
  if (!(prior >= 0.0 && prior <= SY_PRIOR_MAX))
    return sy_fail(error, SY_E_ARGUMENT, "prior: expected a number of rows, got %g", prior);
  *map = curve->count ? sy_knots_begin(x, y) : identity(x, y);
  if (curve->count == 0) return SY_OK;
  map->step = 1;
  if (buckets > curve->count) buckets = curve->count;
  count = sy_curve_buckets(curve, SY_BUCKETS_MASS, buckets, bucket);
  for (size_t b = 0; b < count; b++)
    sy_knots_add(map, x, y, start_of(bucket, b), bucket_value(&bucket[b], prior));
  return SY_OK;
}
