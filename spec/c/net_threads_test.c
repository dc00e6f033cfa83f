/*
 * net_threads_test.c - passes and steps that are spread over threads give the bits of one, in every
 * instruction set. Prints "N passed, N failed".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario.h"
#include "steelyard/optimizers.h"

enum { ROWS = 300, ITEMS = 1400, WIDTH = 203, EACH = 41 };

#define INPUTS(...)                                                                                \
  .inputs = (const int32_t[]) { __VA_ARGS__ }
static const sy_layer layers[] = {
    {.name = "items", .kind = SY_LAYER_IDS},
    {.name = "bag",
     .kind = SY_LAYER_EMBEDDING,
     INPUTS(0),
     .input_count = 1,
     .width = WIDTH,
     .rows = ITEMS,
     .bag = SY_BAG_MEAN,
     .bias = 1,
     .start = SY_START_GLOROT},
    {.name = "hidden", .kind = SY_LAYER_TANH, INPUTS(1), .input_count = 1},
    {.name = "dropped", .kind = SY_LAYER_DROPOUT, INPUTS(2), .input_count = 1, .value = 0.3},
    {.name = "gelu", .kind = SY_LAYER_GELU, INPUTS(2), .input_count = 1},
    {.name = "z", .kind = SY_LAYER_SAMPLE, INPUTS(3, 4), .input_count = 2},
    {.name = "scores",
     .kind = SY_LAYER_DENSE,
     INPUTS(5),
     .input_count = 1,
     .width = ITEMS,
     .bias = 1},
};
enum { LAYERS = sizeof layers / sizeof *layers };

static int32_t ids[ROWS * EACH];
static int64_t offsets[ROWS + 1];
static float weights[ROWS * EACH];

/* Rows of quite unequal length. */
static void make_rows(void) {
  for (int64_t i = 0; i < ROWS; i++) {
    int64_t n = i * i % EACH;
    for (int64_t j = 0; j < n; j++) {
      ids[offsets[i] + j] = (int32_t)((i * 31 + j * 17) % ITEMS);
      weights[offsets[i] + j] = 0.25F * (float)(1 + (i + j) % 7);
    }
    offsets[i + 1] = offsets[i] + n;
  }
}

/* All parameters after three steps, as bytes, and the norm of the last. */
static char *train(sy_dtype dtype, const char *cpu, int threads, int lazy, size_t *size) {
  sy_error error = {SY_OK, ""};
  sy_net *net = NULL;
  sy_optimizer *optimizer = NULL;
  size_t bytes = sy_net_bytes(layers, LAYERS, ROWS, dtype, &error), count;
  void *block = aligned_alloc(64, (bytes + 63) / 64 * 64);
  EXPECT(sy_net_init(block, layers, LAYERS, ROWS, dtype, 3, &net, &error) == SY_OK, "%s",
         error.message);
  sy_net_set_threads(net, threads);
  EXPECT(sy_net_set_cpu(net, cpu) == SY_OK, "%s", cpu);
  sy_parameter list[8];
  count = sy_net_parameter_count(net);
  for (size_t i = 0; i < count; i++) sy_net_parameter(net, i, &list[i]);
  sy_optimizer_options options = sy_optimizer_defaults(SY_ADAM);
  options.lazy = lazy;
  options.clip_norm = 0.5;
  bytes = sy_optimizer_bytes(&options, list, count, dtype, &error);
  void *moments = aligned_alloc(64, (bytes + 63) / 64 * 64);
  EXPECT(sy_optimizer_init(moments, &options, list, count, dtype, &optimizer, &error) == SY_OK,
         "%s", error.message);
  sy_optimizer_set_threads(optimizer, threads);
  EXPECT(sy_optimizer_set_cpu(optimizer, cpu) == SY_OK, "%s", cpu);
  double norm = 0;
  for (int step = 0; step < 3; step++) {
    sy_feed feeds[LAYERS] = {{.ids = {ids, SY_I32},
                              .offsets = offsets,
                              .weights = {weights, SY_F32},
                              .rows = ROWS,
                              .id_count = (size_t)offsets[ROWS]}};
    EXPECT(sy_net_forward(net, feeds, NULL, 0, ROWS, 1, &error) == SY_OK, "%s", error.message);
    sy_pull pull = {LAYERS - 1, {sy_net_value(net, LAYERS - 1, NULL, NULL), dtype}};
    EXPECT(sy_net_backward(net, &pull, 1, &error) == SY_OK, "%s", error.message);
    for (size_t i = 0; i < count; i++) sy_net_parameter(net, i, &list[i]);
    EXPECT(sy_optimizer_step(optimizer, list, count, 0.01, &norm, &error) == SY_OK, "%s",
           error.message);
  }
  size_t used = sizeof norm;
  *size = used;
  for (size_t i = 0; i < count; i++) *size += list[i].rows * list[i].columns * sy_dtype_size(dtype);
  char *all = malloc(*size);
  memcpy(all, &norm, sizeof norm);
  for (size_t i = 0; i < count; i++) {
    size_t part = list[i].rows * list[i].columns * sy_dtype_size(dtype);
    memcpy(all + used, list[i].data, part);
    used += part;
  }
  free(block);
  free(moments);
  return all;
}

static void same_bits(sy_dtype dtype, int lazy) {
  SCENARIO("the bits of one thread");
  size_t size;
  char *one = train(dtype, sy_cpu_list()[0], 1, lazy, &size);
  for (const char *const *cpu = sy_cpu_list(); *cpu; cpu++)
    for (int threads = 1; threads <= 3; threads++) {
      char *other = train(dtype, *cpu, threads, lazy, &size);
      EXPECT(memcmp(one, other, size) == 0, "%s, %d threads, lazy %d", *cpu, threads, lazy);
      free(other);
    }
  free(one);
}

int main(void) {
  sy_blas_threads(1);
  make_rows();
  for (int lazy = 0; lazy < 2; lazy++) {
    same_bits(SY_F32, lazy);
    same_bits(SY_F64, lazy);
  }
  end_scenario();
  printf("net_threads_test: %d passed, %d failed\n", passed, failed);
  return failed != 0;
}
