/*
 * pass.c - forward and backward over a network's layers, and what is told of it.
 */
#include <string.h>

#include "learn/net.h"

size_t sy_net_layer_count(const sy_net *net) { return net->layer_count; }
const char *sy_net_layer_name(const sy_net *net, size_t layer) {
  return net->nodes[layer].about.name;
}
sy_layer_kind sy_net_kind(const sy_net *net, size_t layer) { return net->nodes[layer].about.kind; }
size_t sy_net_width(const sy_net *net, size_t layer) { return net->nodes[layer].about.width; }
size_t sy_net_batch(const sy_net *net) { return net->batch; }
sy_dtype sy_net_dtype(const sy_net *net) { return net->dtype; }

ptrdiff_t sy_net_find(const sy_net *net, const char *name) {
  for (size_t i = 0; i < net->layer_count; i++)
    if (strcmp(net->nodes[i].about.name, name) == 0) return (ptrdiff_t)i;
  return -1;
}

/* ------------------------------------------------------------------------------------- passes -- */

static int is_source(const sy_node *node) {
  return node->about.kind == SY_LAYER_INPUT || node->about.kind == SY_LAYER_IDS;
}

static int is_fed(const sy_feed *feed) { return feed->numbers.data || feed->ids.data; }

/* Are all layers there that a node reads? */
static int is_ready(const sy_net *net, const sy_node *node) {
  for (size_t j = 0; j < node->about.input_count; j++)
    if (!sy_input(net, node, j)->computed) return 0;
  return 1;
}

static sy_status check_feed(const sy_net *net, const sy_node *node, const sy_feed *feed,
                            sy_error *error) {
  const char *name = node->about.name;
  int is_ids = node->about.kind == SY_LAYER_IDS;
  sy_dtype type = is_ids ? feed->ids.dtype : feed->numbers.dtype;
  int fits = is_ids ? feed->ids.data && (type == SY_I32 || type == SY_I64)
                    : feed->numbers.data && (type == SY_F32 || type == SY_F64);
  if (!fits)
    return sy_fail(error, SY_E_ARGUMENT, "%s: it takes %s", name,
                   is_ids ? "ids, of i32 or i64" : "numbers, of f32 or f64");
  for (size_t i = 0; i < net->n; i++)
    if (net->rows[i] < 0 || (uint64_t)net->rows[i] >= feed->rows)
      return sy_fail(error, SY_E_ARGUMENT, "%s: there is no row %lld, but %zu of them", name,
                     (long long)(net->rows[i] + net->base), feed->rows);
  return SY_OK;
}

sy_status sy_net_forward(sy_net *net, const sy_feed *feeds, const int64_t *rows, int64_t base,
                         size_t n, int training, sy_error *error) {
  sy_status status = SY_OK;
  if (n > net->batch)
    return sy_fail(error, SY_E_ARGUMENT, "%zu rows, where the network takes %zu at a time", n,
                   net->batch);
  for (size_t i = 0; i < n; i++) net->rows[i] = rows ? rows[i] - base : (int64_t)i;
  net->n = n, net->training = training, net->base = base;
  net->pass_seed = net->state.seed ^ (net->state.passes * UINT64_C(0xd1342543de82ef95));
  if (training) net->state.passes++;
  for (size_t i = 0; i < net->layer_count; i++)
    net->nodes[i].computed = net->nodes[i].has_gradient = 0;
  for (size_t i = 0; i < net->layer_count && !status; i++) {
    sy_node *node = net->nodes + i;
    if (is_source(node)) {
      if (!is_fed(feeds + i)) continue;
      if ((status = check_feed(net, node, feeds + i, error))) break;
      node->feed = feeds[i];
    } else if (!is_ready(net, node)) {
      continue;
    }
    status = net->layers->forward[node->about.kind](net, node, error);
    node->computed = !status;
  }
  if (status) /* half a pass is none */
    for (size_t i = 0; i < net->layer_count; i++) net->nodes[i].computed = 0;
  return status;
}

const void *sy_net_value(const sy_net *net, size_t layer, size_t *stride, size_t *n) {
  const sy_node *node = net->nodes + layer;
  *stride = node->stride, *n = net->n;
  return node->computed && node->about.kind != SY_LAYER_IDS ? node->value : NULL;
}

/* Forget the rows that a table's gradient has. */
static void clear_table(sy_table *table) {
  for (size_t i = 0; i < table->touched_count; i++) table->slots[table->touched[i]] = -1;
  table->touched_count = 0;
}

static sy_status check_pulls(const sy_net *net, const sy_pull *pulls, size_t count,
                             sy_error *error) {
  for (size_t i = 0; i < count; i++) {
    if (pulls[i].layer >= net->layer_count)
      return sy_fail(error, SY_E_ARGUMENT, "there is no layer %zu", pulls[i].layer);
    const sy_node *node = net->nodes + pulls[i].layer;
    if (!node->computed || node->about.kind == SY_LAYER_IDS)
      return sy_fail(error, SY_E_ARGUMENT, "%s: the last forward pass did not compute it",
                     node->about.name);
    if (pulls[i].gradient.dtype != SY_F32 && pulls[i].gradient.dtype != SY_F64)
      return sy_fail(error, SY_E_ARGUMENT, "%s: a gradient is of f32 or f64", node->about.name);
  }
  return SY_OK;
}

sy_status sy_net_backward(sy_net *net, const sy_pull *pulls, size_t count, sy_error *error) {
  sy_status status = check_pulls(net, pulls, count, error);
  if (status) return status;
  for (size_t i = 0; i < net->layer_count; i++) net->nodes[i].has_gradient = 0;
  for (size_t w = 0; w < net->weight_count; w++) {
    net->weights[w].has_gradient = 0;
    if (net->weights[w].table) clear_table(net->weights[w].table);
  }
  for (size_t i = 0; i < count; i++) {
    sy_node *node = net->nodes + pulls[i].layer;
    if (!node->needs) continue;
    if (pulls[i].gradient.dtype == SY_F32) net->layers->pull_f32(net, node, pulls[i].gradient.data);
    else net->layers->pull_f64(net, node, pulls[i].gradient.data);
  }
  for (size_t i = net->layer_count; i-- > 0;) {
    sy_node *node = net->nodes + i;
    if (node->computed && node->needs && node->about.kind != SY_LAYER_IDS && sy_reached(net, node))
      net->layers->backward[node->about.kind](net, node);
  }
  return SY_OK;
}

const void *sy_net_input_gradient(const sy_net *net, size_t layer, size_t *stride) {
  const sy_node *node = net->nodes + layer;
  *stride = node->stride;
  return node->computed && node->about.kind == SY_LAYER_INPUT && node->about.wants_gradient &&
                 sy_reached(net, node)
             ? node->gradient
             : NULL;
}

/* --------------------------------------------------------------------------------- parameters -- */

size_t sy_net_parameter_count(const sy_net *net) { return net->weight_count; }

void sy_net_parameter(const sy_net *net, size_t parameter, sy_parameter *result) {
  const sy_weight *w = net->weights + parameter;
  const sy_layer *layer = &net->nodes[w->layer].about;
  *result = (sy_parameter){.name = w->name,
                           .rows = w->rows,
                           .columns = w->columns,
                           .data = w->data,
                           .gradient = w->gradient,
                           .has_gradient = w->has_gradient,
                           .frozen = layer->frozen,
                           .rate = layer->rate,
                           .l2 = layer->l2};
  if (w->table) {
    result->touched = w->table->touched, result->touched_count = w->table->touched_count;
    result->slots = w->table->slots;
  }
}

sy_net_state sy_net_get_state(const sy_net *net) { return net->state; }
void sy_net_set_state(sy_net *net, sy_net_state state) { net->state = state; }
