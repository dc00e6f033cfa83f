/*
 * linear_als_test.c - iALS in C: exact minima, the loss by brute force, types, threads, refusals.
 * Prints "N passed, N failed".
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ledger.h"
#include "samples.h"
#include "scenario.h"
#include "steelyard/linear.h"

enum { USERS = 40, ITEMS = 17, FACTORS = 5 };

typedef struct factors {
  double users[USERS * FACTORS], items[ITEMS * FACTORS];
  float users32[USERS * FACTORS], items32[ITEMS * FACTORS];
} factors;

static void start_factors(factors *f) {
  uint64_t state = 3;
  for (size_t i = 0; i < ITEMS * FACTORS; i++) {
    f->items[i] = (double)(draw(&state) % 2001) / 1000.0 - 1.0;
    f->items32[i] = (float)f->items[i];
  }
}

static double loss_of(const sample *s, const sy_als_options *o, const factors *f) {
  sy_error error = {SY_OK, ""};
  double loss = NAN;
  EXPECT(sy_als_loss(&s->x, SY_F64, f->users, f->items, o, NULL, &loss, &error) == SY_OK, "%s",
         error.message);
  return loss;
}

static double loss_by_brute_force(const sample *s, const sy_als_options *o, const factors *f) {
  double loss = 0, counts[ITEMS] = {0};
  for (size_t u = 0; u < USERS; u++) {
    double own = 0, norm = 0;
    for (size_t i = 0; i < ITEMS; i++) {
      double y = 0, v = s->dense[u][i];
      for (size_t k = 0; k < FACTORS; k++)
        y += f->users[u * FACTORS + k] * f->items[i * FACTORS + k];
      loss += v * (1 - y) * (1 - y) + o->unobserved * y * y;
      own += v != 0;
      counts[i] += v != 0;
    }
    for (size_t k = 0; k < FACTORS; k++) norm += pow(f->users[u * FACTORS + k], 2);
    loss += o->l2 * pow(own + o->unobserved * ITEMS, o->exponent) * norm;
  }
  for (size_t i = 0; i < ITEMS; i++)
    for (size_t k = 0; k < FACTORS; k++)
      loss += o->l2 * pow(counts[i] + o->unobserved * USERS, o->exponent) *
              pow(f->items[i * FACTORS + k], 2);
  return loss;
}

/* The loss does not fall where any user's factor moves, and rises as a minimum's does. */
static void als_minimises(void) {
  static sample s;
  static factors f;
  sy_error error = {SY_OK, ""};
  const double exponents[] = {0, 0.5, 1};
  for (int kind = 0; kind < 6; kind++) {
    sy_als_options o = {FACTORS, 0.1, 0.25, exponents[kind % 3], 1};
    double best;
    SCENARIO("iALS, exponent %g, %s", o.exponent, kind > 2 ? "weighted" : "plain");
    fill(&s, USERS, ITEMS, kind > 2, 1);
    start_factors(&f);
    EXPECT(sy_als_solve(&s.x, SY_F64, f.items, &o, NULL, f.users, &error) == SY_OK, "%s",
           error.message);
    EXPECT(f.users[2 * FACTORS] == 0, "a user without items: %g", f.users[2 * FACTORS]);
    best = loss_of(&s, &o, &f);
    EXPECT(fabs(best - loss_by_brute_force(&s, &o, &f)) <= 1e-10 * best, "loss %g", best);
    for (size_t at = 0; at < USERS * FACTORS; at += 3) {
      const double kept = f.users[at], step = 1e-4;
      double above, below;
      f.users[at] = kept + step;
      above = loss_of(&s, &o, &f);
      f.users[at] = kept - step;
      below = loss_of(&s, &o, &f);
      f.users[at] = kept;
      EXPECT(above > best && below > best, "%d: not a minimum", (int)at);
      EXPECT(fabs(above - below) <= 1e-6 * (above + below - 2 * best) / step, "%d: slope %g",
             (int)at, (above - below) / (2 * step));
    }
  }
}

/* Rows of X' are columns of X. */
static void transpose(const sample *s, sample *t) {
  size_t count = 0;
  memset(t, 0, sizeof *t);
  for (size_t c = 0; c < s->x.columns; c++) {
    for (size_t r = 0; r < s->x.rows; r++) {
      if (s->dense[r][c] == 0) continue;
      t->ids[count] = (int32_t)r;
      t->values[count++] = (float)s->dense[r][c];
    }
    t->offsets[c + 1] = (int64_t)count;
  }
  t->x = (sy_sparse){s->x.columns, s->x.rows, t->offsets, t->ids, t->values, 0};
}

static void als_descends(void) {
  static sample s, t;
  static factors f;
  static double users[USERS * FACTORS];
  sy_als_options o = {FACTORS, 0.05, 0.1, 1, 1};
  double before = HUGE_VAL;
  SCENARIO("iALS falls in every half step, to where it stays");
  fill(&s, USERS, ITEMS, 0, 1);
  transpose(&s, &t);
  start_factors(&f);
  for (int step = 0; step < 3000; step++) {
    double after;
    sy_als_solve(&s.x, SY_F64, f.items, &o, NULL, f.users, NULL);
    after = step < 20 ? loss_of(&s, &o, &f) : 0;
    EXPECT(step >= 20 || after < before, "step %d: %g after %g", step, after, before);
    before = after;
    sy_als_solve(&t.x, SY_F64, f.users, &o, NULL, f.items, NULL);
    after = step < 20 ? loss_of(&s, &o, &f) : 0;
    EXPECT(step >= 20 || after < before, "step %d: %g after %g", step, after, before);
    before = after;
  }
  memcpy(users, f.users, sizeof users);
  sy_als_solve(&s.x, SY_F64, f.items, &o, NULL, f.users, NULL);
  for (size_t i = 0; i < USERS * FACTORS; i++)
    EXPECT(fabs(users[i] - f.users[i]) < 1e-6, "%d: %g, then %g", (int)i, users[i], f.users[i]);
}

static void als_types_and_threads(void) {
  static sample s;
  static factors f, g;
  sy_als_options o = {FACTORS, 0.1, 0.25, 1, 1};
  SCENARIO("iALS in f32, and on several threads");
  fill(&s, USERS, ITEMS, 1, 0);
  start_factors(&f);
  start_factors(&g);
  sy_als_solve(&s.x, SY_F64, f.items, &o, NULL, f.users, NULL);
  sy_als_solve(&s.x, SY_F32, f.items32, &o, NULL, f.users32, NULL);
  for (size_t i = 0; i < USERS * FACTORS; i++)
    EXPECT(fabs(f.users[i] - (double)f.users32[i]) < 1e-4, "%g %g", f.users[i],
           (double)f.users32[i]);
  o.threads = 3;
  sy_als_solve(&s.x, SY_F64, f.items, &o, NULL, g.users, NULL);
  sy_als_solve(&s.x, SY_F32, f.items32, &o, NULL, g.users32, NULL);
  EXPECT(memcmp(f.users, g.users, sizeof f.users) == 0, "f64");
  EXPECT(memcmp(f.users32, g.users32, sizeof f.users32) == 0, "f32");
}

static void als_refuses(void) {
  static sample s;
  static factors f;
  sy_error error = {SY_OK, ""};
  const sy_als_options bad[] = {{0, 1, 1, 1, 1},   {9000, 1, 1, 1, 1}, {5, 0, 1, 1, 1},
                                {5, NAN, 1, 1, 1}, {5, 1, -1, 1, 1},   {5, 1, INFINITY, 1, 1},
                                {5, 1, 1, -1, 1},  {5, 1, 1, NAN, 1}};
  sy_als_options good = {FACTORS, 0.1, 0.25, 1, 2};
  SCENARIO("iALS refuses what makes no sense");
  fill(&s, USERS, ITEMS, 1, 0);
  start_factors(&f);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    EXPECT(sy_als_solve(&s.x, SY_F64, f.items, &bad[i], NULL, f.users, &error) == SY_E_ARGUMENT,
           "%d", (int)i);
  s.values[3] = -0.5F;
  EXPECT(sy_als_solve(&s.x, SY_F64, f.items, &good, NULL, f.users, &error) == SY_E_NUMBER &&
             strstr(error.message, "entry 4 is -0.5"),
         "%s", error.message);
  s.values[3] = NAN;
  EXPECT(sy_als_solve(&s.x, SY_F64, f.items, &good, NULL, f.users, &error) == SY_E_NUMBER, "NaN");
  EXPECT(sy_gram(&s.x, SY_F64, 1, NULL, f.users, &error) == SY_E_NUMBER &&
             strstr(error.message, "the weight of entry 4 is"),
         "%s", error.message);
  s.values[3] = 1;
  for (long fail = 1; fail < 2; fail++) {
    ledger l = {0, fail, 0, 0};
    sy_memory memory = {ledger_alloc, &l};
    double loss;
    EXPECT(sy_als_solve(&s.x, SY_F64, f.items, &good, &memory, f.users, &error) == SY_E_MEMORY,
           "memory");
    l.count = 0;
    EXPECT(sy_als_loss(&s.x, SY_F64, f.users, f.items, &good, &memory, &loss, &error) ==
               SY_E_MEMORY,
           "memory");
    EXPECT(l.live == 0 && l.wrong == 0, "%d bytes left", (int)l.live);
  }
}

int main(void) {
  if (sy_lapack_found()) {
    als_minimises();
    als_descends();
    als_types_and_threads();
    als_refuses();
  }
  end_scenario();
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
