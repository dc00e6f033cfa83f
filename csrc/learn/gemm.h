/*
 * gemm.h - the matrix products of networks, on any CBLAS. Matrices are row by row; `*_stride` is the
 * number of elements between rows.
 */
#ifndef SY_LEARN_GEMM_H
#define SY_LEARN_GEMM_H

#include "steelyard/networks.h"

typedef struct sy_matrix {
  void *data;
  size_t stride;
} sy_matrix;

/* Y (n x outputs) = X (n x inputs) W' (W: outputs x inputs), or, with add, Y += that. */
void sy_gemm_forward(sy_dtype dtype, size_t n, size_t outputs, size_t inputs, sy_matrix x,
                     sy_matrix w, int add, sy_matrix y);

/* D (n x inputs) = or += G (n x outputs) W. */
void sy_gemm_inputs(sy_dtype dtype, size_t n, size_t outputs, size_t inputs, sy_matrix g,
                    sy_matrix w, int add, sy_matrix d);

/* D (outputs x inputs) = or += G' X. */
void sy_gemm_weights(sy_dtype dtype, size_t n, size_t outputs, size_t inputs, sy_matrix g,
                     sy_matrix x, int add, sy_matrix d);

#endif
