/*
 * updates.h - the inner loops of optimizers, compiled once for each instruction set and reached by a
 * table. They give the same bits on every set: each number moves by itself, sums run in eight fixed
 * lanes folded by a fixed tree, and nothing is contracted.
 */
#ifndef SY_LEARN_UPDATES_H
#define SY_LEARN_UPDATES_H

#include <stddef.h>
#include <stdint.h>

#include "steelyard.h"

/*
 * One parameter's move. A gradient g is first cut to +- cut (infinity: it is not), then scaled, and
 * decay * w is added; the constants below say what happens to that. Everything but the constants is
 * of the optimizer's type; constants are rounded to it.
 */
typedef struct sy_update {
  size_t rows, columns;  /* how many rows move, or may move */
  const int32_t *places; /* the i-th is row places[i] of w; NULL: row i */
  const int32_t *slots;  /* the i-th's gradient is row slots[i] of g, zero for -1; NULL: row i */
  void *w;
  const void *g;
  void *first, *second; /* states of w's shape; those that the optimizer has */
  const void *zeroes;   /* columns of them, where there are slots */
  double cut, scale, decay;
  double rate; /* Adam: over the first moment's bias correction */
  double keep_first, keep_second, add_first, add_second;
  double of_gradient, of_velocity; /* momentum: what w moves by */
  double epsilon, shrink;
  double root; /* Adam: 1 over the root of the second moment's bias correction */
} sy_update;

typedef struct sy_updates_real {
  /* The sum of squares of n numbers cut to +- cut. Not finite where one of them is not. */
  double (*squares)(const void *g, size_t n, double cut);
  void (*plain)(const sy_update *update);    /* w -= rate g */
  void (*momentum)(const sy_update *update); /* v = keep_first v + g; w -= rate (of_gradient g +
                                                of_velocity v) */
  void (*adagrad)(const sy_update *update);  /* s += g^2; w -= rate g / (sqrt(s) + epsilon) */
  void (*adam)(const sy_update *update);     /* m, v: keep and add; w = shrink w -
                                                rate m / (root sqrt(v) + epsilon) */
} sy_updates_real;

typedef struct sy_updates {
  const char *name;
  sy_updates_real f32, f64;
} sy_updates;

#ifdef SY_HAVE_avx512
extern const sy_updates sy_updates_avx512;
#endif
#ifdef SY_HAVE_avx2
extern const sy_updates sy_updates_avx2;
#endif
extern const sy_updates sy_updates_baseline;

#endif
