/*
 * embed.c - Steelyard in a C server, without Lua: load a value model once, then calibrate, score
 * and rank the candidates of each request without allocating anything.
 *
 *   cc -o embed examples/serving/embed.c -Icsrc -Lbuild/lib -Wl,-rpath,$PWD/build/lib -lsteelyard
 *   ./embed examples/data/kuairand_vm.json 3
 *   ./embed examples/data/kuairand_calibrated_vm.json 3
 *
 * run: examples/data/kuairand_calibrated_vm.json 3
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "steelyard.h"

#define TASKS_MAX 8
#define ITEMS_MAX 100
#define FEATURES_MAX 4

/* The candidates of one request, as a ranking model would hand them over: one array a task. */
typedef struct request {
  size_t items;
  double hour; /* of the day, which calibrators may go by */
  const char *tasks[TASKS_MAX];
  float predictions[TASKS_MAX][ITEMS_MAX];
} request;

static const request sample = {5,
                               20.0,
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

/*
 * What calibrators by segments need to know of each item: codes for every feature of a task's
 * calibrator. Here all items share the request's hour; what is not known stays NULL and changes
 * nothing.
 */
typedef struct segments {
  int32_t hour[TASKS_MAX][ITEMS_MAX];
  const int32_t *features[TASKS_MAX][FEATURES_MAX];
  const int32_t *const *tasks[TASKS_MAX];
} segments;

/* 0 where a calibrator has more features than we have room for. */
static int find_segments(const sy_value_model *model, const request *r, segments *s) {
  memset(s->features, 0, sizeof s->features);
  for (size_t t = 0; t < sy_value_model_count(model); t++) {
    const sy_calibrator *calibrator = sy_value_model_calibrator(model, t);
    s->tasks[t] = s->features[t];
    if (!calibrator) continue;
    const sy_calibrator_parts *parts = sy_calibrator_parts_of(calibrator);
    if (parts->features > FEATURES_MAX) return 0;
    for (size_t f = 0; f < parts->features; f++) {
      if (strcmp(parts->feature[f].name, "hour") != 0) continue;
      for (size_t i = 0; i < r->items; i++)
        s->hour[t][i] = sy_calibrator_code_of_number(calibrator, f, r->hour);
      s->features[t][f] = s->hour[t];
    }
  }
  return 1;
}

/*
 * Calibrate, score and rank: order[0] is the best item's index. Returns how many places were
 * filled, or -1.
 */
static int serve(const server *s, const request *r, size_t k, float *scores, int32_t *order) {
  const void *columns[TASKS_MAX];
  segments by;
  size_t tasks = sy_value_model_count(s->model);
  sy_error error;
  if (tasks > TASKS_MAX || r->items > ITEMS_MAX) return -1;
  for (size_t t = 0; t < tasks; t++) {
    columns[t] = find_column(r, sy_value_model_task(s->model, t));
    if (!columns[t]) return -1;
  }
  if (!find_segments(s->model, r, &by)) return -1;
  if (sy_value_model_score(s->model, columns, by.tasks, SY_F32, r->items, scores) != SY_OK)
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
