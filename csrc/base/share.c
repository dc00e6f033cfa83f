/*
 * share.c - work on many things, spread over threads.
 */
#include "base/base.h"

#ifdef _OPENMP
#include <omp.h>
#endif

void sy_share(size_t count, size_t chunk, int threads, sy_job job, void *context) {
  const int64_t n = (int64_t)count;
#ifdef _OPENMP
  if (threads > 1 && n > 1) { /* OpenMP would allocate for one thread, too */
#pragma omp parallel for num_threads(threads) schedule(dynamic, (int64_t)chunk)
    for (int64_t i = 0; i < n; i++) job(context, omp_get_thread_num(), (size_t)i);
    return;
  }
#endif
  (void)chunk;
  (void)threads;
  for (int64_t i = 0; i < n; i++) job(context, 0, (size_t)i);
}

void sy_note_least(int64_t *least, int64_t value) {
#ifdef _OPENMP
#pragma omp critical(sy_note_least)
#endif
  if (value < *least) *least = value;
}
