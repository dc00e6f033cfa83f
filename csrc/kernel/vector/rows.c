/*
 * rows.c - one instruction set's weighted sums of rows. Compiled once for each set, with SY_SET
 * naming it.
 */
#include "kernel/vector/rows.h"

#define GLUE_(a, b) a##b
#define GLUE(a, b) GLUE_(a, b)
#define STRING_(x) #x
#define STRING(x) STRING_(x)

/* So many sums are held in registers. */
#define CHUNK 64

static void sum_chunk(const float *matrix, size_t stride, const int32_t *ids, int32_t base,
                      const float *values, size_t n, float *out) {
  float sums[CHUNK] = {0};
  for (size_t e = 0; e < n; e++) {
    const float *row = matrix + (size_t)(ids[e] - base) * stride;
    float value = values ? values[e] : 1.0F;
    for (size_t j = 0; j < CHUNK; j++) sums[j] += value * row[j];
  }
  for (size_t j = 0; j < CHUNK; j++) out[j] = sums[j];
}

static void sum_rest(const float *matrix, size_t stride, const int32_t *ids, int32_t base,
                     const float *values, size_t n, size_t width, float *restrict out) {
  for (size_t j = 0; j < width; j++) out[j] = 0.0F;
  for (size_t e = 0; e < n; e++) {
    const float *row = matrix + (size_t)(ids[e] - base) * stride;
    float value = values ? values[e] : 1.0F;
    for (size_t j = 0; j < width; j++) out[j] += value * row[j];
  }
}

static void sum(const float *matrix, size_t stride, const int32_t *ids, int32_t base,
                const float *values, size_t n, size_t width, float *out) {
  size_t j = 0;
  for (; j + CHUNK <= width; j += CHUNK)
    sum_chunk(matrix + j, stride, ids, base, values, n, out + j);
  if (j < width) sum_rest(matrix + j, stride, ids, base, values, n, width - j, out + j);
}

const sy_row_loops GLUE(sy_row_loops_, SY_SET) = {STRING(SY_SET), sum};
