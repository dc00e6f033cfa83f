/*
 * wilcoxon.c - Wilcoxon's signed-rank test.
 */
#include <math.h>
#include <string.h>

#include "kernel/significance/significance.h"

/* Sums over the ranked units. */
typedef struct ranking {
  double positive, negative;
  double ties; /* the sum of t^3 - t over groups of t equal sizes */
  size_t zeros, nonzeros;
  int distinct; /* no two nonzero sizes are equal */
} ranking;

/*
 * Give out ranks by size. In ascending order the sizes grow from zero outwards: one finger walks down
 * the values below 0, one up those above, and each step takes all that have the next size.
 */
static void give_ranks(const double *sorted, size_t n, size_t below, size_t above, double rank,
                       ranking *r) {
  r->distinct = 1;
  while (below > 0 || above < n) {
    double size = below > 0 ? -sorted[below - 1] : (double)INFINITY;
    size_t negative = 0, positive = 0;
    if (above < n && sorted[above] < size) size = sorted[above];
    while (below > 0 && -sorted[below - 1] == size) below--, negative++;
    while (above < n && sorted[above] == size) above++, positive++;
    double count = (double)(negative + positive), mean = rank + 0.5 * (count - 1.0);
    r->negative += (double)negative * mean;
    r->positive += (double)positive * mean;
    r->ties += count * (count * count - 1.0);
    if (count > 1.0) r->distinct = 0;
    rank += count;
  }
}

static ranking rank_units(sy_units units, sy_zeros zeros, double *scratch) {
  size_t n = units.count, below = 0, above;
  ranking r = {0};
  for (size_t c = 0; c < n; c++) scratch[c] = units.sums[c] / sy_unit_weight(units, c);
  sy_sort_numbers(scratch, scratch + n, n);
  while (below < n && scratch[below] < 0.0) below++;
  for (above = below; above < n && scratch[above] == 0.0; above++) r.zeros++;
  r.nonzeros = n - r.zeros;
  give_ranks(scratch, n, below, above, 1.0 + (zeros == SY_ZEROS_PRATT ? (double)r.zeros : 0.0), &r);
  return r;
}

#define SUMS (SY_WILCOXON_EXACT * (SY_WILCOXON_EXACT + 1) / 2 + 1)

/*
 * Of the 2^n assignments of signs to the ranks 1 .. n, the share whose positive ranks add up to at
 * most `sum`. Counts stay below 2^53 and are exact. The distribution is symmetric.
 */
static double share_up_to(size_t n, size_t sum) {
  double counts[SUMS] = {1.0}, below = 0.0;
  for (size_t rank = 1; rank <= n; rank++)
    for (size_t s = rank * (rank + 1) / 2; s >= rank; s--) counts[s] += counts[s - rank];
  for (size_t s = 0; s <= sum; s++) below += counts[s];
  return ldexp(below, -(int)n);
}

static void exactly(const ranking *r, sy_wilcoxon_result *result) {
  result->exact = 1;
  result->greater = share_up_to(r->nonzeros, (size_t)r->negative);
  result->less = share_up_to(r->nonzeros, (size_t)r->positive);
  result->p = fmin(1.0, 2.0 * fmin(result->greater, result->less));
}

/* The normal approximation; under Pratt's rule without the zeros' share in mean and variance. */
static void approximately(const ranking *r, double n, double zeros, int continuity,
                          sy_wilcoxon_result *result) {
  double mean = 0.25 * (n * (n + 1.0) - zeros * (zeros + 1.0));
  double variance = n * (n + 1.0) * (2.0 * n + 1.0) - zeros * (zeros + 1.0) * (2.0 * zeros + 1.0);
  double deviation = sqrt((variance - 0.5 * r->ties) / 24.0), half = continuity ? 0.5 : 0.0;
  double away = r->positive - mean, towards = fmin(half, fabs(away));
  result->z = (away > 0.0 ? away - towards : away + towards) / deviation;
  result->p = fmin(1.0, 2.0 * sy_normal_upper(fabs(result->z)));
  result->greater = sy_normal_upper((away - half) / deviation);
  result->less = sy_normal_upper((-away - half) / deviation);
}

void sy_wilcoxon(sy_units units, sy_zeros zeros, int continuity, double *scratch,
                 sy_wilcoxon_result *result) {
  ranking r = rank_units(units, zeros, scratch);
  size_t ranked = zeros == SY_ZEROS_PRATT ? units.count : r.nonzeros;
  double kept_zeros = zeros == SY_ZEROS_PRATT ? (double)r.zeros : 0.0;
  sy_wilcoxon_result w = {r.positive, r.negative, fmin(r.positive, r.negative), NAN, 1.0, 1.0, 1.0,
                          ranked,     0};
  if (units.count == 0) w.p = w.greater = w.less = NAN;
  else if (r.nonzeros > 0 && r.zeros == 0 && r.distinct && units.count <= SY_WILCOXON_EXACT)
    exactly(&r, &w);
  else if (r.nonzeros > 0) approximately(&r, (double)ranked, kept_zeros, continuity, &w);
  *result = w;
}
