/*
 * start.c - how parameters start. Each matrix draws from a stream of its own, told by its name: it
 * starts the same whatever other layers there are, and whatever the batch.
 */
#include <math.h>
#include <string.h>

#include "learn/net.h"

uint64_t sy_stream(uint64_t seed, const char *name) {
  uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a of the name, then SplitMix64's mix */
  for (; *name; name++) hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
  hash += seed * UINT64_C(0x9e3779b97f4a7c15);
  hash = (hash ^ (hash >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  hash = (hash ^ (hash >> 27)) * UINT64_C(0x94d049bb133111eb);
  return hash ^ (hash >> 31);
}

static void store(const sy_net *net, const sy_parameter *p, size_t i, double x) {
  if (net->dtype == SY_F32) ((float *)p->data)[i] = (float)x;
  else ((double *)p->data)[i] = x;
}

static void start_constant(const sy_net *net, const sy_parameter *p, double x) {
  for (size_t i = 0; i < p->rows * p->columns; i++) store(net, p, i, x);
}

static void start_uniform(const sy_net *net, const sy_parameter *p, double bound) {
  sy_random random;
  sy_random_seed(&random, sy_stream(net->state.seed, p->name));
  for (size_t i = 0; i < p->rows * p->columns; i++)
    store(net, p, i, bound * (2 * sy_random_uniform(&random) - 1));
}

static void start_normal(const sy_net *net, const sy_parameter *p, double deviation, double most) {
  sy_random random;
  sy_random_seed(&random, sy_stream(net->state.seed, p->name));
  for (size_t i = 0; i < p->rows * p->columns; i++) {
    double x;
    do x = sy_random_normal(&random);
    while (fabs(x) > most);
    store(net, p, i, deviation * x);
  }
}

/* Weights of `inputs` inputs and `outputs` outputs. */
static void start_weights(const sy_net *net, const sy_parameter *p, const sy_layer *l,
                          sy_start start, size_t inputs, size_t outputs) {
  double standard = l->kind == SY_LAYER_EMBEDDING ? 1 : 0.01;
  double deviation = l->deviation > 0 ? l->deviation : standard;
  switch (start) {
    case SY_START_FAN_IN: start_uniform(net, p, 1 / sqrt((double)inputs)); break;
    case SY_START_GLOROT:
      start_uniform(net, p, sqrt(6 / ((double)inputs + (double)outputs)));
      break;
    case SY_START_TRUNCATED: start_normal(net, p, deviation, 2); break;
    case SY_START_ZERO: start_constant(net, p, 0); break;
    default: start_normal(net, p, deviation, HUGE_VAL);
  }
}

/* A table's input is one of its rows at a time; that of a bag may be any of them together. */
static void start_layer(const sy_net *net, const sy_layer *l, const sy_node *node) {
  const sy_parameter *p = net->parameters + node->first_parameter;
  sy_start start = l->start;
  switch (node->kind) {
    case SY_LAYER_EMBEDDING:
      start_weights(net, p, l, start, node->bag == SY_BAG_ONE ? 1 : p->rows, p->columns);
      if (node->parameter_count > 1) start_constant(net, p + 1, 0);
      break;
    case SY_LAYER_DENSE:
      if (start == SY_START_DEFAULT) start = SY_START_FAN_IN;
      start_weights(net, p, l, start, p->columns, p->rows);
      if (node->parameter_count < 2) break;
      if (start == SY_START_FAN_IN) start_uniform(net, p + 1, 1 / sqrt((double)p->columns));
      else start_constant(net, p + 1, 0);
      break;
    default:
      for (size_t j = 0; j < node->parameter_count; j++) {
        const char *what = strrchr(p[j].name, '.') + 1;
        double one = node->kind != SY_LAYER_SCALE || node->slope == SY_SLOPE_FREE ? 1
                     : node->slope == SY_SLOPE_EXP                                ? 0
                                                   : 0.54132485461291810; /* ln(e - 1) */
        int is_one = strcmp(what, "scale") == 0 || strcmp(what, "variance") == 0;
        start_constant(net, p + j, is_one ? one : 0);
      }
  }
}

void sy_net_start(sy_net *net, const sy_plan *plan) {
  for (size_t i = 0; i < plan->count; i++) start_layer(net, &plan->layers[i], &net->nodes[i]);
}
