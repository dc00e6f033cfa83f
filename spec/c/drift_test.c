/*
 * drift_test.c - evidence of drift: its factors' expectations by enumeration, its course against
 * the sum that defines it, and how often calibrated streams raise an alarm under continuous
 * looking. Prints "N passed, N failed": one for each scenario.
 *
 *   cc -Icsrc spec/c/drift_test.c build/lib/libsteelyard.a -fopenmp -lcjson -lz -lm
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario.h"
#include "steelyard.h"
#include "steelyard/sketches.h"

#define BITS 3
#define MOST 2000

static sy_random rng;
static int32_t scratch[1000];

static void evidence_of(const double *p, const double *y, const double *w, size_t n,
                        double tolerance, double *alternatives) {
  sy_labelled rows = {sy_f64(p), sy_f64(y), sy_f64(w), n};
  sy_bin bins[MOST];
  sy_error error = {SY_OK, ""};
  size_t count = 0;
  sy_status status = sy_sketch_rows(&rows, BITS, scratch, bins, &count, &error);
  EXPECT(status == SY_OK, "%s", error.message);
  status = sy_sketch_evidence(bins, count, tolerance, alternatives, &error);
  EXPECT(status == SY_OK, "%s", error.message);
}

/* ------------------------------------------------------------------------- the factors -------- */

static void closed_form(void) {
  double p[5] = {0.25, 0.25, 0.25, 0.25, 0.25}, y[5] = {1, 0, 0, 0, 1}, got[SY_ALTERNATIVES];
  SCENARIO("one prediction: the likelihood ratio of shifted odds");
  evidence_of(p, y, NULL, 5, 0.2, got);
  for (int a = 0; a < SY_ALTERNATIVES / 2; a++) {
    double d = ldexp(1, a - 5), m = 0.25 * 1.2, q = m * (1 + d) / (1 - m + m * (1 + d));
    double up = 2 * log(q / m) + 3 * log((1 - q) / (1 - m));
    EXPECT(fabs(got[a] - up) < 1e-13, "%g is not %g", got[a], up);
    m = 0.25 / 1.2, q = m / (1 + d) / (1 - m + m / (1 + d));
    double down = 2 * log(q / m) + 3 * log((1 - q) / (1 - m));
    EXPECT(fabs(got[6 + a] - down) < 1e-13, "%g is not %g", got[6 + a], down);
  }
  SCENARIO("no rows say nothing");
  evidence_of(p, y, NULL, 0, 0.2, got);
  for (int a = 0; a < SY_ALTERNATIVES; a++) EXPECT(got[a] == 0, "%g", got[a]);
  SCENARIO("tolerances that make no sense are refused");
  sy_error error;
  EXPECT(sy_sketch_evidence(NULL, 0, -0.1, got, &error) == SY_E_ARGUMENT, "negative");
  EXPECT(sy_sketch_evidence(NULL, 0, NAN, got, &error) == SY_E_ARGUMENT, "NaN");
  EXPECT(sy_sketch_evidence(NULL, 0, INFINITY, got, &error) == SY_E_ARGUMENT, "infinite");
}

enum { FEW = 6, LEVELS = 3 };

/* A mean within the band of a prediction. */
static double mean_in_band(double p, double tolerance, int where) {
  double low = p / (1 + tolerance), high = fmin(1, p * (1 + tolerance));
  switch (where) {
    case 0: return low;
    case 1: return high;
    case 2: return p;
    default: return low + (high - low) * sy_random_uniform(&rng);
  }
}

/* The probabilities of labels 0, 1/2, 1 with a mean. */
static void spread(double mean, double *chances) {
  double half = 2 * fmin(mean, 1 - mean) * sy_random_uniform(&rng);
  chances[1] = half;
  chances[2] = mean - half / 2;
  chances[0] = 1 - chances[1] - chances[2];
}

/* The expectations of all factors, over all labels that few rows can have. */
static void enumerate(int where, int weighted) {
  static const double labels[LEVELS] = {0, 0.5, 1};
  double p[FEW], y[FEW], w[FEW], chances[FEW][LEVELS], got[SY_ALTERNATIVES];
  double expected[SY_ALTERNATIVES] = {0}, tolerance = sy_random_uniform(&rng);
  int outcomes = 1;
  for (int i = 0; i < FEW; i++, outcomes *= LEVELS) {
    p[i] = sy_random_below(&rng, 2) ? 0.9 + 0.1 * sy_random_uniform(&rng) : sy_random_uniform(&rng);
    w[i] = exp(3 * sy_random_normal(&rng));
    spread(mean_in_band(p[i], tolerance, where), chances[i]);
  }
  for (int o = 0; o < outcomes; o++) {
    double chance = 1;
    for (int i = 0, rest = o; i < FEW; i++, rest /= LEVELS) {
      y[i] = labels[rest % LEVELS];
      chance *= chances[i][rest % LEVELS];
    }
    evidence_of(p, y, weighted ? w : NULL, FEW, tolerance, got);
    for (int a = 0; a < SY_ALTERNATIVES; a++) expected[a] += chance * exp(got[a]);
  }
  for (int a = 0; a < SY_ALTERNATIVES; a++)
    EXPECT(expected[a] <= 1 + 1e-9, "alternative %d: %.12g", a, expected[a]);
}

static void expectations(void) {
  for (int where = 0; where < 4; where++) {
    for (int weighted = 0; weighted < 2; weighted++) {
      SCENARIO("factors' expectations are at most 1 (means %d, %s)", where,
               weighted ? "weights" : "no weights");
      for (int i = 0; i < 40; i++) enumerate(where, weighted);
    }
  }
}

/* ------------------------------------------------------------------------- its course --------- */

static void course(void) {
  enum { PERIODS = 60 };
  static double factors[PERIODS + 1][SY_ALTERNATIVES];
  sy_drift drift;
  SCENARIO("evidence is the mixture over starts and alternatives that it is said to be");
  sy_drift_start(&drift);
  for (int t = 1; t <= PERIODS; t++) {
    double sum = 0;
    for (int a = 0; a < SY_ALTERNATIVES; a++)
      factors[t][a] = sy_random_normal(&rng) + (t > 40) * 0.5;
    sy_drift_step(&drift, factors[t]);
    for (int s = 1; s <= t; s++) {
      for (int a = 0; a < SY_ALTERNATIVES; a++) {
        double product = 0;
        for (int u = s; u <= t; u++) product += factors[u][a];
        sum += exp(product) / (s * (s + 1.0) * SY_ALTERNATIVES);
      }
    }
    sum += 1.0 / (t + 1);
    EXPECT(fabs(drift.log_evidence - log(sum)) < 1e-11 * (1 + fabs(log(sum))), "%d: %.15g, %.15g",
           t, drift.log_evidence, log(sum));
  }
  SCENARIO("the best start is the one with the greatest product");
  for (int a = 0; a < SY_ALTERNATIVES; a++) {
    double best = 0, product = 0;
    int since = 0;
    for (int s = PERIODS; s >= 1; s--) {
      product += factors[s][a];
      if (product >= best) best = product, since = s;
    }
    EXPECT(fabs(drift.climb[a] - best) < 1e-11, "%g is not %g", drift.climb[a], best);
    if (best > 0) EXPECT(drift.since[a] == since, "%g is not %d", drift.since[a], since);
  }
  SCENARIO("evidence stays finite, however strong");
  double strong[SY_ALTERNATIVES];
  for (int i = 0; i < 100; i++) {
    for (int a = 0; a < SY_ALTERNATIVES; a++) strong[a] = a % 2 ? 1e12 : -1e12;
    sy_drift_step(&drift, strong);
    for (size_t k = 0; k < sizeof drift / sizeof(double); k++)
      EXPECT(isfinite(((double *)(void *)&drift)[k]), "%zu", k);
  }
}

/* ------------------------------------------------------------------------- false alarms ------- */

typedef struct stream {
  double tolerance, ratio; /* labels have the mean p / ratio, within 1 */
  int drifting;            /* from which period on; 0: never */
  int anywhere;            /* instead, anywhere in the band, as each row likes */
  int fractions, weighted;
} stream;

/* One period of rows; returns the evidence after it. */
static double look(const stream *s, int period, size_t n, sy_drift *drift) {
  static double p[MOST], y[MOST], w[MOST];
  double got[SY_ALTERNATIVES];
  for (size_t i = 0; i < n; i++) {
    p[i] = 1 / (1 + exp(2 - sy_random_normal(&rng)));
    w[i] = 0.25 + 4 * sy_random_uniform(&rng);
    double mean = s->anywhere ? mean_in_band(p[i], s->tolerance, (int)sy_random_below(&rng, 4))
                              : fmin(1, p[i] / (period >= s->drifting ? s->ratio : 1));
    double level = s->fractions ? 0.5 + 0.5 * sy_random_uniform(&rng) : 1;
    if (mean > level) level = 1;
    y[i] = sy_random_uniform(&rng) < mean / level ? level : 0;
  }
  evidence_of(p, y, s->weighted ? w : NULL, n, s->tolerance, got);
  sy_drift_step(drift, got);
  return drift->log_evidence;
}

/* How many of so many streams ever reach the evidence 1 / level. */
static int alarms(const stream *s, int streams, int periods, double level) {
  int raised = 0;
  for (int i = 0; i < streams; i++) {
    sy_drift drift;
    int alarm = 0;
    sy_drift_start(&drift);
    for (int t = 1; t <= periods && !alarm; t++) alarm = look(s, t, 64, &drift) >= -log(level);
    raised += alarm;
  }
  return raised;
}

static void false_alarms(void) {
  static const struct {
    const char *name;
    stream s;
  } cases[] = {{"calibrated", {.tolerance = 0.1, .ratio = 1}},
               {"calibrated, no tolerance", {.tolerance = 0, .ratio = 1}},
               {"at the upper edge", {.tolerance = 0.1, .ratio = 1.1}},
               {"at the lower edge", {.tolerance = 0.1, .ratio = 1 / 1.1}},
               {"anywhere in the band", {.tolerance = 0.3, .ratio = 1, .anywhere = 1}},
               {"fractional labels", {.tolerance = 0, .ratio = 1, .fractions = 1}},
               {"weighted", {.tolerance = 0, .ratio = 1, .weighted = 1}}};
  const int streams = 300, periods = 50;
  const double level = 0.1;
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    SCENARIO("looking all the time, alarms are rarely false: %s", cases[c].name);
    int raised = alarms(&cases[c].s, streams, periods, level);
    double most = streams * level + 3 * sqrt(streams * level * (1 - level));
    EXPECT(raised <= most, "%d of %d", raised, streams);
    printf("  %s: %d of %d streams in %d looks, %.0f allowed\n", cases[c].name, raised, streams,
           periods, streams * level);
  }
}

/* Mean number of rows from a drift's start, after 30 calibrated periods, to the alarm. */
static double delay(double tolerance, double ratio, size_t n) {
  const int runs = 10, start = 31, most = 200;
  stream s = {.tolerance = tolerance, .ratio = ratio, .drifting = start};
  double rows = 0;
  for (int i = 0; i < runs; i++) {
    sy_drift drift;
    int t = 1;
    sy_drift_start(&drift);
    while (look(&s, t, n, &drift) < -log(0.01) && t < most) t++;
    EXPECT(t >= start && t < most, "alarm at %d", t);
    EXPECT((sy_drift_leader(&drift) < SY_ALTERNATIVES / 2) == (ratio < 1), "direction");
    rows += (t - start + 1) * (double)n / runs;
  }
  return rows;
}

static void detection(void) {
  double exact, high, low;
  SCENARIO("drifts of 20 %% are found (mean prediction 0.16, false alarms 1 %%)");
  exact = delay(0, 1.2, 400);
  high = delay(0.1, 1.2, 2000);
  low = delay(0.1, 1 / 1.2, 2000);
  printf(
      "  rows to the alarm: %.0f without tolerance; %.0f (too high), %.0f (too low) with 10 %%\n",
      exact, high, low);
  EXPECT(exact < 10000 && high < 60000 && low < 60000, "%g, %g, %g", exact, high, low);
}

int main(void) {
  sy_random_seed(&rng, 5);
  closed_form();
  expectations();
  course();
  false_alarms();
  detection();
  end_scenario();
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
