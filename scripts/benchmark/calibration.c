/*
 * calibration.c FOLDER ROWS - times calibration: curves, scores and fits of so many rows, which it
 * leaves in FOLDER as p.npy and y.npy for peers, and single predictions calibrated. Prints one JSON
 * object a line:
 *
 *   fit        a job of all rows, against a plain C version of it where there is one
 *   evaluate   one prediction after the other, by each form of map, and in batches
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "steelyard.h"
#include "timing.h"

static size_t rows;
static double *p, *y, *calibrated;
static sy_labelled labelled;
static void *block, *scratch;
static double *knots_x, *knots_y;
static sy_curve curve;
static sy_map map;
static double sum; /* of results, so that nothing is optimised away */

static void stop(const char *message) {
  fprintf(stderr, "bench: %s\n", message);
  exit(1);
}

static void *need(size_t bytes) {
  void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
  if (!memory) stop("no memory");
  return memory;
}

static void check(sy_status status, const sy_error *error) {
  if (status != SY_OK) stop(error->message);
}

/* Click-like: predictions bunch near 0.05, and promise too much above. */
static void make_rows(void) {
  sy_random random;
  sy_random_seed(&random, 7);
  for (size_t i = 0; i < rows; i++) {
    double z = -3 + 1.5 * sy_random_normal(&random);
    p[i] = 1 / (1 + exp(-z));
    y[i] = sy_random_uniform(&random) < 1 / (1 + exp(0.3 - 0.8 * z)) ? 1 : 0;
  }
}

static void save(const char *folder, const char *name, const double *values) {
  char path[4096];
  sy_npy header = {SY_F64, 1, {rows, 1}};
  sy_error error;
  snprintf(path, sizeof path, "%s/%s.npy", folder, name);
  check(sy_npy_write(path, &header, values, 1, 1, &error), &error);
}

/* ------------------------------------------------------------------------------- the jobs -- */

static void run_scores(void *unused) {
  sy_scores scores;
  sy_error error;
  (void)unused;
  check(sy_proper_scores(&labelled, &scores, &error), &error);
  sum += scores.log_loss;
}

static void run_curve(void *unused) {
  sy_error error;
  (void)unused;
  check(sy_curve_of_rows(&labelled, block, &curve, &error), &error);
}

static void run_isotonic(void *unused) {
  sy_error error;
  run_curve(unused);
  check(sy_fit_isotonic(&curve, SY_ISOTONIC_PLAIN, scratch, knots_x, knots_y, &map, &error),
        &error);
  sum += map.y[0];
}

static void run_platt(void *unused) {
  sy_error error;
  run_curve(unused);
  check(sy_fit_logistic(&curve, SY_LOGISTIC_PLATT, 1, scratch, &map, &error), &error);
  sum += map.c[0];
}

/* Plain C: a loop with libm's logarithm, and qsort with a stack of blocks. */
static void naive_scores(void *unused) {
  double total = 0;
  (void)unused;
  for (size_t i = 0; i < rows; i++) total -= y[i] > 0 ? log(p[i]) : log(1 - p[i]);
  sum += total / (double)rows;
}

typedef struct row {
  double p, y;
} row;

static int by_prediction(const void *a, const void *b) {
  double x = ((const row *)a)->p, z = ((const row *)b)->p;
  return x < z ? -1 : x > z;
}

static void naive_isotonic(void *unused) {
  row *sorted = scratch;
  double *value = calibrated, *weight = knots_x;
  size_t blocks = 0;
  (void)unused;
  for (size_t i = 0; i < rows; i++) sorted[i] = (row){p[i], y[i]};
  qsort(sorted, rows, sizeof *sorted, by_prediction);
  for (size_t i = 0; i < rows; i++) {
    value[blocks] = sorted[i].y;
    weight[blocks++] = 1;
    while (blocks > 1 && value[blocks - 2] >= value[blocks - 1]) {
      double w = weight[blocks - 2] + weight[blocks - 1];
      value[blocks - 2] =
          (value[blocks - 2] * weight[blocks - 2] + value[blocks - 1] * weight[blocks - 1]) / w;
      weight[blocks-- - 2] = w;
    }
  }
  sum += value[0];
}

static void time_fit(const char *job, void (*run)(void *), void (*naive)(void *)) {
  double seconds = timing_best(run, NULL);
  printf("{\"kind\": \"fit\", \"job\": \"%s\", \"rows\": %zu, \"milliseconds\": %.6g, "
         "\"ns_per_row\": %.6g",
         job, rows, 1e3 * seconds, 1e9 * seconds / (double)rows);
  if (naive) printf(", \"times_faster_than_naive\": %.6g", timing_best(naive, NULL) / seconds);
  printf("}\n");
}

/* ------------------------------------------------------------------------ single predictions -- */

#define SINGLES 4096

static void run_singles(void *calibrator) {
  for (size_t i = 0; i < SINGLES; i++) sum += sy_calibrate(calibrator, p[i], NULL);
}

static void run_batch(void *calibrator) {
  sy_calibrate_many(calibrator, sy_f64(p), NULL, SINGLES, calibrated);
  sum += calibrated[0];
}

static void time_map(const char *job) {
  sy_calibrator_parts parts = {.method = job, .map = map};
  sy_error error;
  size_t bytes = sy_calibrator_bytes(&parts, &error);
  if (bytes == 0) stop(error.message);
  void *memory = need(bytes);
  sy_calibrator *calibrator = sy_calibrator_init(memory, &parts);
  printf("{\"kind\": \"evaluate\", \"job\": \"%s\", \"ns_each\": %.6g, \"ns_in_batches\": %.6g}\n",
         job, 1e9 * timing_best(run_singles, calibrator) / SINGLES,
         1e9 * timing_best(run_batch, calibrator) / SINGLES);
  free(memory);
}

static void time_maps(void) {
  sy_error error;
  check(sy_fit_logistic(&curve, SY_LOGISTIC_PLATT, 1, scratch, &map, &error), &error);
  time_map("platt");
  check(sy_fit_logistic(&curve, SY_LOGISTIC_BETA_ABM, 1, scratch, &map, &error), &error);
  time_map("beta");
  check(sy_fit_logistic(&curve, SY_LOGISTIC_QUADRATIC, 1, scratch, &map, &error), &error);
  time_map("quadratic");
  check(sy_fit_piecewise(&curve, 256, 10, scratch, knots_x, knots_y, &map, &error), &error);
  time_map("piecewise, 256 knots");
  check(sy_fit_isotonic(&curve, SY_ISOTONIC_CENTRED, scratch, knots_x, knots_y, &map, &error),
        &error);
  time_map("isotonic");
}

int main(int count, char **arguments) {
  if (count != 3) stop("usage: bench_calibration FOLDER ROWS");
  rows = (size_t)strtoull(arguments[2], NULL, 10);
  p = need(rows * sizeof *p);
  y = need(rows * sizeof *y);
  calibrated = need(rows * sizeof *calibrated);
  knots_x = need((2 * rows + 512) * sizeof *knots_x);
  knots_y = need((2 * rows + 512) * sizeof *knots_y);
  block = need(sy_curve_bytes(rows));
  size_t a = sy_fit_knots_bytes(rows), b = sy_fit_logistic_bytes(rows), c = rows * sizeof(row);
  scratch = need((a > b ? a : b) > c ? (a > b ? a : b) : c);
  make_rows();
  save(arguments[1], "p", p);
  save(arguments[1], "y", y);
  labelled = (sy_labelled){sy_f64(p), sy_f64(y), {NULL, SY_F64}, rows};
  time_fit("log loss", run_scores, naive_scores);
  time_fit("curve", run_curve, NULL);
  time_fit("isotonic", run_isotonic, naive_isotonic);
  time_fit("platt", run_platt, NULL);
  time_maps();
  return sum == 0.5 ? 1 : 0;
}
