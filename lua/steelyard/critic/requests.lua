-- What a critic of a value model sees of each request's ranking: smooth features of it, and the way
-- back from their slopes to those of the weights.
--
-- Scores are divided by their deviation over all rows, so that weights times a number are the same
-- model; a = softmax(scores / temperature) of each request stands for the top of its ranking. Of
-- each request: top_TASK = sum of a times the task's predictions, entropy = -sum of a log a, both
-- moved by the weights; level_TASK (the mean prediction) and log_size, which are not.

local core = require("steelyard.core")
local options = require("steelyard.options")
local vector = require("steelyard.vector")

local requests = {}
local Requests = {}
Requests.__index = Requests

-- The request of each row.
local function codes_of(groups)
  local codes, offsets = core.array.zeros(groups.size, "i32"), groups.offsets
  for r = 1, groups.count do
    if offsets[r + 1] > offsets[r] then
      codes:slice(offsets[r] + 1, offsets[r + 1]):fill(r)
    end
  end
  return codes
end

--- The requests of a data set, for features of these tasks' predictions.
function requests.of(data, tasks, temperature)
  local self = setmetatable({ data = data, tasks = tasks, temperature = temperature, columns = {},
    fixed = {} }, Requests)
  self.count, self.codes = data.groups.count, codes_of(data.groups)
  local sizes = vector.group_sums(core.array(data.size):fill(1), self.codes, self.count)
  self.fixed.log_size = vector.log(vector.clip(sizes, 1, math.huge))
  for t, task in ipairs(tasks) do
    self.columns[t] = data:prediction(task):copy("f64")
    self.fixed["level_" .. task] = vector.divide(self:sums(self.columns[t]),
      vector.clip(sizes, 1, math.huge))
  end
  return self
end

function Requests:sums(values)
  return vector.group_sums(values, self.codes, self.count)
end

function Requests:spread(values)
  return vector.spread(values, self.codes)
end

--- The scores of weights (a list, a number a task).
function Requests:scores(weights)
  local scores = core.array(self.data.size)
  for t, column in ipairs(self.columns) do
    vector.accumulate(scores, column, weights[t])
  end
  return scores
end

-- The softmax of each request, and its logarithm.
local function softmax(self, scaled)
  local sizes = self:sums(core.array(#scaled):fill(1))
  local mean = vector.divide(self:sums(scaled), vector.clip(sizes, 1, math.huge))
  local centred = vector.subtract(scaled, self:spread(mean))
  if #centred > 0 and centred:max() >= 600 then
    options.fail("critic.value_model: the scores of a request differ by more than 600 "
      .. "temperatures: a larger temperature is needed")
  end
  local exp = vector.exp(centred)
  local sums = self:sums(exp)
  return vector.divide(exp, self:spread(sums)),
    vector.subtract(centred, self:spread(vector.log(sums)))
end

--- The features under weights, {column = a number a request}, and a function that gives from slopes
-- by top_TASK and entropy those by the weights (a list).
function Requests:features(weights)
  local scores, n = self:scores(weights), self.data.size
  local mean = scores:mean()
  local off = vector.subtract(scores, mean)
  local deviation = math.sqrt(vector.square(off):mean())
  if deviation == 0 then
    options.fail("critic.value_model: all scores are equal: there is nothing to rank")
  end
  local a, log_a = softmax(self, vector.multiply(scores, 1 / (deviation * self.temperature)))
  local made = {}
  for name, column in pairs(self.fixed) do
    made[name] = column
  end
  for t, task in ipairs(self.tasks) do
    made["top_" .. task] = self:sums(vector.multiply(a, self.columns[t]))
  end
  made.entropy = vector.negate(self:sums(vector.multiply(a, log_a)))

  local function pull(slopes)
    local inner = core.array(n)
    for t, task in ipairs(self.tasks) do
      local slope = slopes["top_" .. task]
      if slope then
        local from_top = vector.subtract(self.columns[t], self:spread(made["top_" .. task]))
        vector.accumulate(inner, vector.multiply(self:spread(slope), from_top))
      end
    end
    if slopes.entropy then
      vector.accumulate(inner, vector.multiply(self:spread(slopes.entropy),
        vector.add(log_a, self:spread(made.entropy))), -1)
    end
    local by_score = vector.multiply(vector.multiply(a, inner), 1 / self.temperature)
    -- Through the deviation: what all scores together move does not count.
    local along = vector.dot(by_score, scores) / (n * deviation ^ 2)
    by_score = vector.multiply(vector.add(by_score, off, -along), 1 / deviation)
    local by_weight = {}
    for t, column in ipairs(self.columns) do
      by_weight[t] = vector.dot(by_score, column)
    end
    return by_weight
  end
  return made, pull
end

return requests
