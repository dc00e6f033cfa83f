/*
 * naive.c - the same jobs as anybody would write them first: clear loops and qsort, one thread.
 * What the library is measured against; also short enough to be checked by eye.
 */
#include "naive.h"

#include <math.h>
#include <stdlib.h>

typedef struct item {
  float score;
  int row;
} item;

static int by_score(const void *a, const void *b) {
  const item *x = a, *y = b;
  if (x->score != y->score) return x->score > y->score ? -1 : 1;
  return x->row - y->row;
}

static int descending(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return x > y ? -1 : x < y;
}

void naive_score(const double *weights, size_t tasks, const float *const *columns, size_t from,
                 size_t n, float *scores) {
  for (size_t i = 0; i < n; i++) {
    float sum = 0;
    for (size_t t = 0; t < tasks; t++) sum += (float)weights[t] * columns[t][from + i];
    scores[i] = sum;
  }
}

void naive_rank(const float *scores, size_t n, int *order) {
  item *items = malloc(n * sizeof *items);
  for (size_t i = 0; i < n; i++) items[i] = (item){scores[i], (int)i};
  qsort(items, n, sizeof *items, by_score);
  for (size_t r = 0; r < n; r++) order[r] = items[r].row;
  free(items);
}

double naive_ndcg(const float *scores, const float *gains, size_t n, size_t k) {
  int *order = malloc(n * sizeof *order);
  float *best = malloc(n * sizeof *best);
  double dcg = 0, ideal = 0;
  size_t places = k && k < n ? k : n;
  naive_rank(scores, n, order);
  for (size_t i = 0; i < n; i++) best[i] = gains[i];
  qsort(best, n, sizeof *best, descending);
  for (size_t r = 0; r < places; r++) {
    double discount = 1.0 / log2((double)r + 2.0);
    dcg += gains[order[r]] * discount;
    ideal += best[r] * discount;
  }
  free(order);
  free(best);
  return ideal > 0 ? dcg / ideal : 0;
}
