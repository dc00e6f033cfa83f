/*
 * optimizer.c - one step: gradients looked at, clipped, and every parameter moved.
 */
#include "learn/optimizer.h"
#include "learn/spread.h"

#include <math.h>

/* Added to the norm that gradients are scaled by, as PyTorch's clip_grad_norm_ does. */
#define NORM_ROOM 1e-6

/* Threads share out blocks of so many numbers; and so many blocks are summed at a time. */
#define BLOCK ((size_t)32768)
#define BLOCKS ((size_t)256)

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

/* Sums of blocks, which threads share out, added up in their order. */
static double squares_of(const sy_optimizer *optimizer, const void *gradient, size_t n,
                         double cut) {
  const size_t size = sy_dtype_size(optimizer->dtype);
  const sy_updates_real *run = loops(optimizer);
  double sums[BLOCKS], total = 0;
  for (size_t start = 0; start < n; start += BLOCKS * BLOCK) {
    const size_t rest = (n - start + BLOCK - 1) / BLOCK, blocks = rest < BLOCKS ? rest : BLOCKS;
    const int threads = blocks > 1 ? optimizer->threads : 1;
    const char *numbers = (const char *)gradient + start * size;
    SY_SPREAD(threads, b, blocks, 1,
              sums[b] = run->squares(numbers + b * BLOCK * size,
                                     sy_span(b * BLOCK, n - start, BLOCK), cut));
    for (size_t b = 0; b < blocks; b++) total += sums[b];
  }
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

static const void *shift(const void *data, size_t bytes) {
  return data ? (const char *)data + bytes : NULL;
}
static void *shift_own(void *data, size_t bytes) { return data ? (char *)data + bytes : NULL; }

/* A part of an update: `count` of its columns, of a parameter in one row, or of its rows. */
static sy_update part_of(const sy_update *whole, int by_columns, size_t size, size_t first,
                         size_t count) {
  sy_update u = *whole;
  size_t bytes = first * size;
  if (by_columns) {
    u.columns = count;
  } else {
    bytes *= whole->columns;
    u.rows = count;
  }
  if (whole->places) u.places += first;
  if (whole->slots) u.slots += first;
  else u.g = shift(whole->g, bytes);
  if (whole->places) return u;
  u.w = shift_own(whole->w, bytes);
  u.first = shift_own(whole->first, bytes);
  u.second = shift_own(whole->second, bytes);
  return u;
}

typedef void run_update(const sy_update *update);

static void run_parts(const sy_optimizer *optimizer, run_update *run, const sy_update *whole) {
  const size_t size = sy_dtype_size(optimizer->dtype);
  const int one = whole->rows == 1 && !whole->places && !whole->slots;
  const size_t n = one ? whole->columns : whole->rows;
  const size_t step = one ? BLOCK : BLOCK / (whole->columns + 1) + 1;
  const int threads = n > step ? optimizer->threads : 1;
  SY_SPREAD(threads, at, n, step, {
    sy_update u = part_of(whole, one, size, at, sy_span(at, n, step));
    run(&u);
  });
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
    case SY_SGD: run_parts(optimizer, m->first ? run->momentum : run->plain, &u); break;
    case SY_ADAGRAD: run_parts(optimizer, run->adagrad, &u); break;
    case SY_ADAM:
    case SY_ADAMW:
      if (o->kind == SY_ADAMW) u.shrink = 1.0 - u.rate * o->weight_decay;
      u.rate /= 1.0 - power(o->beta1, m->steps);
      u.root = 1.0 / sqrt(1.0 - power(o->beta2, m->steps));
      run_parts(optimizer, run->adam, &u);
      break;
  }
}

void sy_optimizer_set_threads(sy_optimizer *optimizer, int threads) {
  optimizer->threads = threads < 1 ? 1 : threads;
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
