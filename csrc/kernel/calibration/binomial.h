/*
 * binomial.h - random counts.
 */
#ifndef SY_CALIBRATION_BINOMIAL_H
#define SY_CALIBRATION_BINOMIAL_H

#include "steelyard.h"

/* How many of n trials of probability p succeed; exact. O(1). */
double sy_random_binomial(sy_random *random, double n, double p);

#endif
