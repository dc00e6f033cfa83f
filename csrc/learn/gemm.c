/*
 * gemm.c - the matrix products of networks, on any CBLAS, in blocks that threads share out.
 */
#include "learn/gemm.h"

#include "learn/spread.h"

#include <cblas.h>
#include <string.h>

/* Fewer products are one call: they take less than the threads' meeting. */
#define FEW 8000000.0

/* The inner dimension is added up so far at a time, which its panels stay in the caches for. */
#define DEPTH 1536

typedef struct product {
  sy_dtype dtype;
  CBLAS_TRANSPOSE a_way, b_way;
  size_t rows, columns, inner;
  sy_matrix a, b, c;
  const void *bias; /* of each row, or NULL */
  int add;
} product;

/* Part of a matrix from a row and a column on, of one that is read transposed the other way. */
static sy_matrix part(const product *p, sy_matrix m, CBLAS_TRANSPOSE way, size_t row,
                      size_t column) {
  size_t at = way == CblasTrans ? column * m.stride + row : row * m.stride + column;
  m.data = (char *)m.data + at * sy_dtype_size(p->dtype);
  return m;
}

static void call(const product *p, size_t depth, int add) {
  const int m = (int)p->rows, n = (int)p->columns, k = (int)depth;
  const int lda = (int)p->a.stride, ldb = (int)p->b.stride, ldc = (int)p->c.stride;
  if (p->dtype == SY_F32)
    cblas_sgemm(CblasRowMajor, p->a_way, p->b_way, m, n, k, 1.0F, p->a.data, lda, p->b.data, ldb,
                add ? 1.0F : 0.0F, p->c.data, ldc);
  else
    cblas_dgemm(CblasRowMajor, p->a_way, p->b_way, m, n, k, 1.0, p->a.data, lda, p->b.data, ldb,
                add ? 1.0 : 0.0, p->c.data, ldc);
}

static void start_with_bias(const product *p) {
  size_t size = sy_dtype_size(p->dtype);
  for (size_t i = 0; i < p->rows; i++)
    memcpy((char *)p->c.data + i * p->c.stride * size, p->bias, p->columns * size);
}

/* A block of C, from a row and a column on. */
static void block(const product *whole, size_t row, size_t rows, size_t column, size_t columns) {
  product p = *whole;
  int add = p.add;
  p.rows = rows;
  p.columns = columns;
  p.c = part(whole, whole->c, CblasNoTrans, row, column);
  if (p.bias) {
    p.bias = (const char *)p.bias + column * sy_dtype_size(p.dtype);
    start_with_bias(&p);
    add = 1;
  }
  for (size_t at = 0; at < p.inner || at == 0; at += DEPTH) {
    size_t depth = p.inner - at < DEPTH ? p.inner - at : DEPTH;
    p.a = part(whole, whole->a, p.a_way, row, at);
    p.b = part(whole, whole->b, p.b_way, at, column);
    call(&p, depth, add);
    add = 1;
  }
}

/* How far blocks of a dimension go: an even number of them, all but the last alike. */
static size_t block_of(size_t size) {
  size_t aim = size <= 1024 ? 256 : size <= 4096 ? 512 : 1024;
  size_t count = (size + aim / 2) / aim, step;
  count += count & 1;
  if (count == 0) return size;
  step = (size + count - 1) / count;
  return (step + 15) / 16 * 16;
}

/* Blocks of the longer side of C. */
static void run(const product *p, int threads) {
  int by_rows = p->rows >= p->columns;
  size_t size = by_rows ? p->rows : p->columns, step;
  if (p->rows == 0 || p->columns == 0) return;
  if ((double)p->rows * (double)p->columns * (double)p->inner < FEW) {
    if (p->bias) start_with_bias(p);
    call(p, p->inner, p->add || p->bias);
    return;
  }
  step = block_of(size);
  if (by_rows)
    SY_SPREAD(threads, at, size, step, block(p, at, sy_span(at, size, step), 0, p->columns));
  else SY_SPREAD(threads, at, size, step, block(p, 0, p->rows, at, sy_span(at, size, step)));
}

void sy_gemm_forward(sy_dtype dtype, int threads, size_t n, size_t outputs, size_t inputs,
                     sy_matrix x, sy_matrix w, const void *bias, sy_matrix y) {
  product p = {dtype, CblasNoTrans, CblasTrans, n, outputs, inputs, x, w, y, bias, 0};
  run(&p, threads);
}

void sy_gemm_inputs(sy_dtype dtype, int threads, size_t n, size_t outputs, size_t inputs,
                    sy_matrix g, sy_matrix w, int add, sy_matrix d) {
  product p = {dtype, CblasNoTrans, CblasNoTrans, n, inputs, outputs, g, w, d, NULL, add};
  run(&p, threads);
}

void sy_gemm_weights(sy_dtype dtype, int threads, size_t n, size_t outputs, size_t inputs,
                     sy_matrix g, sy_matrix x, int add, sy_matrix d) {
  product p = {dtype, CblasTrans, CblasNoTrans, outputs, inputs, n, g, x, d, NULL, add};
  run(&p, threads);
}
