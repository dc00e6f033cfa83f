/*
 * spread.h - blocks of work shared out over threads.
 */
#ifndef SY_LEARN_SPREAD_H
#define SY_LEARN_SPREAD_H

#include <stddef.h>

#define SY_PRAGMA(text) _Pragma(#text)

/*
 * Do a statement for `at` = 0, step, 2 step ... below n, in any order where there is more than one
 * thread. Without OpenMP's help where there is one: it would allocate all the same.
 */
#define SY_SPREAD(threads, at, n, step, statement)                                                 \
  do {                                                                                             \
    if ((threads) > 1) {                                                                           \
      SY_PRAGMA(omp parallel for num_threads(threads) schedule(dynamic, 1))                        \
      for (size_t at = 0; at < (n); at += (step)) statement;                                       \
    } else {                                                                                       \
      for (size_t at = 0; at < (n); at += (step)) statement;                                       \
    }                                                                                              \
  } while (0)

/* How far a block from `at` goes. */
static inline size_t sy_span(size_t at, size_t n, size_t step) {
  return n - at < step ? n - at : step;
}

#endif
