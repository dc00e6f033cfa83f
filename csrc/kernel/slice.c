/*
 * slice.c - parts of a log: which rows, and which requests or parts of requests, a slice has.
 */
#include <math.h>
#include <string.h>

#include "base/base.h"
#include "kernel/work.h"
#include "steelyard/slices.h"

/* How many of the ascending numbers are below value. */
static size_t count_below(const double *ascending, size_t count, double value) {
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (ascending[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/* Bring a value into the ascending list; 0 where it is new and there is no room. */
static int note_value(double value, size_t most, double *distinct, size_t *count) {
  size_t at = count_below(distinct, *count, value);
  if (at < *count && distinct[at] == value) return 1;
  if (*count == most) return 0;
  memmove(distinct + at + 1, distinct + at, (*count - at) * sizeof *distinct);
  distinct[at] = value;
  ++*count;
  return 1;
}

sy_status sy_slice_values(sy_vector values, size_t n, size_t most, double *distinct, size_t *count,
                          int32_t *slices, sy_error *error) {
  double last = (double)NAN;
  *count = 0;
  for (size_t i = 0; i < n; i++) {
    double value = sy_vector_at(values, i);
    if (isnan(value) || value == last) continue;
    if (!note_value(value, most, distinct, count))
      return sy_fail(error, SY_E_LIMIT, "more than %zu values", most);
    last = value;
  }
  for (size_t i = 0; i < n; i++) {
    double value = sy_vector_at(values, i);
    slices[i] = isnan(value) ? -1 : (int32_t)count_below(distinct, *count, value);
  }
  return SY_OK;
}

void sy_slice_cut(sy_vector values, size_t n, const double *edges, size_t count, int32_t *slices) {
  for (size_t i = 0; i < n; i++) {
    double value = sy_vector_at(values, i);
    slices[i] = isnan(value) ? -1 : (int32_t)count_below(edges, count, value);
  }
}

void sy_slice_sizes(sy_requests requests, int32_t *sizes) {
  for (size_t r = 0; r < requests.count; r++) {
    int64_t first = requests.offsets[r], last = requests.offsets[r + 1];
    for (int64_t row = first; row < last; row++) sizes[row] = (int32_t)(last - first);
  }
}

void sy_slice_ranks(const int64_t *order, sy_requests requests, int32_t *ranks) {
  for (size_t r = 0; r < requests.count; r++) {
    int64_t first = requests.offsets[r], last = requests.offsets[r + 1];
    for (int64_t i = first; i < last; i++) ranks[order[i]] = (int32_t)(i - first + 1);
  }
}

size_t sy_slice_mixed(sy_vector values, sy_requests requests) {
  for (size_t r = 0; r < requests.count; r++) {
    size_t first = (size_t)requests.offsets[r], last = (size_t)requests.offsets[r + 1];
    double value = first < last ? sy_vector_at(values, first) : 0;
    for (size_t row = first + 1; row < last; row++) {
      double other = sy_vector_at(values, row);
      if (other != value && !(isnan(other) && isnan(value))) return r;
    }
  }
  return requests.count;
}

void sy_slice_requests(const int32_t *slices, sy_requests requests, int32_t *of_request) {
  for (size_t r = 0; r < requests.count; r++) {
    int64_t first = requests.offsets[r];
    of_request[r] = first < requests.offsets[r + 1] ? slices[first] : -1;
  }
}

/* What is known of each slice while one request is cut. */
typedef struct cutter {
  int64_t *request; /* the last one (from 1) that had rows of the slice */
  int64_t *piece;   /* the slice's piece of that request */
  int64_t *next;    /* where its next row goes */
} cutter;

/* Find the pieces of a request and how many rows each has; returns how many pieces there are now. */
static size_t find_pieces(cutter *c, const int32_t *row_slices, sy_requests requests, size_t r,
                          size_t pieces, int64_t *counts, int32_t *of_slice, int64_t *of_request) {
  for (int64_t row = requests.offsets[r]; row < requests.offsets[r + 1]; row++) {
    int32_t slice = row_slices[row];
    if (slice < 0) continue;
    if (c->request[slice] != (int64_t)r + 1) {
      c->request[slice] = (int64_t)r + 1;
      c->piece[slice] = (int64_t)pieces;
      of_slice[pieces] = slice;
      of_request[pieces] = (int64_t)r;
      counts[pieces++] = 0;
    }
    counts[c->piece[slice]]++;
  }
  return pieces;
}

size_t sy_slice_split(const int32_t *row_slices, sy_requests requests, size_t slices,
                      int64_t *order, int64_t *offsets, int32_t *of_slice, int64_t *of_request,
                      int64_t *scratch) {
  cutter c = {scratch, scratch + slices, scratch + 2 * slices};
  size_t pieces = 0;
  memset(scratch, 0, 3 * slices * sizeof *scratch);
  offsets[0] = 0;
  for (size_t r = 0; r < requests.count; r++) {
    size_t before = pieces;
    pieces = find_pieces(&c, row_slices, requests, r, before, offsets + 1, of_slice, of_request);
    for (size_t p = before; p < pieces; p++) {
      c.next[of_slice[p]] = offsets[p];
      offsets[p + 1] += offsets[p];
    }
    for (int64_t row = requests.offsets[r]; row < requests.offsets[r + 1]; row++)
      if (row_slices[row] >= 0) order[c.next[row_slices[row]]++] = row;
  }
  return pieces;
}
