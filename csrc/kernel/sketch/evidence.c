/*
 * evidence.c - evidence against labels' means lying in a band, from the sums of bins, and its
 * course over periods. Both are derived in steelyard/sketches.h.
 */
#include <math.h>

#include "kernel/elementary.h"
#include "kernel/sketch/exact.h"

#define SIDE (SY_ALTERNATIVES / 2)
#define LEAST_SHIFT 0x1p-5

/* What a bin says, weights in units of the heaviest: rows, sum of v p, sum of v. */
typedef struct said {
  double n, p, v;
} said;

static double heaviest_of(const sy_bin *bins, size_t count) {
  double heaviest = 0.0;
  for (size_t i = 0; i < count; i++)
    if (bins[i].heaviest > heaviest) heaviest = bins[i].heaviest;
  return heaviest;
}

/* The logs of the denominators for the shifts up and down. */
static void add_denominators(const said *bin, double tolerance, double *logs) {
  double above = bin->p * (1.0 + tolerance), below = bin->p / (1.0 + tolerance);
  double high = (above < bin->v ? above : bin->v) / bin->n, low = below / bin->n, d = LEAST_SHIFT;
  for (size_t a = 0; a < SIDE; a++, d *= 2.0) {
    logs[a] += bin->n * sy_ln(1.0 + high * d);
    logs[SIDE + a] += bin->n * sy_ln(1.0 - low * (d / (1.0 + d)));
  }
}

sy_status sy_sketch_evidence(const sy_bin *bins, size_t count, double tolerance,
                             double *alternatives, sy_error *error) {
  double heaviest = heaviest_of(bins, count), logs[SY_ALTERNATIVES] = {0}, d = LEAST_SHIFT, y;
  sy_exact labels = {0, 0};
  if (!(tolerance >= 0.0) || isinf(tolerance))
    return sy_fail(error, SY_E_ARGUMENT, "tolerance: %g is not a number from 0 up", tolerance);
  for (size_t i = 0; i < count; i++) {
    said bin = {(double)bins[i].n, sy_exact_value(bins[i].p) / heaviest,
                sy_exact_value(bins[i].w) / heaviest};
    (void)sy_exact_add(&labels, bins[i].y);
    add_denominators(&bin, tolerance, logs);
  }
  y = count ? sy_exact_value(labels) / heaviest : 0.0;
  for (size_t a = 0; a < SIDE; a++, d *= 2.0) {
    double tilt = sy_ln(1.0 + d);
    alternatives[a] = tilt * y - logs[a];
    alternatives[SIDE + a] = -tilt * y - logs[SIDE + a];
  }
  return SY_OK;
}

/* ------------------------------------------------------------------------------- periods ------ */

/* ln(exp(a) + exp(b)) */
static double log_add(double a, double b) {
  return a > b ? a + sy_ln(1.0 + sy_exp(b - a)) : b + sy_ln(1.0 + sy_exp(a - b));
}

static double log_share(double start) { return -sy_ln(start * (start + 1.0)); }

void sy_drift_start(sy_drift *drift) {
  *drift = (sy_drift){0};
  for (size_t a = 0; a < SY_ALTERNATIVES; a++) {
    drift->mass[a] = log_share(1.0);
    drift->since[a] = 1.0;
  }
}

void sy_drift_step(sy_drift *drift, const double *alternatives) {
  double t = drift->periods + 1.0, share = log_share(t + 1.0);
  double evidence = -sy_ln(t + 1.0); /* of the starts to come */
  for (size_t a = 0; a < SY_ALTERNATIVES; a++) {
    double mass = drift->mass[a] + alternatives[a];
    evidence = log_add(evidence, mass - sy_ln(SY_ALTERNATIVES));
    drift->mass[a] = log_add(mass, share);
    if (drift->climb[a] <= 0.0) drift->since[a] = t;
    drift->climb[a] = fmax(0.0, drift->climb[a] + alternatives[a]);
  }
  drift->periods = t;
  drift->log_evidence = evidence;
}

size_t sy_drift_leader(const sy_drift *drift) {
  size_t leader = 0;
  for (size_t a = 1; a < SY_ALTERNATIVES; a++)
    if (drift->climb[a] > drift->climb[leader]) leader = a;
  return leader;
}
