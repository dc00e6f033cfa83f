-- The critic's network, and what keeps it monotone.
--
-- Every unit of a monotone critic is of a kind: its activation rises (1) or falls (-1) with what is
-- better, or is free of it (0). Weights between units of the first two kinds have the sign of the
-- kinds' product, and none leads from these to a free one; so along every path from a feature that
-- has a sense to the value the product of weights has that sense, and the value is monotone,
-- whatever the free units do. Rising and falling units together give slopes that grow and that
-- fall off; rising ones alone would make the value convex. After each step weights of a wrong sign
-- are set to 0.

local core = require("steelyard.core")
local net = require("steelyard.net")
local vector = require("steelyard.vector")

local architecture = {}

local EPSILON = 0.001 -- of the reference's batch norm

-- Signed weights add up where others cancel: they start smaller.
local START = 0.5

-- The kinds of a hidden layer's units: 2 of 5 free where there is something to be free of.
local function kinds_of(width, has_free)
  local free = has_free and math.floor(0.4 * width) or 0
  local kinds = {}
  for unit = 1, width do
    kinds[unit] = unit <= free and 0 or ((unit - free) % 2 == 1 and 1 or -1)
  end
  return kinds
end

-- {signs, free} of a layer's weights: what sign each must have (0: none), and where any may stand.
local function signs_of(from, to)
  local signs, free = core.array.zeros(#to, #from), core.array.zeros(#to, #from)
  for i = 1, #to do
    for j = 1, #from do
      if from[j] == 0 then
        free:set(i, j, 1)
      else
        signs:set(i, j, from[j] * to[i])
      end
    end
  end
  return { signs = signs, free = free }
end

-- W := its free part + the signed part, of which `repair` makes what it may be.
local function repair_weights(weights, layer, repair)
  local signed = vector.multiply(repair(vector.multiply(weights, layer.signs)), layer.signs)
  vector.assign(weights, vector.accumulate(signed, vector.multiply(weights, layer.free)))
end

local function not_negative(signed)
  return vector.clip(signed, 0, math.huge)
end

local function start_size(signed)
  return vector.multiply(vector.abs(signed), START)
end

--- The network of so many features: its input is "features", its output "value".
-- o: hidden, output, scale, l2, batch, dtype, seed; senses: nil, or for a monotone critic a number
-- for each feature. Gives the network, and what architecture.project wants (nil: nothing).
function architecture.build(width, o, senses)
  local graph, l2 = net.graph(), 2 * o.l2 / o.batch
  local layer = graph:input("features", width, { wants_gradient = true })
  if o.scale == "batch_norm" then
    layer = graph:batch_norm(layer, { name = "normed", affine = false, epsilon = EPSILON,
      momentum = 0.01 })
  end
  local has_free, kinds, monotone = false, senses, {}
  for _, sense in ipairs(senses or {}) do
    has_free = has_free or sense == 0
  end
  local function dense(units, name)
    layer = graph:dense(layer, units, { name = name, start = "glorot", l2 = l2 })
  end
  for i, units in ipairs(o.hidden) do
    dense(units, "hidden_" .. i)
    layer = graph:relu(layer)
    if senses then
      local next_kinds = kinds_of(units, has_free)
      monotone[i] = signs_of(kinds, next_kinds)
      monotone[i].name, kinds = "hidden_" .. i .. ".weight", next_kinds
    end
  end
  local bounded = o.output ~= "linear"
  dense(1, bounded and "raw_value" or "value")
  if bounded then
    graph[o.output](graph, layer, { name = "value" })
  end
  local made = graph:build({ dtype = o.dtype, batch = o.batch, seed = o.seed })
  if not senses then
    return made
  end
  monotone[#monotone + 1] = signs_of(kinds, { 1 })
  monotone[#monotone].name = (bounded and "raw_value" or "value") .. ".weight"
  for _, one in ipairs(monotone) do
    one.weights = made:parameter(one.name)
    repair_weights(one.weights, one, start_size)
  end
  return made, monotone
end

--- Set weights of a wrong sign to 0.
function architecture.project(monotone)
  for _, layer in ipairs(monotone or {}) do
    repair_weights(layer.weights, layer, not_negative)
  end
end

return architecture
