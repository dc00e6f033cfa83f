/*
 * steelyard/calibrators.h - calibrators: maps from predictions to probabilities. Part of
 * steelyard.h.
 *
 * A calibrator undoes sampling, maps the prediction by one of three forms, and adds to the logit
 * what tables say of the item's segment. It is one block of memory without pointers to others,
 * immutable, and evaluates without allocation.
 */
#include "steelyard.h" /* which includes this file, so that its parts stand in order */

#ifndef STEELYARD_CALIBRATORS_H
#define STEELYARD_CALIBRATORS_H

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- the form ------------------- */

typedef enum sy_map_kind {
  SY_MAP_SCALE = 0,    /* min(1, factor * p) */
  SY_MAP_LOGISTIC = 1, /* a sigmoid of a polynomial in the logit, or of ln p and ln(1 - p) */
  SY_MAP_KNOTS = 2     /* through knots */
} sy_map_kind;

/*
 * p first becomes p' = p / (p + (1 - p) / rate): the logit moves by ln rate, rate being the share
 * of negatives that training kept (1: all). Then, with z = ln(p' / (1 - p')) held within -40 and
 * 40:
 *   SCALE     min(1, factor p')
 *   LOGISTIC  sigmoid(c[0] + c[1] ln p' - c[2] ln(1 - p') + c[3] z^2). Beyond [z_low, z_high] the
 *             square goes on along its tangent. Platt and temperature have c[1] = c[2], in
 *             the shift both are 1. First p' is held to be no less than p_low, and 1 - p' no less
 *             than q_low: where rows of 0 or 1 stand for something less certain.
 *   KNOTS     y at x; between knots linear (or, where step, the value of the last knot at or below
 *             p'), beyond them constant. Where in_logits, x and y are logits, else probabilities.
 * Fields of other kinds are not looked at.
 */
typedef struct sy_map {
  sy_map_kind kind;
  double rate;
  double factor;
  double c[4];
  double z_low, z_high;
  double p_low, q_low; /* 0: as near to 0 and 1 as can be */
  size_t knots;
  const double *x, *y; /* strictly ascending x; y in [0, 1], or finite logits */
  int in_logits, step;
} sy_map;

/* ---------------------------------------------------------------- fitting -------------------- */

/*
 * Fits by (weighted) maximum likelihood. smoothing: labels are shrunk as Platt 1999 does,
 * (N+ + 1)/(N+ + 2) for 1 and 1/(N- + 2) for 0, which keeps all finite; without it a ridge of 1e-12
 * a row does. All are kept ascending: slopes are at least SY_SLOPE_MIN within the data's range
 * (those of beta maps: neither below 0, their sum at least that). What the data does not tell (the
 * slope, where all predictions are equal) stays that of the identity, which comes back where the
 * curve has no rows. Predictions of exactly 0 count as 1/2 / (their weight + 1), or as the next one
 * where that is less, in the fit and (p_low) in the map, those of 1 likewise: at the logits -40 and
 * 40, few wrong ones would bend the map for all others, and each that was not seen would cost 40.
 * Coefficients are the optimum's to about 1e-9, or 1e-8 for curves of more than 32768 atoms, which
 * are read once. Row order changes no bit.
 */
#define SY_SLOPE_MIN 0.0009765625

typedef enum sy_logistic_kind {
  SY_LOGISTIC_SHIFT = 0,   /* z + a */
  SY_LOGISTIC_TEMPERATURE, /* b z */
  SY_LOGISTIC_PLATT,       /* a + b z (Platt 1999, on logits) */
  SY_LOGISTIC_QUADRATIC,   /* a + b z + c z^2 */
  SY_LOGISTIC_BETA_ABM,    /* c + a ln p - b ln(1 - p), a, b >= 0 (Kull et al. 2017) */
  SY_LOGISTIC_BETA_AM,     /* a = b: with the offset */
  SY_LOGISTIC_BETA_AB,     /* a ln 2p - b ln 2(1 - p): 1/2 stays where it is */
  SY_LOGISTIC_BETA_A       /* a ln 2p, as the authors' code has it */
} sy_logistic_kind;

/* scratch: sy_fit_logistic_bytes(curve->count) bytes. */
SY_API size_t sy_fit_logistic_bytes(size_t atoms);
SY_API sy_status sy_fit_logistic(const sy_curve *curve, sy_logistic_kind kind, int smoothing,
                                 void *scratch, sy_map *map, sy_error *error);

/* factor = sum of labels / sum of predictions (each counts half a row where it is 0). */
SY_API void sy_fit_scale(const sy_curve *curve, sy_map *map);

typedef enum sy_isotonic_kind {
  SY_ISOTONIC_PLAIN = 0, /* between blocks linear, as scikit-learn does */
  /* Knots at the blocks' mean predictions: strictly ascending (Oron and Flournoy 2017). */
  SY_ISOTONIC_CENTRED = 1
} sy_isotonic_kind;

/*
 * Maps through knots; x, y: room for 2 * count + 2 knots, to which the map points. scratch:
 * sy_fit_knots_bytes(count).
 *   isotonic   blocks at 0 or 1 are smoothed: half a row over one more than they have, and no
 *              further than half way from the next block. Log loss is finite always. Centred:
 *              beyond the outermost means the map goes on to 0 and 1, SY_SLOPE_MIN of the way to 0
 *              and 1 in value.
 *   histogram  steps: (sum of labels + prior * mean prediction) / (weight + prior) of `buckets` of
 *              equal weight, which begin half way from the one before. Values of 0 and 1 are
 *              smoothed as blocks are.
 *   piecewise  a monotone piecewise-linear map of logits with up to `knots` knots at quantiles,
 *              drawn to the identity: slopes to 1 and the deviations' mean square to 0, by a
 *              penalty of `prior` rows (prior / 8 times the sum of squares); beyond the outer knots
 *              it goes on with slope 1 to logits -40, 40.
 */
SY_API size_t sy_fit_knots_bytes(size_t atoms);
SY_API sy_status sy_fit_isotonic(const sy_curve *curve, sy_isotonic_kind kind, void *scratch,
                                 double *x, double *y, sy_map *map, sy_error *error);
SY_API sy_status sy_fit_histogram(const sy_curve *curve, size_t buckets, double prior,
                                  void *scratch, double *x, double *y, sy_map *map,
                                  sy_error *error);
SY_API sy_status sy_fit_piecewise(const sy_curve *curve, size_t knots, double prior, void *scratch,
                                  double *x, double *y, sy_map *map, sy_error *error);

/*
 * Offsets of cells, shrunk: for each cell the offset d that maximises
 *   sum of w (y ln q + (1 - y) ln(1 - q)) - d^2 / (2 variance), q = sigmoid(z + d), over its rows.
 * logits, labels, weights (data NULL: 1 each), cells (below 0: no cell): n rows, in an order that
 * the caller has made canonical. offsets, curvature (of the likelihood at the optimum): `count`
 * numbers. variance: of the prior, above 0; infinity for none (cells of one class are then bounded
 * by half a row). Offsets lie within -800 and 800. scratch: 5 * count doubles. O(n + count) a pass,
 * of which there are some ten, and never more than 120.
 */
SY_API void sy_fit_offsets(const double *logits, sy_vector labels, sy_vector weights,
                           const int32_t *cells, size_t n, size_t count, double variance,
                           double *scratch, double *offsets, double *curvature);

/*
 * The cell of each of n rows in a sy_offset_table's order: the bucket of its logit (how many of the
 * ascending edges are below it) and its codes, codes[f] of feature f, below sizes[f]; -1 where a
 * code is unknown. The cells must be no more than INT32_MAX.
 */
SY_API void sy_offset_cells(const double *logits, size_t n, const double *edge, size_t edges,
                            const int32_t *const *codes, const size_t *sizes, size_t features,
                            int32_t *cells);

/* ---------------------------------------------------------------- the calibrator ------------- */

/* typedef struct sy_calibrator sy_calibrator: in steelyard.h, section 2 */

/*
 * An addition to the logit by segment: features (columns of codes, below 0: unknown) pick a cell,
 * and the base map's logit one of its buckets. edges: ascending logits, buckets = edges + 1.
 * offsets: buckets x sizes[0] x sizes[1] x ... numbers, the last feature's index running fastest; a
 * row with an unknown code gets 0.
 */
#define SY_TABLE_FEATURES 4
typedef struct sy_offset_table {
  size_t features;
  size_t feature[SY_TABLE_FEATURES]; /* which of the calibrator's features */
  size_t edges;
  const double *edge;
  const double *offsets;
} sy_offset_table;

/*
 * What tells segments apart: a column of texts (values) or of numbers: cut at edges, or whole
 * values.
 */
typedef struct sy_feature {
  const char *name;
  size_t size;               /* how many codes */
  const char *const *values; /* texts, code i for values[i]; or NULL */
  const double *numbers;     /* numbers, code i for numbers[i], ascending; or NULL */
  const double *edges;       /* size - 1 ascending numbers: code 0 up to edges[0] ...; or NULL */
} sy_feature;

/* What a calibrator is made of; all is copied. method: a word for people ("platt"). */
typedef struct sy_calibrator_parts {
  const char *method;
  const char *about; /* what is told of the fit (rows, window, scores): a JSON object, or NULL */
  sy_map map;
  size_t features;
  const sy_feature *feature;
  size_t tables;
  const sy_offset_table *table;
} sy_calibrator_parts;

/*
 * Bytes for a calibrator, and one laid out in a block of them (any alignment); 0 and an error for
 * parts that make no sense.
 */
SY_API size_t sy_calibrator_bytes(const sy_calibrator_parts *parts, sy_error *error);
SY_API sy_calibrator *sy_calibrator_init(void *block, const sy_calibrator_parts *parts);
/* The parts of a calibrator, pointing into it. */
SY_API const sy_calibrator_parts *sy_calibrator_parts_of(const sy_calibrator *calibrator);

/*
 * One prediction, calibrated: in [0, 1], NaN for NaN; predictions out of [0, 1] count as the nearer
 * end. codes: a code a feature, or NULL where the calibrator has none (or all are unknown).
 */
SY_API double sy_calibrate(const sy_calibrator *calibrator, double prediction,
                           const int32_t *codes);

/*
 * n predictions; codes[f]: n codes of feature f. out: of the dtype of predictions; may be the same.
 * No allocation.
 */
SY_API void sy_calibrate_many(const sy_calibrator *calibrator, sy_vector predictions,
                              const int32_t *const *codes, size_t n, void *out);

/*
 * The same as logits (with what tables add; a map that gives probabilities: ln(p / (1 - p)) within
 * -40 and 40).
 */
SY_API void sy_calibrate_logits(const sy_calibrator *calibrator, sy_vector predictions,
                                const int32_t *const *codes, size_t n, double *out);

/*
 * What a map does first, alone: predictions of a model that saw a share `rate` (above 0) of the
 * negatives, as they would be had it seen all. out: of the dtype of predictions; may be the same.
 */
SY_API void sy_undo_sampling(sy_vector predictions, double rate, size_t n, void *out);

/*
 * The prediction that is mapped to q: the least one where several are, the nearest end where none
 * is. SY_E_UNSUPPORTED where the map is not monotone (histogram steps that fall) or has tables.
 */
SY_API sy_status sy_calibrate_inverse(const sy_calibrator *calibrator, double q, double *prediction,
                                      sy_error *error);

/* The code of a feature's value: -1 where it is unknown. */
SY_API int32_t sy_calibrator_code_of_text(const sy_calibrator *calibrator, size_t feature,
                                          const char *text, size_t length);
SY_API int32_t sy_calibrator_code_of_number(const sy_calibrator *calibrator, size_t feature,
                                            double number);

/* ---------------------------------------------------------------- files ---------------------- */

/* The most features of a calibrator that is read from JSON or stands in a value model. */
#define SY_FEATURES_MAX 64

/*
 * Calibrators are written as JSON, alone or in a value model ("calibrators": {"p_like": {...}}):
 *
 *   {"format": "steelyard calibrator", "version": 1, "method": "platt", "fit": {...},
 *    "map": {"kind": "logistic", "rate": 1, "c": [0.1, 0.9, 0.9, 0], "z_low": -9, "z_high": 3},
 *    "features": [{"name": "country", "values": ["de", "fr"]}, {"name": "age", "edges": [18, 30]}],
 *    "tables": [{"features": ["country"], "edges": [], "offsets": [0.2, -0.1]}]}
 *
 * Every bit of every number comes back. A map is {"kind": "scale", "factor"}, {"kind": "logistic",
 * "c", "z_low", "z_high", "p_low", "q_low"} or {"kind": "knots", "in_logits", "step", "x", "y"},
 * each with "rate"; a feature has one of "values", "numbers" and "edges"; "fit" is any object
 * (sy_calibrator_parts.about). May be left out: format, version, method, fit, rate (1), z_low and
 * z_high (-40, 40), p_low and q_low (0), in_logits and step (false), features, tables, and a
 * table's edges. Unknown and duplicate keys, wrong types, numbers that do not ascend where they
 * must, and offsets that are not as many as there are cells are refused: the error names the file
 * and the JSON path.
 */
SY_API sy_status sy_calibrator_load(const char *path, const sy_memory *memory,
                                    sy_calibrator **calibrator, sy_error *error);
SY_API sy_status sy_calibrator_parse(const char *text, size_t length, const char *name,
                                     const sy_memory *memory, sy_calibrator **calibrator,
                                     sy_error *error);

/* Write a file, replaced whole or not at all, as sy_value_model_save does. memory: scratch. */
SY_API sy_status sy_calibrator_save(const sy_calibrator *calibrator, const char *path,
                                    const sy_memory *memory, sy_error *error);

/* Only for one that was loaded or parsed; NULL is fine. */
SY_API void sy_calibrator_destroy(sy_calibrator *calibrator);

#ifdef __cplusplus
}
#endif

#endif
