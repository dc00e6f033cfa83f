/*
 * curve.c - rows gathered into a curve.
 *
 * Rows are sorted by prediction; what they say together is then added up in ways that do not see
 * their order: counts where labels are 0 or 1 and weights are not given, integers (sy_any_order)
 * elsewhere.
 */
#include "kernel/calibration/rows.h"
#include "kernel/calibration/lanes.h"
#include "kernel/work.h"

#define ALIGNMENT 64
/*
 * The block: the curve's five arrays, the sorted rows, counters. The rows come to the arrays' place
 * and go from there to that of the sorted ones.
 */
size_t sy_curve_bytes(size_t n) {
  size_t fixed = 2 * ALIGNMENT + SY_SORT_COUNTERS * sizeof(size_t);
  size_t each = 5 * sizeof(double) + sizeof(sy_row);
  return n > (SIZE_MAX - fixed) / each ? 0 : n * each + fixed;
}

typedef struct building {
  size_t count;
  double *p, *n, *w, *y, *wwpq;
  void *rows, *sorted;
  uint64_t lowest, highest; /* place among the rows */
  size_t *counters;
  double squared[SY_LANES], clipped;
} building;

static void *aligned(void *block) {
  return (void *)(((uintptr_t)block + ALIGNMENT - 1) & ~(uintptr_t)(ALIGNMENT - 1));
}

static void lay_out(building *b, void *block, size_t n, int weighted) {
  memset(b, 0, sizeof *b);
  b->p = aligned(block);
  b->n = b->p + n;
  b->y = b->n + n;
  b->wwpq = b->y + n;
  b->w = weighted ? b->wwpq + n : b->n;
  b->rows = b->p;
  b->sorted = b->p + 5 * n;
  b->counters = (size_t *)(void *)((char *)b->sorted + n * sizeof(sy_row));
  b->lowest = UINT64_MAX;
}

static void widen(building *b, uint64_t place) {
  b->lowest = place < b->lowest ? place : b->lowest;
  b->highest = place > b->highest ? place : b->highest;
}

/* ------------------------------------------------- labels 0 or 1, no weights: a row is a key -- */

/*
 * The keys of the rows; 0 where not all labels are 0 or 1, and keys are not what is needed.
 * Predictions out of [0, 1] and NaN have places above that of 1, and are looked for once all are
 * loaded.
 */
static int load_keys(building *b, const sy_labelled *rows) {
  const uint64_t one = sy_place_of(1.0);
  uint64_t *keys = b->rows, fractions = 0;
  sy_rows_block block;
  for (size_t from = 0; from < rows->n && !fractions; from += SY_ROWS_BLOCK) {
    sy_rows_peek(rows, from, &block);
    for (size_t i = 0; i < block.n; i++) {
      uint64_t place = sy_place_of(block.p[i]), label = sy_place_of(block.y[i]);
      fractions |= (label != 0) & (label != one);
      widen(b, place);
      keys[from + i] = place << 1 | (label != 0);
    }
  }
  return !fractions;
}

static void gather_keys(building *b, size_t n) {
  const uint64_t *keys = b->sorted;
  size_t k = 0;
  for (size_t i = 0, end; i < n; i = end) {
    uint64_t place = keys[i] >> 1, ones = keys[i] & 1;
    for (end = i + 1; end < n && keys[end] >> 1 == place; end++) ones += keys[end] & 1;
    b->p[k] = sy_place_value(place);
    b->n[k] = (double)(end - i);
    b->y[k++] = (double)(int64_t)ones;
  }
  b->count = k;
  if (k && b->p[0] == 0.0) b->clipped += b->y[0];
  if (k && b->p[k - 1] == 1.0) b->clipped += b->n[k - 1] - b->y[k - 1];
}

/* ------------------------------------------------------------------------- any other rows ----- */

static sy_status load_rows(building *b, const sy_labelled *rows, size_t *count, sy_error *error) {
  sy_row *out = b->rows;
  sy_rows_block block;
  size_t kept = 0;
  for (size_t from = 0; from < rows->n; from += SY_ROWS_BLOCK) {
    sy_status status = sy_rows_load(rows, from, &block, error);
    if (status) return status;
    for (size_t i = 0; i < block.n; i++) {
      double w = block.w ? block.w[i] : 1.0;
      if (!(w > 0.0)) continue;
      uint64_t place = sy_place_of(block.p[i]);
      widen(b, place);
      out[kept++] = (sy_row){place << 1, block.y[i], w};
    }
  }
  *count = kept;
  return SY_OK;
}

typedef enum term { TERM_W, TERM_Y, TERM_WW, TERM_SQUARED } term;

static inline double term_of(const sy_row *row, term kind, double p) {
  double gap = p - row->y;
  switch (kind) {
    case TERM_W: return row->w;
    case TERM_Y: return row->w * row->y;
    case TERM_WW: return row->w * row->w;
    case TERM_SQUARED: return row->w * (gap * gap);
  }
  return 0.0;
}

static double sum_of(const sy_row *rows, size_t n, term kind, double p) {
  double largest = 0.0;
  if (n == 1) return term_of(rows, kind, p);
  for (size_t i = 0; i < n; i++) {
    double here = term_of(&rows[i], kind, p);
    largest = here > largest ? here : largest;
  }
  sy_any_order sum = sy_any_order_start(largest);
  for (size_t i = 0; i < n; i++) sy_any_order_add(&sum, term_of(&rows[i], kind, p));
  return sy_any_order_total(&sum);
}

/* wwpq holds the sum of w^2 for now. */
static void gather_rows(building *b, size_t n) {
  const sy_row *rows = b->sorted;
  size_t k = 0;
  for (size_t i = 0, end; i < n; i = end, k++) {
    double p = sy_place_value(rows[i].key >> 1), w, y;
    for (end = i + 1; end < n && rows[end].key == rows[i].key; end++) {
    }
    w = sum_of(rows + i, end - i, TERM_W, p);
    y = sum_of(rows + i, end - i, TERM_Y, p);
    b->p[k] = p;
    b->n[k] = (double)(end - i);
    b->w[k] = w;
    b->y[k] = y < w ? y : w;
    b->wwpq[k] = sum_of(rows + i, end - i, TERM_WW, p);
    b->squared[k % SY_LANES] += sum_of(rows + i, end - i, TERM_SQUARED, p);
    for (size_t r = i; r < end && (p == 0.0 || p == 1.0); r++) b->clipped += rows[r].y != p;
  }
  b->count = k;
}

/* ------------------------------------------------------------------------------- totals ------- */

static sy_curve_totals add_up(building *b, int plain) {
  sy_atom_sums sums = {0};
  if (!plain) memcpy(sums.squared, b->squared, sizeof sums.squared);
  sy_best_kernels()->sum_atoms(b->p, b->n, b->w, b->y, plain ? b->n : b->wwpq, b->wwpq, b->count,
                               plain, &sums);
  return (sy_curve_totals){
      .n = sy_fold(sums.n),
      .w = sy_fold(plain ? sums.n : sums.w),
      .p = sy_fold(sums.p),
      .y = sy_fold(sums.y),
      .ww = sy_fold(plain ? sums.n : sums.ww),
      .wwp = sy_fold(sums.wwp),
      .wwpq = sy_fold(sums.wwpq),
      .squared = sy_fold(sums.squared),
      .log = sy_fold(sums.log),
      .clipped = b->clipped,
  };
}

sy_status sy_curve_of_rows(const sy_labelled *rows, void *block, sy_curve *curve, sy_error *error) {
  building b;
  size_t n = rows->n;
  int plain = 0;
  sy_status status = sy_rows_check_types(rows, error);
  lay_out(&b, block, n, rows->weights.data != NULL);
  if (status) return status;
  if (!rows->weights.data) plain = load_keys(&b, rows);
  if (!plain) status = load_rows(&b, rows, &n, error);
  else if (b.highest > sy_place_of(1.0)) status = sy_rows_check(rows, error);
  if (status) return status;
  if (plain) {
    sy_sort_keys(b.rows, b.sorted, n, b.lowest, b.highest, b.counters);
    gather_keys(&b, n);
  } else {
    sy_sort_rows(b.rows, b.sorted, n, b.lowest, b.highest, b.counters);
    gather_rows(&b, n);
  }
  *curve = (sy_curve){b.count, b.p, b.n, b.w, b.y, b.wwpq, add_up(&b, plain)};
  return SY_OK;
}
