/*
 * linear_parts.h - what the closed forms share: Gram matrices by columns, a triangle as LAPACK packs
 * it, LAPACK itself.
 */
#ifndef SY_LEARN_LINEAR_PARTS_H
#define SY_LEARN_LINEAR_PARTS_H

#include "base/base.h"
#include "steelyard/linear.h"

/*
 * The lower triangle of a symmetric n x n matrix in n (n + 1) / 2 numbers, in blocks that LAPACK's
 * products are fast on (rectangular full packed format, TRANSR = 'N', UPLO = 'L'; Gustavson et al.,
 * ACM TOMS 2010): columns below `half` as they are, of the others the transposed triangle.
 */
typedef struct sy_packing {
  size_t n, half, lead, odd;
} sy_packing;

static inline sy_packing sy_packing_of(size_t n) {
  sy_packing p = {n, (n + 1) / 2, n + (n % 2 == 0), n % 2};
  return p;
}

/* Where element (i, j), i >= j, stands. */
static inline size_t sy_packed(const sy_packing *p, size_t i, size_t j) {
  return j < p->half ? j * p->lead + i + 1 - p->odd
                     : (i - p->half + p->odd) * p->lead + j - p->half;
}

/*
 * Called for each column c of the Gram matrix, by any thread, with sums[i] = (X'X)[i, c] for i in
 * first .. last: see below.
 */
typedef void (*sy_gram_column)(void *context, size_t c, size_t first, size_t last,
                               const double *sums);

/*
 * All columns: of column c < half the elements i >= c, of the others half <= i <= c. half may be n.
 */
sy_status sy_gram_columns(const sy_sparse *x, size_t half, int threads, const sy_memory *memory,
                          sy_gram_column column, void *context, sy_error *error);

/*
 * LAPACK, of the lower triangle by columns. Each returns its `info`: 0, or from which leading minor on
 * the matrix is not positive definite. packed: as sy_packing has it.
 */
int sy_lapack_factor(sy_dtype dtype, size_t n, void *matrix);
int sy_lapack_inverse(size_t n, float *factor);
int sy_lapack_factor_packed(size_t n, double *matrix);
int sy_lapack_inverse_packed(size_t n, double *factor);
/* x = (L L')^-1 x for the factor L and one right-hand side. */
void sy_lapack_solve(sy_dtype dtype, size_t n, const void *factor, void *x);
/* SY_E_UNSUPPORTED, in words, where there is none. */
sy_status sy_lapack_need(const char *who, sy_error *error);

#endif
