/*
 * scenario.h - keeping count in a C test: one pass or failure for each scenario.
 */
#ifndef SCENARIO_H
#define SCENARIO_H

#include <stdio.h>

static int passed, failed, wrong_here;
static char scenario[256];

static void end_scenario(void) {
  if (!scenario[0]) return;
  if (wrong_here) failed++, printf("FAILED %s: %d wrong\n", scenario, wrong_here);
  else passed++;
  scenario[0] = 0;
  wrong_here = 0;
}

#define SCENARIO(...) (end_scenario(), (void)snprintf(scenario, sizeof scenario, __VA_ARGS__))

#define EXPECT(condition, ...)                                                                     \
  do {                                                                                             \
    if (!(condition) && wrong_here++ < 3) {                                                        \
      printf("  line %d: %s: %s: ", __LINE__, scenario, #condition);                               \
      printf(__VA_ARGS__);                                                                         \
      printf("\n");                                                                                \
    }                                                                                              \
  } while (0)

#endif
