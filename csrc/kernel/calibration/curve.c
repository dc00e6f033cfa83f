/*
 * curve.c - rows gathered into a curve.
 *
 * Rows are sorted by prediction; what they say together is then added up in ways that do not see their
 * order: counts where labels are 0 or 1 and weights are not given, integers (sy_any_order) elsewhere.
 */
#include "kernel/calibration/rows.h"
#include "kernel/work.h"

#define ALIGNMENT 64
#define LANES 8

/*
 * The block: the curve's five arrays, then the rows that are sorted, then counters. While rows are being
 * sorted, the arrays' place is the spare one.
 */
size_t sy_curve_bytes(size_t n) {
  size_t fixed = 2 * ALIGNMENT + SY_SORT_COUNTERS * sizeof(size_t);
  size_t each = 5 * sizeof(double) + sizeof(sy_row);
  return n > (SIZE_MAX - fixed) / each ? 0 : n * each + fixed;
}

typedef struct building {
  size_t room, count;
  double *p, *n, *w, *y, *wwpq;
  size_t *counters;
  void *rows; /* sorted */
  sy_curve_totals lanes[LANES];
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
  b->rows = b->p + 5 * n;
  b->counters = (size_t *)(void *)((char *)b->rows + n * sizeof(sy_row));
}

/* One more atom, ascending; ww: the sum of w^2; squared: of w (p - y)^2. */
static void add_atom(building *b, double p, double n, double w, double y, double ww,
                     double squared) {
  size_t k = b->count++;
  sy_curve_totals *t = &b->lanes[k % LANES];
  double wwpq = ww * (p * (1.0 - p));
  b->p[k] = p;
  b->n[k] = n;
  b->w[k] = w;
  b->y[k] = y;
  b->wwpq[k] = wwpq;
  t->n += n;
  t->w += w;
  t->p += w * p;
  t->y += y;
  t->ww += ww;
  t->wwp += ww * p;
  t->wwpq += wwpq;
  t->squared += squared;
}

/* ------------------------------------------------- labels 0 or 1, no weights: a row is a key -- */

/* The keys of the rows; 0 where a label is neither 0 nor 1, -1 where a row is bad. */
static int load_keys(const sy_labelled *rows, uint64_t *keys, sy_error *error) {
  sy_rows_block block;
  for (size_t from = 0; from < rows->n; from += SY_ROWS_BLOCK) {
    size_t fractions = 0;
    if (sy_rows_load(rows, from, &block, error)) return -1;
    for (size_t i = 0; i < block.n; i++) {
      fractions += (block.y[i] != 0.0) & (block.y[i] != 1.0);
      keys[from + i] = sy_place_of(block.p[i]) << 1 | (block.y[i] == 1.0);
    }
    if (fractions) return 0;
  }
  return 1;
}

static void gather_keys(building *b, size_t n) {
  const uint64_t *keys = b->rows;
  for (size_t i = 0, end; i < n; i = end) {
    uint64_t place = keys[i] >> 1, ones = keys[i] & 1;
    for (end = i + 1; end < n && keys[end] >> 1 == place; end++) ones += keys[end] & 1;
    double p = sy_place_value(place), all = (double)(end - i), y = (double)ones;
    add_atom(b, p, all, all, y, all, y * ((1.0 - p) * (1.0 - p)) + (all - y) * (p * p));
    if (p == 0.0) b->lanes[0].clipped += y;
    if (p == 1.0) b->lanes[0].clipped += all - y;
  }
}

/* ------------------------------------------------------------------------- any other rows ----- */

static sy_status load_rows(const sy_labelled *rows, sy_row *out, size_t *count, sy_error *error) {
  sy_rows_block block;
  size_t kept = 0;
  for (size_t from = 0; from < rows->n; from += SY_ROWS_BLOCK) {
    sy_status status = sy_rows_load(rows, from, &block, error);
    if (status) return status;
    for (size_t i = 0; i < block.n; i++) {
      out[kept] = (sy_row){sy_place_of(block.p[i]) << 1, block.y[i], block.w[i]};
      kept += block.w[i] > 0.0;
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
  for (size_t i = 0; i < n; i++) largest = fmax(largest, term_of(&rows[i], kind, p));
  sy_any_order sum = sy_any_order_start(largest);
  for (size_t i = 0; i < n; i++) sy_any_order_add(&sum, term_of(&rows[i], kind, p));
  return sy_any_order_total(&sum);
}

static void gather_rows(building *b, size_t n) {
  const sy_row *rows = b->rows;
  for (size_t i = 0, end; i < n; i = end) {
    double p = sy_place_value(rows[i].key >> 1), w, y;
    for (end = i + 1; end < n && rows[end].key == rows[i].key; end++) {
    }
    w = sum_of(rows + i, end - i, TERM_W, p);
    y = sum_of(rows + i, end - i, TERM_Y, p);
    add_atom(b, p, (double)(end - i), w, y < w ? y : w, sum_of(rows + i, end - i, TERM_WW, p),
             sum_of(rows + i, end - i, TERM_SQUARED, p));
    for (size_t r = i; r < end && (p == 0.0 || p == 1.0); r++)
      b->lanes[0].clipped += rows[r].y != p;
  }
}

/* ------------------------------------------------------------------------------- totals ------- */

static void add_logs(building *b) {
  double lanes[LANES] = {0};
  sy_best_kernels()->add_log_losses(b->p, b->w, b->y, b->count, lanes);
  for (size_t l = 0; l < LANES; l++) b->lanes[l].log = lanes[l];
}

#define FOLD(field)                                                                                \
  (((l[0].field + l[4].field) + (l[2].field + l[6].field)) +                                       \
   ((l[1].field + l[5].field) + (l[3].field + l[7].field)))

static sy_curve_totals fold_totals(const sy_curve_totals *l) {
  sy_curve_totals t = {FOLD(n),   FOLD(w),    FOLD(p),       FOLD(y),   FOLD(ww),
                       FOLD(wwp), FOLD(wwpq), FOLD(squared), FOLD(log), FOLD(clipped)};
  return t;
}

sy_status sy_curve_of_rows(const sy_labelled *rows, void *block, sy_curve *curve, sy_error *error) {
  building b;
  size_t n = rows->n;
  int plain = 0;
  sy_status status = sy_rows_check_types(rows, error);
  if (status) return status;
  lay_out(&b, block, n, rows->weights.data != NULL);
  if (!rows->weights.data && (plain = load_keys(rows, b.rows, error)) < 0)
    return error ? error->status : SY_E_NUMBER;
  if (plain) {
    sy_sort_keys(b.rows, (uint64_t *)(void *)b.p, n, b.counters);
    gather_keys(&b, n);
  } else {
    status = load_rows(rows, b.rows, &n, error);
    if (status) return status;
    sy_sort_rows(b.rows, (sy_row *)(void *)b.p, n, b.counters);
    gather_rows(&b, n);
  }
  add_logs(&b);
  *curve = (sy_curve){b.count, b.p, b.n, b.w, b.y, b.wwpq, fold_totals(b.lanes)};
  return SY_OK;
}
