/*
 * maxima.c - what the worst of many segments looks like by chance, by drawing labels.
 *
 * Each row's label is drawn once for all segmentations, so that segments which share rows are as
 * alike as they are in the data. The inner loop reads a list of rows with a bit that says whether
 * the next one has the same prediction.
 */
#include <string.h>

#include "kernel/segments/segments.h"

/* Where things lie in the scratch. */
typedef struct plan {
  double *residuals; /* of all rows, of one drawing */
  double *variance;  /* of every segment of every segmentation */
  double *largest;
  uint32_t *rows; /* 2 * row + whether it is the last one with its prediction */
} plan;

static size_t all_segments(const sy_segmentation *segmentations, size_t count) {
  size_t all = 0;
  for (size_t k = 0; k < count; k++) all += segmentations[k].count;
  return all;
}

static size_t all_rows(const sy_segmentation *segmentations, size_t count) {
  size_t all = 0;
  for (size_t k = 0; k < count; k++)
    all += (size_t)segmentations[k].offsets[segmentations[k].count];
  return all;
}

size_t sy_segment_maxima_bytes(size_t n, const sy_segmentation *segmentations, size_t count) {
  size_t segments = all_segments(segmentations, count), rows = all_rows(segmentations, count);
  if (n > (uint32_t)INT32_MAX || segments > SIZE_MAX / 64 || rows > SIZE_MAX / 64) return 0;
  return (n + 2 * segments + 1) * sizeof(double) + rows * sizeof(uint32_t);
}

static plan lay_out(size_t n, size_t segments, void *scratch) {
  plan p;
  p.residuals = scratch;
  p.variance = p.residuals + n;
  p.largest = p.variance + segments;
  p.rows = (uint32_t *)(void *)(p.largest + segments);
  return p;
}

static void prepare_segment(const double *predictions, const double *weights, const int64_t *rows,
                            size_t n, double *variance, double *largest, uint32_t *packed) {
  *variance = *largest = 0.0;
  for (size_t i = 0; i < n; i++) {
    int64_t row = rows[i];
    double p = predictions[row], w = weights ? weights[row] : 1.0;
    uint32_t last = i + 1 == n || predictions[rows[i + 1]] != p;
    *variance += w * w * (p * (1.0 - p));
    if (w > *largest) *largest = w;
    packed[i] = (uint32_t)row << 1 | last;
  }
}

static void prepare(const double *predictions, const double *weights,
                    const sy_segmentation *segmentations, size_t count, plan p) {
  size_t segment = 0, row = 0;
  for (size_t k = 0; k < count; k++) {
    const sy_segmentation *one = &segmentations[k];
    for (size_t s = 0; s < one->count; s++, segment++) {
      size_t rows = (size_t)(one->offsets[s + 1] - one->offsets[s]);
      prepare_segment(predictions, weights, one->order + one->offsets[s], rows,
                      &p.variance[segment], &p.largest[segment], p.rows + row);
      row += rows;
    }
  }
}

static void draw(const double *predictions, const double *weights, size_t n, sy_random *random,
                 double *residuals) {
  for (size_t i = 0; i < n; i++) {
    double p = predictions[i], label = sy_random_uniform(random) < p ? 1.0 : 0.0;
    residuals[i] = weights ? weights[i] * (label - p) : label - p;
  }
}

static double range_of(const double *residuals, const uint32_t *rows, size_t n) {
  double sum = 0.0, low = 0.0, high = 0.0;
  for (size_t i = 0; i < n; i++) {
    sum += residuals[rows[i] >> 1];
    if (rows[i] & 1) {
      low = sum < low ? sum : low;
      high = sum > high ? sum : high;
    }
  }
  return high - low;
}

static double largest_statistic(const sy_segmentation *segmentations, size_t count, plan p) {
  double best = 0.0;
  size_t segment = 0, row = 0;
  for (size_t k = 0; k < count; k++)
    for (size_t s = 0; s < segmentations[k].count; s++, segment++) {
      size_t rows = (size_t)(segmentations[k].offsets[s + 1] - segmentations[k].offsets[s]);
      double range = range_of(p.residuals, p.rows + row, rows);
      double statistic = sy_segment_statistic(range, p.variance[segment], p.largest[segment]);
      if (statistic > best) best = statistic;
      row += rows;
    }
  return best;
}

void sy_segment_maxima(const double *predictions, const double *weights, size_t n,
                       const sy_segmentation *segmentations, size_t count, size_t resamples,
                       uint64_t seed, void *scratch, double *maxima) {
  sy_random random;
  plan p = lay_out(n, all_segments(segmentations, count), scratch);
  prepare(predictions, weights, segmentations, count, p);
  sy_random_seed(&random, seed);
  for (size_t b = 0; b < resamples; b++) {
    draw(predictions, weights, n, &random, p.residuals);
    maxima[b] = largest_statistic(segmentations, count, p);
  }
}
