/*
 * gemm.h - the matrix products of networks, on any CBLAS. Matrices are row by row; `*_stride` is the
 * number of elements between rows.
 *
 * Large products are cut into blocks that the sizes alone tell, each one call of the BLAS, which any
 * number of threads share out: the bits do not depend on it. The BLAS itself should have one thread
 * then (sy_blas_hold).
 */
#ifndef SY_LEARN_GEMM_H
#define SY_LEARN_GEMM_H

#include "steelyard/networks.h"

typedef struct sy_matrix {
  void *data;
  size_t stride;
} sy_matrix;

/* Y (n x outputs) = X (n x inputs) W' (W: outputs x inputs) + bias, which may be NULL. */
void sy_gemm_forward(sy_dtype dtype, int threads, size_t n, size_t outputs, size_t inputs,
                     sy_matrix x, sy_matrix w, const void *bias, sy_matrix y);

/* D (n x inputs) = or += G (n x outputs) W. */
void sy_gemm_inputs(sy_dtype dtype, int threads, size_t n, size_t outputs, size_t inputs,
                    sy_matrix g, sy_matrix w, int add, sy_matrix d);

/* D (outputs x inputs) = or += G' X. */
void sy_gemm_weights(sy_dtype dtype, int threads, size_t n, size_t outputs, size_t inputs,
                     sy_matrix g, sy_matrix x, int add, sy_matrix d);

/*
 * While threads of ours call the BLAS it has none of its own. hold gives what release takes; where
 * threads is 1 nothing happens.
 */
int sy_blas_hold(int threads);
void sy_blas_release(int kept);

#endif
