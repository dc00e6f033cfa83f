-- Sequential quadratic programming (NLopt's SLSQP; Kraft 1994) on a smooth stand-in of the problem.
--
-- The true objective is made of steps and jumps: its gradient is zero or missing wherever one
-- looks, so that a gradient method "converges" where it starts. With soft ranks (see smooth.c) it
-- has a gradient; the temperature is then annealed toward the true ranks, each stage starting where
-- the one before ended, and the best point by the *true* objective is kept.

local core = require("steelyard.core")

local slsqp = {}

-- Stages of {temperature in deviations of the score within a request, cutoff edge in ranks, the
-- factor by which a weight may change}. The factor is a trust region: at low temperature the
-- problem has many local minima, some with a weight at 0, into which a long step would fall.
local STAGES = {
  { 0.5, 1.0, 20 },
  { 0.2, 0.5, 4 },
  { 0.08, 0.3, 3 },
  { 0.03, 0.2, 2 },
  { 0.01, 0.15, 2 },
  { 0.004, 0.1, 1.5 },
  { 0.0015, 0.1, 1.5 },
}

-- Soft ranks compare all pairs: more of them than this, and the smooth stages see a sample of
-- requests.
local MOST_PAIRS = 2e6

-- The optimizer works on costs of about this size, whatever the problem's.
local COST_SCALE = 100

-- What weights cost under which nothing can be measured: where no request has a score above 0,
-- there is no NDCG gap. More than any squared distance, and flat.
local NO_COST = 1e3

local function load_nlopt()
  local ok, nlopt = pcall(require, "steelyard.nlopt")
  if ok then
    return nlopt
  end
  return nil, "steelyard.nlopt is not here: install NLopt (Debian: libnlopt-dev) and build again"
end

local function pairs_of(data, tasks)
  local sizes, sum = data.groups:sizes(), 0
  for r = 1, #sizes do
    sum = sum + sizes[r] * sizes[r]
  end
  return sum * tasks
end

-- The problem over a seeded sample of requests small enough for pairwise work.
local function sampled(problem)
  local data = problem.data
  local pairs_count = pairs_of(data, #problem.tasks)
  if pairs_count <= MOST_PAIRS then
    return problem
  end
  local count = data.groups.count
  local keep = math.max(1, math.floor(count * MOST_PAIRS / pairs_count))
  if keep >= count then
    return problem
  end
  local order = core.array.range(count)
  core.random(problem.options.seed):shuffle(order)
  local chosen = {}
  for r = 1, keep do
    chosen[r] = order[r]
  end
  table.sort(chosen)
  return problem:over(data:select(chosen))
end

-- Cost and gradient of the smooth problem at a temperature.
local function smooth_cost(problem, temperature, edge)
  local count = #problem.tasks
  return function(weights)
    local values, jacobian
    if problem.measure == "gap" then
      values, jacobian = problem.objective:smooth_gaps(weights, temperature, edge)
    else
      values, jacobian = problem.objective:smooth_regrets(weights, temperature, edge)
    end
    problem.evaluations = problem.evaluations + 1
    local slopes, gradient, pulls = {}, {}, {}
    local cost = problem:loss(values, problem:achieved(values), slopes)
    for t = 1, count do
      pulls[t] = 0
      gradient[t] = 0
    end
    if cost ~= cost then
      return NO_COST * COST_SCALE, gradient
    end
    cost = cost + problem:penalty(weights, pulls)
    local scale = problem.magnitude(weights)
    for t = 1, count do
      for j = 1, count do
        gradient[t] = gradient[t] + slopes[j] * jacobian[(j - 1) * count + t]
      end
      gradient[t] = (gradient[t] + pulls[t] / scale) * COST_SCALE
    end
    return cost * COST_SCALE, gradient
  end
end

-- A weight's trust region within its bounds; it keeps its sign and stays away from 0.
local function trust_region(problem, weights, factor)
  local lower, upper = {}, {}
  local tiny = 1e-6 * problem.magnitude(weights)
  for i = 1, #weights do
    if problem.fixed[i] then
      lower[i], upper[i] = problem.initial[i], problem.initial[i]
    else
      local size = math.max(math.abs(weights[i]), tiny)
      local near, far = size / factor, size * factor
      if problem.initial[i] < 0 then
        near, far = -far, -near
      end
      lower[i] = math.max(problem.lower[i], math.min(near, problem.upper[i]))
      upper[i] = math.max(lower[i], math.min(far, problem.upper[i]))
    end
  end
  return lower, upper
end

-- The scale of the weights does not matter: hold their signed sum where nothing anchors it.
local function hold_scale(problem)
  if problem.anchored then
    return nil
  end
  local signs = {}
  for i = 1, #problem.tasks do
    signs[i] = problem.initial[i] < 0 and -1 or 1
  end
  return signs
end

--- Run the annealed stages from a look. The residual (or loss) after each stage goes to `history`.
-- @return the best look by the true objective; or nil and why it cannot run
function slsqp.run(problem, start, history)
  local nlopt, message = load_nlopt()
  if not nlopt then
    return nil, message
  end
  local smooth = sampled(problem)
  local weights = problem:admit(problem.copy(start.weights))
  local scale = problem.magnitude(weights)
  local best = start
  for stage, heat in ipairs(STAGES) do
    local temperature, edge, factor = heat[1], heat[2], heat[3]
    local spread = smooth:spread(weights)
    if spread == 0 then
      break -- nothing to order: all scores of each request are equal
    end
    local lower, upper = trust_region(problem, weights, factor)
    for i = 1, #weights do
      weights[i] = math.min(math.max(weights[i], lower[i]), upper[i])
    end
    weights = nlopt.minimize({
      algorithm = "slsqp",
      initial = weights,
      lower = lower,
      upper = upper,
      linear = hold_scale(problem),
      total = scale,
      objective = smooth_cost(smooth, temperature * spread, edge),
      max_evaluations = 60,
      weight_tolerance = 1e-7,
      value_tolerance = 1e-10,
      seed = problem.options.seed,
    })
    local look = problem:look(problem:admit(problem.copy(weights)))
    history[#history + 1] = look.residual or look.cost
    if problem.better(look, best) then
      best = look
    end
    if not problem:report("slsqp", stage, best) or problem:met(best) then
      break
    end
  end
  return best
end

return slsqp
