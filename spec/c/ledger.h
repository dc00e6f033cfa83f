/*
 * ledger.h - an allocator for tests that counts what is live, fails when told to, and checks the old
 * sizes that it is given.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include <stddef.h>
#include <stdlib.h>

typedef struct ledger {
  size_t live;  /* bytes */
  long fail_at; /* the n-th allocation fails; 0: none */
  long count;
  int wrong; /* old sizes that were not what was allocated */
} ledger;

static void *ledger_alloc(void *context, void *block, size_t old_size, size_t new_size) {
  ledger *l = context;
  size_t *head = block ? (size_t *)block - 2 : NULL, *made;
  l->wrong += head ? *head != old_size : old_size != 0;
  if (new_size == 0) {
    if (head) l->live -= *head;
    free(head);
    return NULL;
  }
  if (new_size > old_size && ++l->count == l->fail_at) return NULL;
  if (head) l->live -= *head;
  made = realloc(head, new_size + 2 * sizeof *made);
  if (!made) abort();
  *made = new_size;
  l->live += new_size;
  return made + 2;
}

#endif
