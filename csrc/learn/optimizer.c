/*
 * optimizer.c - one step: gradients looked at, clipped, and every parameter moved.
 */
#include "learn/optimizer.h"

#include <math.h>

#include "learn/spread.h"

/* Added to the norm that gradients are scaled by, as PyTorch's clip_grad_norm_ does. */
#define NORM_ROOM 1e-6

static const sy_updates_real *loops(const sy_optimizer *optimizer) {
  return optimizer->dtype == SY_F32 ? &optimizer->updates->f32 : &optimizer->updates->f64;
}

static int moves(const sy_moved *m, const sy_parameter *p) {
  return m->moves && p->has_gradient && !p->frozen;
}

/* How many numbers the gradient has. */
static size_t gradient_size(const sy_parameter *p) {
  return (sy_is_table(p) ? p->touched_count : p->rows) * p->columns;
}

static sy_status check_list(const sy_optimizer *optimizer, const sy_parameter *parameters,
                            size_t count, double rate, sy_error *error) {
  if (count != optimizer->count)
    return sy_fail(error, SY_E_ARGUMENT, "%zu parameters for an optimizer of %zu", count,
                   optimizer->count);
  if (!(rate >= 0 && rate < HUGE_VAL))
    return sy_fail(error, SY_E_ARGUMENT,
                   "the learning rate: expected a number from 0 up, got %.14g", rate);
  for (size_t i = 0; i < count; i++) {
    const sy_parameter *p = &parameters[i];
    const sy_moved *m = &optimizer->moved[i];
    if (p->rows != m->rows || p->columns != m->columns)
      return sy_fail(error, SY_E_ARGUMENT, "parameter \"%s\": the shape has changed", p->name);
    if (moves(m, p) && !p->gradient && gradient_size(p))
      return sy_fail(error, SY_E_ARGUMENT, "parameter \"%s\": there is no gradient", p->name);
  }
  return SY_OK;
}

/* ---------------------------------------------------------------- the norm ------------------- */

static double number_at(const void *numbers, sy_dtype dtype, size_t i) {
  return dtype == SY_F32 ? (double)((const float *)numbers)[i] : ((const double *)numbers)[i];
}

/* Which number is to blame for squares that have no finite sum. */
static sy_status blame(const sy_parameter *p, sy_dtype dtype, sy_error *error) {
  size_t n = gradient_size(p);
  for (size_t i = 0; i < n; i++) {
    double g = number_at(p->gradient, dtype, i);
    size_t row = i / p->columns;
    if (isfinite(g)) continue;
    if (sy_is_table(p)) row = (size_t)p->touched[row];
    return sy_fail(error, SY_E_NUMBER,
                   "parameter \"%s\": the gradient's number at row %zu, column %zu is %s", p->name,
                   row + 1, i % p->columns + 1, isnan(g) ? "NaN" : "infinite");
  }
  return sy_fail(error, SY_E_NUMBER, "parameter \"%s\": the gradient is too large", p->name);
}

/* Long gradients are summed in so many parts at most, which threads share. */
#define SUM_PARTS 64
#define SUM_CHUNK 65536

typedef struct summing {
  const sy_optimizer *optimizer;
  const char *gradient;
  size_t chunk;
  double cut, sums[SUM_PARTS];
} summing;

static void sum_part(void *context, size_t first, size_t end) {
  summing *s = context;
  size_t size = sy_dtype_size(s->optimizer->dtype);
  for (; first < end; first += s->chunk) { /* all of them, where there is one thread */
    size_t n = end - first < s->chunk ? end - first : s->chunk;
    s->sums[first / s->chunk] = loops(s->optimizer)->squares(s->gradient + first * size, n, s->cut);
  }
}

static double squares_of(const sy_optimizer *optimizer, const void *gradient, size_t n,
                         double cut) {
  summing s = {.optimizer = optimizer, .gradient = gradient, .chunk = SUM_CHUNK, .cut = cut};
  size_t share = (n + SUM_PARTS - 1) / SUM_PARTS;
  double total = 0;
  if (share > s.chunk) s.chunk = (share + 7) / 8 * 8;
  sy_spread(n > 4 * SUM_CHUNK ? optimizer->threads : 1, n, s.chunk, sum_part, &s);
  for (size_t i = 0; i * s.chunk < n; i++) total += s.sums[i];
  return total;
}

/* All gradients' squares; the parameters' sums are added in the order of the list. */
static sy_status sum_squares(const sy_optimizer *optimizer, const sy_parameter *parameters,
                             double cut, double *total, sy_error *error) {
  *total = 0;
  for (size_t i = 0; i < optimizer->count; i++) {
    const sy_parameter *p = &parameters[i];
    if (!moves(&optimizer->moved[i], p)) continue;
    *total += squares_of(optimizer, p->gradient, gradient_size(p), cut);
    if (!isfinite(*total)) return blame(p, optimizer->dtype, error);
  }
  return SY_OK;
}

/* ---------------------------------------------------------------- the step ------------------- */

/* base^n by squaring. */
static double power(double base, uint64_t n) {
  double result = 1.0;
  for (; n; n >>= 1, base *= base)
    if (n & 1) result *= base;
  return result;
}

/* Which rows move, and where their gradients are. */
static void set_rows(const sy_optimizer *optimizer, const sy_parameter *p, sy_update *u) {
  if (!sy_is_table(p)) {
    u->rows = 1;
    u->columns = p->rows * p->columns;
  } else if (optimizer->options.lazy) {
    u->rows = p->touched_count;
    u->columns = p->columns;
    u->places = p->touched;
  } else {
    u->rows = p->rows;
    u->columns = p->columns;
    u->slots = p->slots;
    u->zeroes = optimizer->zeroes;
  }
}

/* Numbers of a thread's chunk. */
#define MOVE_CHUNK 65536

typedef struct moving {
  sy_update update;
  void (*run)(const sy_update *update);
  size_t size; /* of a number */
} moving;

static void *further(const void *numbers, size_t bytes) {
  return numbers ? (char *)(uintptr_t)numbers + bytes : NULL;
}

/* Some rows of a table, or numbers of a matrix. */
static void move_part(void *context, size_t first, size_t end) {
  const moving *m = context;
  sy_update u = m->update;
  size_t bytes = first * m->size;
  if (u.places || u.slots) {
    u.rows = end - first;
    bytes *= u.columns;
  } else {
    u.columns = end - first;
  }
  if (u.places) u.places += first;
  if (u.slots) u.slots += first;
  else u.g = further(u.g, bytes);
  if (!u.places) {
    u.w = further(u.w, bytes);
    u.first = further(u.first, bytes);
    u.second = further(u.second, bytes);
  }
  m->run(&u);
}

static void spread_move(const sy_optimizer *optimizer, void (*run)(const sy_update *update),
                        sy_update u) {
  moving m = {u, run, sy_dtype_size(optimizer->dtype)};
  int by_rows = u.places || u.slots;
  size_t chunk = MOVE_CHUNK;
  if (by_rows) chunk = u.columns < MOVE_CHUNK ? MOVE_CHUNK / (u.columns ? u.columns : 1) : 1;
  sy_spread(optimizer->threads, by_rows ? u.rows : u.columns, chunk, move_part, &m);
}

static void move(const sy_optimizer *optimizer, sy_moved *m, const sy_parameter *p, sy_update u) {
  const sy_optimizer_options *o = &optimizer->options;
  const sy_updates_real *run = loops(optimizer);
  u.w = p->data;
  u.g = p->gradient;
  u.first = m->first;
  u.second = m->second;
  u.rate *= p->rate;
  u.decay = p->l2 + (o->kind == SY_ADAMW ? 0.0 : o->weight_decay);
  set_rows(optimizer, p, &u);
  m->steps++;
  switch (o->kind) {
    case SY_SGD: spread_move(optimizer, m->first ? run->momentum : run->plain, u); break;
    case SY_ADAGRAD: spread_move(optimizer, run->adagrad, u); break;
    case SY_ADAM:
    case SY_ADAMW:
      if (o->kind == SY_ADAMW) u.shrink = 1.0 - u.rate * o->weight_decay;
      u.rate /= 1.0 - power(o->beta1, m->steps);
      u.root = 1.0 / sqrt(1.0 - power(o->beta2, m->steps));
      spread_move(optimizer, run->adam, u);
      break;
  }
}

sy_status sy_optimizer_step(sy_optimizer *optimizer, const sy_parameter *parameters, size_t count,
                            double rate, double *norm, sy_error *error) {
  const sy_optimizer_options *o = &optimizer->options;
  sy_update u = {.rate = rate, .cut = INFINITY, .scale = 1.0, .shrink = 1.0};
  double squares, cut_squares;
  sy_status status = check_list(optimizer, parameters, count, rate, error);
  if (status == SY_OK) status = sum_squares(optimizer, parameters, INFINITY, &squares, error);
  if (status != SY_OK) return status;
  cut_squares = squares;
  if (o->clip_value > 0) {
    u.cut = o->clip_value;
    if (o->clip_norm > 0) sum_squares(optimizer, parameters, u.cut, &cut_squares, NULL);
  }
  if (o->clip_norm > 0) {
    double scale = o->clip_norm / (sqrt(cut_squares) + NORM_ROOM);
    if (scale < 1.0) u.scale = scale;
  }
  u.keep_first = o->kind == SY_SGD ? o->momentum : o->beta1;
  u.keep_second = o->beta2;
  u.add_first = 1.0 - o->beta1;
  u.add_second = 1.0 - o->beta2;
  u.of_gradient = o->nesterov ? 1.0 : 0.0;
  u.of_velocity = o->nesterov ? o->momentum : 1.0;
  u.epsilon = o->epsilon;
  for (size_t i = 0; i < count; i++) {
    if (moves(&optimizer->moved[i], &parameters[i]))
      move(optimizer, &optimizer->moved[i], &parameters[i], u);
  }
  if (norm) *norm = sqrt(squares);
  return SY_OK;
}
