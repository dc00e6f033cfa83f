-- Tune a value model by gradient descent on a differentiable loss: what people did, weighed, is to
-- stand high in the first ten places. Half of the users take no part and show what carries over.
--
--   steelyard run examples/recipes/gradient.lua examples/data/kuairand-requests.csv 60

local sy = require "steelyard"

return function(context)
  local worth = { click = 1, long_view = 2, profile_enter = 8, comment = 12 }
  local incumbent = { p_click = 1, p_long_view = 2, p_profile_enter = 8, p_comment = 12 }
  local weights = { p_click = 1, p_long_view = 2, p_profile_enter = 8, p_comment = 12 }
  local tasks = { "p_click", "p_long_view", "p_profile_enter", "p_comment" }
  local data = assert(sy.dataset.read(context.args[1], {
    group = "request_id", columns = { "user_id", "click", "long_view", "profile_enter", "comment" },
    predictions = tasks,
  }))
  local tuned, held = data:split(0.5, { seed = 1, by = "user_id" })

  -- What each item turned out to be worth.
  local function gains_of(part)
    local gains = sy.array(part.size)
    for label, value in pairs(worth) do
      local column = part:column(label)
      for row = 1, part.size do
        gains[row] = gains[row] + value * column[row]
      end
    end
    return gains
  end
  local gains, held_gains = gains_of(tuned), gains_of(held)

  local function ndcg(part, part_gains)
    local scores = sy.value_model.new({ weights = weights }):score(part)
    return (sy.ndcg(scores, part_gains, { groups = part.groups, k = 10 }))
  end
  local before, held_before = ndcg(tuned, gains), ndcg(held, held_gains)

  -- Half of the standard deviation of the scores: differences smaller than that hardly count.
  local function temperature_of(scores)
    local mean, sum = scores:mean(), 0
    for row = 1, #scores do
      sum = sum + (scores[row] - mean) ^ 2
    end
    return math.sqrt(sum / #scores) / 2
  end

  -- Each step goes down the slope by the logarithms of the weights, which so stay above 0, and is
  -- pulled back to the incumbent: a weight moves only as far as that pays.
  local steps, first, last = tonumber(context.args[2] or 60), nil, nil
  for _ = 1, steps do
    local scores = sy.value_model.new({ weights = weights }):score(tuned)
    local value, gradient = sy.loss.approx_ndcg(scores, gains, {
      groups = tuned.groups, k = 10, temperature = temperature_of(scores),
    })
    local slopes = sy.loss.by_weights(tuned, gradient)
    first, last = first or value, value
    for _, task in ipairs(tasks) do
      local pull = 0.01 * math.log(weights[task] / incumbent[task])
      weights[task] = weights[task] * math.exp(-10 * (slopes[task] * weights[task] + pull))
    end
  end

  context.out(("loss %.4f -> %.4f in %d steps"):format(first, last, steps))
  context.out(("NDCG@10 %.4f -> %.4f"):format(before, ndcg(tuned, gains)))
  context.out(("held out %.4f -> %.4f"):format(held_before, ndcg(held, held_gains)))
  for _, task in ipairs(tasks) do
    context.out(("%-16s %.6f"):format(task, weights[task]))
  end
end
