/*
 * lanes.h - sums over atoms in eight fixed lanes: term k goes to lane k mod 8.
 */
#ifndef SY_CALIBRATION_LANES_H
#define SY_CALIBRATION_LANES_H

#define SY_LANES 8

static inline double sy_fold(const double *lane) {
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

#endif
