/*
 * build.c - sparse matrices of pairs, and of other sparse matrices.
 *
 * Pairs are sorted by two stable counting sorts, first by column, then by row, so that what comes
 * twice stands side by side.
 */
#include <string.h>

#include "base/base.h"
#include "steelyard/sparse.h"

/* Turn counts, one place up, into starts. */
static void add_up(int64_t *starts, size_t n) {
  for (size_t i = 0; i < n; i++) starts[i + 1] += starts[i];
}

/* Starts that were used as places have moved on to the next one's: move them back. */
static void move_back(int64_t *starts, size_t n) {
  memmove(starts + 1, starts, n * sizeof *starts);
  starts[0] = 0;
}

size_t sy_sparse_middle(const sy_sparse_pairs *pairs, int with_order) {
  size_t width =
      sizeof(int32_t) + (pairs->values ? sizeof(float) : 0) + (with_order ? sizeof(uint32_t) : 0);
  return pairs->count * width;
}

void sy_sparse_sort_columns(const sy_sparse_pairs *p, int with_order, int64_t *starts, void *middle,
                            sy_sparse_by_column *sorted) {
  sy_sparse_by_column c = {p->count, p->shape_rows, p->shape_columns, starts, middle, NULL, NULL};
  if (p->values) c.values = (float *)(void *)(c.rows + p->count);
  if (with_order) c.order = (uint32_t *)(void *)(c.rows + (p->values ? 2 : 1) * p->count);
  memset(starts, 0, (p->shape_columns + 1) * sizeof *starts);
  for (size_t i = 0; i < p->count; i++) starts[p->columns[i] + 1]++;
  add_up(starts, p->shape_columns);
  for (size_t i = 0; i < p->count; i++) {
    int64_t at = starts[p->columns[i]]++;
    c.rows[at] = p->rows[i];
    if (c.values) c.values[at] = p->values[i];
    if (c.order) c.order[at] = (uint32_t)i;
  }
  move_back(starts, p->shape_columns);
  *sorted = c;
}

/* Keep one of each entry; returns how many there are. */
static size_t compact(size_t rows, int64_t *offsets, int32_t *ids, float *values, uint32_t *order) {
  int64_t to = 0, from = 0;
  for (size_t r = 0; r < rows; r++) {
    int64_t start = to, end = offsets[r + 1];
    for (; from < end; from++) {
      int repeated = to > start && ids[to - 1] == ids[from];
      if (repeated && (!values || !(values[from] > values[to - 1]))) continue;
      if (!repeated) to++;
      ids[to - 1] = ids[from];
      if (values) values[to - 1] = values[from];
      if (order) order[to - 1] = order[from];
    }
    offsets[r + 1] = to;
  }
  return (size_t)to;
}

size_t sy_sparse_sort_rows(const sy_sparse_by_column *c, int32_t base, int64_t *offsets,
                           int32_t *ids, float *values, uint32_t *order) {
  memset(offsets, 0, (c->shape_rows + 1) * sizeof *offsets);
  for (size_t i = 0; i < c->count; i++) offsets[c->rows[i] + 1]++;
  add_up(offsets, c->shape_rows);
  for (size_t column = 0; column < c->shape_columns; column++)
    for (int64_t i = c->starts[column]; i < c->starts[column + 1]; i++) {
      int64_t at = offsets[c->rows[i]]++;
      ids[at] = (int32_t)column + base;
      if (c->values) values[at] = c->values[i];
      if (order) order[at] = c->order[i];
    }
  move_back(offsets, c->shape_rows);
  return compact(c->shape_rows, offsets, ids, c->values ? values : NULL, order);
}

size_t sy_sparse_build(const sy_sparse_pairs *pairs, int32_t base, int64_t *scratch, void *middle,
                       int64_t *offsets, int32_t *ids, float *values, uint32_t *order) {
  sy_sparse_by_column c;
  sy_sparse_sort_columns(pairs, order != NULL, scratch, middle, &c);
  return sy_sparse_sort_rows(&c, base, offsets, ids, values, order);
}

/* ------------------------------------------------------------------------------------ times --- */

static int later(const double *times, const uint32_t *order, uint32_t a, uint32_t b) {
  double left = times[order[a]], right = times[order[b]];
  return left > right || (left == right && order[a] > order[b]);
}

/* Sort n entries of a row by time: merging, with as much room again. */
static void sort_row(const double *times, const uint32_t *order, uint32_t *list, uint32_t *room,
                     size_t n) {
  for (size_t width = 1; width < n; width *= 2) {
    for (size_t start = 0; start < n; start += 2 * width) {
      size_t middle = start + width < n ? start + width : n;
      size_t end = middle + width < n ? middle + width : n;
      size_t i = start, j = middle, to = start;
      while (i < middle && j < end)
        room[to++] = later(times, order, list[i], list[j]) ? list[j++] : list[i++];
      while (i < middle) room[to++] = list[i++];
      while (j < end) room[to++] = list[j++];
    }
    memcpy(list, room, n * sizeof *list);
  }
}

void sy_sparse_places(size_t rows, const int64_t *offsets, const uint32_t *order,
                      const double *times, uint32_t *scratch, float *places) {
  for (size_t r = 0; r < rows; r++) {
    size_t n = (size_t)(offsets[r + 1] - offsets[r]);
    uint32_t *list = scratch, *room = scratch + n;
    for (size_t i = 0; i < n; i++) list[i] = (uint32_t)i;
    sort_row(times, order + offsets[r], list, room, n);
    for (size_t i = 0; i < n; i++) places[offsets[r] + list[i]] = (float)(i + 1);
  }
}

/* ---------------------------------------------------------------------------- other matrices --- */

void sy_sparse_transpose(const sy_sparse *m, int64_t *offsets, int32_t *ids, float *values) {
  memset(offsets, 0, (m->columns + 1) * sizeof *offsets);
  for (int64_t e = 0; e < m->offsets[m->rows]; e++) offsets[m->ids[e] - m->base + 1]++;
  add_up(offsets, m->columns);
  for (size_t r = 0; r < m->rows; r++)
    for (int64_t e = m->offsets[r]; e < m->offsets[r + 1]; e++) {
      int64_t at = offsets[m->ids[e] - m->base]++;
      ids[at] = (int32_t)r + m->base;
      if (m->values) values[at] = m->values[e];
    }
  move_back(offsets, m->columns);
}

void sy_sparse_pick_offsets(const sy_sparse *m, const int64_t *which, size_t count,
                            int64_t *offsets) {
  offsets[0] = 0;
  for (size_t i = 0; i < count; i++)
    offsets[i + 1] = offsets[i] + m->offsets[which[i] + 1] - m->offsets[which[i]];
}

void sy_sparse_pick(const sy_sparse *m, const int64_t *which, size_t count, const int64_t *offsets,
                    int32_t *ids, float *values) {
  for (size_t i = 0; i < count; i++) {
    int64_t from = m->offsets[which[i]];
    size_t n = (size_t)(offsets[i + 1] - offsets[i]);
    if (n == 0) continue;
    memcpy(ids + offsets[i], m->ids + from, n * sizeof *ids);
    if (m->values) memcpy(values + offsets[i], m->values + from, n * sizeof *values);
  }
}

void sy_sparse_part(const sy_sparse *m, const uint8_t *keep, int other, int64_t *offsets,
                    int32_t *ids, float *values) {
  int64_t to = 0;
  offsets[0] = 0;
  for (size_t r = 0; r < m->rows; r++) {
    for (int64_t e = m->offsets[r]; e < m->offsets[r + 1]; e++) {
      if (!keep[e] != !!other) continue;
      ids[to] = m->ids[e];
      if (m->values) values[to] = m->values[e];
      to++;
    }
    offsets[r + 1] = to;
  }
}

/* ---------------------------------------------------------------------------- two matrices --- */

static float value_at(const sy_sparse *m, int64_t e) { return m->values ? m->values[e] : 1.0F; }

/* One row of a and b, merged; returns where the next one goes. */
static int64_t merge_row(const sy_sparse *a, const sy_sparse *b, size_t r, int minus, int64_t to,
                         int32_t *ids, float *values) {
  int64_t i = a->offsets[r], j = b->offsets[r], i_end = a->offsets[r + 1],
          j_end = b->offsets[r + 1];
  int32_t shift = a->base - b->base;
  while (i < i_end || j < j_end) {
    int64_t left = i < i_end ? a->ids[i] : INT64_MAX;
    int64_t right = j < j_end ? (int64_t)b->ids[j] + shift : INT64_MAX;
    float value = left <= right ? value_at(a, i) : 0.0F;
    int kept = minus ? left < right : 1;
    if (!minus && right <= left) {
      float other = value_at(b, j);
      if (right < left || other > value) value = other;
    }
    if (kept) {
      ids[to] = (int32_t)(left < right ? left : right);
      if (values) values[to] = value;
      to++;
    }
    i += left <= right;
    j += right <= left;
  }
  return to;
}

void sy_sparse_merge(const sy_sparse *a, const sy_sparse *b, int minus, int64_t *offsets,
                     int32_t *ids, float *values) {
  offsets[0] = 0;
  for (size_t r = 0; r < a->rows; r++)
    offsets[r + 1] = merge_row(a, b, r, minus, offsets[r], ids, values);
}
