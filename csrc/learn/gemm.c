/*
 * gemm.c - the matrix products of networks, on any CBLAS; OpenBLAS's threads where it is OpenBLAS.
 */
#include "learn/gemm.h"

#include <cblas.h>

static void product(sy_dtype dtype, CBLAS_TRANSPOSE a_way, CBLAS_TRANSPOSE b_way, size_t rows,
                    size_t columns, size_t inner, sy_matrix a, sy_matrix b, int add, sy_matrix c) {
  const int m = (int)rows, n = (int)columns, k = (int)inner;
  const int lda = (int)a.stride, ldb = (int)b.stride, ldc = (int)c.stride;
  if (m == 0 || n == 0) return;
  if (dtype == SY_F32)
    cblas_sgemm(CblasRowMajor, a_way, b_way, m, n, k, 1.0F, a.data, lda, b.data, ldb,
                add ? 1.0F : 0.0F, c.data, ldc);
  else
    cblas_dgemm(CblasRowMajor, a_way, b_way, m, n, k, 1.0, a.data, lda, b.data, ldb,
                add ? 1.0 : 0.0, c.data, ldc);
}

void sy_gemm_forward(sy_dtype dtype, size_t n, size_t outputs, size_t inputs, sy_matrix x,
                     sy_matrix w, int add, sy_matrix y) {
  product(dtype, CblasNoTrans, CblasTrans, n, outputs, inputs, x, w, add, y);
}

void sy_gemm_inputs(sy_dtype dtype, size_t n, size_t outputs, size_t inputs, sy_matrix g,
                    sy_matrix w, int add, sy_matrix d) {
  product(dtype, CblasNoTrans, CblasNoTrans, n, inputs, outputs, g, w, add, d);
}

void sy_gemm_weights(sy_dtype dtype, size_t n, size_t outputs, size_t inputs, sy_matrix g,
                     sy_matrix x, int add, sy_matrix d) {
  product(dtype, CblasTrans, CblasNoTrans, outputs, inputs, n, g, x, add, d);
}
