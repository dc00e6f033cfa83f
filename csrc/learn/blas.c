/*
 * blas.c - which BLAS is linked, and how many threads it may use.
 */
#include "learn/gemm.h"

/* OpenBLAS's own: absent in any other CBLAS. */
extern void openblas_set_num_threads(int threads) __attribute__((weak));
extern int openblas_get_num_threads(void) __attribute__((weak));
extern char *openblas_get_config(void) __attribute__((weak));

void sy_blas_threads(int threads) {
  if (openblas_set_num_threads) openblas_set_num_threads(threads < 1 ? 1 : threads);
}

int sy_blas_hold(int threads) {
  int kept = threads > 1 && openblas_get_num_threads ? openblas_get_num_threads() : 1;
  if (kept > 1) sy_blas_threads(1);
  return kept;
}

void sy_blas_release(int kept) {
  if (kept > 1) sy_blas_threads(kept);
}

/* OpenBLAS tells its version and the processor that its kernels are for. */
const char *sy_blas_name(void) {
  return openblas_get_config ? openblas_get_config() : "a CBLAS without a name";
}
