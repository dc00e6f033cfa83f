-- A tuning problem: what is measured, what is wanted, and which weights may move.
--
-- The methods (multiplicative, slsqp, polish) see only this: lists in the order of problem.tasks,
-- weights of which the free ones move within their bounds, and one number to make small. Whether
-- gaps or regrets are behind it, and whether fractions, absolute values or a weighted sum are
-- wanted, is decided here once.

local core = require("steelyard.core")
local work = require("steelyard.work")

local problem = {}
problem.__index = problem

local function magnitude(list)
  local sum = 0
  for i = 1, #list do
    sum = sum + math.abs(list[i])
  end
  return sum
end
problem.magnitude = magnitude

-- Columns of one element type: f32 where all are, else f64.
local function same_type(columns)
  local dtype = "f32"
  for i = 1, #columns do
    if columns[i].dtype ~= "f32" then
      dtype = "f64"
    end
  end
  for i = 1, #columns do
    if columns[i].dtype ~= dtype then
      columns[i] = columns[i]:copy(dtype)
    end
  end
  return columns, dtype
end

-- The labels of the tasks as gains, of the predictions' type.
local function label_gains(data, tasks, dtype)
  local gains = {}
  for i, task in ipairs(tasks) do
    local labels = data:label(task)
    gains[i] = labels.dtype == dtype and labels or labels:copy(dtype)
  end
  return gains
end

-- An objective over a data set: predictions, gains where they are labels, and one metric rule.
local function bind(data, o, tasks, measure)
  local columns = {}
  for i, task in ipairs(tasks) do
    columns[i] = data:find_prediction(task)
  end
  local dtype
  columns, dtype = same_type(columns)
  local gains = measure == "regret" and o.gains == "labels" and label_gains(data, tasks, dtype)
  local objective = core.objective(
    columns,
    gains or nil,
    data.groups.offsets,
    work.get(data.groups.longest),
    o.semantics,
    o.k,
    o.gain,
    o.ties,
    o.empty,
    o.ties == "name" and data:name_places() or nil
  )
  if o.k == 0 and o.ties == "input" then -- all ranks count: remember orders from call to call
    objective:remember()
  end
  if measure == "regret" then
    objective:cache_ideals()
  end
  return objective, columns
end

--- Build a problem.
-- @param measure "gap" or "regret"
-- @param goal "fractions", "absolute" or "minimise"
-- @param lists what is wanted, in the order of lists.tasks (see tune/wanted.lua)
-- @param options the recipe's
function problem.new(data, measure, goal, lists, options)
  local self = setmetatable({ measure = measure, goal = goal, options = options }, problem)
  for key, list in pairs(lists) do
    self[key] = list
  end
  self.anchored = false -- does the scale of the weights mean something?
  for i = 1, #self.tasks do
    self.anchored = self.anchored or self.fixed[i] or self.bounded[i]
  end
  local regularization = options.regularization or {}
  self.strength = regularization.strength or 0
  self.kind = regularization.kind or "l2"
  self.reference = self:unit(self.initial)
  return self:over(data)
end

--- The same problem over other requests.
function problem:over(data)
  local other = setmetatable({}, problem)
  for key, value in pairs(self) do
    other[key] = value
  end
  other.data = data
  other.objective, other.columns = bind(data, self.options, self.tasks, self.measure)
  other.evaluations = 0
  other.task_spreads = nil -- of other requests
  return other
end

function problem.copy(list)
  local out = {}
  for i = 1, #list do
    out[i] = list[i]
  end
  return out
end

--- The initial weights, as a list to work on.
function problem:start()
  return self:admit(problem.copy(self.initial))
end

--- Weights scaled to sum of absolute values 1.
function problem:unit(weights)
  local scale, out = magnitude(weights), {}
  for i = 1, #weights do
    out[i] = scale > 0 and weights[i] / scale or weights[i]
  end
  return out
end

--- Bring weights back where they may be: within bounds, and at the problem's scale where that is
-- free.
function problem:admit(weights)
  for i = 1, #weights do
    if self.fixed[i] then
      weights[i] = self.initial[i]
    else
      weights[i] = math.min(math.max(weights[i], self.lower[i]), self.upper[i])
    end
  end
  if not self.anchored then
    local scale = magnitude(weights)
    if scale > 0 then
      for i = 1, #weights do
        weights[i] = weights[i] / scale
      end
    end
  end
  return weights
end

--- Gaps or regrets of the tasks under weights, by definition: in `out`, or in a new list, and then
-- also how many requests count for each task, those with something to lose.
function problem:values(weights, out)
  self.evaluations = self.evaluations + 1
  if self.measure == "gap" then
    return self.objective:gaps(weights, out)
  end
  return self.objective:regrets(weights, out)
end

-- The reference scripts divide by no less than this.
local SEED_FLOOR = 0.001

--- What is compared with the target: fractions of the sum, or the values themselves.
function problem:achieved(values, out)
  out = out or {}
  if self.goal ~= "fractions" then
    for i = 1, #values do
      out[i] = values[i]
    end
    return out
  end
  local sum = 0
  for i = 1, #values do
    if self.targeted[i] then
      sum = sum + values[i]
    end
  end
  if self.options.semantics == "seed" then
    sum = math.max(SEED_FLOOR, sum)
  end
  for i = 1, #values do -- NaN, where nothing could be measured, stays NaN: 0 would look near
    out[i] = (sum > 0 or sum ~= sum) and values[i] / sum or 0
  end
  return out
end

--- The largest absolute difference from the target (nil where there is none to reach).
function problem:residual(achieved)
  if self.goal == "minimise" then
    return nil
  end
  local worst = 0
  for i = 1, #achieved do
    if self.targeted[i] then
      local difference = math.abs(achieved[i] - self.target[i])
      if difference > worst or difference ~= difference then
        worst = difference
      end
    end
  end
  return worst
end

--- The pull toward the initial weights, and its gradient by unit weights where `gradient` is given.
function problem:penalty(weights, gradient)
  if self.strength == 0 then
    return 0
  end
  local unit, sum = self:unit(weights), 0
  for i = 1, #unit do
    local reference = self.reference[i]
    if self.kind == "l2" then
      local difference = unit[i] - reference
      sum = sum + difference * difference
      if gradient then
        gradient[i] = gradient[i] + self.strength * 2 * difference
      end
    else -- Kullback-Leibler, of absolute weights
      local w, r = math.max(math.abs(unit[i]), 1e-12), math.max(math.abs(reference), 1e-12)
      sum = sum + w * math.log(w / r)
      if gradient then
        local sign = unit[i] < 0 and -1 or 1
        gradient[i] = gradient[i] + self.strength * sign * (math.log(w / r) + 1)
      end
    end
  end
  return self.strength * sum
end

--- The number to make small, of what was achieved: the squared distance from the target, or the
-- importance-weighted sum; and its derivatives by the values, for gradients.
function problem:loss(values, achieved, slopes)
  local sum = 0
  if self.goal == "minimise" then
    for i = 1, #values do
      sum = sum + self.importance[i] * values[i]
      if slopes then
        slopes[i] = self.importance[i]
      end
    end
    return sum
  end
  local pull = 0
  local count = #values
  for i = 1, count do
    if self.targeted[i] then
      local difference = achieved[i] - self.target[i]
      sum = sum + difference * difference
      pull = pull + 2 * difference * achieved[i]
      if slopes then
        slopes[i] = 2 * difference
      end
    elseif slopes then
      slopes[i] = 0
    end
  end
  if slopes and self.goal == "fractions" then
    -- f_i = v_i / V: dL/dv_j = (2 d_j - sum of 2 d_i f_i) / V over the targeted tasks
    local scale = 0
    for i = 1, count do
      if self.targeted[i] then
        scale = scale + values[i]
      end
    end
    for j = 1, count do
      slopes[j] = (self.targeted[j] and scale > 0) and (slopes[j] - pull) / scale or 0
    end
  end
  return sum
end

-- Requests whose rows tell how far scores lie apart.
local SPREAD_REQUESTS = 200

--- How far the scores of a request lie apart under weights: their deviation within requests, in a
-- sample of these. 0 where they order nothing, or are too large to tell.
function problem:spread(weights)
  local offsets, requests = self.data.groups.offsets, self.data.groups.count
  local sum, rows = 0, 0
  for r = 1, requests, math.max(1, math.floor(requests / SPREAD_REQUESTS)) do
    local first, last = offsets[r] + 1, offsets[r + 1]
    local origin, total, squares, n = nil, 0, 0, last - first + 1
    for i = first, last do
      local score = 0
      for t, column in ipairs(self.columns) do
        if weights[t] ~= 0 then
          score = score + weights[t] * column[i]
        end
      end
      origin = origin or score -- differences from it are exactly 0 where all scores are equal
      total = total + (score - origin)
      squares = squares + (score - origin) ^ 2
    end
    if n > 1 then
      sum = sum + math.max(squares - total * total / n, 0)
      rows = rows + n
    end
  end
  local deviation = rows > 0 and math.sqrt(sum / rows) or 0
  return deviation < math.huge and deviation or 0
end

--- The spread that each task's predictions have by themselves: a weight times it says how much the
-- task has to say in the order, whatever the scale of its predictions.
function problem:spreads()
  if not self.task_spreads then
    self.task_spreads = {}
    for t = 1, #self.tasks do
      local alone = {}
      for i = 1, #self.tasks do
        alone[i] = i == t and 1 or 0
      end
      self.task_spreads[t] = self:spread(alone)
    end
  end
  return self.task_spreads
end

--- Everything about a weight vector: {weights, values, counted, achieved, residual, cost}.
function problem:look(weights)
  local values, counted = self:values(weights)
  local achieved = self:achieved(values)
  return {
    weights = weights,
    values = values,
    counted = counted,
    achieved = achieved,
    residual = self:residual(achieved),
    cost = self:loss(values, achieved) + self:penalty(weights),
  }
end

--- Is look a better than look b?
function problem.better(a, b)
  return a.cost == a.cost and (b == nil or b.cost ~= b.cost or a.cost < b.cost)
end

--- Is the target met with nothing left to gain? Searches go on to half the tolerance, so that what
-- they return is not at its very edge.
function problem:met(look)
  local goal = self.options.tolerance / 2
  return self.strength == 0 and look.residual ~= nil and look.residual <= goal
end

--- The places of the weights that may move.
function problem:free()
  local free = {}
  for i = 1, #self.tasks do
    if not self.fixed[i] and self.initial[i] ~= 0 and self.lower[i] < self.upper[i] then
      free[#free + 1] = i
    end
  end
  return free
end

--- Is it time to end a search: the evaluations used up, or the caller wants to stop?
function problem:exhausted()
  return self.stopped or self.evaluations >= self.options.max_evaluations
end

--- Tell the caller's progress function how things stand. If it answers false, problem.stopped is
-- set and searches end; returns whether to go on.
function problem:report(stage, iteration, look)
  local progress = self.options.progress
  if progress and not self.stopped then
    self.stopped = progress({
      stage = stage,
      iteration = iteration,
      evaluations = self.evaluations,
      residual = look.residual,
      cost = look.cost,
      weights = self:keyed(self:unit(look.weights)),
    }) == false
  end
  return not self.stopped
end

--- A table keyed by task of a list.
function problem:keyed(list)
  local out = {}
  for i, task in ipairs(self.tasks) do
    out[task] = list[i]
  end
  return out
end

return problem
