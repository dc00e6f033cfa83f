/*
 * measure.c - are hidden columns found at the top of those that are not seen?
 */
#include <math.h>
#include <string.h>

#include "kernel/sparse/rank.h"

typedef struct measuring {
  const sy_score_matrix *scores;
  const sy_sparse *hidden, *seen;
  const sy_found_metric *metrics;
  size_t count, depth; /* the largest cutoff */
  const sy_work *work;
  double *values, *thresholds;
} measuring;

/* What is known of one row: at which ranks (from 0, ascending) hidden columns were found. */
typedef struct found {
  const int32_t *ranks;
  size_t count, hidden;
  const double *discounts;
} found;

/* As many of the ranks as the cutoff reaches. */
static size_t within(const found *f, size_t k) {
  size_t n = f->count;
  while (n > 0 && (size_t)f->ranks[n - 1] >= k) n--;
  return n;
}

static double dcg_of(const found *f, size_t hits) {
  double sum = 0.0;
  for (size_t i = 0; i < hits; i++) sum += f->discounts[f->ranks[i]];
  return sum;
}

static double ideal_of(const found *f, size_t n) {
  double sum = 0.0;
  for (size_t i = 0; i < n; i++) sum += f->discounts[i];
  return sum > 0.1 ? sum : 0.1;
}

static double precisions_of(const found *f, size_t hits) {
  double sum = 0.0;
  for (size_t i = 0; i < hits; i++) sum += (double)(i + 1) / ((double)f->ranks[i] + 1.0);
  return sum;
}

static double value_of(const found *f, const sy_found_metric *metric) {
  size_t hits = within(f, metric->k), most = f->hidden < metric->k ? f->hidden : metric->k;
  double divisor = most ? (double)most : 1.0;
  switch (metric->kind) {
    case SY_FOUND_NDCG: return dcg_of(f, hits) / ideal_of(f, most);
    case SY_FOUND_DCG: return dcg_of(f, hits);
    case SY_FOUND_RECALL: return (double)hits / divisor;
    case SY_FOUND_PRECISION: return (double)hits / (double)metric->k;
    case SY_FOUND_AP: return precisions_of(f, hits) / divisor;
    case SY_FOUND_HIT: return hits ? 1.0 : 0.0;
    case SY_FOUND_RR: return hits ? 1.0 / ((double)f->ranks[0] + 1.0) : 0.0;
  }
  return 0.0;
}

/* The ranks of hidden columns among the first places of slot->order, in slot->ends. */
static found find_hidden(const measuring *m, size_t row, size_t places, sy_slot *slot) {
  const int64_t *offsets = m->hidden->offsets;
  uint64_t *bits = slot->bits[0];
  found f = {slot->ends, 0, (size_t)(offsets[row + 1] - offsets[row]), m->work->discounts};
  if (f.hidden == 0) return f;
  sy_mark_columns(m->hidden, row, bits);
  for (size_t r = 0; r < places; r++) {
    size_t c = (size_t)slot->order[r];
    slot->ends[f.count] = (int32_t)r;
    f.count += bits[c / 64] >> c % 64 & 1;
  }
  sy_clear_columns(m->hidden, row, bits);
  return f;
}

static size_t measure_block(const void *context, sy_slot *slot, size_t first, size_t last,
                            double *partial) {
  const measuring *m = context;
  size_t rows = m->scores->rows;
  (void)partial;
  for (size_t r = first; r < last; r++) {
    size_t left = sy_unseen_columns(m->scores, m->seen, r);
    size_t places = m->depth < left ? m->depth : left;
    if (!sy_rank_unseen(m->scores, m->seen, r, places, m->work, slot)) return r;
    found f = find_hidden(m, r, places, slot);
    for (size_t i = 0; i < m->count; i++) m->values[i * rows + r] = value_of(&f, &m->metrics[i]);
    if (!m->thresholds) continue;
    m->thresholds[r] = places < m->depth || places == 0
                           ? -HUGE_VAL
                           : sy_score_at(m->scores, r, (size_t)slot->order[places - 1]);
  }
  return SY_NO_ROW;
}

sy_status sy_sparse_measure(const sy_score_matrix *scores, const sy_sparse *hidden,
                            const sy_sparse *seen, const sy_found_metric *metrics, size_t count,
                            sy_work *work, double *values, double *thresholds, sy_error *error) {
  measuring job = {scores, hidden, seen, metrics, count, 0, work, values, thresholds};
  sy_status status = sy_check_scores(scores, hidden, "hidden", work, error);
  if (!status) status = sy_check_scores(scores, seen, "seen", work, error);
  if (status) return status;
  for (size_t i = 0; i < count; i++) {
    if (metrics[i].k == 0 || (unsigned)metrics[i].kind > SY_FOUND_RR)
      return sy_fail(error, SY_E_ARGUMENT, "metrics[%zu]: no such metric or cutoff", i + 1);
    if (metrics[i].k > job.depth) job.depth = metrics[i].k;
  }
  size_t row = sy_each_row(work, scores->rows, scores->columns, measure_block, &job);
  return row == SY_NO_ROW ? SY_OK : sy_fail_score_row(scores, row, error);
}

/* ------------------------------------------------------------------------------- candidates --- */

sy_status sy_sparse_candidate_ranks(const sy_score_matrix *scores, const int32_t *positives,
                                    const sy_sparse *candidates, sy_candidate_ties ties,
                                    int64_t *ranks, sy_error *error) {
  sy_status status = sy_check_scores(scores, candidates, "candidates", NULL, error);
  if (status) return status;
  for (size_t r = 0; r < scores->rows; r++) {
    if (positives[r] < 0 || (size_t)positives[r] >= scores->columns)
      return sy_fail(error, SY_E_ARGUMENT, "positives[%zu]: not one of %zu columns", r + 1,
                     scores->columns);
    size_t column = (size_t)positives[r];
    double own = sy_score_at(scores, r, column);
    int bad = isnan(own);
    int64_t rank = 1;
    for (int64_t e = candidates->offsets[r]; e < candidates->offsets[r + 1]; e++) {
      size_t c = (size_t)(candidates->ids[e] - candidates->base);
      double other = sy_score_at(scores, r, c);
      bad |= isnan(other);
      if (other == own && c != column)
        rank += ties == SY_CANDIDATES_BY_COLUMN ? c < column : ties == SY_CANDIDATES_WORST;
      rank += other > own;
    }
    if (bad) return sy_fail(error, SY_E_NUMBER, "scores: NaN for a candidate of row %zu", r + 1);
    ranks[r] = rank;
  }
  return SY_OK;
}

double sy_found_alone(const sy_found_metric *metric, int64_t rank) {
  if (rank < 1 || (uint64_t)rank > metric->k) return 0.0;
  switch (metric->kind) {
    case SY_FOUND_NDCG:
    case SY_FOUND_DCG: return (double)(1.0L / log2l((long double)(rank + 1)));
    case SY_FOUND_AP:
    case SY_FOUND_RR: return 1.0 / (double)rank;
    case SY_FOUND_PRECISION: return 1.0 / (double)metric->k;
    default: return 1.0;
  }
}
