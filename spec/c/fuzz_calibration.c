/*
 * fuzz_calibration.c - curves, fits, maps and sketches of rows that are chosen to hurt (ties, zeros, ones,
 * fractions, numbers next to 0 and 1, weights from 1e-100 to 1e100), against what always holds: the
 * order of rows changes no bit, maps ascend and stay within [0, 1], many are calibrated as one is, no
 * fit does worse on its own rows than the identity, inverses lead back, shards add up. Blocks are
 * allocated to the byte. With -DSTANDALONE, as all fuzzers are built: fuzz_calibration [inputs [seed]].
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/calibrator_json.h"
#include "kernel/elementary.h"
#include "sets.h"
#include "steelyard.h"

#define DEMAND(condition)                                                                          \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "%s:%d: input %ld: %s does not hold\n", __FILE__, __LINE__, input,           \
              #condition);                                                                         \
      abort();                                                                                     \
    }                                                                                              \
  } while (0)

static long input;
static sy_random rng;

static size_t below(size_t n) { return (size_t)sy_random_below(&rng, n); }
static double uniform(void) { return sy_random_uniform(&rng); }

static void *room(size_t bytes) {
  void *block = malloc(bytes ? bytes : 1);
  if (!block) exit(2);
  return block;
}

/* ---------------------------------------------------------------- rows ----------------------- */

enum { MOST = 40000 };
static double p[MOST], y[MOST], w[MOST], moved[3][MOST];

static double extreme(void) {
  static const double numbers[] = {0.0,   1.0,   0.5,     5e-324, 1e-310, 1e-300,
                                   1e-18, 4e-18, 0x1p-53, 1e-9,   -0.0,   0x1p-1022};
  double x = numbers[below(SY_COUNT(numbers))];
  return below(2) ? x : 1.0 - x;
}

static double prediction(size_t kind) {
  switch (kind) {
    case 0: return uniform();
    case 1: return (double)below(11) / 10;
    case 2: return below(3) ? uniform() : (double)below(2);
    case 3: return extreme();
    case 4: return 0.25;
    case 5: return 0.3 + 1e-13 * uniform();
    case 6: return (double)below(2);
    default: return ldexp(uniform(), -(int)below(60));
  }
}

static double label(size_t kind, double at) {
  switch (kind) {
    case 0: return uniform() < at;
    case 1: return uniform() < 0.05;
    case 2: return 0.0;
    case 3: return 1.0;
    case 4: return uniform();
    case 5: return extreme();
    case 6: return uniform() >= at; /* falling */
    default: return at > 0.5;       /* separable */
  }
}

static double weight(size_t kind) {
  switch (kind) {
    case 0: return (double)below(4);
    case 1: return pow(10.0, 200.0 * uniform() - 100.0);
    case 2: return 1e100;
    case 3: return 1e-100;
    case 4: return below(9) ? 1.0 : 1e100;
    default: return uniform() + 0x1p-20; /* what sketches take, too */
  }
}

/* What an input is: rows, and in which form. */
typedef struct trial {
  size_t n;
  int weighted, gentle; /* gentle: weights that sketches take */
} trial;

static trial make_rows(void) {
  size_t predictions = below(8), labels = below(8), weights = below(6);
  trial t = {.n = below(10) ? below(40) : below(500), .weighted = (int)below(2)};
  if (below(2000) == 0) t.n = MOST; /* so many are coarsened */
  t.gentle = !t.weighted || weights == 0 || weights == 5;
  for (size_t i = 0; i < t.n; i++) {
    p[i] = prediction(predictions == 7 && below(2) ? 0 : predictions);
    y[i] = label(below(30) ? labels : 5, p[i]);
    w[i] = weight(weights);
  }
  return t;
}

static sy_labelled rows_of(const trial *t, size_t from, size_t n) {
  sy_labelled rows = {sy_f64(p + from), sy_f64(y + from), {NULL, SY_F64}, n};
  if (t->weighted) rows.weights = sy_f64(w + from);
  return rows;
}

static sy_labelled shuffled(const trial *t) {
  sy_labelled rows = {sy_f64(moved[0]), sy_f64(moved[1]), {NULL, SY_F64}, t->n};
  for (size_t i = 0; i < t->n; i++) {
    size_t j = below(i + 1);
    for (size_t c = 0; c < 3; c++) moved[c][i] = moved[c][j];
    moved[0][j] = p[i];
    moved[1][j] = y[i];
    moved[2][j] = w[i];
  }
  if (t->weighted) rows.weights = sy_f64(moved[2]);
  return rows;
}

/* ---------------------------------------------------------------- curves --------------------- */

static int close_to(double a, double b) {
  return fabs(a - b) <= 1e-9 * (fabs(a) + fabs(b)) + 1e-11;
}

static sy_curve curve_of(const sy_labelled *rows, void **block) {
  sy_curve curve;
  *block = room(sy_curve_bytes(rows->n));
  DEMAND(sy_curve_of_rows(rows, *block, &curve, NULL) == SY_OK);
  return curve;
}

static void check_curve(const sy_curve *c) {
  const double *totals = &c->total.n;
  for (size_t k = 0; k < c->count; k++) {
    DEMAND(c->p[k] >= 0 && c->p[k] <= 1 && (k == 0 || c->p[k - 1] < c->p[k]));
    DEMAND(c->n[k] > 0 && c->w[k] > 0 && c->y[k] >= 0 && c->y[k] <= c->w[k] && c->wwpq[k] >= 0);
  }
  for (size_t i = 0; i < sizeof c->total / sizeof *totals; i++)
    DEMAND(isfinite(totals[i]) && totals[i] >= 0);
}

static void same_curves(const sy_curve *a, const sy_curve *b) {
  size_t bytes = a->count * sizeof *a->p;
  DEMAND(a->count == b->count && memcmp(&a->total, &b->total, sizeof a->total) == 0);
  DEMAND(memcmp(a->p, b->p, bytes) == 0 && memcmp(a->n, b->n, bytes) == 0);
  DEMAND(memcmp(a->w, b->w, bytes) == 0 && memcmp(a->y, b->y, bytes) == 0);
  DEMAND(memcmp(a->wwpq, b->wwpq, bytes) == 0);
}

static void check_scores(const sy_labelled *rows, const sy_labelled *again, const sy_curve *c) {
  sy_scores a, b;
  DEMAND(sy_proper_scores(rows, &a, NULL) == SY_OK && sy_proper_scores(again, &b, NULL) == SY_OK);
  if (!c->count) return;
  DEMAND(memcmp(&a, &b, sizeof a) == 0 && a.clipped == c->total.clipped);
  DEMAND(close_to(a.brier, c->total.squared / c->total.w));
  DEMAND(close_to(a.log_loss, c->total.log / c->total.w));
}

/* ---------------------------------------------------------------- measures ------------------- */

static void check_buckets(const sy_curve *c) {
  sy_bucketing kind = (sy_bucketing)below(SY_BUCKETS_STEPS + 1);
  size_t count = 1 + below(20), room_for = count + (kind == SY_BUCKETS_FLOOR), used;
  sy_bucket *buckets = room(room_for * sizeof *buckets);
  sy_bucket_errors errors;
  double weight_in = 0;
  used = sy_curve_buckets(c, kind, count, buckets);
  DEMAND(used <= room_for && (used > 0) == (c->count > 0));
  for (size_t b = 0; b < used; b++) {
    DEMAND(buckets[b].mean_label >= 0 && buckets[b].mean_label <= 1);
    DEMAND(b == 0 || buckets[b - 1].high < buckets[b].low);
    weight_in += buckets[b].weight;
  }
  DEMAND(fabs(weight_in - c->total.w) <= 1e-9 * c->total.w);
  sy_bucket_errors_of(buckets, used, &errors);
  DEMAND(!used || (errors.expected <= errors.maximum + 1e-12 && errors.maximum <= 1));
  free(buckets);
}

static void check_corp(const sy_curve *c) {
  int64_t *first = room((c->count + 1) * sizeof *first);
  double *value = room(c->count * sizeof *value), *heavy = room(c->count * sizeof *heavy);
  size_t blocks = sy_curve_isotonic(c, first, value, heavy);
  sy_decomposition brier, log_loss;
  for (size_t b = 0; b < blocks; b++)
    DEMAND(value[b] >= 0 && value[b] <= 1 && (b == 0 || value[b - 1] <= value[b]));
  sy_curve_corp(c, first, value, blocks, &brier, &log_loss);
  if (c->count) DEMAND(brier.mcb >= 0 && brier.dsc >= 0 && log_loss.mcb >= 0 && log_loss.dsc >= 0);
  free(first);
  free(value);
  free(heavy);
}

static void check_measures(const sy_curve *c) {
  sy_calibration_summary s;
  sy_cumulative k;
  double mean, deviation;
  sy_curve_summary(c, 0.95, &s);
  sy_curve_cumulative(c, &k);
  sy_curve_logits(c, &mean, &deviation);
  check_buckets(c);
  check_corp(c);
  if (!c->count) return;
  DEMAND(isfinite(s.brier) && isfinite(s.log_loss) && !(s.auc < 0) && !(s.auc > 1));
  DEMAND(isnan(s.ratio) || (s.ratio_low <= s.ratio && s.ratio <= s.ratio_high));
  DEMAND(isnan(s.free_entropy) || (isfinite(s.free_entropy) && isfinite(s.logit_shift)));
  DEMAND(k.kuiper >= 0 && k.kuiper_log_p <= 1e-9 && k.ks <= k.kuiper && isfinite(mean));
  if (below(3000) == 0) {
    void *scratch = room(sy_curve_smooth_bytes());
    sy_smooth_error e;
    sy_curve_smooth_error(c, scratch, &e);
    DEMAND(e.error >= 0 && e.error <= 1.0001);
    free(scratch);
  }
}

/* ---------------------------------------------------------------- maps ----------------------- */

static sy_calibrator *calibrator_of(const sy_calibrator_parts *parts, char **block) {
  sy_error error = {SY_OK, ""};
  size_t bytes = sy_calibrator_bytes(parts, &error), shift = below(8);
  if (!bytes) fprintf(stderr, "%s\n", error.message);
  DEMAND(bytes);
  *block = room(bytes + shift);
  return sy_calibrator_init(*block + shift, parts);
}

enum { PROBES = 300 };

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, z = *(const double *)b;
  return x < z ? -1 : x > z;
}

/* Predictions to try, ascending: those of the curve, next to them, and others. */
static void make_probes(const sy_curve *c, double *probes) {
  for (size_t i = 0; i < PROBES; i++) {
    double at = c->count && below(2) ? c->p[below(c->count)] : prediction(below(8));
    if (below(4) == 0) at = nextafter(at, (double)below(2));
    probes[i] = at;
  }
  qsort(probes, PROBES, sizeof *probes, ascending);
}

static void check_values(const sy_calibrator *c, const double *probes, int rises) {
  double many[PROBES], before = 0, logits[PROBES];
  float narrow[PROBES], narrow_many[PROBES];
  sy_calibrate_many(c, sy_f64(probes), NULL, PROBES, many);
  sy_calibrate_logits(c, sy_f64(probes), NULL, PROBES, logits);
  for (size_t i = 0; i < PROBES; i++) narrow[i] = (float)probes[i];
  sy_calibrate_many(c, sy_f32(narrow), NULL, PROBES, narrow_many);
  for (size_t i = 0; i < PROBES; i++) {
    double one = sy_calibrate(c, probes[i], NULL);
    DEMAND(one >= 0 && one <= 1 && memcmp(&one, &many[i], sizeof one) == 0);
    DEMAND(isfinite(logits[i]) && fabs(1 / (1 + exp(-logits[i])) - one) <= 1e-9);
    DEMAND((float)sy_calibrate(c, (double)narrow[i], NULL) == narrow_many[i]);
    /* Logarithms of neighbours may be rounded past one another. */
    DEMAND(!rises || one >= before - 1e-11 * (before < 0.5 ? before : 1 - before));
    before = one > before ? one : before;
  }
}

/* Does a map pass q next to a prediction? How near depends on the rounding of the rate's odds. */
static int passes(const sy_calibrator *c, double at, double q) {
  double near = nextafter(1e-12 * fmin(at, 1 - at) + 1e-300, 1);
  double below_it = sy_calibrate(c, fmin(at - near, nextafter(at, 0)), NULL);
  double above_it = sy_calibrate(c, fmax(at + near, nextafter(at, 1)), NULL);
  return below_it <= q + 1e-9 && above_it >= q - 1e-9;
}

static void check_inverse(const sy_calibrator *c, const double *probes) {
  double none = 0;
  for (size_t i = 0; i < PROBES; i += 7) {
    double q = sy_calibrate(c, probes[i], NULL), back = -1;
    DEMAND(sy_calibrate_inverse(c, q, &back, NULL) == SY_OK && back >= 0 && back <= 1);
    DEMAND(passes(c, back, q));
  }
  DEMAND(sy_calibrate_inverse(c, NAN, &none, NULL) == SY_OK && isnan(none));
}

/* Through JSON and back. */
static void check_text(const sy_calibrator *c, const double *probes) {
  sy_buffer text;
  sy_calibrator *again = NULL;
  sy_error error = {SY_OK, ""};
  double first[PROBES], second[PROBES];
  sy_buffer_init(&text, NULL);
  DEMAND(sy_calibrator_write(c, below(2) ? -1 : 0, &text, &error) == SY_OK);
  DEMAND(sy_calibrator_parse(text.data, text.length, NULL, NULL, &again, &error) == SY_OK);
  sy_calibrate_many(c, sy_f64(probes), NULL, PROBES, first);
  sy_calibrate_many(again, sy_f64(probes), NULL, PROBES, second);
  DEMAND(memcmp(first, second, sizeof first) == 0);
  sy_calibrator_destroy(again);
  sy_buffer_release(&text);
}

static void check_map(const sy_map *map, const sy_curve *c, int rises) {
  double probes[PROBES];
  sy_calibrator_parts parts = {.method = "fuzz", .map = *map};
  char *block;
  if (below(4) == 0) parts.map.rate = ldexp(1, -(int)below(12));
  sy_calibrator *calibrator = calibrator_of(&parts, &block);
  make_probes(c, probes);
  check_values(calibrator, probes, rises);
  if (rises) check_inverse(calibrator, probes);
  if (below(10) == 0) check_text(calibrator, probes);
  free(block);
}

/* ---------------------------------------------------------------- fits ----------------------- */

/* What the curve's labels lose under a map, without its smoothing. */
static double loss_of(const sy_map *map, const sy_curve *c) {
  sy_calibrator_parts parts = {.method = "fuzz", .map = *map};
  char *block;
  sy_calibrator *calibrator = calibrator_of(&parts, &block);
  double *f = room(c->count * sizeof *f), loss = 0;
  sy_calibrate_logits(calibrator, sy_f64(c->p), NULL, c->count, f);
  for (size_t k = 0; k < c->count; k++)
    loss += c->w[k] * (fmax(f[k], 0) + log1p(exp(-fabs(f[k])))) - c->y[k] * f[k];
  free(f);
  free(block);
  return loss;
}

static void check_logistic(const sy_curve *c) {
  sy_logistic_kind kind = (sy_logistic_kind)below(SY_LOGISTIC_BETA_A + 1);
  int smoothing = (int)below(2);
  void *scratch = room(sy_fit_logistic_bytes(c->count));
  sy_map map, identity;
  DEMAND(sy_fit_logistic(c, kind, smoothing, scratch, &map, NULL) == SY_OK);
  check_map(&map, c, 1);
  if (!smoothing && kind != SY_LOGISTIC_BETA_A && c->count) {
    const double line[4] = {0, 1, 1, 0};
    identity = map;
    memcpy(identity.c, line, sizeof line);
    DEMAND(loss_of(&map, c) <= loss_of(&identity, c) + 1e-7 * c->total.w);
  }
  free(scratch);
}

static void check_knots(const sy_curve *c) {
  size_t knots = 2 * c->count + 2;
  double *x = room(knots * sizeof *x), *v = room(knots * sizeof *v);
  void *scratch = room(sy_fit_knots_bytes(c->count));
  double prior = below(2) ? 0 : ldexp(1, (int)below(20) - 5);
  size_t kind = below(4), many = 1 + below(40);
  sy_map map;
  sy_status status = SY_OK;
  if (kind < 2) status = sy_fit_isotonic(c, (sy_isotonic_kind)kind, scratch, x, v, &map, NULL);
  else if (kind == 2) status = sy_fit_histogram(c, many, prior, scratch, x, v, &map, NULL);
  else status = sy_fit_piecewise(c, many, prior, scratch, x, v, &map, NULL);
  DEMAND(status == SY_OK && map.knots <= knots);
  for (size_t i = 0; kind < 3 && c->count && i < map.knots; i++)
    DEMAND(map.y[i] < 1 && map.y[i] > 0);
  check_map(&map, c, kind != 2);
  free(x);
  free(v);
  free(scratch);
}

static void check_fits(const sy_curve *c) {
  sy_map map;
  sy_fit_scale(c, &map);
  check_map(&map, c, 1);
  check_logistic(c);
  check_knots(c);
}

static void check_drawn(const sy_curve *c) {
  void *block = room(sy_curve_bytes(c->count));
  sy_curve drawn;
  sy_curve_toward_identity(c, ldexp(1, (int)below(60)), block, &drawn);
  check_curve(&drawn);
  check_fits(&drawn);
  free(block);
}

/* ---------------------------------------------------------------- offsets -------------------- */

enum { CELLS = 5 };

static void check_offsets(const trial *t) {
  static double logits[MOST];
  static int32_t cells[MOST];
  double scratch[5 * CELLS], offsets[CELLS], curvature[CELLS];
  double variance = below(4) ? ldexp(1, (int)below(40) - 30) : (double)INFINITY;
  if (t->n > 500) return;
  for (size_t i = 0; i < t->n; i++) {
    logits[i] = sy_logit(p[i]) * (below(50) ? 1 : 10);
    cells[i] = (int32_t)below(CELLS + 2) - 1; /* none, and one too many */
  }
  sy_fit_offsets(logits, sy_f64(y), t->weighted ? sy_f64(w) : (sy_vector){NULL, SY_F64}, cells,
                 t->n, CELLS, variance, scratch, offsets, curvature);
  for (size_t c = 0; c < CELLS; c++)
    DEMAND(isfinite(offsets[c]) && isfinite(curvature[c]) && curvature[c] >= 0);
}

/* ---------------------------------------------------------------- sketches ------------------- */

static sy_bin *sketch_of(const sy_labelled *rows, int bits, size_t *count) {
  size_t keys = sy_sketch_keys(bits);
  sy_bin *bins = room((rows->n < keys ? rows->n : keys) * sizeof *bins);
  void *scratch = room(sy_sketch_bytes(bits));
  DEMAND(sy_sketch_rows(rows, bits, scratch, bins, count, NULL) == SY_OK);
  free(scratch);
  return bins;
}

static sy_bin *merged(sy_bin *a, size_t a_count, sy_bin *b, size_t b_count, size_t *count) {
  sy_bin *both = room(sy_sketch_merged(a, a_count, b, b_count) * sizeof *both);
  DEMAND(sy_sketch_merge(a, a_count, b, b_count, both, count, NULL) == SY_OK);
  DEMAND(*count == sy_sketch_merged(a, a_count, b, b_count));
  free(a);
  free(b);
  return both;
}

static void check_sketch(const trial *t) {
  int bits = 1 + (int)below(SY_SKETCH_BITS_MAX);
  size_t cut[2] = {below(t->n + 1), 0}, whole_count, count[3];
  cut[1] = cut[0] + below(t->n - cut[0] + 1);
  sy_labelled all = rows_of(t, 0, t->n),
              shards[3] = {rows_of(t, 0, cut[0]), rows_of(t, cut[0], cut[1] - cut[0]),
                           rows_of(t, cut[1], t->n - cut[1])};
  sy_bin *whole = sketch_of(&all, bits, &whole_count), *parts[3], *sum;
  for (size_t i = 0; i < 3; i++) parts[i] = sketch_of(&shards[i], bits, &count[i]);
  sum = merged(parts[2], count[2], parts[0], count[0], &count[0]);
  sum = merged(parts[1], count[1], sum, count[0], &count[0]);
  DEMAND(count[0] == whole_count && memcmp(sum, whole, whole_count * sizeof *sum) == 0);
  DEMAND(sy_sketch_check(whole, whole_count, bits, NULL) == SY_OK);
  void *block = room(sy_sketch_curve_bytes(whole_count));
  sy_curve curve;
  sy_sketch_curve(whole, whole_count, bits, block, &curve);
  check_curve(&curve);
  check_fits(&curve);
  free(block);
  free(whole);
  free(sum);
}

/* ---------------------------------------------------------------- all ------------------------ */

/* The same bits of numbers that hurt from every instruction set. */
static void check_sets(const sy_curve *c) {
  sy_likelihood form = {(int)below(2), (int)below(2), 1e-9, 1 - 1e-9, 0.75, 0.125};
  sy_map map = {.kind = SY_MAP_LOGISTIC, .rate = below(2) ? 1 : 0.125, .z_low = -3, .z_high = 5};
  double theta[3], first[SY_SUMS], sums[SY_SUMS], bits[2][PROBES], probes[PROBES];
  map.p_low = below(2) ? 0 : 1e-6;
  map.q_low = below(2) ? 0 : 1e-3;
  for (size_t i = 0; i < 3; i++) theta[i] = uniform() * 4 - 2;
  for (size_t i = 0; i < 4; i++) map.c[i] = below(3) ? uniform() : 0;
  make_probes(c, probes);
  const sy_kernels *set;
  for (size_t s = 0; (set = usable(s)); s++) {
    memset(sums, 0, sizeof sums);
    set->likelihood(&form, theta, c->p, c->w, c->y, c->count, 1, sums);
    set->logistic(&map, probes, PROBES, bits[s > 0]);
    if (s == 0) memcpy(first, sums, sizeof first);
    DEMAND(memcmp(first, sums, sizeof first) == 0);
    DEMAND(memcmp(bits[0], bits[s > 0], sizeof bits[0]) == 0);
  }
}

static void try_one(void) {
  trial t = make_rows();
  sy_labelled rows = rows_of(&t, 0, t.n), again = shuffled(&t);
  void *block, *other;
  sy_curve curve = curve_of(&rows, &block), same = curve_of(&again, &other);
  check_curve(&curve);
  same_curves(&curve, &same);
  check_scores(&rows, &again, &curve);
  check_measures(&curve);
  check_sets(&curve);
  check_fits(&curve);
  if (below(4) == 0) check_drawn(&curve);
  if (below(4) == 0) check_offsets(&t);
  if (t.gentle && below(4) == 0) check_sketch(&t);
  free(block);
  free(other);
}

int main(int argc, char **argv) {
  long count = argc > 1 ? atol(argv[1]) : 20000;
  sy_random_seed(&rng, argc > 2 ? (uint64_t)atoll(argv[2]) : 1);
  for (input = 0; input < count; input++) try_one();
  printf("%ld inputs, no complaint\n", count);
  return 0;
}
