/*
 * feed.c - reading a batch out of arrays over a log: numbers into their layers, ids into rows of
 * tables. All that can be wrong with a batch is found here, before anything is computed.
 */
#include <math.h>
#include <stdio.h>

#include "learn/net.h"

/* The rows of the batch, counted from 0. */
static void take_rows(sy_net *net, const int64_t *rows, int64_t base, size_t n) {
  for (size_t i = 0; i < n; i++)
    net->rows[i] = rows ? (int64_t)((uint64_t)rows[i] - (uint64_t)base) : (int64_t)i;
}

static long long row_name(const sy_net *net, int64_t base, size_t i) {
  uint64_t row = (uint64_t)net->rows[i] + (uint64_t)base;
  return (long long)row;
}

static sy_status check_rows(const sy_net *net, const sy_node *node, const sy_feed *feed,
                            int64_t base, size_t n, sy_error *error) {
  uint64_t most = 0;
  for (size_t i = 0; i < n; i++)
    most = (uint64_t)net->rows[i] > most ? (uint64_t)net->rows[i] : most;
  if (n == 0 || most < feed->rows) return SY_OK;
  for (size_t i = 0; i < n; i++) {
    long long row = row_name(net, base, i);
    if ((uint64_t)net->rows[i] >= feed->rows)
      return sy_fail(error, SY_E_ARGUMENT, "%s: row %lld is not one of its %zu rows", node->name,
                     row, feed->rows);
  }
  return SY_OK;
}

/* --------------------------------------------------------------------------- numbers ------- */

static double number_at(sy_vector v, size_t i) {
  return v.dtype == SY_F32 ? (double)((const float *)v.data)[i] : ((const double *)v.data)[i];
}

static const char *show(double x, char *text, size_t size) {
  if (isnan(x)) return "NaN";
  snprintf(text, size, "%g", x);
  return text;
}

static sy_status feed_numbers(sy_net *net, sy_node *node, const sy_feed *feed, int64_t base,
                              size_t n, sy_error *error) {
  size_t stride = feed->stride ? feed->stride : node->width;
  if (feed->numbers.dtype != SY_F32 && feed->numbers.dtype != SY_F64)
    return sy_fail(error, SY_E_ARGUMENT, "%s: numbers of f32 or f64 are needed", node->name);
  ptrdiff_t bad =
      net->kernels->gather(feed->numbers, stride, net->rows, n, node->width, node->value);
  if (bad < 0) return SY_OK;
  for (size_t j = 0; j < node->width; j++) {
    double x = number_at(feed->numbers, (size_t)net->rows[bad] * stride + j);
    if (isfinite(net->dtype == SY_F32 ? (double)(float)x : x)) continue;
    char shown[32];
    int64_t column = (int64_t)j + base;
    return sy_fail(error, SY_E_NUMBER, "%s: row %lld, number %lld: %s is %s", node->name,
                   row_name(net, base, (size_t)bad), (long long)column,
                   show(x, shown, sizeof shown), isfinite(x) ? "too large for f32" : "not finite");
  }
  return SY_OK;
}

/* ------------------------------------------------------------------------------- ids ------- */

static sy_status fail_id(const sy_net *net, const sy_node *source, const sy_node *node,
                         int64_t entry, int64_t base, size_t i, sy_error *error) {
  const sy_ids *ids = &node->ids;
  return sy_fail(error, SY_E_ARGUMENT,
                 "%s: row %lld: id %lld is not in the table of %s (%lld to %lld)", source->name,
                 row_name(net, base, i), (long long)sy_ids_entry(ids, entry), node->name,
                 (long long)ids->base, (long long)(ids->base + (int64_t)ids->table - 1));
}

/* The table's row of each id; the place of the first that is outside, or -1. */
static ptrdiff_t find_rows(const sy_ids *ids, const int64_t *rows, size_t n, int32_t *found) {
  uint64_t most = 0;
  for (size_t i = 0; i < n; i++) {
    uint64_t row = sy_ids_row(ids, rows[i]);
    most = row > most ? row : most;
    found[i] = (int32_t)row;
  }
  if (n == 0 || most < ids->table) return -1;
  for (size_t i = 0; i < n; i++)
    if (sy_ids_row(ids, rows[i]) >= ids->table) return (ptrdiff_t)i;
  return -1;
}

static sy_status check_bag(const sy_net *net, const sy_node *source, const sy_node *node,
                           const sy_feed *feed, int64_t base, size_t i, sy_error *error) {
  const sy_ids *ids = &node->ids;
  int64_t row = net->rows[i];
  int64_t first = ids->offsets ? ids->offsets[row] : row;
  int64_t end = ids->offsets ? ids->offsets[row + 1] : row + 1;
  if (first < 0 || end < first || (ids->offsets && (uint64_t)end > feed->id_count))
    return sy_fail(error, SY_E_ARGUMENT,
                   "%s: row %lld: offsets %lld to %lld are not within %zu ids", source->name,
                   row_name(net, base, i), (long long)first, (long long)end, feed->id_count);
  for (int64_t entry = first; entry < end; entry++) {
    if (sy_ids_row(ids, entry) >= ids->table)
      return fail_id(net, source, node, entry, base, i, error);
    if (!ids->weights.data) continue;
    char shown[32];
    double weight = number_at(ids->weights, (size_t)entry);
    if (!isfinite(weight))
      return sy_fail(error, SY_E_NUMBER, "%s: row %lld: weight %s is not finite", source->name,
                     row_name(net, base, i), show(weight, shown, sizeof shown));
  }
  return SY_OK;
}

/* What an embedding reads of a fed source. */
static sy_status feed_embedding(sy_net *net, sy_node *node, const sy_feed *feed, int64_t base,
                                size_t n, sy_error *error) {
  const sy_node *source = &net->nodes[node->inputs[0]];
  node->ids = (sy_ids){.ids = feed->ids,
                       .base = feed->base,
                       .table = node->touched.table,
                       .hashed = node->hashed,
                       .offsets = feed->offsets,
                       .count = feed->offsets ? feed->id_count : feed->rows,
                       .weights = feed->weights,
                       .mean = node->bag == SY_BAG_MEAN};
  if (node->bag == SY_BAG_ONE) {
    if (feed->offsets)
      return sy_fail(error, SY_E_ARGUMENT, "%s: bags are fed, and %s takes one id a row",
                     source->name, node->name);
    ptrdiff_t bad = find_rows(&node->ids, net->rows, n, node->rows);
    return bad < 0 ? SY_OK : fail_id(net, source, node, net->rows[bad], base, (size_t)bad, error);
  }
  for (size_t i = 0; i < n; i++) {
    sy_status status = check_bag(net, source, node, feed, base, i, error);
    if (status != SY_OK) return status;
  }
  return SY_OK;
}

static sy_status check_ids(const sy_node *node, const sy_feed *feed, sy_error *error) {
  if (feed->ids.dtype != SY_I32 && feed->ids.dtype != SY_I64)
    return sy_fail(error, SY_E_ARGUMENT, "%s: ids of i32 or i64 are needed", node->name);
  if (feed->weights.data && !feed->offsets)
    return sy_fail(error, SY_E_ARGUMENT, "%s: weights are for bags, which have offsets",
                   node->name);
  if (feed->weights.data && feed->weights.dtype != SY_F32 && feed->weights.dtype != SY_F64)
    return sy_fail(error, SY_E_ARGUMENT, "%s: weights of f32 or f64 are needed", node->name);
  return SY_OK;
}

sy_status sy_net_feed(sy_net *net, const sy_feed *feeds, const int64_t *rows, int64_t base,
                      size_t n, sy_error *error) {
  if (n > net->batch)
    return sy_fail(error, SY_E_ARGUMENT, "rows: %zu are more than the batch of %zu", n, net->batch);
  take_rows(net, rows, base, n);
  for (size_t i = 0; i < net->layer_count; i++) {
    sy_node *node = &net->nodes[i];
    const sy_feed *feed = &feeds[i];
    sy_status status = SY_OK;
    if (node->kind == SY_LAYER_EMBEDDING) {
      node->computed = net->nodes[node->inputs[0]].computed;
      if (node->computed)
        status = feed_embedding(net, node, &feeds[node->inputs[0]], base, n, error);
    } else if (sy_layer_is_source(node->kind)) {
      int is_input = node->kind == SY_LAYER_INPUT;
      node->computed = (is_input ? feed->numbers.data : feed->ids.data) != NULL;
      if (!node->computed) continue;
      status = check_rows(net, node, feed, base, n, error);
      if (status == SY_OK)
        status =
            is_input ? feed_numbers(net, node, feed, base, n, error) : check_ids(node, feed, error);
    }
    if (status != SY_OK) return status;
  }
  return SY_OK;
}
