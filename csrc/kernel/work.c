/*
 * work.c - laying out scratch memory, choosing kernels, and reducing over requests in parallel.
 */
#include "kernel/work.h"

#include <math.h>
#include <string.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#define ALIGNMENT 64
#define ROUND_UP(n) (((n) + (ALIGNMENT - 1)) & ~(size_t)(ALIGNMENT - 1))

/* At most so many blocks, whatever the number of threads: enough for 16 threads to share evenly. */
#define MOST_BLOCKS 64

/* Rows times width of a reduction from which on a second thread pays. */
#define WORTH_THREADS 32768

/* ---------------------------------------------------------------------------- kernels ---------- */

/* Best first. The list is of what this build has; `usable` says how many the machine lacks. */
static const sy_kernels *const kernel_sets[] = {
#ifdef SY_HAVE_avx512
    &sy_kernels_avx512,
#endif
#ifdef SY_HAVE_avx2
    &sy_kernels_avx2,
#endif
    &sy_kernels_baseline,
};

static int machine_has(const sy_kernels *kernels) {
#if defined(__x86_64__) && defined(__GNUC__)
  __builtin_cpu_init();
#ifdef SY_HAVE_avx512
  if (kernels == &sy_kernels_avx512)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("bmi2") &&
           __builtin_cpu_supports("fma");
#endif
#ifdef SY_HAVE_avx2
  if (kernels == &sy_kernels_avx2)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") &&
           __builtin_cpu_supports("fma");
#endif
#endif
  return kernels == &sy_kernels_baseline;
}

size_t sy_best_set(void) {
  size_t i = 0;
  while (!machine_has(kernel_sets[i])) i++;
  return i;
}

const sy_kernels *sy_best_kernels(void) { return kernel_sets[sy_best_set()]; }

const char *const *sy_cpu_list(void) {
  static const char *const names[] = {
#ifdef SY_HAVE_avx512
      "avx512",
#endif
#ifdef SY_HAVE_avx2
      "avx2",
#endif
      "baseline", NULL};
  return names + sy_best_set();
}

sy_status sy_work_set_cpu(sy_work *work, const char *name) {
  for (size_t i = 0; i < SY_COUNT(kernel_sets); i++)
    if (strcmp(kernel_sets[i]->name, name) == 0) {
      if (!machine_has(kernel_sets[i])) return SY_E_UNSUPPORTED;
      work->kernels = kernel_sets[i];
      return SY_OK;
    }
  return SY_E_ARGUMENT;
}

const char *sy_work_cpu(const sy_work *work) { return work->kernels->name; }

int sy_thread_limit(void) {
#ifdef _OPENMP
  return omp_get_num_procs();
#else
  return 1;
#endif
}

/* ---------------------------------------------------------------------------- layout ----------- */

/* Hand out the next `size` bytes of a block; with a NULL block only count them. */
static void *carve(char *block, size_t *used, size_t size) {
  void *piece = block ? block + *used : NULL;
  *used += ROUND_UP(size);
  return piece;
}

/* A batch's numbers are laid out only where logs are measured, in a work with threads. */
static void carve_batch(char *block, size_t *used, size_t longest, sy_slot *slot) {
  size_t n = (longest < SY_SHORT ? longest : SY_SHORT) + SY_PAD;
  for (int b = 0; b < SY_BATCH; b++) {
    slot->batch[b].scores = carve(block, used, n * sizeof(double));
    slot->batch[b].labels = carve(block, used, n * sizeof(double));
    slot->batch[b].order = carve(block, used, n * sizeof(int32_t));
    slot->batch[b].ideal = carve(block, used, n * sizeof(double));
  }
}

/* One description of the layout serves for measuring (work NULL) and for laying out. */
static size_t lay_out(char *block, size_t longest, int threads, sy_work **out) {
  size_t used = 0, n = longest + SY_PAD, slots = threads > 0 ? (size_t)threads : 1;
  sy_work *work = carve(block, &used, sizeof *work);
  sy_slot *slot = carve(block, &used, slots * sizeof *slot);
  double *discounts = carve(block, &used, n * sizeof(double));
  double *partials = threads > 0 ? carve(block, &used, SY_PARTIALS * sizeof(double)) : NULL;
  for (size_t s = 0; s < slots; s++) {
    sy_slot laid = {0};
    laid.sorting.keys[0] = carve(block, &used, n * sizeof(double));
    laid.sorting.keys[1] = carve(block, &used, n * sizeof(double));
    laid.sorting.indices[0] = carve(block, &used, n * sizeof(int32_t));
    laid.sorting.indices[1] = carve(block, &used, n * sizeof(int32_t));
    laid.sorting.counts = carve(block, &used, n * sizeof(double));
    laid.sorting.digits = carve(block, &used, SY_DIGIT_ROOM * sizeof(uint32_t));
    laid.scores = carve(block, &used, n * sizeof(double));
    laid.others = carve(block, &used, n * sizeof(double));
    laid.gains = carve(block, &used, n * sizeof(double));
    laid.selected = carve(block, &used, n * sizeof(double));
    laid.keys = carve(block, &used, n * sizeof(double));
    laid.pulls = carve(block, &used, n * sizeof(double));
    laid.slopes = carve(block, &used, n * sizeof(double));
    laid.order = carve(block, &used, n * sizeof(int32_t));
    laid.other_order = carve(block, &used, n * sizeof(int32_t));
    laid.ends = carve(block, &used, n * sizeof(int32_t));
    for (int b = 0; b < 3; b++) laid.bits[b] = carve(block, &used, (n / 64 + 1) * sizeof(uint64_t));
    if (threads > 0) carve_batch(block, &used, longest, &laid);
    if (block) slot[s] = laid;
  }
  if (block) {
    memset(work, 0, sizeof *work);
    work->longest = longest;
    work->threads = threads > 0 ? threads : 0;
    work->discounts = discounts;
    work->partials = partials;
    work->slots = slot;
    *out = work;
  }
  return used;
}

/* 160 bytes an item and 1 MiB a slot are more than lay_out takes. */
size_t sy_work_bytes(size_t longest, int threads) {
  double slots = threads > 0 ? threads : 1;
  if (longest > SY_LONGEST_MAX || threads > SY_THREADS_MAX) return 0;
  if (slots * (160.0 * (double)longest + 0x1p20) > (double)(SIZE_MAX / 2)) return 0;
  return lay_out(NULL, longest, threads, NULL) + ALIGNMENT;
}

/* Long double, rounded once to double: the same discounts whatever variant of log2 a libm picks. */
static void fill_discounts(double *discounts, size_t n) {
  for (size_t r = 0; r < n; r++) discounts[r] = (double)(1.0L / log2l((long double)(r + 2)));
}

sy_work *sy_work_init(void *block, size_t longest, int threads) {
  uintptr_t start = ((uintptr_t)block + ALIGNMENT - 1) & ~(uintptr_t)(ALIGNMENT - 1);
  size_t bytes = sy_work_bytes(longest, threads);
  char *aligned = (char *)block + (start - (uintptr_t)block);
  sy_work *work;
  if (!bytes) return NULL;
  memset(aligned, 0, bytes - ALIGNMENT);
  lay_out(aligned, longest, threads, &work);
  work->kernels = sy_best_kernels();
  fill_discounts(work->discounts, longest + SY_PAD);
  return work;
}

/* The block's address is kept just before the work, which alignment has moved. */
sy_status sy_work_create(size_t longest, int threads, const sy_memory *memory, sy_work **out) {
  size_t bytes = sy_work_bytes(longest, threads);
  if (!bytes) return SY_E_LIMIT;
  char *block = sy_allocate(memory, bytes + ALIGNMENT);
  if (!block) return SY_E_MEMORY;
  sy_work *work = sy_work_init(block + sizeof(void *), longest, threads);
  work->memory = sy_memory_of(memory);
  ((void **)(void *)work)[-1] = block;
  *out = work;
  return SY_OK;
}

void sy_work_destroy(sy_work *work) {
  if (!work) return;
  sy_memory memory = work->memory;
  size_t bytes = sy_work_bytes(work->longest, work->threads) + ALIGNMENT;
  sy_release(&memory, ((void **)(void *)work)[-1], bytes);
}

sy_status sy_work_fits(const sy_work *work, sy_requests requests, sy_error *error) {
  if (work->threads == 0)
    return sy_fail(error, SY_E_ARGUMENT, "this work was made for single requests (threads 0)");
  for (size_t r = 0; r < requests.count; r++) {
    int64_t size = requests.offsets[r + 1] - requests.offsets[r];
    if (size < 0) return sy_fail(error, SY_E_ARGUMENT, "offsets[%zu]: offsets may not fall", r + 1);
    if ((uint64_t)size > work->longest)
      return sy_fail(error, SY_E_ARGUMENT, "request %zu has %lld items, the work was made for %zu",
                     r + 1, (long long)size, work->longest);
  }
  return SY_OK;
}

double sy_vector_at(sy_vector vector, size_t index) {
  switch (vector.dtype) {
    case SY_F32: return ((const float *)vector.data)[index];
    case SY_F64: return ((const double *)vector.data)[index];
    case SY_I32: return ((const int32_t *)vector.data)[index];
    case SY_I64: return (double)((const int64_t *)vector.data)[index];
  }
  return 0;
}

/* ---------------------------------------------------------------------------- reduction -------- */

static size_t count_blocks(size_t requests, size_t width) {
  size_t room = SY_PARTIALS / width, blocks = requests < MOST_BLOCKS ? requests : MOST_BLOCKS;
  return blocks < room ? blocks : room;
}

/* A block's share of the requests; written so that the product cannot overflow. */
static size_t block_start(size_t requests, size_t blocks, size_t b) {
  return requests / blocks * b + requests % blocks * b / blocks;
}

static int pays_to_share(const sy_work *work, sy_requests requests, size_t width) {
  size_t rows = (size_t)requests.offsets[requests.count];
  return work->threads > 1 && requests.count > 1 && rows >= WORTH_THREADS / width;
}

typedef struct reduction {
  sy_work *work;
  size_t requests, width, blocks;
  sy_block block;
  const void *context;
  size_t bad[MOST_BLOCKS];
} reduction;

static void reduce_block(reduction *r, sy_slot *slot, size_t b) {
  r->bad[b] =
      r->block(r->context, slot, block_start(r->requests, r->blocks, b),
               block_start(r->requests, r->blocks, b + 1), r->work->partials + b * r->width);
}

static void reduce_blocks(reduction *r, int share) {
#ifdef _OPENMP
  if (share) {
#pragma omp parallel for num_threads(r->work->threads) schedule(dynamic, 1)
    for (size_t b = 0; b < r->blocks; b++)
      reduce_block(r, &r->work->slots[omp_get_thread_num()], b);
    return;
  }
#else
  (void)share;
#endif
  for (size_t b = 0; b < r->blocks; b++) reduce_block(r, &r->work->slots[0], b);
}

size_t sy_reduce(sy_work *work, sy_requests requests, size_t width, sy_block block,
                 const void *context) {
  reduction r = {
      .work = work, .requests = requests.count, .width = width, .block = block, .context = context};
  double *totals = work->partials;
  r.blocks = count_blocks(requests.count, width);
  memset(totals, 0, (r.blocks ? r.blocks : 1) * width * sizeof *totals);
  reduce_blocks(&r, pays_to_share(work, requests, width));
  for (size_t b = 0; b < r.blocks; b++) {
    if (r.bad[b] != SY_NO_ROW) return r.bad[b];
    for (size_t i = 0; b && i < width; i++) totals[i] += work->partials[b * width + i];
  }
  return SY_NO_ROW;
}

size_t sy_each_row(sy_work *work, size_t rows, size_t items, sy_block block, const void *context) {
  reduction r = {.work = work, .requests = rows, .width = 1, .block = block, .context = context};
  int share = work->threads > 1 && rows > 1 && (double)rows * (double)items >= WORTH_THREADS;
  r.blocks = count_blocks(rows, 1);
  reduce_blocks(&r, share);
  for (size_t b = 0; b < r.blocks; b++)
    if (r.bad[b] != SY_NO_ROW) return r.bad[b];
  return SY_NO_ROW;
}
