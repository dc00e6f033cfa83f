/*
 * slices.h - parts of a log: rows by the value of a column, by where it is cut, by the size of their
 * request or by their rank; and the requests, or parts of requests, that these rows are. Included by
 * steelyard.h.
 *
 * A slice is a number from 0 up for every row; -1 says that a row is in none.
 */
#ifndef STEELYARD_SLICES_H
#define STEELYARD_SLICES_H

#include "steelyard.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A slice for every value: `distinct` gets the values, ascending, `count` how many there are, slices
 * (n) each row's place among them; NaN is in none. SY_E_LIMIT where there are more than `most`, the
 * room of distinct. O(n log most).
 */
SY_API sy_status sy_slice_values(sy_vector values, size_t n, size_t most, double *distinct,
                                 size_t *count, int32_t *slices, sy_error *error);

/*
 * Slices between ascending edges: values up to edges[0] are in slice 0, above edges[0] up to edges[1]
 * in 1, above the last of `count` edges in slice `count`; NaN is in none. O(n log count).
 */
SY_API void sy_slice_cut(sy_vector values, size_t n, const double *edges, size_t count,
                         int32_t *slices);

/* For every row how many rows its request has. O(rows). */
SY_API void sy_slice_sizes(sy_requests requests, int32_t *sizes);

/* For every row its rank, from 1, in an order as sy_rank gives it (of all ranks). O(rows). */
SY_API void sy_slice_ranks(const int64_t *order, sy_requests requests, int32_t *ranks);

/*
 * The first request whose rows differ in a column, or requests.count where each request has one value
 * (NaN is equal to NaN here). O(rows).
 */
SY_API size_t sy_slice_mixed(sy_vector values, sy_requests requests);

/* The slice of each request's first row; -1 for a request without rows. O(requests). */
SY_API void sy_slice_requests(const int32_t *slices, sy_requests requests, int32_t *of_request);

/*
 * Cut requests into pieces, one for every slice that has rows of it; within a request by first
 * appearance, rows in their order. order: the rows, piece by piece (from 0); offsets: where each
 * piece starts and the last one ends; of_slice, of_request: each piece's. All have room for as many
 * numbers as there are rows, offsets for one more. Returns how many pieces there are; rows without a
 * slice are in none. scratch: 3 * `slices` numbers. O(rows).
 */
SY_API size_t sy_slice_split(const int32_t *row_slices, sy_requests requests, size_t slices,
                             int64_t *order, int64_t *offsets, int32_t *of_slice,
                             int64_t *of_request, int64_t *scratch);

#ifdef __cplusplus
}
#endif

#endif /* STEELYARD_SLICES_H */
