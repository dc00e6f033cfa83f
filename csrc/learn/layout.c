/*
 * layout.c - a planned network's place in one block: parameters first, then their gradients, then
 * what passes need. The same walk counts the bytes and lays out.
 */
#include <string.h>

#include "learn/net.h"

#define ALIGNMENT 64
#define MOST_BYTES (SIZE_MAX >> 2)

/* So many entries a bag are sorted by table row at a time. */
#define ENTRIES ((size_t)64)

/* Memory that is handed out piece by piece; base NULL: it is only counted. */
typedef struct arena {
  char *base;
  size_t used;
  int too_large;
} arena;

static void *take(arena *a, size_t count, size_t size) {
  size_t room = MOST_BYTES - a->used, bytes;
  void *piece = a->base ? a->base + a->used : NULL;
  if (a->too_large || room < ALIGNMENT || (size && count > (room - ALIGNMENT) / size)) {
    a->too_large = 1;
    return NULL;
  }
  bytes = count * size;
  a->used += (bytes + (ALIGNMENT - 1)) & ~(size_t)(ALIGNMENT - 1);
  return piece;
}

static char *take_name(arena *a, const char *name, const char *what) {
  size_t length = strlen(name), more = what ? strlen(what) + 1 : 0;
  char *copy = take(a, length + more + 1, 1);
  if (!copy) return NULL;
  memcpy(copy, name, length + 1);
  if (!what) return copy;
  copy[length] = '.';
  memcpy(copy + length + 1, what, more);
  return copy;
}

/* ------------------------------------------------------------------------- parameters ------ */

static size_t count_parameters(const sy_plan *plan) {
  sy_owned owned[SY_OWNED_MAX];
  size_t count = 0;
  for (size_t i = 0; i < plan->count; i++) count += sy_plan_owned(plan, i, owned);
  return count;
}

/* One id a row touches no more rows than the batch has; bags may touch all. */
static size_t most_touched(const sy_plan *plan, const sy_layer *l) {
  return l->bag == SY_BAG_ONE && plan->batch < l->rows ? plan->batch : l->rows;
}

static void lay_parameters(const sy_plan *plan, arena *a, sy_net *net) {
  size_t size = sy_dtype_size(plan->dtype), next = 0;
  sy_owned owned[SY_OWNED_MAX];
  for (size_t i = 0; i < plan->count; i++) {
    const sy_layer *l = &plan->layers[i];
    size_t count = sy_plan_owned(plan, i, owned);
    if (net) net->nodes[i].first_parameter = next;
    if (net) net->nodes[i].parameter_count = count;
    for (size_t j = 0; j < count; j++, next++) {
      size_t rows = owned[j].rows;
      void *data = take(a, rows * owned[j].columns, size);
      if (!net) continue;
      net->parameters[next] = (sy_parameter){.rows = rows,
                                             .columns = owned[j].columns,
                                             .data = data,
                                             .frozen = l->frozen != 0,
                                             .rate = l->rate > 0 ? l->rate : 1,
                                             .l2 = l->l2};
    }
  }
}

static void lay_gradients(const sy_plan *plan, arena *a, sy_net *net) {
  size_t size = sy_dtype_size(plan->dtype), next = 0;
  sy_owned owned[SY_OWNED_MAX];
  for (size_t i = 0; i < plan->count; i++) {
    size_t count = sy_plan_owned(plan, i, owned);
    for (size_t j = 0; j < count; j++, next++) {
      size_t rows = owned[j].table ? most_touched(plan, &plan->layers[i]) : owned[j].rows;
      void *gradient = owned[j].statistic ? NULL : take(a, rows * owned[j].columns, size);
      char *name = take_name(a, plan->layers[i].name, owned[j].what);
      if (!net) continue;
      net->parameters[next].gradient = gradient;
      net->parameters[next].name = name;
    }
  }
}

static void lay_table(const sy_plan *plan, size_t i, arena *a, sy_net *net) {
  const sy_layer *l = &plan->layers[i];
  size_t words = l->rows / 64 + 1, upper = words / 64 + 1;
  sy_touched touched = {.table = l->rows};
  int32_t *rows = take(a, l->bag == SY_BAG_ONE ? plan->batch : 0, sizeof *rows);
  touched.rows = take(a, most_touched(plan, l), sizeof *touched.rows);
  touched.slots = take(a, l->rows, sizeof *touched.slots);
  touched.bits = take(a, words, sizeof *touched.bits);
  touched.words = take(a, upper, sizeof *touched.words);
  sy_sorted sorted = {.room = l->bag == SY_BAG_ONE ? 0 : ENTRIES * plan->batch};
  if (sorted.room > INT32_MAX) sorted.room = INT32_MAX;
  sorted.rows = take(a, sorted.room, sizeof *sorted.rows);
  sorted.weights = take(a, sorted.room, sy_dtype_size(plan->dtype));
  sorted.starts = take(a, sorted.room ? most_touched(plan, l) + 2 : 0, sizeof *sorted.starts);
  if (!net) return;
  memset(touched.slots, 0xff, l->rows * sizeof *touched.slots);
  memset(touched.bits, 0, words * sizeof *touched.bits);
  memset(touched.words, 0, upper * sizeof *touched.words);
  net->nodes[i].rows = rows;
  net->nodes[i].touched = touched;
  net->nodes[i].sorted = sorted;
  sy_parameter *table = &net->parameters[net->nodes[i].first_parameter];
  table->touched = touched.rows;
  table->slots = touched.slots;
}

/* ------------------------------------------------------------------------------ values ------ */

/* What layers keep from forward for backward. */
static size_t saved_bytes(const sy_plan *plan, size_t i) {
  size_t width = plan->of[i].width, batch = plan->batch;
  switch (plan->layers[i].kind) {
    case SY_LAYER_LAYER_NORM: return 2 * batch * sizeof(double);
    case SY_LAYER_BATCH_NORM: return 2 * width * sizeof(double);
    case SY_LAYER_L2_NORMALIZE: return batch * sizeof(double);
    case SY_LAYER_SAMPLE: return batch * width * sy_dtype_size(plan->dtype);
    case SY_LAYER_MIXTURE:
      return batch * (plan->layers[i].input_count - 1) * sy_dtype_size(plan->dtype);
    default: return 0;
  }
}

static void lay_values(const sy_plan *plan, arena *a, sy_net *net) {
  size_t size = sy_dtype_size(plan->dtype);
  for (size_t i = 0; i < plan->count; i++) {
    const sy_plan_layer *p = &plan->of[i];
    size_t numbers = plan->batch * p->width, bytes = saved_bytes(plan, i), parts = 0;
    void *value = NULL, *gradient = NULL;
    if (p->place == SY_PLACE_OWN && p->width) value = take(a, numbers, size);
    if (p->place != SY_PLACE_WITHIN && p->carries && !p->in_place)
      gradient = take(a, numbers, size);
    if (plan->layers[i].kind == SY_LAYER_EMBEDDING) lay_table(plan, i, a, net);
    if (plan->layers[i].kind == SY_LAYER_MULTIPLY) parts = plan->layers[i].input_count;
    void *saved = take(a, bytes, 1);
    void *multiplied = take(a, parts, sizeof(sy_matrix));
    if (!net) continue;
    net->nodes[i].value = (sy_matrix){value, p->width};
    net->nodes[i].gradient = (sy_matrix){gradient, p->width};
    net->nodes[i].saved = saved;
    net->nodes[i].parts = multiplied;
  }
}

static sy_matrix column(const sy_net *net, sy_matrix matrix, size_t offset) {
  if (matrix.data) matrix.data = (char *)matrix.data + offset * sy_dtype_size(net->dtype);
  return matrix;
}

/* Readers come later, so that a walk from the end finds their places known; views the other way. */
static void share_places(const sy_plan *plan, sy_net *net) {
  for (size_t i = plan->count; i-- > 0;) {
    const sy_plan_layer *p = &plan->of[i];
    sy_node *node = &net->nodes[i];
    if (p->place == SY_PLACE_WITHIN) {
      node->value = column(net, net->nodes[p->reader].value, p->within);
      node->gradient = column(net, net->nodes[p->reader].gradient, p->within);
    } else if (p->in_place && p->carries) {
      node->gradient = net->nodes[p->reader].gradient;
    }
    if (!p->carries) node->gradient.data = NULL;
  }
  for (size_t i = 0; i < plan->count; i++) {
    sy_node *node = &net->nodes[i];
    if (node->place != SY_PLACE_VIEW) continue;
    node->value = column(net, net->nodes[node->inputs[0]].value, node->offset);
  }
  for (size_t i = 0; i < plan->count; i++)
    for (size_t j = 0; net->nodes[i].parts && j < net->nodes[i].input_count; j++)
      if (net->nodes[i].kind == SY_LAYER_MULTIPLY)
        net->nodes[i].parts[j] = net->nodes[net->nodes[i].inputs[j]].value;
}

/* ------------------------------------------------------------------------------- nodes ------ */

static void lay_nodes(const sy_plan *plan, arena *a, sy_net *net) {
  for (size_t i = 0; i < plan->count; i++) {
    const sy_layer *l = &plan->layers[i];
    char *name = take_name(a, l->name, NULL);
    int32_t *inputs = take(a, l->input_count + 1, sizeof *inputs);
    double epsilon = l->kind == SY_LAYER_L2_NORMALIZE ? 1e-12 : 1e-5;
    if (!net) continue;
    inputs[0] = 0; /* a source has none, and is asked for its first all the same */
    if (l->input_count) memcpy(inputs, l->inputs, l->input_count * sizeof *inputs);
    net->nodes[i] = (sy_node){.kind = l->kind,
                              .name = name,
                              .inputs = inputs,
                              .input_count = l->input_count,
                              .width = plan->of[i].width,
                              .offset = l->kind == SY_LAYER_SLICE ? l->offset : 0,
                              .place = (sy_place)plan->of[i].place,
                              .carries = plan->of[i].carries,
                              .frozen = l->frozen != 0,
                              .number = l->kind == SY_LAYER_DROPOUT ? l->value
                                        : l->epsilon > 0            ? l->epsilon
                                                                    : epsilon,
                              .momentum = l->momentum > 0 ? l->momentum : 0.1,
                              .slope = l->slope,
                              .stream = sy_stream(0, name),
                              .bag = l->bag,
                              .hashed = l->hashed != 0};
  }
}

size_t sy_net_lay_out(const sy_plan *plan, void *block, sy_net **result) {
  arena a = {.base = block};
  size_t parameters = count_parameters(plan), widest = 0, experts = 0;
  sy_net *net = take(&a, 1, sizeof *net);
  sy_node *nodes = take(&a, plan->count, sizeof *nodes);
  sy_parameter *list = take(&a, parameters, sizeof *list);
  for (size_t i = 0; i < plan->count; i++) {
    if (plan->of[i].width > widest) widest = plan->of[i].width;
    if (plan->layers[i].kind == SY_LAYER_MIXTURE && plan->layers[i].input_count > experts)
      experts = plan->layers[i].input_count;
  }
  if (net)
    *net = (sy_net){.dtype = plan->dtype,
                    .batch = plan->batch,
                    .threads = 1,
                    .layer_count = plan->count,
                    .parameter_count = parameters,
                    .nodes = nodes,
                    .parameters = list};
  lay_nodes(plan, &a, net);
  lay_parameters(plan, &a, net);
  lay_gradients(plan, &a, net);
  lay_values(plan, &a, net);
  int64_t *rows = take(&a, plan->batch, sizeof *rows);
  double *scratch = take(&a, 2 * widest, sizeof *scratch);
  void *pulls = take(&a, plan->batch * experts, sy_dtype_size(plan->dtype));
  if (net) {
    net->rows = rows;
    net->scratch = scratch;
    net->pulls = pulls;
    share_places(plan, net);
    *result = net;
  }
  return a.too_large ? 0 : a.used;
}
