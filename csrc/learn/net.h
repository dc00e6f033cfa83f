/*
 * net.h - what a network is inside the library.
 *
 * plan.c lays it out, pass.c runs it; what each kind of layer does stands in layers/, compiled for
 * both types of numbers and for every instruction set.
 */
#ifndef SY_LEARN_NET_H
#define SY_LEARN_NET_H

#include "base/base.h"
#include "steelyard/networks.h"

#define SY_LAYERS_MAX 1024
#define SY_LAYER_KINDS 20

/* Which rows of a table have a gradient: a bit a row, and a bit for each word that is not 0. */
typedef struct sy_table {
  int32_t *slots, *touched;
  uint64_t *rows, *words;
  size_t touched_count;
} sy_table;

typedef struct sy_weight {
  char *name;
  size_t rows, columns;
  void *data, *gradient;
  sy_table *table; /* NULL: all rows have a gradient, or the pass reached none */
  int has_gradient;
  int layer;
  uint64_t statistic; /* 1: no gradient moves it */
} sy_weight;

typedef struct sy_node {
  sy_layer about; /* inputs and name point into the network */
  void *value, *gradient;
  size_t stride;              /* elements between rows of both */
  int root;                   /* the layer whose buffers they are part of: a concat, or itself */
  int needs;                  /* gradients go through here: to parameters, or to a wanted input */
  int computed, has_gradient; /* has_gradient: the root's tells */
  sy_weight *weights[4];
  void *scratch; /* what forward keeps for backward */
  sy_feed feed;  /* of sources */
} sy_node;

typedef struct sy_layers sy_layers;

struct sy_net {
  sy_dtype dtype;
  size_t batch, layer_count, weight_count;
  sy_node *nodes;
  sy_weight *weights;
  const sy_layers *layers;
  sy_net_state state;
  uint64_t pass_seed; /* of the last forward pass */
  size_t n;
  int64_t *rows; /* of the last forward pass, from 0 */
  int64_t base;  /* of the rows as they were given, for messages */
  int training;
};

/* A node's input. */
static inline sy_node *sy_input(const sy_net *net, const sy_node *node, size_t i) {
  return net->nodes + node->about.inputs[i];
}

/* Has the node a gradient, and is its input to get one? */
static inline int sy_reached(const sy_net *net, const sy_node *node) {
  return net->nodes[node->root].has_gradient;
}

/* One kind's passes. forward returns 0, or fills in the error. backward reads node->gradient. */
struct sy_layers {
  const char *name;
  sy_status (*forward[SY_LAYER_KINDS])(sy_net *net, sy_node *node, sy_error *error);
  void (*backward[SY_LAYER_KINDS])(sy_net *net, sy_node *node);
  /* gradient (n x width, contiguous) is added to the node's, or put there. */
  void (*pull_f32)(sy_net *net, sy_node *node, const float *gradient);
  void (*pull_f64)(sy_net *net, sy_node *node, const double *gradient);
  void (*start)(sy_net *net, sy_node *node, uint64_t seed);
};

/* The numbers that a layer keeps for its backward pass, for a batch: in elements and in bytes. */
size_t sy_layer_scratch(const sy_layer *layer, size_t width, size_t input_width, size_t batch);

#endif
