/*
 * work.h - the inside of a sy_work: scratch for each thread, discounts, and the one place where
 * results of many requests are added up.
 */
#ifndef SY_WORK_H
#define SY_WORK_H

#include "base/base.h"
#include "kernel/vector/kernels.h"

/* One thread's scratch for one request of up to `longest` items; arrays are padded by SY_PAD. */
typedef struct sy_slot {
  sy_sorting sorting;
  void *scores;     /* of the request's element type */
  void *others;     /* a second one */
  double *gains;    /* gains converted to double */
  double *selected; /* gains in rank order */
  double *keys;     /* keys of a group of equals; soft ranks */
  double *pulls;    /* soft ranks' derivatives */
  double *slopes;
  int32_t *order;
  int32_t *other_order;
  int32_t *ends;     /* of groups of equal scores */
  uint64_t *bits[3]; /* a bit an item */
  struct {           /* of several short requests at a time; only where there are threads */
    void *scores, *labels;
    int32_t *order;
    double *ideal;
  } batch[SY_BATCH];
} sy_slot;

/* Up to so many items make a request short. */
#define SY_SHORT 256

struct sy_work {
  const sy_kernels *kernels;
  size_t longest;
  int threads;       /* 0: single requests only */
  double *discounts; /* 1 / log2(r + 2) */
  double *partials;  /* SY_PARTIALS numbers; NULL where threads is 0 */
  sy_slot *slots;
  sy_memory memory; /* of one made by sy_work_create */
};

/* Room for the partial sums of a reduction, in numbers. */
#define SY_PARTIALS 65536

/* Where a parallel loop over blocks reports the first row that is not a number. */
#define SY_NO_ROW SIZE_MAX

/*
 * One block of a reduction: handle requests first .. last - 1 with a slot's scratch and add what
 * they give to `partial` (zeroed, `width` numbers). Returns SY_NO_ROW, or the row of a NaN.
 */
typedef size_t (*sy_block)(const void *context, sy_slot *slot, size_t first, size_t last,
                           double *partial);

/*
 * Run `block` over all requests on the work's threads and add up the partials, in place: the totals
 * are the first `width` numbers of work->partials. The requests are cut into blocks whose number
 * depends on nothing but their count and the width, and partials are added in order: the totals have
 * the same bits for any number of threads. A small log is done by one thread, since waking others
 * would take longer. width: at most SY_PARTIALS. Returns SY_NO_ROW, or the first block's bad row.
 */
size_t sy_reduce(sy_work *work, sy_requests requests, size_t width, sy_block block,
                 const void *context);

/* Run `block` over rows of as many items each, on the work's threads; it adds up nothing. */
size_t sy_each_row(sy_work *work, size_t rows, size_t items, sy_block block, const void *context);

/* Refuse requests that the work is too small for, and offsets that fall. */
sy_status sy_work_fits(const sy_work *work, sy_requests requests, sy_error *error);

/* The best kernels that this machine can run. */
const sy_kernels *sy_best_kernels(void);

/* Where the best that the machine can run stands in a list of this build's sets, best first. */
size_t sy_best_set(void);

/* Kernels by element type; SY_F32 or SY_F64. */
static inline int sy_kernel_score(const sy_kernels *k, sy_dtype dtype, const double *weights,
                                  size_t tasks, size_t without, const void *const *columns,
                                  size_t from, size_t n, void *out) {
  return dtype == SY_F32 ? k->f32.score(weights, tasks, without, columns, from, n, out)
                         : k->f64.score(weights, tasks, without, columns, from, n, out);
}
static inline void sy_kernel_order(const sy_kernels *k, sy_dtype dtype, const void *values,
                                   size_t n, size_t places, const sy_sorting *scratch,
                                   int32_t *order) {
  if (places == 0) return;
  if (dtype == SY_F32) k->f32.order(values, n, places, scratch, order);
  else k->f64.order(values, n, places, scratch, order);
}
static inline void sy_kernel_order_batch(const sy_kernels *k, sy_dtype dtype,
                                         const void *const *values, const size_t *n, size_t count,
                                         size_t places, const sy_sorting *scratch,
                                         int32_t *const *orders) {
  if (dtype == SY_F32)
    k->f32.order_batch((const float *const *)values, n, count, places, scratch, orders);
  else k->f64.order_batch((const double *const *)values, n, count, places, scratch, orders);
}
static inline void sy_kernel_largest(const sy_kernels *k, sy_dtype dtype, const void *values,
                                     size_t n, size_t places, const sy_sorting *scratch,
                                     double *out) {
  if (places == 0) return;
  if (dtype == SY_F32) k->f32.largest(values, n, places, scratch, out);
  else k->f64.largest(values, n, places, scratch, out);
}
static inline void sy_kernel_largest_batch(const sy_kernels *k, sy_dtype dtype,
                                           const void *const *values, const size_t *n, size_t count,
                                           size_t places, const sy_sorting *scratch,
                                           double *const *out) {
  if (dtype == SY_F32)
    k->f32.largest_batch((const float *const *)values, n, count, places, scratch, out);
  else k->f64.largest_batch((const double *const *)values, n, count, places, scratch, out);
}
static inline int sy_kernel_refine(const sy_kernels *k, sy_dtype dtype, const void *values,
                                   size_t n, int32_t *order) {
  return dtype == SY_F32 ? k->f32.refine(values, n, order) : k->f64.refine(values, n, order);
}
static inline void sy_kernel_gather(const sy_kernels *k, sy_dtype dtype, const void *values,
                                    const int32_t *order, size_t n, double *out) {
  if (dtype == SY_F32) k->f32.gather(values, order, n, out);
  else k->f64.gather(values, order, n, out);
}
static inline size_t sy_kernel_count_above(const sy_kernels *k, sy_dtype dtype, const void *values,
                                           size_t n, double level, int strict) {
  return dtype == SY_F32 ? k->f32.count_above(values, n, level, strict)
                         : k->f64.count_above(values, n, level, strict);
}
static inline int sy_kernel_has_nan(const sy_kernels *k, sy_dtype dtype, const void *values,
                                    size_t n) {
  return dtype == SY_F32 ? k->f32.has_nan(values, n) : k->f64.has_nan(values, n);
}
static inline int sy_kernel_has_infinite(const sy_kernels *k, sy_dtype dtype, const void *values,
                                         size_t n) {
  return dtype == SY_F32 ? k->f32.has_infinite(values, n) : k->f64.has_infinite(values, n);
}
static inline int sy_kernel_load(const sy_kernels *k, sy_dtype dtype, const void *values, size_t n,
                                 void *out) {
  return dtype == SY_F32 ? k->f32.load(values, n, out) : k->f64.load(values, n, out);
}
static inline double sy_kernel_weigh(const sy_kernels *k, sy_dtype dtype, const void *values,
                                     const int32_t *order, size_t n, const double *weights) {
  return dtype == SY_F32 ? k->f32.weigh(values, order, n, weights)
                         : k->f64.weigh(values, order, n, weights);
}
static inline double sy_kernel_weigh_largest(const sy_kernels *k, sy_dtype dtype,
                                             const void *values, size_t n, size_t places,
                                             const sy_sorting *scratch, const double *weights) {
  if (places == 0) return 0;
  return dtype == SY_F32 ? k->f32.weigh_largest(values, n, places, scratch, weights)
                         : k->f64.weigh_largest(values, n, places, scratch, weights);
}

/* The number at an index of a vector of any type, as a double. */
double sy_vector_at(sy_vector vector, size_t index);

/* A vector that starts `from` elements later. */
static inline sy_vector sy_vector_from(sy_vector vector, size_t from) {
  vector.data = (const char *)vector.data + from * sy_dtype_size(vector.dtype);
  return vector;
}

#endif
