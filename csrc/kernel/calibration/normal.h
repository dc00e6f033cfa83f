/*
 * normal.h - the normal distribution's upper tail, in logarithms.
 */
#ifndef SY_CALIBRATION_NORMAL_H
#define SY_CALIBRATION_NORMAL_H

/* ln P(Z > x) for x >= 0, to about 1e-15 of its size: exact in the tail, however far. */
double sy_normal_log_tail(double x);

/* The z >= 0 with P(|Z| > z) = 1 - confidence. */
double sy_normal_two_sided(double confidence);

#endif
