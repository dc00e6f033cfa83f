/*
 * naive.h - plain versions of the library's jobs, on one request.
 */
#ifndef NAIVE_H
#define NAIVE_H

#include <stddef.h>

void naive_score(const double *weights, size_t tasks, const float *const *columns, size_t from,
                 size_t n, float *scores);
void naive_rank(const float *scores, size_t n, int *order);
double naive_ndcg(const float *scores, const float *gains, size_t n, size_t k);

#endif
