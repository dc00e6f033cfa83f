-- Move a value model to new fractions in small verified steps, as one would in production: from
-- what the incumbent gives to what is wanted, checking every step on requests that took no part.
--
--   steelyard run examples/recipes/anneal.lua examples/data/kuairand-requests.csv 4

local sy = require "steelyard"

return function(context)
  local log, steps = context.args[1], tonumber(context.args[2] or 4)
  local incumbent = { p_click = 1, p_long_view = 2, p_profile_enter = 8, p_comment = 12 }
  local wanted = { p_click = 0.4, p_long_view = 0.4, p_profile_enter = 0.15, p_comment = 0.05 }
  local tasks = { "p_click", "p_long_view", "p_profile_enter", "p_comment" }
  local data = assert(sy.dataset.read(log, {
    group = "request_id", columns = "user_id", predictions = tasks,
  }))

  -- Where we stand: one look at the incumbent, with nothing tuned.
  local tuned, held = data:split(0.2, { seed = 1, by = "user_id" })
  local before = sy.tune.ndcg_gap(tuned, {
    target = wanted, initial = incumbent, k = 10, method = "multiplicative", max_iterations = 1,
  }).before

  local path = {}
  for _, task in ipairs(tasks) do
    path[task] = sy.schedule.cosine(before.achieved[task], wanted[task], steps)
  end

  local weights = incumbent
  for step = 1, steps do
    local target, sum = {}, 0
    for _, task in ipairs(tasks) do
      target[task] = path[task](step)
      sum = sum + target[task]
    end
    for _, task in ipairs(tasks) do
      target[task] = target[task] / sum
    end
    local result = sy.tune.ndcg_gap(tuned, {
      target = target, initial = weights, k = 10, tolerance = 0.01,
    })
    local check = sy.tune.ndcg_gap(held, {
      target = target, initial = result.weights, k = 10,
      method = "multiplicative", max_iterations = 1,
    }).before
    context.out(("step %d of %d: off by %.4f, held out by %.4f"):format(
      step, steps, result.residual, check.residual))
    if not result.converged then
      context.out("stopped: " .. result.reason)
      return 1
    end
    weights = result.weights
  end
  for _, task in ipairs(tasks) do
    context.out(("%-16s %.6f"):format(task, weights[task]))
  end
end
