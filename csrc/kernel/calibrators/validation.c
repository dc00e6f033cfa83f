/*
 * validation.c - folds, losses of single rows, and the prior of the identity.
 */
#include "steelyard/validation.h"

#include <string.h>

#include "base/base.h"
#include "kernel/elementary.h"
#include "kernel/work.h"

/* ---------------------------------------------------------------- folds ---------------------- */

size_t sy_deal_bytes(size_t n) {
  size_t bytes = sy_canonical_bytes(n);
  if (bytes == 0 || n > (SIZE_MAX - bytes) / sizeof(int64_t)) return 0;
  return bytes + n * sizeof(int64_t);
}

/* Whole numbers of 64 bits are more than doubles tell apart. */
static int same_number(sy_vector column, size_t a, size_t b) {
  const int64_t *whole = column.data;
  if (column.dtype == SY_I64) return whole[a] == whole[b];
  return sy_vector_at(column, a) == sy_vector_at(column, b);
}

static int same_row(const sy_vector *columns, size_t count, int64_t a, int64_t b) {
  for (size_t c = 0; c < count; c++)
    if (!same_number(columns[c], (size_t)a, (size_t)b)) return 0;
  return 1;
}

/* The folds of the next `folds` that are dealt, in a random order. */
static void shuffle(int32_t *hand, size_t folds, sy_random *random) {
  for (size_t i = folds - 1; i > 0; i--) {
    size_t j = (size_t)sy_random_below(random, i + 1);
    int32_t kept = hand[i];
    hand[i] = hand[j];
    hand[j] = kept;
  }
}

/*
 * Rows that are equal in the first column, in a random order: the others must not tell their folds.
 */
static void shuffle_ties(const sy_vector *columns, size_t n, sy_random *random, int64_t *order) {
  for (size_t first = 0, end; first < n; first = end) {
    for (end = first + 1; end < n && same_row(columns, 1, order[first], order[end]);) end++;
    for (size_t i = end - 1; i > first; i--) {
      size_t j = first + (size_t)sy_random_below(random, i - first + 1);
      int64_t kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
  }
}

size_t sy_deal_folds(const sy_vector *columns, size_t count, size_t n, int whole, size_t folds,
                     uint64_t seed, void *scratch, int32_t *of_row) {
  int64_t *order = scratch;
  int32_t hand[SY_FOLDS_MAX];
  size_t dealt = 0, next = folds; /* of the hand: all are dealt */
  sy_random random;
  sy_canonical_order(columns, count, n, order + n, order);
  sy_random_seed(&random, seed);
  if (!whole) shuffle_ties(columns, n, &random, order);
  for (size_t f = 0; f < folds; f++) hand[f] = (int32_t)f;
  for (size_t i = 0; i < n; i++) {
    if (i == 0 || !whole || !same_row(columns, count, order[i - 1], order[i])) {
      if (++next >= folds) {
        shuffle(hand, folds, &random);
        next = 0;
      }
      dealt++;
    }
    of_row[order[i]] = hand[next];
  }
  return dealt;
}

/* ---------------------------------------------------------------- losses --------------------- */

static double log_loss(double p, double y) {
  double q = 1.0 - p;
  if (p != p) return p;
  p = p > SY_NEAREST ? p : SY_NEAREST;
  q = q > SY_NEAREST ? q : SY_NEAREST;
  return -(y * sy_ln(p) + (1.0 - y) * sy_ln(q));
}

void sy_row_losses(sy_vector predictions, sy_vector labels, size_t n, sy_row_loss kind,
                   double *losses) {
  for (size_t i = 0; i < n; i++) {
    double p = sy_vector_at(predictions, i), y = sy_vector_at(labels, i);
    losses[i] = kind == SY_ROW_LOG ? log_loss(p, y) : (p - y) * (p - y);
  }
}

/* ---------------------------------------------------------------- prior ---------------------- */

void sy_curve_toward_identity(const sy_curve *curve, double rows, void *block, sy_curve *drawn) {
  size_t count = curve->count;
  double *p = (double *)(((uintptr_t)block + 63) / 64 * 64), *n = p + count, *w = n + count;
  double *y = w + count, *wwpq = y + count;
  double share = curve->total.w > 0 ? rows / curve->total.w : 0;
  for (size_t a = 0; a < count; a++) {
    double labels = curve->y[a] + share * (curve->w[a] * curve->p[a]);
    p[a] = curve->p[a];
    n[a] = curve->n[a] * (1 + share);
    w[a] = curve->w[a] * (1 + share);
    y[a] = labels < w[a] ? labels : w[a];
    wwpq[a] = curve->wwpq[a] * (1 + share);
  }
  *drawn = (sy_curve){count, p, n, w, y, wwpq, curve->total};
  drawn->total.n *= 1 + share;
  drawn->total.w *= 1 + share;
  drawn->total.y += share * curve->total.p;
  drawn->total.p *= 1 + share;
  drawn->total.ww *= 1 + share;
  drawn->total.wwp *= 1 + share;
  drawn->total.wwpq *= 1 + share;
}
