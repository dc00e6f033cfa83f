-- The methods of tuning by name, each made of the parts beside this file. A method takes a problem
-- and the look of its initial weights. It returns its outcome: the best look, why the search ended,
-- whether it had nothing more to try (settled), iterations, history, and the parts that helped
-- (method).

local multiplicative = require("steelyard.tune.multiplicative")
local polish = require("steelyard.tune.polish")
local slsqp = require("steelyard.tune.slsqp")

local search = {}

local function log(history, look)
  history[#history + 1] = look.residual or look.cost
end

-- SLSQP from a look; nil and a message where it cannot run.
local function smooth(problem, start, used, history)
  local look, message = slsqp.run(problem, start, history)
  if look and problem.better(look, start) then
    used[#used + 1] = "slsqp"
  end
  return look, message
end

-- Why a search ended that was polished; tried: what polish.run has to say.
local function reason_of(problem, look, tried)
  if problem:met(look) then
    return "target reached"
  elseif problem.stopped then
    return "stopped by the progress function"
  elseif #problem:free() == 0 then
    return "no weight is free to move"
  elseif not tried then
    return "evaluation limit reached"
  elseif problem.goal == "minimise" then
    return "least point found: " .. tried .. " lowers it"
  end
  return "nearest point found: " .. tried .. " comes closer"
end

local function finish(problem, look, used, history)
  local tried
  if not problem:met(look) and not problem.stopped then
    look, tried = polish.run(problem, look, used)
    log(history, look)
  end
  return {
    look = look,
    reason = reason_of(problem, look, tried),
    settled = tried ~= nil,
    iterations = #history,
    history = history,
    method = #used > 0 and table.concat(used, " + ") or "none needed",
  }
end

--- The reference's update alone.
function search.multiplicative(problem)
  local look, reason, iterations, history, last = multiplicative.run(problem)
  return {
    look = look,
    reason = reason,
    settled = reason == multiplicative.STANDS_STILL,
    iterations = iterations,
    history = history,
    method = "multiplicative",
    last = last,
  }
end

--- SLSQP on the annealed smooth problem, then polishing on the true one. nil and a message where
-- NLopt is missing.
function search.slsqp(problem, start)
  local used, history = {}, {}
  local look, message = smooth(problem, start, used, history)
  if not look then
    return nil, message
  end
  look = polish.approach(problem, look, used)
  return finish(problem, look, used, history)
end

--- Cheap steps first, from more than one start; where they do not reach the target, SLSQP (if it is
-- there) and polishing.
function search.auto(problem, start)
  local used, history = {}, {}
  log(history, start)
  local look = polish.approach(problem, start, used)
  log(history, look)
  if not problem:met(look) and not problem.stopped then
    look = smooth(problem, look, used, history) or look
  end
  return finish(problem, look, used, history)
end

return search
