/*
 * bind_curve.c - calibration curves and what is measured on them. Positional and raw:
 * lua/steelyard/calibrate/ gives them options.
 */
#include <string.h>

#include "lua/lsy_curve.h"

#define ALIGNMENT 64

/* ------------------------------------------------------------------------------- the type ----- */

const sy_curve *lsy_checkcurve(lua_State *L, int arg) { return luaL_checkudata(L, arg, LSY_CURVE); }

sy_curve *lsy_newcurve(lua_State *L, size_t bytes, void **block) {
  size_t head = sizeof(sy_curve) + ALIGNMENT;
  if (bytes > SIZE_MAX / 2 - head) lsy_error(L, "a curve of %f bytes: too large", (double)bytes);
  sy_curve *curve = lsy_newuserdata(L, head + bytes, 0);
  memset(curve, 0, sizeof *curve);
  luaL_setmetatable(L, LSY_CURVE);
  *block = (void *)(((uintptr_t)(curve + 1) + ALIGNMENT - 1) & ~(uintptr_t)(ALIGNMENT - 1));
  return curve;
}

sy_labelled lsy_checklabelled(lua_State *L, int first) {
  sy_labelled rows;
  size_t labels, weights;
  rows.predictions = lsy_checkreals(L, first, "predictions", &rows.n);
  rows.labels = lsy_checkreals(L, first + 1, "labels", &labels);
  rows.weights.data = NULL;
  if (labels != rows.n)
    lsy_error(L, "labels: %d of them for %d predictions", (int)labels, (int)rows.n);
  if (lua_isnoneornil(L, first + 2)) return rows;
  rows.weights = lsy_checkreals(L, first + 2, "weights", &weights);
  if (weights != rows.n)
    lsy_error(L, "weights: %d of them for %d predictions", (int)weights, (int)rows.n);
  return rows;
}

/*
 * A curve of few atoms from many rows goes to a small place, so that it does not hold a large one.
 */
static void push_compact(lua_State *L, const sy_curve *from) {
  void *block;
  size_t n = from->count, size = n * sizeof(double);
  sy_curve *curve = lsy_newcurve(L, 5 * size, &block);
  double *p = block;
  *curve = *from;
  curve->p = memcpy(p, from->p, size);
  curve->n = memcpy(p + n, from->n, size);
  curve->y = memcpy(p + 2 * n, from->y, size);
  curve->wwpq = memcpy(p + 3 * n, from->wwpq, size);
  curve->w = from->w == from->n ? curve->n : memcpy(p + 4 * n, from->w, size);
}

/* curve(predictions, labels, weights|nil) -> curve */
static int l_curve(lua_State *L) {
  void *block;
  sy_error error = {SY_OK, ""};
  lua_settop(L, 3);
  sy_labelled rows = lsy_checklabelled(L, 1);
  size_t bytes = sy_curve_bytes(rows.n);
  if (!bytes) return lsy_error(L, "predictions: %f of them are too many", (double)rows.n);
  sy_curve *curve = lsy_newcurve(L, bytes, &block);
  sy_status status = sy_curve_of_rows(&rows, block, curve, &error);
  if (status) return lsy_raise(L, status, &error);
  if (curve->count < rows.n / 2) push_compact(L, curve);
  return 1;
}

static int curve_size(lua_State *L) {
  lsy_pushsize(L, lsy_checkcurve(L, 1)->count);
  return 1;
}

/* curve:arrays() -> {p=, n=, w=, y=} */
static int curve_arrays(lua_State *L) {
  const sy_curve *curve = lsy_checkcurve(L, 1);
  lua_createtable(L, 0, 4);
  lsy_setnumbers(L, "p", curve->p, curve->count);
  lsy_setnumbers(L, "n", curve->n, curve->count);
  lsy_setnumbers(L, "w", curve->w, curve->count);
  lsy_setnumbers(L, "y", curve->y, curve->count);
  return 1;
}

/* curve:totals() -> table */
static int curve_totals(lua_State *L) {
  const sy_curve_totals *t = &lsy_checkcurve(L, 1)->total;
  lua_createtable(L, 0, 10);
  lsy_setnumber(L, "n", t->n);
  lsy_setnumber(L, "w", t->w);
  lsy_setnumber(L, "p", t->p);
  lsy_setnumber(L, "y", t->y);
  lsy_setnumber(L, "ww", t->ww);
  lsy_setnumber(L, "wwp", t->wwp);
  lsy_setnumber(L, "wwpq", t->wwpq);
  lsy_setnumber(L, "squared", t->squared);
  lsy_setnumber(L, "log", t->log);
  lsy_setnumber(L, "clipped", t->clipped);
  return 1;
}

/* ------------------------------------------------------------------------------- measures ----- */

static double check_share(lua_State *L, int arg, const char *name) {
  double share = luaL_checknumber(L, arg);
  if (!(share > 0.0 && share < 1.0)) lsy_error(L, "%s: %f is not between 0 and 1", name, share);
  return share;
}

/* curve:summary(confidence) -> table */
static int curve_summary(lua_State *L) {
  const sy_curve *curve = lsy_checkcurve(L, 1);
  sy_calibration_summary s;
  sy_curve_summary(curve, check_share(L, 2, "confidence"), &s);
  lua_createtable(L, 0, 14);
  lsy_setnumber(L, "n", s.n);
  lsy_setnumber(L, "weight", s.weight);
  lsy_setnumber(L, "mean_prediction", s.mean_prediction);
  lsy_setnumber(L, "mean_label", s.mean_label);
  lsy_setnumber(L, "ratio", s.ratio);
  lsy_setnumber(L, "ratio_low", s.ratio_low);
  lsy_setnumber(L, "ratio_high", s.ratio_high);
  lsy_setnumber(L, "brier", s.brier);
  lsy_setnumber(L, "log_loss", s.log_loss);
  lsy_setnumber(L, "clipped", s.clipped);
  lsy_setnumber(L, "normalised_entropy", s.normalised_entropy);
  lsy_setnumber(L, "logit_shift", s.logit_shift);
  lsy_setnumber(L, "free_entropy", s.free_entropy);
  lsy_setnumber(L, "auc", s.auc);
  return 1;
}

static void push_buckets(lua_State *L, const sy_bucket *buckets, size_t count) {
  lua_createtable(L, (int)count, 0);
  for (size_t b = 0; b < count; b++) {
    lua_createtable(L, 0, 6);
    lsy_setnumber(L, "low", buckets[b].low);
    lsy_setnumber(L, "high", buckets[b].high);
    lsy_setnumber(L, "n", buckets[b].n);
    lsy_setnumber(L, "weight", buckets[b].weight);
    lsy_setnumber(L, "mean_prediction", buckets[b].mean_prediction);
    lsy_setnumber(L, "mean_label", buckets[b].mean_label);
    lua_rawseti(L, -2, (int)b + 1);
  }
}

/* curve:buckets(kind, count) -> list of buckets, errors */
static int curve_buckets(lua_State *L) {
  static const char *const kinds[] = {"mass", "width", "floor", "steps", NULL};
  const sy_curve *curve = lsy_checkcurve(L, 1);
  sy_bucketing kind = (sy_bucketing)luaL_checkoption(L, 2, "mass", kinds);
  size_t count = lsy_checksize(L, 3, "buckets");
  sy_bucket_errors errors;
  if (count < 1 || count > SY_BUCKETS_MAX)
    return lsy_error(L, "buckets: expected 1 to %d", SY_BUCKETS_MAX);
  sy_bucket *buckets = lsy_newuserdata(L, (count + 1) * sizeof *buckets, 0);
  count = sy_curve_buckets(curve, kind, count, buckets);
  sy_bucket_errors_of(buckets, count, &errors);
  push_buckets(L, buckets, count);
  lua_createtable(L, 0, 6);
  lsy_setnumber(L, "expected", errors.expected);
  lsy_setnumber(L, "sum", errors.sum);
  lsy_setnumber(L, "mean", errors.mean);
  lsy_setnumber(L, "maximum", errors.maximum);
  lsy_setnumber(L, "plain_l2", errors.plain_l2);
  lsy_setnumber(L, "debiased_l2", errors.debiased_l2);
  return 2;
}

typedef struct isotonic {
  int64_t *first;
  double *value, *weight;
  size_t blocks;
} isotonic;

static isotonic regress(lua_State *L, const sy_curve *curve) {
  isotonic i;
  i.first = lsy_newuserdata(L, (curve->count + 1) * sizeof *i.first, 0);
  i.value = lsy_newuserdata(L, curve->count * sizeof *i.value, 0);
  i.weight = lsy_newuserdata(L, curve->count * sizeof *i.weight, 0);
  i.blocks = sy_curve_isotonic(curve, i.first, i.value, i.weight);
  return i;
}

static void push_decomposition(lua_State *L, const sy_decomposition *d) {
  lua_createtable(L, 0, 4);
  lsy_setnumber(L, "score", d->score);
  lsy_setnumber(L, "mcb", d->mcb);
  lsy_setnumber(L, "dsc", d->dsc);
  lsy_setnumber(L, "unc", d->unc);
}

/* curve:corp() -> decomposition of the Brier score, of the log loss */
static int curve_corp(lua_State *L) {
  const sy_curve *curve = lsy_checkcurve(L, 1);
  isotonic i = regress(L, curve);
  sy_decomposition brier, log_loss;
  sy_curve_corp(curve, i.first, i.value, i.blocks, &brier, &log_loss);
  push_decomposition(L, &brier);
  push_decomposition(L, &log_loss);
  return 2;
}

/* curve:isotonic() -> {low=, high=, value=, weight=}, one entry a block */
static int curve_isotonic(lua_State *L) {
  const sy_curve *curve = lsy_checkcurve(L, 1);
  isotonic i = regress(L, curve);
  lua_createtable(L, 0, 4);
  lsy_setnumbers(L, "value", i.value, i.blocks);
  lsy_setnumbers(L, "weight", i.weight, i.blocks);
  double *low = lsy_newnumbers(L, i.blocks);
  for (size_t b = 0; b < i.blocks; b++) low[b] = curve->p[i.first[b]];
  lua_setfield(L, -2, "low");
  double *high = lsy_newnumbers(L, i.blocks);
  for (size_t b = 0; b < i.blocks; b++) high[b] = curve->p[i.first[b + 1] - 1];
  lua_setfield(L, -2, "high");
  return 1;
}

/* curve:band(at, level, resamples, seed) -> low, high */
static int curve_band(lua_State *L) {
  const sy_curve *curve = lsy_checkcurve(L, 1);
  size_t points;
  lua_settop(L, 5);
  const double *at = lsy_checkvector(L, 2, "at", SY_F64, &points).data;
  double level = check_share(L, 3, "level");
  size_t resamples = lsy_checkresamples(L, 4);
  uint64_t seed = lsy_checkseed(L, 5);
  for (size_t i = 0; i < points; i++)
    if (!(at[i] >= 0.0 && at[i] <= 1.0) || (i && at[i] < at[i - 1]))
      return lsy_error(L, "at[%d]: expected ascending numbers from 0 to 1", (int)i + 1);
  size_t bytes = sy_curve_band_bytes(curve, points, resamples);
  if (!bytes)
    return lsy_error(L, "resamples: %d of %d points are too many", (int)resamples, (int)points);
  void *scratch = lsy_newuserdata(L, bytes, 0);
  double *low = lsy_newnumbers(L, points), *high = lsy_newnumbers(L, points);
  sy_curve_band(curve, at, points, level, resamples, seed, scratch, low, high);
  return 2;
}

/* curve:smooth_error() -> error, bandwidth */
static int curve_smooth_error(lua_State *L) {
  const sy_curve *curve = lsy_checkcurve(L, 1);
  sy_smooth_error result;
  sy_curve_smooth_error(curve, lsy_newuserdata(L, sy_curve_smooth_bytes(), 0), &result);
  lsy_pushnumber(L, result.error);
  lsy_pushnumber(L, result.bandwidth);
  return 2;
}

/* curve:smooth_error_at(bandwidth) -> error */
static int curve_smooth_error_at(lua_State *L) {
  const sy_curve *curve = lsy_checkcurve(L, 1);
  double bandwidth = luaL_checknumber(L, 2);
  if (!(bandwidth >= SY_SMOOTH_LEAST))
    return lsy_error(L, "bandwidth: %f is not 2^-13 or more", bandwidth);
  void *scratch = lsy_newuserdata(L, sy_curve_smooth_bytes(), 0);
  lsy_pushnumber(L, sy_curve_smooth_error_at(curve, bandwidth, scratch));
  return 1;
}

/* curve:cumulative() -> table */
static int curve_cumulative(lua_State *L) {
  sy_cumulative c;
  sy_curve_cumulative(lsy_checkcurve(L, 1), &c);
  lua_createtable(L, 0, 9);
  lsy_setnumber(L, "sigma", c.sigma);
  lsy_setnumber(L, "range", c.range);
  lsy_setnumber(L, "maximum", c.maximum);
  lsy_setnumber(L, "kuiper", c.kuiper);
  lsy_setnumber(L, "ks", c.ks);
  lsy_setnumber(L, "kuiper_log_p", c.kuiper_log_p);
  lsy_setnumber(L, "ks_log_p", c.ks_log_p);
  lsy_setnumber(L, "steepest_low", c.steepest_low);
  lsy_setnumber(L, "steepest_high", c.steepest_high);
  return 1;
}

/* kuiper_log_p(x), ks_log_p(x) */
static int l_kuiper_log_p(lua_State *L) {
  lsy_pushnumber(L, sy_kuiper_log_p(luaL_checknumber(L, 1)));
  return 1;
}

static int l_ks_log_p(lua_State *L) {
  lsy_pushnumber(L, sy_ks_log_p(luaL_checknumber(L, 1)));
  return 1;
}

/* ------------------------------------------------------------------------- without a curve ---- */

/* proper_scores(predictions, labels, weights|nil) -> table */
static int l_proper_scores(lua_State *L) {
  sy_scores scores;
  sy_error error = {SY_OK, ""};
  lua_settop(L, 3);
  sy_labelled rows = lsy_checklabelled(L, 1);
  sy_status status = sy_proper_scores(&rows, &scores, &error);
  if (status) return lsy_raise(L, status, &error);
  lua_createtable(L, 0, 4);
  lsy_setnumber(L, "brier", scores.brier);
  lsy_setnumber(L, "log_loss", scores.log_loss);
  lsy_setnumber(L, "weight", scores.weight);
  lsy_setnumber(L, "clipped", scores.clipped);
  return 1;
}

/* canonical_order({columns}) -> i64 array of rows, 1-based */
static int l_canonical_order(lua_State *L) {
  size_t count, n;
  const sy_vector *columns = lsy_checkcolumns(L, 1, &count, &n);
  size_t bytes = sy_canonical_bytes(n);
  if (!bytes) return lsy_error(L, "columns: %f rows are too many", (double)n);
  void *scratch = lsy_newuserdata(L, bytes, 0);
  int64_t *order = (int64_t *)(void *)lsy_newvector(L, SY_I64, n, 0)->data;
  sy_canonical_order(columns, count, n, scratch, order);
  for (size_t i = 0; i < n; i++) order[i]++;
  return 1;
}

/* ------------------------------------------------------------------------------- the list ----- */

static const luaL_Reg methods[] = {{"size", curve_size},
                                   {"arrays", curve_arrays},
                                   {"totals", curve_totals},
                                   {"summary", curve_summary},
                                   {"buckets", curve_buckets},
                                   {"corp", curve_corp},
                                   {"isotonic", curve_isotonic},
                                   {"band", curve_band},
                                   {"smooth_error", curve_smooth_error},
                                   {"smooth_error_at", curve_smooth_error_at},
                                   {"cumulative", curve_cumulative},
                                   {NULL, NULL}};

static const luaL_Reg meta[] = {{"__len", curve_size}, {NULL, NULL}};

static const luaL_Reg functions[] = {{"curve", l_curve},
                                     {"kuiper_log_p", l_kuiper_log_p},
                                     {"ks_log_p", l_ks_log_p},
                                     {"proper_scores", l_proper_scores},
                                     {"canonical_order", l_canonical_order},
                                     {NULL, NULL}};

void lsy_open_curve(lua_State *L) {
  lsy_newtype(L, LSY_CURVE, methods, meta);
  luaL_setfuncs(L, functions, 0);
}
