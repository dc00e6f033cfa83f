/*
 * net_test.c - networks from C: sizes, everything that is refused, guard bytes around the block, a
 * training loop. That layers are right is spec/net's matter. Prints "N passed, N failed".
 *
 *   cc -Icsrc spec/c/net_test.c build/lib/libsteelyard_learn.a build/lib/libsteelyard.a -lopenblas ...
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario.h"
#include "steelyard/networks.h"

static const int32_t one[] = {0}, two[] = {1}, three[] = {2}, both[] = {1, 2};

/* ids -> table, x -> dense, both joined, tanh, a head of one output */
static const sy_layer mixed[] = {
    {.name = "id", .kind = SY_LAYER_IDS},
    {.name = "table",
     .kind = SY_LAYER_EMBEDDING,
     .inputs = one,
     .input_count = 1,
     .width = 3,
     .rows = 7},
    {.name = "x", .kind = SY_LAYER_INPUT, .width = 2, .wants_gradient = 1},
    {.name = "both", .kind = SY_LAYER_CONCAT, .inputs = both, .input_count = 2},
    {.name = "out",
     .kind = SY_LAYER_DENSE,
     .inputs = (const int32_t[]){3},
     .input_count = 1,
     .width = 2,
     .bias = 1,
     .rate = 0.5,
     .l2 = 0.25},
};
enum { MIXED = sizeof mixed / sizeof *mixed };

static void *new_block(size_t bytes) {
  char *block = aligned_alloc(64, (bytes + 63) / 64 * 64 + 64);
  memset(block, 0x5a, (bytes + 63) / 64 * 64 + 64);
  return block;
}

static int guard_is_whole(const char *block, size_t bytes) {
  for (size_t i = bytes; i < (bytes + 63) / 64 * 64 + 64; i++)
    if (block[i] != 0x5a) return 0;
  return 1;
}

static sy_net *new_net(const sy_layer *layers, size_t count, size_t batch, sy_dtype dtype,
                       void **block, size_t *bytes) {
  sy_net *net = NULL;
  sy_error error = {SY_OK, ""};
  *bytes = sy_net_bytes(layers, count, batch, dtype, &error);
  EXPECT(*bytes > 0, "%s", error.message);
  *block = new_block(*bytes);
  EXPECT(sy_net_init(*block, layers, count, batch, dtype, 11, &net, &error) == SY_OK, "%s",
         error.message);
  return net;
}

/* ---------------------------------------------------------------------------- looking -------- */

static void looks(void) {
  SCENARIO("what a network tells of itself");
  void *block;
  size_t bytes, stride = 0, n = 0;
  sy_net *net = new_net(mixed, MIXED, 5, SY_F64, &block, &bytes);
  EXPECT(sy_net_layer_count(net) == MIXED && sy_net_batch(net) == 5, "counts");
  EXPECT(sy_net_dtype(net) == SY_F64, "dtype");
  EXPECT(sy_net_find(net, "both") == 3 && sy_net_find(net, "non") == -1, "find");
  EXPECT(strcmp(sy_net_layer_name(net, 4), "out") == 0 && !sy_net_layer_name(net, 5), "names");
  EXPECT(sy_net_width(net, 3) == 5 && sy_net_width(net, 0) == 0 && sy_net_width(net, 9) == 0,
         "widths");
  EXPECT(sy_net_kind(net, 3) == SY_LAYER_CONCAT, "kinds");
  EXPECT(sy_net_parameter_count(net) == 3, "parameters");
  sy_parameter p;
  sy_net_parameter(net, 0, &p);
  EXPECT(strcmp(p.name, "table.weight") == 0 && p.rows == 7 && p.columns == 3 && p.slots, "table");
  EXPECT(p.rate == 1 && p.l2 == 0 && !p.has_gradient && p.touched_count == 0, "table");
  for (size_t i = 0; i < p.rows; i++) EXPECT(p.slots[i] == -1, "slot %zu", i);
  sy_net_parameter(net, 2, &p);
  EXPECT(strcmp(p.name, "out.bias") == 0 && p.rows == 1 && p.columns == 2 && !p.slots, "bias");
  EXPECT(p.rate == 0.5 && p.l2 == 0.25 && p.gradient && !p.frozen, "bias");
  EXPECT(!sy_net_value(net, 2, &stride, &n) && !sy_net_value(net, 99, &stride, &n), "no value");
  EXPECT(!sy_net_input_gradient(net, 2, &stride), "no gradient");
  EXPECT(!sy_net_input_gradient(net, 99, &stride), "no such layer");
  EXPECT(sy_net_set_cpu(net, "abacus") == SY_E_UNSUPPORTED, "no such set");
  for (const char *const *cpu = sy_cpu_list(); *cpu; cpu++)
    EXPECT(sy_net_set_cpu(net, *cpu) == SY_OK && strcmp(sy_net_cpu(net), *cpu) == 0, "%s", *cpu);
  EXPECT(strlen(sy_blas_name()) > 0, "a name");
  EXPECT(guard_is_whole(block, bytes), "written past the block");
  free(block);
}

/* ---------------------------------------------------------------------------- refused -------- */

static void refused(sy_status status, sy_status expected, const sy_error *error, const char *text) {
  EXPECT(status == expected && error->status == expected, "status %d", status);
  EXPECT(strcmp(error->message, text) == 0, "%s", error->message);
}

static void refused_plan(const sy_layer *layers, size_t count, const char *text) {
  char block[64];
  sy_error error = {SY_OK, ""};
  sy_net *net = NULL;
  SCENARIO("refused: %s", text);
  EXPECT(sy_net_bytes(layers, count, 4, SY_F32, &error) == 0, "bytes");
  EXPECT(strcmp(error.message, text) == 0, "%s", error.message);
  refused(sy_net_init(block, layers, count, 4, SY_F32, 1, &net, &error), SY_E_ARGUMENT, &error,
          text);
  EXPECT(!net, "made");
}

static void plans(void) {
  sy_layer l[3] = {{.name = "x", .kind = SY_LAYER_INPUT, .width = 2},
                   {.name = "r", .kind = SY_LAYER_RELU, .inputs = one, .input_count = 1}};
  refused_plan(l, 0, "layers: there are none");
  l[1].inputs = two;
  refused_plan(l, 2, "layer \"r\": its input 0 is not a layer before it");
  l[1].inputs = (const int32_t[]){-1};
  refused_plan(l, 2, "layer \"r\": its input 0 is not a layer before it");
  l[1].inputs = NULL;
  refused_plan(l, 2, "layer \"r\": its input 0 is not a layer before it");
  l[1].inputs = one;
  l[1].kind = (sy_layer_kind)99;
  refused_plan(l, 2, "layer \"r\": no kind of layer is number 99");
  l[1].kind = SY_LAYER_RELU;
  l[1].name = NULL;
  refused_plan(l, 2, "layer 1: a name is needed");
  l[1].name = "";
  refused_plan(l, 2, "layer 1: a name is needed");
  l[1].name = "x";
  refused_plan(l, 2, "layer \"x\": two layers have this name");
  l[1].name = "r";
  l[1].width = 3;
  refused_plan(l, 2, "layer \"r\": its width is 2, as its inputs say, and not 3");
  l[1].width = 0;
  l[1].epsilon = NAN;
  refused_plan(l, 2, "layer \"r\": epsilon nan is not a number from 0 up");
  l[1].epsilon = 0;
  l[1].bag = (sy_bag)7;
  refused_plan(l, 2, "layer \"r\": unknown bag, slope or start");

  SCENARIO("refused: too large, of other types, not aligned");
  sy_error error = {SY_OK, ""};
  sy_net *net = NULL;
  static char block[1 << 16] __attribute__((aligned(64)));
  EXPECT(sy_net_bytes(mixed, MIXED, 4, SY_I32, &error) == 0, "integers");
  EXPECT(sy_net_bytes(mixed, MIXED, 0, SY_F32, &error) == 0, "no batch");
  EXPECT(sy_net_bytes(mixed, MIXED, SIZE_MAX, SY_F32, &error) == 0, "all rows that there are");
  EXPECT(error.status == SY_E_LIMIT, "limit");
  refused(sy_net_init(block + 1, mixed, MIXED, 4, SY_F32, 1, &net, &error), SY_E_ARGUMENT, &error,
          "block: memory that is aligned to 64 bytes is needed");
  refused(sy_net_init(NULL, mixed, MIXED, 4, SY_F32, 1, &net, &error), SY_E_ARGUMENT, &error,
          "block: memory that is aligned to 64 bytes is needed");
  EXPECT(sy_net_init(block, mixed, MIXED, 4, SY_F32, 1, &net, NULL) == SY_OK, "fine");
  EXPECT(sy_net_init(block, mixed, 0, 4, SY_F32, 1, &net, NULL) == SY_E_ARGUMENT, "no error");
}

static void passes(void) {
  SCENARIO("passes that are refused");
  void *block;
  size_t bytes, n = 7;
  sy_net *net = new_net(mixed, MIXED, 5, SY_F64, &block, &bytes);
  sy_error error = {SY_OK, ""};
  double x[] = {1, 2, 3, 4, 5, 6}, g[] = {1, 2, 3, 4};
  int64_t ids[] = {0, 6, 3}, rows[] = {2, 0};
  sy_feed feeds[MIXED] = {{.ids = {ids, SY_I64}, .rows = 3}, {.rows = 0}, {.rows = 0}};
  feeds[2] = (sy_feed){.numbers = sy_f64(x), .rows = 3};
  sy_pull pull = {4, sy_f64(g)};
  refused(sy_net_backward(net, &pull, 1, &error), SY_E_ARGUMENT, &error,
          "backward: no forward pass went before it");
  EXPECT(sy_net_forward(net, feeds, rows, 0, 2, 1, &error) == SY_OK, "%s", error.message);
  EXPECT(sy_net_value(net, 4, NULL, &n) && n == 2, "%zu rows", n);
  EXPECT(((const double *)sy_net_value(net, 2, NULL, NULL))[0] == 5, "row 2 first");
  pull.layer = 5;
  refused(sy_net_backward(net, &pull, 1, &error), SY_E_ARGUMENT, &error,
          "backward: there is no layer 5");
  pull.layer = 4;
  pull.gradient.data = NULL;
  refused(sy_net_backward(net, &pull, 1, &error), SY_E_ARGUMENT, &error,
          "backward: a gradient of f32 or f64 is needed for \"out\"");
  feeds[0].ids.dtype = SY_F64;
  refused(sy_net_forward(net, feeds, rows, 0, 2, 1, &error), SY_E_ARGUMENT, &error,
          "id: ids of i32 or i64 are needed");
  EXPECT(!sy_net_value(net, 4, NULL, NULL), "values after a failure");
  feeds[0].ids.dtype = SY_I64;
  feeds[2].numbers.dtype = SY_I32;
  refused(sy_net_forward(net, feeds, rows, 0, 2, 1, &error), SY_E_ARGUMENT, &error,
          "x: numbers of f32 or f64 are needed");
  feeds[2].numbers.dtype = SY_F64;
  ids[2] = -1;
  refused(sy_net_forward(net, feeds, rows, 0, 2, 1, &error), SY_E_ARGUMENT, &error,
          "id: row 2: id -1 is not in the table of table (0 to 6)");
  ids[2] = 7;
  refused(sy_net_forward(net, feeds, NULL, 0, 3, 1, &error), SY_E_ARGUMENT, &error,
          "id: row 2: id 7 is not in the table of table (0 to 6)");
  refused(sy_net_forward(net, feeds, NULL, 0, 4, 1, &error), SY_E_ARGUMENT, &error,
          "id: row 3 is not one of its 3 rows");
  EXPECT(guard_is_whole(block, bytes), "written past the block");
  free(block);
}

/* ---------------------------------------------------------------------------- a table -------- */

static void sparse(void) {
  SCENARIO("the gradient of a table is of the rows that the batch touches");
  void *block;
  size_t bytes, stride = 0;
  sy_net *net = new_net(mixed, MIXED, 6, SY_F32, &block, &bytes);
  sy_error error = {SY_OK, ""};
  float x[12] = {0};
  int32_t ids[] = {9, 5, 9, 3, 9, 5};
  double g[18];
  sy_parameter p;
  for (int i = 0; i < 18; i++) g[i] = i + 1;
  sy_feed feeds[MIXED] = {{.ids = {ids, SY_I32}, .base = 3, .rows = 6}};
  feeds[2] = (sy_feed){.numbers = sy_f32(x), .rows = 6};
  EXPECT(sy_net_forward(net, feeds, NULL, 0, 6, 1, &error) == SY_OK, "%s", error.message);
  sy_pull pulls[2] = {{1, sy_f64(g)}, {1, sy_f64(g)}};
  EXPECT(sy_net_backward(net, pulls, 2, &error) == SY_OK, "%s", error.message);
  sy_net_parameter(net, 0, &p);
  EXPECT(p.has_gradient && p.touched_count == 3, "%zu rows", p.touched_count);
  const int32_t rows[] = {0, 2, 6}, slots[] = {0, -1, 1, -1, -1, -1, 2};
  EXPECT(memcmp(p.touched, rows, sizeof rows) == 0, "rows");
  EXPECT(memcmp(p.slots, slots, sizeof slots) == 0, "slots");
  const float *d = p.gradient;
  EXPECT(d[0] == 20 && d[3] == 2 * (4 + 16) && d[6] == 2 * (1 + 7 + 13), "of rows");
  sy_net_parameter(net, 1, &p);
  EXPECT(!p.has_gradient, "above the gradient");
  EXPECT(!sy_net_input_gradient(net, 2, &stride), "beside the gradient");
  EXPECT(sy_net_backward(net, NULL, 0, &error) == SY_OK, "%s", error.message);
  sy_net_parameter(net, 0, &p);
  EXPECT(!p.has_gradient && p.touched_count == 0 && p.slots[0] == -1, "forgotten");
  EXPECT(guard_is_whole(block, bytes), "written past the block");
  EXPECT(sy_net_hash(0, 1000) == (size_t)(UINT64_C(0xe220a839) * 1000 >> 32), "hash");
  free(block);
}

/* ------------------------------------------------------------------------------- XOR --------- */

static double train_step(sy_net *net, const sy_feed *feeds, const float *labels, double rate) {
  sy_error error = {SY_OK, ""};
  float slope[4];
  double loss = 0;
  EXPECT(sy_net_forward(net, feeds, NULL, 0, 4, 1, &error) == SY_OK, "%s", error.message);
  const float *out = sy_net_value(net, 3, NULL, NULL);
  for (int i = 0; i < 4; i++) {
    slope[i] = out[i] - labels[i];
    loss += (double)slope[i] * (double)slope[i];
  }
  sy_pull pull = {3, sy_f32(slope)};
  EXPECT(sy_net_backward(net, &pull, 1, &error) == SY_OK, "%s", error.message);
  for (size_t i = 0; i < sy_net_parameter_count(net); i++) {
    sy_parameter p;
    sy_net_parameter(net, i, &p);
    EXPECT(p.has_gradient, "%s", p.name);
    for (size_t k = 0; k < p.rows * p.columns; k++)
      ((float *)p.data)[k] -= (float)(rate * (double)((const float *)p.gradient)[k]);
  }
  return loss;
}

static void exclusive_or(void) {
  SCENARIO("exclusive or is learned");
  const sy_layer layers[] = {
      {.name = "x", .kind = SY_LAYER_INPUT, .width = 2},
      {.name = "hidden",
       .kind = SY_LAYER_DENSE,
       .inputs = one,
       .input_count = 1,
       .width = 16,
       .bias = 1},
      {.name = "tanh", .kind = SY_LAYER_TANH, .inputs = two, .input_count = 1},
      {.name = "out",
       .kind = SY_LAYER_DENSE,
       .inputs = three,
       .input_count = 1,
       .width = 1,
       .bias = 1},
  };
  void *block;
  size_t bytes;
  const float x[] = {0, 0, 0, 1, 1, 0, 1, 1}, labels[] = {0, 1, 1, 0};
  sy_net *net = new_net(layers, 4, 4, SY_F32, &block, &bytes);
  sy_feed feeds[4] = {{.numbers = sy_f32(x), .rows = 4}};
  double loss = 0;
  for (int step = 0; step < 1000; step++) loss = train_step(net, feeds, labels, 0.1);
  EXPECT(loss < 1e-4, "%g", loss);
  EXPECT(sy_net_get_state(net).passes == 1000, "passes");
  EXPECT(guard_is_whole(block, bytes), "written past the block");
  free(block);
}

int main(void) {
  looks();
  plans();
  passes();
  sparse();
  exclusive_or();
  end_scenario();
  printf("net_test: %d passed, %d failed\n", passed, failed);
  return failed != 0;
}
