/*
 * evaluate.c - predictions, calibrated: one at a time and many.
 */
#include "kernel/calibrators/calibrator.h"

#include <math.h>

#include "kernel/work.h"

/* ---------------------------------------------------------------------------- the map --------- */

static inline double min_of(double a, double b) { return a < b ? a : b; }
static inline double max_of(double a, double b) { return a > b ? a : b; }

/* At x of a prediction p. Held back where rounding would pass the next knot's value. */
static inline double through_knots(const sy_calibrator *c, double p, double x) {
  const sy_knot *knot = c->knots + sy_index_find(&c->index, p);
  double value = knot->y + (max_of(x, knot->x) - knot->x) * knot->slope;
  return knot->slope < 0.0 ? max_of(value, knot->next) : min_of(value, knot->next);
}

/* What a map gives is a logit (to base 2), or a probability. */
static inline int gives_bits(const sy_map *map) {
  return map->kind == SY_MAP_LOGISTIC || (map->kind == SY_MAP_KNOTS && map->in_logits);
}

static inline double evaluate_map(const sy_calibrator *c, double prediction) {
  const sy_map *map = &c->parts.map;
  const sy_logistic *l = &c->logistic;
  sy_sides sides = sy_thin(sy_sides_of(prediction), c->inverse_rate);
  sy_sides whole = map->rate != 1.0 ? sy_whole(sides) : sides;
  switch (map->kind) {
    case SY_MAP_SCALE: return min_of(map->factor * whole.p, 1.0);
    case SY_MAP_KNOTS:
      return through_knots(c, whole.p, map->in_logits ? sy_bits_of(sides) : whole.p);
    case SY_MAP_LOGISTIC: break;
  }
  switch (l->form) {
    case SY_FORM_LINE: return sy_logistic_line(l, sides);
    case SY_FORM_SQUARE: return sy_logistic_square(l, sides);
    case SY_FORM_LOGS: return sy_logistic_logs(l, whole);
    case SY_FORM_ALL: break;
  }
  return sy_logistic_all(l, whole);
}

/* ---------------------------------------------------------------------------- segments -------- */

/* A row's codes: a list of its own, or places in columns. */
typedef struct row_codes {
  const int32_t *one;
  const int32_t *const *columns;
  size_t row;
} row_codes;

static inline int32_t code_at(const row_codes *codes, size_t feature) {
  if (codes->one) return codes->one[feature];
  return codes->columns[feature] ? codes->columns[feature][codes->row] : -1;
}

static double offset_of(const sy_calibrator *c, size_t t, double logit, const row_codes *codes) {
  const sy_offset_table *table = &c->parts.table[t];
  size_t at = sy_count_below(table->edge, table->edges, logit) * c->cells[t].stride_of_bucket;
  for (size_t i = 0; i < table->features; i++) {
    int32_t code = code_at(codes, table->feature[i]);
    if (code < 0 || (size_t)code >= c->parts.feature[table->feature[i]].size) return 0.0;
    at += (size_t)code * c->cells[t].stride[i];
  }
  return table->offsets[at];
}

static double offsets_of(const sy_calibrator *c, double logit, const row_codes *codes) {
  double sum = 0.0;
  for (size_t t = 0; t < c->parts.tables; t++) sum += offset_of(c, t, logit, codes);
  return sum;
}

/* The logit of what the map gave. */
static double logit_of(const sy_calibrator *c, double value) {
  if (gives_bits(&c->parts.map)) return SY_LN2 * value;
  return sy_log_odds(sy_sides_of(value));
}

/* What the map gave as a probability. */
static inline double probability_of(const sy_calibrator *c, double value) {
  return gives_bits(&c->parts.map) ? sy_probability_of(value) : value;
}

/* The same with what tables add; where they add nothing it is left alone. */
static double with_offsets(const sy_calibrator *c, double value, const row_codes *codes) {
  double logit = logit_of(c, value), sum = offsets_of(c, logit, codes);
  return sum == 0.0 ? probability_of(c, value) : sy_sigmoid_of(logit + sum);
}

/* ---------------------------------------------------------------------------- one ------------- */

double sy_calibrate(const sy_calibrator *calibrator, double prediction, const int32_t *codes) {
  double value;
  if (prediction != prediction) return prediction;
  value = evaluate_map(calibrator, prediction);
  if (codes && calibrator->parts.tables) {
    row_codes row = {codes, NULL, 0};
    return with_offsets(calibrator, value, &row);
  }
  return probability_of(calibrator, value);
}

/* ---------------------------------------------------------------------------- many ------------ */

#define BLOCK 256

static void load(sy_vector from, size_t n, double *to) {
  const float *narrow = from.data;
  if (from.dtype == SY_F64) memcpy(to, from.data, n * sizeof *to);
  else
    for (size_t i = 0; i < n; i++) to[i] = (double)narrow[i];
}

static void store(const double *from, size_t n, sy_dtype dtype, void *to) {
  float *narrow = to;
  if (dtype == SY_F64) memcpy(to, from, n * sizeof *from);
  else
    for (size_t i = 0; i < n; i++) narrow[i] = (float)from[i];
}

static void evaluate_block(const sy_calibrator *c, const sy_kernels *kernels, const double *p,
                           size_t n, double *value) {
  if (c->parts.map.kind == SY_MAP_LOGISTIC) {
    kernels->logistic(&c->parts.map, p, n, value);
    return;
  }
  for (size_t i = 0; i < n; i++) value[i] = p[i] != p[i] ? p[i] : evaluate_map(c, p[i]);
}

/* A block's probabilities, or logits, from what the map gave. */
static void finish_block(const sy_calibrator *c, const sy_kernels *kernels,
                         const int32_t *const *codes, size_t from, size_t n, int logits,
                         double *value) {
  row_codes row = {NULL, codes, from};
  int tables = codes && c->parts.tables;
  if (!tables && !logits) {
    if (gives_bits(&c->parts.map)) kernels->probabilities(value, n, value);
    return;
  }
  for (size_t i = 0; i < n; i++, row.row++) {
    if (value[i] != value[i]) continue;
    if (logits) {
      value[i] = logit_of(c, value[i]);
      if (tables) value[i] += offsets_of(c, value[i], &row);
    } else {
      value[i] = with_offsets(c, value[i], &row);
    }
  }
}

static void calibrate(const sy_calibrator *c, sy_vector predictions, const int32_t *const *codes,
                      size_t n, int logits, sy_dtype dtype, void *out) {
  const sy_kernels *kernels = sy_best_kernels();
  double p[BLOCK], value[BLOCK];
  for (size_t from = 0; from < n; from += BLOCK) {
    size_t count = n - from < BLOCK ? n - from : BLOCK;
    load(sy_vector_from(predictions, from), count, p);
    evaluate_block(c, kernels, p, count, value);
    finish_block(c, kernels, codes, from, count, logits, value);
    store(value, count, dtype, (char *)out + from * sy_dtype_size(dtype));
  }
}

void sy_calibrate_many(const sy_calibrator *calibrator, sy_vector predictions,
                       const int32_t *const *codes, size_t n, void *out) {
  calibrate(calibrator, predictions, codes, n, 0, predictions.dtype, out);
}

void sy_calibrate_logits(const sy_calibrator *calibrator, sy_vector predictions,
                         const int32_t *const *codes, size_t n, double *out) {
  calibrate(calibrator, predictions, codes, n, 1, SY_F64, out);
}

/* ---------------------------------------------------------------------------- sampling -------- */

void sy_undo_sampling(sy_vector predictions, double rate, size_t n, void *out) {
  double p[BLOCK], inverse = 1.0 / rate;
  for (size_t from = 0; from < n; from += BLOCK) {
    size_t count = n - from < BLOCK ? n - from : BLOCK;
    load(sy_vector_from(predictions, from), count, p);
    for (size_t i = 0; rate != 1.0 && i < count; i++)
      if (p[i] == p[i]) p[i] = sy_whole(sy_thin(sy_sides_of(p[i]), inverse)).p;
    store(p, count, predictions.dtype, (char *)out + from * sy_dtype_size(predictions.dtype));
  }
}
