/*
 * rows.c - rows into bins: one pass to find which keys there are, one to add up.
 */
#include <string.h>

#include "kernel/calibration/rows.h"
#include "kernel/elementary.h"
#include "kernel/sketch/exact.h"

size_t sy_sketch_bytes(int bits) { return sy_sketch_keys(bits) * sizeof(int32_t); }

static sy_status check_weights(const sy_rows_block *block, size_t from, sy_error *error) {
  for (size_t i = 0; i < block->n; i++) {
    double w = block->w[i];
    if (w != 0.0 && !(w >= SY_SKETCH_WEIGHT_LEAST && w <= SY_SKETCH_WEIGHT_MOST))
      return sy_fail(error, SY_E_ARGUMENT,
                     "weights[%zu]: %.10g: a sketch's weights are 0 or from 2^-20 to 2^20",
                     from + i + 1, w);
  }
  return SY_OK;
}

/* Mark the keys of all rows in places; rows are checked. */
static sy_status find_keys(const sy_labelled *rows, int bits, int32_t *places, sy_error *error) {
  sy_rows_block block;
  for (size_t from = 0; from < rows->n; from += SY_ROWS_BLOCK) {
    sy_status status = sy_rows_load(rows, from, &block, error);
    if (status == SY_OK && block.w) status = check_weights(&block, from, error);
    if (status != SY_OK) return status;
    for (size_t i = 0; i < block.n; i++)
      if (!block.w || block.w[i] > 0.0) places[sy_sketch_key(block.p[i], bits)] = 1;
  }
  return SY_OK;
}

/* Empty bins in the order of their keys; places then tells where they are. */
static size_t lay_out(int32_t *places, size_t keys, sy_bin *bins) {
  size_t count = 0;
  for (size_t key = 0; key < keys; key++) {
    if (!places[key]) continue;
    places[key] = (int32_t)count;
    memset(&bins[count], 0, sizeof *bins);
    bins[count++].key = (int64_t)key;
  }
  return count;
}

static double log_loss(double p, double y) {
  double q = 1.0 - p;
  p = p > SY_NEAREST ? p : SY_NEAREST;
  q = q > SY_NEAREST ? q : SY_NEAREST;
  if (y == 1.0) return -sy_ln(p);
  if (y == 0.0) return -sy_ln(q);
  return -(y * sy_ln(p) + (1.0 - y) * sy_ln(q));
}

static int add_row(sy_bin *bin, double p, double y, double w) {
  double gap = p - y, ww = w * w, wwp = ww * p;
  int full = sy_exact_add(&bin->w, sy_exact_of(w));
  full |= sy_exact_add(&bin->p, sy_exact_of(w * p));
  full |= sy_exact_add(&bin->y, sy_exact_of(w * y));
  full |= sy_exact_add(&bin->ww, sy_exact_of(ww));
  full |= sy_exact_add(&bin->wwp, sy_exact_of(wwp));
  full |= sy_exact_add(&bin->wwpq, sy_exact_of(ww * (p * (1.0 - p))));
  full |= sy_exact_add(&bin->squared, sy_exact_of(w * (gap * gap)));
  full |= sy_exact_add(&bin->log, sy_exact_of(w * log_loss(p, y)));
  bin->n++;
  bin->clipped += (p == 0.0 || p == 1.0) && y != p;
  if (w > bin->heaviest) bin->heaviest = w;
  return full;
}

/* The same for a row of weight 1; the sums that are those of others are left to finish_plain. */
static int add_plain_row(sy_bin *bin, double p, double y) {
  double gap = p - y;
  int full = sy_exact_add(&bin->p, sy_exact_of(p)) | sy_exact_add(&bin->y, sy_exact_of(y));
  full |= sy_exact_add(&bin->wwpq, sy_exact_of(p * (1.0 - p)));
  full |= sy_exact_add(&bin->squared, sy_exact_of(gap * gap));
  full |= sy_exact_add(&bin->log, sy_exact_of(log_loss(p, y)));
  bin->n++;
  bin->clipped += (p == 0.0 || p == 1.0) && y != p;
  return full;
}

static void finish_plain(sy_bin *bins, size_t count) {
  for (size_t i = 0; i < count; i++) {
    bins[i].w = bins[i].ww = sy_exact_whole(bins[i].n);
    bins[i].wwp = bins[i].p;
    bins[i].heaviest = 1.0;
  }
}

static int add_rows(const sy_labelled *rows, int bits, const int32_t *places, sy_bin *bins) {
  sy_rows_block block;
  int full = 0;
  for (size_t from = 0; from < rows->n && !full; from += SY_ROWS_BLOCK) {
    (void)sy_rows_load(rows, from, &block, NULL); /* checked before */
    for (size_t i = 0; i < block.n; i++) {
      double p = block.p[i], y = block.y[i];
      sy_bin *bin = &bins[places[sy_sketch_key(p, bits)]];
      if (!block.w) full |= add_plain_row(bin, p, y);
      else if (block.w[i] > 0.0) full |= add_row(bin, p, y, block.w[i]);
    }
  }
  return full;
}

sy_status sy_sketch_rows(const sy_labelled *rows, int bits, void *scratch, sy_bin *bins,
                         size_t *count, sy_error *error) {
  int32_t *places = scratch;
  size_t keys = sy_sketch_keys(bits), found;
  sy_status status;
  if (!keys)
    return sy_fail(error, SY_E_ARGUMENT, "bits: %d is not from 1 to %d", bits, SY_SKETCH_BITS_MAX);
  status = sy_rows_check_types(rows, error);
  if (status != SY_OK) return status;
  memset(places, 0, keys * sizeof *places);
  status = find_keys(rows, bits, places, error);
  if (status != SY_OK) return status;
  found = lay_out(places, keys, bins);
  if (add_rows(rows, bits, places, bins)) return sy_bins_too_much(error);
  if (!rows->weights.data) finish_plain(bins, found);
  *count = found;
  return sy_bins_fit(bins, found, error);
}
