/*
 * elementwise.h - arithmetic over whole arrays of any type and layout. Computed in doubles, and
 * rounded once; NaN and infinities go through as IEEE 754 says. The same bits everywhere, whatever
 * the layout.
 */
#ifndef SY_KERNEL_ELEMENTWISE_H
#define SY_KERNEL_ELEMENTWISE_H

#include "kernel/vector/elementwise.h"

/* The loops of an instruction set (NULL: the best), or NULL where the machine has it not. */
const sy_loops *sy_find_loops(const char *cpu);

/*
 * Rows and columns of numbers, read at strides (elements between rows, and between columns). A
 * stride of 0 repeats: a vector for each row, a number for all.
 */
typedef struct sy_operand {
  const void *data;
  sy_dtype dtype;
  size_t row_stride, stride;
} sy_operand;

/* Where a result goes: SY_F32 or SY_F64. It may be an operand itself, of the same strides. */
typedef struct sy_result {
  void *data;
  sy_dtype dtype;
  size_t row_stride, stride;
} sy_result;

void sy_combine(const sy_loops *loops, sy_combination kind, size_t rows, size_t columns,
                sy_operand a, sy_operand b, double factor, sy_result out);
void sy_map_numbers(const sy_loops *loops, sy_function kind, size_t rows, size_t columns,
                    sy_operand x, double low, double high, sy_result out);

/* The sum of products: by blocks of 512 numbers, each in eight lanes, added in their order. */
double sy_inner(const sy_loops *loops, size_t rows, size_t columns, sy_operand a, sy_operand b);

/* out[i] = the inner product, as above, of row i and a vector. */
void sy_times(const sy_loops *loops, size_t rows, size_t columns, sy_operand matrix,
              sy_operand vector, sy_result out);

/*
 * Sums by groups: sums[(code - 1) columns + j] += row i's numbers, in the order of rows, for codes
 * from 1 to groups; 0 counts nowhere. Returns rows, or the first row whose code is none of these;
 * nothing is added then.
 */
size_t sy_group_sums(const sy_loops *loops, size_t rows, size_t columns, sy_operand values,
                     const int32_t *codes, size_t groups, double *sums);

/*
 * The other way: row i of out is row code - 1 of `groups` rows, or zeroes for code 0. out's rows
 * follow one another. Returns as above.
 */
size_t sy_spread(const sy_loops *loops, size_t rows, size_t columns, sy_operand per_group,
                 const int32_t *codes, size_t groups, sy_result out);

#endif
