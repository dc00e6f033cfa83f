-- A value model's weights moved through a critic: a small network learns from smooth features of a
-- request's ranking what NDCG@3 will be, and its slopes say where weights should go. Beside it
-- ApproxNDCG, a formula in place of the critic. Are they better than the start, and than one
-- another, for users that neither saw? Several splits tell, since one is mostly luck.
--
--   steelyard run examples/recipes/critic_value_model.lua \
--     examples/data/kuairand-requests.csv 4 ndcg@3

local sy = require "steelyard"
local vector = sy.vector

return function(context)
  local splits, metric = tonumber(context.args[2] or 4), context.args[3] or "ndcg@3"
  local worth = { click = 1, long_view = 2, profile_enter = 8, comment = 12 }
  local start = { p_click = 1, p_long_view = 2, p_profile_enter = 8, p_comment = 12 }
  local tasks = { "p_click", "p_comment", "p_long_view", "p_profile_enter" }
  local data = assert(sy.dataset.read(context.args[1], {
    group = "request_id", predictions = tasks,
    columns = { "user_id", "click", "long_view", "profile_enter", "comment" },
  }))

  local function gains_of(part)
    local gains = sy.array(part.size)
    for label, value in pairs(worth) do
      vector.accumulate(gains, part:column(label), value)
    end
    return gains
  end
  local function measured(part, weights)
    return sy.metrics.measure(sy.value_model.new({ weights = weights }):score(part),
      gains_of(part), { groups = part.groups, metrics = { metric } })[1]
  end

  -- Down the slope of ApproxNDCG by the logarithms of weights; the best of each tenth step by the
  -- requests held out.
  local function by_formula(trained, held)
    local weights, gains, best, best_held = {}, gains_of(trained), start, 0
    for task, weight in pairs(start) do
      weights[task] = weight
    end
    for step = 0, 60 do
      local now = step % 10 == 0 and measured(held, weights).mean or 0
      if now > best_held then
        best_held, best = now, {}
        for task, weight in pairs(weights) do
          best[task] = weight
        end
      end
      local scores = sy.value_model.new({ weights = weights }):score(trained)
      local off = vector.subtract(scores, scores:mean())
      local _, gradient = sy.loss.approx_ndcg(scores, gains, { groups = trained.groups, k = 10,
        temperature = math.sqrt(vector.square(off):mean()) / 2 })
      local slopes = sy.loss.by_weights(trained, gradient)
      for _, task in ipairs(tasks) do
        weights[task] = weights[task] * math.exp(-10 * slopes[task] * weights[task])
      end
    end
    return best
  end

  local critic, formula, last = {}, {}, nil
  for seed = 1, splits do
    local rest, test = data:split(0.4, { seed = seed, by = "user_id" })
    local trained, held = rest:split(0.35, { seed = seed, by = "user_id" })
    local tuned = sy.critic.value_model(trained, {
      weights = start, target = metric, gains = worth, holdout = held, seed = seed,
    })
    local before = measured(test, start).mean
    critic[seed] = measured(test, tuned.weights).mean - before
    formula[seed] = measured(test, by_formula(trained, held)).mean - before
    last = tuned
    context.out(("split %d: start %.4f  critic %+.4f (period %d of %d)  formula %+.4f"):format(seed,
      before, critic[seed], tuned.best_period, #tuned.history, formula[seed]))
  end

  -- Splits share users: their spread is no interval, but it shows what one split alone would say.
  local function summary(name, list)
    local sum, better = 0, 0
    for _, x in ipairs(list) do
      sum, better = sum + x, better + (x > 0 and 1 or 0)
    end
    context.out(("%-8s %+.4f %s in the mean, better than the start in %d of %d splits"):format(
      name, sum / #list, metric, better, #list))
  end
  summary("critic", critic)
  summary("formula", formula)
  for _, entry in ipairs(last.history) do
    context.out(("period %d: promised %+.4f, trained %.4f, held out %.4f"):format(entry.period,
      entry.promised, entry.trained, entry.held))
  end
  for _, task in ipairs(tasks) do
    context.out(("%-16s %.4f -> %.4f"):format(task, start[task], last.weights[task]))
  end
end
