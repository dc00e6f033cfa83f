/*
 * spread.c - wide passes over numbers, spread over threads.
 */
#include "learn/spread.h"

#include <pthread.h>

typedef struct spread {
  size_t count, chunk, next; /* next: taken by whoever comes */
  sy_part *part;
  void *context;
} spread;

static void *run(void *given) {
  spread *s = given;
  for (;;) {
    size_t first = __atomic_fetch_add(&s->next, s->chunk, __ATOMIC_RELAXED);
    if (first >= s->count) return NULL;
    s->part(s->context, first, s->count - first < s->chunk ? s->count : first + s->chunk);
  }
}

void sy_spread(int threads, size_t count, size_t chunk, sy_part *part, void *context) {
  pthread_t others[SY_SPREAD_MOST];
  spread s = {count, chunk ? chunk : 1, 0, part, context};
  size_t wanted = threads > 1 ? (size_t)threads - 1 : 0, most = 0, made = 0;
  if (count) most = (count - 1) / s.chunk; /* the caller takes a chunk, too */
  if (wanted > most) wanted = most;
  if (wanted > SY_SPREAD_MOST) wanted = SY_SPREAD_MOST;
  while (made < wanted && pthread_create(&others[made], NULL, run, &s) == 0) made++;
  if (made) run(&s);
  else if (count) part(context, 0, count);
  for (size_t i = 0; i < made; i++) pthread_join(others[i], NULL);
}
