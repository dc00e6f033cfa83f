-- Platt scaling inside the network: a slope and an offset for each task's logit, which train while
-- the network below stands still. on = "batches": on a random share of the batches, which the
-- network sees in other epochs (the reference's). on = "rows": on a share of the rows that the
-- network never trains on, at a higher rate: that costs the network these rows, but still tells the
-- truth of a network that knows its rows by heart.
-- mode = "seed": batches; the slope is free and starts, as the offset, at 0.

local vector = require("steelyard.vector")

local RATE = { batches = 1, rows = 20 } -- times the learning rate

local platt = {
  summary = "a slope and an offset on each logit, trained apart from the network",
  options = {
    fraction = { type = "number", default = 0.05, least = 0, most = 1 },
    on = { type = "string", one_of = { "batches", "rows" }, default = "batches" },
    slope = { type = "string", one_of = { "softplus", "exp", "free" }, default = "softplus" },
  },
}

function platt.build(graph, parts, o)
  parts.scaled = graph:scale(graph:stop_gradient(parts.logits), {
    name = "platt",
    slope = o.mode == "seed" and "free" or o.slope,
    rate = o.mode == "seed" and 1 or RATE[o.on],
  })
  parts.served = parts.scaled
end

function platt.start(net, o)
  if o.mode == "seed" then
    net:parameter("platt.scale"):fill(0)
  end
end

-- 1 for rows that are the line's: spread evenly over the log, and the same in each epoch.
local function set_apart(rows, fraction)
  local weights = {}
  for i = 1, #rows do
    weights[i] = rows[i] * 0.6180339887498949 % 1 < fraction and 1 or 0
  end
  return weights
end

function platt.loss(batch, parts, o)
  if o.mode == "seed" or o.on == "batches" then
    local scales = batch.random:uniform() < o.fraction
    return batch:cross_entropy(scales and parts.scaled or parts.logits)
  end
  local apart = set_apart(batch.rows, o.fraction)
  local value, gradients = batch:cross_entropy(parts.logits, vector.subtract(1, apart))
  local line, slopes = batch:cross_entropy(parts.scaled, apart)
  gradients[parts.scaled] = slopes[parts.scaled]
  return value + line, gradients
end

return platt
