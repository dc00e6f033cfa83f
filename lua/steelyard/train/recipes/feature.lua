-- Feature based: the squared gap between mean prediction and mean label for each value of a feature
-- is added to the loss. Values that a batch does not have count nowhere.
-- mode = "seed": gaps are summed over values and tasks, whatever rows they have, not averaged by
-- rows, and mean labels are rounded to f32.

local loss = require("steelyard.loss")

-- What is not too much, beside a mean cross-entropy. Gaps in logarithms and deviations are larger,
-- and biased where a batch has few positives: down and up.
local WEIGHTS = { mean = 1, log_ratio = 0.1, deviation = 0.01 }

local feature = {
  summary = "squared gaps between prediction and label by the values of a feature",
  options = {
    by = { type = "string|table", required = true },
    weight = { type = "number", least = 0 },
    gap = { type = "string", one_of = { "mean", "log_ratio", "deviation" }, default = "mean" },
    weighting = { type = "string", one_of = { "equal", "size" }, default = "size" },
  },
  categories = { "by" },
}

function feature.features(o)
  return { by = o.by }
end

function feature.loss(batch, parts, o)
  local value, gradients = batch:cross_entropy(parts.logits)
  local weight = o.weight or WEIGHTS[o.gap]
  local gap = loss.group_calibration(batch:value(parts.logits), batch.labels, {
    groups = batch:codes("by"),
    reduction = o.mode == "seed" and "sum" or "mean",
    gap = o.gap,
    f32_labels = o.mode == "seed",
    weighting = o.mode == "seed" and "equal" or o.weighting,
    factor = weight,
    add_to = gradients[parts.logits],
  })
  return value + weight * gap, gradients
end

return feature
