/*
 * blas.c - which BLAS is linked, and how many threads it may use.
 */
#include "steelyard/networks.h"

/* OpenBLAS's own: absent in any other CBLAS. */
extern void openblas_set_num_threads(int threads) __attribute__((weak));
extern char *openblas_get_config(void) __attribute__((weak));

void sy_blas_threads(int threads) {
  if (openblas_set_num_threads) openblas_set_num_threads(threads < 1 ? 1 : threads);
}

/* OpenBLAS tells its version and the processor that its kernels are for. */
const char *sy_blas_name(void) {
  return openblas_get_config ? openblas_get_config() : "a CBLAS without a name";
}
