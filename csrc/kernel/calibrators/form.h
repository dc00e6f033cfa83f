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

/*
 * A probability and its complement, which near 0 has more digits than one less the other; or two
 * numbers in the same proportion, where only the odds matter.
 */
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
static inline sy_sides sy_thin(sy_sides sides, double inverse) {
  sides.q *= inverse;
  return sides;
}

/* Sides that add up to 1, in the same proportion. Written so that rounding keeps p ascending. */
static inline sy_sides sy_whole(sy_sides sides) {
  sy_sides whole = {1.0 / (1.0 + sides.q / sides.p), sides.q / (sides.p + sides.q)};
  return whole;
}

static inline double sy_from_zero(double x) { return x > SY_TINY ? x : SY_TINY; }

/* A prediction as fits see it: 0 and 1 are somewhere within. */
static inline sy_sides sy_sides_within(double p, double zero, double one) {
  double held = p <= 0.0 ? zero : p >= 1.0 ? one : p;
  sy_sides sides = {sy_from_zero(held), sy_from_zero(1.0 - held)};
  return sides;
}

static inline double sy_between(double x, double least, double most) {
  x = x > least ? x : least;
  return x < most ? x : most;
}

/*
 * Logits to base 2 (log-odds in bits), which the powers here give without a detour. Odds are held,
 * so that those of predictions lie within +-40 / ln 2.
 */
static inline double sy_bits_within(sy_sides sides, double least, double most) {
  return sy_log2(sy_between(sides.p / sides.q, least, most));
}

static inline double sy_bits_of(sy_sides sides) {
  return sy_bits_within(sides, SY_TINY, 1.0 / SY_TINY);
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

/* A logistic map in bits, with the bounds of p' and 1 - p' and of their odds. */
typedef struct sy_logistic {
  sy_logistic_form form;
  double c[4];
  double low, high;
  double p_least, p_most, q_least, q_most;
  double odds_least, odds_most;
} sy_logistic;

static inline sy_logistic sy_logistic_of(const sy_map *map) {
  int square = map->c[3] != 0.0;
  sy_logistic l = {.c = {SY_LOG2E * map->c[0], map->c[1], map->c[2], SY_LN2 * map->c[3]}};
  if (map->c[1] == map->c[2]) l.form = square ? SY_FORM_SQUARE : SY_FORM_LINE;
  else l.form = square ? SY_FORM_ALL : SY_FORM_LOGS;
  l.low = square ? SY_LOG2E * map->z_low : 0.0;
  l.high = square ? SY_LOG2E * map->z_high : 0.0;
  l.p_least = sy_from_zero(map->p_low);
  l.q_least = sy_from_zero(map->q_low);
  l.p_most = sy_from_zero(1.0 - map->q_low);
  l.q_most = sy_from_zero(1.0 - map->p_low);
  l.odds_least = l.p_least / l.q_most;
  l.odds_most = l.p_most / l.q_least;
  return l;
}

/* What the map makes of a prediction, in bits, in each form. The first two look at odds alone. */
static inline double sy_logistic_line(const sy_logistic *l, sy_sides sides) {
  return l->c[0] + l->c[1] * sy_bits_within(sides, l->odds_least, l->odds_most);
}

static inline double sy_logistic_square(const sy_logistic *l, sy_sides sides) {
  double z = sy_bits_within(sides, l->odds_least, l->odds_most);
  return (l->c[0] + l->c[1] * z) + l->c[3] * sy_square_within(z, l->low, l->high);
}

static inline double sy_logistic_logs(const sy_logistic *l, sy_sides sides) {
  double log_p = sy_log2(sy_between(sides.p, l->p_least, l->p_most));
  double log_q = sy_log2(sy_between(sides.q, l->q_least, l->q_most));
  return l->c[0] + (l->c[1] * log_p - l->c[2] * log_q);
}

static inline double sy_logistic_all(const sy_logistic *l, sy_sides sides) {
  double log_p = sy_log2(sy_between(sides.p, l->p_least, l->p_most));
  double log_q = sy_log2(sy_between(sides.q, l->q_least, l->q_most));
  double square = sy_square_within(log_p - log_q, l->low, l->high);
  return (l->c[0] + (l->c[1] * log_p - l->c[2] * log_q)) + l->c[3] * square;
}

#endif
