-- Platt scaling inside the network: a slope and an offset for each task's logit, which train on a
-- random share of the batches while the network below stands still.
-- mode = "seed": the slope is free and starts, as the offset, at 0.

local platt = {
  summary = "a slope and an offset on each logit, trained apart from the network",
  options = {
    fraction = { type = "number", default = 0.05, least = 0, most = 1 },
    slope = { type = "string", one_of = { "softplus", "exp", "free" }, default = "softplus" },
  },
}

function platt.build(graph, parts, o)
  parts.scaled = graph:scale(graph:stop_gradient(parts.logits),
    { name = "platt", slope = o.mode == "seed" and "free" or o.slope })
  parts.served = parts.scaled
end

function platt.start(net, o)
  if o.mode == "seed" then
    net:parameter("platt.scale"):fill(0)
  end
end

function platt.loss(batch, parts, o)
  local scales = batch.random:uniform() < o.fraction
  return batch:cross_entropy(scales and parts.scaled or parts.logits)
end

return platt
