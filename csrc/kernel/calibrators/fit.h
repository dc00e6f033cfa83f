/*
 * fit.h - what fits of logistic maps share: the data, its likelihood, and Newton's method.
 *
 * A fit looks for coefficients theta of 1, u and v: of the logit and its square, or of ln p and
 * -ln(1 - p). f = theta[0] + theta[1] u + theta[2] v is the fitted logit.
 */
#ifndef SY_CALIBRATORS_FIT_H
#define SY_CALIBRATORS_FIT_H

#include "kernel/calibrators/form.h"
#include "kernel/work.h"

/* Atoms (steelyard/calibration.h) with what a fit makes of them. */
typedef struct sy_fit_data {
  const sy_kernels *kernels;
  const double *p, *w, *y;
  size_t n;
  double weight; /* sum of w */
  sy_likelihood form;
} sy_fit_data;

/* theta = base + sum over k < count of at[k] * direction[k] */
typedef struct sy_fit_space {
  size_t count;
  double base[3], direction[3][3];
  double at[3];
} sy_fit_space;

/* dot(normal, theta) >= least */
typedef struct sy_fit_bound {
  double normal[3], least;
} sy_fit_bound;

/*
 * What predictions of exactly 0 (or 1, seen from there) stand for in a fit: having no logit, they
 * count as half a row of one more than there are, like an isotonic block of them, which is as far
 * out as their number bears witness to; but never as more than `next`, the least above 0 (0: there
 * is none). (At the logit -40 a single wrong one, or what smoothing makes of right ones, would bend
 * the map of all others. On forecasts of which most are 0 or 1 this was, out of sample, the best of
 * the stand-ins tried: 1e-7, 1e-16, the next prediction ...)
 */
typedef struct sy_fit_ends {
  double zero, one; /* what 0 stands for, and how far from 1 what 1 stands for; 0: there is none */
} sy_fit_ends;

/* Of a curve with at least one atom. */
sy_fit_ends sy_fit_ends_of(const sy_curve *curve);

/*
 * The map of kind AB without its bounds: it may fall, as that of the authors' code does, with whose
 * printed numbers it is compared. scratch: as for sy_fit_logistic.
 */
void sy_fit_beta_ab_free(const sy_curve *curve, int smoothing, void *scratch, sy_map *map);

/* u and v of a prediction. */
static inline void sy_fit_basis(const sy_likelihood *form, double p, double *u, double *v) {
  sy_sides sides = sy_sides_within(p, form->zero, form->one);
  *u = sy_ln(form->logs ? sides.p : sides.p / sides.q);
  *v = form->logs ? -sy_ln(sides.q) : *u * *u;
}

/* The optimum within a space, from where it stands: sets its `at`, and theta. Always ends. */
void sy_fit_newton(const sy_fit_data *data, sy_fit_space *space, double *theta);

/* What the labels lose under theta. */
double sy_fit_loss(const sy_fit_data *data, const double *theta);

/* Keep a space to where dot(normal, theta) = least; 0 where it cannot be. */
int sy_fit_bind(sy_fit_space *space, const sy_fit_bound *bound);

/*
 * A curve of at most SY_COARSE_MAX atoms (pairs: 256 cells an octave of p and of 1 - p, two for
 * each; else one) of which a smooth function has the sum that it has of all, to about 1e-9 of it
 * (5e-6 without pairs). Labels of one of a pair may be out of their bounds. Atoms at 0 and 1 stay
 * alone. Returns how many. Worth it from SY_COARSE_FROM atoms on.
 */
#define SY_COARSE_FROM 32768
#define SY_COARSE_MAX (2 * (256 * 118 + 2))
size_t sy_coarsen(const sy_curve *curve, int pairs, double *p, double *w, double *y);

#endif
