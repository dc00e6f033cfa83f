/*
 * optimizers.h - gradient steps over lists of parameters: SGD with momentum, Adagrad, Adam, AdamW
 * (libsteelyard_learn).
 *
 * An optimizer knows no network: it moves matrices that have gradients. Tables are updated lazily:
 * only the rows that have a gradient move, moments and decay included (as PyTorch's SparseAdam),
 * unless lazy is off, where every row moves as under a dense optimizer with gradient 0. Where all
 * rows are touched both are the same; Adam's bias correction counts the steps of the whole table.
 *
 * Arithmetic is PyTorch's, in the parameters' own type. A step streams each parameter
 * once; every instruction set and number of threads gives the same bits.
 */
#ifndef STEELYARD_OPTIMIZERS_H
#define STEELYARD_OPTIMIZERS_H

#include "steelyard/networks.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What a gradient g, clipped, does to w at a rate; t counts the parameter's own steps, from 1.
 */
typedef enum sy_optimizer_kind {
  SY_SGD = 0,     /* v = momentum v + g; w -= rate v (nesterov: rate (g + momentum v)) */
  SY_ADAGRAD = 1, /* s += g^2; w -= rate g / (sqrt(s) + epsilon); Duchi, Hazan and Singer 2011 */
  SY_ADAM = 2,    /* m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; w -= rate m /
                     (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon); Kingma and Ba 2015.
                     (PyTorch's SparseAdam adds epsilon to sqrt(v), before the correction.) */
  SY_ADAMW = 3    /* first w *= 1 - rate weight_decay, then Adam; Loshchilov and Hutter 2019 */
} sy_optimizer_kind;

/* Start from sy_optimizer_defaults(kind): PyTorch's defaults. */
typedef struct sy_optimizer_options {
  sy_optimizer_kind kind;
  double momentum;     /* SGD */
  int nesterov;        /* SGD; needs a momentum */
  double beta1, beta2; /* Adam, AdamW: below 1 */
  double epsilon;      /* above 0 in the parameters' type */
  double initial;      /* Adagrad: what the sums of squares start from */
  double weight_decay; /* SGD, Adagrad, Adam: decay * w is added to gradients; AdamW: w shrinks by
                          rate * decay. Clipping comes before, and knows neither decay nor L2. */
  double clip_value;   /* 0: off; else each number of a gradient is cut to +- that, first */
  double clip_norm;    /* 0: off; else all gradients together, cut, are scaled by clip_norm /
                          (norm + 1e-6) where that is below 1 */
  int lazy;            /* tables: only touched rows move */
} sy_optimizer_options;

SY_API sy_optimizer_options sy_optimizer_defaults(sy_optimizer_kind kind);

typedef struct sy_optimizer sy_optimizer;

/*
 * As sy_net_bytes and sy_net_init: for `count` parameters of one dtype, SY_F32 or SY_F64, whose
 * shapes must not change afterwards; statistics (gradient NULL and not a table: slots NULL) and
 * frozen ones get no state, and never move. SY_E_ARGUMENT names the option that makes no sense.
 */
SY_API size_t sy_optimizer_bytes(const sy_optimizer_options *options,
                                 const sy_parameter *parameters, size_t count, sy_dtype dtype,
                                 sy_error *error);
SY_API sy_status sy_optimizer_init(void *block, const sy_optimizer_options *options,
                                   const sy_parameter *parameters, size_t count, sy_dtype dtype,
                                   sy_optimizer **optimizer, sy_error *error);

/*
 * One step at a learning rate: every parameter that has a gradient, is trained and has state moves
 * by rate times its own rate. One without a gradient is left alone, and its steps are not counted.
 * norm: NULL, or the norm of all gradients together before clipping (with L2 terms left out): sums
 * of squares in doubles, in a fixed order.
 * SY_E_NUMBER, with nothing moved, where a gradient is not finite (or its square too large for a
 * double): the parameter, row and column are named. O(numbers that move).
 */
SY_API sy_status sy_optimizer_step(sy_optimizer *optimizer, const sy_parameter *parameters,
                                   size_t count, double rate, double *norm, sy_error *error);

/*
 * The number of threads that steps use: 1 until somebody asks. Each number moves by itself, and sums
 * of squares go by blocks that no number of threads changes: the bits do not depend on it.
 */
SY_API void sy_optimizer_set_threads(sy_optimizer *optimizer, int threads);

/*
 * For checkpoints: arrays, and how many steps moved a parameter (bias correction counts them). With
 * both restored, steps go on to the same bits.
 */
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
/* The steps of a parameter of the list, whether it has state arrays or not. */
SY_API uint64_t *sy_optimizer_steps(sy_optimizer *optimizer, size_t parameter);

/* As sy_work_set_cpu: for tests and benchmarks. */
SY_API sy_status sy_optimizer_set_cpu(sy_optimizer *optimizer, const char *name);

#ifdef __cplusplus
}
#endif

#endif /* STEELYARD_OPTIMIZERS_H */
