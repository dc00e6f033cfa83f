/*
 * buckets.c - atoms gathered into buckets, and the errors that are made of them.
 */
#include <math.h>

#include "kernel/calibration/atoms.h"
#include "steelyard.h"

/* b with p in ((b - 1) / K, b / K], the edges being the doubles nearest to these fractions. */
static size_t bucket_above(double p, double count) {
  double b = ceil(p * count);
  if (p > b / count) b++;
  else if (b > 0.0 && p <= (b - 1.0) / count) b--;
  return b > 0.0 ? (size_t)b - 1 : 0;
}

/* b with p in [b step, (b + 1) step). */
static size_t bucket_of_steps(double p, double count) {
  double step = 1.0 / count, b = floor(p * count);
  if (p >= (b + 1.0) * step) b++;
  else if (p < b * step) b--;
  return b < count ? (size_t)b : (size_t)count - 1;
}

/* An atom lies where the middle of its weight does. */
static size_t bucket_of_mass(double before, double weight, double all, double count) {
  double b = floor((2.0 * before + weight) * count / (2.0 * all));
  return b < count ? (size_t)b : (size_t)count - 1;
}

static size_t bucket_of(const sy_curve *curve, sy_bucketing kind, size_t k, double before,
                        double count) {
  switch (kind) {
    case SY_BUCKETS_MASS: return bucket_of_mass(before, curve->w[k], curve->total.w, count);
    case SY_BUCKETS_WIDTH: return bucket_above(curve->p[k], count);
    case SY_BUCKETS_FLOOR: return (size_t)(curve->p[k] * count);
    case SY_BUCKETS_STEPS: return bucket_of_steps(curve->p[k], count);
  }
  return 0;
}

/* While a bucket is being filled, its means are sums. */
static void add_atom(sy_bucket *bucket, const sy_curve *curve, size_t k) {
  bucket->high = curve->p[k];
  bucket->n += curve->n[k];
  bucket->weight += curve->w[k];
  bucket->mean_prediction += curve->w[k] * curve->p[k];
  bucket->mean_label += curve->y[k];
  bucket->ww += sy_atom_squares(curve, k);
  bucket->wwpq += curve->wwpq[k];
}

static void close_bucket(sy_bucket *bucket) {
  double mean = bucket->mean_prediction / bucket->weight;
  /* The mean of equal numbers is that number. */
  mean = mean < bucket->low ? bucket->low : mean > bucket->high ? bucket->high : mean;
  bucket->mean_prediction = mean;
  bucket->mean_label /= bucket->weight;
}

size_t sy_curve_buckets(const sy_curve *curve, sy_bucketing kind, size_t count, sy_bucket *out) {
  size_t used = 0, last = SIZE_MAX;
  double before = 0.0;
  for (size_t k = 0; k < curve->count; k++) {
    size_t b = bucket_of(curve, kind, k, before, (double)count);
    if (b != last) {
      if (used) close_bucket(&out[used - 1]);
      out[used++] = (sy_bucket){.low = curve->p[k]};
      last = b;
    }
    add_atom(&out[used - 1], curve, k);
    before += curve->w[k];
  }
  if (used) close_bucket(&out[used - 1]);
  return used;
}

/* Rows that weigh as one, to rounding. */
#define SINGLE 1e-9

/*
 * The variance of a bucket's mean label: its rows tell as much as `many` of equal weights. One row
 * says nothing of it, and all of its square is taken for it.
 */
static double variance_of(const sy_bucket *bucket, double gap) {
  double many = bucket->weight / bucket->ww * bucket->weight;
  double spread = bucket->mean_label * (1.0 - bucket->mean_label);
  return many > 1.0 + SINGLE ? spread / (many - 1.0) : gap * gap;
}

void sy_bucket_errors_of(const sy_bucket *buckets, size_t count, sy_bucket_errors *errors) {
  sy_bucket_errors e = {0};
  double weight = 0.0, variance = 0.0;
  for (size_t b = 0; b < count; b++) {
    const sy_bucket *bucket = &buckets[b];
    double gap = fabs(bucket->mean_prediction - bucket->mean_label);
    weight += bucket->weight;
    e.expected += bucket->weight * gap;
    e.sum += gap;
    e.maximum = fmax(e.maximum, gap);
    e.plain_l2 += bucket->weight * gap * gap;
    variance += bucket->weight * variance_of(bucket, gap);
  }
  e.expected /= weight;
  e.mean = e.sum / (double)count;
  e.debiased_l2 = sqrt(fmax(0.0, e.plain_l2 - variance) / weight);
  e.plain_l2 = sqrt(e.plain_l2 / weight);
  if (count == 0) e = (sy_bucket_errors){NAN, NAN, NAN, NAN, NAN, NAN};
  *errors = e;
}
