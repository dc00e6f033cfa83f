/*
 * sets.h - the instruction sets that kernels are built for, for tests of their bits.
 */
#ifndef SPEC_SETS_H
#define SPEC_SETS_H

#include <string.h>

#include "kernel/vector/kernels.h"

static const sy_kernels *const all_sets[] = {
#ifdef SY_HAVE_avx512
    &sy_kernels_avx512,
#endif
#ifdef SY_HAVE_avx2
    &sy_kernels_avx2,
#endif
    &sy_kernels_baseline,
};

/* A set that this processor can run, from the best on; NULL after the last. */
static const sy_kernels *usable(size_t i) {
  const char *name = NULL;
  for (size_t k = 0; k <= i; k++)
    if (!(name = sy_cpu_list()[k])) return NULL;
  for (size_t k = 0; k < sizeof all_sets / sizeof *all_sets; k++)
    if (strcmp(all_sets[k]->name, name) == 0) return all_sets[k];
  return NULL;
}

#endif
