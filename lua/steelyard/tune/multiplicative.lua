-- The multiplicative update of the reference: weights whose task has less influence than intended
-- grow, the others shrink, all in proportion to the difference.
--
--   gaps, target fractions      w_j <- w_j (1 + rate (target_j - fraction_j))
--   regrets, targets            w_j <- w_j (1 + rate (regret_j - target_j))
--   regrets, minimised          w_j <- w_j (1 + rate importance_j regret_j)
--
-- then clipped at 0 and scaled to sum 1. The last only ever multiplies up: left alone it runs into
-- a corner, so with regularization each step also goes back toward the initial weights.

local multiplicative = { STANDS_STILL = "weights stand still" }

-- One weight's relative growth, before the learning rate.
local function growth(problem, i, values, achieved)
  if problem.goal == "minimise" then
    return problem.importance[i] * values[i]
  end
  if not problem.targeted[i] then
    return 0
  end
  local missing = problem.target[i] - achieved[i]
  if problem.goal == "absolute" then
    missing = missing / problem.target_mean
  end
  return problem.measure == "regret" and -missing or missing
end

-- The pull back to the initial weights: for l2 a step toward them, for kl a step in the logarithm.
local function restrain(problem, weights, pull)
  local unit, scale = problem:unit(weights), problem.magnitude(weights)
  pull = math.min(pull, 1)
  for i = 1, #weights do
    local reference = problem.reference[i]
    if problem.fixed[i] then
      weights[i] = problem.initial[i]
    elseif problem.kind == "l2" then
      weights[i] = scale * (unit[i] + pull * (reference - unit[i]))
    elseif unit[i] ~= 0 and reference ~= 0 then
      weights[i] = weights[i] * math.abs(reference / unit[i]) ^ pull
    end
  end
end

-- One update in place; returns how far the farthest weight went.
local function update(problem, weights, values, achieved, before)
  local rate = problem.options.learning_rate
  for i = 1, #weights do
    before[i] = weights[i]
    if not problem.fixed[i] then
      local factor = 1 + rate * growth(problem, i, values, achieved)
      weights[i] = factor > 0 and weights[i] * factor or 0
    end
  end
  if problem.strength > 0 then
    restrain(problem, weights, rate * problem.strength)
  end
  problem:admit(weights)
  local moved = 0
  for i = 1, #weights do
    moved = math.max(moved, math.abs(weights[i] - before[i]))
  end
  return moved
end

--- Run the update from the initial weights.
-- @return the last look, why it stopped, the iterations done, the history: the residual (or, where
-- there is no target, the loss) before each iteration; and what the last update was made from,
-- which is what the reference prints as its result
function multiplicative.run(problem)
  local o = problem.options
  local values, achieved, before, history = {}, {}, {}, {}
  local weights = problem:start()
  for iteration = 1, o.max_iterations do
    problem:values(weights, values)
    problem:achieved(values, achieved)
    local residual = problem:residual(achieved)
    history[iteration] = residual or problem:loss(values, achieved)
    if history[iteration] ~= history[iteration] then
      history[iteration] = nil
      return problem:look(before), "no request has a score above 0 any more", iteration - 1, history
    elseif residual and residual <= o.tolerance then
      return problem:look(weights), "target reached", iteration - 1, history
    end
    local look = { weights = weights, residual = residual, cost = history[iteration] }
    if not problem:report("multiplicative", iteration, look) then
      return problem:look(weights), "stopped by the progress function", iteration - 1, history
    end
    local moved = update(problem, weights, values, achieved, before)
    if moved <= o.step_tolerance then
      return problem:look(weights), multiplicative.STANDS_STILL, iteration, history
    end
  end
  local last = { values = values, achieved = achieved }
  return problem:look(weights), "iteration limit reached", o.max_iterations, history, last
end

return multiplicative
