/*
 * elementwise_test.c - arithmetic over arrays: the same bits on every instruction set and in every
 * layout. What the bits should be is tested in spec/vector_spec.lua. Prints "N passed, N failed".
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/elementwise.h"
#include "scenario.h"

#define ROWS 13
#define COLUMNS 107
#define NUMBERS (ROWS * COLUMNS)

static double a[NUMBERS], b[NUMBERS];

static void draw(void) {
  static const double special[] = {0.0,   -0.0, INFINITY, -INFINITY, 1e-310, -1e-310, 710.0, -740.0,
                                   1e300, 0.5,  1.0,      -1.0,      709.5,  -701.0,  36.7,  -36.7};
  sy_random random;
  sy_random_seed(&random, 4);
  for (size_t i = 0; i < NUMBERS; i++) {
    a[i] = i < 16 ? special[i] : sy_random_normal(&random) * 8;
    b[i] = i % 19 == 3 ? special[i % 16] : sy_random_normal(&random);
  }
}

/* NaN may have other bits: which of two survives is the compiler's choice. */
static void expect_same(const double *x, const double *y, size_t n, const char *cpu) {
  for (size_t i = 0; i < n; i++)
    EXPECT(memcmp(&x[i], &y[i], sizeof *x) == 0 || (isnan(x[i]) && isnan(y[i])), "%s: %zu: %g, %g",
           cpu, i, x[i], y[i]);
}

static void all_sets(void) {
  static double first[NUMBERS], other[NUMBERS];
  sy_operand x = {a, SY_F64, COLUMNS, 1}, y = {b, SY_F64, COLUMNS, 1};
  const sy_loops *base = sy_find_loops("baseline");
  sy_result one = {first, SY_F64, COLUMNS, 1}, two = {other, SY_F64, COLUMNS, 1};
  for (const char *const *cpu = sy_cpu_list(); *cpu; cpu++) {
    const sy_loops *loops = sy_find_loops(*cpu);
    EXPECT(loops && strcmp(loops->name, *cpu) == 0, "%s is not there", *cpu);
    for (int kind = SY_ADD; kind <= SY_DIVIDE; kind++) {
      SCENARIO("combination %d on %s", kind, *cpu);
      sy_combine(base, (sy_combination)kind, ROWS, COLUMNS, x, y, 0.3, one);
      sy_combine(loops, (sy_combination)kind, ROWS, COLUMNS, x, y, 0.3, two);
      expect_same(first, other, NUMBERS, *cpu);
    }
    for (int kind = SY_EXP; kind <= SY_CLIP; kind++) {
      SCENARIO("function %d on %s", kind, *cpu);
      sy_map_numbers(base, (sy_function)kind, ROWS, COLUMNS, x, -1, 2, one);
      sy_map_numbers(loops, (sy_function)kind, ROWS, COLUMNS, x, -1, 2, two);
      expect_same(first, other, NUMBERS, *cpu);
    }
  }
  EXPECT(!sy_find_loops("abacus"), "an abacus");
  EXPECT(strcmp(sy_find_loops(NULL)->name, sy_cpu_list()[0]) == 0, "the best");
}

/* Every other number of every third row of a larger block, from its second one on. */
static void layouts(void) {
  static double wide[ROWS * 3 * COLUMNS * 2], first[NUMBERS], other[ROWS * 3 * COLUMNS * 2];
  static float single[ROWS * 3 * COLUMNS * 2];
  const size_t row = 3 * COLUMNS * 2;
  const sy_loops *loops = sy_find_loops(NULL);
  sy_operand x = {a, SY_F64, COLUMNS, 1}, y = {b, SY_F64, COLUMNS, 1};
  sy_operand apart = {wide + 1, SY_F64, row, 2};
  sy_result one = {first, SY_F64, COLUMNS, 1}, two = {other, SY_F64, row, 2};
  sy_result narrow = {single + 1, SY_F32, row, 2};
  for (size_t i = 0; i < NUMBERS; i++) wide[i / COLUMNS * row + 2 * (i % COLUMNS) + 1] = a[i];
  SCENARIO("strides change no bit");
  sy_combine(loops, SY_ADD, ROWS, COLUMNS, x, y, 0.3, one);
  sy_combine(loops, SY_ADD, ROWS, COLUMNS, apart, y, 0.3, two);
  sy_combine(loops, SY_ADD, ROWS, COLUMNS, apart, y, 0.3, narrow);
  for (size_t i = 0; i < NUMBERS; i++) {
    size_t at = i / COLUMNS * row + 2 * (i % COLUMNS);
    expect_same(&first[i], &other[at], 1, "wide");
    EXPECT((float)first[i] == single[at + 1] || isnan(first[i]), "%zu", i);
    EXPECT(other[at + 1] == 0 && single[at] == 0, "%zu: written beside", i);
  }
  SCENARIO("sums of products, whatever the strides");
  for (size_t i = 0; i < NUMBERS; i++) {
    if (!isfinite(a[i])) a[i] = 1;
    if (!isfinite(b[i])) b[i] = 2;
    wide[i / COLUMNS * row + 2 * (i % COLUMNS) + 1] = a[i];
  }
  {
    double plain = sy_inner(loops, ROWS, COLUMNS, x, y);
    double strided = sy_inner(loops, ROWS, COLUMNS, apart, y);
    EXPECT(plain == strided, "%.17g, %.17g", plain, strided);
  }
}

int main(void) {
  draw();
  all_sets();
  layouts();
  end_scenario();
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
