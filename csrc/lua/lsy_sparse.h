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

#endif /* LSY_SPARSE_H */
