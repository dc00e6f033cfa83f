-- Schedules: functions from a step (0, 1, 2, ...) to a number, for targets, learning rates and
-- temperatures. All are constant outside the steps they describe.

local options = require("steelyard.options")

local schedule = {}

local function number(name, value)
  if type(value) ~= "number" or value ~= value then
    options.fail("schedule: %s: a number is needed, got %s", name, options.show(value))
  end
  return value
end

local function steps_above_zero(steps)
  if number("steps", steps) <= 0 then
    options.fail("schedule: steps: must be above 0, got %s", options.show(steps))
  end
  return steps
end

local function share(step, steps)
  return math.min(math.max(step / steps, 0), 1)
end

--- The same value at every step.
function schedule.constant(value)
  number("value", value)
  return function()
    return value
  end
end

--- From `first` to `last` in equal differences over `steps` steps.
function schedule.linear(first, last, steps)
  number("first", first)
  number("last", last)
  steps_above_zero(steps)
  return function(step)
    local s = share(step, steps)
    return first * (1 - s) + last * s
  end
end

--- From `first` to `last` in equal ratios (both above zero) over `steps` steps.
function schedule.exponential(first, last, steps)
  steps_above_zero(steps)
  if number("first", first) <= 0 or number("last", last) <= 0 then
    options.fail("schedule: exponential: both ends must be above 0")
  end
  return function(step)
    local s = share(step, steps)
    if s == 1 then
      return last
    end
    return first * (last / first) ^ s
  end
end

--- From `first` to `last` along half a cosine (Loshchilov and Hutter 2017) over `steps` steps.
function schedule.cosine(first, last, steps)
  number("first", first)
  number("last", last)
  steps_above_zero(steps)
  return function(step)
    return last + (first - last) * 0.5 * (1 + math.cos(math.pi * share(step, steps)))
  end
end

--- `first`, multiplied by `factor` after every `every` steps.
function schedule.step(first, factor, every)
  number("first", first)
  number("factor", factor)
  steps_above_zero(every)
  return function(step)
    return first * factor ^ math.max(math.floor(step / every), 0)
  end
end

--- Straight lines through {step, value} points, whose steps must rise.
function schedule.piecewise(points)
  if type(points) ~= "table" or #points == 0 then
    options.fail("schedule: piecewise: a list of {step, value} points is needed")
  end
  for i, point in ipairs(points) do
    if type(point) ~= "table" then
      options.fail("schedule: points[%d]: {step, value} is needed, got %s", i, options.show(point))
    end
    number("points[" .. i .. "][1]", point[1])
    number("points[" .. i .. "][2]", point[2])
    if i > 1 and point[1] <= points[i - 1][1] then
      options.fail("schedule: points[%d]: steps must rise", i)
    end
  end
  return function(step)
    if step <= points[1][1] then
      return points[1][2]
    end
    for i = 2, #points do
      local left, right = points[i - 1], points[i]
      if step < right[1] then
        local s = (step - left[1]) / (right[1] - left[1])
        return left[2] * (1 - s) + right[2] * s
      end
    end
    return points[#points][2]
  end
end

return schedule
