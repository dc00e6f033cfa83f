/*
 * steelyard/segments.h - calibration by segment, and after selection: rows by the codes of
 * features, how far each segment's labels are from its predictions, how far the worst of many would
 * be by chance, and what ranks rows have where equal scores share them. Part of steelyard.h.
 *
 * A code is a number from 0 up for every row; below 0 says that a row is in no segment.
 */
#ifndef STEELYARD_SEGMENTS_H
#define STEELYARD_SEGMENTS_H

#include "steelyard.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- rows by code --------------- */

/*
 * Codes of the intersections of two features: a * size_b + b, -1 where either is below 0. The
 * product of the sizes must fit 32 bits. out may be a or b. O(n).
 */
SY_API void sy_segment_cross(const int32_t *a, const int32_t *b, size_t n, size_t size_b,
                             int32_t *out);

/*
 * Renumber the codes below `count` that at least `least` rows have, in ascending order; the others
 * become -1. kept: room for `count` numbers, gets the old codes. Returns how many are kept.
 * scratch: `count` numbers. O(n + count).
 */
SY_API size_t sy_segment_compact(const int32_t *codes, size_t n, size_t count, size_t least,
                                 int64_t *scratch, int32_t *kept, int32_t *out);

/*
 * Rows segment by segment: segment s has the rows order[offsets[s]] .. order[offsets[s + 1] - 1].
 */
typedef struct sy_segmentation {
  size_t count;
  const int64_t *offsets;
  const int64_t *order;
} sy_segmentation;

/*
 * Split rows by codes below `count`; within a segment they stay in their order. order: room for n
 * numbers, of which the first offsets[count] are written; offsets: count + 1. O(n + count).
 */
SY_API void sy_segment_split(const int32_t *codes, size_t n, size_t count, int64_t *order,
                             int64_t *offsets);

/* ---------------------------------------------------------------- how far off ---------------- */

typedef struct sy_segment_range {
  double range;     /* of the cumulative sums of w (y - p), equal predictions together */
  double variance;  /* of the sum of w y where predictions are right: sum of w^2 p (1 - p) */
  double largest;   /* weight */
  double statistic; /* range / sqrt(variance + largest * range / 3) */
} sy_segment_range;

/*
 * Each segment's range of cumulative differences (Kuiper's statistic; Tygert 2021). The statistic
 * is in units of the standard deviation where a segment has many labels; the second term,
 * Bernstein's, keeps one label in a segment that expects a hundredth of one from looking like ten
 * deviations, so that sparse and dense segments can be compared. predictions must ascend within
 * each segment; weights: NULL for 1 each. O(rows).
 */
SY_API void sy_segment_ranges(const double *predictions, const double *labels,
                              const double *weights, sy_segmentation segments,
                              sy_segment_range *ranges);

/*
 * The largest statistic of all segments (of all `count` segmentations, which may overlap: features,
 * and their intersections) in each of `resamples` drawings of all labels from the predictions: what
 * the worst segment looks like by chance. maxima: `resamples` numbers, in the order they were
 * drawn. scratch: sy_segment_maxima_bytes, 0 where that is more than the address space has. Fewer
 * than 2^31 rows. Seeded: the same rows in the same order give the same bits. O(resamples * (n +
 * rows of all segmentations)).
 */
SY_API size_t sy_segment_maxima_bytes(size_t n, const sy_segmentation *segmentations, size_t count);
SY_API void sy_segment_maxima(const double *predictions, const double *weights, size_t n,
                              const sy_segmentation *segmentations, size_t count, size_t resamples,
                              uint64_t seed, void *scratch, double *maxima);

/* ---------------------------------------------------------------- shrinkage ------------------ */

/*
 * Segments' true factors theta, where observed[i] is Poisson with the mean theta[i] * expected[i],
 * as Gamma with this mean and shape: (observed + shape) / (expected + shape / mean) is what a
 * segment's factor is expected to be. mean: sum of observed / sum of expected, NaN where nothing is
 * expected. shape: of the greatest marginal likelihood (negative binomial), infinite where the
 * segments differ by no more than chance, else from 2^-10 to 2^20. Counts may be fractions.
 * O(count).
 */
typedef struct sy_segment_prior {
  double mean, shape;
} sy_segment_prior;

SY_API void sy_segment_prior_fit(const double *expected, const double *observed, size_t count,
                                 sy_segment_prior *prior);

/* ---------------------------------------------------------------- after selection ------------ */

/*
 * For every row the first and the last rank, from 1, that it may have in its request where equal
 * scores stand in any order. order: as sy_rank_requests gives it, of all ranks. O(rows).
 */
SY_API void sy_selection_places(sy_vector scores, const int64_t *order, sy_requests requests,
                                int32_t *first, int32_t *last);

/*
 * For every row how likely it has one of the ranks low .. high, times its weight (NULL: 1). O(n).
 */
SY_API void sy_selection_shares(const int32_t *first, const int32_t *last, size_t n, int32_t low,
                                int32_t high, const double *weights, double *shares);

#ifdef __cplusplus
}
#endif

#endif
