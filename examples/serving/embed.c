/*
 * embed.c - Steelyard in a C server, without Lua: load a value model once, then score and rank the
 * candidates of each request without allocating anything.
 *
 *   cc -o embed examples/serving/embed.c -Icsrc -Lbuild/lib -Wl,-rpath,$PWD/build/lib -lsteelyard
 *   ./embed examples/data/kuairand_vm.json 3
 *
 * run: examples/data/kuairand_vm.json 3
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "steelyard.h"

#define TASKS_MAX 8
#define ITEMS_MAX 100

/* The candidates of one request, as a ranking model would hand them over: one array a task. */
typedef struct request {
  size_t items;
  const char *tasks[TASKS_MAX];
  float predictions[TASKS_MAX][ITEMS_MAX];
} request;

static const request sample = {5,
                               {"p_click", "p_long_view", "p_profile_enter", "p_comment"},
                               {{0.91F, 0.94F, 0.40F, 0.72F, 0.55F},
                                {0.63F, 0.72F, 0.35F, 0.41F, 0.52F},
                                {0.05F, 0.05F, 0.21F, 0.04F, 0.11F},
                                {0.02F, 0.05F, 0.08F, 0.01F, 0.03F}}};

/* What a serving thread keeps for itself: the scratch memory of rankings lives in the block. */
typedef struct server {
  const sy_value_model *model;
  sy_work *work;
  unsigned char block[65536]; /* 42 KB are needed for 100 items */
} server;

static int fail(const char *what) {
  fprintf(stderr, "embed: %s\n", what);
  return 2;
}

/* The request's column of a task, or NULL. */
static const float *find_column(const request *r, const char *task) {
  for (size_t t = 0; t < TASKS_MAX && r->tasks[t]; t++)
    if (strcmp(r->tasks[t], task) == 0) return r->predictions[t];
  return NULL;
}

/* Score and rank: order[0] is the best item's index. Returns how many places were filled, or -1. */
static int serve(const server *s, const request *r, size_t k, float *scores, int32_t *order) {
  const void *columns[TASKS_MAX];
  size_t tasks = sy_value_model_count(s->model);
  sy_error error;
  if (tasks > TASKS_MAX || r->items > ITEMS_MAX) return -1;
  for (size_t t = 0; t < tasks; t++) {
    columns[t] = find_column(r, sy_value_model_task(s->model, t));
    if (!columns[t]) return -1;
  }
  if (sy_score(sy_value_model_weights(s->model), tasks, columns, SY_F32, r->items, scores) != SY_OK)
    return -1;
  if (sy_rank(sy_f32(scores), r->items, k, NULL, s->work, order, &error) != SY_OK) return -1;
  return (int)(k && k < r->items ? k : r->items);
}

int main(int argc, char **argv) {
  static server s;
  sy_value_model *model = NULL;
  sy_error error;
  float scores[ITEMS_MAX];
  int32_t order[ITEMS_MAX];
  int places;
  if (argc < 2) return fail("usage: embed MODEL.json [K]");
  if (sy_value_model_load(argv[1], NULL, &model, &error) != SY_OK) return fail(error.message);
  if (sy_work_bytes(ITEMS_MAX, 0) > sizeof s.block) return fail("the block is too small");
  s.model = model;
  s.work = sy_work_init(s.block, ITEMS_MAX, 0);
  places = serve(&s, &sample, argc > 2 ? strtoul(argv[2], NULL, 10) : 0, scores, order);
  for (int place = 0; place < places; place++)
    printf("%d. item %d, score %.4f\n", place + 1, (int)order[place], (double)scores[order[place]]);
  sy_value_model_destroy(model);
  return places < 0 ? fail("the request does not fit the value model") : 0;
}
