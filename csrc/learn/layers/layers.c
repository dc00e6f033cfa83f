/*
 * layers.c - one instruction set's layers. Compiled once for each set, with SY_SET naming it.
 */
#include "learn/layers/layers.h"

#include <math.h>
#include <string.h>

#include "kernel/activations.h"
#include "learn/layers/normal.h"

#if defined(__AVX512F__)
#define VECTOR_BYTES 64
#elif defined(__AVX2__)
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#endif

/* Elements of two vectors by their places in both together. */
#if defined(__clang__) || __GNUC__ >= 12
#define PICK(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define PICK(a, b, ...) __builtin_shuffle(a, b, (F(places)){__VA_ARGS__})
#endif

#define GLUE_(a, b) a##b
#define GLUE(a, b) GLUE_(a, b)

/* Loops over elements that read and write no element twice: what they write may be what they read. */
#define EACH(j, count) _Pragma("GCC ivdep") for (size_t j = 0; j < (count); j++)

/* A row of a matrix, to read or to write. */
#define READ(m, i) ((const REAL *)(m).data + (i) * (m).stride)
#define WRITE(m, i) ((REAL *)(m).data + (i) * (m).stride)

static inline double fold(const double *lane) {
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

/* Rows of a log or a table stand anywhere in memory: they are asked for so many ahead. */
#define AHEAD 16
static inline void prefetch(const void *p) { __builtin_prefetch(p); }

/* Matrices without gaps are one long row. */
static inline void flatten(size_t *n, size_t *width, size_t a, size_t b, size_t c) {
  if (a != *width || b != *width || c != *width) return;
  *width *= *n;
  *n = 1;
}

#define REAL float
#define COUNT int32_t
#define SY_REAL_IS_FLOAT 1
#define REAL_MAX 0x1.fffffep127F
#define ABSOLUTE fabsf
#define F(name) name##_f32
#include "learn/layers/embedding.inc"
#include "learn/layers/join.inc"
#include "learn/layers/activations.inc"
#include "learn/layers/dropout.inc"
#include "learn/layers/sample.inc"
#include "learn/layers/norms.inc"
#include "learn/layers/batch_norm.inc"
#include "learn/layers/mixture.inc"
#include "learn/layers/scale.inc"
#include "learn/layers/narrow.inc"
#undef REAL
#undef COUNT
#undef SY_REAL_IS_FLOAT
#undef REAL_MAX
#undef ABSOLUTE
#undef F

#define REAL double
#define COUNT int64_t
#define SY_REAL_IS_FLOAT 0
#define REAL_MAX 0x1.fffffffffffffp1023
#define ABSOLUTE fabs
#define F(name) name##_f64
#include "learn/layers/embedding.inc"
#include "learn/layers/join.inc"
#include "learn/layers/activations.inc"
#include "learn/layers/dropout.inc"
#include "learn/layers/sample.inc"
#include "learn/layers/norms.inc"
#include "learn/layers/batch_norm.inc"
#include "learn/layers/mixture.inc"
#include "learn/layers/scale.inc"
#include "learn/layers/narrow.inc"
#undef REAL
#undef COUNT
#undef SY_REAL_IS_FLOAT
#undef REAL_MAX
#undef ABSOLUTE
#undef F

#define STRING_(x) #x
#define STRING(x) STRING_(x)

#define KERNELS(T)                                                                                 \
  {                                                                                                \
    .gather = gather_##T, .embed = embed_##T, .embed_bags = embed_bags_##T,                        \
    .collect = collect_##T, .sort_bags = sort_bags_##T, .collect_bags = collect_bags_##T,          \
    .fill = fill_##T, .pass = pass_##T, .column_sums = column_sums_##T, .take = take_##T,          \
    .times = times_##T, .times_back = times_back_##T,                                              \
    .activate = {relu_##T, tanh_##T, sigmoid_##T, gelu_##T, softplus_##T},                         \
    .deactivate = {relu_back_##T, tanh_back_##T, sigmoid_back_##T, gelu_back_##T,                  \
                   softplus_back_##T},                                                             \
    .drop = drop_##T, .sample = sample_##T, .sample_back = sample_back_##T,                        \
    .layer_norm = layer_norm_##T, .layer_norm_back = layer_norm_back_##T,                          \
    .batch_norm = batch_norm_##T, .batch_norm_back = batch_norm_back_##T,                          \
    .l2_normalize = l2_normalize_##T, .l2_normalize_back = l2_normalize_back_##T,                  \
    .shares = shares_##T, .mix = mix_##T, .mix_pulls = mix_pulls_##T,                              \
    .shares_back = shares_back_##T, .scale = scale_##T, .scale_back = scale_back_##T,              \
    .narrow_forward = narrow_forward_##T, .narrow_inputs = narrow_inputs_##T,                      \
    .narrow_weights = narrow_weights_##T,                                                          \
  }

const sy_layer_set GLUE(sy_layers_, SY_SET) = {
    .name = STRING(SY_SET),
    .f32 = KERNELS(f32),
    .f64 = KERNELS(f64),
};
