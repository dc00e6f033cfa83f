/*
 * layout.c - a calibrator in one block: its parts copied, and what evaluation looks up made of
 * them.
 */
#include <math.h>
#include <string.h>

#include "kernel/calibrators/calibrator.h"

#define ALIGNMENT 64
#define ROUND_UP(n) (((n) + (ALIGNMENT - 1)) & ~(size_t)(ALIGNMENT - 1))

/* Bytes handed out from a block, one behind the other; without a block they are only counted. */
typedef struct carver {
  char *block;
  size_t used;
} carver;

static void *carve(carver *c, size_t size) {
  void *piece = c->block ? c->block + c->used : NULL;
  c->used += ROUND_UP(size);
  return piece;
}

static void *keep(carver *c, const void *from, size_t size) {
  void *piece = carve(c, size);
  if (piece && size) memcpy(piece, from, size);
  return piece;
}

static char *keep_text(carver *c, const char *text) {
  return text ? keep(c, text, strlen(text) + 1) : NULL;
}

/* ---------------------------------------------------------------------------- knots ----------- */

/* Finer than the knots, up to what a first-level cache has room for beside them. */
static size_t cells_for(size_t knots) {
  size_t cells = sy_power_of_two(8 * knots);
  return cells < 16384 ? cells : 16384;
}

/* p: n ascending numbers and room for 2 * sy_power_of_two(n) more. before: cells_for(n) numbers. */
static void build_index(sy_index *index, size_t n, double *p, uint32_t *before) {
  size_t cells = cells_for(n), at = 0, most = 1, step = 1;
  size_t outer = n > 2; /* the ends may lie far from all others, where cells would be wasted */
  sy_index built = {p, before, sy_key_of(p[outer]), (int64_t)cells - 1, 0, 0};
  while ((sy_key_of(p[n - 1 - outer]) - built.first) >> built.shift > built.last) built.shift++;
  for (size_t cell = 0; cell < cells; cell++) {
    size_t start = at;
    before[cell] = (uint32_t)at;
    while (at < n && sy_cell_of(&built, p[at]) <= cell) at++;
    if (at - start > most) most = at - start;
  }
  while (step <= most / 2) step *= 2;
  built.step = step;
  for (size_t i = 0; i < 2 * step; i++) p[n + i] = INFINITY;
  *index = built;
}

static void build_knots(const sy_map *map, sy_knot *knots) {
  double unit = map->in_logits ? SY_LOG2E : 1.0;
  for (size_t i = 0; i <= map->knots; i++) {
    size_t at = i > 0 ? i - 1 : 0;
    double x = unit * map->x[at], y = unit * map->y[at];
    sy_knot knot = {x, y, 0.0, y};
    if (i > 0 && i < map->knots && !map->step) {
      knot.next = unit * map->y[i];
      knot.slope = (knot.next - y) / (unit * map->x[i] - x);
      if (!isfinite(knot.slope)) knot.slope = 0.0; /* too close to lie anything between them */
    }
    knots[i] = knot;
  }
}

static void lay_out_knots(carver *c, const sy_calibrator_parts *parts, sy_calibrator *to) {
  const sy_map *map = &parts->map;
  size_t n = map->knots, room = n + 2 * sy_power_of_two(n);
  double *x = keep(c, map->x, n * sizeof *x), *y = keep(c, map->y, n * sizeof *y);
  double *p = carve(c, room * sizeof *p);
  uint32_t *before = carve(c, cells_for(n) * sizeof *before);
  sy_knot *knots = carve(c, (n + 1) * sizeof *knots);
  if (!to) return;
  to->parts.map.x = x;
  to->parts.map.y = y;
  to->knots = knots;
  for (size_t i = 0; i < n; i++) p[i] = map->in_logits ? sy_sigmoid_of(x[i]) : x[i];
  build_index(&to->index, n, p, before);
  build_knots(map, knots);
}

/* ---------------------------------------------------------------------------- segments -------- */

/* The earlier of equal texts counts. */
static void fill_slots(const sy_feature *feature, uint32_t *slots) {
  size_t mask = sy_text_slots(feature->size) - 1;
  memset(slots, 0, (mask + 1) * sizeof *slots);
  for (size_t i = 0; i < feature->size; i++) {
    const char *text = feature->values[i];
    size_t at = sy_text_hash(text, strlen(text)) & mask;
    while (slots[at] && strcmp(feature->values[slots[at] - 1], text) != 0) at = (at + 1) & mask;
    if (!slots[at]) slots[at] = (uint32_t)i + 1;
  }
}

static const uint32_t *lay_out_values(carver *c, const sy_feature *from, sy_feature *to) {
  const char **values = carve(c, from->size * sizeof *values);
  uint32_t *slots = carve(c, sy_text_slots(from->size) * sizeof *slots);
  for (size_t i = 0; i < from->size; i++) {
    const char *text = keep_text(c, from->values[i]);
    if (values) values[i] = text;
  }
  if (!to) return NULL;
  to->values = values;
  fill_slots(to, slots);
  return slots;
}

static void lay_out_features(carver *c, const sy_calibrator_parts *parts, sy_calibrator *to) {
  sy_feature *features = keep(c, parts->feature, parts->features * sizeof *features);
  const uint32_t **texts = carve(c, parts->features * sizeof *texts);
  for (size_t f = 0; f < parts->features; f++) {
    const sy_feature *from = &parts->feature[f];
    const char *name = keep_text(c, from->name);
    const double *numbers = from->numbers, *edges = from->edges;
    const uint32_t *slots = NULL;
    if (numbers) numbers = keep(c, numbers, from->size * sizeof *numbers);
    if (edges) edges = keep(c, edges, (from->size - 1) * sizeof *edges);
    if (from->values) slots = lay_out_values(c, from, features ? &features[f] : NULL);
    if (!to) continue;
    features[f].name = name;
    features[f].numbers = numbers;
    features[f].edges = edges;
    texts[f] = slots;
  }
  if (!to) return;
  to->parts.feature = features;
  to->texts = texts;
}

/* The last feature's code runs fastest, the bucket slowest. Returns how many offsets there are. */
static size_t strides(const sy_calibrator_parts *parts, const sy_offset_table *table,
                      sy_cells *cells) {
  size_t stride = 1;
  memset(cells, 0, sizeof *cells);
  for (size_t i = table->features; i-- > 0;) {
    cells->stride[i] = stride;
    stride *= parts->feature[table->feature[i]].size;
  }
  cells->stride_of_bucket = stride;
  return stride * (table->edges + 1);
}

static void lay_out_tables(carver *c, const sy_calibrator_parts *parts, sy_calibrator *to) {
  sy_offset_table *tables = keep(c, parts->table, parts->tables * sizeof *tables);
  sy_cells *cells = carve(c, parts->tables * sizeof *cells), laid;
  for (size_t t = 0; t < parts->tables; t++) {
    const sy_offset_table *from = &parts->table[t];
    size_t count = strides(parts, from, &laid);
    double *edge = keep(c, from->edge, from->edges * sizeof *edge);
    double *offsets = keep(c, from->offsets, count * sizeof *offsets);
    if (!to) continue;
    cells[t] = laid;
    tables[t].edge = edge;
    tables[t].offsets = offsets;
  }
  if (!to) return;
  to->parts.table = tables;
  to->cells = cells;
}

/* ---------------------------------------------------------------------------- the whole ------- */

static sy_calibrator *lay_out(carver *c, const sy_calibrator_parts *parts) {
  sy_calibrator *to = carve(c, sizeof *to);
  char *method = keep_text(c, parts->method), *about = keep_text(c, parts->about);
  if (to) {
    memset(to, 0, sizeof *to);
    to->parts = *parts;
    to->parts.method = method;
    to->parts.about = about;
    to->inverse_rate = 1.0 / parts->map.rate;
    to->logistic = sy_logistic_of(&parts->map);
  }
  if (parts->map.kind == SY_MAP_KNOTS) lay_out_knots(c, parts, to);
  else if (to) to->parts.map.x = to->parts.map.y = NULL;
  lay_out_features(c, parts, to);
  lay_out_tables(c, parts, to);
  return to;
}

size_t sy_calibrator_bytes(const sy_calibrator_parts *parts, sy_error *error) {
  carver counted = {NULL, 0};
  if (sy_calibrator_check(parts, error)) return 0;
  lay_out(&counted, parts);
  return counted.used + ALIGNMENT;
}

sy_calibrator *sy_calibrator_init(void *block, const sy_calibrator_parts *parts) {
  carver laid = {(char *)(((uintptr_t)block + (ALIGNMENT - 1)) & ~(uintptr_t)(ALIGNMENT - 1)), 0};
  return lay_out(&laid, parts);
}

const sy_calibrator_parts *sy_calibrator_parts_of(const sy_calibrator *calibrator) {
  return &calibrator->parts;
}
