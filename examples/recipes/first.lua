-- The first recipe: read a log, tune a value model, save it, rank with it.
--
--   steelyard run examples/recipes/first.lua examples/data/kuairand-requests.csv vm.json

local sy = require "steelyard"
local log, file = ...

local data = assert(sy.dataset.read(log, {
  group = "request_id",
  item = "video_id",
  predictions = { "p_click", "p_long_view", "p_profile_enter", "p_comment" },
}))

-- Clicks and long views are to make 40 % of the ranking each, the rest by rarer tasks.
local result = sy.tune.ndcg_gap(data, {
  target = { p_click = 0.4, p_long_view = 0.4, p_profile_enter = 0.15, p_comment = 0.05 },
  k = 10,
  holdout = 0.2,
})
print(("%s: off by %.4f, on held-out requests by %.4f"):format(
  result.reason, result.residual, result.holdout.residual))

local vm = sy.value_model.new { weights = result.weights }
assert(vm:save(file))

local order, offsets = vm:rank(data, 3)
for place = offsets[1] + 1, offsets[2] do -- the first request
  local row = order[place]
  print(place, data:names("video_id")[data:column("video_id")[row]])
end
