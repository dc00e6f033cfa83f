-- Buckets without edges: the gaps of all pairs of rows, weighted by how near their predictions are
-- (the square of MMCE; Kumar, Sarawagi and Jain, ICML 2018), are added to the loss.

local loss = require("steelyard.loss")

local kernel = {
  summary = "gaps between prediction and label, smoothed by a kernel",
  options = {
    bandwidth = { type = "number", default = 0.2, least = 1e-6 },
    weight = { type = "number", default = 1, least = 0 },
  },
}

function kernel.loss(batch, parts, o)
  local value, gradients = batch:cross_entropy(parts.logits)
  local gap = loss.kernel_calibration(batch:value(parts.logits), batch.labels, {
    bandwidth = o.bandwidth,
    factor = o.weight,
    add_to = gradients[parts.logits],
  })
  return value + o.weight * gap, gradients
end

return kernel
