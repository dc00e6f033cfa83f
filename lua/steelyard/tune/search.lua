-- The methods of tuning by name, each made of the parts beside this file. A method takes a problem
-- and returns its best look, why it stopped, iterations, history, and the parts that helped.

local multiplicative = require("steelyard.tune.multiplicative")
local polish = require("steelyard.tune.polish")
local slsqp = require("steelyard.tune.slsqp")

local search = {}

local STOPPED = "stopped by the progress function"

-- How many evaluations are left.
local function remaining(problem)
  return math.max(problem.options.max_evaluations - problem.evaluations, 0)
end

local function log(history, look)
  history[#history + 1] = look.residual or look.cost
end

-- SLSQP from a look; nil and a message where it cannot run.
local function smooth(problem, start, used, history)
  local look, reason = slsqp.run(problem, start, history)
  if look and problem.better(look, start) then
    used[#used + 1] = "slsqp"
  end
  return look, reason
end

local function finish(problem, look, reason, used, history)
  if reason ~= STOPPED and not problem:met(look) then
    look, reason = polish.run(problem, look, remaining(problem), used)
    log(history, look)
  end
  local method = #used > 0 and table.concat(used, " + ") or "none needed"
  return look, reason, #history, history, method
end

--- The reference's update alone.
function search.multiplicative(problem)
  local look, reason, iterations, history, last = multiplicative.run(problem)
  return look, reason, iterations, history, "multiplicative", last
end

--- SLSQP on the annealed smooth problem, then polishing on the true one.
function search.slsqp(problem)
  local used, history = {}, {}
  local look, reason = smooth(problem, problem:look(problem:start()), used, history)
  if not look then
    return nil, reason
  end
  return finish(problem, look, reason, used, history)
end

--- Cheap steps first; where they do not reach the target, SLSQP (if it is there) and polishing.
function search.auto(problem)
  local used, history = {}, {}
  local look = problem:look(problem:start())
  log(history, look)
  look = polish.approach(problem, look, remaining(problem), used)
  log(history, look)
  local reason = "target reached"
  if not problem:met(look) then
    local better, why = smooth(problem, look, used, history)
    look, reason = better or look, why
  end
  return finish(problem, look, reason, used, history)
end

return search
