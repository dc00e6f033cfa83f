/*
 * segments.c - rows by the codes of features, and how far each segment's labels are from its
 * predictions.
 */
#include <math.h>
#include <string.h>

#include "kernel/segments/segments.h"

/* ---------------------------------------------------------------- rows by code --------------- */

void sy_segment_cross(const int32_t *a, const int32_t *b, size_t n, size_t size_b, int32_t *out) {
  for (size_t i = 0; i < n; i++) out[i] = a[i] < 0 || b[i] < 0 ? -1 : a[i] * (int32_t)size_b + b[i];
}

size_t sy_segment_compact(const int32_t *codes, size_t n, size_t count, size_t least,
                          int64_t *scratch, int32_t *kept, int32_t *out) {
  size_t many = 0;
  memset(scratch, 0, count * sizeof *scratch);
  for (size_t i = 0; i < n; i++)
    if (codes[i] >= 0) scratch[codes[i]]++;
  for (size_t c = 0; c < count; c++) {
    int keep = scratch[c] > 0 && (uint64_t)scratch[c] >= least;
    scratch[c] = keep ? (int64_t)many : -1;
    if (keep) kept[many++] = (int32_t)c;
  }
  for (size_t i = 0; i < n; i++) out[i] = codes[i] < 0 ? -1 : (int32_t)scratch[codes[i]];
  return many;
}

/* offsets[c + 1] first says where the next row of code c goes, and in the end where c ends. */
void sy_segment_split(const int32_t *codes, size_t n, size_t count, int64_t *order,
                      int64_t *offsets) {
  int64_t before = 0;
  memset(offsets, 0, (count + 1) * sizeof *offsets);
  for (size_t i = 0; i < n; i++)
    if (codes[i] >= 0) offsets[codes[i] + 1]++;
  for (size_t c = 1; c <= count; c++) {
    int64_t rows = offsets[c];
    offsets[c] = before;
    before += rows;
  }
  for (size_t i = 0; i < n; i++)
    if (codes[i] >= 0) order[offsets[codes[i] + 1]++] = (int64_t)i;
}

/* ---------------------------------------------------------------- how far off ---------------- */

static sy_segment_range range_of(const double *predictions, const double *labels,
                                 const double *weights, const int64_t *rows, size_t n) {
  sy_segment_range result = {0.0, 0.0, 0.0, 0.0};
  double sum = 0.0, low = 0.0, high = 0.0;
  for (size_t i = 0; i < n; i++) {
    int64_t row = rows[i];
    double p = predictions[row], w = weights ? weights[row] : 1.0;
    sum += w * (labels[row] - p);
    result.variance += w * w * (p * (1.0 - p));
    result.largest = fmax(result.largest, w);
    if (i + 1 == n || predictions[rows[i + 1]] != p) {
      low = fmin(low, sum);
      high = fmax(high, sum);
    }
  }
  result.range = high - low;
  result.statistic = sy_segment_statistic(result.range, result.variance, result.largest);
  return result;
}

void sy_segment_ranges(const double *predictions, const double *labels, const double *weights,
                       sy_segmentation segments, sy_segment_range *ranges) {
  for (size_t s = 0; s < segments.count; s++) {
    int64_t first = segments.offsets[s];
    ranges[s] = range_of(predictions, labels, weights, segments.order + first,
                         (size_t)(segments.offsets[s + 1] - first));
  }
}
