/*
 * smooth.c - the smooth calibration error (Blasiok, Nakkiran, "Smooth ECE", 2023).
 *
 * The residuals y - w p are masses at their predictions. Smoothed by a Gaussian that is reflected
 * at 0 and 1 they are a density f on [0, 1], whose absolute value is integrated.
 *
 * The masses go to a grid of steps 2^-16, each to the six nodes around it so that polynomials up to
 * the fifth degree integrate as before; from there, likewise, to grids of 2^-15, 2^-14 ... A
 * bandwidth takes the coarsest grid with eight steps or more to it, or the coarsest of all: what
 * the spreading changes is then below 3e-7 of the result. Reflection is exact on a grid: what would
 * go beyond an end comes back, and the images of a mass on an end coincide, so that it counts
 * double there.
 */
#include <math.h>
#include <string.h>

#include "kernel/elementary.h"
#include "kernel/work.h"

#define FINEST 16
#define COARSEST 6
#define STEPS_TO_BANDWIDTH 8.0

/* The Gaussian ends after so many bandwidths: 2e-16 of it are beyond. */
#define REACH 8.25

/* From here up nothing but the mean residual is left, to 1e-30; its grid has 1 / 64 as its step. */
#define WIDEST 4.0
#define MOST_TAPS 2112 /* REACH WIDEST 64 */

#define NODES(level) (((size_t)1 << (level)) + 1)

/*
 * Scratch: the masses of all grids, finest first; one grid with its reflections; the Gaussian; f
 * with two points beyond each end.
 */
typedef struct smoothing {
  double *mass[FINEST + 1];
  double *extended, *gaussian, *density;
  double weight;
} smoothing;

#define MASS_ROOM (2 * NODES(FINEST) + FINEST)
#define EXTENDED_ROOM (NODES(FINEST) + 2 * MOST_TAPS)
#define GAUSSIAN_ROOM (2 * MOST_TAPS + 1)
#define DENSITY_ROOM (NODES(FINEST) + 4)

size_t sy_curve_smooth_bytes(void) {
  return (MASS_ROOM + EXTENDED_ROOM + GAUSSIAN_ROOM + DENSITY_ROOM + 1) * sizeof(double);
}

/* ------------------------------------------------------------------------- the masses --------- */

/* A node by way of the reflections at 0 and `last`. */
static ptrdiff_t reflect(ptrdiff_t node, ptrdiff_t last) {
  if (node < 0) node = -node;
  return node > last ? 2 * last - node : node;
}

/* Mass at x steps from 0, to the six nodes around it by Lagrange's polynomials. */
static void spread(double *grid, ptrdiff_t last, double x, double mass) {
  double base = floor(x), t = x - base;
  double a = t + 2.0, b = t + 1.0, c = t, d = t - 1.0, e = t - 2.0, f = t - 3.0;
  double share[6] = {b * c * d * e * f / -120.0, a * c * d * e * f / 24.0,
                     a * b * d * e * f / -12.0,  a * b * c * e * f / 12.0,
                     a * b * c * d * f / -24.0,  a * b * c * d * e / 120.0};
  ptrdiff_t first = (ptrdiff_t)base - 2;
  for (ptrdiff_t j = 0; j < 6; j++) grid[reflect(first + j, last)] += mass * share[j];
}

static void lay_masses(const sy_curve *curve, void *scratch, smoothing *s) {
  double *next = (double *)(void *)(((uintptr_t)scratch + 7) & ~(uintptr_t)7);
  s->weight = curve->total.w;
  s->extended = next + MASS_ROOM;
  s->gaussian = s->extended + EXTENDED_ROOM;
  s->density = s->gaussian + GAUSSIAN_ROOM;
  memset(next, 0, MASS_ROOM * sizeof *next);
  for (int level = FINEST; level >= COARSEST; level--) {
    s->mass[level] = next;
    next += NODES(level);
  }
  for (size_t k = 0; k < curve->count; k++)
    spread(s->mass[FINEST], 1 << FINEST, curve->p[k] * (1 << FINEST),
           curve->y[k] - curve->w[k] * curve->p[k]);
  for (int level = FINEST; level > COARSEST; level--)
    for (size_t i = 0; i < NODES(level); i++)
      spread(s->mass[level - 1], (ptrdiff_t)1 << (level - 1), 0.5 * (double)i, s->mass[level][i]);
}

/* ------------------------------------------------------------------------- the density -------- */

/*
 * One period of reflections on both sides suffices: taps are at most four times the coarsest grid.
 */
static void extend(const double *mass, ptrdiff_t last, ptrdiff_t taps, double *extended) {
  for (ptrdiff_t i = -taps; i <= last + taps; i++) {
    ptrdiff_t at = i % (2 * last);
    if (at < 0) at += 2 * last;
    at = at > last ? 2 * last - at : at;
    extended[i + taps] = at == 0 || at == last ? 2.0 * mass[at] : mass[at];
  }
}

/* f at the nodes and, by reflection, at two more on each side; density[2] is that at 0. */
static void smooth(const smoothing *s, int level, double bandwidth) {
  const sy_kernels *kernels = sy_best_kernels();
  ptrdiff_t last = (ptrdiff_t)1 << level, taps = (ptrdiff_t)ceil(REACH * bandwidth * (double)last);
  double scale = 0.3989422804014327 / (bandwidth * s->weight), *f = s->density + 2;
  if (taps > MOST_TAPS) taps = MOST_TAPS;
  for (ptrdiff_t j = -taps; j <= taps; j++) {
    double x = (double)j / ((double)last * bandwidth);
    s->gaussian[j + taps] = scale * sy_exp(-0.5 * x * x);
  }
  extend(s->mass[level], last, taps, s->extended);
  for (ptrdiff_t i = 0; i <= last; i++)
    f[i] = kernels->dot(s->extended + i, s->gaussian, (size_t)(2 * taps + 1));
  f[-1] = f[1];
  f[-2] = f[2];
  f[last + 1] = f[last - 1];
  f[last + 2] = f[last - 2];
}

/* ------------------------------------------------------------------------- its integral ------- */

/* The cubic through f(-1), f(0), f(1), f(2), as coefficients of powers of t. */
static void cubic_through(const double *f, double c[4]) {
  c[0] = f[0];
  c[1] = -f[-1] / 3.0 - 0.5 * f[0] + f[1] - f[2] / 6.0;
  c[2] = 0.5 * (f[-1] + f[1]) - f[0];
  c[3] = (f[2] - f[-1]) / 6.0 + 0.5 * (f[0] - f[1]);
}

static double value_at(const double c[4], double t) {
  return ((c[3] * t + c[2]) * t + c[1]) * t + c[0];
}

static double integral_to(const double c[4], double t) {
  return (((0.25 * c[3] * t + c[2] / 3.0) * t + 0.5 * c[1]) * t + c[0]) * t;
}

/* The integral of |f| over a step in which f changes its sign. */
static double integrate_crossing(const double *f) {
  double c[4], low = 0.0, high = 1.0, part;
  cubic_through(f, c);
  for (int i = 0; i < 40; i++) {
    double middle = 0.5 * (low + high);
    if ((value_at(c, middle) < 0.0) == (f[0] < 0.0)) low = middle;
    else high = middle;
  }
  part = integral_to(c, low);
  return fabs(part) + fabs(integral_to(c, 1.0) - part);
}

/* The integral of |f| over [0, 1]; over a step by the quintic through the six points around it. */
static double integrate(const double *f, size_t steps) {
  double sum = 0.0;
  for (size_t i = 0; i < steps; i++, f++) {
    if ((f[0] < 0.0) != (f[1] < 0.0)) sum += integrate_crossing(f);
    else
      sum += fabs((802.0 * (f[0] + f[1]) - 93.0 * (f[-1] + f[2]) + 11.0 * (f[-2] + f[3])) / 1440.0);
  }
  return sum / (double)steps;
}

static int level_for(double bandwidth) {
  int level = COARSEST;
  while (level < FINEST && bandwidth * (double)(1 << level) < STEPS_TO_BANDWIDTH) level++;
  return level;
}

static double error_at(const smoothing *s, const sy_curve *curve, double bandwidth) {
  int level = level_for(bandwidth);
  if (bandwidth >= WIDEST) return fabs(curve->total.y - curve->total.p) / curve->total.w;
  smooth(s, level, bandwidth);
  return integrate(s->density + 2, (size_t)1 << level);
}

double sy_curve_smooth_error_at(const sy_curve *curve, double bandwidth, void *scratch) {
  smoothing s;
  if (!curve->count) return NAN;
  lay_masses(curve, scratch, &s);
  return error_at(&s, curve, fmax(bandwidth, SY_SMOOTH_LEAST));
}

/*
 * The error falls with the bandwidth (a Gaussian smoothed again is a wider one), so there is one
 * solution. By regula falsi with Illinois' halving, within a bracket.
 */
void sy_curve_smooth_error(const sy_curve *curve, void *scratch, sy_smooth_error *result) {
  smoothing s;
  double low = SY_SMOOTH_LEAST, high = 1.0, at_low, at_high, side = 0.0;
  *result = (sy_smooth_error){NAN, NAN};
  if (!curve->count) return;
  lay_masses(curve, scratch, &s);
  at_low = error_at(&s, curve, low) - low;
  *result = (sy_smooth_error){at_low + low, low};
  if (at_low <= 0.0) return;
  at_high = error_at(&s, curve, high) - high;
  while (at_high < 0.0 && high - low > 1e-9) {
    double x = high - at_high * (high - low) / (at_high - at_low), at_x;
    if (!(x > low && x < high)) x = 0.5 * (low + high);
    at_x = error_at(&s, curve, x) - x;
    if (fabs(at_x) < 1e-9) low = high = x;
    else if (at_x > 0.0) {
      low = x, at_low = at_x;
      if (side > 0.0) at_high *= 0.5;
      side = 1.0;
    } else {
      high = x, at_high = at_x;
      if (side < 0.0) at_low *= 0.5;
      side = -1.0;
    }
  }
  if (at_high >= 0.0) low = high;
  *result = (sy_smooth_error){0.5 * (low + high), 0.5 * (low + high)};
}
