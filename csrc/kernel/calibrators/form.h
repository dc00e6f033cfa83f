/*
 * form.h - what a map does to one prediction, in plain arithmetic. Vector kernels and the
 * evaluation of a single prediction share these lines, so that both give the same bits.
 */
#ifndef SY_CALIBRATORS_FORM_H
#define SY_CALIBRATORS_FORM_H

#include "kernel/calibrators/powers.h"
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

/*
 * Negatives had been kept at a rate: the odds shrink by it. inverse: 1 / rate. Written so that
 * rounding keeps p ascending.
 */
static inline sy_sides sy_unsample(sy_sides sides, double inverse) {
  double lost = sides.q * inverse, p = sides.p;
  sides.p = 1.0 / (1.0 + lost / p);
  sides.q = lost / (p + lost);
  return sides;
}

/* Held to be no nearer to 0 than low, and to 1 than q_low. */
static inline sy_sides sy_sides_held(sy_sides sides, double low, double q_low) {
  sy_sides bottom = {low, 1.0 - low}, top = {1.0 - q_low, q_low};
  sides.p = sides.p < bottom.p ? bottom.p : sides.q < top.q ? top.p : sides.p;
  sides.q = sides.q > bottom.q ? bottom.q : sides.q < top.q ? top.q : sides.q;
  return sides;
}

static inline double sy_from_zero(double x) { return x > SY_TINY ? x : SY_TINY; }

/* A prediction as fits see it: 0 and 1 are somewhere within. */
static inline sy_sides sy_sides_within(double p, double zero, double one) {
  double held = p <= 0.0 ? zero : p >= 1.0 ? one : p;
  sy_sides sides = {sy_from_zero(held), sy_from_zero(1.0 - held)};
  return sides;
}

/*
 * Logits to base 2 (log-odds in bits), which the powers here give without a detour: those of
 * predictions lie within +-40 / ln 2, for the odds are held.
 */
static inline double sy_bits_of(sy_sides sides) {
  return sy_log2(sy_from_zero(sides.p) / sy_from_zero(sides.q));
}

/* ln(p / (1 - p)), within -40 and 40. */
static inline double sy_log_odds(sy_sides sides) { return SY_LN2 * sy_bits_of(sides); }

/* 1 / (1 + 2^-bits) */
static inline double sy_probability_of(double bits) {
  double e = sy_exp2(bits < 0.0 ? bits : -bits);
  return (bits < 0.0 ? e : 1.0) / (1.0 + e);
}

/* 1 / (1 + exp(-z)) */
static inline double sy_sigmoid_of(double z) { return sy_probability_of(SY_LOG2E * z); }

/* z^2 within [low, high], its tangent beyond. */
static inline double sy_square_within(double z, double low, double high) {
  double held = z < low ? low : z > high ? high : z;
  return held * (2.0 * z - held);
}

/* How much of the logistic form there is to do. */
typedef enum sy_logistic_form {
  SY_FORM_LINE = 0, /* c[1] = c[2], c[3] = 0: a line in the logit */
  SY_FORM_SQUARE,   /* c[1] = c[2] */
  SY_FORM_LOGS,     /* c[3] = 0: both logarithms */
  SY_FORM_ALL
} sy_logistic_form;

/* A logistic map in bits. */
typedef struct sy_logistic {
  sy_logistic_form form;
  double c[4];
  double low, high;
  double p_low, q_low;
} sy_logistic;

static inline sy_logistic sy_logistic_of(const sy_map *map) {
  int square = map->c[3] != 0.0;
  sy_logistic l = {.c = {SY_LOG2E * map->c[0], map->c[1], map->c[2], SY_LN2 * map->c[3]}};
  if (map->c[1] == map->c[2]) l.form = square ? SY_FORM_SQUARE : SY_FORM_LINE;
  else l.form = square ? SY_FORM_ALL : SY_FORM_LOGS;
  l.p_low = map->p_low;
  l.q_low = map->q_low;
  l.low = square ? SY_LOG2E * map->z_low : 0.0;
  l.high = square ? SY_LOG2E * map->z_high : 0.0;
  return l;
}

/* What the map makes of a prediction, in bits, in each form. */
static inline double sy_logistic_line(const sy_logistic *l, sy_sides sides) {
  return l->c[0] + l->c[1] * sy_bits_of(sides);
}

static inline double sy_logistic_square(const sy_logistic *l, sy_sides sides) {
  double z = sy_bits_of(sides);
  return (l->c[0] + l->c[1] * z) + l->c[3] * sy_square_within(z, l->low, l->high);
}

static inline double sy_logistic_logs(const sy_logistic *l, sy_sides sides) {
  double log_p = sy_log2(sy_from_zero(sides.p)), log_q = sy_log2(sy_from_zero(sides.q));
  return l->c[0] + (l->c[1] * log_p - l->c[2] * log_q);
}

static inline double sy_logistic_all(const sy_logistic *l, sy_sides sides) {
  double log_p = sy_log2(sy_from_zero(sides.p)), log_q = sy_log2(sy_from_zero(sides.q));
  double square = sy_square_within(log_p - log_q, l->low, l->high);
  return (l->c[0] + (l->c[1] * log_p - l->c[2] * log_q)) + l->c[3] * square;
}

#endif
