-- The multiplicative NDCG-gap update, by hand: what sy.tune.ndcg_gap does with method =
-- "multiplicative", from sy.ndcg alone. Change the update, and it is your own recipe.
--
--   steelyard run examples/recipes/multiplicative.lua examples/data/value_model_example.csv

local sy = require "steelyard"
local tasks = { "watch_3s", "watch_30s", "watch_and_share", "watch_and_like", "watch_and_follow" }
local target = { 0.30, 0.50, 0.07, 0.07, 0.06 }
local weights, fractions, gaps = { 0.2, 0.2, 0.2, 0.2, 0.2 }, {}, {}
local data = assert(sy.dataset.read((...), { predictions = tasks }))

local function score(left_out)
  local used = {}
  for j, task in ipairs(tasks) do
    used[j] = { task, j == left_out and 0 or weights[j] }
  end
  return sy.value_model.new({ weights = used }):score(data)
end

for _ = 1, 1000 do
  local all, gap_sum, weight_sum = score(), 0, 0
  for j = 1, #tasks do -- how much of the ranking, as the score values it, is lost without task j
    gaps[j] = 1 - sy.ndcg(score(j), all)
    gap_sum = gap_sum + gaps[j]
  end
  for j = 1, #tasks do
    fractions[j] = gaps[j] / gap_sum
    weights[j] = weights[j] * (1 + 0.05 * (target[j] - fractions[j]))
    weight_sum = weight_sum + weights[j]
  end
  for j = 1, #tasks do
    weights[j] = weights[j] / weight_sum
  end
end

for j, task in ipairs(tasks) do
  print(("%-17s weight %.12f  share %.6f"):format(task, weights[j], fractions[j]))
end
