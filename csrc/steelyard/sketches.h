/*
 * steelyard/sketches.h - calibration sketches: what a stream of (prediction, label, weight) says,
 * in some thousand bins that add up exactly. Part of steelyard.h.
 *
 * The grid is fixed: bins are the leading bits of the prediction, or, above one half, of its
 * distance from 1, so that the grid is as fine near 1 as near 0. All sums are integers of 128 bits:
 * merging sketches in any order and any grouping gives the same bytes as one sketch of all rows.
 */
#include "steelyard.h" /* which includes this file, so that its parts stand in order */

#ifndef STEELYARD_SKETCHES_H
#define STEELYARD_SKETCHES_H

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- the grid ------------------- */

/*
 * Mantissa bits of the grid: a bin is at most 2^-bits of its predictions (or of their distances
 * from 1) wide. 7 give at most 9,987 bins.
 */
#define SY_SKETCH_BITS 7
#define SY_SKETCH_BITS_MAX 12

/* Below 2^-40, and as near to 1, the grid tells nothing apart. */
#define SY_SKETCH_OCTAVES 40

/*
 * The key of a prediction in [0, 1]: from 0, ascending. The grid is its own mirror image: the key
 * of 1 - p is keys - 1 less that of p, and one half has a key of its own. bits: 1 to
 * SY_SKETCH_BITS_MAX.
 */
SY_API int64_t sy_sketch_key(double prediction, int bits);
/* How many keys there are; 0 for bits that there are not. */
SY_API size_t sy_sketch_keys(int bits);

/* ---------------------------------------------------------------- bins ----------------------- */

/* A sum in units of 2^-64, from 0 up to 2^63. */
typedef struct sy_exact {
  uint64_t low;  /* of the unit */
  uint64_t high; /* whole numbers; below 2^63 */
} sy_exact;

/* The nearest double. */
SY_API double sy_exact_value(sy_exact sum);

/*
 * One bin: its place on the grid, and sums as in sy_curve_totals. Each term is computed in doubles
 * and rounded to the unit once. No padding: equal bins have equal bytes.
 */
typedef struct sy_bin {
  int64_t key;
  int64_t n;       /* rows, of weight above 0 */
  int64_t clipped; /* rows at 0 or 1 that were wrong */
  double heaviest; /* the largest weight */
  sy_exact w, p, y, ww, wwp, wwpq, squared, log;
} sy_bin;

/* Weights are 0 or within these. */
#define SY_SKETCH_WEIGHT_LEAST 0x1p-20
#define SY_SKETCH_WEIGHT_MOST 0x1p20

/*
 * The bins of rows, by ascending key. bins: room for min(n, keys). scratch: sy_sketch_bytes(bits)
 * bytes, aligned as from malloc. Rows of weight 0 count nowhere. Refuses what sy_curve_of_rows
 * does, weights outside of the bounds above, and rows whose sums do not fit (SY_E_LIMIT: 2^63, for
 * squares of weights reached by 2^23 of the heaviest rows). O(n + keys); row order changes no bit.
 */
SY_API size_t sy_sketch_bytes(int bits);
SY_API sy_status sy_sketch_rows(const sy_labelled *rows, int bits, void *scratch, sy_bin *bins,
                                size_t *count, sy_error *error);

/* How many bins two sketches of one grid have together. */
SY_API size_t sy_sketch_merged(const sy_bin *a, size_t a_count, const sy_bin *b, size_t b_count);

/*
 * Two sketches of one grid as one. out: room for sy_sketch_merged bins, apart from both. SY_E_LIMIT
 * where a sum over all bins does not fit: whether it does not depend on what is merged first.
 * O(bins).
 */
SY_API sy_status sy_sketch_merge(const sy_bin *a, size_t a_count, const sy_bin *b, size_t b_count,
                                 sy_bin *out, size_t *count, sy_error *error);

/*
 * The curve of a sketch: an atom a bin, at the weighted mean of its predictions (and within the
 * bin). The totals are those of the rows, to rounding: ratio, Brier score, log loss and their like
 * lose nothing. block: sy_sketch_curve_bytes(count), of any alignment; it must outlive the curve.
 */
SY_API size_t sy_sketch_curve_bytes(size_t count);
SY_API void sy_sketch_curve(const sy_bin *bins, size_t count, int bits, void *block,
                            sy_curve *curve);

/* Refuses bins, from elsewhere, that no rows can have given. */
SY_API sy_status sy_sketch_check(const sy_bin *bins, size_t count, int bits, sy_error *error);

/* ---------------------------------------------------------------- drift ---------------------- */

/*
 * Evidence against "every label has, whatever was seen before it, a mean within p / (1 + tolerance)
 * and p (1 + tolerance)", gathered so that one may look as often as one likes.
 *
 * One row. For t > 0 and a label y in [0, 1] of mean u <= m, where m = min(1, p (1 + tolerance)),
 *   E exp(t y) <= 1 - u + u exp(t) <= 1 + m (exp(t) - 1),
 * the first since exp is convex, the second since it grows with u. So
 * exp(t y) / (1 + m (exp(t) - 1)) has an expectation of at most 1, for every mean in the band and
 * any fractional label. Likewise for t < 0 with m = p / (1 + tolerance), since the bound then falls
 * with u.
 *
 * A bin. Multiplied over rows, given the predictions, the expectation stays at most 1. The logs of
 * the denominators are concave in m, so n ln(1 + mean m (exp(t) - 1)) is at least their sum, and
 *   ln factor = t sum of y - sum over bins of n ln(1 + mean m (exp(t) - 1))
 * understates what rows would say: sound, and computable from the bins' sums.
 *
 * Weights. With v = w / heaviest, v y is a label in [0, 1] of mean at most v m, and all holds for
 * it. Weights must be known before the labels, as predictions are. The heaviest is that of the
 * sketch.
 *
 * Alternatives. t = ln(1 + d) is the best when the labels' odds are 1 + d times those at the upper
 * edge of the band, t = -ln(1 + d) when they are so many times below those at the lower one. The
 * first half of the alternatives are d = 1/32, 1/16, 1/8, 1/4, 1/2, 1 above (predictions too low),
 * the others the same below (too high).
 */
#define SY_ALTERNATIVES 12

/*
 * The log of each alternative's factor. alternatives: SY_ALTERNATIVES numbers. tolerance: from 0
 * up.
 */
SY_API sy_status sy_sketch_evidence(const sy_bin *bins, size_t count, double tolerance,
                                    double *alternatives, sy_error *error);

/*
 * Evidence over periods, one behind the other. Nobody knows when a drift starts: starts
 * s = 1, 2, ... have the shares 1 / (s (s + 1)), alternatives equal ones, and the evidence after t
 * periods is
 *   M(t) = sum over s <= t of share(s) * mean over a of product of a's factors of periods s .. t
 *          + 1 / (t + 1), the share of the starts to come.
 * While the hypothesis holds, M is a nonnegative supermartingale from 1, so that the probability
 * that it ever reaches 1 / f is at most f (Ville 1939): an alarm at ln M >= -ln f is false with a
 * probability of at most f, over all time. Rows of a period may depend on one another only through
 * what their means given the past allow: of labels that come in clumps, one each should be taken.
 *
 * All fields are finite; a struct that is stored and read back goes on to the same bits.
 */
typedef struct sy_drift {
  double periods;
  double log_evidence;          /* ln M; 0 at the start */
  double mass[SY_ALTERNATIVES]; /* ln of sum over starts up to the next period, before its factor */
  /* Page's cumulative sum: the evidence since its best start, from 0; and that start's period. */
  double climb[SY_ALTERNATIVES];
  double since[SY_ALTERNATIVES];
} sy_drift;

SY_API void sy_drift_start(sy_drift *drift);
/* One period more: alternatives as from sy_sketch_evidence. */
SY_API void sy_drift_step(sy_drift *drift, const double *alternatives);
/* The alternative that climbed highest: below SY_ALTERNATIVES / 2 predictions are too low. */
SY_API size_t sy_drift_leader(const sy_drift *drift);

/* ---------------------------------------------------------------- files ---------------------- */

/*
 * A file of sketches, little-endian:
 *   "SYSKETCH", version 1 (u32), number of sketches (u32), length of the note (u64), the note,
 *   for each sketch, by ascending name: length of the name (u32), bits (u32), bins (u64), the name,
 *     for each bin, by ascending key: 20 numbers of 64 bits, in the order of sy_bin's fields,
 *   CRC-32 of all before it (u32).
 * Equal sketches have equal bytes.
 */

/* A named sketch: of a task and, where there are any, a segment. */
typedef struct sy_named_sketch {
  const char *name;
  int bits;
  size_t count;
  const sy_bin *bins;
} sy_named_sketch;

/*
 * The bytes of sketches: how many (0 and an error where they cannot be written), and they
 * themselves. sketches: by ascending name (as strcmp compares), names different and none empty.
 * note: any text that goes along ("" for none).
 */
SY_API size_t sy_sketches_size(const sy_named_sketch *sketches, size_t count, const char *note,
                               sy_error *error);
SY_API void sy_sketches_encode(const sy_named_sketch *sketches, size_t count, const char *note,
                               void *out);

/* The same to a file, replaced atomically. */
SY_API sy_status sy_sketches_save(const sy_named_sketch *sketches, size_t count, const char *note,
                                  const char *path, const sy_memory *memory, sy_error *error);

/*
 * Sketches from a file, or from bytes, for which name stands in messages. What is truncated,
 * damaged or no sketch is refused (SY_E_FORMAT).
 */
typedef struct sy_sketch_file sy_sketch_file;
SY_API sy_status sy_sketches_load(const char *path, const sy_memory *memory, sy_sketch_file **file,
                                  sy_error *error);
SY_API sy_status sy_sketches_decode(const void *bytes, size_t size, const char *name,
                                    const sy_memory *memory, sy_sketch_file **file,
                                    sy_error *error);
SY_API size_t sy_sketches_count(const sy_sketch_file *file);
SY_API sy_named_sketch sy_sketches_get(const sy_sketch_file *file, size_t index);
SY_API const char *sy_sketches_note(const sy_sketch_file *file);
SY_API void sy_sketches_destroy(sy_sketch_file *file); /* NULL is fine */

#ifdef __cplusplus
}
#endif

#endif
