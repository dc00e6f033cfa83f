-- Polishing on the true objective, which has jumps: steps that need no gradient.
--
-- 1. Proportional steps: multiply each weight by (wanted / achieved) ^ power, with a power that
--    falls from step to step. They may go uphill, which carries them over jumps that stop the other
--    two; the best point on the way is kept.
-- 2. Gauss-Newton in the logarithms of the weights, with differences wide enough to average over
--    jumps.
-- 3. Hops: the landscape has more than one valley, so the first two also start from seeded random
--    weights around the best.
-- 4. A compass search (Kolda, Lewis and Torczon 2003) over each weight and each pair of weights,
--    with shrinking steps. Where it ends, no such change of any size that it tried comes closer.
-- 5. Restarts: coarse compass searches from random weights around the best, and the best of their
--    ends is searched finely.
--
-- Where all this ends short of a target, the result is called the nearest point found, with what
-- was tried: evidence for an unreachable target, not a proof over all weights.

local core = require("steelyard.core")

local polish = {}

-- Proportional steps end where the cost has not halved within some.
local PROPORTIONAL_STEPS, FIRST_POWER, POWER_HALVES, PATIENCE = 100, 0.6, 8, 15
local NEWTON_WIDTHS = { 0.1, 0.03, 0.01, 0.003 }
local FIRST_STEP, COARSE_STEP, LAST_STEP, SHRINK = 0.5, 0.02, 1e-6, 0.4
local MOST_RESTARTS, RESTART_SCATTER = 8, 1.2

-- Hops go far, far and near in turn, and leave evaluations to what follows them.
local MOST_HOPS, HOP_SCATTER, HOP_BUDGET = 20, { 0.6, 0.6, 0.12 }, 0.6

-- Hops and restarts are for logs small enough: this many rows in all of them.
local RESTART_ROWS = 1.6e6

-- A step is a share of a weight, but never less than what gives the task this share of all that
-- tasks have to say: a weight that has shrunk to nothing must find its way back.
local LEAST_SHARE = 0.02

local function try(problem, weights)
  return problem:look(problem:admit(weights))
end

local function proportional(problem, start, free)
  if problem.goal == "minimise" or start.cost ~= start.cost then
    return start
  end
  local direction = problem.measure == "regret" and -1 or 1
  local floor = 1e-3 / #problem.tasks
  local look, best = start, start
  local mark, marked = start.cost, 0
  for step = 0, PROPORTIONAL_STEPS - 1 do
    if problem:met(best) or problem:exhausted() or step - marked > PATIENCE then
      return best
    end
    local power = direction * FIRST_POWER / (1 + step / POWER_HALVES)
    local weights = problem.copy(look.weights)
    for _, i in ipairs(free) do
      if problem.targeted[i] then
        local ratio = math.max(problem.target[i], floor) / math.max(look.achieved[i], floor)
        weights[i] = weights[i] * math.min(math.max(ratio ^ power, 0.2), 5)
      end
    end
    look = try(problem, weights)
    if look.cost ~= look.cost then
      return best -- nothing can be measured here, and no step leads back
    elseif problem.better(look, best) then
      best = look
    end
    if best.cost <= mark / 2 then
      mark, marked = best.cost, step
    end
    problem:report("proportional", step + 1, best)
  end
  return best
end

-- Solve the damped normal equations (J'J + damping I) x = -J'd by elimination with pivoting.
local function solve(matrix, right)
  local n = #right
  for column = 1, n do
    local pivot = column
    for row = column + 1, n do
      if math.abs(matrix[row][column]) > math.abs(matrix[pivot][column]) then
        pivot = row
      end
    end
    if matrix[pivot][column] == 0 then
      return nil
    end
    matrix[column], matrix[pivot] = matrix[pivot], matrix[column]
    right[column], right[pivot] = right[pivot], right[column]
    for row = column + 1, n do
      local factor = matrix[row][column] / matrix[column][column]
      for k = column, n do
        matrix[row][k] = matrix[row][k] - factor * matrix[column][k]
      end
      right[row] = right[row] - factor * right[column]
    end
  end
  local x = {}
  for row = n, 1, -1 do
    local sum = right[row]
    for k = row + 1, n do
      sum = sum - matrix[row][k] * x[k]
    end
    x[row] = sum / matrix[row][row]
  end
  return x
end

-- Derivatives of what is achieved by the logarithm of each free weight, by central differences.
local function sensitivities(problem, best, free, width)
  local columns = {}
  for c, i in ipairs(free) do
    local up, down = problem.copy(best.weights), problem.copy(best.weights)
    up[i], down[i] = up[i] * math.exp(width), down[i] * math.exp(-width)
    local high, low = try(problem, up), try(problem, down)
    local column = {}
    for j = 1, #problem.tasks do
      column[j] = (high.achieved[j] - low.achieved[j]) / (2 * width)
    end
    columns[c] = column
  end
  return columns
end

local function newton_step(problem, best, free, columns, damping)
  local matrix, right = {}, {}
  for a = 1, #free do
    matrix[a], right[a] = {}, 0
    for b = 1, #free do
      local sum = 0
      for j = 1, #problem.tasks do
        if problem.targeted[j] then
          sum = sum + columns[a][j] * columns[b][j]
        end
      end
      matrix[a][b] = sum
    end
    for j = 1, #problem.tasks do
      if problem.targeted[j] then
        right[a] = right[a] - columns[a][j] * (best.achieved[j] - problem.target[j])
      end
    end
  end
  for a = 1, #free do
    matrix[a][a] = matrix[a][a] * (1 + damping) + 1e-9
  end
  local step = solve(matrix, right)
  if not step or step[1] ~= step[1] then
    return best
  end
  local weights = problem.copy(best.weights)
  for c, i in ipairs(free) do
    weights[i] = weights[i] * math.exp(math.min(math.max(step[c], -1), 1))
  end
  return try(problem, weights)
end

local function newton(problem, best, free)
  if problem.goal == "minimise" or problem.strength > 0 or best.cost ~= best.cost then
    return best
  end
  for _, width in ipairs(NEWTON_WIDTHS) do
    for _ = 1, 4 do
      if problem:met(best) or problem:exhausted() then
        return best
      end
      local columns = sensitivities(problem, best, free, width)
      local improved = false
      for _, damping in ipairs({ 1e-3, 0.1, 1 }) do
        local look = newton_step(problem, best, free, columns, damping)
        if problem.better(look, best) then
          best, improved = look, true
          break
        end
      end
      problem:report("newton", problem.evaluations, best)
      if not improved then
        break
      end
    end
  end
  return best
end

-- The size that each weight's steps are shares of.
local function sizes(problem, weights)
  local spreads, sum, out = problem:spreads(), 0, {}
  for i = 1, #weights do
    sum = sum + math.abs(weights[i]) * spreads[i]
  end
  for i = 1, #weights do
    local least = spreads[i] > 0 and LEAST_SHARE * sum / spreads[i] or 0
    out[i] = math.max(math.abs(weights[i]), least)
  end
  return out
end

-- Every weight up and down, and every pair one up, the other down.
local function directions(free)
  local list = {}
  for _, i in ipairs(free) do
    list[#list + 1] = { [i] = 1 }
    list[#list + 1] = { [i] = -1 }
  end
  for a = 1, #free do
    for b = 1, #free do
      if a ~= b and #free <= 12 then
        list[#list + 1] = { [free[a]] = 1, [free[b]] = -1 }
      end
    end
  end
  return list
end

-- Descend from a look with steps that shrink from `step` to `last_step`. Returns the best look, and
-- whether the last steps were tried to no avail: nothing cut the search short.
local function descend(problem, best, free, step, last_step)
  local list = directions(free)
  while step >= last_step do
    local improved = false
    for _, direction in ipairs(list) do
      if problem:met(best) or problem:exhausted() then
        return best, false
      end
      local weights = problem.copy(best.weights)
      local size = sizes(problem, weights)
      for i, sign in pairs(direction) do
        local outward = problem.initial[i] < 0 and -sign or sign
        weights[i] = weights[i] + outward * step * size[i]
      end
      local look = try(problem, weights)
      if problem.better(look, best) then
        best, improved = look, true
      end
    end
    problem:report("compass", problem.evaluations, best)
    if not improved then
      step = step * SHRINK
    end
  end
  return best, true
end

local function compass(problem, best, free)
  return descend(problem, best, free, FIRST_STEP, LAST_STEP)
end

local function scattered(problem, weights, free, random, scatter)
  local out, size = problem.copy(weights), sizes(problem, weights)
  for _, i in ipairs(free) do
    local length = size[i] * math.exp(scatter * random:normal())
    out[i] = problem.initial[i] < 0 and -length or length
  end
  return try(problem, out)
end

-- How often to start again, for the size of the log.
local function attempts(problem, most)
  local count = math.floor(RESTART_ROWS / math.max(problem.data.size, 1))
  return math.min(math.max(count, 1), most)
end

local function hops(problem, best, free)
  if problem.goal == "minimise" or #free == 0 then
    return best
  end
  local random = core.random(problem.options.seed)
  local budget = HOP_BUDGET * problem.options.max_evaluations
  for hop = 1, attempts(problem, MOST_HOPS) do
    if problem:met(best) or problem.stopped or problem.evaluations >= budget then
      return best
    end
    local scatter = HOP_SCATTER[(hop - 1) % #HOP_SCATTER + 1]
    local look = scattered(problem, best.weights, free, random, scatter)
    look = newton(problem, proportional(problem, look, free), free)
    if problem.better(look, best) then
      best = look
    end
  end
  return best
end

local function restarts(problem, best, free)
  local random = core.random(problem.options.seed)
  for _ = 1, attempts(problem, MOST_RESTARTS) do
    if problem:met(best) or problem:exhausted() then
      return best
    end
    local look = scattered(problem, best.weights, free, random, RESTART_SCATTER)
    look = descend(problem, look, free, FIRST_STEP, COARSE_STEP)
    if problem.better(look, best) then
      best = descend(problem, look, free, COARSE_STEP, LAST_STEP)
    end
  end
  return best
end

-- Run one phase, noting its name where it helped.
local function phase(name, run, problem, best, free, used)
  local look, settled = run(problem, best, free)
  if problem.better(look, best) and used[#used] ~= name then
    used[#used + 1] = name
  end
  return look, settled
end

local function quick(problem, start, free, used)
  local best = phase("proportional", proportional, problem, start, free, used)
  return (phase("newton", newton, problem, best, free, used))
end

--- The quick phases: proportional steps, Gauss-Newton, hops. Names of those that helped go to
-- `used`.
function polish.approach(problem, start, used)
  local free = problem:free()
  local best = quick(problem, start, free, used)
  return (phase("hops", hops, problem, best, free, used))
end

--- All but the hops.
-- @return the best look, and what was tried around it without coming closer (nil where the search
-- was cut short, reached its target or has no weight to move)
function polish.run(problem, start, used)
  local free = problem:free()
  local best = quick(problem, start, free, used)
  local look, settled = phase("compass", compass, problem, best, free, used)
  if not settled or #free == 0 then
    return look
  end
  look = phase("restarts", restarts, problem, look, free, used)
  return look, string.format(
    "no change of a weight or of two by %.2g%% to %.0f%%",
    100 * LAST_STEP,
    100 * FIRST_STEP
  )
end

return polish
