-- Tuning: weights with which each task matters as much as intended.
--
--   sy.tune.ndcg_gap(data, {target = {p_click = 0.5, p_like = 0.3, p_share = 0.2}})
--   sy.tune.regret(data, {importance = {...}})    least importance-weighted regret
--   sy.tune.regret(data, {fractions = {...}})     regrets in given proportions
--   sy.tune.regret(data, {regrets = {...}})       regrets of given sizes

local core = require("steelyard.core")
local dataset = require("steelyard.dataset")
local multiplicative = require("steelyard.tune.multiplicative")
local options = require("steelyard.options")
local polish = require("steelyard.tune.polish")
local problem_module = require("steelyard.tune.problem")
local slsqp = require("steelyard.tune.slsqp")
local work = require("steelyard.work")

local tune = {}

local METHODS = { "auto", "multiplicative", "slsqp" }
local SHARED = {
  initial = { type = "table" },
  method = { type = "string", one_of = METHODS },
  semantics = { type = "string", one_of = { "standard", "seed" }, default = "standard" },
  learning_rate = { type = "number" },
  max_iterations = { type = "integer" },
  max_evaluations = { type = "integer", default = 3000 },
  tolerance = { type = "number" },
  step_tolerance = { type = "number", default = 1e-12 },
  k = { type = "integer", default = 0 },
  gain = { type = "string", one_of = { "linear", "exponential" }, default = "linear" },
  ties = {
    type = "string",
    one_of = { "input", "average", "best", "worst", "name" },
    default = "input",
  },
  empty = { type = "string", one_of = { "skip", "zero", "one" }, default = "skip" },
  bounds = { type = "table" },
  fixed = { type = "table" },
  regularization = { type = "table" },
  holdout = { type = "number", default = 0 },
  split_by = { type = "string" },
  seed = { type = "integer", default = 1 },
  threads = {},
  progress = { type = "function" },
}

local function extended(more)
  local out = {}
  for key, spec in pairs(SHARED) do
    out[key] = spec
  end
  for key, spec in pairs(more) do
    out[key] = spec
  end
  return out
end

tune.options = {
  ndcg_gap = extended({ target = { type = "table" } }),
  regret = extended({
    importance = { type = "table" },
    fractions = { type = "table" },
    regrets = { type = "table" },
    gains = { type = "string", one_of = { "predictions", "labels" }, default = "predictions" },
  }),
}

local function fail(where, text, ...)
  core.fail(where .. ": " .. string.format(text, ...))
end

local function check_data(where, data)
  if not dataset.is(data) then
    fail(where, "a data set is needed (sy.dataset.read, sy.dataset.new), got %s", options.show(data))
  end
end

-- A number per task; every key must be a task.
local function check_numbers(where, name, map, data, lowest)
  local count = 0
  for task, value in pairs(map) do
    if type(task) ~= "string" then
      fail(where, "%s: keys are task names, got %s", name, tostring(task))
    end
    if type(value) ~= "number" or value ~= value or math.abs(value) == math.huge then
      fail(where, "%s.%s: a finite number is needed, got %s", name, task, tostring(value))
    end
    if lowest and value < lowest then
      fail(where, "%s.%s: %s is below %s", name, task, tostring(value), tostring(lowest))
    end
    local column, known = data:find_prediction(task)
    if not column then
      local hint = options.hint(task, known)
      fail(where, "%s.%s: the data have no such predictions%s", name, task, hint)
    end
    count = count + 1
  end
  return count
end

-- The tasks of a map in the data's order, then those the data knows only as columns, by name.
local function ordered_tasks(data, wanted)
  local list, seen = {}, {}
  for _, task in ipairs(data.tasks) do
    if wanted[task] ~= nil then
      list[#list + 1] = task
      seen[task] = true
    end
  end
  local rest = {}
  for task in pairs(wanted) do
    if not seen[task] then
      rest[#rest + 1] = task
    end
  end
  table.sort(rest)
  for _, task in ipairs(rest) do
    list[#list + 1] = task
  end
  return list
end

local function initial_weights(o)
  local initial = o.initial
  if initial and initial.weights then
    initial = initial.weights
  end
  return initial
end

-- Lower and upper bound of one weight: given ones, or the initial weight's sign.
local function bounds_of(where, o, task, start)
  local given = o.bounds and o.bounds[task]
  if given then
    local low, high = given[1] or -math.huge, given[2] or math.huge
    if type(low) ~= "number" or type(high) ~= "number" or not (low <= high) then
      fail(where, "bounds.%s: {lowest, highest} is needed", task)
    end
    return low, high, true
  end
  if start < 0 then
    return -math.huge, 0, false
  end
  return 0, math.huge, false
end

local function fixed_set(o)
  local set = {}
  for key, value in pairs(o.fixed or {}) do
    if type(key) == "number" then
      set[value] = true
    elseif value then
      set[key] = true
    end
  end
  return set
end

-- A weight of 0 could never grow by multiplication: a task that is wanted starts with a little.
local ZERO_START = 0.01

local function start_weight(initial, task, count, movable)
  if not initial then
    return 1 / count
  end
  local weight = initial[task] or 0
  if weight == 0 and movable then
    local sum = 0
    for _, w in pairs(initial) do
      sum = sum + math.abs(w)
    end
    return ZERO_START * (sum > 0 and sum or 1) / count
  end
  return weight
end

local function check_regularization(where, given)
  if given then
    options.check(where .. ": regularization", given, {
      strength = { type = "number" },
      kind = { type = "string", one_of = { "l2", "kl" } },
    })
    if not given.strength or given.strength < 0 then
      fail(where, "regularization.strength: a number from 0 up is needed")
    end
  end
end

-- Lists in task order of everything that is given by task.
local function describe(where, data, o, measure, goal, wanted)
  local initial, fixed = initial_weights(o), fixed_set(o)
  if initial then
    check_numbers(where, "initial", initial, data)
  end
  local all = {}
  for task, value in pairs(wanted) do
    all[task] = value
  end
  for task, value in pairs(initial or {}) do
    all[task] = all[task] or value
  end
  for _, set in ipairs({ fixed, o.bounds or {} }) do
    for task in pairs(set) do
      if all[task] == nil then
        fail(where, "%q has a bound or is fixed, but has neither a target nor an initial weight", tostring(task))
      end
    end
  end
  local tasks = ordered_tasks(data, all)
  local spec = {
    measure = measure, goal = goal, tasks = tasks, options = o,
    target = {}, importance = {}, targeted = {}, initial = {},
    lower = {}, upper = {}, fixed = {}, bounded = {}, target_mean = 0,
  }
  local targeted = 0
  for i, task in ipairs(tasks) do
    local want = wanted[task]
    spec.targeted[i] = want ~= nil
    spec.fixed[i] = fixed[task] == true or want == nil
    spec.target[i], spec.importance[i] = want or 0, want or 0
    spec.initial[i] = start_weight(initial, task, #tasks, not spec.fixed[i])
    spec.lower[i], spec.upper[i], spec.bounded[i] = bounds_of(where, o, task, spec.initial[i])
    if want then
      targeted = targeted + 1
      spec.target_mean = spec.target_mean + want
    end
  end
  spec.target_mean = spec.target_mean > 0 and spec.target_mean / targeted or 1
  return spec
end

-- What each method starts with where the caller says nothing; the multiplicative ones are the
-- reference's.
local function complete(where, o, measure)
  local classic = o.method == "multiplicative"
  local gap = measure == "gap"
  o.method = o.method or (o.semantics == "seed" and "multiplicative" or "auto")
  classic = o.method == "multiplicative"
  o.learning_rate = o.learning_rate or (gap and 0.05 or 0.03)
  o.max_iterations = o.max_iterations or (gap and 1000 or 3000)
  if o.max_iterations < 0 or o.max_evaluations < 0 then
    fail(where, "max_iterations, max_evaluations: numbers from 0 up are needed")
  end
  o.tolerance = o.tolerance or (classic and 1e-5 or 5e-4)
end

local function run_multiplicative(problem)
  local look, reason, iterations, history, last = multiplicative.run(problem)
  return look, reason, iterations, history, "multiplicative", last
end

local function run_slsqp(problem, start, used)
  local look, reason, history = slsqp.run(problem, start)
  if not look then
    return nil, reason
  end
  if problem.better(look, start) then
    used[#used + 1] = "slsqp"
  end
  return look, reason, history
end

-- How many evaluations are left.
local function remaining(problem)
  return math.max(problem.options.max_evaluations - problem.evaluations, 0)
end

local STOPPED = "stopped by the progress function"

local function search_slsqp(problem, where)
  local used = {}
  local look, reason, history = run_slsqp(problem, problem:look(problem:start()), used)
  if not look then
    fail(where, "%s", reason)
  end
  if reason ~= STOPPED then
    look, reason = polish.run(problem, look, remaining(problem), used)
  end
  return look, reason, #history, history, table.concat(used, " + ")
end

local function search_auto(problem)
  local used, history = {}, {}
  local look = problem:look(problem:start())
  history[1] = look.residual or look.cost
  look = polish.approach(problem, look, remaining(problem), used)
  history[2] = look.residual or look.cost
  local reason = "target reached"
  if not problem:met(look) then
    local better, why, stages = run_slsqp(problem, look, used)
    reason = why
    if better then
      look = better
      for _, value in ipairs(stages) do
        history[#history + 1] = value
      end
    end
    if reason ~= STOPPED then
      look, reason = polish.run(problem, look, remaining(problem), used)
    end
    history[#history + 1] = look.residual or look.cost
  end
  return look, reason, #history, history, table.concat(used, " + ")
end

local SEARCHES = { multiplicative = run_multiplicative, slsqp = search_slsqp, auto = search_auto }

-- Did it get there? A target is reached or not; a minimum is one where nothing improves any more.
local function converged(problem, look, reason)
  if problem.goal == "minimise" then
    return reason:match("^nearest point") ~= nil or reason == "weights stand still"
  end
  return look.residual <= problem.options.tolerance
end

local function explain(problem, done, reason)
  if problem.goal == "minimise" then
    return (reason:gsub("^nearest point found: (.*) comes closer$", "least point found: %1 lowers it"))
  end
  return done and "target reached" or reason
end

local function measured(problem, look)
  return {
    achieved = problem:keyed(look.achieved),
    values = problem:keyed(look.values),
    residual = look.residual,
    objective = look.cost,
  }
end

-- How the tuned weights do on requests that took no part.
local function on_holdout(problem, held, start, look)
  if not held then
    return nil
  end
  local other = problem:over(held)
  local out = measured(other, other:look(problem.copy(look.weights)))
  local before = other:look(problem.copy(start.weights))
  out.before = measured(other, before)
  out.requests = held.groups.count
  return out
end

local function solve(where, data, o, measure, goal, wanted)
  complete(where, o, measure)
  check_regularization(where, o.regularization)
  local spec = describe(where, data, o, measure, goal, wanted)
  local tuned, held = data, nil
  if o.holdout < 0 or o.holdout >= 1 then
    fail(where, "holdout: a share from 0 to below 1 is needed, got %s", tostring(o.holdout))
  elseif o.holdout > 0 then
    tuned, held = data:split(o.holdout, { seed = o.seed, by = o.split_by })
  end
  local problem = problem_module.new(tuned, spec)
  local start = problem:look(problem:start())
  if start.values[1] ~= start.values[1] then
    fail(where, "no request has anything to gain: every ideal DCG is 0")
  end
  local look, reason, iterations, history, method, last = SEARCHES[o.method](problem, where)
  local done = converged(problem, look, reason)
  local unit = problem:unit(look.weights)
  local before = measured(problem, start)
  local result = measured(problem, look)
  local scale, scaled = problem.magnitude(problem.initial), {}
  for i = 1, #unit do -- anchored weights as they are, so that no rounding crosses a bound
    scaled[i] = problem.anchored and look.weights[i] or unit[i] * scale
  end
  result.weights = problem:keyed(unit)
  result.scaled_weights = problem:keyed(scaled)
  result.initial = problem:keyed(problem:unit(problem.initial))
  result.before = before
  result.tasks = problem.copy(problem.tasks)
  result.goal, result.measure = goal, measure
  result.target = wanted
  result.converged = done
  result.reason = explain(problem, done, reason)
  result.method = method ~= "" and method or "none needed"
  result.iterations, result.history = iterations, history
  result.evaluations = problem.evaluations
  if last then
    result.last_update = { values = problem:keyed(last.values), achieved = problem:keyed(last.achieved) }
  end
  result.holdout = on_holdout(problem, held, start, look)
  result.requests = tuned.groups.count
  return result
end

-- Run with the thread count asked for, and put the old one back whatever happens.
local function with_threads(o, run)
  local before = work.threads()
  if o.threads ~= nil then
    work.threads(o.threads)
  end
  local ok, result = pcall(run)
  work.threads(before)
  if not ok then
    error(result, 0)
  end
  return result
end

local function check_fractions(where, name, map)
  local sum = 0
  for _, value in pairs(map) do
    sum = sum + value
  end
  if math.abs(sum - 1) > 1e-6 then
    fail(where, "%s: the fractions sum to %.9g, not to 1", name, sum)
  end
end

local function check_goal(where, name, map, data)
  if check_numbers(where, name, map, data, 0) < 2 then
    fail(where, "%s: at least two tasks are needed", name)
  end
end

--- Weights whose NDCG gaps stand in the intended proportions.
function tune.ndcg_gap(data, given)
  local where = "tune.ndcg_gap"
  check_data(where, data)
  local o = options.check(where, given, tune.options.ndcg_gap)
  if not o.target then
    fail(where, "target= is needed: {task = fraction, ...}")
  end
  if o.gain ~= "linear" then
    fail(where, "gain: NDCG gaps are defined for linear gain only (their gains are the scores)")
  end
  return with_threads(o, function()
    check_goal(where, "target", o.target, data)
    check_fractions(where, "target", o.target)
    return solve(where, data, o, "gap", "fractions", o.target)
  end)
end

--- Weights with the least importance-weighted regret, or with regrets as intended.
function tune.regret(data, given)
  local where = "tune.regret"
  check_data(where, data)
  local o = options.check(where, given, tune.options.regret)
  local goals = { importance = "minimise", fractions = "fractions", regrets = "absolute" }
  local name, goal
  for key, meaning in pairs(goals) do
    if o[key] then
      if name then
        fail(where, "one of importance=, fractions= and regrets= is needed, not two")
      end
      name, goal = key, meaning
    end
  end
  if not name then
    fail(where, "one of importance=, fractions= and regrets= is needed: {task = number, ...}")
  end
  return with_threads(o, function()
    check_goal(where, name, o[name], data)
    if goal == "fractions" then
      check_fractions(where, name, o[name])
    end
    return solve(where, data, o, "regret", goal, o[name])
  end)
end

return tune
