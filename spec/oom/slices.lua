-- Metrics by slices of requests and of items.
local sy = require "steelyard"
local scores, gains, groups = { 3, 2, 1, 2, 1 }, { 0, 1, 1, 0, 1 }, { 1, 1, 1, 2, 2 }
require("steelyard.slices")
return function()
  local result = sy.metrics.measure(scores, gains, {
    metrics = "ndcg@2, auc",
    groups = groups,
    by = {
      sy.slices.values({ "a", "a", "a", "b", "b" }),
      sy.slices.cut({ 1, 2, 3, 1, 2 }, { 1.5 }),
      sy.slices.size({ 2 }),
      sy.slices.rank({ 1 }),
    },
  })
  assert(result.slices[2][1].requests == 2 and #result.slices[1] == 2)
end
