/*
 * ranking.c - how well hidden items rank among those not seen, and the best items, without sorting
 * all: scores fall into bins by their leading bits, the bins that hold the k best are gone through.
 */
#include <math.h>
#include <string.h>

#include "base/base.h"
#include "kernel/elementary.h"
#include "steelyard/sparse.h"

#define BIN_BITS 12
#define BINS (1 << BIN_BITS)
#define SEEN 0 /* no number's bin: that of negative NaN */

/* Rows times columns from which on a second thread pays. */
#define WORTH_THREADS 65536

/* The least that the best possible DCG counts as, which keeps rows without hidden items defined. */
#define LEAST_IDEAL 0.1

#define ALIGN(n) (((n) + 63) & ~(size_t)63)

/* What a thread works with. */
typedef struct slot {
  uint16_t *bins;
  uint32_t *counts;
  int32_t *items; /* candidates */
  double *scores; /* theirs */
  int32_t *ranks; /* of hits */
} slot;

static size_t lay_out(char *block, size_t columns, size_t k, slot *s) {
  size_t used = 0;
  slot none;
  if (!s) s = &none;
  s->bins = (uint16_t *)(void *)(block + used);
  used += ALIGN(columns * sizeof *s->bins);
  s->counts = (uint32_t *)(void *)(block + used);
  used += ALIGN(BINS * sizeof *s->counts);
  s->items = (int32_t *)(void *)(block + used);
  used += ALIGN((columns + 1) * sizeof *s->items);
  s->scores = (double *)(void *)(block + used);
  used += ALIGN((columns + 1) * sizeof *s->scores);
  s->ranks = (int32_t *)(void *)(block + used);
  used += ALIGN((k < columns ? k : columns) * sizeof *s->ranks);
  return used;
}

/* Discounts 1 / log2(r + 1) and their sums, which all threads read, stand before the slots. */
static size_t table_bytes(size_t k) { return ALIGN((2 * k + 1) * sizeof(double)); }

size_t sy_cf_scratch(size_t columns, size_t k, int threads) {
  char start[1];
  if (k > columns) k = columns;
  return table_bytes(k) + (threads > 1 ? (size_t)threads : 1) * lay_out(start, columns, k, NULL);
}

#define REAL float
#define F(name) name##_f32
#include "kernel/sparse/ranking.inc"
#undef REAL
#undef F
#define REAL double
#define F(name) name##_f64
#include "kernel/sparse/ranking.inc"
#undef REAL
#undef F

static size_t candidates(const sy_score_matrix *scores, const sy_sparse *seen, size_t row, size_t k,
                         slot *s, ptrdiff_t *bad) {
  if (scores->numbers.dtype == SY_F32)
    return candidates_f32((const float *)scores->numbers.data + row * scores->stride,
                          scores->columns, seen, row, k, s, bad);
  return candidates_f64((const double *)scores->numbers.data + row * scores->stride,
                        scores->columns, seen, row, k, s, bad);
}

/* How many candidates come before one: they stand in the order of columns. */
static size_t rank_of(const slot *s, size_t n, size_t one) {
  const double score = s->scores[one];
  size_t above = 0, equal = 0;
  for (size_t i = 0; i < n; i++) above += s->scores[i] > score;
  for (size_t i = 0; i < one; i++) equal += s->scores[i] == score;
  return above + equal;
}

static void swap(slot *s, size_t a, size_t b) {
  int32_t item = s->items[a];
  double score = s->scores[a];
  s->items[a] = s->items[b];
  s->scores[a] = s->scores[b];
  s->items[b] = item;
  s->scores[b] = score;
}

/* Best first, by score and then column, of candidates from `low` up to `high`. */
static int ahead(const slot *s, size_t a, size_t b) {
  return s->scores[a] > s->scores[b] || (s->scores[a] == s->scores[b] && s->items[a] < s->items[b]);
}

static void sink(slot *s, size_t root, size_t n) {
  for (size_t child; (child = 2 * root + 1) < n; root = child) {
    if (child + 1 < n && ahead(s, child, child + 1)) child++;
    if (!ahead(s, root, child)) return;
    swap(s, root, child);
  }
}

/* A heap sort: bounded, whatever the scores. The heap's root is the worst. */
static void sort_best_first(slot *s, size_t n) {
  for (size_t i = n / 2; i-- > 0;) sink(s, i, n);
  for (size_t end = n; end-- > 1;) {
    swap(s, 0, end);
    sink(s, 0, end);
  }
}

/* Keep the k best of n candidates, sorted: the worst of k so far stands at a heap's root. */
static size_t keep_best(slot *s, size_t n, size_t k) {
  if (n > k) {
    for (size_t i = k / 2; i-- > 0;) sink(s, i, k);
    for (size_t i = k; i < n; i++) {
      if (!ahead(s, i, 0)) continue;
      s->items[0] = s->items[i];
      s->scores[0] = s->scores[i];
      sink(s, 0, k);
    }
    n = k;
    for (size_t end = n; end-- > 1;) {
      swap(s, 0, end);
      sink(s, 0, end);
    }
    return n;
  }
  sort_best_first(s, n);
  return n;
}

static double metric_of(const sy_cf_wanted *wanted, const double *discounts, const double *ideals,
                        const int32_t *ranks, size_t found, size_t hidden, size_t limit) {
  size_t k = wanted->k < limit ? wanted->k : limit, hits = 0;
  size_t most = wanted->k < hidden ? wanted->k : hidden;
  double dcg = 0, precisions = 0;
  for (; hits < found && (size_t)ranks[hits] < k; hits++) {
    dcg += discounts[ranks[hits]];
    precisions += (double)(hits + 1) / (double)(ranks[hits] + 1);
  }
  switch (wanted->metric) {
    case SY_CF_NDCG: {
      double ideal = ideals[most < limit ? most : limit];
      return dcg / (ideal > LEAST_IDEAL ? ideal : LEAST_IDEAL);
    }
    case SY_CF_DCG: return dcg;
    case SY_CF_RECALL: return (double)hits / (double)(most ? most : 1);
    case SY_CF_PRECISION: return (double)hits / (double)wanted->k;
    case SY_CF_AP: return precisions / (double)(most ? most : 1);
    case SY_CF_HIT: return hits > 0;
    case SY_CF_RR: return hits ? 1.0 / (double)(ranks[0] + 1) : 0.0;
  }
  return 0.0;
}

/* Ranks, from 0 and ascending, of the hidden items among the k best of the candidates. */
static size_t find_ranks(slot *s, size_t n, const sy_sparse *hidden, size_t row, size_t k) {
  size_t found = 0, at = 0;
  for (int64_t e = hidden->offsets[row]; e < hidden->offsets[row + 1]; e++) {
    int32_t item = hidden->ids[e] - hidden->base;
    while (at < n && s->items[at] < item) at++;
    if (at == n || s->items[at] != item) continue;
    size_t rank = rank_of(s, n, at), place = found;
    if (rank >= k) continue;
    for (; place > 0 && s->ranks[place - 1] > (int32_t)rank; place--)
      s->ranks[place] = s->ranks[place - 1];
    s->ranks[place] = (int32_t)rank;
    found++;
  }
  return found;
}

static void fill_table(double *discounts, double *ideals, size_t k) {
  const double ln2 = 6.931471805599453094e-01;
  ideals[0] = 0;
  for (size_t r = 0; r < k; r++) {
    discounts[r] = ln2 / sy_ln((double)(r + 2));
    ideals[r + 1] = ideals[r] + discounts[r];
  }
}

static int threads_for(const sy_score_matrix *scores, int threads) {
  if (threads < 1 || (double)scores->rows * (double)scores->columns < WORTH_THREADS) return 1;
  return threads;
}

static int thread_number(void);
#ifdef _OPENMP
#include <omp.h>
static int thread_number(void) { return omp_get_thread_num(); }
#else
static int thread_number(void) { return 0; }
#endif

/* The first row with a NaN, of which `where` says the column. */
static sy_status blame(const ptrdiff_t *where, sy_error *error) {
  if (where[0] < 0) return SY_OK;
  return sy_fail(error, SY_E_NUMBER, "scores: row %zu, column %zu is not a number",
                 (size_t)where[0] + 1, (size_t)where[1] + 1);
}

sy_status sy_cf_measure(const sy_score_matrix *scores, const sy_sparse *seen,
                        const sy_sparse *hidden, const sy_cf_wanted *wanted, size_t count,
                        size_t threshold, int threads, void *scratch, double *values,
                        double *thresholds, sy_error *error) {
  size_t k = thresholds ? threshold : 1;
  for (size_t m = 0; m < count; m++)
    if (wanted[m].k > k) k = wanted[m].k;
  if (k > scores->columns) k = scores->columns;
  double *discounts = scratch, *ideals = discounts + k;
  char *slots = (char *)scratch + table_bytes(k);
  size_t slot_bytes = lay_out(slots, scores->columns, k, NULL);
  ptrdiff_t where[2] = {-1, -1};
  fill_table(discounts, ideals, k);
  threads = threads_for(scores, threads);
#pragma omp parallel for num_threads(threads) schedule(dynamic, 8) if (threads > 1)
  for (int64_t r = 0; r < (int64_t)scores->rows; r++) {
    slot s;
    ptrdiff_t bad;
    size_t row = (size_t)r;
    lay_out(slots + (size_t)thread_number() * slot_bytes, scores->columns, k, &s);
    size_t n = candidates(scores, seen, row, k, &s, &bad);
    if (bad >= 0) {
#pragma omp critical(sy_cf_bad)
      if (where[0] < 0 || r < where[0]) {
        where[0] = r;
        where[1] = bad;
      }
      continue;
    }
    size_t found = find_ranks(&s, n, hidden, row, k);
    size_t of_row = (size_t)(hidden->offsets[row + 1] - hidden->offsets[row]);
    for (size_t m = 0; m < count; m++)
      values[row * count + m] = metric_of(&wanted[m], discounts, ideals, s.ranks, found, of_row, k);
    if (thresholds) {
      n = keep_best(&s, n, threshold < k ? threshold : k);
      thresholds[row] = n ? s.scores[n - 1] : (double)NAN;
    }
  }
  return blame(where, error);
}

sy_status sy_cf_top(const sy_score_matrix *scores, const sy_sparse *seen, size_t k, int threads,
                    void *scratch, int32_t *ids, void *best, sy_error *error) {
  size_t most = k < scores->columns ? k : scores->columns;
  char *slots = (char *)scratch + table_bytes(most);
  size_t slot_bytes = lay_out(slots, scores->columns, most, NULL);
  ptrdiff_t where[2] = {-1, -1};
  threads = threads_for(scores, threads);
#pragma omp parallel for num_threads(threads) schedule(dynamic, 8) if (threads > 1)
  for (int64_t r = 0; r < (int64_t)scores->rows; r++) {
    slot s;
    ptrdiff_t bad;
    size_t row = (size_t)r;
    lay_out(slots + (size_t)thread_number() * slot_bytes, scores->columns, most, &s);
    size_t n = candidates(scores, seen, row, most, &s, &bad);
    if (bad >= 0) {
#pragma omp critical(sy_cf_bad)
      if (where[0] < 0 || r < where[0]) {
        where[0] = r;
        where[1] = bad;
      }
      continue;
    }
    n = keep_best(&s, n, most);
    for (size_t i = 0; i < k; i++) {
      ids[row * k + i] = i < n ? s.items[i] + 1 : 0;
      if (scores->numbers.dtype == SY_F32)
        ((float *)best)[row * k + i] = i < n ? (float)s.scores[i] : 0.0F;
      else ((double *)best)[row * k + i] = i < n ? s.scores[i] : 0.0;
    }
  }
  return blame(where, error);
}
