/*
 * elementwise.c - arrays of any type and layout go through the loops in blocks of doubles.
 */
#include "kernel/elementwise.h"

#include <string.h>

#include "base/base.h"
#include "kernel/work.h"

#define BLOCK 512

const sy_loops *sy_find_loops(const char *cpu) {
  static const sy_loops *const sets[] = {
#ifdef SY_HAVE_avx512
      &sy_loops_avx512,
#endif
#ifdef SY_HAVE_avx2
      &sy_loops_avx2,
#endif
      &sy_loops_baseline,
  };
  const char *const *usable = sy_cpu_list();
  for (; *usable; usable++) {
    if (cpu && strcmp(cpu, *usable) != 0) continue;
    for (size_t i = 0; i < SY_COUNT(sets); i++)
      if (strcmp(sets[i]->name, *usable) == 0) return sets[i];
  }
  return NULL;
}

/* ---------------------------------------------------------------- blocks --------------------- */

static int follows(size_t rows, size_t columns, size_t row_stride, size_t stride) {
  return (columns == 1 || stride == 1) && (rows == 1 || row_stride == columns);
}

static const char *address(const sy_operand *x, size_t row, size_t column) {
  size_t at = row * x->row_stride + column * x->stride;
  return (const char *)x->data + at * sy_dtype_size(x->dtype);
}

/* n numbers of one row. */
static void load_run(const sy_loops *loops, const sy_operand *x, size_t row, size_t column,
                     size_t n, double *out) {
  const void *from = address(x, row, column);
  size_t stride = x->stride;
  switch (x->dtype) {
    case SY_F32:
      if (stride == 1) loops->widen(from, n, out);
      else
        for (size_t i = 0; i < n; i++) out[i] = (double)((const float *)from)[i * stride];
      break;
    case SY_F64:
      for (size_t i = 0; i < n; i++) out[i] = ((const double *)from)[i * stride];
      break;
    case SY_I32:
      for (size_t i = 0; i < n; i++) out[i] = (double)((const int32_t *)from)[i * stride];
      break;
    case SY_I64:
      for (size_t i = 0; i < n; i++) out[i] = (double)((const int64_t *)from)[i * stride];
      break;
  }
}

/* A matrix that is read from its `at`-th number on, row by row. */
typedef struct reader {
  const sy_loops *loops;
  sy_operand x;
  size_t columns;
  int flat; /* its numbers follow one another */
  double block[BLOCK];
} reader;

static void open_reader(reader *r, const sy_loops *loops, size_t rows, size_t columns,
                        sy_operand x) {
  r->loops = loops;
  r->x = x;
  r->columns = columns;
  r->flat = follows(rows, columns, x.row_stride, x.stride);
}

/* n numbers, at most BLOCK, from the at-th on; where they need no copy, as they stand. */
static const double *read_block(reader *r, size_t at, size_t n) {
  if (r->flat && r->x.dtype == SY_F64) return (const double *)r->x.data + at;
  if (r->flat) {
    sy_operand line = r->x;
    line.stride = 1;
    load_run(r->loops, &line, 0, at, n, r->block);
    return r->block;
  }
  for (size_t done = 0; done < n;) {
    size_t row = (at + done) / r->columns, column = (at + done) % r->columns;
    size_t run = r->columns - column < n - done ? r->columns - column : n - done;
    load_run(r->loops, &r->x, row, column, run, r->block + done);
    done += run;
  }
  return r->block;
}

static char *result_address(const sy_result *out, size_t row, size_t column) {
  size_t at = row * out->row_stride + column * out->stride;
  return (char *)out->data + at * sy_dtype_size(out->dtype);
}

static void store_run(const sy_loops *loops, const sy_result *out, size_t row, size_t column,
                      const double *from, size_t n) {
  void *to = result_address(out, row, column);
  size_t stride = out->stride;
  if (out->dtype == SY_F64) {
    for (size_t i = 0; i < n; i++) ((double *)to)[i * stride] = from[i];
  } else if (stride == 1) {
    loops->narrow(from, n, to);
  } else {
    for (size_t i = 0; i < n; i++) ((float *)to)[i * stride] = (float)from[i];
  }
}

static void store_block(const sy_loops *loops, const sy_result *out, int flat, size_t columns,
                        size_t at, const double *from, size_t n) {
  if (flat) {
    sy_result line = *out;
    line.stride = 1;
    store_run(loops, &line, 0, at, from, n);
    return;
  }
  for (size_t done = 0; done < n;) {
    size_t row = (at + done) / columns, column = (at + done) % columns;
    size_t run = columns - column < n - done ? columns - column : n - done;
    store_run(loops, out, row, column, from + done, run);
    done += run;
  }
}

/* ---------------------------------------------------------------- number by number ----------- */

void sy_combine(const sy_loops *loops, sy_combination kind, size_t rows, size_t columns,
                sy_operand a, sy_operand b, double factor, sy_result out) {
  size_t total = rows * columns;
  int flat = follows(rows, columns, out.row_stride, out.stride);
  double block[BLOCK];
  reader ra, rb;
  open_reader(&ra, loops, rows, columns, a);
  open_reader(&rb, loops, rows, columns, b);
  for (size_t at = 0; at < total; at += BLOCK) {
    size_t n = total - at < BLOCK ? total - at : BLOCK;
    double *to = flat && out.dtype == SY_F64 ? (double *)out.data + at : block;
    loops->combine(kind, read_block(&ra, at, n), read_block(&rb, at, n), factor, n, to);
    if (to == block) store_block(loops, &out, flat, columns, at, block, n);
  }
}

void sy_map_numbers(const sy_loops *loops, sy_function kind, size_t rows, size_t columns,
                    sy_operand x, double low, double high, sy_result out) {
  size_t total = rows * columns;
  int flat = follows(rows, columns, out.row_stride, out.stride);
  double block[BLOCK];
  reader r;
  open_reader(&r, loops, rows, columns, x);
  for (size_t at = 0; at < total; at += BLOCK) {
    size_t n = total - at < BLOCK ? total - at : BLOCK;
    double *to = flat && out.dtype == SY_F64 ? (double *)out.data + at : block;
    loops->map(kind, read_block(&r, at, n), low, high, n, to);
    if (to == block) store_block(loops, &out, flat, columns, at, block, n);
  }
}

/* ---------------------------------------------------------------- sums of products ----------- */

static double inner(const sy_kernels *kernels, const sy_loops *loops, size_t rows, size_t columns,
                    sy_operand a, sy_operand b) {
  size_t total = rows * columns;
  double sum = 0;
  reader ra, rb;
  open_reader(&ra, loops, rows, columns, a);
  open_reader(&rb, loops, rows, columns, b);
  for (size_t at = 0; at < total; at += BLOCK) {
    size_t n = total - at < BLOCK ? total - at : BLOCK;
    sum += kernels->dot(read_block(&ra, at, n), read_block(&rb, at, n), n);
  }
  return sum;
}

double sy_inner(const sy_loops *loops, size_t rows, size_t columns, sy_operand a, sy_operand b) {
  return inner(sy_best_kernels(), loops, rows, columns, a, b);
}

/* Rows that a block holds several of: the same sums, of one block each. */
static void times_short(const sy_loops *loops, size_t rows, size_t columns, sy_operand matrix,
                        sy_operand vector, sy_result out) {
  const sy_kernels *kernels = sy_best_kernels();
  const size_t most = BLOCK / columns;
  double sums[BLOCK];
  reader rm, rv;
  open_reader(&rm, loops, rows, columns, matrix);
  open_reader(&rv, loops, 1, columns, vector);
  const double *v = read_block(&rv, 0, columns);
  for (size_t i = 0; i < rows; i += most) {
    size_t n = rows - i < most ? rows - i : most;
    const double *m = read_block(&rm, i * columns, n * columns);
    for (size_t k = 0; k < n; k++) sums[k] = 0.0 + kernels->dot(m + k * columns, v, columns);
    store_run(loops, &out, 0, i, sums, n);
  }
}

void sy_times(const sy_loops *loops, size_t rows, size_t columns, sy_operand matrix,
              sy_operand vector, sy_result out) {
  const sy_kernels *kernels = sy_best_kernels();
  if (columns > 0 && columns <= BLOCK) {
    times_short(loops, rows, columns, matrix, vector, out);
    return;
  }
  for (size_t i = 0; i < rows; i++) {
    sy_operand row = matrix;
    double sum;
    row.data = address(&matrix, i, 0);
    sum = inner(kernels, loops, 1, columns, row, vector);
    store_run(loops, &out, 0, i, &sum, 1);
  }
}

/* ---------------------------------------------------------------- groups --------------------- */

/* The first row whose code is not within 0 .. groups, or rows. */
static size_t first_stray(size_t rows, const int32_t *codes, size_t groups) {
  for (size_t i = 0; i < rows; i++)
    if (codes[i] < 0 || (size_t)codes[i] > groups) return i;
  return rows;
}

static void sum_numbers(const sy_loops *loops, size_t rows, sy_operand values, const int32_t *codes,
                        double *sums) {
  reader r;
  open_reader(&r, loops, rows, 1, values);
  for (size_t at = 0; at < rows; at += BLOCK) {
    size_t n = rows - at < BLOCK ? rows - at : BLOCK;
    const double *x = read_block(&r, at, n);
    for (size_t k = 0; k < n; k++)
      if (codes[at + k] > 0) sums[codes[at + k] - 1] += x[k];
  }
}

size_t sy_group_sums(const sy_loops *loops, size_t rows, size_t columns, sy_operand values,
                     const int32_t *codes, size_t groups, double *sums) {
  size_t stray = first_stray(rows, codes, groups);
  double block[BLOCK];
  if (stray < rows) return stray;
  if (columns == 1) {
    sum_numbers(loops, rows, values, codes, sums);
    return rows;
  }
  for (size_t i = 0; i < rows; i++) {
    double *to = codes[i] > 0 ? sums + ((size_t)codes[i] - 1) * columns : NULL;
    for (size_t j = 0; j < columns && to; j += BLOCK) {
      size_t n = columns - j < BLOCK ? columns - j : BLOCK;
      load_run(loops, &values, i, j, n, block);
      for (size_t k = 0; k < n; k++) to[j + k] += block[k];
    }
  }
  return rows;
}

static double number_at(const sy_operand *x, size_t row) {
  const char *from = address(x, row, 0);
  switch (x->dtype) {
    case SY_F32: return (double)*(const float *)(const void *)from;
    case SY_F64: return *(const double *)(const void *)from;
    case SY_I32: return *(const int32_t *)(const void *)from;
    case SY_I64: return (double)*(const int64_t *)(const void *)from;
  }
  return 0.0;
}

static void spread_numbers(const sy_loops *loops, size_t rows, sy_operand per_group,
                           const int32_t *codes, sy_result out) {
  double block[BLOCK];
  for (size_t at = 0; at < rows; at += BLOCK) {
    size_t n = rows - at < BLOCK ? rows - at : BLOCK;
    for (size_t k = 0; k < n; k++)
      block[k] = codes[at + k] > 0 ? number_at(&per_group, (size_t)codes[at + k] - 1) : 0.0;
    store_block(loops, &out, 1, 1, at, block, n);
  }
}

size_t sy_spread(const sy_loops *loops, size_t rows, size_t columns, sy_operand per_group,
                 const int32_t *codes, size_t groups, sy_result out) {
  size_t stray = first_stray(rows, codes, groups);
  double block[BLOCK];
  if (stray < rows) return stray;
  if (columns == 1) {
    spread_numbers(loops, rows, per_group, codes, out);
    return rows;
  }
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < columns; j += BLOCK) {
      size_t n = columns - j < BLOCK ? columns - j : BLOCK;
      if (codes[i] > 0) load_run(loops, &per_group, (size_t)codes[i] - 1, j, n, block);
      else memset(block, 0, n * sizeof *block);
      store_run(loops, &out, i, j, block, n);
    }
  }
  return rows;
}
