/*
 * timing.h - what the benchmarks share: the best time of a job, and the time of only reading.
 */
#ifndef TIMING_H
#define TIMING_H

#include <math.h>
#include <stddef.h>
#include <time.h>

static inline double timing_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Seconds: the best of at least seven rounds of at least 20 ms. */
static inline double timing_best(void (*run)(void *), void *context) {
  double best = INFINITY, spent = 0;
  for (int round = 0; round < 7 || (spent < 0.3 && round < 60); round++) {
    int times = 0;
    double start = timing_now(), end;
    do {
      run(context);
      times++;
      end = timing_now();
    } while (end - start < 0.02);
    spent += end - start;
    if ((end - start) / times < best) best = (end - start) / times;
  }
  return best;
}

/* Passes n numbers through the processor, as fast as memory gives them. */
static inline float timing_read(const float *column, size_t n) {
  float lane[64] = {0}, sum = 0;
  for (size_t i = 0; i + 64 <= n; i += 64)
    for (size_t l = 0; l < 64; l++) lane[l] += column[i + l];
  for (int l = 0; l < 64; l++) sum += lane[l];
  return sum;
}

#endif
