/*
 * forward.c - computing a network's layers in order.
 */
#include "learn/net.h"

static sy_affine affine_of(const sy_net *net, const sy_node *node) {
  sy_affine affine = {NULL, NULL, NULL, NULL};
  const sy_parameter *p = net->parameters + node->first_parameter;
  if (node->parameter_count == 0 || !p[0].gradient) return affine; /* none, or statistics alone */
  affine.scale = p[0].data;
  affine.offset = p[1].data;
  return affine;
}

static void forward_dense(const sy_net *net, const sy_node *node, const sy_node *from) {
  const sy_parameter *p = net->parameters + node->first_parameter;
  int biased = node->parameter_count > 1;
  if (node->width <= SY_NARROW) {
    net->kernels->narrow_forward(from->value, p[0].data, biased ? p[1].data : NULL, net->n,
                                 from->width, node->width, node->value);
    return;
  }
  sy_gemm_forward(net->dtype, net->threads, net->n, node->width, from->width, from->value,
                  sy_parameter_matrix(p), biased ? p[1].data : NULL, node->value);
}

static void forward_bags(const sy_net *net, const sy_node *node, const void *table,
                         const void *bias) {
  const int threads = sy_net_crew(net, net->n, 16 * node->width); /* a bag has some ids */
  const size_t n = net->n, step = 8;
  SY_SPREAD(threads, i, n, step,
            net->kernels->embed_bags(table, bias, &node->ids, net->rows + i, sy_span(i, n, step),
                                     node->width, sy_matrix_from(net, node->value, i)));
}

static void forward_embedding(const sy_net *net, const sy_node *node) {
  const sy_parameter *p = net->parameters + node->first_parameter;
  const void *table = p[0].data, *bias = node->parameter_count > 1 ? p[1].data : NULL;
  if (node->bag == SY_BAG_ONE)
    net->kernels->embed(table, node->rows, net->n, node->width, node->value);
  else forward_bags(net, node, table, bias);
}

static void forward_concat(const sy_net *net, const sy_node *node) {
  char *data = node->value.data;
  for (size_t j = 0; j < node->input_count; j++) {
    const sy_node *from = &net->nodes[node->inputs[j]];
    sy_matrix place = {data, node->value.stride};
    if (from->place != SY_PLACE_WITHIN)
      net->kernels->pass(from->value, net->n, from->width, 0, place);
    data += from->width * sy_dtype_size(net->dtype);
  }
}

/* ADD and MULTIPLY: the first is copied, the others join it. */
static void forward_join(const sy_net *net, const sy_node *node) {
  for (size_t j = 0; j < node->input_count; j++) {
    sy_matrix x = net->nodes[node->inputs[j]].value;
    if (j == 0 || node->kind == SY_LAYER_ADD)
      net->kernels->pass(x, net->n, node->width, j > 0, node->value);
    else net->kernels->times(x, net->n, node->width, node->value);
  }
}

static void forward_mixture(const sy_net *net, const sy_node *node) {
  size_t experts = node->input_count - 1;
  net->kernels->shares(net->nodes[node->inputs[0]].value, net->n, experts, node->saved);
  for (size_t e = 0; e < experts; e++)
    net->kernels->mix(node->saved, experts, e, net->nodes[node->inputs[e + 1]].value, net->n,
                      node->width, e > 0, node->value);
}

static void forward_batch_norm(const sy_net *net, const sy_node *node, sy_matrix x) {
  const sy_parameter *statistics =
      net->parameters + node->first_parameter + node->parameter_count - 2;
  net->kernels->batch_norm(x, net->n, node->width, affine_of(net, node), node->number,
                           node->training, node->momentum, statistics[0].data, statistics[1].data,
                           node->value, node->saved, net->scratch);
}

/* The share that is dropped, of 2^32; each layer and pass has keys of its own. */
sy_drop sy_net_drop(const sy_net *net, const sy_node *node) {
  uint64_t key = node->stream ^ (net->drawn.seed * UINT64_C(0x9e3779b97f4a7c15));
  key += net->drawn.passes * UINT64_C(0xd1342543de82ef95);
  key = (key ^ (key >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  key = (key ^ (key >> 27)) * UINT64_C(0x94d049bb133111eb);
  key ^= key >> 31;
  sy_drop drop = {.key = {(uint32_t)key, (uint32_t)(key >> 32)},
                  .least = (uint32_t)(node->number * 0x1p32),
                  .factor = 1 / (1 - node->number)};
  return drop;
}

static void forward_dropout(const sy_net *net, const sy_node *node, sy_matrix x) {
  sy_drop drop = sy_net_drop(net, node);
  if (node->training) net->kernels->drop(&drop, x, net->n, node->width, 0, node->value);
  else net->kernels->pass(x, net->n, node->width, 0, node->value);
}

static void forward_activation(const sy_net *net, const sy_node *node, sy_matrix x) {
  sy_activate *activate = net->kernels->activate[node->kind - SY_LAYER_RELU];
  const size_t n = net->n, step = sy_net_block(n, node->width);
  const int threads = sy_net_crew(net, n, node->width);
  SY_SPREAD(threads, i, n, step,
            activate(sy_matrix_from(net, x, i), sy_span(i, n, step), node->width,
                     sy_matrix_from(net, node->value, i)));
}

static void forward_sample(const sy_net *net, const sy_node *node) {
  sy_matrix mean = net->nodes[node->inputs[0]].value;
  sy_matrix log_variance = net->nodes[node->inputs[1]].value;
  sy_drop drop = sy_net_drop(net, node);
  const size_t n = net->n, step = sy_net_block(n, node->width);
  const int threads = sy_net_crew(net, n, node->width);
  if (node->training)
    SY_SPREAD(threads, i, n, step,
              net->kernels->sample(&drop, mean, log_variance, i, i + sy_span(i, n, step),
                                   node->width, node->value, node->saved));
  else net->kernels->pass(mean, net->n, node->width, 0, node->value);
}

static void forward_node(const sy_net *net, const sy_node *node) {
  const sy_layer_kernels *kernels = net->kernels;
  const sy_node *from = &net->nodes[node->inputs[0]];
  const sy_parameter *p = net->parameters + node->first_parameter;
  size_t n = net->n, width = node->width;
  switch (node->kind) {
    case SY_LAYER_INPUT:
    case SY_LAYER_IDS: break;
    case SY_LAYER_EMBEDDING: forward_embedding(net, node); break;
    case SY_LAYER_DENSE: forward_dense(net, node, from); break;
    case SY_LAYER_CONCAT: forward_concat(net, node); break;
    case SY_LAYER_ADD:
    case SY_LAYER_MULTIPLY: forward_join(net, node); break;
    case SY_LAYER_SLICE:
    case SY_LAYER_STOP_GRADIENT: {
      sy_matrix x = from->value;
      if (node->place == SY_PLACE_VIEW) break;
      x.data = (char *)x.data + node->offset * sy_dtype_size(net->dtype);
      kernels->pass(x, n, width, 0, node->value);
      break;
    }
    case SY_LAYER_RELU:
    case SY_LAYER_TANH:
    case SY_LAYER_SIGMOID:
    case SY_LAYER_GELU:
    case SY_LAYER_SOFTPLUS: forward_activation(net, node, from->value); break;
    case SY_LAYER_BATCH_NORM: forward_batch_norm(net, node, from->value); break;
    case SY_LAYER_LAYER_NORM:
      kernels->layer_norm(from->value, n, width, affine_of(net, node), node->number, node->value,
                          node->saved);
      break;
    case SY_LAYER_SAMPLE: forward_sample(net, node); break;
    case SY_LAYER_DROPOUT: forward_dropout(net, node, from->value); break;
    case SY_LAYER_L2_NORMALIZE:
      kernels->l2_normalize(from->value, n, width, node->number, node->value, node->saved);
      break;
    case SY_LAYER_MIXTURE: forward_mixture(net, node); break;
    case SY_LAYER_SCALE:
      kernels->scale(from->value, n, width, node->slope, p[0].data, p[1].data, net->scratch,
                     node->value);
      break;
  }
}

static void forget(sy_net *net) {
  net->computed = 0;
  net->n = 0;
  for (size_t i = 0; i < net->layer_count; i++) {
    net->nodes[i].computed = 0;
    net->nodes[i].reached = 0; /* an input's gradient is the last pass' */
  }
}

sy_status sy_net_forward(sy_net *net, const sy_feed *feeds, const int64_t *rows, int64_t base,
                         size_t n, int training, sy_error *error) {
  forget(net);
  sy_status status = sy_net_feed(net, feeds, rows, base, n, error);
  if (status != SY_OK) {
    forget(net);
    return status;
  }
  net->n = n;
  net->computed = 1;
  net->drawn = net->state;
  int kept = sy_blas_hold(net->threads);
  if (training) net->state.passes++;
  for (size_t i = 0; i < net->layer_count; i++) {
    sy_node *node = &net->nodes[i];
    if (!sy_layer_is_source(node->kind)) {
      node->computed = 1;
      for (size_t j = 0; j < node->input_count; j++)
        node->computed &= net->nodes[node->inputs[j]].computed;
    }
    node->training = training != 0;
    if (node->computed) forward_node(net, node);
  }
  sy_blas_release(kept);
  return SY_OK;
}
