/*
 * plan.h - what is known of a network before it has memory: widths, who reads whom, and which values
 * lie within others.
 */
#ifndef SY_LEARN_PLAN_H
#define SY_LEARN_PLAN_H

#include "base/base.h"
#include "steelyard/networks.h"

/* How the value of a layer is stored. */
typedef enum sy_place {
  SY_PLACE_OWN = 0,
  SY_PLACE_WITHIN = 1, /* in that of the one concat which reads it, gradient too */
  SY_PLACE_VIEW = 2    /* part of its input's: a slice, and where gradients stop */
} sy_place;

typedef struct sy_plan_layer {
  uint32_t width;   /* 0: IDS */
  uint32_t readers; /* how often others read it */
  int32_t reader;   /* the last that does */
  uint32_t within;  /* SY_PLACE_WITHIN: at which column of the reader */
  uint8_t place;    /* a sy_place */
  uint8_t carries;  /* a trained parameter or a wanted input is below, so that gradients pass */
  uint8_t in_place; /* its gradient lies where that of its only reader does */
} sy_plan_layer;

typedef struct sy_plan {
  const sy_layer *layers;
  size_t count, batch;
  sy_dtype dtype;
  sy_plan_layer of[SY_NET_LAYERS_MAX];
} sy_plan;

/* A matrix that a layer owns. */
typedef struct sy_owned {
  const char *what; /* "weight" */
  size_t rows, columns;
  int table, statistic;
} sy_owned;

#define SY_OWNED_MAX 4

/* Check layers and fill in a plan. */
sy_status sy_plan_make(sy_plan *plan, const sy_layer *layers, size_t count, size_t batch,
                       sy_dtype dtype, sy_error *error);

/* What layer i owns: up to SY_OWNED_MAX, in order. */
size_t sy_plan_owned(const sy_plan *plan, size_t i, sy_owned *owned);

static inline int sy_layer_is_source(sy_layer_kind kind) {
  return kind == SY_LAYER_INPUT || kind == SY_LAYER_IDS;
}
static inline int sy_layer_is_activation(sy_layer_kind kind) {
  return kind >= SY_LAYER_RELU && kind <= SY_LAYER_SOFTPLUS;
}

#endif
