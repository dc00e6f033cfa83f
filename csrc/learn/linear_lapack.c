/*
 * linear_lapack.c - the part of LAPACK that closed forms need. OpenBLAS has it in the same library;
 * beside another CBLAS it may be absent, so the symbols are weak.
 */
#include "learn/linear_parts.h"
#include "steelyard/networks.h"

/* As Fortran has them: everything by address, and the lengths of texts behind. */
#define WEAK __attribute__((weak))
extern void spotrf_(const char *, const int *, float *, const int *, int *, size_t) WEAK;
extern void dpotrf_(const char *, const int *, double *, const int *, int *, size_t) WEAK;
extern void spotri_(const char *, const int *, float *, const int *, int *, size_t) WEAK;
extern void dpotri_(const char *, const int *, double *, const int *, int *, size_t) WEAK;
extern void spotrs_(const char *, const int *, const int *, const float *, const int *, float *,
                    const int *, int *, size_t) WEAK;
extern void dpotrs_(const char *, const int *, const int *, const double *, const int *, double *,
                    const int *, int *, size_t) WEAK;
extern void dpftrf_(const char *, const char *, const int *, double *, int *, size_t, size_t) WEAK;
extern void dpftri_(const char *, const char *, const int *, double *, int *, size_t, size_t) WEAK;

int sy_lapack_found(void) {
  return spotrf_ && dpotrf_ && spotri_ && dpotri_ && spotrs_ && dpotrs_ && dpftrf_ && dpftri_;
}

sy_status sy_lapack_need(const char *who, sy_error *error) {
  if (sy_lapack_found()) return SY_OK;
  return sy_fail(
      error, SY_E_UNSUPPORTED,
      "%s needs LAPACK, which this BLAS (%s) does not have: build with OpenBLAS (Debian: "
      "libopenblas-dev), or link a LAPACK too (OPENBLAS_LIBS of make)",
      who, sy_blas_name());
}

int sy_lapack_factor(sy_dtype dtype, size_t n, void *matrix) {
  const int size = (int)n;
  int info = 0;
  if (dtype == SY_F32) spotrf_("L", &size, matrix, &size, &info, 1);
  else dpotrf_("L", &size, matrix, &size, &info, 1);
  return info;
}

int sy_lapack_inverse(sy_dtype dtype, size_t n, void *factor) {
  const int size = (int)n;
  int info = 0;
  if (dtype == SY_F32) spotri_("L", &size, factor, &size, &info, 1);
  else dpotri_("L", &size, factor, &size, &info, 1);
  return info;
}

int sy_lapack_factor_packed(size_t n, double *matrix) {
  const int size = (int)n;
  int info = 0;
  dpftrf_("N", "L", &size, matrix, &info, 1, 1);
  return info;
}

int sy_lapack_inverse_packed(size_t n, double *factor) {
  const int size = (int)n;
  int info = 0;
  dpftri_("N", "L", &size, factor, &info, 1, 1);
  return info;
}

void sy_lapack_solve(sy_dtype dtype, size_t n, const void *factor, void *x) {
  const int size = (int)n, one = 1;
  int info = 0;
  if (dtype == SY_F32) spotrs_("L", &size, &one, factor, &size, x, &size, &info, 1);
  else dpotrs_("L", &size, &one, factor, &size, x, &size, &info, 1);
}
