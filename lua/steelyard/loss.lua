-- Differentiable stand-ins of ranking metrics, their gradients by scores and by weights; and, from
-- steelyard.objective, the losses that models are trained on.
--
--   local value, gradient = sy.loss.approx_ndcg(scores, gains, { groups = ids, temperature = 0.1 })
--   local by_weight = sy.loss.by_weights(data, gradient)
--   local value, gradient = sy.loss.bce(logits, labels)

local core = require("steelyard.core")
local groups = require("steelyard.groups")
local measured = require("steelyard.measure")
local methods = require("steelyard.dataset.methods")
local objective = require("steelyard.objective")
local options = require("steelyard.options")
local work = require("steelyard.work")

local loss = {}

-- The options of single losses, beside those that all of them have.
local CUTOFF = { type = "integer", default = 0 }
local EDGE = { type = "number", default = 0.5 }
local REGULARIZATION = { type = "string", one_of = { "l2", "kl" }, default = "l2" }
local own_options = {
  approx_ndcg = { k = CUTOFF, edge = EDGE },
  soft_ndcg = { k = CUTOFF, edge = EDGE, regularization = REGULARIZATION },
  lambda = {
    k = CUTOFF,
    scheme = {
      type = "string", one_of = { "ndcg", "ndcg1", "ndcg2", "ndcg2++" }, default = "ndcg",
    },
    mu = { type = "number", default = 10 },
  },
  pairwise_logistic = { k = CUTOFF },
  pairwise_hinge = { k = CUTOFF },
  list_net = {
    labels = { type = "string", one_of = { "softmax", "normalized" }, default = "softmax" },
  },
  list_mle = { k = CUTOFF },
  softmax = {},
}

local function all_options(own)
  local all = {
    groups = {},
    gain = { type = "string|array", default = "linear" },
    temperature = { type = "number", default = 1 },
    weights = { type = "array" },
    gradient = { type = "boolean", default = true },
  }
  for name, option in pairs(own) do
    all[name] = option
  end
  return all
end

local soft_rank_options = {
  groups = {},
  temperature = { type = "number", default = 1 },
  regularization = REGULARIZATION,
}
loss.options = { soft_rank = soft_rank_options }

local function arranged(layout, name, values)
  return measured.arranged_numbers(layout, name, values, true)
end

-- Numbers of arranged rows, back in the order in which the rows came.
local function returned(layout, numbers)
  return layout.order and numbers and core.scatter(numbers, layout.order) or numbers
end

local function check_gain(where, gain)
  if type(gain) == "string" and gain ~= "linear" and gain ~= "exponential" then
    local text = '%s: option "gain": %s is none of "linear", "exponential" and a table of what the '
      .. "labels 0, 1, 2 ... are worth"
    options.fail(text, where, options.show(gain))
  end
end

--- The mean of a loss over requests; its gradient by the scores (nil with gradient = false); and
-- details: counted, skipped (how many requests).
local function measure(name, scores, gains, given)
  local where = "loss." .. name
  local o = options.check(where, given, loss.options[name])
  options.need_numbers("scores", scores)
  options.need_numbers("gains", gains)
  check_gain(where, o.gain)
  if #gains ~= #scores then
    options.fail("gains: %d numbers for %d scores", #gains, #scores)
  end
  local layout = groups.of(o.groups, #scores)
  local value, counted, skipped, gradient = core.loss(
    name,
    arranged(layout, "scores", scores),
    arranged(layout, "gains", gains),
    layout.offsets,
    work.get(layout.longest),
    o,
    o.gradient
  )
  return value, returned(layout, gradient), { counted = counted, skipped = skipped }
end

for name, own in pairs(own_options) do
  loss.options[name] = all_options(own)
  loss[name] = function(scores, gains, given)
    return measure(name, scores, gains, given)
  end
end

for name, own in pairs(objective.options) do
  loss.options[name] = own
  loss[name] = objective.losses[name]
end

--- Soft ranks of values, 1 for the largest of a request; and a function that gives from the
-- derivatives of anything by the ranks those by the values (the vector-Jacobian product).
function loss.soft_rank(values, given)
  local o = options.check("loss.soft_rank", given, soft_rank_options)
  options.need_numbers("values", values)
  local layout = groups.of(o.groups, #values)
  local ranks, blocks = core.soft_rank(arranged(layout, "values", values), layout.offsets,
    work.get(layout.longest), o.temperature, o.regularization)
  local own = ranks:copy() -- the caller may write to what is returned
  local function pull(pulls)
    options.need_numbers("pulls", pulls)
    if #pulls ~= #own then
      options.fail("pulls: %d numbers for %d ranks", #pulls, #own)
    end
    return returned(layout, core.soft_rank_pull(own, blocks, arranged(layout, "pulls", pulls),
      layout.offsets, work.get(layout.longest), o.temperature, o.regularization))
  end
  return returned(layout, ranks), pull
end

--- From a gradient by the scores of a data set's rows to one by the weights of its tasks: the sum
-- over rows of gradient times prediction, keyed by task.
function loss.by_weights(data, gradient)
  options.need(methods.is(data), "data", "a data set", data)
  options.need_numbers("gradient", gradient)
  if #data.tasks == 0 then
    options.fail("data: the data set has no predictions")
  elseif #gradient ~= data.size then
    options.fail("gradient: %d numbers for %d rows", #gradient, data.size)
  end
  local columns, by_weight = {}, {}
  for t, task in ipairs(data.tasks) do
    columns[t] = data:prediction(task)
  end
  local sums = core.loss_to_weights(columns, gradient, data.groups.offsets,
    work.get(data.groups.longest))
  for t, task in ipairs(data.tasks) do
    by_weight[task] = sums[t]
  end
  return by_weight
end

return loss
