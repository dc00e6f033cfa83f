/*
 * linear_lapack.c - the part of LAPACK that closed forms need. OpenBLAS has it in the same library;
 * beside another CBLAS it may be absent, which the build finds out.
 */
#include "learn/linear_parts.h"
#include "steelyard/networks.h"

#ifdef SY_HAVE_LAPACK

/* As Fortran has them: everything by address, and the lengths of texts behind. */
extern void spotrf_(const char *, const int *, float *, const int *, int *, size_t);
extern void dpotrf_(const char *, const int *, double *, const int *, int *, size_t);
extern void spotri_(const char *, const int *, float *, const int *, int *, size_t);
extern void spotrs_(const char *, const int *, const int *, const float *, const int *, float *,
                    const int *, int *, size_t);
extern void dpotrs_(const char *, const int *, const int *, const double *, const int *, double *,
                    const int *, int *, size_t);
extern void dpftrf_(const char *, const char *, const int *, double *, int *, size_t, size_t);
extern void dpftri_(const char *, const char *, const int *, double *, int *, size_t, size_t);

int sy_lapack_found(void) { return 1; }

int sy_lapack_factor(sy_dtype dtype, size_t n, void *matrix) {
  const int size = (int)n;
  int info = 0;
  if (dtype == SY_F32) spotrf_("L", &size, matrix, &size, &info, 1);
  else dpotrf_("L", &size, matrix, &size, &info, 1);
  return info;
}

int sy_lapack_inverse(size_t n, float *factor) {
  const int size = (int)n;
  int info = 0;
  spotri_("L", &size, factor, &size, &info, 1);
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

#else

/* Never called, since sy_lapack_need comes first. */
int sy_lapack_found(void) { return 0; }
int sy_lapack_factor(sy_dtype dtype, size_t n, void *matrix) {
  (void)dtype, (void)n, (void)matrix;
  return 1;
}
int sy_lapack_inverse(size_t n, float *factor) {
  (void)n, (void)factor;
  return 1;
}
int sy_lapack_factor_packed(size_t n, double *matrix) {
  (void)n, (void)matrix;
  return 1;
}
int sy_lapack_inverse_packed(size_t n, double *factor) {
  (void)n, (void)factor;
  return 1;
}
void sy_lapack_solve(sy_dtype dtype, size_t n, const void *factor, void *x) {
  (void)dtype, (void)n, (void)factor, (void)x;
}

#endif

sy_status sy_lapack_need(const char *who, sy_error *error) {
  if (sy_lapack_found()) return SY_OK;
  return sy_fail(
      error, SY_E_UNSUPPORTED,
      "%s needs LAPACK, which this BLAS (%s) does not have: build with OpenBLAS (Debian: "
      "libopenblas-dev), or link a LAPACK too (OPENBLAS_LIBS of make)",
      who, sy_blas_name());
}
