/*
 * atoms.h - what atoms of a curve say beyond their fields.
 */
#ifndef SY_CALIBRATION_ATOMS_H
#define SY_CALIBRATION_ATOMS_H

#include "steelyard.h"

/*
 * The sum of w^2 over an atom's rows. At 0 and 1, where no field tells it, that of equal weights.
 */
static inline double sy_atom_squares(const sy_curve *curve, size_t k) {
  double p = curve->p[k], w = curve->w[k], pq = p * (1.0 - p);
  if (curve->n == curve->w) return w; /* no weights */
  return pq > 0.0 && curve->wwpq[k] > 0.0 ? curve->wwpq[k] / pq : w * (w / curve->n[k]);
}

#endif
