/*
 * steelyard/contract.h - does a new version of a ranking model keep the scale of the old one's
 * predictions? Part of steelyard.h.
 */
#ifndef STEELYARD_CONTRACT_H
#define STEELYARD_CONTRACT_H

#include "calibration.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * sums[r] = the sum of values over the rows of request r; of those rows alone where cells (NULL:
 * all rows) is `cell`. values: SY_F32 or SY_F64, else SY_E_ARGUMENT; NaN and infinities are
 * SY_E_NUMBER with the row. The order of rows changes no bit.
 */
SY_API sy_status sy_request_sums(sy_vector values, sy_requests requests, const int32_t *cells,
                                 int32_t cell, double *sums, sy_error *error);

typedef struct sy_scale_change {
  double before, after; /* totals over all requests */
  double ratio;         /* after / before */
  double error;         /* of the ratio; NaN with fewer than 2 requests */
} sy_scale_change;

/*
 * How the total of many requests changed from before[r] to after[r] (finite). The error of the
 * ratio takes requests as drawn independently, and what is in them as drawn together (the delta
 * method for a ratio of sums; Cochran 1977, 6.4). The order of requests changes no bit.
 */
SY_API void sy_scale_change_of(const double *before, const double *after, size_t requests,
                               sy_scale_change *change);

/* Mean and standard deviation of the logits of a curve's predictions, as its rows weigh. */
SY_API void sy_curve_logits(const sy_curve *curve, double *mean, double *deviation);

/*
 * Pairs of rows that are the same in two logs of n rows, one behind the other: offsets and order
 * are what sy_group_rows says of the keys of all 2 n rows (order NULL: the identity). rows[i]: the
 * row of the second log that belongs to row i of the first; a key that is several times in both
 * pairs its rows in their order. SY_E_FORMAT where a key is not as often in the one as in the
 * other: *bad is then the first row of such a key, from 0, the second log's from n on.
 */
SY_API sy_status sy_match_rows(const int64_t *offsets, const int64_t *order, size_t groups,
                               size_t n, int64_t *rows, size_t *bad);

#ifdef __cplusplus
}
#endif

#endif
