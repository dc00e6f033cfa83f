/*
 * net.c - making a network and looking at it.
 */
#include <string.h>

#include "learn/net.h"

/* ---------------------------------------------------------------------- instruction sets --- */

static const sy_layer_set *const layer_sets[] = {
#ifdef SY_HAVE_avx512
    &sy_layers_avx512,
#endif
#ifdef SY_HAVE_avx2
    &sy_layers_avx2,
#endif
    &sy_layers_baseline,
};

const sy_layer_set *sy_layer_set_find(const char *name) {
  const char *const *usable = sy_cpu_list();
  for (; *usable; usable++)
    for (size_t i = 0; i < SY_COUNT(layer_sets); i++)
      if (strcmp(layer_sets[i]->name, *usable) == 0 && (!name || strcmp(name, *usable) == 0))
        return layer_sets[i];
  return NULL;
}

static void use_set(sy_net *net, const sy_layer_set *set) {
  net->set = set;
  net->kernels = net->dtype == SY_F32 ? &set->f32 : &set->f64;
}

sy_status sy_net_set_cpu(sy_net *net, const char *name) {
  const sy_layer_set *set = sy_layer_set_find(name);
  if (!set) return SY_E_UNSUPPORTED;
  use_set(net, set);
  return SY_OK;
}

const char *sy_net_cpu(const sy_net *net) { return net->set->name; }

/* ------------------------------------------------------------------------------- making ---- */

static sy_status too_large(sy_error *error) {
  return sy_fail(error, SY_E_LIMIT, "the network is larger than any memory");
}

size_t sy_net_bytes(const sy_layer *layers, size_t count, size_t batch, sy_dtype dtype,
                    sy_error *error) {
  sy_plan plan;
  if (sy_plan_make(&plan, layers, count, batch, dtype, error) != SY_OK) return 0;
  size_t bytes = sy_net_lay_out(&plan, NULL, NULL);
  if (bytes == 0) too_large(error);
  return bytes;
}

sy_status sy_net_init(void *block, const sy_layer *layers, size_t count, size_t batch,
                      sy_dtype dtype, uint64_t seed, sy_net **result, sy_error *error) {
  sy_plan plan;
  sy_net *net;
  sy_status status = sy_plan_make(&plan, layers, count, batch, dtype, error);
  if (status != SY_OK) return status;
  if (!block || (uintptr_t)block % 64)
    return sy_fail(error, SY_E_ARGUMENT, "block: memory that is aligned to 64 bytes is needed");
  if (sy_net_lay_out(&plan, NULL, NULL) == 0) return too_large(error);
  sy_net_lay_out(&plan, block, &net);
  use_set(net, sy_layer_set_find(NULL));
  net->state.seed = seed;
  sy_net_start(net, &plan);
  *result = net;
  return SY_OK;
}

/* ------------------------------------------------------------------------------ looking ---- */

size_t sy_net_layer_count(const sy_net *net) { return net->layer_count; }
size_t sy_net_batch(const sy_net *net) { return net->batch; }
sy_dtype sy_net_dtype(const sy_net *net) { return net->dtype; }

const char *sy_net_layer_name(const sy_net *net, size_t layer) {
  return layer < net->layer_count ? net->nodes[layer].name : NULL;
}

ptrdiff_t sy_net_find(const sy_net *net, const char *name) {
  for (size_t i = 0; i < net->layer_count; i++)
    if (strcmp(net->nodes[i].name, name) == 0) return (ptrdiff_t)i;
  return -1;
}

size_t sy_net_width(const sy_net *net, size_t layer) {
  return layer < net->layer_count ? net->nodes[layer].width : 0;
}

sy_layer_kind sy_net_kind(const sy_net *net, size_t layer) { return net->nodes[layer].kind; }

const void *sy_net_value(const sy_net *net, size_t layer, size_t *stride, size_t *n) {
  if (layer >= net->layer_count || !net->nodes[layer].computed || !net->nodes[layer].value.data)
    return NULL;
  if (stride) *stride = net->nodes[layer].value.stride;
  if (n) *n = net->n;
  return net->nodes[layer].value.data;
}

const void *sy_net_input_gradient(const sy_net *net, size_t layer, size_t *stride) {
  if (layer >= net->layer_count) return NULL;
  const sy_node *node = &net->nodes[layer];
  if (node->kind != SY_LAYER_INPUT || !node->carries || !node->reached || !node->computed)
    return NULL;
  if (stride) *stride = node->gradient.stride;
  return node->gradient.data;
}

size_t sy_net_parameter_count(const sy_net *net) { return net->parameter_count; }

void sy_net_parameter(const sy_net *net, size_t parameter, sy_parameter *result) {
  *result = net->parameters[parameter];
}

size_t sy_net_hash(int64_t id, size_t rows) { return (size_t)sy_hash_row(id, rows); }

void sy_net_set_threads(sy_net *net, int threads) { net->threads = threads < 1 ? 1 : threads; }

sy_net_state sy_net_get_state(const sy_net *net) { return net->state; }
void sy_net_set_state(sy_net *net, sy_net_state state) { net->state = state; }
