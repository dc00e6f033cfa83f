/*
 * plan.c - from a list of layers to one block: checks, widths, who writes into whose buffer, and
 * where everything lies. The same walk counts the bytes and, with a block, hands them out.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "learn/net.h"

#ifdef SY_HAVE_baseline
extern const sy_layers sy_layers_f32_baseline, sy_layers_f64_baseline;
#endif
#ifdef SY_HAVE_avx2
extern const sy_layers sy_layers_f32_avx2, sy_layers_f64_avx2;
#endif
#ifdef SY_HAVE_avx512
extern const sy_layers sy_layers_f32_avx512, sy_layers_f64_avx512;
#endif

static const sy_layers *layers_of(sy_dtype dtype) {
#ifdef SY_HAVE_avx512
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512cd"))
    return dtype == SY_F32 ? &sy_layers_f32_avx512 : &sy_layers_f64_avx512;
#endif
#ifdef SY_HAVE_avx2
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("bmi2"))
    return dtype == SY_F32 ? &sy_layers_f32_avx2 : &sy_layers_f64_avx2;
#endif
  return dtype == SY_F32 ? &sy_layers_f32_baseline : &sy_layers_f64_baseline;
}

/* -------------------------------------------------------------------------------- handing out -- */

/* A block being handed out: base is NULL while bytes are only counted. */
typedef struct cursor {
  char *base;
  size_t used;
  int overflow;
} cursor;

static void *take(cursor *c, size_t count, size_t size) {
  size_t bytes, at = c->used;
  if (__builtin_mul_overflow(count, size, &bytes) ||
      __builtin_add_overflow(c->used, (bytes + 63) & ~(size_t)63, &c->used) || bytes > SIZE_MAX / 4)
    c->overflow = 1;
  return c->base && !c->overflow ? c->base + at : NULL;
}

/* What is known of a layer before there are nodes. */
typedef struct draft {
  size_t width;
  size_t readers;
  int concat;    /* the last concat that reads it, or -1 */
  size_t column; /* where in there */
  int needs;
} draft;

typedef struct plan {
  const sy_layer *layers;
  size_t count, batch, size; /* size: bytes of a number */
  sy_dtype dtype;
  draft drafts[SY_LAYERS_MAX];
  size_t weight_count;
} plan;

/* ------------------------------------------------------------------------------------- checks -- */

static sy_status wrong(const sy_layer *layer, size_t i, sy_error *error, const char *what) {
  return sy_fail(error, SY_E_ARGUMENT, "layer %zu (%.64s): %s", i + 1,
                 layer->name ? layer->name : "no name", what);
}

/* How many inputs a kind takes, and whether it goes by their common width. */
static const struct {
  unsigned char least, most, is_source;
} kinds[SY_LAYER_KINDS] = {
    [SY_LAYER_INPUT] = {0, 0, 1},         [SY_LAYER_IDS] = {0, 0, 1},
    [SY_LAYER_EMBEDDING] = {1, 1, 0},     [SY_LAYER_DENSE] = {1, 1, 0},
    [SY_LAYER_CONCAT] = {1, 255, 0},      [SY_LAYER_ADD] = {1, 255, 0},
    [SY_LAYER_SLICE] = {1, 1, 0},         [SY_LAYER_RELU] = {1, 1, 0},
    [SY_LAYER_TANH] = {1, 1, 0},          [SY_LAYER_SIGMOID] = {1, 1, 0},
    [SY_LAYER_GELU] = {1, 1, 0},          [SY_LAYER_SOFTPLUS] = {1, 1, 0},
    [SY_LAYER_BATCH_NORM] = {1, 1, 0},    [SY_LAYER_LAYER_NORM] = {1, 1, 0},
    [SY_LAYER_DROPOUT] = {1, 1, 0},       [SY_LAYER_L2_NORMALIZE] = {1, 1, 0},
    [SY_LAYER_MIXTURE] = {2, 255, 0},     [SY_LAYER_SCALE] = {1, 1, 0},
    [SY_LAYER_STOP_GRADIENT] = {1, 1, 0}, [SY_LAYER_MULTIPLY] = {1, 255, 0},
};

static sy_status check_inputs(const plan *p, size_t i, sy_error *error) {
  const sy_layer *layer = p->layers + i;
  if (layer->input_count < kinds[layer->kind].least)
    return wrong(layer, i, error, "it reads too few layers");
  if (layer->input_count > kinds[layer->kind].most && kinds[layer->kind].most < 255)
    return wrong(layer, i, error, "it reads too many layers");
  for (size_t j = 0; j < layer->input_count; j++) {
    int32_t input = layer->inputs[j];
    if (input < 0 || (size_t)input >= i)
      return wrong(layer, i, error, "it reads a layer that is not before it");
    int is_ids = p->layers[input].kind == SY_LAYER_IDS;
    if (is_ids != (layer->kind == SY_LAYER_EMBEDDING))
      return wrong(layer, i, error,
                   is_ids ? "only embeddings read ids"
                          : "an embedding reads ids, and nothing else");
  }
  return SY_OK;
}

static sy_status check_name(const plan *p, size_t i, sy_error *error) {
  const sy_layer *layer = p->layers + i;
  if (!layer->name || !*layer->name) return wrong(layer, i, error, "it has no name");
  if (strlen(layer->name) > 255) return wrong(layer, i, error, "its name is too long");
  for (size_t j = 0; j < i; j++)
    if (strcmp(p->layers[j].name, layer->name) == 0)
      return wrong(layer, i, error, "another layer has its name");
  return SY_OK;
}

/* The width of what a layer puts out. */
static sy_status find_width(plan *p, size_t i, sy_error *error) {
  const sy_layer *layer = p->layers + i;
  size_t first = layer->input_count ? p->drafts[layer->inputs[0]].width : 0, width = first;
  switch (layer->kind) {
    case SY_LAYER_IDS: width = 0; break;
    case SY_LAYER_INPUT:
    case SY_LAYER_DENSE: width = layer->width; break;
    case SY_LAYER_EMBEDDING:
      width = layer->width;
      if (layer->rows == 0 || layer->rows > INT32_MAX)
        return wrong(layer, i, error, "a table has from 1 to 2^31 - 1 rows");
      break;
    case SY_LAYER_CONCAT:
      for (size_t j = 1; j < layer->input_count; j++) width += p->drafts[layer->inputs[j]].width;
      break;
    case SY_LAYER_SLICE:
      width = layer->width;
      if (layer->offset > first || width > first - layer->offset)
        return wrong(layer, i, error, "the slice ends behind its input");
      break;
    case SY_LAYER_ADD:
    case SY_LAYER_MULTIPLY:
      for (size_t j = 1; j < layer->input_count; j++)
        if (p->drafts[layer->inputs[j]].width != first)
          return wrong(layer, i, error, "its inputs differ in width");
      break;
    case SY_LAYER_MIXTURE:
      width = p->drafts[layer->inputs[1]].width;
      for (size_t j = 2; j < layer->input_count; j++)
        if (p->drafts[layer->inputs[j]].width != width)
          return wrong(layer, i, error, "its experts differ in width");
      if (first != layer->input_count - 1)
        return wrong(layer, i, error, "it needs as many gates as experts");
      break;
    default: break;
  }
  if (layer->kind != SY_LAYER_IDS && (width == 0 || width > INT_MAX))
    return wrong(layer, i, error, "its width must be from 1 to 2^31 - 1");
  p->drafts[i].width = width;
  return SY_OK;
}

static sy_status check_numbers(const plan *p, size_t i, sy_error *error) {
  const sy_layer *layer = p->layers + i;
  if (layer->kind == SY_LAYER_DROPOUT && !(layer->value >= 0 && layer->value < 1))
    return wrong(layer, i, error, "the share that is dropped must be from 0 to below 1");
  if (!(layer->epsilon >= 0) || !(layer->momentum >= 0 && layer->momentum <= 1) ||
      !(layer->deviation >= 0) || !(layer->rate >= 0) || !(layer->l2 >= 0))
    return wrong(layer, i, error, "epsilon, momentum, deviation, rate and l2 are from 0 up");
  if ((unsigned)layer->bag > SY_BAG_MEAN || (unsigned)layer->slope > SY_SLOPE_SOFTPLUS ||
      (unsigned)layer->start > SY_START_ZERO)
    return wrong(layer, i, error, "no such bag, slope or start");
  return SY_OK;
}

/* How many parameters a layer owns. */
static size_t weights_of(const sy_layer *layer) {
  switch (layer->kind) {
    case SY_LAYER_EMBEDDING: return 1;
    case SY_LAYER_DENSE: return layer->bias ? 2 : 1;
    case SY_LAYER_SCALE: return 2;
    case SY_LAYER_LAYER_NORM: return layer->affine ? 2 : 0;
    case SY_LAYER_BATCH_NORM: return layer->affine ? 4 : 2;
    default: return 0;
  }
}

static sy_status make_plan(plan *p, const sy_layer *layers, size_t count, size_t batch,
                           sy_dtype dtype, sy_error *error) {
  if (count == 0 || count > SY_LAYERS_MAX)
    return sy_fail(error, SY_E_ARGUMENT, "a network has from 1 to %d layers, not %zu",
                   SY_LAYERS_MAX, count);
  if (batch == 0 || batch > INT_MAX)
    return sy_fail(error, SY_E_ARGUMENT, "batch: from 1 to 2^31 - 1, not %zu", batch);
  if (dtype != SY_F32 && dtype != SY_F64)
    return sy_fail(error, SY_E_ARGUMENT, "a network is of f32 or f64");
  p->layers = layers, p->count = count, p->batch = batch, p->dtype = dtype;
  p->size = sy_dtype_size(dtype), p->weight_count = 0;
  for (size_t i = 0; i < count; i++) {
    const sy_layer *layer = layers + i;
    draft *d = p->drafts + i;
    sy_status status;
    if ((unsigned)layer->kind >= SY_LAYER_KINDS) return wrong(layer, i, error, "no such kind");
    if ((status = check_name(p, i, error)) || (status = check_inputs(p, i, error)) ||
        (status = find_width(p, i, error)) || (status = check_numbers(p, i, error)))
      return status;
    size_t own = weights_of(layer);
    p->weight_count += own;
    d->readers = 0, d->concat = -1, d->column = 0;
    d->needs = own > 0 && !layer->frozen;
    d->needs |= layer->kind == SY_LAYER_INPUT && layer->wants_gradient;
    size_t column = 0;
    for (size_t j = 0; j < layer->input_count; j++) {
      draft *input = p->drafts + layer->inputs[j];
      input->readers++;
      if (layer->kind == SY_LAYER_CONCAT) input->concat = (int)i, input->column = column;
      column += input->width;
      if (layer->kind != SY_LAYER_STOP_GRADIENT) d->needs |= input->needs;
    }
  }
  return SY_OK;
}

/* ------------------------------------------------------------------------------------- layout -- */

size_t sy_layer_scratch(const sy_layer *layer, size_t width, size_t input_width, size_t batch) {
  switch (layer->kind) {
    case SY_LAYER_DROPOUT: return batch * width;                     /* 0 or the factor */
    case SY_LAYER_BATCH_NORM: return batch * width + 3 * width;      /* x hat, 1 / sd, sums */
    case SY_LAYER_LAYER_NORM: return batch * width + batch;          /* x hat, 1 / sd */
    case SY_LAYER_L2_NORMALIZE: return batch;                        /* 1 / norm */
    case SY_LAYER_MIXTURE: return batch * input_width + input_width; /* shares, their slopes */
    case SY_LAYER_SCALE: return width;                               /* slopes */
    default: return 0;
  }
}

static char *copy_name(cursor *c, const char *layer, const char *part) {
  size_t length = strlen(layer) + (part ? strlen(part) + 1 : 0) + 1;
  char *name = take(c, length, 1);
  if (name) snprintf(name, length, part ? "%s.%s" : "%s", layer, part);
  return name;
}

/* The state that remembers which rows of a table have a gradient. */
static sy_table *lay_table(cursor *c, size_t rows, size_t most) {
  sy_table *table = take(c, 1, sizeof *table);
  size_t words = rows / 64 + 1;
  int32_t *slots = take(c, rows, sizeof *slots), *touched = take(c, most, sizeof *touched);
  uint64_t *bits = take(c, words, sizeof *bits), *above = take(c, words / 64 + 1, sizeof *above);
  if (table && above) {
    memset(slots, 0xff, rows * sizeof *slots);
    memset(bits, 0, words * sizeof *bits);
    memset(above, 0, (words / 64 + 1) * sizeof *above);
    table->slots = slots, table->touched = touched, table->rows = bits, table->words = above;
    table->touched_count = 0;
  }
  return table;
}

typedef struct want {
  const char *part;
  size_t rows, columns;
  int statistic;
} want;

/* What parameters a layer has, in the order of node->weights; those without a part are none. */
static void wanted(const plan *p, size_t i, want out[4]) {
  const sy_layer *layer = p->layers + i;
  size_t width = p->drafts[i].width;
  memset(out, 0, 4 * sizeof *out);
  switch (layer->kind) {
    case SY_LAYER_EMBEDDING: out[0] = (want){"weight", layer->rows, width, 0}; break;
    case SY_LAYER_DENSE:
      out[0] = (want){"weight", width, p->drafts[layer->inputs[0]].width, 0};
      if (layer->bias) out[1] = (want){"bias", 1, width, 0};
      break;
    case SY_LAYER_BATCH_NORM:
      out[2] = (want){"mean", 1, width, 1};
      out[3] = (want){"variance", 1, width, 1};
      /* fall through */
    case SY_LAYER_LAYER_NORM:
      if (!layer->affine) break;
      /* fall through */
    case SY_LAYER_SCALE:
      out[0] = (want){"scale", 1, width, 0};
      out[1] = (want){"offset", 1, width, 0};
      break;
    default: break;
  }
}

/* The rows of a table that one batch can reach. */
static size_t reach(const plan *p, const sy_layer *layer) {
  return layer->bag == SY_BAG_ONE && p->batch < layer->rows ? p->batch : layer->rows;
}

static void lay_weights(const plan *p, cursor *c, size_t i, sy_node *node, sy_weight **next) {
  const sy_layer *layer = p->layers + i;
  want list[4];
  wanted(p, i, list);
  for (int w = 0; w < 4; w++) {
    if (node) node->weights[w] = NULL;
    if (!list[w].part) continue;
    int is_table = layer->kind == SY_LAYER_EMBEDDING;
    size_t columns = list[w].columns, most = is_table ? reach(p, layer) : list[w].rows;
    size_t row = columns * p->size; /* both are within 2^31 */
    char *name = copy_name(c, layer->name, list[w].part);
    void *data = take(c, list[w].rows, row), *gradient = NULL;
    sy_table *table = NULL;
    if (!list[w].statistic) {
      gradient = take(c, most, row);
      if (is_table) table = lay_table(c, list[w].rows, most);
    }
    if (!node || c->overflow) continue;
    sy_weight *weight = (*next)++;
    *weight = (sy_weight){
        name, list[w].rows, columns, data, gradient, table, 0, (int)i, (uint64_t)list[w].statistic};
    memset(data, 0, list[w].rows * row);
    node->weights[w] = weight;
  }
}

/* Values and gradients: a layer whose only reader is a concat has its place in the concat's. */
static void lay_values(const plan *p, cursor *c, sy_net *net) {
  for (size_t i = p->count; i-- > 0;) {
    const draft *d = p->drafts + i;
    sy_node *node = net ? net->nodes + i : NULL;
    const sy_layer *layer = p->layers + i;
    size_t input = layer->input_count ? p->drafts[layer->inputs[0]].width : 0;
    size_t scratch = sy_layer_scratch(layer, d->width, input, p->batch);
    void *kept = scratch ? take(c, scratch, p->size) : NULL;
    if (node) node->scratch = kept;
    if (layer->kind == SY_LAYER_IDS) continue;
    if (d->readers == 1 && d->concat >= 0) {
      if (!node || c->overflow) continue;
      const sy_node *into = net->nodes + d->concat;
      node->root = into->root, node->stride = into->stride;
      node->value = (char *)into->value + d->column * p->size;
      node->gradient = (char *)into->gradient + d->column * p->size;
      continue;
    }
    void *value = take(c, p->batch, d->width * p->size);
    void *gradient = take(c, p->batch, d->width * p->size);
    if (!node || c->overflow) continue;
    node->root = (int)i, node->stride = d->width;
    node->value = value, node->gradient = gradient;
  }
}

static sy_net *lay_out(const plan *p, cursor *c) {
  sy_net *net = take(c, 1, sizeof *net);
  sy_node *nodes = take(c, p->count, sizeof *nodes);
  sy_weight *weights = take(c, p->weight_count, sizeof *weights), *next = weights;
  int64_t *rows = take(c, p->batch, sizeof *rows);
  if (net) {
    memset(net, 0, sizeof *net);
    memset(nodes, 0, p->count * sizeof *nodes);
    net->dtype = p->dtype, net->batch = p->batch;
    net->layer_count = p->count, net->weight_count = p->weight_count;
    net->nodes = nodes, net->weights = weights, net->rows = rows;
    net->layers = layers_of(p->dtype);
  }
  for (size_t i = 0; i < p->count; i++) {
    sy_node *node = net ? nodes + i : NULL;
    const sy_layer *layer = p->layers + i;
    char *name = copy_name(c, layer->name, NULL);
    int32_t *inputs = take(c, layer->input_count, sizeof *inputs);
    if (node) {
      node->about = *layer;
      node->about.name = name, node->about.inputs = inputs, node->about.width = p->drafts[i].width;
      node->needs = p->drafts[i].needs;
      if (layer->input_count) memcpy(inputs, layer->inputs, layer->input_count * sizeof *inputs);
      if (node->about.rate == 0) node->about.rate = 1;
      if (node->about.momentum == 0) node->about.momentum = 0.1;
      if (node->about.epsilon == 0)
        node->about.epsilon = layer->kind == SY_LAYER_L2_NORMALIZE ? 1e-12 : 1e-5;
    }
    lay_weights(p, c, i, node, &next);
  }
  lay_values(p, c, net);
  return net;
}

size_t sy_net_bytes(const sy_layer *layers, size_t count, size_t batch, sy_dtype dtype,
                    sy_error *error) {
  plan p;
  cursor c = {NULL, 0, 0};
  if (make_plan(&p, layers, count, batch, dtype, error)) return 0;
  lay_out(&p, &c);
  if (c.overflow) {
    sy_fail(error, SY_E_LIMIT, "the network has more numbers than the address space");
    return 0;
  }
  return c.used;
}

/* A stream of its own for every layer: what one layer draws does not depend on others. */
static uint64_t seed_of(uint64_t seed, size_t layer) {
  uint64_t z = seed + UINT64_C(0x9e3779b97f4a7c15) * (layer + 1);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

sy_status sy_net_init(void *block, const sy_layer *layers, size_t count, size_t batch,
                      sy_dtype dtype, uint64_t seed, sy_net **net, sy_error *error) {
  plan p;
  cursor c = {block, 0, 0};
  sy_status status = make_plan(&p, layers, count, batch, dtype, error);
  if (status) return status;
  sy_net *made = lay_out(&p, &c);
  if (c.overflow)
    return sy_fail(error, SY_E_LIMIT, "the network has more numbers than the address space");
  made->state.seed = seed;
  for (size_t i = 0; i < count; i++) made->layers->start(made, made->nodes + i, seed_of(seed, i));
  *net = made;
  return SY_OK;
}
