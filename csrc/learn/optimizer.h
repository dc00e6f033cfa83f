/*
 * optimizer.h - an optimizer from inside. Public: steelyard/optimizers.h.
 */
#ifndef SY_LEARN_OPTIMIZER_H
#define SY_LEARN_OPTIMIZER_H

#include "base/base.h"
#include "learn/updates/updates.h"
#include "steelyard/optimizers.h"

/* What is kept for one parameter. */
typedef struct sy_moved {
  size_t rows, columns;
  void *first, *second; /* states of the parameter's shape; NULL where the kind has none */
  uint64_t steps;
  int moves; /* 0: a statistic, or frozen from the start */
} sy_moved;

struct sy_optimizer {
  sy_optimizer_options options;
  sy_dtype dtype;
  const sy_updates *updates;
  sy_moved *moved;
  size_t count;
  int threads;
  void *zeroes; /* as many as the widest table has columns; NULL where updates are lazy */
};

/* Does the parameter hold a table's rows? */
static inline int sy_is_table(const sy_parameter *parameter) { return parameter->slots != NULL; }

#endif
