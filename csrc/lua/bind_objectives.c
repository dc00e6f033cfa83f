/*
 * bind_objectives.c - training losses. Raw: lua/steelyard/objective.lua checks options.
 * Groups count from 1 here, 0 being none.
 */
#include <stdint.h>

#include "lua/lsy.h"

static const char *const reduction_names[] = {"mean", "sum", NULL};
static const char *const weighting_names[] = {"equal", "size", NULL};
static const char *const gap_names[] = {"mean", "log_ratio", "deviation", NULL};

/* A call's arguments, from 1 on; what options hold lies behind them on the stack. */
enum { NAME = 1, OUTPUTS, TARGETS, OPTIONS, WITH_GRADIENT, ARGUMENTS = WITH_GRADIENT };

/* ------------------------------------------------------------------------ fields of options -- */

static double number_field(lua_State *L, const char *name, double standard) {
  double value = standard;
  lua_getfield(L, OPTIONS, name);
  if (!lua_isnil(L, -1)) value = (double)luaL_checknumber(L, -1);
  lua_pop(L, 1);
  return value;
}

static int name_field(lua_State *L, const char *name, const char *const *names) {
  int which;
  lua_getfield(L, OPTIONS, name);
  which = luaL_checkoption(L, lua_gettop(L), names[0], names);
  lua_pop(L, 1);
  return which;
}

/* Weights, one for each of n rows or tasks, which stay on the stack; NULL where there are none. */
static const double *weights_field(lua_State *L, const char *name, size_t n, const char *what) {
  size_t count;
  lua_getfield(L, OPTIONS, name);
  const double *weights = lsy_optvector(L, lua_gettop(L), name, SY_F64, &count).data;
  if (!lua_isnil(L, -1) && count != n)
    lsy_error(L, "%s: %d of them for %d %s", name, (int)count, (int)n, what);
  return weights;
}

/* Codes from 0, and how many groups there are. */
static void read_groups(lua_State *L, size_t rows, sy_objective_options *o) {
  size_t n;
  lua_getfield(L, OPTIONS, "groups");
  if (lua_isnil(L, -1)) return;
  const int32_t *codes = lsy_checkvector(L, lua_gettop(L), "groups", SY_I32, &n).data;
  if (n != rows) lsy_error(L, "groups: %d of them for %d rows", (int)n, (int)rows);
  int32_t *own = (int32_t *)(void *)lsy_newvector(L, SY_I32, n, 0)->data;
  for (size_t i = 0; i < n; i++) {
    if (codes[i] < 0)
      lsy_error(L, "groups[%d]: %d: must be from 1 up, or 0 for none", (int)i + 1, (int)codes[i]);
    own[i] = codes[i] - 1;
    if ((size_t)codes[i] > o->groups) o->groups = (size_t)codes[i];
  }
  o->codes = own;
}

static sy_objective_options check_options(lua_State *L, size_t rows, size_t columns) {
  sy_objective_options o = sy_objective_defaults();
  luaL_checktype(L, OPTIONS, LUA_TTABLE);
  o.reduction = (sy_reduction)name_field(L, "reduction", reduction_names);
  o.row_weights = weights_field(L, "row_weights", rows, "rows");
  o.task_weights = weights_field(L, "task_weights", columns, "tasks");
  o.positive_weights = weights_field(L, "positive_weights", columns, "tasks");
  o.delta = number_field(L, "delta", o.delta);
  lua_getfield(L, OPTIONS, "buckets");
  o.buckets = lsy_optsize(L, lua_gettop(L), "buckets", o.buckets);
  lua_pop(L, 1);
  lua_getfield(L, OPTIONS, "drop_rest");
  o.drop_rest = lua_toboolean(L, -1);
  lua_pop(L, 1);
  lua_getfield(L, OPTIONS, "f32_labels");
  o.f32_labels = lua_toboolean(L, -1);
  lua_pop(L, 1);
  read_groups(L, rows, &o);
  o.by_size = name_field(L, "weighting", weighting_names);
  o.gap = (sy_gap)name_field(L, "gap", gap_names);
  o.prior = number_field(L, "prior", o.prior);
  o.bandwidth = number_field(L, "bandwidth", o.bandwidth);
  return o;
}

/* ------------------------------------------------------------------------------- matrices ---- */

static int same_shape(const lsy_array *a, const lsy_array *b) {
  return a->shape[0] == b->shape[0] && a->shape[1] == b->shape[1];
}

static void refuse_shape(lua_State *L, const char *name, const lsy_array *a,
                         const lsy_array *outputs) {
  lsy_error(L, "%s: %d x %d numbers for outputs of %d x %d", name, (int)a->shape[0],
            (int)a->shape[1], (int)outputs->shape[0], (int)outputs->shape[1]);
}

static sy_vector check_targets(lua_State *L, const lsy_array *outputs) {
  sy_vector none = {NULL, SY_F64};
  if (lua_isnil(L, TARGETS)) return none;
  const lsy_array *targets = lsy_checkmatrix(L, TARGETS, "targets");
  if (!same_shape(targets, outputs)) refuse_shape(L, "targets", targets, outputs);
  return (sy_vector){targets->data, targets->dtype};
}

/* Do the numbers of a contiguous array lie between those of another, of any strides? */
static int overlap(const lsy_array *a, const void *data, size_t bytes) {
  size_t size = sy_dtype_size(a->dtype), rows = a->shape[0], columns = a->shape[1];
  if (rows == 0 || columns == 0 || bytes == 0) return 0;
  size_t last = (rows - 1) * a->stride[0] + (columns - 1) * a->stride[1];
  uintptr_t start = (uintptr_t)a->data, end = start + (last + 1) * size, other = (uintptr_t)data;
  return start < other + bytes && other < end;
}

/*
 * Push the array that the gradient is added to: options' own, or one of zeroes. A view of spread
 * numbers gets a copy on top, which finish_gradient brings back.
 */
static lsy_array *push_gradient(lua_State *L, const lsy_array *outputs, sy_vector targets) {
  size_t count = outputs->shape[0] * outputs->shape[1];
  int top = lua_gettop(L);
  lua_getfield(L, OPTIONS, "add_to");
  if (lua_isnil(L, -1)) lua_pop(L, 1);
  if (lua_gettop(L) == top)
    return lsy_newarray(L, outputs->dtype, outputs->shape[0], outputs->shape[1],
                        outputs->dimensions, 1);
  lsy_array *array = lsy_testarray(L, -1);
  if (!array) {
    char shown[64];
    lsy_describe(L, -1, shown, sizeof shown);
    lsy_error(L, "add_to: expected an array, got %s", shown);
    return NULL;
  }
  if (array->dtype != outputs->dtype)
    lsy_error(L, "add_to: %s numbers for outputs of %s", lsy_dtypename(array->dtype),
              lsy_dtypename(outputs->dtype));
  if (!same_shape(array, outputs)) refuse_shape(L, "add_to", array, outputs);
  if (overlap(array, outputs->data, count * sy_dtype_size(outputs->dtype)))
    lsy_error(L, "add_to: shares its numbers with outputs");
  if (targets.data && overlap(array, targets.data, count * sy_dtype_size(targets.dtype)))
    lsy_error(L, "add_to: shares its numbers with targets");
  if (!lsy_iscontiguous(array)) lsy_copyas(L, array, array->dtype);
  return array;
}

/* ------------------------------------------------------------------------------- a loss ------- */

/* training_loss(name, outputs, targets, options, with gradient) -> value, gradient or nil, parts */
static int l_training_loss(lua_State *L) {
  sy_error error = {SY_OK, ""};
  sy_memory memory = lsy_memory(L);
  double value;
  lsy_misfit misfit;
  lua_settop(L, ARGUMENTS);
  const char *name = luaL_checkstring(L, NAME);
  const lsy_array *outputs = lsy_checkmatrix(L, OUTPUTS, "outputs");
  sy_vector targets = check_targets(L, outputs);
  size_t rows = outputs->shape[0], columns = outputs->shape[1];
  sy_objective_options options = check_options(L, rows, columns);
  double factor = number_field(L, "factor", 1.0), *parts = lsy_newnumbers(L, columns + 1);
  int parts_at = lua_gettop(L), with_gradient = lua_toboolean(L, WITH_GRADIENT);
  lsy_array *kept = with_gradient ? push_gradient(L, outputs, targets) : NULL;
  lsy_array *used = with_gradient ? lsy_testarray(L, -1) : NULL;
  sy_status status =
      sy_objective(name, (sy_vector){outputs->data, outputs->dtype}, targets, rows, columns,
                   &options, factor, &memory, used ? used->data : NULL, &value, parts, &error);
  if (status) return lsy_raise(L, status, &error);
  if (used != kept) lsy_copyarray(used, kept, &misfit);
  lsy_pushnumber(L, value);
  if (with_gradient) lua_pushvalue(L, parts_at + 1);
  else lua_pushnil(L);
  lua_pushvalue(L, parts_at);
  return 3;
}

/* training_loss_list() -> names, helps: two lists */
static int l_training_loss_list(lua_State *L) {
  const char *const *names = sy_objective_list();
  lua_newtable(L);
  lua_newtable(L);
  for (int i = 0; names[i]; i++) {
    lua_pushstring(L, names[i]);
    lua_rawseti(L, -3, i + 1);
    lua_pushstring(L, sy_objective_help(names[i]));
    lua_rawseti(L, -2, i + 1);
  }
  return 2;
}

static const luaL_Reg functions[] = {
    {"training_loss", l_training_loss}, {"training_loss_list", l_training_loss_list}, {NULL, NULL}};

void lsy_open_objectives(lua_State *L) { luaL_setfuncs(L, functions, 0); }
