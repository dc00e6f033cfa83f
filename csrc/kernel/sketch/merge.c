/*
 * merge.c - sketches added up. All sums are integers from 0 up: neither their values nor whether
 * they fit depend on the order.
 */
#include "kernel/sketch/exact.h"

sy_status sy_bins_too_much(sy_error *error) {
  return sy_fail(error, SY_E_LIMIT,
                 "a sketch's sums reach 2^63: fewer rows, or smaller weights, fit into one");
}

static int add_count(int64_t *sum, int64_t more) {
  *sum = (int64_t)((uint64_t)*sum + (uint64_t)more);
  return *sum < 0;
}

int sy_bin_add(sy_bin *bin, const sy_bin *more) {
  const sy_exact *terms = &more->w;
  int full = add_count(&bin->n, more->n) | add_count(&bin->clipped, more->clipped);
  if (more->heaviest > bin->heaviest) bin->heaviest = more->heaviest;
  for (size_t i = 0; i < SY_BIN_SUMS; i++) full |= sy_exact_add(sy_bin_sum(bin, i), terms[i]);
  return full;
}

sy_status sy_bins_fit(const sy_bin *bins, size_t count, sy_error *error) {
  sy_bin total = {0};
  for (size_t i = 0; i < count; i++)
    if (sy_bin_add(&total, &bins[i])) return sy_bins_too_much(error);
  return SY_OK;
}

size_t sy_sketch_merged(const sy_bin *a, size_t a_count, const sy_bin *b, size_t b_count) {
  size_t i = 0, j = 0, both = 0;
  while (i < a_count && j < b_count) {
    int64_t left = a[i].key, right = b[j].key;
    both += left == right;
    i += left <= right;
    j += right <= left;
  }
  return a_count + b_count - both;
}

sy_status sy_sketch_merge(const sy_bin *a, size_t a_count, const sy_bin *b, size_t b_count,
                          sy_bin *out, size_t *count, sy_error *error) {
  const sy_bin *a_end = a + a_count, *b_end = b + b_count;
  sy_bin *to = out;
  while (a < a_end || b < b_end) {
    int from_a = b == b_end || (a < a_end && a->key <= b->key);
    *to = from_a ? *a++ : *b++;
    if (from_a && b < b_end && b->key == to->key && sy_bin_add(to, b++))
      return sy_bins_too_much(error);
    to++;
  }
  *count = (size_t)(to - out);
  return sy_bins_fit(out, *count, error);
}
