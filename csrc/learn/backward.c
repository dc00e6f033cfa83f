/*
 * backward.c - from gradients at layers to those of parameters. Layers are gone through from the
 * last; the first that writes a gradient sets it, later ones add, and what none reaches is skipped.
 */
#include <string.h>

#include "learn/net.h"
#include "learn/spread.h"

/* Where a layer's input wants its gradient, or data NULL; *add: whether it has one already. */
static sy_matrix pull_on(sy_net *net, const sy_node *node, size_t input, int *add) {
  sy_node *to = &net->nodes[node->inputs[input]];
  sy_matrix none = {NULL, 0};
  if (!to->carries) return none;
  *add = to->reached;
  to->reached = 1;
  return to->gradient;
}

static void *gradient_of(sy_net *net, const sy_node *node, size_t j) {
  sy_parameter *p = &net->parameters[node->first_parameter + j];
  if (node->frozen) return NULL;
  p->has_gradient = 1;
  return p->gradient;
}

static void sum_columns(const sy_net *net, sy_matrix g, size_t width, void *sums) {
  const size_t step = 512, size = sy_dtype_size(net->dtype);
  const int threads = sy_net_crew(net, net->n, width);
  SY_SPREAD(threads, j, width, step,
            net->kernels->column_sums((sy_matrix){(char *)g.data + j * size, g.stride}, net->n,
                                      sy_span(j, width, step), (char *)sums + j * size));
}

static void backward_dense(sy_net *net, const sy_node *node) {
  const sy_layer_kernels *kernels = net->kernels;
  const sy_node *from = &net->nodes[node->inputs[0]];
  const sy_parameter *p = net->parameters + node->first_parameter;
  sy_matrix g = node->gradient, weights = {gradient_of(net, node, 0), from->width};
  size_t n = net->n, outputs = node->width, inputs = from->width;
  int add = 0, narrow = outputs <= SY_NARROW;
  if (weights.data && narrow)
    kernels->narrow_weights(g, from->value, n, inputs, outputs, weights.data);
  else if (weights.data)
    sy_gemm_weights(net->dtype, net->threads, n, outputs, inputs, g, from->value, 0, weights);
  if (weights.data && node->parameter_count > 1)
    sum_columns(net, g, outputs, gradient_of(net, node, 1));
  sy_matrix d = pull_on(net, node, 0, &add);
  if (d.data && narrow) kernels->narrow_inputs(g, p[0].data, n, inputs, outputs, add, d);
  else if (d.data)
    sy_gemm_inputs(net->dtype, net->threads, n, outputs, inputs, g, sy_parameter_matrix(p), add, d);
}

/* Bags are read again, from arrays that are somebody else's: 0 where they are not what they were. */
static int mark_bags(const sy_net *net, sy_node *node) {
  const sy_ids *ids = &node->ids;
  for (size_t i = 0; i < net->n; i++) {
    int64_t row = net->rows[i];
    int64_t entry = ids->offsets ? ids->offsets[row] : row;
    int64_t end = ids->offsets ? ids->offsets[row + 1] : row + 1;
    if (entry < 0 || end < entry || (uint64_t)end > ids->count) return 0;
    for (; entry < end; entry++) {
      uint64_t found = sy_ids_row(ids, entry);
      if (found >= ids->table) return 0;
      sy_touched_mark_one(&node->touched, found);
    }
  }
  return 1;
}

/* The table's rows go by the batch's: threads share out columns, whose gradients stay in caches. */
static void collect_bags(const sy_net *net, const sy_node *node, size_t touched, void *gradient) {
  const size_t width = node->width, step = width < 256 ? width : 128;
  const size_t size = sy_dtype_size(net->dtype);
  const int threads = sy_net_crew(net, net->n, 16 * width);
  sy_sorted sorted = node->sorted;
  sorted.row = 0;
  sorted.entry = -1;
  while (net->kernels->sort_bags(&node->ids, net->rows, node->touched.slots, touched, net->n,
                                 &sorted)) {
    SY_SPREAD(threads, j, width, step,
              net->kernels->collect_bags(
                  (sy_matrix){(char *)node->gradient.data + j * size, node->gradient.stride},
                  &sorted, touched, sy_span(j, width, step),
                  (sy_matrix){(char *)gradient + j * size, width}));
  }
}

static sy_status backward_embedding(sy_net *net, sy_node *node, sy_error *error) {
  void *gradient = gradient_of(net, node, 0);
  sy_parameter *table = &net->parameters[node->first_parameter];
  sy_touched *touched = &node->touched;
  int good = 1;
  if (!gradient) return SY_OK;
  if (node->parameter_count > 1)
    sum_columns(net, node->gradient, node->width, gradient_of(net, node, 1));
  if (node->bag == SY_BAG_ONE) sy_touched_mark(touched, node->rows, net->n);
  else good = mark_bags(net, node);
  table->touched_count = sy_touched_collect(touched);
  if (!good)
    return sy_fail(error, SY_E_ARGUMENT, "%s: its bags have changed since the forward pass",
                   net->nodes[node->inputs[0]].name);
  memset(gradient, 0, table->touched_count * node->width * sy_dtype_size(net->dtype));
  if (node->bag == SY_BAG_ONE)
    net->kernels->collect(node->gradient, node->rows, touched->slots, net->n, node->width,
                          gradient);
  else collect_bags(net, node, table->touched_count, gradient);
  return SY_OK;
}

static void backward_concat(sy_net *net, const sy_node *node) {
  sy_matrix g = node->gradient;
  for (size_t j = 0; j < node->input_count; j++) {
    sy_node *from = &net->nodes[node->inputs[j]];
    if (from->place == SY_PLACE_WITHIN) {
      from->reached = from->carries;
    } else {
      int add = 0;
      sy_matrix d = pull_on(net, node, j, &add);
      if (d.data) net->kernels->pass(g, net->n, from->width, add, d);
    }
    g.data = (char *)g.data + from->width * sy_dtype_size(net->dtype);
  }
}

static void backward_join(sy_net *net, const sy_node *node) {
  for (size_t j = 0; j < node->input_count; j++) {
    int add = 0;
    sy_matrix d = pull_on(net, node, j, &add);
    if (!d.data) continue;
    if (node->kind == SY_LAYER_ADD) net->kernels->pass(node->gradient, net->n, node->width, add, d);
    else
      net->kernels->times_back(node->parts, node->input_count, j, node->gradient, net->n,
                               node->width, add, d);
  }
}

static void backward_slice(sy_net *net, const sy_node *node) {
  size_t size = sy_dtype_size(net->dtype), width = net->nodes[node->inputs[0]].width;
  int add = 0;
  sy_matrix d = pull_on(net, node, 0, &add);
  if (!d.data) return;
  if (!add)
    for (size_t i = 0; i < net->n; i++)
      memset((char *)d.data + i * d.stride * size, 0, width * size);
  d.data = (char *)d.data + node->offset * size;
  net->kernels->pass(node->gradient, net->n, node->width, add, d);
}

static void backward_mixture(sy_net *net, const sy_node *node) {
  const sy_layer_kernels *kernels = net->kernels;
  size_t n = net->n, experts = node->input_count - 1;
  int wanted = net->nodes[node->inputs[0]].carries;
  for (size_t e = 0; e < experts; e++) {
    int add = 0;
    if (wanted)
      kernels->mix_pulls(net->nodes[node->inputs[e + 1]].value, node->gradient, n, node->width,
                         experts, e, net->pulls);
    sy_matrix d = pull_on(net, node, e + 1, &add);
    if (d.data) kernels->mix(node->saved, experts, e, node->gradient, n, node->width, add, d);
  }
  int add = 0;
  sy_matrix d = pull_on(net, node, 0, &add);
  if (d.data) kernels->shares_back(node->saved, net->pulls, n, experts, add, d);
}

static sy_affine affine_of(sy_net *net, const sy_node *node) {
  sy_affine affine = {NULL, NULL, NULL, NULL};
  const sy_parameter *p = net->parameters + node->first_parameter;
  if (node->parameter_count == 0 || !p[0].gradient) return affine;
  affine.scale = p[0].data;
  affine.offset = p[1].data;
  affine.scale_gradient = gradient_of(net, node, 0);
  affine.offset_gradient = gradient_of(net, node, 1);
  return affine;
}

static void backward_dropout(sy_net *net, const sy_node *node) {
  int add = 0;
  sy_matrix d = pull_on(net, node, 0, &add);
  sy_drop drop = sy_net_drop(net, node);
  if (!d.data) return;
  if (node->training) net->kernels->drop(&drop, node->gradient, net->n, node->width, add, d);
  else if (add || d.data != node->gradient.data)
    net->kernels->pass(node->gradient, net->n, node->width, add, d);
}

/* The mean first: it may be the same layer as the log of the variance. */
static void backward_sample(sy_net *net, const sy_node *node) {
  int add = 0;
  sy_matrix d = pull_on(net, node, 0, &add);
  if (d.data) net->kernels->pass(node->gradient, net->n, node->width, add, d);
  if (!node->training) return;
  d = pull_on(net, node, 1, &add);
  if (d.data) net->kernels->sample_back(node->saved, node->gradient, net->n, node->width, add, d);
}

static void backward_scale(sy_net *net, const sy_node *node) {
  const sy_parameter *p = net->parameters + node->first_parameter;
  void *slope = gradient_of(net, node, 0), *offset = gradient_of(net, node, 1);
  int add = 0;
  sy_matrix d = pull_on(net, node, 0, &add);
  net->kernels->scale_back(net->nodes[node->inputs[0]].value, node->gradient, net->n, node->width,
                           node->slope, p[0].data, slope, offset, net->scratch, add, d);
}

static void backward_norm(sy_net *net, const sy_node *node) {
  const sy_layer_kernels *kernels = net->kernels;
  sy_matrix x = net->nodes[node->inputs[0]].value;
  sy_affine affine = affine_of(net, node);
  int add = 0;
  sy_matrix d = pull_on(net, node, 0, &add);
  if (node->kind == SY_LAYER_LAYER_NORM)
    kernels->layer_norm_back(x, node->gradient, net->n, node->width, affine, node->saved,
                             net->scratch, add, d);
  else
    kernels->batch_norm_back(x, node->gradient, net->n, node->width, affine, node->training,
                             node->saved, net->scratch, add, d);
}

static void backward_activation(sy_net *net, const sy_node *node) {
  sy_deactivate *deactivate = net->kernels->deactivate[node->kind - SY_LAYER_RELU];
  const size_t n = net->n, width = node->width, step = sy_net_block(n, width);
  const int threads = sy_net_crew(net, n, width);
  sy_matrix x = net->nodes[node->inputs[0]].value;
  int add = 0;
  sy_matrix d = pull_on(net, node, 0, &add);
  if (!d.data) return;
  SY_SPREAD(threads, i, n, step,
            deactivate(sy_matrix_from(net, x, i), sy_matrix_from(net, node->value, i),
                       sy_matrix_from(net, node->gradient, i), sy_span(i, n, step), width, add,
                       sy_matrix_from(net, d, i)));
}

static sy_status backward_node(sy_net *net, sy_node *node, sy_error *error) {
  const sy_layer_kernels *kernels = net->kernels;
  int add = 0;
  sy_matrix d;
  switch (node->kind) {
    case SY_LAYER_INPUT:
    case SY_LAYER_IDS:
    case SY_LAYER_STOP_GRADIENT: break;
    case SY_LAYER_EMBEDDING: return backward_embedding(net, node, error);
    case SY_LAYER_DENSE: backward_dense(net, node); break;
    case SY_LAYER_CONCAT: backward_concat(net, node); break;
    case SY_LAYER_ADD:
    case SY_LAYER_MULTIPLY: backward_join(net, node); break;
    case SY_LAYER_SLICE: backward_slice(net, node); break;
    case SY_LAYER_RELU:
    case SY_LAYER_TANH:
    case SY_LAYER_SIGMOID:
    case SY_LAYER_GELU:
    case SY_LAYER_SOFTPLUS: backward_activation(net, node); break;
    case SY_LAYER_BATCH_NORM:
    case SY_LAYER_LAYER_NORM: backward_norm(net, node); break;
    case SY_LAYER_SAMPLE: backward_sample(net, node); break;
    case SY_LAYER_DROPOUT: backward_dropout(net, node); break;
    case SY_LAYER_L2_NORMALIZE:
      d = pull_on(net, node, 0, &add);
      if (d.data)
        kernels->l2_normalize_back(node->value, node->gradient, net->n, node->width, node->number,
                                   node->saved, add, d);
      break;
    case SY_LAYER_MIXTURE: backward_mixture(net, node); break;
    case SY_LAYER_SCALE: backward_scale(net, node); break;
  }
  return SY_OK;
}

static sy_status check_pulls(const sy_net *net, const sy_pull *pulls, size_t count,
                             sy_error *error) {
  if (!net->computed)
    return sy_fail(error, SY_E_ARGUMENT, "backward: no forward pass went before it");
  for (size_t i = 0; i < count; i++) {
    if (pulls[i].layer >= net->layer_count)
      return sy_fail(error, SY_E_ARGUMENT, "backward: there is no layer %zu", pulls[i].layer);
    const sy_node *node = &net->nodes[pulls[i].layer];
    if (node->kind == SY_LAYER_IDS)
      return sy_fail(error, SY_E_ARGUMENT, "backward: ids, such as \"%s\", have no gradient",
                     node->name);
    if (!node->computed)
      return sy_fail(error, SY_E_ARGUMENT,
                     "backward: the last forward pass did not compute layer \"%s\"", node->name);
    if ((!pulls[i].gradient.data && net->n) ||
        (pulls[i].gradient.dtype != SY_F32 && pulls[i].gradient.dtype != SY_F64))
      return sy_fail(error, SY_E_ARGUMENT,
                     "backward: a gradient of f32 or f64 is needed for \"%s\"", node->name);
  }
  return SY_OK;
}

static void forget(sy_net *net) {
  for (size_t i = 0; i < net->layer_count; i++) {
    sy_node *node = &net->nodes[i];
    node->reached = 0;
    for (size_t j = 0; j < node->parameter_count; j++) {
      sy_parameter *p = &net->parameters[node->first_parameter + j];
      if (p->touched_count) sy_touched_forget(&node->touched, p->touched_count);
      p->touched_count = 0;
      p->has_gradient = 0;
    }
  }
}

/*
 * Gradients that come in at a layer. A dense layer only reads its own: the only one is left where it
 * lies, until that layer is done.
 */
static void take_pulls(sy_net *net, size_t layer, const sy_pull *pulls, size_t count) {
  sy_node *node = &net->nodes[layer];
  const sy_pull *only = NULL;
  size_t found = 0;
  for (size_t j = 0; j < count; j++) {
    if (pulls[j].layer != layer) continue;
    only = &pulls[j];
    found++;
  }
  if (found == 1 && !node->reached && node->kind == SY_LAYER_DENSE &&
      only->gradient.dtype == net->dtype) {
    node->gradient = (sy_matrix){(void *)(uintptr_t)only->gradient.data, node->width};
    node->reached = 1;
    return;
  }
  for (size_t j = 0; j < count; j++) {
    if (pulls[j].layer != layer) continue;
    net->kernels->take(pulls[j].gradient, net->n, node->width, node->reached, node->gradient);
    node->reached = 1;
  }
}

sy_status sy_net_backward(sy_net *net, const sy_pull *pulls, size_t count, sy_error *error) {
  sy_status status = check_pulls(net, pulls, count, error);
  if (status != SY_OK) return status;
  int kept = sy_blas_hold(net->threads);
  forget(net);
  for (size_t i = net->layer_count; i-- > 0 && status == SY_OK;) {
    sy_node *node = &net->nodes[i];
    sy_matrix own = node->gradient;
    if (!node->carries) continue;
    take_pulls(net, i, pulls, count);
    if (node->reached) status = backward_node(net, node, error);
    node->gradient = own;
  }
  if (status != SY_OK) forget(net);
  sy_blas_release(kept);
  return status;
}
