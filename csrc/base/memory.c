/*
 * memory.c - allocation through the host's hook.
 */
#include <stdlib.h>

#include "base/base.h"

static void *malloc_hook(void *context, void *block, size_t old_size, size_t new_size) {
  (void)context;
  (void)old_size;
  if (new_size == 0) {
    free(block);
    return NULL;
  }
  return realloc(block, new_size);
}

sy_memory sy_memory_of(const sy_memory *memory) {
  static const sy_memory standard = {malloc_hook, NULL};
  return memory ? *memory : standard;
}

void *sy_resize(const sy_memory *memory, void *block, size_t old_size, size_t new_size) {
  sy_memory hook = sy_memory_of(memory);
  return hook.alloc(hook.context, block, block ? old_size : 0, new_size);
}

void *sy_allocate(const sy_memory *memory, size_t size) {
  return sy_resize(memory, NULL, 0, size ? size : 1);
}

void sy_release(const sy_memory *memory, void *block, size_t size) {
  if (block) sy_resize(memory, block, size ? size : 1, 0);
}
