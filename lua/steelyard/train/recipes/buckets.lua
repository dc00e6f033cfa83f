-- Prediction buckets: each batch is sorted by prediction and cut into buckets of equal size, and
-- the squared gap between mean prediction and mean label of each is added to the loss.
-- mode = "seed": the highest predictions are left over where the buckets do not divide the batch.

local loss = require("steelyard.loss")

-- What is not too much, beside a mean cross-entropy. Gaps in logarithms and deviations are larger,
-- and biased where a batch has few positives: down and up.
local WEIGHTS = { mean = 1, log_ratio = 0.1, deviation = 0.01 }

local buckets = {
  summary = "squared gaps between prediction and label in buckets of equal size",
  options = {
    buckets = { type = "integer", default = 10, least = 1, most = 2 ^ 31 - 1 },
    weight = { type = "number", least = 0 },
    gap = { type = "string", one_of = { "mean", "log_ratio", "deviation" }, default = "mean" },
  },
}

function buckets.loss(batch, parts, o)
  local value, gradients = batch:cross_entropy(parts.logits)
  local weight = o.weight or WEIGHTS[o.gap]
  local gap = loss.bucket_calibration(batch:value(parts.logits), batch.labels, {
    buckets = o.buckets,
    drop_rest = o.mode == "seed",
    gap = o.gap,
    f32_labels = o.mode == "seed",
    factor = weight,
    add_to = gradients[parts.logits],
  })
  return value + weight * gap, gradients
end

return buckets
