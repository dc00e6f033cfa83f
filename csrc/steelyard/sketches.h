/*
 * steelyard/sketches.h - calibration sketches: what a stream of (prediction, label, weight) says, in
 * some thousand bins that add up exactly. Part of steelyard.h.
 *
 * The grid is fixed: bins are the leading bits of the prediction, or, above one half, of its distance from
 * 1, so that the grid is as fine near 1 as near 0. All sums are integers of 128 bits: merging
 * sketches in any order and any grouping gives the same bytes as one sketch of all rows.
 */
#include "steelyard.h" /* which includes this file, so that its parts stand in order */

#ifndef STEELYARD_SKETCHES_H
#define STEELYARD_SKETCHES_H

#ifdef __cplusplus
extern "C" {
#endif

/* A sum in units of 2^-64, two's complement. Terms are rounded to that each, once. */
typedef struct sy_exact {
  uint64_t low;
  int64_t high;
} sy_exact;

/* One bin: key is its place on the grid, sums as in sy_curve_totals. */
typedef struct sy_bin {
  int32_t key;
  int32_t unweighted; /* 1 where all its rows have the weight 1 */
  int64_t n;
  sy_exact w, p, y, ww, wwp, wwpq, squared, log;
  int64_t clipped;
} sy_bin;

/* Mantissa bits of the grid: 7 gives at most some 10,000 bins. */
#define SY_SKETCH_BITS 7
#define SY_SKETCH_BITS_MAX 12

/* The key of a prediction in [0, 1]: from 0, ascending. */
SY_API int32_t sy_sketch_key(double prediction, int bits);
/* How many keys there are. */
SY_API size_t sy_sketch_keys(int bits);

/*
 * The bins of rows, by ascending key. bins: room for min(n, keys). scratch: sy_sketch_bytes(bits).
 * Weights are 0 or from 2^-20 to 2^20. Refuses what sy_curve_of_rows does; sums that do not fit are
 * SY_E_LIMIT. O(n).
 */
SY_API size_t sy_sketch_bytes(int bits);
SY_API sy_status sy_sketch_rows(const sy_labelled *rows, int bits, void *scratch, sy_bin *bins,
                                size_t *count, sy_error *error);

/* Two sketches of one grid as one. out: room for both counts. Returns how many; SY_E_LIMIT where a sum does not fit. */
SY_API sy_status sy_sketch_merge(const sy_bin *a, size_t a_count, const sy_bin *b, size_t b_count,
                                 sy_bin *out, size_t *count, sy_error *error);

/* The curve of a sketch. block: sy_sketch_curve_bytes(count). */
SY_API size_t sy_sketch_curve_bytes(size_t count);
SY_API void sy_sketch_curve(const sy_bin *bins, size_t count, void *block, sy_curve *curve);

/*
 * Evidence against "the labels of these rows have mean p / ratio for some ratio in [1 / (1 + tolerance), 1 + tolerance]", for
 * each of a fixed set of alternatives: the log of a factor whose expectation is at most 1
 * while that holds, whatever was seen before. alternatives: SY_ALTERNATIVES numbers.
 */
#define SY_ALTERNATIVES 12
SY_API sy_status sy_sketch_evidence(const sy_bin *bins, size_t count, double tolerance,
                                    double *alternatives, sy_error *error);

/* ---------------------------------------------------------------- files ---------------------- */

/* A named sketch in a file: of a task and, where there are any, a segment. */
typedef struct sy_named_sketch {
  const char *name;
  int bits;
  size_t count;
  const sy_bin *bins;
} sy_named_sketch;

typedef struct sy_sketch_file sy_sketch_file;
SY_API sy_status sy_sketches_save(const sy_named_sketch *sketches, size_t count, const char *path,
                                  const sy_memory *memory, sy_error *error);
SY_API sy_status sy_sketches_load(const char *path, const sy_memory *memory, sy_sketch_file **file,
                                  sy_error *error);
SY_API size_t sy_sketches_count(const sy_sketch_file *file);
SY_API sy_named_sketch sy_sketches_get(const sy_sketch_file *file, size_t index);
SY_API void sy_sketches_destroy(sy_sketch_file *file);

#ifdef __cplusplus
}
#endif

#endif
