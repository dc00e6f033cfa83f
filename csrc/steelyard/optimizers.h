/*
 * optimizers.h - gradient steps over lists of parameters: SGD with momentum, Adagrad, Adam, AdamW
 * (libsteelyard_learn).
 *
 * An optimizer knows no network: it moves matrices that have gradients. Tables are updated lazily:
 * only the rows that have a gradient move, moments and decay included (as PyTorch's SparseAdam),
 * unless lazy is off, where every row moves as under a dense optimizer with gradient 0.
 */
#ifndef STEELYARD_OPTIMIZERS_H
#define STEELYARD_OPTIMIZERS_H

#include "steelyard/networks.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sy_optimizer_kind {
  SY_SGD = 0,     /* v = momentum v + g; w -= rate v (nesterov: rate (g + momentum v)) */
  SY_ADAGRAD = 1, /* s += g^2; w -= rate g / (sqrt(s) + epsilon); Duchi, Hazan and Singer 2011 */
  SY_ADAM = 2,    /* Kingma and Ba 2015, with bias correction */
  SY_ADAMW = 3    /* Adam, with decay apart from the gradient; Loshchilov and Hutter 2019 */
} sy_optimizer_kind;

/* Start from sy_optimizer_defaults(kind): PyTorch's defaults. */
typedef struct sy_optimizer_options {
  sy_optimizer_kind kind;
  double momentum; /* SGD */
  int nesterov;    /* SGD */
  double beta1, beta2, epsilon;
  double initial;      /* Adagrad: what the sums of squares start from */
  double weight_decay; /* SGD, Adagrad, Adam: decay * w is added to gradients; AdamW: w shrinks by
                          rate * decay */
  double clip_norm;    /* 0: off; else all gradients together are scaled to this norm at most */
  double clip_value;   /* 0: off; else each number of a gradient is cut to +- that */
  int lazy;            /* tables: only touched rows move */
} sy_optimizer_options;

SY_API sy_optimizer_options sy_optimizer_defaults(sy_optimizer_kind kind);

typedef struct sy_optimizer sy_optimizer;

/*
 * As sy_net_bytes and sy_net_init: for `count` parameters of one dtype, whose shapes must not
 * change afterwards; statistics (gradient NULL and not a table) and frozen ones get no state.
 */
SY_API size_t sy_optimizer_bytes(const sy_optimizer_options *options, const sy_parameter *parameters,
                                 size_t count, sy_dtype dtype, sy_error *error);
SY_API sy_status sy_optimizer_init(void *block, const sy_optimizer_options *options,
                                   const sy_parameter *parameters, size_t count, sy_dtype dtype,
                                   sy_optimizer **optimizer, sy_error *error);

/*
 * One step at a learning rate: every parameter that has a gradient, is trained and has state moves.
 * norm: NULL, or the norm of all gradients together before clipping (with L2 terms left out).
 * SY_E_NUMBER, with nothing moved, where a gradient is not finite.
 */
SY_API sy_status sy_optimizer_step(sy_optimizer *optimizer, const sy_parameter *parameters,
                                   size_t count, double rate, double *norm, sy_error *error);

/* For checkpoints: steps done (bias correction counts them by parameter: those that moved it). */
SY_API size_t sy_optimizer_state_count(const sy_optimizer *optimizer);
/* A state array, "PARAMETER.velocity", ".squares", ".first", ".second"; steps: moves so far. */
typedef struct sy_optimizer_state {
  size_t parameter; /* index in the list */
  const char *what;
  size_t rows, columns;
  void *data;
  uint64_t *steps;
} sy_optimizer_state;
SY_API void sy_optimizer_get_state(const sy_optimizer *optimizer, size_t index,
                                   sy_optimizer_state *state);

#ifdef __cplusplus
}
#endif

#endif /* STEELYARD_OPTIMIZERS_H */
