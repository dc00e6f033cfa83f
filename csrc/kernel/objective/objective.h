/*
 * objective.h - what a training loss is inside the library, and what several of them share.
 *
 * Adding one touches two places: its file here, which defines sy_objective_NAME, and the list below.
 */
#ifndef SY_OBJECTIVE_H
#define SY_OBJECTIVE_H

#include "kernel/work.h"

#define SY_OBJECTIVES(X)                                                                           \
  X(bce)                                                                                           \
  X(multinomial)                                                                                   \
  X(mse)                                                                                           \
  X(huber)                                                                                         \
  X(gaussian_kl)                                                                                   \
  X(bucket_calibration)                                                                            \
  X(group_calibration)                                                                             \
  X(kernel_calibration)

/* So many numbers are handled at a time, in the first-level cache; a multiple of the lanes. */
#define SY_OBJECTIVE_BLOCK 256

/* No gradient so far was out of range. */
#define SY_NOWHERE SIZE_MAX

typedef struct sy_objective_kind sy_objective_kind;

/* One call. Element i of row r stands at r * columns + i. */
typedef struct sy_objective_job {
  const sy_objective_kind *kind;
  const sy_kernels *kernels;
  const sy_objective_options *options;
  sy_vector outputs, targets;
  size_t rows, columns;
  double factor;
  void *gradient;   /* of outputs' type; NULL: not wanted */
  double *parts;    /* for the kind to fill in: of each column, or one in all */
  int complete;     /* no target is NaN */
  double *observed; /* the weight of each column's observed rows, where targets are */
  char *scratch;    /* the kind's own bytes, aligned */
  size_t bad;       /* an element whose gradient left the range, or SY_NOWHERE */
} sy_objective_job;

struct sy_objective_kind {
  const char *name;
  const char *help;   /* formula and source, in a line */
  int no_targets;     /* it takes none */
  int whole;          /* rows count as a whole: one part in all */
  double least, most; /* of targets */
  /* Options and shapes of its own; NULL: none. */
  sy_status (*check)(const sy_objective_job *job, sy_error *error);
  /* Bytes of scratch; NULL: none. */
  size_t (*bytes)(const sy_objective_job *job);
  /* Fill in the parts and add the gradient; numbers are good. */
  void (*run)(sy_objective_job *job);
};

#define SY_DECLARE_OBJECTIVE(name) extern const sy_objective_kind sy_objective_##name;
SY_OBJECTIVES(SY_DECLARE_OBJECTIVE)
#undef SY_DECLARE_OBJECTIVE

/* sy_objective on given kernels. */
sy_status sy_objective_on(const sy_kernels *kernels, const char *name, sy_vector outputs,
                          sy_vector targets, size_t rows, size_t columns,
                          const sy_objective_options *options, double factor,
                          const sy_memory *memory, void *gradient, double *value, double *values,
                          sy_error *error);

/* "a number above 0" of an option. */
sy_status sy_objective_above_zero(const char *name, double value, sy_error *error);

/* ------------------------------------------------------------------------ elements ------------ */

/* Elements first, first + stride ... of a matrix, n of them. */
void sy_objective_load(sy_vector matrix, size_t first, size_t stride, size_t n, double *out);

/* Add factor * scale * slopes[i] to the gradient there; nothing where none is wanted. */
void sy_objective_add(sy_objective_job *job, size_t first, size_t stride, size_t n,
                      const double *slopes, double scale);

/* Note the first of n elements first, first + stride ... of the gradient that left the range. */
void sy_objective_find_bad(sy_objective_job *job, size_t first, size_t stride, size_t n);

/* The weight of a row, or task. */
static inline double sy_row_weight(const sy_objective_job *job, size_t row) {
  return job->options->row_weights ? job->options->row_weights[row] : 1.0;
}
static inline double sy_task_weight(const sy_objective_job *job, size_t task) {
  return job->options->task_weights ? job->options->task_weights[task] : 1.0;
}

/* ------------------------------------------------------------------------ families ------------ */

/* The losses and slopes of n outputs z and targets y of a column; those of NaN do not matter. */
typedef void (*sy_objective_points)(const sy_objective_job *job, size_t column, const double *z,
                                    const double *y, size_t n, double *loss, double *slope);

/* A loss that is a sum over elements. */
void sy_objective_pointwise(sy_objective_job *job, sy_objective_points points);

#endif
