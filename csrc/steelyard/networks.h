/*
 * networks.h - networks with explicit forward and backward passes, on CBLAS (libsteelyard_learn).
 *
 * A network is a list of layers, each of which reads layers before it. It is planned once, for a
 * largest batch: parameters, activations and gradients lie in one block, and a pass allocates
 * nothing. There is no tape: what a layer does backward is written beside what it does forward.
 *
 *   forward    reads the rows of a batch out of arrays that hold a whole log
 *   (a loss    value and gradient with respect to some layer's output: objectives.h, losses.h)
 *   backward   from gradients at any layers to gradients of parameters and wanted inputs
 *   (a step    moves the parameters: optimizers.h)
 *
 * The same bits come out for the same machine, BLAS, number of BLAS threads and batch; whatever the
 * number of a network's own threads.
 */
#ifndef STEELYARD_NETWORKS_H
#define STEELYARD_NETWORKS_H

#include "steelyard.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sy_net sy_net;

#define SY_NET_LAYERS_MAX 2048

/* x: the input's value, row by row. B: the batch. */
typedef enum sy_layer_kind {
  SY_LAYER_INPUT = 0,     /* source of `width` numbers a row */
  SY_LAYER_IDS = 1,       /* source of ids: one a row, or a bag of any number */
  SY_LAYER_EMBEDDING = 2, /* of IDS: the table's row of an id; of a bag: sum or mean (see bag) */
  SY_LAYER_DENSE = 3,     /* x W' + b, W: width x inputs; b where bias */
  SY_LAYER_CONCAT = 4,    /* all inputs side by side */
  SY_LAYER_ADD = 5,       /* sum of inputs of equal width */
  SY_LAYER_SLICE = 6,     /* columns offset .. offset + width - 1 */
  SY_LAYER_RELU = 7,
  SY_LAYER_TANH = 8,
  SY_LAYER_SIGMOID = 9,
  SY_LAYER_GELU = 10,       /* x Phi(x), exact (by erf) */
  SY_LAYER_SOFTPLUS = 11,   /* log(1 + exp(x)) */
  SY_LAYER_BATCH_NORM = 12, /* by column over the batch; running means when not training */
  SY_LAYER_LAYER_NORM = 13, /* by row over the columns */
  SY_LAYER_DROPOUT = 14,    /* training: each number is 0 with chance `value`, else / (1 - value) */
  SY_LAYER_L2_NORMALIZE = 15, /* x / max(|x|, epsilon) by row */
  SY_LAYER_MIXTURE = 16, /* of gates (B x E) and E experts of one width: softmax(gates)-weighted
                              sum of the experts (MMoE, Ma et al. 2018) */
  SY_LAYER_SCALE = 17,   /* by column: slope_t x + offset_t (Platt, in a network) */
  SY_LAYER_STOP_GRADIENT = 18, /* x; nothing goes backward */
  SY_LAYER_MULTIPLY = 19,      /* product of inputs of equal width */
  SY_LAYER_SAMPLE =
      20 /* of a mean m and, as wide, a log of a variance v: training, m + z exp(v / 2)
                          with z normal; else m, and nothing goes back to v */
} sy_layer_kind;

/*
 * What an EMBEDDING makes of a row's ids, x_k with weight w_k (1 where there are none): the one x;
 * sum of w_k x_k; that over the sum of w_k (zeroes where it is 0).
 */
typedef enum sy_bag { SY_BAG_ONE = 0, SY_BAG_SUM = 1, SY_BAG_MEAN = 2 } sy_bag;

/* How SCALE's slope comes from its parameter w, which starts where the slope is 1. */
typedef enum sy_slope { SY_SLOPE_FREE = 0, SY_SLOPE_EXP = 1, SY_SLOPE_SOFTPLUS = 2 } sy_slope;

/* How weights start. */
typedef enum sy_start {
  SY_START_DEFAULT = 0,   /* DENSE: FAN_IN (weights and bias); EMBEDDING: NORMAL */
  SY_START_FAN_IN = 1,    /* uniform within 1 / sqrt(inputs): weights and bias (PyTorch's Linear) */
  SY_START_GLOROT = 2,    /* uniform within sqrt(6 / (inputs + outputs)), bias 0; a table has 1
                             input, of bags as many as it has rows */
  SY_START_NORMAL = 3,    /* normal with deviation `deviation`, bias 0 */
  SY_START_TRUNCATED = 4, /* that, drawn again beyond two deviations */
  SY_START_ZERO = 5
} sy_start;

/* One layer; zeroes are the defaults. */
typedef struct sy_layer {
  const char *name; /* unique, not empty */
  sy_layer_kind kind;
  const int32_t *inputs; /* the layers it reads, all before it */
  size_t input_count;
  size_t width;    /* INPUT, EMBEDDING, DENSE, SLICE; otherwise it follows from the inputs */
  size_t rows;     /* EMBEDDING: of the table */
  size_t offset;   /* SLICE */
  double value;    /* DROPOUT: the share that is dropped */
  double epsilon;  /* norms; 0: 1e-5, L2_NORMALIZE 1e-12 */
  double momentum; /* BATCH_NORM: the running means move by that share; 0: 0.1. The running variance
                      follows the unbiased one, which a batch of one row does not have */
  sy_bag bag;      /* EMBEDDING. A bag's ids may have weights; an empty bag gives zeroes */
  int hashed;      /* EMBEDDING: ids are any numbers, and hash to a row: sy_net_hash */
  int bias;        /* DENSE; EMBEDDING of bags: is added to each row, as if all ids were inputs */
  int affine;      /* norms: with a trained scale and offset by column */
  int wants_gradient; /* INPUT: backward gives the gradient with respect to it, too */
  sy_slope slope;     /* SCALE */
  sy_start start;     /* EMBEDDING, DENSE */
  double deviation;   /* of START_NORMAL and _TRUNCATED; 0: 1 for tables, 0.01 for weights */
  int frozen;         /* its parameters are not trained, and get no gradient */
  double rate;        /* multiplies the optimizer's rate for its parameters; 0: 1 */
  double l2;          /* its parameters' own L2: l2 * w is added to their gradients by optimizers
                      (tables with lazy updates: of the rows that a batch touches) */
} sy_layer;

/*
 * The bytes of a network for batches of up to `batch` rows in SY_F32 or SY_F64; 0 and an error
 * that names the layer where the plan makes no sense or is too large.
 */
SY_API size_t sy_net_bytes(const sy_layer *layers, size_t count, size_t batch, sy_dtype dtype,
                           sy_error *error);

/*
 * Lay a network out in a block of so many bytes, 64-byte aligned, and start its parameters from a
 * seed: the same network for the same seed, whatever the batch. Nothing given is kept. Each matrix
 * draws from a stream that its name tells, so that other layers do not change it.
 */
SY_API sy_status sy_net_init(void *block, const sy_layer *layers, size_t count, size_t batch,
                             sy_dtype dtype, uint64_t seed, sy_net **net, sy_error *error);

SY_API size_t sy_net_layer_count(const sy_net *net);
SY_API const char *sy_net_layer_name(const sy_net *net, size_t layer);
SY_API ptrdiff_t sy_net_find(const sy_net *net, const char *name); /* a layer, or -1 */
SY_API sy_layer_kind sy_net_kind(const sy_net *net, size_t layer);
SY_API size_t sy_net_width(const sy_net *net, size_t layer); /* 0 for IDS */
SY_API size_t sy_net_batch(const sy_net *net);
SY_API sy_dtype sy_net_dtype(const sy_net *net);

/* ------------------------------------------------------------------------------- passes ------ */

/* What a source layer reads: arrays over a whole log. All zeroes: the layer is not fed. */
typedef struct sy_feed {
  sy_vector numbers; /* INPUT: f32 or f64, row i at i * stride */
  size_t stride;     /* INPUT: elements between rows; 0: the width */
  sy_vector ids;     /* IDS: i32 or i64 */
  int64_t base;      /* IDS: the id of a table's first row (0 or 1); hashed ids are taken raw */
  const int64_t
      *offsets;      /* IDS: NULL for one id a row; else row i's are offsets[i] .. [i + 1] - 1 */
  sy_vector weights; /* IDS with offsets: one for each id (f32 or f64), or none */
  size_t rows;       /* how many rows the arrays have */
  size_t id_count;   /* IDS with offsets: how many ids there are, and weights */
} sy_feed;

/*
 * The row of a table of `rows` rows (1 to 2^31 - 1) that an id hashes to. Saved tables depend on it,
 * so that it never changes: z = id + 0x9e3779b97f4a7c15; z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9; z =
 * (z ^ z >> 27) * 0x94d049bb133111eb; z ^= z >> 31 (SplitMix64); then ((z >> 32) * rows) >> 32.
 */
SY_API size_t sy_net_hash(int64_t id, size_t rows);

/*
 * Compute every layer whose sources are fed, for rows[0 .. n - 1] - base (rows NULL: the first n).
 * feeds: one for each layer (only those of sources are looked at). training: dropout drops and
 * batch norm goes by the batch (and moves its running means).
 * Arrays are not kept, but for those of bags, which backward reads again.
 * Errors: n above the batch; a row outside of a feed; numbers that are not finite, an id outside
 * of its table (both name the source and the row). After one, nothing counts as computed, and no
 * statistic has moved. O(what the layers cost); no allocation.
 */
SY_API sy_status sy_net_forward(sy_net *net, const sy_feed *feeds, const int64_t *rows,
                                int64_t base, size_t n, int training, sy_error *error);

/*
 * A layer's output for the last forward pass: n x width, row i at i * *stride; NULL where the
 * layer was not computed (or is IDS). It stays until the next pass.
 */
SY_API const void *sy_net_value(const sy_net *net, size_t layer, size_t *stride, size_t *n);

/*
 * A gradient at a layer's output: n x width, contiguous, f32 or f64, for the last forward pass. It
 * may be what sy_net_value gives for that layer, if without gaps: a loss may have put its gradient
 * in place of the values of a DENSE layer that no other layer reads. The only gradient at a DENSE
 * layer, of the network's dtype, is not copied.
 */
typedef struct sy_pull {
  size_t layer;
  sy_vector gradient;
} sy_pull;

/*
 * From gradients at some layers to those of all parameters below them. Parameters that no gradient
 * reaches have none afterwards (sy_parameter.has_gradient), and optimizers leave them alone.
 * May be called again for the same forward pass; gradients are replaced, not added. Two gradients
 * at one layer add up. What is not needed for any trained parameter or wanted input is left out.
 * Errors: a layer that the last forward pass did not compute, or IDS. No allocation.
 */
SY_API sy_status sy_net_backward(sy_net *net, const sy_pull *pulls, size_t count, sy_error *error);

/* The gradient at an INPUT with wants_gradient, or NULL; as sy_net_value. */
SY_API const void *sy_net_input_gradient(const sy_net *net, size_t layer, size_t *stride);

/* --------------------------------------------------------------------------- parameters ------ */

/*
 * A matrix that a layer owns, "LAYER.weight", "LAYER.bias" (DENSE), "LAYER.weight" (EMBEDDING; of
 * bags, "LAYER.bias" too),
 * "LAYER.scale", "LAYER.offset" (norms; SCALE, whose scale is the slope's parameter), and the
 * statistics "LAYER.mean", "LAYER.variance" (BATCH_NORM), which no gradient moves.
 */
typedef struct sy_parameter {
  const char *name;
  size_t rows, columns; /* a vector: 1 x columns */
  void *data;           /* of the network's dtype, contiguous */
  void *gradient;       /* the same shape; of a table: touched_count x columns; NULL: a statistic */
  const int32_t
      *touched;         /* a table: the rows that have a gradient, in ascending order; else NULL */
  const int32_t *slots; /* a table: per row, which row of gradient is its, or -1 */
  size_t touched_count;
  int has_gradient; /* the last backward pass reached it */
  int frozen;
  double rate, l2; /* as in sy_layer; rate is never 0 here */
} sy_parameter;

SY_API size_t sy_net_parameter_count(const sy_net *net);
SY_API void sy_net_parameter(const sy_net *net, size_t parameter, sy_parameter *result);

/* What dropout and samples draw from: a seed and how many training passes there were. For checkpoints. */
typedef struct sy_net_state {
  uint64_t seed, passes;
} sy_net_state;
SY_API sy_net_state sy_net_get_state(const sy_net *net);
SY_API void sy_net_set_state(sy_net *net, sy_net_state state);

/*
 * The instruction set that layers other than matrix products use: the best that there is, or one by
 * name (see sy_cpu_list). For tests: the bits are the same.
 */
SY_API sy_status sy_net_set_cpu(sy_net *net, const char *name);
SY_API const char *sy_net_cpu(const sy_net *net);

/*
 * The number of threads that passes use: 1 until somebody asks. They share out the blocks of large
 * layers, so that the bits do not depend on it. While a pass with more than one runs, the BLAS has
 * none of its own.
 */
SY_API void sy_net_set_threads(sy_net *net, int threads);

/*
 * The number of threads that the BLAS uses: 1 until somebody asks. Process-wide, as in the BLAS.
 * An OpenBLAS starts one for each core when it is loaded, all the same; they sleep until this asks
 * for them. OPENBLAS_NUM_THREADS=1 in the environment of the process keeps it from that, and more
 * can still be asked for here.
 */
SY_API void sy_blas_threads(int threads);
SY_API const char *sy_blas_name(void); /* e.g. "OpenBLAS 0.3.21 ... Zen ..." */

#ifdef __cplusplus
}
#endif

#endif /* STEELYARD_NETWORKS_H */
