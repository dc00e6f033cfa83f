/*
 * randomisation.c - Fisher's randomisation test: the observed sum among all sums that other signs
 * would have given.
 *
 * Sums under many assignments come from tables of the sums of eight units under their 256 signs: a
 * byte of random bits is one addition.
 */
#include <math.h>
#include <string.h>

#include "kernel/significance/significance.h"

/* ------------------------------------------------------------------------------------- hits -- */

/* How many sums were as far up, as far down and as far from 0 as the observed one. */
typedef struct hits {
  double observed, tolerance;
  size_t up, down, out;
} hits;

static hits hits_of(sy_units units) {
  hits h = {sy_units_total(units).sum, 0.0, 0, 0, 0};
  for (size_t c = 0; c < units.count; c++) h.tolerance += fabs(units.sums[c]);
  h.tolerance *= 0x1p-40;
  return h;
}

static void count_hit(hits *h, double sum) {
  h->up += sum >= h->observed - h->tolerance;
  h->down += sum <= h->observed + h->tolerance;
  h->out += fabs(sum) >= fabs(h->observed) - h->tolerance;
}

/* ----------------------------------------------------------------------------------- tables -- */

/* table[bits]: the sum of n terms, those with a set bit turned round. */
static void fill_table(const double *terms, size_t n, double *table) {
  table[0] = 0.0;
  for (size_t i = 0; i < n; i++) {
    size_t half = (size_t)1 << i;
    for (size_t bits = 0; bits < half; bits++) {
      table[half + bits] = table[bits] - terms[i];
      table[bits] += terms[i];
    }
  }
}

/* All assignments: each sum of the first half of the units with each of the second. */
static void every_sum(sy_units units, hits *h) {
  double left[1 << (SY_RANDOMISATION_EXACT / 2)], right[1 << (SY_RANDOMISATION_EXACT / 2)];
  size_t half = units.count / 2, rest = units.count - half;
  fill_table(units.sums, half, left);
  fill_table(units.sums + half, rest, right);
  for (size_t i = 0; i < (size_t)1 << half; i++)
    for (size_t j = 0; j < (size_t)1 << rest; j++) count_hit(h, left[i] + right[j]);
}

#define BYTE 256
#define WORD 64 /* units that share a word of random bits */

/* Add to every sum that of up to 64 units under random signs. */
static void add_word(const double *terms, size_t n, sy_random *random, double *sums,
                     size_t resamples) {
  double tables[WORD / 8][BYTE], padded[WORD] = {0};
  memcpy(padded, terms, n * sizeof *terms);
  for (size_t b = 0; b < WORD / 8; b++) fill_table(padded + 8 * b, 8, tables[b]);
  for (size_t r = 0; r < resamples; r++) {
    uint64_t bits = sy_random_bits(random);
    double low = (tables[0][bits & 255] + tables[1][bits >> 8 & 255]) +
                 (tables[2][bits >> 16 & 255] + tables[3][bits >> 24 & 255]);
    double high = (tables[4][bits >> 32 & 255] + tables[5][bits >> 40 & 255]) +
                  (tables[6][bits >> 48 & 255] + tables[7][bits >> 56]);
    sums[r] += low + high;
  }
}

static void random_sums(sy_units units, size_t resamples, uint64_t seed, double *sums, hits *h) {
  sy_random random;
  sy_random_seed(&random, seed);
  for (size_t r = 0; r < resamples; r++) sums[r] = 0.0;
  for (size_t c = 0; c < units.count; c += WORD) {
    size_t n = units.count - c < WORD ? units.count - c : WORD;
    add_word(units.sums + c, n, &random, sums, resamples);
  }
  for (size_t r = 0; r < resamples; r++) count_hit(h, sums[r]);
}

/* ------------------------------------------------------------------------------------- test -- */

sy_status sy_randomisation(sy_units units, size_t resamples, uint64_t seed, double *scratch,
                           sy_randomisation_result *result, sy_error *error) {
  sy_randomisation_result r = {NAN, NAN, NAN, 0.0, 1, units.count <= SY_RANDOMISATION_EXACT};
  hits h = hits_of(units);
  double one = 0.0; /* the observed assignment stands beside random ones */
  if (resamples < 1 || resamples > SY_RESAMPLES_MAX)
    return sy_fail(error, SY_E_ARGUMENT, "resamples: %zu is not from 1 to %d", resamples,
                   SY_RESAMPLES_MAX);
  if (r.exact) {
    r.resamples = (size_t)1 << units.count;
    every_sum(units, &h);
  } else {
    r.resamples = resamples;
    one = 1.0;
    random_sums(units, resamples, seed, scratch, &h);
  }
  if (units.count > 0) {
    double all = (double)r.resamples + one;
    r.p = ((double)h.out + one) / all;
    r.greater = ((double)h.up + one) / all;
    r.less = ((double)h.down + one) / all;
    if (!r.exact) r.error = sqrt(r.p * (1.0 - r.p) / (double)r.resamples);
  }
  *result = r;
  return SY_OK;
}
