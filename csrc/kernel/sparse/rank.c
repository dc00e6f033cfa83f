/*
 * rank.c - the best columns of a row that are not seen, by the kernels that rank requests: seen ones
 * get the score -infinity in a copy of the row.
 */
#include "kernel/sparse/rank.h"

#include <math.h>
#include <string.h>

sy_status sy_check_scores(const sy_score_matrix *scores, const sy_sparse *matrix, const char *name,
                          const sy_work *work, sy_error *error) {
  if (scores->numbers.dtype != SY_F32 && scores->numbers.dtype != SY_F64)
    return sy_fail(error, SY_E_ARGUMENT, "scores: f32 or f64 numbers are needed");
  if (work && work->threads == 0)
    return sy_fail(error, SY_E_ARGUMENT, "this work was made for single requests (threads 0)");
  if (work && scores->columns > work->longest)
    return sy_fail(error, SY_E_ARGUMENT, "%zu columns, the work was made for %zu", scores->columns,
                   work->longest);
  if (!matrix) return SY_OK;
  if (matrix->rows != scores->rows)
    return sy_fail(error, SY_E_ARGUMENT, "%s: %zu rows, but there are scores of %zu", name,
                   matrix->rows, scores->rows);
  if (matrix->columns > scores->columns)
    return sy_fail(error, SY_E_ARGUMENT, "%s: %zu columns, but there are scores of %zu", name,
                   matrix->columns, scores->columns);
  return SY_OK;
}

sy_status sy_fail_score_row(const sy_score_matrix *scores, size_t row, sy_error *error) {
  size_t c = 0;
  while (c + 1 < scores->columns && !isnan(sy_score_at(scores, row, c))) c++;
  return sy_fail(error, SY_E_NUMBER, "scores[%zu][%zu]: NaN", row + 1, c + 1);
}

static size_t row_size(const sy_sparse *m, size_t row) {
  return (size_t)(m->offsets[row + 1] - m->offsets[row]);
}

size_t sy_unseen_columns(const sy_score_matrix *scores, const sy_sparse *seen, size_t row) {
  return scores->columns - (seen ? row_size(seen, row) : 0);
}

void sy_mark_columns(const sy_sparse *m, size_t row, uint64_t *bits) {
  for (int64_t e = m->offsets[row]; e < m->offsets[row + 1]; e++) {
    size_t c = (size_t)(m->ids[e] - m->base);
    bits[c / 64] |= UINT64_C(1) << c % 64;
  }
}

void sy_clear_columns(const sy_sparse *m, size_t row, uint64_t *bits) {
  for (int64_t e = m->offsets[row]; e < m->offsets[row + 1]; e++)
    bits[(size_t)(m->ids[e] - m->base) / 64] = 0;
}

/* Scores of seen columns become -infinity. */
static void hide(const sy_sparse *m, size_t row, sy_dtype dtype, void *scores) {
  for (int64_t e = m->offsets[row]; e < m->offsets[row + 1]; e++) {
    size_t c = (size_t)(m->ids[e] - m->base);
    if (dtype == SY_F32) ((float *)scores)[c] = -HUGE_VALF;
    else ((double *)scores)[c] = -HUGE_VAL;
  }
}

/* Drop the columns whose bits are set from an order of n. */
static void drop_marked(const uint64_t *bits, int32_t *order, size_t n) {
  size_t kept = 0;
  for (size_t i = 0; i < n; i++) {
    size_t c = (size_t)order[i];
    if (!(bits[c / 64] >> c % 64 & 1)) order[kept++] = order[i];
  }
}

int sy_rank_unseen(const sy_score_matrix *scores, const sy_sparse *seen, size_t row, size_t places,
                   const sy_work *work, sy_slot *slot) {
  sy_dtype dtype = scores->numbers.dtype;
  size_t n = scores->columns, width = sy_dtype_size(dtype);
  const char *from = (const char *)scores->numbers.data + row * scores->stride * width;
  int infinite = sy_kernel_load(work->kernels, dtype, from, n, slot->scores);
  if (infinite && sy_kernel_has_nan(work->kernels, dtype, from, n)) return 0;
  if (places == 0) return 1;
  if (!seen || row_size(seen, row) == 0) {
    sy_kernel_order(work->kernels, dtype, slot->scores, n, places, &slot->sorting, slot->order);
    return 1;
  }
  hide(seen, row, dtype, slot->scores);
  sy_kernel_order(work->kernels, dtype, slot->scores, n, places, &slot->sorting, slot->order);
  double last = sy_vector_at((sy_vector){slot->scores, dtype}, (size_t)slot->order[places - 1]);
  if (last > -HUGE_VAL) return 1;
  /* Columns of score -infinity do count, and stand among those that are seen. */
  places += row_size(seen, row);
  sy_kernel_order(work->kernels, dtype, slot->scores, n, places, &slot->sorting, slot->order);
  sy_mark_columns(seen, row, slot->bits[0]);
  drop_marked(slot->bits[0], slot->order, places);
  sy_clear_columns(seen, row, slot->bits[0]);
  return 1;
}

/* ---------------------------------------------------------------------------------- the best --- */

typedef struct topping {
  const sy_score_matrix *scores;
  const sy_sparse *seen;
  const sy_work *work;
  size_t k;
  int32_t base;
  int32_t *ids;
  void *best;
} topping;

static void write_row(const topping *t, size_t row, size_t places, const int32_t *order) {
  size_t from = row * t->scores->stride, to = row * t->k;
  const void *data = t->scores->numbers.data;
  for (size_t i = 0; i < t->k; i++) {
    t->ids[to + i] = i < places ? order[i] + t->base : t->base - 1;
    if (t->scores->numbers.dtype == SY_F32)
      ((float *)t->best)[to + i] =
          i < places ? ((const float *)data)[from + (size_t)order[i]] : -HUGE_VALF;
    else
      ((double *)t->best)[to + i] =
          i < places ? ((const double *)data)[from + (size_t)order[i]] : -HUGE_VAL;
  }
}

static size_t top_block(const void *context, sy_slot *slot, size_t first, size_t last,
                        double *partial) {
  const topping *t = context;
  (void)partial;
  for (size_t r = first; r < last; r++) {
    size_t left = sy_unseen_columns(t->scores, t->seen, r), places = t->k < left ? t->k : left;
    if (!sy_rank_unseen(t->scores, t->seen, r, places, t->work, slot)) return r;
    write_row(t, r, places, slot->order);
  }
  return SY_NO_ROW;
}

sy_status sy_sparse_top(const sy_score_matrix *scores, const sy_sparse *seen, size_t k,
                        int32_t base, sy_work *work, int32_t *ids, void *best, sy_error *error) {
  topping job = {scores, seen, work, k, base, ids, best};
  sy_status status = sy_check_scores(scores, seen, "seen", work, error);
  if (status) return status;
  size_t row = sy_each_row(work, scores->rows, scores->columns, top_block, &job);
  return row == SY_NO_ROW ? SY_OK : sy_fail_score_row(scores, row, error);
}
