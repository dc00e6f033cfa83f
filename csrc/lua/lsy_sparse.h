/*
 * lsy_sparse.h - sparse matrices as arguments: a bag {ids, offsets [, weights]}.
 */
#ifndef LSY_SPARSE_H
#define LSY_SPARSE_H

#include "lua/lsy.h"
#include "steelyard/sparse.h"

/*
 * The bag at an argument: ids (i32, from 1 to columns), offsets (i64, from 0, one more than rows),
 * weights (f32) where it has some. columns 0: as many as the largest id says. Arrays of these types
 * are used as they are; copies of others stay on the stack, in one slot. Raises where the argument is
 * no bag, and names the row or entry that breaks the order of a sparse matrix. O(entries).
 */
void lsy_checksparse(lua_State *L, int arg, const char *name, size_t columns, sy_sparse *matrix);

/* The same, or 0 for nil or none. */
int lsy_optsparse(lua_State *L, int arg, const char *name, size_t columns, sy_sparse *matrix);

/* A new bag {ids, offsets [, weights] [, times]} of so many rows and entries, on top of the stack. */
typedef struct lsy_bag {
  int32_t *ids;
  int64_t *offsets; /* the first one is set */
  float *weights;   /* NULL: none */
  double *times;    /* NULL: none */
} lsy_bag;

lsy_bag lsy_newbag(lua_State *L, size_t rows, size_t entries, int weighted, int timed);

/* The times (f64) of the bag at an argument, on top of the stack (nil and NULL: none). */
const double *lsy_bagtimes(lua_State *L, int arg, const sy_sparse *matrix);

/* The bag of pairs, whose rows and columns were checked, on top of the stack. Gives how many pairs
   were merged with others. */
size_t lsy_buildbag(lua_State *L, const sy_sparse_pairs *pairs, size_t rows);

#endif /* LSY_SPARSE_H */
