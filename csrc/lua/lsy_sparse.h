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

/* The row numbers at an argument, from 1 up, as a copy that counts from 0 and stays on the stack. */
const int64_t *lsy_checkrows(lua_State *L, int arg, const char *name, size_t *count);

/*
 * The bag at an argument where only some of its rows, from 0, are looked at: as lsy_checksparse, but
 * the others may be anything. A row that is not there raises. O(entries of these rows).
 */
void lsy_checkpicked(lua_State *L, int arg, const char *name, const int64_t *rows, size_t count,
                     sy_sparse *matrix);

/* Put a copy of its first n numbers in the place of a longer vector on the stack (nil stays). */
void lsy_shorten(lua_State *L, int place, size_t n);

void lsy_open_interactions(lua_State *L);
void lsy_open_sparse(lua_State *L);
void lsy_open_sparse_rank(lua_State *L);
void lsy_open_sparse_split(lua_State *L);

/*
 * The scores at an argument: a matrix, f32 or f64, of which a view whose rows lie apart is used as it
 * is. What is copied replaces the argument.
 */
sy_score_matrix lsy_checkscores(lua_State *L, int arg);

#endif /* LSY_SPARSE_H */
