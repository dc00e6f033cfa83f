/*
 * kendall_tau.c - Kendall's tau-b between scores and labels, by Knight's merge sort.
 */
#include <string.h>

#include "kernel/measure/ranking.h"

static double pairs(size_t n) { return (double)n * ((double)n - 1) / 2; }

/* Merge two descending halves; returns how many pairs stood the wrong way. */
static double merge(const double *from, size_t middle, size_t n, double *to) {
  double wrong = 0;
  size_t left = 0, right = middle;
  for (size_t i = 0; i < n; i++) {
    if (right == n || (left < middle && from[left] >= from[right])) {
      to[i] = from[left++];
    } else {
      wrong += (double)(middle - left);
      to[i] = from[right++];
    }
  }
  return wrong;
}

/* Sort n labels, largest first; returns how many pairs stood the wrong way. */
static double sort_labels(double **labels, double **spare, size_t n) {
  double wrong = 0;
  for (size_t width = 1; width < n; width *= 2) {
    for (size_t i = 0; i < n; i += 2 * width) {
      size_t size = n - i < 2 * width ? n - i : 2 * width;
      wrong += merge(*labels + i, size < width ? size : width, size, *spare + i);
    }
    double *sorted = *spare;
    *spare = *labels;
    *labels = sorted;
  }
  return wrong;
}

/* Pairs of equals among n sorted labels. */
static double equal_pairs(const double *labels, size_t n) {
  double sum = 0;
  for (size_t first = 0, last; first < n; first = last) {
    for (last = first + 1; last < n && labels[last] == labels[first];) last++;
    sum += pairs(last - first);
  }
  return sum;
}

/* Ties of scores: groups are sorted, so that none of their pairs is wrong. */
typedef struct tied {
  double scores, both; /* pairs with equal scores; with equal scores and labels */
} tied;

static tied sort_groups(const sy_ranking *r, double *labels) {
  tied t = {0, 0};
  size_t first = 0;
  for (size_t g = 0; g < r->groups; g++) {
    size_t last = (size_t)r->ends[g], n = last - first;
    if (n > 1) {
      sy_kernel_largest(r->work->kernels, SY_F64, r->grades + first, n, n, &r->slot->sorting,
                        labels + first);
      t.scores += pairs(n);
      t.both += equal_pairs(labels + first, n);
    }
    first = last;
  }
  return t;
}

static double value(const sy_ranking *r, const sy_metric *m) {
  double *labels = r->room, *spare = r->slot->keys;
  size_t n = r->retrieved;
  (void)m;
  memcpy(labels, r->grades, n * sizeof *labels);
  tied t = sort_groups(r, labels);
  double wrong = sort_labels(&labels, &spare, n), equal = equal_pairs(labels, n);
  double all = pairs(n), untied = (all - t.scores) * (all - equal);
  return untied > 0 ? (all - t.scores - equal + t.both - 2 * wrong) / sqrt(untied) : (double)NAN;
}

const sy_metric_kind sy_metric_kendall_tau = {
    .name = "kendall_tau",
    .alias = "tau",
    .help = "Kendall's tau-b between scores and labels: pairs in the same order less pairs in the "
            "opposite one, divided by sqrt of the pairs not tied in scores times those not tied in "
            "labels. Under other orders of ties than average, scores count as not tied.",
    .source = "Kendall 1945; Knight 1966; SciPy kendalltau",
    .flags = SY_METRIC_BITS,
    .perfect = 1,
    .ties = SY_TIES_AVERAGE,
    .value = value,
    .expected = value,
};
