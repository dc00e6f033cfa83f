/*
 * optimizer_layout.c - optimizers made: options checked, states laid out and handed out.
 */
#include <math.h>
#include <string.h>

#include "learn/optimizer.h"

#define ALIGNMENT 64
#define ROUND_UP(n) (((n) + (ALIGNMENT - 1)) & ~(size_t)(ALIGNMENT - 1))

/* What a block may have: far below where sums of sizes wrap around. */
#define MOST_BYTES (SIZE_MAX / 4)

sy_optimizer_options sy_optimizer_defaults(sy_optimizer_kind kind) {
  sy_optimizer_options options = {.kind = kind, .beta1 = 0.9, .beta2 = 0.999, .lazy = 1};
  options.epsilon = kind == SY_ADAGRAD ? 1e-10 : 1e-8;
  if (kind == SY_ADAMW) options.weight_decay = 0.01;
  return options;
}

/* ---------------------------------------------------------------- checks --------------------- */

static sy_status refuse(sy_error *error, const char *name, const char *expected, double value) {
  return sy_fail(error, SY_E_ARGUMENT, "%s: expected %s, got %.14g", name, expected, value);
}

static sy_status check_options(const sy_optimizer_options *o, sy_dtype dtype, sy_error *error) {
  const struct {
    const char *name;
    double value, below;
    const char *expected;
  } rules[] = {{"momentum", o->momentum, HUGE_VAL, "a number from 0 up"},
               {"beta1", o->beta1, 1.0, "a number from 0 up, below 1"},
               {"beta2", o->beta2, 1.0, "a number from 0 up, below 1"},
               {"epsilon", o->epsilon, HUGE_VAL, "a number above 0"},
               {"initial", o->initial, HUGE_VAL, "a number from 0 up"},
               {"weight_decay", o->weight_decay, HUGE_VAL, "a number from 0 up"},
               {"clip_norm", o->clip_norm, HUGE_VAL, "a number from 0 up"},
               {"clip_value", o->clip_value, HUGE_VAL, "a number from 0 up"}};
  if (dtype != SY_F32 && dtype != SY_F64)
    return sy_fail(error, SY_E_ARGUMENT, "an optimizer moves f32 or f64");
  if (o->kind < SY_SGD || o->kind > SY_ADAMW)
    return sy_fail(error, SY_E_ARGUMENT, "there is no optimizer of kind %d", (int)o->kind);
  for (size_t i = 0; i < SY_COUNT(rules); i++) {
    if (!(rules[i].value >= 0 && rules[i].value < rules[i].below))
      return refuse(error, rules[i].name, rules[i].expected, rules[i].value);
  }
  /* What was never touched would move by 0 / 0. */
  if (dtype == SY_F32 ? !((float)o->epsilon > 0) : !(o->epsilon > 0))
    return refuse(error, "epsilon",
                  dtype == SY_F32 ? "a number above 0 in f32" : "a number above 0", o->epsilon);
  if (o->nesterov && o->momentum == 0)
    return sy_fail(error, SY_E_ARGUMENT, "nesterov: needs a momentum above 0");
  return SY_OK;
}

static sy_status check_parameter(const sy_parameter *p, sy_dtype dtype, sy_error *error) {
  size_t width = sy_dtype_size(dtype);
  if (p->columns && p->rows > MOST_BYTES / width / p->columns)
    return sy_fail(error, SY_E_LIMIT, "parameter \"%s\": %zu x %zu numbers are too many", p->name,
                   p->rows, p->columns);
  if (!(p->rate >= 0 && p->rate < HUGE_VAL))
    return sy_fail(error, SY_E_ARGUMENT, "parameter \"%s\": rate: expected a number from 0 up",
                   p->name);
  if (!(p->l2 >= 0 && p->l2 < HUGE_VAL))
    return sy_fail(error, SY_E_ARGUMENT, "parameter \"%s\": l2: expected a number from 0 up",
                   p->name);
  return SY_OK;
}

/* ---------------------------------------------------------------- the layout ----------------- */

static int states_of(const sy_optimizer_options *o) {
  if (o->kind == SY_SGD) return o->momentum > 0;
  return o->kind == SY_ADAGRAD ? 1 : 2;
}

/* Hand out the next `size` bytes of a block; with a NULL block only count them. */
static void *carve(char *block, size_t *used, size_t size) {
  void *piece = block ? block + *used : NULL;
  *used += size > MOST_BYTES - *used ? MOST_BYTES - *used : ROUND_UP(size);
  return piece;
}

static int moves(const sy_parameter *p) { return !p->frozen && (p->gradient || sy_is_table(p)); }

static size_t widest_table(const sy_parameter *parameters, size_t count) {
  size_t widest = 0;
  for (size_t i = 0; i < count; i++) {
    const sy_parameter *p = &parameters[i];
    if (sy_is_table(p) && moves(p) && p->columns > widest) widest = p->columns;
  }
  return widest;
}

/* One description of the layout serves for measuring (block NULL) and for laying out. */
static size_t lay_out(char *block, const sy_optimizer_options *options,
                      const sy_parameter *parameters, size_t count, sy_dtype dtype,
                      sy_optimizer **out) {
  size_t used = 0, width = sy_dtype_size(dtype), zeroes = 0;
  int states = states_of(options);
  sy_optimizer *optimizer = carve(block, &used, sizeof *optimizer);
  sy_moved *moved =
      carve(block, &used, count > MOST_BYTES / sizeof *moved ? MOST_BYTES : count * sizeof *moved);
  void *none;
  if (!options->lazy) zeroes = widest_table(parameters, count) * width;
  none = carve(block, &used, zeroes);
  for (size_t i = 0; i < count && used < MOST_BYTES; i++) {
    const sy_parameter *p = &parameters[i];
    size_t size = moves(p) ? p->rows * p->columns * width : 0;
    void *first = size && states > 0 ? carve(block, &used, size) : NULL;
    void *second = size && states > 1 ? carve(block, &used, size) : NULL;
    if (block) moved[i] = (sy_moved){p->rows, p->columns, first, second, 0, moves(p)};
  }
  if (block) {
    *optimizer = (sy_optimizer){*options, dtype, NULL, moved, count, 1, zeroes ? none : NULL};
    *out = optimizer;
  }
  return used;
}

static sy_status measure(const sy_optimizer_options *options, const sy_parameter *parameters,
                         size_t count, sy_dtype dtype, size_t *bytes, sy_error *error) {
  sy_status status = check_options(options, dtype, error);
  for (size_t i = 0; i < count && status == SY_OK; i++)
    status = check_parameter(&parameters[i], dtype, error);
  if (status != SY_OK) return status;
  *bytes = lay_out(NULL, options, parameters, count, dtype, NULL);
  if (*bytes < MOST_BYTES) return SY_OK;
  return sy_fail(error, SY_E_LIMIT, "the optimizer's state would be too large for this machine");
}

size_t sy_optimizer_bytes(const sy_optimizer_options *options, const sy_parameter *parameters,
                          size_t count, sy_dtype dtype, sy_error *error) {
  size_t bytes = 0;
  return measure(options, parameters, count, dtype, &bytes, error) == SY_OK ? bytes : 0;
}

static void fill(const sy_moved *m, double value, sy_dtype dtype) {
  size_t n = m->rows * m->columns;
  float *single = m->first;
  double *twice = m->first;
  for (size_t i = 0; i < n; i++) {
    if (dtype == SY_F32) single[i] = (float)value;
    else twice[i] = value;
  }
}

sy_status sy_optimizer_init(void *block, const sy_optimizer_options *options,
                            const sy_parameter *parameters, size_t count, sy_dtype dtype,
                            sy_optimizer **optimizer, sy_error *error) {
  size_t bytes;
  sy_optimizer *made;
  sy_status status = measure(options, parameters, count, dtype, &bytes, error);
  if (status != SY_OK) return status;
  memset(block, 0, bytes);
  lay_out(block, options, parameters, count, dtype, &made);
  for (size_t i = 0; i < count && options->kind == SY_ADAGRAD; i++) {
    if (made->moved[i].first) fill(&made->moved[i], options->initial, dtype);
  }
  sy_optimizer_set_cpu(made, sy_cpu_list()[0]);
  *optimizer = made;
  return SY_OK;
}

sy_status sy_optimizer_set_cpu(sy_optimizer *optimizer, const char *name) {
  static const sy_updates *const sets[] = {
#ifdef SY_HAVE_avx512
      &sy_updates_avx512,
#endif
#ifdef SY_HAVE_avx2
      &sy_updates_avx2,
#endif
      &sy_updates_baseline,
  };
  for (const char *const *usable = sy_cpu_list(); *usable; usable++) {
    for (size_t i = 0; i < SY_COUNT(sets) && strcmp(*usable, name) == 0; i++) {
      if (strcmp(sets[i]->name, name) != 0) continue;
      optimizer->updates = sets[i];
      return SY_OK;
    }
  }
  return SY_E_UNSUPPORTED;
}

/* ---------------------------------------------------------------- states --------------------- */

size_t sy_optimizer_state_count(const sy_optimizer *optimizer) {
  size_t count = 0;
  for (size_t i = 0; i < optimizer->count; i++)
    count += (optimizer->moved[i].first != NULL) + (optimizer->moved[i].second != NULL);
  return count;
}

void sy_optimizer_get_state(const sy_optimizer *optimizer, size_t index,
                            sy_optimizer_state *state) {
  static const char *const names[] = {"velocity", "squares", "first", "first"};
  for (size_t i = 0; i < optimizer->count; i++) {
    sy_moved *m = &optimizer->moved[i];
    size_t here = (size_t)(m->first != NULL) + (m->second != NULL);
    if (index >= here) {
      index -= here;
      continue;
    }
    *state = (sy_optimizer_state){.parameter = i,
                                  .what = index ? "second" : names[optimizer->options.kind],
                                  .rows = m->rows,
                                  .columns = m->columns,
                                  .data = index ? m->second : m->first,
                                  .steps = &m->steps};
    return;
  }
}

uint64_t *sy_optimizer_steps(sy_optimizer *optimizer, size_t parameter) {
  return &optimizer->moved[parameter].steps;
}
