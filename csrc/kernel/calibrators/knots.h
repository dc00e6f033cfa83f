/*
 * knots.h - what fits of maps through knots share.
 */
#ifndef SY_CALIBRATORS_KNOTS_H
#define SY_CALIBRATORS_KNOTS_H

#include "base/base.h"

/* More rows than anybody has. */
#define SY_PRIOR_MAX 1e18

/* A map without knots yet, and one more for it. */
sy_map sy_knots_begin(double *x, double *y);
void sy_knots_add(sy_map *map, double *x, double *y, double at, double value);

#endif
