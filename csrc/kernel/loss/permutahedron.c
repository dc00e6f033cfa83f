/*
 * permutahedron.c - soft ranks by projection onto the permutahedron (Blondel et al. 2020).
 *
 * With items numbered 1 .. n in order of value, largest first, and z = -values / temperature, the
 * soft ranks are the projection of z onto the hull of all permutations of 1 .. n: in half the
 * squared distance (l2), or in relative entropy from exp(z) (kl). Optimality says that the items
 * fall into blocks of neighbours, in each of which
 *
 *   l2   rank_i = z_i - mean of z + mean of the hard ranks     level = mean of (z_i - i)
 *   kl   rank_i = softmax(z)_i * sum of the hard ranks         level = log sum exp(z_i) - log sum i
 *
 * and that levels rise from block to block. Pooling adjacent violators finds them: each item begins
 * as a block, and is merged with the block before it while that one's level is the higher. A
 * block's level is kept relative to its first item, so that differences stay exact wherever the
 * values lie.
 */
#include <math.h>

#include "kernel/dcg.h"
#include "kernel/loss/loss.h"

/* The blocks so far, in order of rank: where each starts, and its relative level. */
typedef struct pool {
  const double *values;
  const int32_t *order;
  double temperature;
  sy_soft soft;
  size_t count;
  int32_t *starts; /* count + 1 of them */
  double *levels;  /* l2: sum of (z_i - z_start - (i - start)); kl: log sum exp(z_i - z_start) */
} pool;

/* By how many temperatures the item at rank b has the lower value: z_b - z_a. */
static double behind(const pool *p, size_t a, size_t b) {
  return (p->values[p->order[a]] - p->values[p->order[b]]) / p->temperature;
}

static double size_of(const pool *p, size_t block) {
  return (double)(p->starts[block + 1] - p->starts[block]);
}

/* The sum of a block's hard ranks. */
static double rank_sum(const pool *p, size_t block) {
  return 0.5 * size_of(p, block) * ((double)p->starts[block] + (double)p->starts[block + 1] + 1.0);
}

/* Must a block be merged with the one behind it? */
static int violates(const pool *p, size_t block) {
  size_t start = (size_t)p->starts[block], next = (size_t)p->starts[block + 1];
  double apart = behind(p, start, next), here = p->levels[block], there = p->levels[block + 1];
  if (p->soft == SY_SOFT_KL)
    return here - log(rank_sum(p, block)) > apart + there - log(rank_sum(p, block + 1));
  return here / size_of(p, block) > apart - (double)(next - start) + there / size_of(p, block + 1);
}

/* Merge the last two blocks. */
static void merge(pool *p) {
  size_t block = p->count - 2, start = (size_t)p->starts[block],
         next = (size_t)p->starts[block + 1];
  double apart = behind(p, start, next);
  if (p->soft == SY_SOFT_KL)
    p->levels[block] = sy_log_add(p->levels[block], apart + p->levels[block + 1]);
  else
    p->levels[block] +=
        p->levels[block + 1] + size_of(p, block + 1) * (apart - (double)(next - start));
  p->starts[block + 1] = p->starts[block + 2];
  p->count--;
}

static void find_blocks(pool *p, size_t n) {
  for (size_t r = 0; r < n; r++) {
    p->starts[p->count] = (int32_t)r;
    p->starts[p->count + 1] = (int32_t)r + 1;
    p->levels[p->count++] = 0;
    while (p->count > 1 && violates(p, p->count - 2)) merge(p);
  }
}

/* The ranks within a block, from its level. */
static void rank_block(const pool *p, size_t block, double *ranks, int32_t *blocks) {
  size_t start = (size_t)p->starts[block], end = (size_t)p->starts[block + 1];
  double sum = rank_sum(p, block), level = p->levels[block];
  for (size_t r = start; r < end; r++) {
    double z = behind(p, start, r);
    int32_t item = p->order[r];
    blocks[item] = (int32_t)block;
    if (end - start == 1) ranks[item] = (double)end;
    else if (p->soft == SY_SOFT_KL) ranks[item] = sum * exp(z - level);
    else ranks[item] = z - level / (double)(end - start) + (double)start + 1.0;
  }
}

void sy_permutahedron(const sy_work *work, sy_slot *slot, const double *values, size_t n,
                      double temperature, sy_soft soft, double *ranks, int32_t *blocks) {
  pool p = {.values = values,
            .order = slot->order,
            .temperature = temperature,
            .soft = soft,
            .starts = slot->sorting.indices[0],
            .levels = slot->others};
  sy_order_by_score(work, slot, (sy_reals){values, SY_F64}, n, n, NULL, slot->order);
  find_blocks(&p, n);
  for (size_t b = 0; b < p.count; b++) rank_block(&p, b, ranks, blocks);
}

/*
 * Within a block, l2 takes the mean off the pulls; kl weighs by the ranks first. Both are symmetric
 * Jacobians in z, and z is -values / temperature.
 */
void sy_permutahedron_pull(sy_slot *slot, const double *ranks, const int32_t *blocks,
                           const double *pulls, size_t n, double temperature, sy_soft soft,
                           double *gradient) {
  double *sums = slot->others, *masses = slot->keys;
  for (size_t i = 0; i < n; i++) sums[i] = masses[i] = 0;
  for (size_t i = 0; i < n; i++) {
    double mass = soft == SY_SOFT_KL ? ranks[i] : 1.0;
    sums[blocks[i]] += mass * pulls[i];
    masses[blocks[i]] += mass;
  }
  for (size_t i = 0; i < n; i++) {
    double mass = soft == SY_SOFT_KL ? ranks[i] : 1.0;
    double excess = pulls[i] - sums[blocks[i]] / masses[blocks[i]];
    gradient[i] = masses[blocks[i]] == mass ? 0.0 : -mass * excess / temperature;
  }
}
