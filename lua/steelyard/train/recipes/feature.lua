-- Feature based: the squared gap between mean prediction and mean label for each value of a feature
-- is added to the loss. Values that a batch does not have count nowhere.
-- mode = "seed": gaps are summed over values and tasks, not averaged,
-- and mean labels are rounded to f32.

local loss = require("steelyard.loss")

local feature = {
  summary = "squared gaps between prediction and label by the values of a feature",
  options = {
    by = { type = "string|table", required = true },
    weight = { type = "number", default = 1, least = 0 },
    gap = { type = "string", one_of = { "mean", "log_ratio", "deviation" }, default = "mean" },
    weighting = { type = "string", one_of = { "equal", "size" }, default = "equal" },
  },
  categories = { "by" },
}

function feature.features(o)
  return { by = o.by }
end

function feature.loss(batch, parts, o)
  local value, gradients = batch:cross_entropy(parts.logits)
  local gap = loss.group_calibration(batch:value(parts.logits), batch.labels, {
    groups = batch:codes("by"),
    reduction = o.mode == "seed" and "sum" or "mean",
    gap = o.gap,
    f32_labels = o.mode == "seed",
    weighting = o.weighting,
    factor = o.weight,
    add_to = gradients[parts.logits],
  })
  return value + o.weight * gap, gradients
end

return feature
