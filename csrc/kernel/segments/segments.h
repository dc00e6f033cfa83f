/*
 * segments.h - what the files about segments share.
 */
#ifndef SY_SEGMENTS_H
#define SY_SEGMENTS_H

#include <math.h>

#include "steelyard/segments.h"

/* A range in units of its deviation, as Bernstein's inequality has it. */
static inline double sy_segment_statistic(double range, double variance, double largest) {
  return range > 0.0 ? range / sqrt(variance + largest * range / 3.0) : 0.0;
}

#endif
