/*
 * plan.c - checking a network's layers, and deciding what lies where.
 */
#include "learn/plan.h"

#include <math.h>
#include <string.h>

#define REFUSE(...) return sy_fail(error, SY_E_ARGUMENT, __VA_ARGS__)

/* --------------------------------------------------------------------------- checking ------ */

static int is_share(double x) { return x >= 0 && x < 1; }
static int is_size(double x) { return x >= 0 && isfinite(x); }

static sy_status check_numbers(const sy_layer *l, sy_error *error) {
  const char *name = l->name;
  if (!is_share(l->value))
    REFUSE("layer \"%s\": the share %g is not from 0 up to below 1", name, l->value);
  if (!is_size(l->epsilon))
    REFUSE("layer \"%s\": epsilon %g is not a number from 0 up", name, l->epsilon);
  if (!(l->momentum >= 0 && l->momentum <= 1))
    REFUSE("layer \"%s\": momentum %g is not from 0 to 1", name, l->momentum);
  if (!is_size(l->deviation))
    REFUSE("layer \"%s\": deviation %g is not a number from 0 up", name, l->deviation);
  if (!is_size(l->rate)) REFUSE("layer \"%s\": rate %g is not a number from 0 up", name, l->rate);
  if (!is_size(l->l2)) REFUSE("layer \"%s\": l2 %g is not a number from 0 up", name, l->l2);
  if ((unsigned)l->bag > SY_BAG_MEAN || (unsigned)l->slope > SY_SLOPE_SOFTPLUS ||
      (unsigned)l->start > SY_START_ZERO)
    REFUSE("layer \"%s\": unknown bag, slope or start", name);
  return SY_OK;
}

static sy_status check_name(const sy_plan *plan, size_t i, sy_error *error) {
  const char *name = plan->layers[i].name;
  if (!name || !*name) REFUSE("layer %zu: a name is needed", i);
  for (size_t j = 0; j < i; j++)
    if (strcmp(plan->layers[j].name, name) == 0)
      REFUSE("layer \"%s\": two layers have this name", name);
  return SY_OK;
}

/* The least and most layers that each kind reads. */
static const struct {
  size_t least, most;
} inputs_of[] = {
    [SY_LAYER_INPUT] = {0, 0},          [SY_LAYER_IDS] = {0, 0},
    [SY_LAYER_EMBEDDING] = {1, 1},      [SY_LAYER_DENSE] = {1, 1},
    [SY_LAYER_CONCAT] = {1, SIZE_MAX},  [SY_LAYER_ADD] = {1, SIZE_MAX},
    [SY_LAYER_SLICE] = {1, 1},          [SY_LAYER_RELU] = {1, 1},
    [SY_LAYER_TANH] = {1, 1},           [SY_LAYER_SIGMOID] = {1, 1},
    [SY_LAYER_GELU] = {1, 1},           [SY_LAYER_SOFTPLUS] = {1, 1},
    [SY_LAYER_BATCH_NORM] = {1, 1},     [SY_LAYER_LAYER_NORM] = {1, 1},
    [SY_LAYER_DROPOUT] = {1, 1},        [SY_LAYER_L2_NORMALIZE] = {1, 1},
    [SY_LAYER_MIXTURE] = {2, SIZE_MAX}, [SY_LAYER_SCALE] = {1, 1},
    [SY_LAYER_STOP_GRADIENT] = {1, 1},  [SY_LAYER_MULTIPLY] = {1, SIZE_MAX},
    [SY_LAYER_SAMPLE] = {2, 2},
};

static sy_status check_inputs(const sy_plan *plan, size_t i, sy_error *error) {
  const sy_layer *l = &plan->layers[i];
  if ((unsigned)l->kind >= SY_COUNT(inputs_of))
    REFUSE("layer \"%s\": no kind of layer is number %d", l->name, (int)l->kind);
  if (l->input_count < inputs_of[l->kind].least || l->input_count > inputs_of[l->kind].most)
    REFUSE("layer \"%s\": it reads %zu layers, which its kind does not", l->name, l->input_count);
  for (size_t j = 0; j < l->input_count; j++) {
    if (!l->inputs || l->inputs[j] < 0 || (size_t)l->inputs[j] >= i)
      REFUSE("layer \"%s\": its input %zu is not a layer before it", l->name, j);
    const sy_layer *from = &plan->layers[l->inputs[j]];
    if ((from->kind == SY_LAYER_IDS) != (l->kind == SY_LAYER_EMBEDDING))
      REFUSE(from->kind == SY_LAYER_IDS ? "layer \"%s\": only embeddings read ids, such as \"%s\""
                                        : "layer \"%s\": embeddings read ids, and \"%s\" is none",
             l->name, from->name);
  }
  return SY_OK;
}

/* ----------------------------------------------------------------------------- widths ------ */

static size_t input_width(const sy_plan *plan, const sy_layer *l, size_t j) {
  return plan->of[l->inputs[j]].width;
}

static sy_status check_mixture(const sy_plan *plan, const sy_layer *l, sy_error *error) {
  if (input_width(plan, l, 0) != l->input_count - 1)
    REFUSE("layer \"%s\": its gates \"%s\" are %zu wide, and there are %zu experts", l->name,
           plan->layers[l->inputs[0]].name, input_width(plan, l, 0), l->input_count - 1);
  return SY_OK;
}

/* Inputs from `first` on have one width. */
static sy_status check_equal(const sy_plan *plan, const sy_layer *l, size_t first,
                             sy_error *error) {
  for (size_t j = first + 1; j < l->input_count; j++)
    if (input_width(plan, l, j) != input_width(plan, l, first))
      REFUSE("layer \"%s\": \"%s\" is %zu wide, but \"%s\" is %zu wide", l->name,
             plan->layers[l->inputs[first]].name, input_width(plan, l, first),
             plan->layers[l->inputs[j]].name, input_width(plan, l, j));
  return SY_OK;
}

static sy_status find_width(const sy_plan *plan, const sy_layer *l, size_t *width,
                            sy_error *error) {
  sy_status status = SY_OK;
  size_t first = l->kind == SY_LAYER_MIXTURE;
  *width = l->input_count ? input_width(plan, l, first) : 0;
  switch (l->kind) {
    case SY_LAYER_INPUT:
    case SY_LAYER_EMBEDDING:
    case SY_LAYER_DENSE: *width = l->width; break;
    case SY_LAYER_IDS: return SY_OK;
    case SY_LAYER_CONCAT:
      for (size_t j = 1; j < l->input_count; j++) *width += input_width(plan, l, j);
      break;
    case SY_LAYER_SLICE:
      if (l->offset >= *width || l->width > *width - l->offset)
        REFUSE("layer \"%s\": columns %zu to %zu are not in \"%s\", which is %zu wide", l->name,
               l->offset, l->offset + l->width, plan->layers[l->inputs[0]].name, *width);
      *width = l->width;
      break;
    case SY_LAYER_MIXTURE: status = check_mixture(plan, l, error); /* fall through */
    default:
      if (status == SY_OK) status = check_equal(plan, l, first, error);
  }
  if (status != SY_OK) return status;
  if (*width == 0) REFUSE("layer \"%s\": a width from 1 up is needed", l->name);
  if (l->width && l->width != *width)
    REFUSE("layer \"%s\": its width is %zu, as its inputs say, and not %zu", l->name, *width,
           l->width);
  if (*width > INT32_MAX || *width > UINT32_MAX / plan->batch)
    return sy_fail(error, SY_E_LIMIT,
                   "layer \"%s\": %zu numbers a row are too many for a batch of %zu", l->name,
                   *width, plan->batch);
  return SY_OK;
}

static sy_status check_layer(sy_plan *plan, size_t i, sy_error *error) {
  const sy_layer *l = &plan->layers[i];
  sy_status status = check_name(plan, i, error);
  size_t width = 0;
  if (status == SY_OK) status = check_inputs(plan, i, error);
  if (status == SY_OK) status = check_numbers(l, error);
  if (status == SY_OK) status = find_width(plan, l, &width, error);
  if (status != SY_OK) return status;
  if (l->kind == SY_LAYER_EMBEDDING && l->rows == 0)
    REFUSE("layer \"%s\": a table of 1 row or more is needed", l->name);
  if (l->kind == SY_LAYER_EMBEDDING && l->rows > INT32_MAX)
    return sy_fail(error, SY_E_LIMIT, "layer \"%s\": a table of %zu rows is too long", l->name,
                   l->rows);
  if (l->kind == SY_LAYER_EMBEDDING && l->bias && l->bag == SY_BAG_ONE)
    REFUSE("layer \"%s\": a bias is for bags, not for one id a row", l->name);
  plan->of[i].width = (uint32_t)width;
  return SY_OK;
}

/* ----------------------------------------------------------------------------- places ------ */

static void count_readers(sy_plan *plan) {
  for (size_t i = 0; i < plan->count; i++)
    for (size_t j = 0; j < plan->layers[i].input_count; j++) {
      sy_plan_layer *from = &plan->of[plan->layers[i].inputs[j]];
      from->readers++;
      from->reader = (int32_t)i;
    }
}

static void find_carriers(sy_plan *plan) {
  for (size_t i = 0; i < plan->count; i++) {
    const sy_layer *l = &plan->layers[i];
    sy_owned owned[SY_OWNED_MAX];
    int carries = l->kind == SY_LAYER_INPUT && l->wants_gradient;
    size_t count = sy_plan_owned(plan, i, owned);
    if (count && !owned[0].statistic && !l->frozen) carries = 1;
    for (size_t j = 0; j < l->input_count; j++) carries |= plan->of[l->inputs[j]].carries;
    plan->of[i].carries = carries && l->kind != SY_LAYER_STOP_GRADIENT;
  }
}

/*
 * A layer that only one concat reads writes into the concat's value, and finds its gradient in the
 * concat's: when backward comes to it, the concat's own gradient was used up. For the same reason a
 * function's gradient may become that of its input where nobody else reads the input.
 */
static void find_places(sy_plan *plan) {
  for (size_t i = 0; i < plan->count; i++) {
    const sy_layer *l = &plan->layers[i];
    if (l->kind == SY_LAYER_SLICE || l->kind == SY_LAYER_STOP_GRADIENT)
      plan->of[i].place = SY_PLACE_VIEW;
    if (plan->of[i].readers == 1) {
      sy_layer_kind reader = plan->layers[plan->of[i].reader].kind;
      plan->of[i].in_place = sy_layer_is_activation(reader) || reader == SY_LAYER_DROPOUT;
    }
  }
  for (size_t i = 0; i < plan->count; i++) {
    const sy_layer *l = &plan->layers[i];
    uint32_t column = 0;
    if (l->kind != SY_LAYER_CONCAT) continue;
    for (size_t j = 0; j < l->input_count; j++) {
      sy_plan_layer *from = &plan->of[l->inputs[j]];
      if (from->readers == 1) {
        from->place = SY_PLACE_WITHIN;
        from->within = column;
      }
      column += from->width;
    }
  }
}

sy_status sy_plan_make(sy_plan *plan, const sy_layer *layers, size_t count, size_t batch,
                       sy_dtype dtype, sy_error *error) {
  sy_status status = SY_OK;
  plan->layers = layers;
  plan->count = count;
  plan->batch = batch;
  plan->dtype = dtype;
  if (dtype != SY_F32 && dtype != SY_F64) REFUSE("dtype: a network is of f32 or f64");
  if (batch == 0) REFUSE("batch: 1 row or more is needed");
  if (batch > INT32_MAX) return sy_fail(error, SY_E_LIMIT, "batch: %zu rows are too many", batch);
  if (count == 0) REFUSE("layers: there are none");
  if (count > SY_NET_LAYERS_MAX)
    return sy_fail(error, SY_E_LIMIT, "layers: %zu are more than %d", count, SY_NET_LAYERS_MAX);
  memset(plan->of, 0, count * sizeof *plan->of);
  for (size_t i = 0; i < count && status == SY_OK; i++) status = check_layer(plan, i, error);
  if (status != SY_OK) return status;
  count_readers(plan);
  find_carriers(plan);
  find_places(plan);
  return SY_OK;
}

size_t sy_plan_owned(const sy_plan *plan, size_t i, sy_owned *owned) {
  const sy_layer *l = &plan->layers[i];
  size_t width = plan->of[i].width, count = 0;
  switch (l->kind) {
    case SY_LAYER_EMBEDDING:
      owned[count++] = (sy_owned){"weight", l->rows, width, 1, 0};
      if (l->bias) owned[count++] = (sy_owned){"bias", 1, width, 0, 0};
      break;
    case SY_LAYER_DENSE:
      owned[count++] = (sy_owned){"weight", width, input_width(plan, l, 0), 0, 0};
      if (l->bias) owned[count++] = (sy_owned){"bias", 1, width, 0, 0};
      break;
    case SY_LAYER_BATCH_NORM:
    case SY_LAYER_LAYER_NORM:
    case SY_LAYER_SCALE:
      if (l->affine || l->kind == SY_LAYER_SCALE) {
        owned[count++] = (sy_owned){"scale", 1, width, 0, 0};
        owned[count++] = (sy_owned){"offset", 1, width, 0, 0};
      }
      if (l->kind != SY_LAYER_BATCH_NORM) break;
      owned[count++] = (sy_owned){"mean", 1, width, 0, 1};
      owned[count++] = (sy_owned){"variance", 1, width, 0, 1};
      break;
    default: break;
  }
  return count;
}
