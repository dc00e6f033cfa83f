/*
 * net.h - a network in its block.
 */
#ifndef SY_LEARN_NET_H
#define SY_LEARN_NET_H

#include "learn/layers/layers.h"
#include "learn/plan.h"
#include "learn/spread.h"

/* The rows of a table that a backward pass touches: marked as bits, read off in ascending order. */
typedef struct sy_touched {
  int32_t *rows;          /* of the table, ascending */
  int32_t *slots;         /* per row of the table, its place there, or -1 */
  uint64_t *bits, *words; /* a bit a row; a bit for each word of those */
  size_t table;
} sy_touched;

typedef struct sy_node {
  sy_layer_kind kind;
  const char *name;
  int32_t *inputs;
  size_t input_count, width, offset;
  size_t first_parameter, parameter_count;
  sy_matrix value, gradient; /* data NULL: none is kept */
  sy_place place;
  int carries;
  int frozen;
  double number; /* the layer's value, or a norm's epsilon */
  double momentum;
  sy_slope slope;
  uint64_t stream; /* what its random draws are told apart by */

  /* The last pass. */
  int computed, reached;
  int training;
  void *saved;      /* what a norm or mixture keeps for backward */
  sy_matrix *parts; /* MULTIPLY: its inputs' values */

  /* EMBEDDING */
  sy_bag bag;
  int hashed;
  sy_ids ids;
  int32_t *rows; /* of the table, one a row of the batch (not of bags) */
  sy_touched touched;
  sy_sorted sorted; /* of bags */
} sy_node;

struct sy_net {
  sy_dtype dtype;
  size_t batch, layer_count, parameter_count;
  sy_node *nodes;
  sy_parameter *parameters;
  const sy_layer_kernels *kernels;
  const sy_layer_set *set;
  sy_net_state state, drawn; /* drawn: what the last pass' dropout drew from */

  int threads;
  size_t n; /* the last pass */
  int computed;
  int64_t *rows;
  double *scratch; /* 2 * the largest width */
  void *pulls;     /* of a mixture's shares */
};

/*
 * Passes over many numbers are cut into blocks of rows (or columns) that threads share out, each of
 * which does what the whole would. How far a block goes, of n that have so many numbers each:
 */
static inline size_t sy_net_block(size_t n, size_t numbers) {
  size_t step = 16384 / (numbers + 1) + 1;
  return step < n ? step : n + (n == 0);
}

/* The threads for so many numbers: few are done before threads meet. */
static inline int sy_net_crew(const sy_net *net, size_t n, size_t numbers) {
  return n * numbers < 65536 ? 1 : net->threads;
}

/* The matrix from a row on. */
static inline sy_matrix sy_matrix_from(const sy_net *net, sy_matrix m, size_t row) {
  m.data = (char *)m.data + row * m.stride * sy_dtype_size(net->dtype);
  return m;
}

/* Lay a planned network out from `block` on, or only count its bytes where that is NULL. */
size_t sy_net_lay_out(const sy_plan *plan, void *block, sy_net **net);

/* Start all parameters from the network's seed. */
void sy_net_start(sy_net *net, const sy_plan *plan);

/* A 64-bit mix of a name and a seed, apart from those of other names. */
uint64_t sy_stream(uint64_t seed, const char *name);

/* Read a batch of sources and ids of embeddings; nothing is computed yet. */
sy_status sy_net_feed(sy_net *net, const sy_feed *feeds, const int64_t *rows, int64_t base,
                      size_t n, sy_error *error);

/* What a DROPOUT of the last pass draws from. */
sy_drop sy_net_drop(const sy_net *net, const sy_node *node);

/* The instruction sets' tables: the best, or one by name (NULL: not here). */
const sy_layer_set *sy_layer_set_find(const char *name);

/* ---------------------------------------------------------------------- tables ------------- */

void sy_touched_forget(sy_touched *touched, size_t count);
/* Mark rows; then count the marked ones, and give each its slot. */
void sy_touched_mark(sy_touched *touched, const int32_t *rows, size_t n);
static inline void sy_touched_mark_one(sy_touched *touched, size_t row) {
  touched->bits[row >> 6] |= UINT64_C(1) << (row & 63);
  touched->words[row >> 12] |= UINT64_C(1) << ((row >> 6) & 63);
}
size_t sy_touched_collect(sy_touched *touched);

static inline sy_matrix sy_parameter_matrix(const sy_parameter *p) {
  sy_matrix matrix = {p->data, p->columns};
  return matrix;
}

#endif
