-- Small networks' scores without a BLAS: a history at a time, by the core alone, so that a serving
-- host needs no more than steelyard.core. It knows the layers that actors have.

local core = require("steelyard.core")
local vector = require("steelyard.vector")

local light = {}
light.__index = light

-- Parameters that are gone through for one history at most: some ten milliseconds.
local MOST = 3e7
light.MOST = MOST

local function bias_of(self, name)
  local bias = self.parameters[name .. ".bias"]
  return bias and bias:row(1)
end

local layers = {}

function layers.embedding(self, layer, history)
  local table_ = self.parameters[layer.name .. ".weight"]
  local sum = core.array.zeros(1, table_.shape[2], "f32")
  core.linear_scores(history, table_, 1, sum)
  local bias = bias_of(self, layer.name)
  return bias and vector.add(sum:row(1), bias) or sum:row(1):copy()
end

function layers.dense(self, layer, _, x)
  local y = vector.times(self.parameters[layer.name .. ".weight"], x)
  local bias = bias_of(self, layer.name)
  return bias and vector.add(y, bias) or y
end

function layers.tanh(_, _, _, x)
  return vector.subtract(vector.multiply(vector.sigmoid(vector.multiply(x, 2)), 2), 1)
end

-- In serving, a sample is its mean.
function layers.sample(_, _, _, mean)
  return mean
end

local skipped = { ids = true, concat = true } -- nothing to compute, or read by training alone

--- Is a network of these layers and parameters (f32) small and plain enough?
function light.serves(list, parameters)
  local work = 0
  for _, array in pairs(parameters) do
    if array.dtype ~= "f32" then
      return false
    end
    work = work + #array * (array.shape[2] or 1)
  end
  for _, layer in ipairs(list) do
    if not layers[layer.kind] and not skipped[layer.kind] then
      return false
    end
  end
  return work <= MOST
end

--- The network, to run in the core.
function light.new(list, parameters)
  return setmetatable({ layers = list, parameters = parameters }, light)
end

--- Scores of all items for one history (a bag of one row with weights): a vector.
function light:scores(history)
  local values = {}
  for _, layer in ipairs(self.layers) do
    if layers[layer.kind] then
      values[layer.name] = layers[layer.kind](self, layer, history, values[layer.inputs[1]])
    end
  end
  return values.scores
end

return light
