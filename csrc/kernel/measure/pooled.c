/*
 * pooled.c - AUC over all rows of a log, however many requests they belong to.
 *
 * The scores of relevant rows and those of the others are sorted apart, as whole numbers that keep
 * their order, and counted while the two are merged: 8 bytes a row for f32 scores, 16 for f64.
 */
#include <string.h>

#include "kernel/measure/ranking.h"

#define CHUNK 1024 /* rows that are scored at a time */
#define DIGIT 11   /* bits of a digit */

/* Ascending keys for ascending scores; -0 is 0. */
static uint32_t key_f32(float value) {
  uint32_t bits, sign = UINT32_C(1) << 31;
  value += 0.0f;
  memcpy(&bits, &value, sizeof bits);
  return bits & sign ? ~bits : bits | sign;
}

static uint64_t key_f64(double value) {
  uint64_t bits, sign = UINT64_C(1) << 63;
  value += 0.0;
  memcpy(&bits, &value, sizeof bits);
  return bits & sign ? ~bits : bits | sign;
}

/* For one width of keys: sort them, digit by digit, and count pairs of two sorted lists. */
#define DEFINE_COUNTING(KEY, NAME)                                                                 \
  static KEY *sort_##NAME(KEY *keys, KEY *spare, size_t n) {                                       \
    for (int shift = 0; shift < (int)(8 * sizeof(KEY)); shift += DIGIT) {                          \
      size_t starts[(1 << DIGIT) + 1] = {0};                                                       \
      for (size_t i = 0; i < n; i++) starts[(keys[i] >> shift & ((1 << DIGIT) - 1)) + 1]++;        \
      for (int d = 0; d < 1 << DIGIT; d++) starts[d + 1] += starts[d];                             \
      for (size_t i = 0; i < n; i++)                                                               \
        spare[starts[keys[i] >> shift & ((1 << DIGIT) - 1)]++] = keys[i];                          \
      KEY *sorted = spare;                                                                         \
      spare = keys;                                                                                \
      keys = sorted;                                                                               \
    }                                                                                              \
    return keys;                                                                                   \
  }                                                                                                \
                                                                                                   \
  /* Pairs whose relevant one is higher, and, counted `tied` each, pairs of equals. */             \
  static double pairs_##NAME(const KEY *relevant, size_t r, const KEY *others, size_t n,           \
                             double tied) {                                                        \
    double pairs = 0;                                                                              \
    size_t below = 0, equal = 0;                                                                   \
    for (size_t i = 0; i < r; i++) {                                                               \
      while (below < n && others[below] < relevant[i]) below++;                                    \
      if (equal < below) equal = below;                                                            \
      while (equal < n && others[equal] == relevant[i]) equal++;                                   \
      pairs += (double)below + tied * (double)(equal - below);                                     \
    }                                                                                              \
    return pairs;                                                                                  \
  }

DEFINE_COUNTING(uint32_t, u32)
DEFINE_COUNTING(uint64_t, u64)

/* What is collected: relevant keys from the front, others from the back. */
typedef struct pool {
  const sy_log *log;
  const sy_metric *metric;
  size_t rows, relevant, others;
  sy_dtype dtype; /* of the scores as they are compared: SY_F32 or SY_F64 */
  void *keys, *spare;
} pool;

static int is_relevant(const pool *p, size_t row) {
  double label = sy_vector_at(p->log->labels, row);
  if (p->log->judged && p->log->judged[row] != 1) return 0;
  return isnan(p->metric->relevance) ? label > 0 : label >= p->metric->relevance;
}

static void add(pool *p, size_t row, double score) {
  size_t at = is_relevant(p, row) ? p->relevant++ : p->rows - ++p->others;
  if (p->dtype == SY_F32) ((uint32_t *)p->keys)[at] = key_f32((float)score);
  else ((uint64_t *)p->keys)[at] = key_f64(score);
}

/* The scores of some rows, given or made, as doubles; f32 ones are doubles, too. */
static void load_scores(const pool *p, size_t from, size_t n, double *scores) {
  const sy_predictions *made = p->log->predictions;
  double room[CHUNK + SY_PAD];
  sy_vector vector = {room, p->dtype};
  if (made)
    sy_kernel_score(sy_best_kernels(), p->dtype, p->log->weights, made->tasks, made->tasks,
                    made->columns, from, n, room);
  else vector = sy_vector_from(p->log->scores, from);
  for (size_t i = 0; i < n; i++) scores[i] = sy_vector_at(vector, i);
}

static sy_status collect(pool *p, sy_error *error) {
  double scores[CHUNK];
  for (size_t from = 0; from < p->rows; from += CHUNK) {
    size_t n = p->rows - from < CHUNK ? p->rows - from : CHUNK;
    load_scores(p, from, n, scores);
    for (size_t i = 0; i < n; i++) {
      if (isnan(scores[i])) return sy_fail(error, SY_E_NUMBER, "scores[%zu]: NaN", from + i + 1);
      if (!isfinite(sy_vector_at(p->log->labels, from + i)))
        return sy_fail(error, SY_E_NUMBER, "gains[%zu]: not a finite number", from + i + 1);
      add(p, from + i, scores[i]);
    }
  }
  return SY_OK;
}

static double count_u32(const pool *p, double tied) {
  uint32_t *keys = p->keys, *spare = p->spare;
  uint32_t *relevant = sort_u32(keys, spare, p->relevant);
  uint32_t *others = sort_u32(keys + p->relevant, spare + p->relevant, p->others);
  return pairs_u32(relevant, p->relevant, others, p->others, tied);
}

static double count_u64(const pool *p, double tied) {
  uint64_t *keys = p->keys, *spare = p->spare;
  uint64_t *relevant = sort_u64(keys, spare, p->relevant);
  uint64_t *others = sort_u64(keys + p->relevant, spare + p->relevant, p->others);
  return pairs_u64(relevant, p->relevant, others, p->others, tied);
}

static double share(const pool *p) {
  double tied = p->metric->ties == SY_TIES_BEST ? 1 : p->metric->ties == SY_TIES_WORST ? 0 : 0.5;
  double all = (double)p->relevant * (double)p->others;
  if (p->relevant == 0 || p->others == 0) return (double)NAN;
  return (p->dtype == SY_F32 ? count_u32(p, tied) : count_u64(p, tied)) / all;
}

sy_status sy_pooled_auc(const sy_log *log, const sy_metric *metric, const sy_memory *memory,
                        double *value, sy_error *error) {
  pool p = {.log = log, .metric = metric};
  sy_dtype given = log->predictions ? log->predictions->dtype : log->scores.dtype;
  if (metric->ties == SY_TIES_INPUT || metric->ties == SY_TIES_NAME)
    return sy_fail(error, SY_E_UNSUPPORTED, "auc over all rows: ties are average, best or worst");
  p.rows = (size_t)log->requests.offsets[log->requests.count];
  p.dtype = given == SY_F32 ? SY_F32 : SY_F64;
  size_t bytes = p.rows * (p.dtype == SY_F32 ? sizeof(uint32_t) : sizeof(uint64_t));
  p.keys = sy_allocate(memory, bytes + 1);
  p.spare = sy_allocate(memory, bytes + 1);
  sy_status status = p.keys && p.spare ? collect(&p, error) : sy_fail_memory(error);
  if (!status) *value = share(&p);
  sy_release(memory, p.keys, bytes + 1);
  sy_release(memory, p.spare, bytes + 1);
  return status;
}
