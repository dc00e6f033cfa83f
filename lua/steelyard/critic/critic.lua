-- A critic: its steps, its values, and their slopes by what the actor does.

local architecture = require("steelyard.critic.architecture")
local core = require("steelyard.core")
local examples = require("steelyard.critic.examples")
local features = require("steelyard.critic.features")
local items = require("steelyard.critic.items")
local losses = require("steelyard.objective").losses
local optimizer = require("steelyard.optimizer")
local options = require("steelyard.options")
local vector = require("steelyard.vector")

local critic = {}
local methods = {}
local meta = { __index = methods }
critic.methods = methods

-- Batch norm that is never updated divides by the root of 1 + its epsilon, and that is all.
local RAW = 1 / math.sqrt(1.001)

local RANGES = { sigmoid = { 0, 1 }, softplus = { 0, math.huge },
  linear = { -math.huge, math.huge } }

-- For a monotone critic: each feature's sense, 0 where it is free.
local function senses_of(list, pooled, o)
  local senses, any = {}, pooled > 0
  for i, feature in ipairs(list) do
    if next(feature.slope) and not feature.sense then
      options.fail("critic.new: feature %s depends on the actor: a monotone critic needs its sense "
        .. "(1: larger is better, -1: worse)", feature.name)
    end
    senses[i] = feature.sense or 0
    any = any or senses[i] ~= 0
  end
  if not any then
    options.fail("critic.new: monotone: no feature says what is better")
  end
  for k = 1, pooled do
    senses[#list + k] = 1
  end
  if o.scale == "batch_norm" then
    options.fail('critic.new: monotone: with scale = "batch_norm" the weights of a batch sum to 0, '
      .. 'so they cannot all be 0 or more: "z" or "raw" is needed')
  end
  return senses
end

--- A critic from checked options. o.features: a list that features.resolve takes.
function critic.make(o)
  local list = features.resolve("critic.new", o.features)
  local pooled = o.items and #o.items.centres or 0
  if #list + pooled == 0 then
    options.fail("critic.new: no features")
  end
  local self = { options = o, features = list, steps = 0, epochs = 0 }
  self._senses = o.monotone and senses_of(list, pooled, o) or nil
  self._width = #list + pooled
  self.net, self._monotone = architecture.build(self._width, o, self._senses)
  self.optimizer = optimizer.adam(self.net, { learning_rate = o.learning_rate })
  self._columns = features.columns(list)
  if o.scale == "raw" then
    self.mean = core.array.zeros(self._width)
    self.factor = core.array.zeros(self._width):fill(RAW)
  end
  return setmetatable(self, meta)
end

function meta.__tostring(self)
  local names = {}
  for i, feature in ipairs(self.features) do
    names[i] = feature.name
  end
  if self.options.items then
    names[#names + 1] = "items"
  end
  return ("critic: %s; %s%s, %d step%s"):format(table.concat(names, ", "), self.options.scale,
    self.options.monotone and ", monotone" or "", self.steps, self.steps == 1 and "" or "s")
end

-- ------------------------------------------------------------------------------ preparation --

--- The columns that examples must have, beside target in training.
function methods:columns()
  local wanted = {}
  for i, column in ipairs(self._columns) do
    wanted[i] = column
  end
  for _, column in ipairs(self.options.items and items.columns or {}) do
    wanted[#wanted + 1] = column
  end
  return wanted
end

-- Examples ready for passes: {e, rows, matrix = features as the network wants them, pooled}.
local function prepare(self, where, given, with_target)
  local wanted = {}
  for i, column in ipairs(self._columns) do
    wanted[i] = column
  end
  if self.options.items then
    wanted[#wanted + 1] = "thresholds"
  end
  if with_target then
    wanted[#wanted + 1] = "target"
  end
  local ready = {}
  ready.e, ready.rows = examples.check(where, given, wanted)
  local columns
  if ready.rows then
    columns = features.values(where, self.features, ready.e, ready.rows)
  else -- all features are of the user's own making: the first says how many there are
    local first = self.features[1].value(ready.e)
    ready.rows = (core.array.is(first) or type(first) == "table") and #first or 0
    columns = features.values(where, self.features, ready.e, ready.rows)
  end
  if with_target then
    local range = RANGES[self.options.output]
    examples.check_targets(where, ready.e.target, range[1], range[2], self.options.output)
  end
  for i, feature in ipairs(self.features) do
    examples.numbers(where, "feature " .. feature.name, columns[i])
  end
  if self.options.items then
    ready.items = items.pool(where, self.options.items, ready.e, ready.rows)
    for k = 1, #self.options.items.centres do
      columns[#columns + 1] = ready.items.pooled:column(k)
    end
  end
  ready.raw = ready.rows > 0 and core.array.columns(columns, "f64") or nil
  return ready
end

-- Learn mean and deviation, once; features without any keep their size.
local function learn_scale(self, raw)
  if self.mean or self.options.scale ~= "z" then
    return
  end
  self.mean, self.factor = core.array.zeros(self._width), core.array.zeros(self._width)
  for i = 1, self._width do
    local column = raw:column(i)
    local mean = column:mean()
    local deviation = math.sqrt(vector.square(vector.subtract(column, mean)):mean())
    self.mean[i] = mean
    self.factor[i] = deviation > 1e-12 * math.max(1, math.abs(mean)) and 1 / deviation or 1
  end
end

local function scaled(self, where, ready)
  if self.options.scale == "batch_norm" then
    return ready.raw
  elseif not self.mean then
    options.fail('%s: with scale = "z" the critic must see examples by fit or step first', where)
  end
  return vector.multiply(vector.subtract(ready.raw, self.mean), self.factor)
end

-- --------------------------------------------------------------------------------- training --

-- One step on rows of a feed (nil: all): the mean squared error before it.
local function step_on(self, feeds, targets, rows)
  self.net:forward(feeds, { rows = rows, training = true })
  local value, gradient = losses.mse(self.net:value("value"), targets)
  if value - value ~= 0 then
    options.fail("critic: the error of step %d is %s: training diverged", self.steps + 1,
      value ~= value and "not a number" or "infinite")
  end
  self.net:backward({ value = gradient })
  self.optimizer:step()
  architecture.project(self._monotone)
  self.steps = self.steps + 1
  return value
end

--- One step of the critic on a batch of examples with targets.
-- @return the mean squared error before the step
function methods:step(given)
  local ready = prepare(self, "critic:step", given, true)
  if ready.rows == 0 or ready.rows > self.options.batch then
    options.fail("critic:step: %d examples, but a batch has 1 to %d", ready.rows,
      self.options.batch)
  end
  learn_scale(self, ready.raw)
  return step_on(self, { features = scaled(self, "critic:step", ready) }, ready.e.target)
end

local fit_options = {
  epochs = { type = "integer", default = 50 },
  validation = { type = "table" },
  shuffle = { type = "boolean", default = true },
  progress = { type = "function" },
}
critic.fit_options = fit_options

local function error_of(self, prepared, feeds)
  local values = self:_values(feeds, prepared.rows)
  return vector.square(vector.subtract(values, prepared.e.target)):mean()
end

--- Epochs over examples with targets, in shuffled batches. May be called again, and goes on.
-- @return a list of {epoch, mse, validation}
function methods:fit(given, options_)
  local o = options.check("critic:fit", options_, fit_options)
  local ready = prepare(self, "critic:fit", given, true)
  if ready.rows == 0 then
    options.fail("critic:fit: no examples")
  end
  learn_scale(self, ready.raw)
  local feeds, history = { features = scaled(self, "critic:fit", ready) }, {}
  local held = o.validation and prepare(self, "critic:fit: validation", o.validation, true)
  local held_feeds = held and { features = scaled(self, "critic:fit", held) }
  local targets = ready.e.target
  for _ = 1, o.epochs do
    local order, sum = core.array.range(ready.rows), 0
    if o.shuffle then
      core.random(self.options.seed * 1000003 + self.epochs):shuffle(order)
    end
    for from = 1, ready.rows, self.options.batch do
      local rows = order:slice(from, math.min(from + self.options.batch - 1, ready.rows))
      sum = sum + step_on(self, feeds, targets:gather(rows), rows) * #rows
    end
    self.epochs = self.epochs + 1
    local entry = { epoch = self.epochs, mse = sum / ready.rows,
      validation = held and error_of(self, held, held_feeds) }
    history[#history + 1] = entry
    if o.progress then
      o.progress(entry)
    end
  end
  return history
end

-- --------------------------------------------------------------------------- values and slopes --

-- Training passes of batch norm move its statistics; those that only look must not.
local function keeping_statistics(self, f)
  if self.options.scale ~= "batch_norm" then
    return f()
  end
  local mean, variance = self.net:parameter("normed.mean"), self.net:parameter("normed.variance")
  local old_mean, old_variance = mean:copy(), variance:copy()
  local result = f()
  vector.assign(mean, old_mean)
  vector.assign(variance, old_variance)
  return result
end

-- Batches in order: visit(rows: i64 array) behind a forward pass each.
local function each_batch(self, feeds, count, training, visit)
  local all = core.array.range(count)
  for from = 1, count, self.options.batch do
    local rows = all:slice(from, math.min(from + self.options.batch - 1, count))
    self.net:forward(feeds, { rows = rows, training = training })
    visit(rows)
  end
end

function methods:_values(feeds, count, training)
  local parts = {}
  each_batch(self, feeds, count, training or false, function()
    parts[#parts + 1] = core.array(self.net:value("value"), "f64"):column(1)
  end)
  return count > 0 and core.array.concat(parts) or core.array(0)
end

local value_options = { training = { type = "boolean", default = false } }
critic.value_options = value_options

--- What the critic expects of examples: an array. training: batch norm goes by the batch.
function methods:value(given, options_)
  local o = options.check("critic:value", options_, value_options)
  local ready = prepare(self, "critic:value", given)
  if ready.rows == 0 then
    return core.array(0)
  end
  local feeds = { features = scaled(self, "critic:value", ready) }
  return keeping_statistics(self, function()
    return self:_values(feeds, ready.rows, o.training)
  end)
end

-- Slopes of the sum of values by features: a matrix, examples x features.
local function by_features(self, where, ready)
  local feeds = { features = scaled(self, where, ready) }
  local all = core.array.zeros(ready.rows, self._width)
  local training = self.options.scale == "batch_norm"
  keeping_statistics(self, function()
    each_batch(self, feeds, ready.rows, training, function(rows)
      self.net:backward({ value = core.array.zeros(#rows, 1, self.net.dtype):fill(1) })
      vector.assign(all:slice(rows[1], rows[#rows]), self.net:input_gradient("features"))
    end)
  end)
  return self.factor and vector.multiply(all, self.factor) or all
end

--- Slopes of the sum of values by the examples' columns: {column = array}.
function methods:slopes(given)
  local ready = prepare(self, "critic:slopes", given)
  if ready.rows == 0 then
    return {}
  end
  local slopes = by_features(self, "critic:slopes", ready)
  local by_column = features.pull(self.features, ready.e, slopes, ready.rows)
  if ready.items then
    items.pull(self.options.items, ready.items, slopes, #self.features, by_column)
  end
  return by_column
end

--- What each example weighs in the likelihood that the actor maximises: -dC/dnll.
-- column: another than nll, or hidden_nll where nll is no feature's.
function methods:weights(given, column)
  local slopes = self:slopes(given)
  if column == nil then
    column = (slopes.nll or not slopes.hidden_nll) and "nll" or "hidden_nll"
  end
  if not slopes[column] then
    options.fail("critic:weights: the critic's value does not depend on %s%s", column,
      options.hint(column, options.keys(slopes)))
  end
  return vector.negate(slopes[column])
end

return critic
