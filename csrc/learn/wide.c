/*
 * wide.c - layers' passes over threads.
 */
#include "learn/wide.h"

#include <string.h>

#include "learn/spread.h"

/* How many numbers a chunk has: a thread takes some ten microseconds to start. */
#define FUNCTION_CHUNK 16384 /* of functions, and of random numbers */
#define COPY_CHUNK 262144    /* of copies and sums */

/* One pass: what each part reads and writes whole. */
typedef struct wide {
  const sy_net *net;
  const sy_node *node;
  sy_matrix from, to;
  int add;
  size_t touched;
  const void *row;
  void *sums;
} wide;

static size_t rows_of(const sy_node *node, size_t numbers) {
  return numbers / node->width ? numbers / node->width : 1;
}

static void spread_rows(wide w, size_t numbers, sy_part *part) {
  sy_spread(w.net->threads, w.net->n, rows_of(w.node, numbers), part, &w);
}

/* A matrix from some row, or column, on. */
static sy_matrix from_row(const wide *w, sy_matrix matrix, size_t row) {
  if (matrix.data)
    matrix.data = (char *)matrix.data + row * matrix.stride * sy_dtype_size(w->net->dtype);
  return matrix;
}

static void *from_number(const wide *w, const void *numbers, size_t place) {
  return (char *)(uintptr_t)numbers + place * sy_dtype_size(w->net->dtype);
}

/* ---------------------------------------------------------------------------- numbers ------ */

static void fill_part(void *context, size_t first, size_t end) {
  const wide *w = context;
  w->net->kernels->fill(w->row, end - first, w->node->width, from_row(w, w->node->value, first));
}

void sy_wide_fill(const sy_net *net, const void *row, const sy_node *node) {
  spread_rows((wide){.net = net, .node = node, .row = row}, COPY_CHUNK, fill_part);
}

static void activate_part(void *context, size_t first, size_t end) {
  const wide *w = context;
  w->net->kernels->activate[w->node->kind - SY_LAYER_RELU](
      from_row(w, w->from, first), end - first, w->node->width, from_row(w, w->node->value, first));
}

void sy_wide_activate(const sy_net *net, const sy_node *node) {
  sy_matrix from = net->nodes[node->inputs[0]].value;
  spread_rows((wide){.net = net, .node = node, .from = from}, FUNCTION_CHUNK, activate_part);
}

static void deactivate_part(void *context, size_t first, size_t end) {
  const wide *w = context;
  w->net->kernels->deactivate[w->node->kind - SY_LAYER_RELU](
      from_row(w, w->from, first), from_row(w, w->node->value, first),
      from_row(w, w->node->gradient, first), end - first, w->node->width, w->add,
      from_row(w, w->to, first));
}

void sy_wide_deactivate(const sy_net *net, const sy_node *node, int add, sy_matrix d) {
  sy_matrix from = net->nodes[node->inputs[0]].value;
  spread_rows((wide){.net = net, .node = node, .from = from, .to = d, .add = add}, FUNCTION_CHUNK,
              deactivate_part);
}

/* Draws are counted by place: those of a part start where its rows do. */
static sy_drop drop_from(const wide *w, size_t row) {
  sy_drop drop = sy_net_drop(w->net, w->node);
  drop.key[0] += (uint32_t)(row * w->node->width);
  return drop;
}

static void drop_part(void *context, size_t first, size_t end) {
  const wide *w = context;
  sy_drop drop = drop_from(w, first);
  w->net->kernels->drop(&drop, from_row(w, w->from, first), end - first, w->node->width, w->add,
                        from_row(w, w->to, first));
}

void sy_wide_drop(const sy_net *net, const sy_node *node, sy_matrix from, int add, sy_matrix to) {
  spread_rows((wide){.net = net, .node = node, .from = from, .to = to, .add = add}, FUNCTION_CHUNK,
              drop_part);
}

static void sample_part(void *context, size_t first, size_t end) {
  const wide *w = context;
  sy_drop drop = drop_from(w, first);
  w->net->kernels->sample(&drop, from_row(w, w->from, first), from_row(w, w->to, first),
                          end - first, w->node->width, from_row(w, w->node->value, first),
                          from_number(w, w->node->saved, first * w->node->width));
}

void sy_wide_sample(const sy_net *net, const sy_node *node) {
  sy_matrix mean = net->nodes[node->inputs[0]].value;
  sy_matrix log_variance = net->nodes[node->inputs[1]].value;
  spread_rows((wide){.net = net, .node = node, .from = mean, .to = log_variance}, FUNCTION_CHUNK,
              sample_part);
}

static void sample_back_part(void *context, size_t first, size_t end) {
  const wide *w = context;
  w->net->kernels->sample_back(from_number(w, w->node->saved, first * w->node->width),
                               from_row(w, w->node->gradient, first), end - first, w->node->width,
                               w->add, from_row(w, w->to, first));
}

void sy_wide_sample_back(const sy_net *net, const sy_node *node, int add, sy_matrix d) {
  spread_rows((wide){.net = net, .node = node, .to = d, .add = add}, COPY_CHUNK, sample_back_part);
}

static sy_matrix from_column(const wide *w, sy_matrix matrix, size_t column) {
  matrix.data = from_number(w, matrix.data, column);
  return matrix;
}

static void column_sums_part(void *context, size_t first, size_t end) {
  const wide *w = context;
  w->net->kernels->column_sums(from_column(w, w->node->gradient, first), w->net->n, end - first,
                               from_number(w, w->sums, first));
}

/* Columns are spread by as many as the kernel keeps in registers. */
static size_t columns_of(const sy_net *net, size_t numbers) {
  size_t columns = net->n ? numbers / net->n : 0;
  return columns / 32 * 32 + 32;
}

void sy_wide_column_sums(const sy_net *net, const sy_node *node, void *sums) {
  wide w = {.net = net, .node = node, .sums = sums};
  sy_spread(net->threads, node->width, columns_of(net, COPY_CHUNK), column_sums_part, &w);
}

/* ------------------------------------------------------------------------------- bags ------ */

static void embed_part(void *context, size_t first, size_t end) {
  const wide *w = context;
  const sy_parameter *p = w->net->parameters + w->node->first_parameter;
  const void *bias = w->node->parameter_count > 1 ? p[1].data : NULL;
  w->net->kernels->embed_bags(p[0].data, bias, &w->node->ids, w->net->rows + first, end - first,
                              w->node->width, from_row(w, w->node->value, first));
}

/* A row costs as many of its numbers as it has ids, some ten or a hundred. */
void sy_wide_embed(const sy_net *net, const sy_node *node) {
  spread_rows((wide){.net = net, .node = node}, FUNCTION_CHUNK / 4, embed_part);
}

/* A part has some columns of all rows: rows share what they add to. */
static void collect_part(void *context, size_t first, size_t end) {
  const wide *w = context;
  const sy_node *node = w->node;
  sy_matrix to = from_column(w, w->to, first);
  size_t size = sy_dtype_size(w->net->dtype);
  for (size_t i = 0; i < w->touched; i++)
    memset((char *)to.data + i * to.stride * size, 0, (end - first) * size);
  w->net->kernels->collect_bags(from_column(w, node->gradient, first), &node->ids, w->net->rows,
                                node->touched.slots, w->net->n, end - first, to);
}

void sy_wide_collect(const sy_net *net, const sy_node *node, size_t touched, void *gradient) {
  wide w = {.net = net, .node = node, .to = {gradient, node->width}, .touched = touched};
  size_t threads = (size_t)net->threads, chunk = (node->width + threads - 1) / threads;
  chunk = (chunk + 15) / 16 * 16;
  if (touched * node->width < FUNCTION_CHUNK) chunk = node->width;
  sy_spread(net->threads, node->width, chunk, collect_part, &w);
}
