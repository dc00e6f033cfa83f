/*
 * normal.h - normal numbers out of counted draws: the inverse of the normal distribution in plain
 * arithmetic without branches, the same on every machine.
 */
#ifndef SY_LEARN_NORMAL_H
#define SY_LEARN_NORMAL_H

#include <math.h>

#include "kernel/elementary.h"

/*
 * The normal number below which a share of (draw + 1/2) / 2^32 lies: within 6.4 deviations, to about
 * 1e-15. Wichura (1988, Applied Statistics 37, algorithm AS 241): one rational function in the
 * middle, one in the tails, which end before its third begins.
 */
static inline double sy_normal_of(uint32_t draw) {
  double q = ((double)draw + 0.5) * 0x1p-32 - 0.5, size = q < 0.0 ? -q : q;
  double r = 0.180625 - q * q, t = sqrt(-sy_ln(0.5 - size)) - 1.6, above, below, middle, tail;
  above = 2509.0809287301226727;
  above = above * r + 33430.575583588128105;
  above = above * r + 67265.770927008700853;
  above = above * r + 45921.953931549871457;
  above = above * r + 13731.693765509461125;
  above = above * r + 1971.5909503065514427;
  above = above * r + 133.14166789178437745;
  above = above * r + 3.387132872796366608;
  below = 5226.495278852545925;
  below = below * r + 28729.085735721942674;
  below = below * r + 39307.89580009271061;
  below = below * r + 21213.794301586595867;
  below = below * r + 5394.1960214247511077;
  below = below * r + 687.1870074920579083;
  below = below * r + 42.313330701600911252;
  below = below * r + 1.0;
  middle = q * above / below;
  above = 7.7454501427834140764e-4;
  above = above * t + 0.0227238449892691845833;
  above = above * t + 0.24178072517745061177;
  above = above * t + 1.27045825245236838258;
  above = above * t + 3.64784832476320460504;
  above = above * t + 5.7694972214606914055;
  above = above * t + 4.6303378461565452959;
  above = above * t + 1.42343711074968357734;
  below = 1.05075007164441684324e-9;
  below = below * t + 5.475938084995344946e-4;
  below = below * t + 0.0151986665636164571966;
  below = below * t + 0.14810397642748007459;
  below = below * t + 0.68976733498510000455;
  below = below * t + 1.6763848301838038494;
  below = below * t + 2.05319162663775882187;
  below = below * t + 1.0;
  tail = above / below;
  return size <= 0.425 ? middle : q < 0.0 ? -tail : tail;
}

#endif
