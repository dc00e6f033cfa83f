/*
 * layers.h - what layers do forward and backward, for each type of number and instruction set. Each
 * function does a whole batch. Matrices are row by row with a stride; sums go in one order whatever
 * the width of vectors, so that only the BLAS tells machines apart.
 */
#ifndef SY_LEARN_LAYERS_H
#define SY_LEARN_LAYERS_H

#include "learn/gemm.h"

/* What an EMBEDDING reads: arrays over a log, all of whose used entries were checked. */
typedef struct sy_ids {
  sy_vector ids; /* i32 or i64 */
  int64_t base;
  uint64_t table; /* rows of the table */
  int hashed;
  const int64_t *offsets; /* of bags */
  size_t count;           /* all ids of bags */
  sy_vector weights;      /* data NULL: all 1 */
  int mean;
} sy_ids;

/*
 * Some entries of a batch's bags by the gradient's row (slot) that they add to, those of one slot in
 * the batch's order: entries starts[slot] .. starts[slot + 1] - 1 are weights times rows of the batch.
 */
typedef struct sy_sorted {
  int32_t *rows;
  void *weights;
  int32_t *starts; /* two more than there are slots */
  size_t room;     /* for how many entries */
  size_t row;      /* the first entry that is not among them: of a row of the batch */
  int64_t entry;
} sy_sorted;

static inline int64_t sy_ids_entry(const sy_ids *ids, int64_t entry) {
  return ids->ids.dtype == SY_I32 ? ((const int32_t *)ids->ids.data)[entry]
                                  : ((const int64_t *)ids->ids.data)[entry];
}

/* SplitMix64's next number after the id, whose upper half is scaled to the table. */
static inline uint64_t sy_hash_row(int64_t id, uint64_t table) {
  uint64_t z = (uint64_t)id + UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  z ^= z >> 31;
  return (z >> 32) * table >> 32;
}

/* The table's row of an entry; not below `table` where the id is outside. */
static inline uint64_t sy_ids_row(const sy_ids *ids, int64_t entry) {
  int64_t id = sy_ids_entry(ids, entry);
  return ids->hashed ? sy_hash_row(id, ids->table) : (uint64_t)id - (uint64_t)ids->base;
}

/* What one draw of a dropout or sample is made of. */
typedef struct sy_drop {
  uint32_t key[2];
  uint32_t least; /* drawn numbers below it are dropped */
  double factor;  /* of those that are kept */
} sy_drop;

/* The parameters of a norm and where its derivatives go; all NULL where it is not affine. */
typedef struct sy_affine {
  const void *scale, *offset;
  void *scale_gradient, *offset_gradient; /* NULL: not wanted */
} sy_affine;

typedef void sy_activate(sy_matrix x, size_t n, size_t width, sy_matrix y);
/* d = or += g f'(x), y = f(x). d may be g. */
typedef void sy_deactivate(sy_matrix x, sy_matrix y, sy_matrix g, size_t n, size_t width, int add,
                           sy_matrix d);

typedef struct sy_layer_kernels {
  /* --- sources. The place in rows of the first row that is not finite, or -1. */
  ptrdiff_t (*gather)(sy_vector from, size_t from_stride, const int64_t *rows, size_t n,
                      size_t width, sy_matrix y);

  /* --- embedding: y[i] = table[rows[i]]; gradient[slots[rows[i]]] += g[i]. Of bags likewise; bias
   * NULL: none. */
  void (*embed)(const void *table, const int32_t *rows, size_t n, size_t width, sy_matrix y);
  void (*embed_bags)(const void *table, const void *bias, const sy_ids *ids, const int64_t *rows,
                     size_t n, size_t width, sy_matrix y);
  void (*collect)(sy_matrix g, const int32_t *rows, const int32_t *slots, size_t n, size_t width,
                  void *gradient);
  /* Of bags in parts: entries from sorted->row and ->entry on that have room, sorted by slot; 0 where
   * none are left. Then gradient[slot] += their weights times rows of g. */
  int (*sort_bags)(const sy_ids *ids, const int64_t *rows, const int32_t *slots, size_t count,
                   size_t n, sy_sorted *sorted);
  void (*collect_bags)(sy_matrix g, const sy_sorted *sorted, size_t count, size_t width,
                       sy_matrix gradient);

  /* --- join: each row of y becomes row; y = or += x; sums of columns; y = or += x of any type */
  void (*fill)(const void *row, size_t n, size_t width, sy_matrix y);
  void (*pass)(sy_matrix x, size_t n, size_t width, int add, sy_matrix y);
  void (*column_sums)(sy_matrix g, size_t n, size_t width, void *sums);
  void (*take)(sy_vector x, size_t n, size_t width, int add, sy_matrix y);
  /* y *= x; and d = or += g times all factors but one, which `skip` tells */
  void (*times)(sy_matrix x, size_t n, size_t width, sy_matrix y);
  void (*times_back)(const sy_matrix *factors, size_t count, size_t skip, sy_matrix g, size_t n,
                     size_t width, int add, sy_matrix d);

  /* --- activations, by kind from SY_LAYER_RELU on */
  sy_activate *activate[5];
  sy_deactivate *deactivate[5];

  /* --- dropout of numbers counted from the batch's first; backward is the same on gradients */
  void (*drop)(const sy_drop *drop, sy_matrix x, size_t n, size_t width, int add, sy_matrix y);

  /*
   * --- samples of normal distributions, drawn as dropout draws: noise, n x width, is what is added
   * to the mean. Of rows first .. end - 1. Backward: d = or += g noise / 2, the gradient at the log of the variance.
   */
  void (*sample)(const sy_drop *drop, sy_matrix mean, sy_matrix log_variance, size_t first,
                 size_t end, size_t width, sy_matrix y, void *noise);
  void (*sample_back)(const void *noise, sy_matrix g, size_t n, size_t width, int add, sy_matrix d);

  /*
   * --- norms. saved: mean and 1 / deviation, by row or by column. d.data NULL: not wanted.
   * batch_norm: statistics are those of the batch where training, which the running ones move to by
   * `momentum`; else the running ones. scratch: 2 * width numbers.
   */
  void (*layer_norm)(sy_matrix x, size_t n, size_t width, sy_affine affine, double epsilon,
                     sy_matrix y, double *saved);
  void (*layer_norm_back)(sy_matrix x, sy_matrix g, size_t n, size_t width, sy_affine affine,
                          const double *saved, double *scratch, int add, sy_matrix d);
  void (*batch_norm)(sy_matrix x, size_t n, size_t width, sy_affine affine, double epsilon,
                     int training, double momentum, void *mean, void *variance, sy_matrix y,
                     double *saved, double *scratch);
  void (*batch_norm_back)(sy_matrix x, sy_matrix g, size_t n, size_t width, sy_affine affine,
                          int training, const double *saved, double *scratch, int add, sy_matrix d);
  /* saved: |x| by row */
  void (*l2_normalize)(sy_matrix x, size_t n, size_t width, double epsilon, sy_matrix y,
                       double *saved);
  void (*l2_normalize_back)(sy_matrix y, sy_matrix g, size_t n, size_t width, double epsilon,
                            const double *saved, int add, sy_matrix d);

  /*
   * --- mixture: shares = softmax(gates), n x count; y = or += share[expert] x. Backward: pulls of
   * shares, those of gates, and d = or += share[expert] g.
   */
  void (*shares)(sy_matrix gates, size_t n, size_t count, void *shares);
  void (*mix)(const void *shares, size_t count, size_t expert, sy_matrix x, size_t n, size_t width,
              int add, sy_matrix y);
  void (*mix_pulls)(sy_matrix x, sy_matrix g, size_t n, size_t width, size_t count, size_t expert,
                    void *pulls);
  void (*shares_back)(const void *shares, const void *pulls, size_t n, size_t count, int add,
                      sy_matrix d);

  /* --- scale: slopes are made of w, of width numbers; scratch: 2 * width numbers */
  void (*scale)(sy_matrix x, size_t n, size_t width, sy_slope slope, const void *w,
                const void *offset, double *scratch, sy_matrix y);
  void (*scale_back)(sy_matrix x, sy_matrix g, size_t n, size_t width, sy_slope slope,
                     const void *w, void *w_gradient, void *offset_gradient, double *scratch,
                     int add, sy_matrix d);

  /* --- dense layers of up to SY_NARROW outputs: y = x W' + bias; d = or += g W; d = g' x */
  void (*narrow_forward)(sy_matrix x, const void *w, const void *bias, size_t n, size_t inputs,
                         size_t outputs, sy_matrix y);
  void (*narrow_inputs)(sy_matrix g, const void *w, size_t n, size_t inputs, size_t outputs,
                        int add, sy_matrix d);
  void (*narrow_weights)(sy_matrix g, sy_matrix x, size_t n, size_t inputs, size_t outputs,
                         void *d);
} sy_layer_kernels;

#define SY_NARROW 8

typedef struct sy_layer_set {
  const char *name; /* of the instruction set */
  sy_layer_kernels f32, f64;
} sy_layer_set;

#ifdef SY_HAVE_avx512
extern const sy_layer_set sy_layers_avx512;
#endif
#ifdef SY_HAVE_avx2
extern const sy_layer_set sy_layers_avx2;
#endif
extern const sy_layer_set sy_layers_baseline;

#endif
