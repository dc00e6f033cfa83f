/*
 * sparse.c - times losses of scores against few targets, rankings without seen items and the best
 * items, against plain C (one thread, libm) and against reading the scores, all in one run. Prints
 * one JSON object a line.
 *
 *   sparse [USERS]      a batch of so many users (default 500)
 *
 * At the width of MovieLens-20M, with 70 targets and 70 seen items a user; for LambdaRank, which goes
 * over pairs, at that of MovieLens-1M with 110 targets and a fifth of the users. The floor is reading
 * the scores, or copying them where a gradient is written. Both versions must agree before either is
 * timed.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "steelyard/sparse.h"
#include "timing.h"

typedef struct batch {
  size_t rows, columns, size; /* size: of the scores, in bytes */
  sy_sparse targets, seen;
  float *scores, *gradient, *theirs;
  double *values, *partition, *logs, *scratch;
  double *weights;
  int *order;
  int32_t *best;
  float *best_scores;
  size_t k;
  sy_work *work;
  double sum;
} batch;

static void *room(size_t bytes) {
  void *memory = malloc(bytes);
  if (!memory) exit(1);
  return memory;
}

/* A bag that takes each column with a probability; `other`'s are left out. */
static sy_sparse make_bag(size_t rows, size_t columns, double share, const sy_sparse *other,
                          sy_random *rng) {
  int64_t *offsets = room((rows + 1) * sizeof *offsets), n = 0;
  int32_t *ids = room(rows * columns * sizeof *ids);
  offsets[0] = 0;
  for (size_t r = 0; r < rows; r++) {
    int64_t o = other ? other->offsets[r] : 0;
    for (size_t c = 0; c < columns; c++) {
      int taken = other && o < other->offsets[r + 1] && (size_t)other->ids[o] == c;
      o += taken;
      if (sy_random_uniform(rng) < share && !taken) ids[n++] = (int32_t)c;
    }
    offsets[r + 1] = n;
  }
  return (sy_sparse){rows, columns, offsets, ids, NULL, 0};
}

/* Lives as long as the program. */
static batch *make_batch(size_t rows, size_t columns, double targets) {
  batch *b = calloc(1, sizeof *b);
  sy_random rng;
  if (!b) exit(1);
  sy_random_seed(&rng, 7);
  b->rows = rows;
  b->columns = columns;
  b->size = rows * columns * sizeof(float);
  b->targets = make_bag(rows, columns, targets / (double)columns, NULL, &rng);
  b->seen = make_bag(rows, columns, targets / (double)columns, &b->targets, &rng);
  b->scores = room(b->size);
  b->gradient = room(b->size);
  b->theirs = room(b->size);
  b->values = room(4 * rows * sizeof(double));
  b->partition = room(rows * sizeof(double));
  b->weights = room(rows * sizeof(double));
  b->logs = room((size_t)b->targets.offsets[rows] * sizeof(double) + 8);
  b->scratch = room((size_t)b->seen.offsets[rows] * sizeof(double) + 8);
  b->order = room(columns * sizeof(int));
  b->best = room(rows * 100 * sizeof(int32_t));
  b->best_scores = room(rows * 100 * sizeof(float));
  for (size_t i = 0; i < rows * columns; i++) b->scores[i] = (float)(2 * sy_random_normal(&rng));
  for (size_t r = 0; r < rows; r++) b->weights[r] = 1.0 / (double)rows;
  if (sy_work_create(columns, 1, NULL, &b->work)) exit(1);
  return b;
}

/* ------------------------------------------------------------------------------- the library --- */

static void fail(sy_status status, const char *what) {
  if (status == SY_OK) return;
  fprintf(stderr, "bench: %s failed: %d\n", what, (int)status);
  exit(1);
}

static sy_score_matrix matrix_of(const batch *b) {
  return (sy_score_matrix){sy_f32(b->scores), b->rows, b->columns, b->columns};
}

static sy_score_loss loss_of(const batch *b) {
  return (sy_score_loss){
      .targets = &b->targets, .row_weights = b->weights, .positive = 5, .k = b->k, .threads = 1};
}

static void multinomial(batch *b, int given, void *gradient) {
  sy_score_matrix scores = matrix_of(b);
  sy_score_loss loss = loss_of(b);
  loss.log_partition = given ? b->partition : NULL;
  fail(sy_multinomial(&scores, &loss, NULL, gradient, b->columns, b->values, b->partition, b->logs,
                      NULL),
       "multinomial");
}

static void run_value(void *context) { multinomial(context, 0, NULL); }
static void run_gradient(void *context) { multinomial(context, 1, ((batch *)context)->gradient); }
static void run_both(void *context) { multinomial(context, 0, ((batch *)context)->gradient); }

static void run_square(void *context) {
  batch *b = context;
  sy_score_matrix scores = matrix_of(b);
  sy_score_loss loss = loss_of(b);
  fail(sy_weighted_square(&scores, &loss, b->gradient, b->columns, b->values, NULL), "square");
}

static void run_warp(void *context) {
  batch *b = context;
  sy_score_matrix scores = matrix_of(b);
  sy_score_loss loss = loss_of(b);
  fail(sy_warp(&scores, &loss, b->work, b->gradient, b->columns, b->values, NULL), "warp");
}

static void run_lambdarank(void *context) {
  batch *b = context;
  sy_score_matrix scores = matrix_of(b);
  sy_score_loss loss = loss_of(b);
  fail(sy_lambdarank(&scores, &loss, b->work, b->gradient, b->columns, b->values, NULL), "lambda");
}

static void run_measure(void *context) {
  static const sy_found_metric metrics[] = {
      {SY_FOUND_NDCG, 100}, {SY_FOUND_RECALL, 20}, {SY_FOUND_RECALL, 50}};
  batch *b = context;
  sy_score_matrix scores = matrix_of(b);
  fail(
      sy_sparse_measure(&scores, &b->targets, &b->seen, metrics, 3, b->work, b->values, NULL, NULL),
      "measure");
}

static void run_top(void *context) {
  batch *b = context;
  sy_score_matrix scores = matrix_of(b);
  fail(sy_sparse_top(&scores, &b->seen, 20, 0, b->work, b->best, b->best_scores, NULL), "top");
}

static void run_reading(void *context) {
  batch *b = context;
  b->sum += (double)timing_read(b->scores, b->rows * b->columns);
}

static void run_reading_and_writing(void *context) {
  batch *b = context;
  memcpy(b->gradient, b->scores, b->size);
}

/* ------------------------------------------------------------------------------- plain C ------ */

static double plain_row_value(batch *b, size_t r, double *partition) {
  const float *x = b->scores + r * b->columns;
  float most = x[0];
  double sum = 0, value = 0;
  for (size_t i = 1; i < b->columns; i++)
    if (x[i] > most) most = x[i];
  for (size_t i = 0; i < b->columns; i++) sum += (double)expf(x[i] - most);
  *partition = (double)most + log(sum);
  for (int64_t e = b->targets.offsets[r]; e < b->targets.offsets[r + 1]; e++)
    value -= (double)x[b->targets.ids[e]] - *partition;
  return value;
}

static void plain_row_gradient(batch *b, size_t r, double partition) {
  const float *x = b->scores + r * b->columns;
  float *y = b->theirs + r * b->columns;
  int64_t first = b->targets.offsets[r], end = b->targets.offsets[r + 1];
  float factor = (float)(b->weights[r] * (double)(end - first)), p = (float)partition;
  for (size_t i = 0; i < b->columns; i++) y[i] = factor * expf(x[i] - p);
  for (int64_t e = first; e < end; e++) y[b->targets.ids[e]] -= (float)b->weights[r];
}

static void plain_value(void *context) {
  batch *b = context;
  for (size_t r = 0; r < b->rows; r++) b->values[r] = plain_row_value(b, r, &b->partition[r]);
}

static void plain_gradient(void *context) {
  batch *b = context;
  for (size_t r = 0; r < b->rows; r++) plain_row_gradient(b, r, b->partition[r]);
}

static void plain_both(void *context) {
  plain_value(context);
  plain_gradient(context);
}

static void plain_square(void *context) {
  batch *b = context;
  for (size_t r = 0; r < b->rows; r++) {
    const float *x = b->scores + r * b->columns;
    float *y = b->theirs + r * b->columns;
    int64_t e = b->targets.offsets[r], end = b->targets.offsets[r + 1];
    double value = 0;
    for (size_t i = 0; i < b->columns; i++) {
      int hit = e < end && (size_t)b->targets.ids[e] == i;
      float c = hit ? 5.0F : 1.0F, off = x[i] - (hit ? 1.0F : 0.0F);
      e += hit;
      value += (double)(c * off * off);
      y[i] = (float)b->weights[r] * 2.0F * c * off;
    }
    b->values[r] = value;
  }
}

typedef struct item {
  float score;
  int column;
} item;

static int by_score(const void *a, const void *b) {
  const item *x = a, *y = b;
  if (x->score != y->score) return x->score > y->score ? -1 : 1;
  return x->column - y->column;
}

/* Into b->order: columns by score, those of `without` last; returns how many are before these. */
static size_t plain_rank(batch *b, size_t r, const sy_sparse *without) {
  item *items = room(b->columns * sizeof *items);
  size_t n = 0;
  int64_t e = without ? without->offsets[r] : 0;
  for (size_t i = 0; i < b->columns; i++) {
    if (without && e < without->offsets[r + 1] && (size_t)without->ids[e] == i) e++;
    else items[n++] = (item){b->scores[r * b->columns + i], (int)i};
  }
  qsort(items, n, sizeof *items, by_score);
  for (size_t i = 0; i < n; i++) b->order[i] = items[i].column;
  free(items);
  return n;
}

/* Which columns are targets. */
static char *plain_targets(const batch *b, size_t r) {
  char *is = calloc(b->columns, 1);
  if (!is) exit(1);
  for (int64_t e = b->targets.offsets[r]; e < b->targets.offsets[r + 1]; e++)
    is[b->targets.ids[e]] = 1;
  return is;
}

/* A sort and two running sums. */
static void plain_warp(void *context) {
  batch *b = context;
  for (size_t r = 0; r < b->rows; r++) {
    const float *x = b->scores + r * b->columns;
    float *y = b->theirs + r * b->columns;
    char *is = plain_targets(b, r);
    double h = 0, above = 0, of_above = 0, value = 0, below = 0;
    plain_rank(b, r, NULL);
    for (size_t i = 0; i < b->columns; i++) {
      int c = b->order[i];
      h += 1.0 / (double)(i + 1);
      if (is[c]) {
        value += h * (of_above - above * (double)x[c]);
        y[c] = (float)(b->weights[r] * -h * above);
        below += h;
      } else {
        above += 1;
        of_above += (double)x[c];
      }
    }
    h = 0;
    for (size_t i = 0; i < b->columns; i++) {
      int c = b->order[i];
      h += 1.0 / (double)(i + 1);
      if (is[c]) below -= h;
      else y[c] = (float)(b->weights[r] * below);
    }
    b->values[r] = value;
    free(is);
  }
}

/* All pairs, with libm's exp and log. */
static void plain_lambdarank(void *context) {
  batch *b = context;
  float *discounts = room(b->columns * sizeof *discounts);
  double *slopes = room(b->columns * sizeof *slopes);
  for (size_t r = 0; r < b->rows; r++) {
    const float *x = b->scores + r * b->columns;
    int64_t first = b->targets.offsets[r], end = b->targets.offsets[r + 1];
    char *is = plain_targets(b, r);
    double value = 0, ideal = 0;
    plain_rank(b, r, NULL);
    for (size_t i = 0; i < b->columns; i++) {
      int within = !b->k || i < b->k;
      discounts[b->order[i]] = within ? (float)(1.0 / log2((double)i + 2.0)) : 0.0F;
      slopes[i] = 0;
    }
    for (int64_t e = 0; e < end - first && (!b->k || (size_t)e < b->k); e++)
      ideal += 1.0 / log2((double)e + 2.0);
    for (int64_t e = first; e < end; e++) {
      int32_t p = b->targets.ids[e];
      for (size_t q = 0; q < b->columns; q++) {
        if (is[q]) continue;
        float w = fabsf(discounts[p] - discounts[q]) / (float)ideal, z = x[q] - x[p];
        float s = w / (1.0F + expf(-z));
        value += (double)(w * (z > 0 ? z + log1pf(expf(-z)) : log1pf(expf(z))));
        slopes[q] += (double)s;
        slopes[p] -= (double)s;
      }
    }
    for (size_t i = 0; i < b->columns; i++)
      b->theirs[r * b->columns + i] = (float)(b->weights[r] * slopes[i]);
    b->values[r] = value;
    free(is);
  }
  free(discounts);
  free(slopes);
}

static void plain_measure(void *context) {
  batch *b = context;
  for (size_t r = 0; r < b->rows; r++) {
    char *is = plain_targets(b, r);
    size_t n = plain_rank(b, r, &b->seen), hidden;
    double dcg = 0, ideal = 0, found[2] = {0, 0};
    hidden = (size_t)(b->targets.offsets[r + 1] - b->targets.offsets[r]);
    for (size_t i = 0; i < n && i < 100; i++) {
      if (i < hidden) ideal += 1.0 / log2((double)i + 2.0);
      if (!is[b->order[i]]) continue;
      dcg += 1.0 / log2((double)i + 2.0);
      found[0] += i < 20;
      found[1] += i < 50;
    }
    b->values[r] = ideal > 0 ? dcg / ideal : 0;
    b->values[b->rows + r] = hidden ? found[0] / (double)(hidden < 20 ? hidden : 20) : 0;
    b->values[2 * b->rows + r] = hidden ? found[1] / (double)(hidden < 50 ? hidden : 50) : 0;
    free(is);
  }
}

static void plain_top(void *context) {
  batch *b = context;
  for (size_t r = 0; r < b->rows; r++) {
    plain_rank(b, r, &b->seen);
    for (size_t i = 0; i < 20; i++) b->best[r * 20 + i] = b->order[i];
  }
}

/* ------------------------------------------------------------------------------- report ------- */

typedef struct comparison {
  const char *job;
  void (*ours)(void *), (*plain)(void *), (*floor)(void *);
  size_t values, k;
  int gradient;
} comparison;

static void check(batch *b, const comparison *c) {
  size_t n = c->values * b->rows;
  double *ours = room((n + 1) * sizeof *ours);
  c->ours(b);
  memcpy(ours, b->values, n * sizeof *ours);
  c->plain(b);
  for (size_t i = 0; i < n; i++)
    if (!(fabs(ours[i] - b->values[i]) <= 1e-4 * fabs(ours[i]) + 1e-9)) {
      fprintf(stderr, "bench: %s: %.17g and %.17g\n", c->job, ours[i], b->values[i]);
      exit(1);
    }
  double size = 0;
  for (size_t i = 0; c->gradient && i < b->rows * b->columns; i++)
    size = fmax(size, fabs((double)b->theirs[i]));
  for (size_t i = 0; c->gradient && i < b->rows * b->columns; i++)
    if (!(fabs((double)b->gradient[i] - (double)b->theirs[i]) <= 1e-4 * size)) {
      fprintf(stderr, "bench: %s: slope %zu: %.9g and %.9g\n", c->job, i, (double)b->gradient[i],
              (double)b->theirs[i]);
      exit(1);
    }
  free(ours);
}

/* What takes seconds needs no second look. */
static double time_plain(void (*run)(void *), batch *b) {
  double start = timing_now(), once;
  run(b);
  once = timing_now() - start;
  return once > 0.5 ? once : timing_best(run, b);
}

static void report(batch *b, const comparison *c) {
  b->k = c->k;
  check(b, c);
  double time = timing_best(c->ours, b), plain = time_plain(c->plain, b);
  double floor = timing_best(c->floor, b);
  printf("{\"job\": \"%s\", \"users\": %zu, \"items\": %zu, \"targets\": %.4g, "
         "\"milliseconds\": %.5g, \"ns_per_score\": %.4g, \"times_faster_than_naive\": %.4g, "
         "\"times_the_floor\": %.4g}\n",
         c->job, b->rows, b->columns, (double)b->targets.offsets[b->rows] / (double)b->rows,
         1e3 * time, 1e9 * time / (double)(b->rows * b->columns), plain / time, time / floor);
  fflush(stdout);
}

int main(int argc, char **argv) {
  static const comparison wide[] = {
      {"multinomial, values alone", run_value, plain_value, run_reading, 1, 0, 0},
      {"multinomial, then the gradient", run_gradient, plain_gradient, run_reading_and_writing, 0,
       0, 1},
      {"multinomial, both at once", run_both, plain_both, run_reading_and_writing, 1, 0, 1},
      {"weighted square, both", run_square, plain_square, run_reading_and_writing, 1, 0, 1},
      {"WARP, both", run_warp, plain_warp, run_reading_and_writing, 1, 0, 1},
      {"NDCG@100, recall@20, @50", run_measure, plain_measure, run_reading, 3, 0, 0},
      {"the 20 best", run_top, plain_top, run_reading, 0, 0, 0},
  };
  static const comparison narrow[] = {
      {"LambdaRank, both", run_lambdarank, plain_lambdarank, run_reading_and_writing, 1, 0, 1},
      {"LambdaRank@100, both", run_lambdarank, plain_lambdarank, run_reading_and_writing, 1, 100,
       1},
  };
  size_t rows = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 500;
  batch *b = make_batch(rows, 20108, 70);
  for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) report(b, &wide[i]);
  b = make_batch(rows / 5, 3575, 110);
  for (size_t i = 0; i < sizeof narrow / sizeof *narrow; i++) report(b, &narrow[i]);
  return 0;
}
