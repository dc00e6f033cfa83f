/*
 * layout.c - a calibrator in one block: its parts copied, and what evaluation looks up made of them.
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

/* ---------------------------------------------------------------------------- knots ------------ */

/* Finer than the knots, up to what a first-level cache has room for beside them. */
size_t sy_index_cells(size_t knots) {
  size_t cells = sy_power_of_two(4 * knots);
  return cells < 16384 ? cells : 16384;
}

static double key_of(const sy_map *map, double x) { return map->in_logits ? x : sy_key_of(x); }

void sy_index_build(sy_index *index, const sy_map *map, double *x, uint32_t *before) {
  size_t n = map->knots, at = 0;
  double first = key_of(map, x[0]), last = key_of(map, x[n - 1]);
  uint32_t most = 1, step = 1;
  index->cells = sy_index_cells(n);
  index->first = first;
  index->scale = last > first ? (double)index->cells / (last - first) : 0.0;
  if (!(index->scale <= 1e300)) index->scale = 0.0;
  index->x = x;
  index->before = before;
  for (size_t cell = 0; cell < index->cells; cell++) {
    size_t start = at;
    before[cell] = (uint32_t)at;
    while (at < n && sy_cell_of(index, key_of(map, x[at])) <= cell) at++;
    if (at - start > most) most = (uint32_t)(at - start);
  }
  while (step <= most / 2) step *= 2;
  index->step = step;
  for (size_t i = 0; i < 2 * step; i++) x[n + i] = INFINITY;
}

static void lay_out_knots(carver *c, const sy_calibrator_parts *parts, sy_calibrator *to) {
  const sy_map *map = &parts->map;
  size_t n = map->knots, room = n + 2 * sy_power_of_two(n);
  double *x = carve(c, room * sizeof *x), *y = keep(c, map->y, n * sizeof *y);
  double *slopes = carve(c, n * sizeof *slopes);
  uint32_t *before = carve(c, sy_index_cells(n) * sizeof *before);
  if (!to) return;
  memcpy(x, map->x, n * sizeof *x);
  to->parts.map.x = x;
  to->parts.map.y = y;
  to->slopes = slopes;
  for (size_t i = 0; i + 1 < n; i++)
    slopes[i] = map->step ? 0.0 : (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
  slopes[n - 1] = 0.0;
  sy_index_build(&to->index, &to->parts.map, x, before);
}

/* ---------------------------------------------------------------------------- segments --------- */

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

/* ---------------------------------------------------------------------------- the whole -------- */

static sy_calibrator *lay_out(carver *c, const sy_calibrator_parts *parts) {
  sy_calibrator *to = carve(c, sizeof *to);
  char *method = keep_text(c, parts->method), *about = keep_text(c, parts->about);
  if (to) {
    memset(to, 0, sizeof *to);
    to->parts = *parts;
    to->parts.method = method;
    to->parts.about = about;
    to->inverse_rate = 1.0 / parts->map.rate;
    to->form = sy_form_of(&parts->map);
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
