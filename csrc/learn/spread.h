/*
 * spread.h - wide passes over numbers, spread over threads. They are made for one pass and end with
 * it: threads that wait for the next one would take the time of the BLAS's, which come in between.
 */
#ifndef SY_LEARN_SPREAD_H
#define SY_LEARN_SPREAD_H

#include <stddef.h>

#define SY_SPREAD_MOST 64

/* Do what stands from first up to end. */
typedef void sy_part(void *context, size_t first, size_t end);

/*
 * Call part for all of count, a chunk of so many at a time, which threads take as they come; all at
 * once where a chunk has all or there is one thread. What a part writes is nobody else's, so that
 * the bits are the same for any number. Threads that cannot be had are done without.
 */
void sy_spread(int threads, size_t count, size_t chunk, sy_part *part, void *context);

#endif
