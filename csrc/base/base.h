/*
 * base.h - the ground floor: errors, memory, alignment. Internal to the library.
 */
#ifndef SY_BASE_H
#define SY_BASE_H

#include "steelyard.h"

#define SY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#if defined(__GNUC__)
#define SY_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define SY_PRINTF(text, first)
#endif

/* Fill in error (unless NULL), cut to its length, and return status: `return sy_fail(...)`. */
sy_status sy_fail(sy_error *error, sy_status status, const char *format, ...) SY_PRINTF(3, 4);

/* The standard message for an allocation that failed. */
sy_status sy_fail_memory(sy_error *error);

/*
 * Allocation through the caller's hook (NULL: malloc). Sizes are passed both ways because hooks in
 * Lua's style are told the old one. sy_resize leaves the block alone when it fails.
 */
void *sy_allocate(const sy_memory *memory, size_t size);
void *sy_resize(const sy_memory *memory, void *block, size_t old_size, size_t new_size);
void sy_release(const sy_memory *memory, void *block, size_t size);

/*
 * Do a job for each index below count, on so many threads, `chunk` neighbours at a time. What a job
 * does may depend on its index alone; thread: which scratch is its own.
 */
typedef void (*sy_job)(void *context, int thread, size_t index);
void sy_share(size_t count, size_t chunk, int threads, sy_job job, void *context);

/* *least = value where that is less; for jobs to tell the first that failed. */
void sy_note_least(int64_t *least, int64_t value);

/* The hook itself, by value, for an object to keep (malloc's when memory is NULL). */
sy_memory sy_memory_of(const sy_memory *memory);

#endif
