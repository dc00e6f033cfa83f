/*
 * sum.h - sums in a fixed order.
 */
#ifndef SY_KERNEL_SUM_H
#define SY_KERNEL_SUM_H

#include "steelyard.h"

/*
 * The sum of n elements of any type, in doubles: eight partial sums (element i goes to sum i mod 8)
 * and a fixed tree, so that every machine gets the same bits.
 */
double sy_sum(sy_vector vector, size_t n);

#endif
