-- Tuning: weights with which each task matters as much as intended.
--
--   sy.tune.ndcg_gap(data, {target = {p_click = 0.5, p_like = 0.3, p_share = 0.2}})
--   sy.tune.regret(data, {importance = {...}})    least importance-weighted regret
--   sy.tune.regret(data, {fractions = {...}})     regrets in given proportions
--   sy.tune.regret(data, {regrets = {...}})       regrets of given sizes

local options = require("steelyard.options")
local problem_module = require("steelyard.tune.problem")
local search = require("steelyard.tune.search")
local value_model = require("steelyard.value_model")
local wanted = require("steelyard.tune.wanted")
local work = require("steelyard.work")

local fail = wanted.fail
local tune = {}

local SHARED = {
  initial = { type = "table" },
  method = { type = "string", one_of = { "auto", "multiplicative", "slsqp" } },
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
  for _, specs in ipairs({ SHARED, more }) do
    for key, spec in pairs(specs) do
      out[key] = spec
    end
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

-- Numbers that are out of their range, NaN among them.
local function check_ranges(where, o)
  for _, name in ipairs({ "max_iterations", "max_evaluations", "tolerance", "step_tolerance" }) do
    if o[name] ~= o[name] or o[name] < 0 then
      fail(where, "%s: a number from 0 up is needed, got %s", name, options.show(o[name]))
    end
  end
  if not (o.learning_rate > 0 and o.learning_rate < math.huge) then
    fail(where, "learning_rate: a number above 0 is needed, got %s", options.show(o.learning_rate))
  elseif not (o.holdout >= 0 and o.holdout < 1) then
    fail(where, "holdout: a share from 0 to below 1 is needed, got %s", options.show(o.holdout))
  elseif o.split_by and o.holdout == 0 then
    fail(where, "split_by: it has no meaning without holdout")
  end
end

-- What a method starts with where the caller says nothing: the multiplicative one as the reference.
local function complete(where, o, measure)
  o.method = o.method or (o.semantics == "seed" and "multiplicative" or "auto")
  o.learning_rate = o.learning_rate or (measure == "gap" and 0.05 or 0.03)
  o.max_iterations = o.max_iterations or (measure == "gap" and 1000 or 3000)
  o.tolerance = o.tolerance or (o.method == "multiplicative" and 1e-5 or 1e-3)
  check_ranges(where, o)
end

local function measured(problem, look)
  return {
    achieved = problem:keyed(look.achieved),
    values = problem:keyed(look.values),
    residual = look.residual,
    objective = look.cost,
    counted = problem:keyed(look.counted),
  }
end

-- How the tuned weights do on requests that took no part.
local function on_holdout(problem, held, start, look)
  if not held then
    return nil
  end
  local other = problem:over(held)
  local out = measured(other, other:look(problem.copy(look.weights)))
  out.before = measured(other, other:look(problem.copy(start.weights)))
  out.requests = held.groups.count
  return out
end

-- Weights in the incumbent's scale: where bounds or fixed weights gave the scale a meaning, as they
-- are, else of the incumbent's size.
local function in_scale(problem, weights)
  if problem.anchored then
    return problem:keyed(weights)
  end
  local scale, out = problem.magnitude(problem.initial), problem:unit(weights)
  for i = 1, #out do
    out[i] = out[i] * scale
  end
  return problem:keyed(out)
end

local function describe(problem, start, look, held)
  local result = measured(problem, look)
  result.weights = problem:keyed(problem:unit(look.weights))
  result.scaled_weights = in_scale(problem, look.weights)
  result.initial = problem:keyed(problem:unit(problem.initial))
  result.before = measured(problem, start)
  result.holdout = on_holdout(problem, held, start, look)
  result.tasks = problem.copy(problem.tasks)
  result.goal, result.measure = problem.goal, problem.measure
  result.requests = problem.data.groups.count
  result.evaluations = problem.evaluations
  return result
end

-- Where the initial weights come with calibrators (a value model's, or an earlier result's), the
-- predictions are what these make of them. The data, and the calibrators or nil.
local function calibrated(data, initial)
  local calibrators = initial and type(initial.weights) == "table" and initial.calibrators
  if type(calibrators) ~= "table" or next(calibrators) == nil then
    return data, nil
  end
  local model = value_model.is(initial) and initial
    or value_model.new({ weights = initial.weights, calibrators = calibrators })
  local _, set = model:calibrated(data)
  return set, model.calibrators
end

local function split(data, o)
  if o.holdout == 0 then
    return data, nil
  end
  return data:split(o.holdout, { seed = o.seed, by = o.split_by })
end

local NO_GAIN = "%s: no request has anything to gain, every ideal DCG is 0"
local NO_SCORE = "%s: no request has a score above 0 under the initial weights, so that there is "
  .. "no NDCG to lose (does a negative weight outweigh the others?)"

local function solve(where, data, o, measure, goal, goal_map)
  complete(where, o, measure)
  local lists = wanted.lists(where, data, o, goal_map)
  local ready, calibrators = calibrated(data, o.initial)
  local tuned, held = split(ready, o)
  local problem = problem_module.new(tuned, measure, goal, lists, o)
  local start = problem:look(problem:start())
  if problem.magnitude(start.weights) == 0 then
    fail(where, "bounds: they leave every weight at 0")
  end
  for i, value in ipairs(start.values) do
    if value ~= value then
      fail(where, measure == "gap" and NO_SCORE or NO_GAIN, problem.tasks[i])
    end
  end
  local outcome, message = search[o.method](problem, start)
  if not outcome then
    fail(where, "%s", message)
  end
  local result = describe(problem, start, outcome.look, held)
  result.target, result.calibrators = goal_map, calibrators
  result.converged = outcome.settled -- a minimum is where nothing more was found
  if result.residual then
    result.converged = result.residual <= o.tolerance
  end
  result.reason = result.residual and result.converged and "target reached" or outcome.reason
  result.method = outcome.method
  result.iterations, result.history = outcome.iterations, outcome.history
  if outcome.last then
    result.last_update = {
      values = problem:keyed(outcome.last.values),
      achieved = problem:keyed(outcome.last.achieved),
    }
  end
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

--- Weights whose NDCG gaps stand in the intended proportions.
function tune.ndcg_gap(data, given)
  local where = "tune.ndcg_gap"
  wanted.check_data(where, data)
  local o = options.check(where, given, tune.options.ndcg_gap)
  if not o.target then
    fail(where, "target= is needed: {task = fraction, ...}")
  end
  if o.gain ~= "linear" then
    fail(where, "gain: NDCG gaps are defined for linear gain only (their gains are the scores)")
  end
  wanted.check_goal(where, "target", o.target, data)
  return with_threads(o, function()
    return solve(where, data, o, "gap", "fractions", o.target)
  end)
end

local GOALS = { importance = "minimise", fractions = "fractions", regrets = "absolute" }

--- Weights with the least importance-weighted regret, or with regrets as intended.
function tune.regret(data, given)
  local where = "tune.regret"
  wanted.check_data(where, data)
  local o = options.check(where, given, tune.options.regret)
  local name
  for key in pairs(GOALS) do
    if o[key] and name then
      fail(where, "one of importance=, fractions= and regrets= is needed, not two")
    end
    name = o[key] and key or name
  end
  if not name then
    fail(where, "one of importance=, fractions= and regrets= is needed: {task = number, ...}")
  end
  wanted.check_goal(where, name, o[name], data)
  return with_threads(o, function()
    return solve(where, data, o, "regret", GOALS[name], o[name])
  end)
end

return tune
