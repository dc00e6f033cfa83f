/*
 * net_sample_test.c - an autoencoder of many items from C: normal numbers out of draws, samples, a
 * bag with a bias, gradients that lie in a layer's own value. Prints "N passed, N failed".
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "learn/layers/normal.h"
#include "scenario.h"
#include "steelyard/networks.h"

/* Quantiles by Python's statistics.NormalDist().inv_cdf((draw + 0.5) / 2**32). */
static void quantiles(void) {
  SCENARIO("normal numbers of draws");
  const struct {
    uint32_t draw;
    double normal;
  } known[] = {
      {0u, -6.3379577545537886},
      {1u, -6.1664295178197488},
      {12345u, -4.5354227620904286},
      {77777777u, -2.0944703684450032},
      {400000000u, -1.3217106672869889},
      {644245094u, -1.0364333893939304},
      {1000000000u, -0.72955655307587386},
      {2147483647u, -2.9180993729166234e-10},
      {2147483648u, 2.9180993729166234e-10},
      {3000000000u, 0.52006806184887622},
      {3650722200u, 1.0364333883953378},
      {4294967295u, 6.3379577545537886},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    double got = sy_normal_of(known[i].draw), wanted = known[i].normal;
    EXPECT(fabs(got - wanted) <= 4e-15 * fabs(wanted), "%u: %.17g, not %.17g", known[i].draw, got,
           wanted);
  }
  for (uint32_t draw = 0; draw < 4000000000u; draw += 39999989u) {
    double one = sy_normal_of(draw), next = sy_normal_of(draw + 1000000u);
    EXPECT(one < next, "falls at %u", draw);
    EXPECT(sy_normal_of(UINT32_MAX - draw) == -one, "is not even at %u", draw);
  }
}

/* A bag of 5 items, hidden 3, mean and log of variance of 2, a sample, scores of 5 items. */
static const sy_layer layers[] = {
    {.name = "items", .kind = SY_LAYER_IDS},
    {.name = "bag",
     .kind = SY_LAYER_EMBEDDING,
     .inputs = (const int32_t[]){0},
     .input_count = 1,
     .width = 3,
     .rows = 5,
     .bag = SY_BAG_SUM,
     .bias = 1,
     .start = SY_START_GLOROT},
    {.name = "hidden", .kind = SY_LAYER_TANH, .inputs = (const int32_t[]){1}, .input_count = 1},
    {.name = "code",
     .kind = SY_LAYER_DENSE,
     .inputs = (const int32_t[]){2},
     .input_count = 1,
     .width = 4,
     .bias = 1},
    {.name = "mean",
     .kind = SY_LAYER_SLICE,
     .inputs = (const int32_t[]){3},
     .input_count = 1,
     .width = 2},
    {.name = "log_variance",
     .kind = SY_LAYER_SLICE,
     .inputs = (const int32_t[]){3},
     .input_count = 1,
     .width = 2,
     .offset = 2},
    {.name = "z", .kind = SY_LAYER_SAMPLE, .inputs = (const int32_t[]){4, 5}, .input_count = 2},
    {.name = "scores",
     .kind = SY_LAYER_DENSE,
     .inputs = (const int32_t[]){6},
     .input_count = 1,
     .width = 12,
     .bias = 1},
};
enum { LAYERS = sizeof layers / sizeof *layers, SCORES = LAYERS - 1, ROWS = 3 };

static const int32_t ids[] = {0, 2, 4, 1, 3};
static const int64_t offsets[] = {0, 3, 3, 5};

static sy_net *new_net(sy_dtype dtype, void **block, size_t *bytes) {
  sy_net *net = NULL;
  sy_error error = {SY_OK, ""};
  *bytes = sy_net_bytes(layers, LAYERS, ROWS, dtype, &error);
  EXPECT(*bytes > 0, "%s", error.message);
  size_t whole = (*bytes + 63) / 64 * 64 + 64;
  *block = aligned_alloc(64, whole);
  memset(*block, 0x5a, whole);
  EXPECT(sy_net_init(*block, layers, LAYERS, ROWS, dtype, 5, &net, &error) == SY_OK, "%s",
         error.message);
  return net;
}

static void forward(sy_net *net, int training) {
  sy_error error = {SY_OK, ""};
  sy_feed feeds[LAYERS] = {{.ids = {ids, SY_I32}, .offsets = offsets, .rows = ROWS, .id_count = 5}};
  EXPECT(sy_net_forward(net, feeds, NULL, 0, ROWS, training, &error) == SY_OK, "%s", error.message);
}

static void samples(void) {
  SCENARIO("samples");
  void *block;
  size_t bytes, stride = 0, n = 0;
  sy_net *net = new_net(SY_F64, &block, &bytes);
  forward(net, 0);
  const double *mean = sy_net_value(net, 4, &stride, &n), *z = sy_net_value(net, 6, NULL, NULL);
  EXPECT(stride == 4 && n == ROWS, "%zu, %zu", stride, n);
  EXPECT(z[2] == mean[stride] && z[3] == mean[stride + 1], "not the mean");
  double before[2] = {z[0], z[1]}, pull[ROWS * 2] = {1, 2, 3, 4, 5, 6};
  sy_pull pulls = {6, sy_f64(pull)};
  sy_error error = {SY_OK, ""};
  EXPECT(sy_net_backward(net, &pulls, 1, &error) == SY_OK, "%s", error.message);
  sy_parameter bias;
  sy_net_parameter(net, 3, &bias); /* of "code" */
  const double *slope = bias.gradient;
  EXPECT(slope[0] == 9 && slope[1] == 12 && slope[2] == 0 && slope[3] == 0, "%s", bias.name);
  forward(net, 1);
  EXPECT(z[0] != before[0] && z[1] != before[1], "nothing was drawn");
  EXPECT(sy_net_get_state(net).passes == 1, "passes");
  EXPECT(sy_net_backward(net, &pulls, 1, &error) == SY_OK, "%s", error.message);
  double wanted = 0;
  for (size_t i = 0; i < ROWS; i++) wanted += pull[2 * i] * (z[2 * i] - mean[stride * i]) / 2;
  EXPECT(fabs(slope[2] - wanted) < 1e-12, "%g is not %g", slope[2], wanted);
  EXPECT(*((char *)block + bytes) == 0x5a, "written past the block");
  free(block);
}

static void bags(void) {
  SCENARIO("a bag's bias");
  void *block;
  size_t bytes;
  sy_net *net = new_net(SY_F32, &block, &bytes);
  sy_parameter table, bias;
  sy_net_parameter(net, 0, &table);
  sy_net_parameter(net, 1, &bias);
  EXPECT(strcmp(bias.name, "bag.bias") == 0 && bias.rows == 1 && bias.columns == 3 && !bias.slots,
         "%s", bias.name);
  float *b = bias.data;
  for (int j = 0; j < 3; j++) b[j] = (float)j;
  forward(net, 0);
  const float *w = table.data, *y = sy_net_value(net, 1, NULL, NULL);
  for (int j = 0; j < 3; j++) {
    EXPECT(y[3 + j] == b[j], "an empty bag");
    EXPECT(y[j] == ((b[j] + w[j]) + w[6 + j]) + w[12 + j], "a bag of three");
  }
  sy_layer one[] = {layers[0], layers[1]};
  one[1].bag = SY_BAG_ONE;
  sy_error error = {SY_OK, ""};
  EXPECT(sy_net_bytes(one, 2, 3, SY_F32, &error) == 0 && strstr(error.message, "is for bags"), "%s",
         error.message);
  free(block);
}

/* More entries than are sorted at a time: the sums are those of going from entry to entry. */
static void long_bags(void) {
  SCENARIO("long bags");
  enum { BAGS = 3, LONG = 1000, TABLE = 5, WIDTH = 3 };
  static int32_t many[LONG];
  static float weights[LONG];
  const int64_t ends[BAGS + 1] = {0, 700, 700, LONG};
  for (int i = 0; i < LONG; i++) many[i] = i * i % 7 % TABLE;
  for (int i = 0; i < LONG; i++) weights[i] = (float)(1 + i % 3);
  for (int mean = 0; mean < 2; mean++) {
    sy_layer two[] = {layers[0], layers[1]};
    two[1].bag = mean ? SY_BAG_MEAN : SY_BAG_SUM;
    sy_error error = {SY_OK, ""};
    sy_net *net = NULL;
    size_t bytes = sy_net_bytes(two, 2, BAGS, SY_F64, &error);
    void *block = aligned_alloc(64, (bytes + 63) / 64 * 64);
    EXPECT(sy_net_init(block, two, 2, BAGS, SY_F64, 1, &net, &error) == SY_OK, "%s", error.message);
    sy_feed feeds[2] = {{.ids = {many, SY_I32},
                         .offsets = ends,
                         .weights = {weights, SY_F32},
                         .rows = BAGS,
                         .id_count = LONG}};
    EXPECT(sy_net_forward(net, feeds, NULL, 0, BAGS, 1, &error) == SY_OK, "%s", error.message);
    double pull[BAGS * WIDTH], wanted[TABLE][WIDTH] = {{0}};
    for (int i = 0; i < BAGS * WIDTH; i++) pull[i] = 0.1 * (i + 1);
    for (int i = 0; i < BAGS; i++) {
      double total = 0;
      for (int64_t e = ends[i]; e < ends[i + 1]; e++) total += (double)weights[e];
      for (int64_t e = ends[i]; e < ends[i + 1]; e++)
        for (int j = 0; j < WIDTH; j++)
          wanted[many[e]][j] += (double)weights[e] / (mean ? total : 1) * pull[i * WIDTH + j];
    }
    sy_pull pulls = {1, sy_f64(pull)};
    EXPECT(sy_net_backward(net, &pulls, 1, &error) == SY_OK, "%s", error.message);
    sy_parameter table;
    sy_net_parameter(net, 0, &table);
    EXPECT(table.touched_count == 4, "%zu rows", table.touched_count); /* no square is 3 mod 7 */
    for (size_t i = 0; i < table.touched_count; i++)
      EXPECT(memcmp((double *)table.gradient + i * WIDTH, wanted[table.touched[i]],
                    sizeof wanted[0]) == 0,
             "row %d, mean %d", table.touched[i], mean);
    free(block);
  }
}

int main(void) {
  quantiles();
  samples();
  bags();
  long_bags();
  end_scenario();
  printf("net_sample_test: %d passed, %d failed\n", passed, failed);
  return failed != 0;
}
