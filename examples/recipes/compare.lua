-- Is the new value model better, by which metric, for which users, and is it more than chance?
--
--   steelyard run examples/recipes/compare.lua examples/data/kuairand-requests.csv

local sy = require "steelyard"

local METRICS = { "ndcg@5", "map", "mrr", "rbp(p=0.8)" }

return function(context)
  local data = assert(sy.dataset.read(context.args[1], {
    group = "request_id", predictions = { "p_click", "p_long_view" },
    columns = { "click", "user_id", "hour" },
  }))
  local incumbent = sy.value_model.new { weights = { p_click = 1, p_long_view = 2 } }
  local candidate = sy.value_model.new { weights = { p_click = 3, p_long_view = 1 } }

  local hours = sy.slices.cut(data:column("hour"), { 6, 12, 18 })

  -- All metrics in one pass over one ranking; scores are made within it.
  local function measure(model)
    return sy.metrics.measure(model:deferred(data), data:column("click"), {
      groups = data.groups, metrics = METRICS, by = hours,
    })
  end
  local old, new = measure(incumbent), measure(candidate)

  -- A user's requests are alike: they are drawn and tested together.
  local users, first = data:column("user_id"), data.groups:first()
  local clusters = users:gather(first)
  local p_values = {}
  for i, name in ipairs(METRICS) do
    local c = sy.significance.compare(old[i].per_request, new[i].per_request, {
      clusters = clusters, tests = "randomisation", resamples = 2000,
    })
    p_values[i] = c.randomisation.p
    print(("%-11s %.4f -> %.4f  %+.4f [%+.4f, %+.4f]"):format(name, old[i].mean, new[i].mean,
      c.difference, c.low, c.high))
  end
  for s, slice in ipairs(new.slices[1]) do
    print(("hour %-16s %d requests: ndcg@5 %.4f -> %.4f"):format(slice.value, slice.requests,
      old.slices[1][s]["ndcg@5"].mean, slice["ndcg@5"].mean))
  end
  for i, p in ipairs(sy.significance.adjust(p_values, "holm"):totable()) do
    print(("%-11s p = %.3f, adjusted for %d metrics"):format(METRICS[i], p, #METRICS))
  end
end
