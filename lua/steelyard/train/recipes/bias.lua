-- Feature bias: the feature reaches the last layer, as an offset of each task's logit. A category
-- (also a hashed one, as = "hash") has an offset for each value, which starts at 0 and is drawn to
-- it by an L2; a number has a slope for each task, as in the reference.

local architecture = require("steelyard.train.architecture")

local bias = {
  summary = "an offset on each logit by the values of a feature",
  options = {
    by = { type = "string|table", required = true },
    l2 = { type = "number", default = 0, least = 0 },
  },
}

function bias.features(o)
  return { by = o.by }
end

function bias.build(graph, parts, o, encoding)
  local offsets = architecture.linear(graph, "recipe/by", encoding.blocks["recipe/by"],
    #encoding.tasks, { start = "zero", l2 = o.l2 })
  parts.logits = graph:add({ parts.logits, offsets }, { name = "biased" })
end

function bias.loss(batch, parts)
  return batch:cross_entropy(parts.logits)
end

return bias
