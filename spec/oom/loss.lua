-- Losses and soft ranks of rows out of order, with a table of gains; a gradient by weights.
local sy = require "steelyard"
local ids, scores, gains = { "b", "a", "b", "a" }, { 0.1, 0.9, 0.5, 0.7 }, { 1, 0, 2, 1 }
local data = sy.dataset.new({ predictions = { p = scores }, groups = ids })
require("steelyard.loss")
return function()
  local value, gradient = sy.loss.approx_ndcg(scores, gains, {
    groups = ids, gain = { 0, 1, 5 }, weights = { 1, 2 },
  })
  assert(value > 0 and #gradient == 4)
  assert(sy.loss.by_weights(data, gradient).p)
  local ranks, pull = sy.loss.soft_rank(scores, { groups = ids })
  assert(#pull(ranks) == 4)
end
