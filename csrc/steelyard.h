/*
 * steelyard.h - the public C interface of Steelyard, all that a C host includes.
 *
 * A value model turns a ranking model's many predictions for one item into the one score by which a
 * recommender sorts.  This library loads value models and ranks with them, measures rankings, and
 * evaluates the quantities by which a value model's weights are tuned.
 *
 * The header reads from simple to advanced:
 *
 *   1. Basics           version, status, errors, memory
 *   2. Serving          load a value model, score and rank the candidates of one request
 *   3. One request      order, DCG and NDCG of one request, with every convention explicit
 *   4. Many requests    the same over a log of requests, on any number of threads
 *   5. Tuning           NDCG gaps and regrets of a value model's tasks, and smooth stand-ins
 *   6. Data             read CSV, TSV, JSON Lines, LETOR/SVMlight; NPY files; group rows
 *   7. Machine          processor dispatch, threads, random numbers
 *
 * Conventions
 *   - Every function that can fail returns a sy_status and, on failure, describes it in one line in the
 *     optional sy_error. Its outputs are then left alone, but for arrays with an entry for each request
 *     or row: those of requests before the bad one may have been written.
 *   - Indices are 0-based.  Sizes are size_t.  Inputs come first, outputs last.
 *   - Nothing here prints, exits, reads the environment or keeps state between calls; there are no
 *     mutable globals.  Objects belong to one thread at a time; const objects may be shared.
 *   - Results have the same bits for every number of threads and every instruction set.
 */
#ifndef STEELYARD_H
#define STEELYARD_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef SY_API
#if defined(__GNUC__)
#define SY_API __attribute__((visibility("default")))
#else
#define SY_API
#endif
#endif

/* ================================================================== 1. Basics ================== */

#define SY_VERSION_MAJOR 0
#define SY_VERSION_MINOR 1
#define SY_VERSION_PATCH 0
#define SY_VERSION "0.1.0"

/* The version of the library that is linked, as "MAJOR.MINOR.PATCH". */
SY_API const char *sy_version(void);

typedef enum sy_status {
  SY_OK = 0,
  SY_E_MEMORY = -1,      /* an allocation failed */
  SY_E_ARGUMENT = -2,    /* an argument makes no sense: the caller's mistake */
  SY_E_NUMBER = -3,      /* NaN, or an infinity where a finite number is needed */
  SY_E_IO = -4,          /* the system refused to open, read, write or rename a file */
  SY_E_FORMAT = -5,      /* a file's content is not what its format or the caller asks for */
  SY_E_UNSUPPORTED = -6, /* this build or this machine cannot do it */
  SY_E_LIMIT = -7        /* more than a documented bound */
} sy_status;

/* What a status means, in a few words. Never NULL. */
SY_API const char *sy_status_text(sy_status status);

/* One failure in one line, for a person: names file, line, column or argument, and the value. */
typedef struct sy_error {
  sy_status status;
  char message[504];
} sy_error;

/*
 * The allocator of everything that a call creates. Its signature is lua_Alloc's, so that a Lua host
 * can hand over its own (lua_getallocf) and have all memory counted in one place: allocate when
 * block is NULL, free when new_size is 0 (and return NULL), else resize. It returns NULL when there
 * is no memory; shrinking may not fail. A NULL sy_memory pointer means malloc. (cJSON's tree and
 * zlib's window, which live while a file is being read, come from malloc in any case.)
 * The allocator is never called from inside a parallel region.
 */
typedef void *(*sy_alloc)(void *context, void *block, size_t old_size, size_t new_size);

typedef struct sy_memory {
  sy_alloc alloc;
  void *context;
} sy_memory;

/* The types of array elements. */
typedef enum sy_dtype { SY_F32 = 1, SY_F64 = 2, SY_I32 = 3, SY_I64 = 4 } sy_dtype;

/* Bytes of one element; 0 for an unknown type. */
SY_API size_t sy_dtype_size(sy_dtype dtype);

/* A contiguous array of numbers that somebody else owns; its length stands in the call. */
typedef struct sy_vector {
  const void *data;
  sy_dtype dtype;
} sy_vector;

static inline sy_vector sy_f32(const float *data) {
  sy_vector v = {data, SY_F32};
  return v;
}
static inline sy_vector sy_f64(const double *data) {
  sy_vector v = {data, SY_F64};
  return v;
}

/*
 * The shape of a log: request r owns the rows offsets[r] .. offsets[r + 1] - 1. offsets has
 * count + 1 entries, starts at 0 and never falls; empty requests are legal.
 */
typedef struct sy_requests {
  size_t count;
  const int64_t *offsets;
} sy_requests;

/* ================================================================== 2. Serving ================= */

/*
 * A value model: score(item) = sum over tasks of weight[task] * prediction[task], in the order of
 * the tasks in the file, where predictions first go through the task's calibrator if it has one
 * (steelyard/calibrators.h). Weights may be negative. A loaded model is immutable: threads may
 * share it.
 */
typedef struct sy_value_model sy_value_model;
typedef struct sy_calibrator sy_calibrator;

/*
 * Load a value model from a JSON file ({"weights": {"p_like": 0.5, ...}, "calibrators": {"p_like":
 * {...}}}, calibrators for some tasks or left out) or from text.
 * Duplicate keys, unknown keys, wrong types, no weights, calibrators without weights, non-finite
 * numbers and trailing text are refused, and the error names the JSON path. text need not end in a
 * zero byte; name stands for the file in messages.
 */
SY_API sy_status sy_value_model_load(const char *path, const sy_memory *memory,
                                     sy_value_model **model, sy_error *error);
SY_API sy_status sy_value_model_parse(const char *text, size_t length, const char *name,
                                      const sy_memory *memory, sy_value_model **model,
                                      sy_error *error);

/*
 * Make one from names and weights (both are copied). Refuses duplicates and non-finite weights.
 * calibrators: one a task, NULL for none; they are copied, too.
 */
SY_API sy_status sy_value_model_new(const char *const *tasks, const double *weights, size_t count,
                                    const sy_memory *memory, sy_value_model **model,
                                    sy_error *error);
SY_API sy_status sy_value_model_new_calibrated(const char *const *tasks, const double *weights,
                                               const sy_calibrator *const *calibrators,
                                               size_t count, const sy_memory *memory,
                                               sy_value_model **model, sy_error *error);

/*
 * Write the model so that loading it gives back every bit of every number. The file is replaced
 * atomically: written beside path, synced, renamed. A crash leaves the old file or the new one.
 */
SY_API sy_status sy_value_model_save(const sy_value_model *model, const char *path,
                                     sy_error *error);

SY_API void sy_value_model_destroy(sy_value_model *model); /* NULL is fine */

SY_API size_t sy_value_model_count(const sy_value_model *model);
SY_API const char *sy_value_model_task(const sy_value_model *model, size_t task);
SY_API const double *sy_value_model_weights(const sy_value_model *model);

/* A task's calibrator, which lives as long as the model; NULL: it has none. */
SY_API const sy_calibrator *sy_value_model_calibrator(const sy_value_model *model, size_t task);

/* The index of a task, or -1. */
SY_API ptrdiff_t sy_value_model_find(const sy_value_model *model, const char *task);

/*
 * The scores of n items: calibrates and weighs. columns, dtype and scores are as for sy_score; the
 * bits are those of calibrating each column into its dtype and then sy_score.
 * codes[t][f][i]: the code (sy_calibrator_code_of_text, _of_number; below 0: unknown) that item i
 * has for feature f of task t's calibrator. Where codes, codes[t] or codes[t][f] is NULL, all of
 * them are unknown. No allocation.
 */
SY_API sy_status sy_value_model_score(const sy_value_model *model, const void *const *columns,
                                      const int32_t *const *const *codes, sy_dtype dtype, size_t n,
                                      void *scores);

/*
 * scores[i] = sum over t of weights[t] * columns[t][i], summed in the order of t.
 * columns: `tasks` arrays of n elements, all of type dtype (SY_F32 or SY_F64), which is the type of
 * scores too; the arithmetic is done in that type. No allocation; O(n * tasks).
 */
SY_API sy_status sy_score(const double *weights, size_t tasks, const void *const *columns,
                          sy_dtype dtype, size_t n, void *scores);

/* ================================================================== 3. One request ============= */

/* What an item's number is worth to DCG. */
typedef enum sy_gain {
  SY_GAIN_LINEAR = 0,      /* the number itself: gains may be probabilities */
  SY_GAIN_EXPONENTIAL = 1, /* 2^number - 1 (Burges et al. 2005; LightGBM, XGBoost) */
  SY_GAIN_TABLE = 2        /* the caller's own: metrics.h only (sy_log.gain_table) */
} sy_gain;

/* In which order items of equal score stand. */
typedef enum sy_ties {
  SY_TIES_INPUT = 0,   /* the earlier row first */
  SY_TIES_AVERAGE = 1, /* the mean over all orders of each group of equals (scikit-learn) */
  SY_TIES_BEST = 2,    /* the order that gives the highest DCG */
  SY_TIES_WORST = 3,   /* the order that gives the lowest DCG */
  SY_TIES_NAME = 4     /* by item name, descending (trec_eval) */
} sy_ties;

/* What a request whose ideal DCG is not above zero counts as. */
typedef enum sy_empty {
  SY_EMPTY_SKIP = 0, /* left out of the mean, and counted */
  SY_EMPTY_ZERO = 1,
  SY_EMPTY_ONE = 2
} sy_empty;

/*
 * The conventions of a ranking metric. All zeroes is the default: every rank counts, linear gain,
 * ties in input order, empty requests skipped.
 */
typedef struct sy_rule {
  size_t k; /* the cutoff: only the first k ranks count; 0 means all */
  sy_gain gain;
  sy_ties ties;
  sy_empty empty;
  const int32_t *names; /* SY_TIES_NAME: per row, the place of the item's name in ascending order */
} sy_rule;

/*
 * The scratch memory of rankings, made once and used by many calls, so that these never allocate.
 * It serves requests of up to `longest` items on up to `threads` threads; with threads 0 it serves
 * single requests only (sections 2 and 3) and is smaller.
 * For a block of your own (inline in another object, static, on the stack): sy_work_bytes says how
 * many bytes, sy_work_init lays a work out in them (any alignment). Otherwise sy_work_create. Beyond
 * the bounds, or more than the address space has, these give 0, NULL and SY_E_LIMIT.
 */
typedef struct sy_work sy_work;

#define SY_LONGEST_MAX INT32_MAX
#define SY_THREADS_MAX 4096

SY_API size_t sy_work_bytes(size_t longest, int threads);
SY_API sy_work *sy_work_init(void *block, size_t longest, int threads);
SY_API sy_status sy_work_create(size_t longest, int threads, const sy_memory *memory,
                                sy_work **work);
SY_API void sy_work_destroy(sy_work *work); /* only for one from sy_work_create */

/*
 * The order of n items by score, best first: order[0] is the index of the best item. Only the first
 * min(k, n) places are written (k = 0: all n). Equal scores: the earlier item first, or, where names
 * is given, the larger names[i] first. Infinite scores are legal, NaN is SY_E_NUMBER.
 * scores: SY_F32 or SY_F64. O(n) for small k, O(n log n) at most.
 */
SY_API sy_status sy_rank(sy_vector scores, size_t n, size_t k, const int32_t *names, sy_work *work,
                         int32_t *order, sy_error *error);

typedef struct sy_dcg {
  double dcg;   /* sum over ranks r = 1..k of gain / log2(r + 1) */
  double ideal; /* the same for the order by gain: the largest DCG these items can have */
} sy_dcg;

/*
 * DCG@k and ideal DCG@k of one request under a rule (rule->empty is not looked at): NDCG is
 * dcg / ideal where ideal > 0. The ideal comes from all n items, never from the selected top k.
 * Gains must be finite; negative gains are legal.
 * Source: Jarvelin and Kekalainen 2002 (gain, discount, ideal); ties: McSherry and Najork 2008.
 */
SY_API sy_status sy_dcg_one(sy_vector scores, sy_vector gains, size_t n, const sy_rule *rule,
                            sy_work *work, sy_dcg *result, sy_error *error);

/* ================================================================== 4. Many requests =========== */

/* A metric over a log. */
typedef struct sy_ndcg_mean {
  double ndcg;    /* mean over the requests that count; NaN when none does */
  double dcg;     /* mean DCG over the same requests */
  size_t counted; /* how many requests count */
  size_t empty;   /* how many had no gain at all (skipped, or counted as the rule says) */
} sy_ndcg_mean;

/*
 * NDCG@k of every request and its mean. per_request (count numbers) and per_request_dcg may be NULL;
 * a skipped request gets NaN there. Rows must be grouped as `requests` says (sy_group_rows).
 * Uses up to sy_work's threads. O(rows) for small k.
 */
SY_API sy_status sy_ndcg(sy_vector scores, sy_vector gains, sy_requests requests,
                         const sy_rule *rule, sy_work *work, double *per_request,
                         double *per_request_dcg, sy_ndcg_mean *mean, sy_error *error);

/*
 * The order of every request, best first, as rows counted from the start of the log. Each request
 * gives min(k, size) rows (k = 0: all of them), one request behind the other: request r's stand at
 * order[order_offsets[r]] .. order[order_offsets[r + 1] - 1]. order_offsets: count + 1 numbers; order:
 * room for sum of min(k, size), at most all rows.
 */
SY_API sy_status sy_rank_requests(sy_vector scores, sy_requests requests, size_t k,
                                  const int32_t *names, sy_work *work, int64_t *order,
                                  int64_t *order_offsets, sy_error *error);

/* ================================================================== 5. Tuning ================== */

/* The most tasks that the functions of this section take. */
#define SY_TASKS_MAX 100

/* Logged predictions: columns[t][row], all of one type (SY_F32 or SY_F64), all finite. */
typedef struct sy_predictions {
  size_t tasks;
  const void *const *columns;
  sy_dtype dtype;
  sy_requests requests;
} sy_predictions;

/* Whose arithmetic gaps and regrets follow. */
typedef enum sy_semantics {
  SY_SEMANTICS_STANDARD = 0,
  SY_SEMANTICS_SEED =
      1 /* the reference scripts': NDCG of the inverse permutation; comparison only */
} sy_semantics;

/*
 * The score, the order and NDCG@k of every request under `weights`, fused so that predictions are
 * read once: the same numbers as sy_score followed by sy_ndcg.
 */
SY_API sy_status sy_value_ndcg(const sy_predictions *predictions, const double *weights,
                               sy_vector gains, const sy_rule *rule, sy_work *work,
                               double *per_request, sy_ndcg_mean *mean, sy_error *error);

/*
 * The NDCG gap of every task: gaps[j] = mean over requests of
 *     1 - NDCG@k(order by the score with weight j set to 0; gains = the score itself),
 * how much of the ranking, as the value model itself values it, is lost without task j.
 * Requests whose ideal DCG is not above zero follow rule->empty. Linear gain only. O(rows * tasks^2)
 * and `tasks` + 1 rankings. gaps, counted (may be NULL): `tasks` numbers; a gap is NaN where no
 * request counts. Scores or gains too large to be added up are SY_E_NUMBER.
 *
 * orders is a memory for tuning, where weights move little from call to call: NULL, or room for
 * rows * (tasks + 1) numbers, all -1 before the first call and left alone between calls with the
 * same predictions and rule (they are not checked: others lead out of bounds). It makes rankings of all ranks (k = 0, ties by input) several times
 * faster and changes no result.
 */
SY_API sy_status sy_ndcg_gaps(const sy_predictions *predictions, const double *weights,
                              const sy_rule *rule, sy_semantics semantics, int32_t *orders,
                              sy_work *work, double *gaps, size_t *counted, sy_error *error);

/*
 * The regret of every task: regrets[j] = mean over requests of
 *     1 - NDCG@k(order by the score; gains = gains[j]),
 * how far the value model's ranking is from the best one for task j alone. gains: one vector per
 * task of the predictions' type, or NULL for the predictions themselves. ideals: NULL, or what
 * sy_ideal_dcg gave for the same gains and rule, which saves half the work (request-major:
 * ideals[r * tasks + j]). orders: as for sy_ndcg_gaps.
 */
SY_API sy_status sy_regrets(const sy_predictions *predictions, const double *weights,
                            const void *const *gains, const double *ideals, const sy_rule *rule,
                            sy_semantics semantics, int32_t *orders, sy_work *work, double *regrets,
                            size_t *counted, sy_error *error);

/* ideals[r * tasks + j]: the largest DCG that request r can have for the gains of task j. */
SY_API sy_status sy_ideal_dcg(const sy_predictions *predictions, const void *const *gains,
                              const sy_rule *rule, sy_work *work, double *ideals, sy_error *error);

/*
 * Smooth stand-ins for gaps and regrets with their derivatives, for optimizers that need a gradient
 * (ApproxNDCG: Qin, Liu and Li 2010). A rank becomes 1 + sum over the other items of
 * sigmoid((their score - mine) / temperature), the cutoff sigmoid((k + 1/2 - rank) / edge):
 * temperature is in units of the score, edge in ranks. A gap's ideal is softened likewise. As both
 * fall to 0 the values tend to the true ones. values: tasks numbers; jacobian[j * tasks + t] = d values[j] / d weights[t].
 * O(sum of n^2) per task; rule->ties does not matter. sy_smooth_regrets must be given ideals.
 */
SY_API sy_status sy_smooth_gaps(const sy_predictions *predictions, const double *weights,
                                const sy_rule *rule, double temperature, double edge, sy_work *work,
                                double *values, double *jacobian, sy_error *error);
SY_API sy_status sy_smooth_regrets(const sy_predictions *predictions, const double *weights,
                                   const void *const *gains, const double *ideals,
                                   const sy_rule *rule, double temperature, double edge,
                                   sy_work *work, double *values, double *jacobian,
                                   sy_error *error);

/* ================================================================== 6. Data ==================== */

typedef enum sy_format {
  SY_FORMAT_AUTO =
      0, /* by the file's name: .csv .tsv .jsonl .ndjson .letor .svm .svmlight .txt, .gz */
  SY_FORMAT_CSV = 1,   /* RFC 4180, first record is the header */
  SY_FORMAT_TSV = 2,   /* the same, separated by tabs */
  SY_FORMAT_JSONL = 3, /* one JSON object a line */
  SY_FORMAT_LETOR = 4  /* label qid:ID feature:value ... # comment */
} sy_format;

typedef enum sy_kind {
  SY_KIND_AUTO = 0, /* a number if the column's first value is one, else a category */
  SY_KIND_NUMBER = 1,
  SY_KIND_CATEGORY = 2 /* 32-bit codes in order of first appearance, and the names they stand for */
} sy_kind;

/* What to do with a number that is missing (empty, NA, null), NaN or infinite. */
typedef enum sy_missing {
  SY_MISSING_ERROR = 0, /* refuse the file, naming file, line and column */
  SY_MISSING_DROP = 1,  /* leave the row out */
  SY_MISSING_FILL = 2,  /* take sy_read_options.fill */
  SY_MISSING_KEEP = 3   /* keep NaN and infinities; missing becomes NaN */
} sy_missing;

typedef struct sy_column_request {
  const char *name;
  sy_kind kind;
} sy_column_request;

typedef struct sy_read_options {
  sy_format format;
  sy_dtype dtype; /* of number columns: SY_F64 (also when 0) or SY_F32 */
  sy_missing missing;
  double fill;
  const sy_column_request *columns; /* which columns to keep; NULL: all, SY_KIND_AUTO */
  size_t column_count;
} sy_read_options;

/* The columns of a file, held in blocks until sy_table_take moves them to the caller's memory. */
typedef struct sy_table sy_table;

/*
 * Read a file ("-" is standard input; gzip is recognised by content) in one streaming pass. Numbers
 * are parsed to the nearest double whatever the locale. The error names file, line, column, value.
 */
SY_API sy_status sy_table_read(const char *path, const sy_read_options *options,
                               const sy_memory *memory, sy_table **table, sy_error *error);
SY_API void sy_table_destroy(sy_table *table);

SY_API size_t sy_table_rows(const sy_table *table);
SY_API size_t sy_table_dropped(const sy_table *table); /* rows left out by SY_MISSING_DROP */
SY_API size_t sy_table_columns(const sy_table *table);
SY_API const char *sy_table_name(const sy_table *table, size_t column);
SY_API sy_kind sy_table_kind(const sy_table *table, size_t column); /* NUMBER or CATEGORY */
SY_API size_t sy_table_categories(const sy_table *table, size_t column);
SY_API const char *sy_table_category(const sy_table *table, size_t column, size_t code,
                                     size_t *length);

/*
 * Move one column out: rows numbers of the table's dtype, or for categories int32 codes counted
 * from 0. The column's blocks are freed, so that a big table never stands in memory twice; its
 * name and categories stay until sy_table_destroy.
 */
SY_API sy_status sy_table_take(sy_table *table, size_t column, void *destination);

/* How many different ids there are, and whether the rows of each stand together. O(n) expected. */
SY_API sy_status sy_group_count(const int64_t *ids, size_t n, const sy_memory *memory,
                                size_t *count, int *contiguous);

/*
 * Group rows by id: groups in order of first appearance. offsets (room for n + 1) and *count get the
 * shape; first (room for n) the first row of each group; order (n, or
 * NULL where it is known to be the identity) the rows sorted by group, stable.
 * *contiguous is 1 where order is the identity. O(n) expected.
 */
SY_API sy_status sy_group_rows(const int64_t *ids, size_t n, const sy_memory *memory,
                               int64_t *offsets, int64_t *first, int64_t *order, size_t *count,
                               int *contiguous);

/* An NPY file (NumPy's format, versions 1 to 3): little-endian f4 f8 i4 i8, C order, 1-D or 2-D. */
typedef struct sy_npy {
  sy_dtype dtype;
  int dimensions;  /* 1 or 2 */
  size_t shape[2]; /* shape[1] is 1 for one dimension */
} sy_npy;

/* Read the header and check that the file holds all the elements it promises. */
SY_API sy_status sy_npy_probe(const char *path, sy_npy *header, sy_error *error);
/* Read the elements into destination, sized by a probe of the same file. */
SY_API sy_status sy_npy_read(const char *path, const sy_npy *header, void *destination,
                             sy_error *error);
/* Write atomically, as sy_value_model_save does. row_stride: elements between rows' starts. */
SY_API sy_status sy_npy_write(const char *path, const sy_npy *header, const void *data,
                              size_t row_stride, size_t element_stride, sy_error *error);

/* ================================================================== 7. Machine ================= */

/*
 * Kernels are built for several instruction sets; the best that the machine has is picked when a
 * work is made. The names of those that this build and machine can run, best first, NULL-ended.
 */
SY_API const char *const *sy_cpu_list(void);

/* Make `work` use a named instruction set ("baseline", "avx2", "avx512"). For tests and benchmarks. */
SY_API sy_status sy_work_set_cpu(sy_work *work, const char *name);
SY_API const char *sy_work_cpu(const sy_work *work);

/* Threads that a parallel region may use at most on this machine (1 without OpenMP). */
SY_API int sy_thread_limit(void);

/*
 * Bytes of memory that this machine, and the group of processes that this one is in, have free for
 * new data, as Linux tells; 0: not known.
 */
SY_API size_t sy_memory_available(void);

/*
 * A seeded random generator (xoshiro256++, Blackman and Vigna 2019; seeded by SplitMix64). The same
 * seed gives the same numbers on every machine. The state is the struct: copy it to fork or save it.
 */
typedef struct sy_random {
  uint64_t state[4];
} sy_random;

SY_API void sy_random_seed(sy_random *random, uint64_t seed);
SY_API uint64_t sy_random_bits(sy_random *random);
SY_API double sy_random_uniform(sy_random *random);                 /* [0, 1), 53 bits */
SY_API uint64_t sy_random_below(sy_random *random, uint64_t bound); /* [0, bound), unbiased */
SY_API double sy_random_normal(sy_random *random);                  /* mean 0, deviation 1 */

#ifdef __cplusplus
}
#endif

/* The parts of this interface that have a header of their own. */
#include "steelyard/calibration.h"  /* are predicted probabilities right? */
#include "steelyard/calibrators.h"  /* maps that make them so */
#include "steelyard/contract.h"     /* does a new model keep the scale? */
#include "steelyard/interactions.h" /* who chose what, from files */
#include "steelyard/losses.h"       /* differentiable stand-ins of ranking metrics */
#include "steelyard/objectives.h"   /* what models are trained on, with gradients */
#include "steelyard/metrics.h"      /* every ranking metric, many in one pass */
#include "steelyard/segments.h"     /* calibration by segment, after selection */
#include "steelyard/significance.h" /* is a difference more than chance? */
#include "steelyard/sketches.h"     /* calibration of a stream, mergeable */
#include "steelyard/slices.h"       /* parts of a log: by value, size or rank */
#include "steelyard/sparse.h"       /* users by items: masks, losses, rankings, metrics */
#include "steelyard/tensors.h"      /* named arrays in a file */
#include "steelyard/trec.h"         /* TREC runs and qrels */
#include "steelyard/validation.h"   /* folds and losses of single rows */

#endif /* STEELYARD_H */
