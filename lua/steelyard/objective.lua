-- Losses of a matrix of outputs (rows of a batch x tasks), with their gradients: what models are
-- trained on, and calibration losses that are added to it. sy.loss shows them.
--
--   local value, gradient = sy.loss.bce(logits, labels, { row_weights = weights })
--   local more = sy.loss.group_calibration(logits, labels, {
--     groups = codes, factor = 0.1, add_to = gradient,
--   })

local core = require("steelyard.core")
local options = require("steelyard.options")

local objective = { options = {}, losses = {} }

-- The options of single losses, beside those that all of them have.
local TASK_WEIGHTS = { type = "array" }
local WEIGHTING = { type = "string", one_of = { "equal", "size" }, default = "equal" }
local GAP = { type = "string", one_of = { "mean", "log_ratio", "deviation" }, default = "mean" }
local F32_LABELS = { type = "boolean", default = false }
local PRIOR = { type = "number", default = 1 }

local own_options = {
  bce = { task_weights = TASK_WEIGHTS, positive_weights = { type = "array" } },
  multinomial = { task_weights = TASK_WEIGHTS },
  mse = { task_weights = TASK_WEIGHTS },
  huber = { task_weights = TASK_WEIGHTS, delta = { type = "number", default = 1 } },
  gaussian_kl = {},
  bucket_calibration = {
    task_weights = TASK_WEIGHTS,
    buckets = { type = "integer", default = 10 },
    drop_rest = { type = "boolean", default = false },
    f32_labels = F32_LABELS,
    weighting = WEIGHTING,
    gap = GAP,
    prior = PRIOR,
  },
  group_calibration = {
    task_weights = TASK_WEIGHTS,
    groups = { type = "array" },
    f32_labels = F32_LABELS,
    weighting = WEIGHTING,
    gap = GAP,
    prior = PRIOR,
  },
  kernel_calibration = {
    task_weights = TASK_WEIGHTS,
    bandwidth = { type = "number", default = 0.2 },
  },
}

-- Of a row as a whole: there is one part, not one for each column.
local WHOLE = { multinomial = true, gaussian_kl = true }

local function all_options(own)
  local all = {
    reduction = { type = "string", one_of = { "mean", "sum" }, default = "mean" },
    row_weights = { type = "array" },
    gradient = { type = "boolean", default = true },
    factor = { type = "number", default = 1 },
    add_to = {},
  }
  for name, option in pairs(own) do
    all[name] = option
  end
  return all
end

local function check_targets(name, targets)
  if name == "gaussian_kl" then
    options.need(targets == nil, "targets", "nil, as gaussian_kl has none", targets)
  else
    options.need_numbers("targets", targets)
  end
end

local function parts_of(name, parts)
  local values = parts:totable()
  local count = WHOLE[name] and 1 or #values - 1
  for i = #values, count + 1, -1 do
    values[i] = nil
  end
  return values
end

--- A loss; its gradient by the outputs (nil with gradient = false), times `factor`, in a new array
-- or added to `add_to`; and details: values, each task's part.
local function measure(name, outputs, targets, given)
  local where = "loss." .. name
  local o = options.check(where, given, objective.options[name])
  options.need_numbers("outputs", outputs)
  check_targets(name, targets)
  if name == "group_calibration" and o.groups == nil then
    options.fail('%s: option "groups": the group of each row is needed', where)
  elseif o.add_to ~= nil and not o.gradient then
    options.fail('%s: option "add_to": gradient = false leaves nothing to add', where)
  end
  local value, gradient, parts = core.training_loss(name, outputs, targets, o, o.gradient)
  return value, gradient, { values = parts_of(name, parts) }
end

for name, own in pairs(own_options) do
  objective.options[name] = all_options(own)
  objective.losses[name] = function(outputs, targets, given)
    return measure(name, outputs, targets, given)
  end
end

return objective
