-- NDCG with every treatment of ties and both gains; regret.
local sy = require "steelyard"
local scores = sy.array({ 3, 1, 2, 2, 5, 4 }, "f32")
local gains = { 1, 0, 2, 0, 1, 1 }
return function()
  for _, ties in ipairs({ "input", "average", "best", "worst" }) do
    assert(sy.ndcg(scores, gains, { ties = ties, k = 3, groups = { 1, 1, 1, 2, 2, 2 } }))
  end
  assert(sy.ndcg(scores, gains, { gain = "exponential" }))
  assert(sy.ndcg({ 1, 2 }, { 0, 1 }, { profile = "sklearn" }))
  assert(sy.regret(scores, gains))
end
