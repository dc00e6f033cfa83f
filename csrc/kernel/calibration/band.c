/*
 * band.c - where the isotonic regression would lie if the predictions were right.
 */
#include <math.h>

#include "kernel/calibration/binomial.h"
#include "kernel/significance/significance.h"

/* Of more atoms than these, so many buckets of equal weight are drawn instead. */
#define MOST_ATOMS 8192

/*
 * Scratch, in numbers of eight bytes: the drawn labels, the regression of them (first, value,
 * weight), its value at every point in every resample, spare room to sort these, and what is drawn
 * where that is not the curve itself.
 */
typedef struct drawing {
  sy_curve curve;
  double *labels, *value, *weight, *seen, *spare;
  int64_t *first;
} drawing;

#define BUCKET_ROOM (MOST_ATOMS * (3 + sizeof(sy_bucket) / sizeof(double)))

size_t sy_curve_band_bytes(const sy_curve *curve, size_t points, size_t resamples) {
  size_t atoms = curve->count < MOST_ATOMS ? curve->count : MOST_ATOMS;
  size_t limit = SIZE_MAX / 16 / sizeof(double);
  if (resamples > limit || (points && resamples > limit / points)) return 0;
  return (4 * atoms + 2 + (points + 1) * resamples +
          (curve->count > MOST_ATOMS ? BUCKET_ROOM : 0)) *
         sizeof(double);
}

/* The curve that is drawn from; only its p, n and w are looked at. */
static sy_curve drawn_together(const sy_curve *curve, double *room) {
  sy_bucket *buckets = (sy_bucket *)(void *)(room + 3 * MOST_ATOMS);
  sy_curve few = *curve;
  double *p = room, *n = room + MOST_ATOMS, *w = room + 2 * MOST_ATOMS;
  if (curve->count <= MOST_ATOMS) return few;
  few.count = sy_curve_buckets(curve, SY_BUCKETS_MASS, MOST_ATOMS, buckets);
  for (size_t b = 0; b < few.count; b++) {
    p[b] = buckets[b].mean_prediction;
    n[b] = buckets[b].n;
    w[b] = buckets[b].weight;
  }
  few.p = p;
  few.n = n;
  few.w = w;
  return few;
}

static drawing lay_out(const sy_curve *curve, void *scratch, size_t points, size_t resamples) {
  drawing d;
  size_t atoms = curve->count < MOST_ATOMS ? curve->count : MOST_ATOMS;
  d.labels = (double *)(void *)(((uintptr_t)scratch + 7) & ~(uintptr_t)7);
  d.value = d.labels + atoms;
  d.weight = d.value + atoms;
  d.seen = d.weight + atoms;
  d.spare = d.seen + points * resamples;
  d.first = (int64_t *)(void *)(d.spare + resamples);
  d.curve = drawn_together(curve, (double *)(void *)(d.first + atoms + 1));
  d.curve.y = d.labels;
  return d;
}

static void draw_labels(const sy_curve *curve, sy_random *random, double *labels) {
  for (size_t k = 0; k < curve->count; k++) {
    double n = curve->n[k], ones = sy_random_binomial(random, n, curve->p[k]);
    labels[k] = ones == n ? curve->w[k] : curve->w[k] * (ones / n);
  }
}

/* The regression at ascending points, between atoms of different blocks linear. */
static void look_up(const drawing *d, size_t blocks, const double *at, size_t points, double *seen,
                    size_t stride) {
  const double *p = d->curve.p;
  size_t b = 0;
  for (size_t i = 0; i < points; i++) {
    while (b + 1 < blocks && p[d->first[b + 1]] <= at[i]) b++;
    double left = p[d->first[b + 1] - 1], value = d->value[b];
    if (b + 1 < blocks && at[i] > left) {
      double right = p[d->first[b + 1]];
      value += (d->value[b + 1] - value) * ((at[i] - left) / (right - left));
    }
    seen[i * stride] = value;
  }
}

/* Linear between the values, as by default in R and NumPy. */
static double quantile(const double *sorted, size_t n, double q) {
  double place = q * (double)(n - 1), whole = floor(place);
  size_t i = (size_t)whole;
  return i + 1 < n ? sorted[i] + (sorted[i + 1] - sorted[i]) * (place - whole) : sorted[n - 1];
}

void sy_curve_band(const sy_curve *curve, const double *at, size_t points, double level,
                   size_t resamples, uint64_t seed, void *scratch, double *low, double *high) {
  drawing d = lay_out(curve, scratch, points, resamples);
  sy_random random;
  sy_random_seed(&random, seed);
  for (size_t r = 0; r < resamples && curve->count; r++) {
    draw_labels(&d.curve, &random, d.labels);
    look_up(&d, sy_curve_isotonic(&d.curve, d.first, d.value, d.weight), at, points, d.seen + r,
            resamples);
  }
  for (size_t i = 0; i < points; i++) {
    double *seen = d.seen + i * resamples;
    low[i] = high[i] = NAN;
    if (!curve->count || !resamples) continue;
    sy_sort_numbers(seen, d.spare, resamples);
    low[i] = quantile(seen, resamples, 0.5 * (1.0 - level));
    high[i] = quantile(seen, resamples, 0.5 * (1.0 + level));
  }
}
