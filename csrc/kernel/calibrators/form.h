/*
 * form.h - what a map does to one prediction, in plain arithmetic. Vector kernels and the evaluation of
 * a single prediction share these lines, so that both give the same bits.
 */
#ifndef SY_CALIBRATORS_FORM_H
#define SY_CALIBRATORS_FORM_H

#include "kernel/elementary.h"
#include "steelyard.h"

/* exp(-SY_LOGIT_MAX): predictions and their complements count as no less in a logarithm. */
#define SY_TINY 4.2483542552915889e-18

/* A probability and its complement, which near 0 has more digits than one less the other. */
typedef struct sy_sides {
  double p, q;
} sy_sides;

/* The sides of a prediction held within [0, 1]; not for NaN. */
static inline sy_sides sy_sides_of(double prediction) {
  double p = prediction < 0.0 ? 0.0 : prediction > 1.0 ? 1.0 : prediction;
  sy_sides sides = {p, 1.0 - p};
  return sides;
}

/* Negatives had been kept at a rate: the odds shrink by it. inverse: 1 / rate. */
static inline sy_sides sy_unsample(sy_sides sides, double inverse) {
  double lost = sides.q * inverse, sum = sides.p + lost;
  sides.p = sides.p / sum;
  sides.q = lost / sum;
  return sides;
}

static inline double sy_from_zero(double x) { return x > SY_TINY ? x : SY_TINY; }

static inline double sy_hold_logit(double z) {
  return z > SY_LOGIT_MAX ? SY_LOGIT_MAX : z < -SY_LOGIT_MAX ? -SY_LOGIT_MAX : z;
}

/* ln(p / (1 - p)), held within -40 and 40. */
static inline double sy_log_odds(sy_sides sides) {
  return sy_hold_logit(sy_ln(sy_from_zero(sides.p) / sy_from_zero(sides.q)));
}

/* z^2 within [low, high], its tangent beyond. */
static inline double sy_square_within(double z, double low, double high) {
  double held = z < low ? low : z > high ? high : z;
  return held * (2.0 * z - held);
}

/* How much of the logistic form there is to do. */
typedef enum sy_logistic_form {
  SY_FORM_LINE = 0, /* c[1] = c[2], c[3] = 0: a line in the logit */
  SY_FORM_SQUARE,   /* c[1] = c[2] */
  SY_FORM_LOGS      /* both logarithms, and perhaps the square */
} sy_logistic_form;

static inline sy_logistic_form sy_form_of(const sy_map *map) {
  if (map->c[1] != map->c[2]) return SY_FORM_LOGS;
  return map->c[3] != 0.0 ? SY_FORM_SQUARE : SY_FORM_LINE;
}

static inline double sy_logistic_line(const sy_map *map, sy_sides sides) {
  return map->c[0] + map->c[1] * sy_log_odds(sides);
}

static inline double sy_logistic_square(const sy_map *map, sy_sides sides) {
  double z = sy_log_odds(sides);
  return map->c[0] + map->c[1] * z + map->c[3] * sy_square_within(z, map->z_low, map->z_high);
}

static inline double sy_logistic_logs(const sy_map *map, sy_sides sides) {
  double log_p = sy_ln(sy_from_zero(sides.p)), log_q = sy_ln(sy_from_zero(sides.q));
  double square = sy_square_within(sy_hold_logit(log_p - log_q), map->z_low, map->z_high);
  return map->c[0] + map->c[1] * log_p - map->c[2] * log_q + map->c[3] * square;
}

/* 1 / (1 + exp(-z)), with one division. */
static inline double sy_sigmoid_of(double z) {
  double e = sy_exp(z < 0.0 ? z : -z);
  return (z < 0.0 ? e : 1.0) / (1.0 + e);
}

#endif
