-- A short tuning of NDCG gaps, method multiplicative.
local sy = require "steelyard"
local data = assert(sy.dataset.read("spec/oom/data/requests.csv", {
  group = "request_id", predictions = { "p_click", "p_like" },
}))
return function()
  local result = sy.tune.ndcg_gap(data, {
    target = { p_click = 0.6, p_like = 0.4 },
    method = "multiplicative", max_iterations = 3, seed = 1,
  })
  assert(result.weights.p_click)
end
