-- The weights of a value model, moved through a critic: a network that learns from smooth features
-- of a request's ranking what a metric of that ranking, or what then happened, will be.
--
-- A period: rankings under weights near the present ones are drawn and measured, the critic learns
-- from them, is frozen, and the weights climb its slope within a trust region; then the next. Of
-- all periods the weights are kept that are best on requests held out.

local core = require("steelyard.core")
local methods = require("steelyard.dataset.methods")
local metrics = require("steelyard.metrics")
local model = require("steelyard.value_model")
local optimizer = require("steelyard.optimizer")
local options = require("steelyard.options")
local requests = require("steelyard.critic.requests")
local vector = require("steelyard.vector")

local room = {}

local WHERE = "critic.value_model"

local allowed = {
  weights = { type = "table" },
  target = { type = "string|function" },
  gains = { type = "string|table" },
  outcome = { type = "string" },
  holdout = { type = "number|table", default = 0.3 },
  by = { type = "string" },
  periods = { type = "integer", default = 10 },
  patience = { type = "integer", default = 3 },
  settings = { type = "integer", default = 12 },
  radius = { type = "number", default = 1 },
  temperature = { type = "number", default = 0.5 },
  epochs = { type = "integer", default = 20 },
  hidden = { type = "list" },
  learning_rate = { type = "number", default = 1e-3 },
  steps = { type = "integer", default = 50 },
  rate = { type = "number", default = 0.02 },
  seed = { type = "integer", default = 1 },
  progress = { type = "function" },
}
room.options = allowed

-- ------------------------------------------------------------------------------- what is asked --

local function need(good, key, expected, value)
  if not good then
    options.fail("%s: %s: expected %s, got %s", WHERE, key, expected, options.show(value))
  end
end

-- The start as tasks and numbers in order of name, none of them 0.
local function start_of(given)
  need(type(given) == "table", "weights", "{task = number} or a value model", given)
  if model.is(given) and next(given.calibrators) then
    options.fail("%s: weights: a model with calibrators: calibrate the data first "
      .. "(model:calibrated)", WHERE)
  end
  local weights = model.is(given) and given.weights or given
  local tasks, numbers = options.keys(weights), {}
  need(#tasks > 0, "weights", "{task = number}", given)
  for t, task in ipairs(tasks) do
    local w = weights[task]
    need(type(w) == "number" and w - w == 0 and w ~= 0, "weights: " .. task,
      "a number that is not 0: weights keep their sign", w)
    numbers[t] = w
  end
  return tasks, numbers
end

-- A column that is there, of finite numbers.
local function column_of(data, key, name)
  if type(name) ~= "string" or not data:has(name) then
    options.fail("%s: %s: there is no column %s%s", WHERE, key, options.show(name),
      options.hint(tostring(name), data:column_names()))
  end
  return data:column(name)
end

local function gains_of(data, gains)
  if type(gains) == "string" then
    return column_of(data, "gains", gains)
  end
  local sum = core.array(data.size)
  for _, name in ipairs(options.keys(gains)) do
    need(type(gains[name]) == "number", "gains: " .. name, "a number", gains[name])
    vector.accumulate(sum, column_of(data, "gains", name), gains[name])
  end
  return sum
end

-- function(scores) -> a number a request, of which NaN counts nowhere.
local function judge_of(data, o)
  if type(o.target) == "function" then
    return function(scores, weights)
      local values = o.target(data, scores, weights)
      options.need_numbers(WHERE .. ": target", values)
      if #values ~= data.groups.count then
        options.fail("%s: target: %d numbers for %d requests", WHERE, #values, data.groups.count)
      end
      return core.array(values)
    end
  end
  local gains = gains_of(data, o.gains)
  return function(scores)
    return metrics.measure(scores, gains, { groups = data.groups, metrics = { o.target } })[1]
      .per_request
  end
end

local function check_options(data, given)
  options.need(methods.is(data), WHERE, "a data set", data)
  local o = options.check(WHERE, given, allowed)
  o.tasks, o.start = start_of(o.weights)
  for _, task in ipairs(o.tasks) do
    data:prediction(task) -- or raise
  end
  if (o.target == nil) == (o.outcome == nil) then
    options.fail("%s: one of target and outcome is needed", WHERE)
  elseif type(o.target) == "string" and o.gains == nil then
    options.fail("%s: gains: a metric needs a column, or {column = worth}", WHERE)
  end
  for _, key in ipairs({ "periods", "settings", "steps", "epochs" }) do
    need(o[key] >= 1, key, "a whole number above 0", o[key])
  end
  for _, key in ipairs({ "radius", "temperature", "rate", "learning_rate" }) do
    need(o[key] > 0 and o[key] < math.huge, key, "a number above 0", o[key])
  end
  if type(o.holdout) == "table" then
    options.need(methods.is(o.holdout), WHERE .. ": holdout", "a share or a data set", o.holdout)
    o.trained, o.held = data, o.holdout
  else
    o.trained, o.held = data:split(o.holdout, { seed = o.seed, by = o.by })
  end
  return o
end

-- ------------------------------------------------------------------------------- the requests --

-- One side: its features and its judge, and what the start gives there. Requests without a target
-- (no gain, say) are left out.
local function side_of(data, o)
  local side = { data = data, requests = requests.of(data, o.tasks, o.temperature) }
  side.features = side.requests:features(o.start)
  if o.outcome then
    local column = column_of(data, "outcome", o.outcome):copy("f64")
    local sizes = vector.group_sums(core.array(data.size):fill(1), side.requests.codes,
      side.requests.count)
    side.first = vector.divide(side.requests:sums(column), sizes)
  else
    side.judge = judge_of(data, o)
    side.first = side.judge(side.requests:scores(o.start), o.start)
  end
  local kept = {}
  side.places = core.array.zeros(#side.first, "i32") -- among those that count; 0: it does not
  for r = 1, #side.first do
    if side.first[r] - side.first[r] == 0 then
      kept[#kept + 1] = r
      side.places[r] = #kept
    end
  end
  if #kept == 0 then
    options.fail("%s: no request has a target", WHERE)
  end
  side.kept = core.array(kept, "i64")
  side.start = side.first:gather(side.kept):mean()
  return side
end

-- The mean target of weights on one side.
local function mean_of(side, weights)
  return side.judge(side.requests:scores(weights), weights):gather(side.kept):mean()
end

-- The critic's columns under weights, of the requests that count; where rankings are measured, as
-- what they gain on the start's: the request's own level cancels.
local function columns_of(side, weights, o)
  local features, pull = side.requests:features(weights)
  local columns = {}
  for name, column in pairs(features) do
    if side.judge and (name == "entropy" or name:find("^top_")) then
      column = vector.subtract(column, side.features[name])
    end
    columns[name] = column:gather(side.kept)
  end
  if not o then
    return columns, pull
  end
  columns.target = o.outcome and side.first:gather(side.kept)
    or vector.subtract(side.judge(side.requests:scores(weights), weights), side.first)
      :gather(side.kept)
  return columns, pull
end

local function feature_list(o)
  local list = { { name = "entropy" }, { name = "log_size", moves = false } }
  for _, task in ipairs(o.tasks) do
    list[#list + 1] = { name = "top_" .. task }
    list[#list + 1] = { name = "level_" .. task, moves = false }
  end
  return list
end

-- ----------------------------------------------------------------------------------- periods --

local function moved(start, logs)
  local weights = {}
  for t, w in ipairs(start) do
    weights[t] = w * math.exp(logs[t])
  end
  return weights
end

-- Examples under weights near the present ones, and these.
local function examples_near(side, o, logs, random)
  local parts = {}
  for setting = 1, o.outcome and 1 or o.settings do
    local near = {}
    for t = 1, #o.tasks do
      near[t] = logs[t] + (setting > 1 and o.radius * (2 * random:uniform() - 1) or 0)
    end
    parts[setting] = columns_of(side, moved(o.start, near), o)
  end
  local all = {}
  for name in pairs(parts[1]) do
    local list = {}
    for i, part in ipairs(parts) do
      list[i] = part[name]
    end
    all[name] = core.array.concat(list)
  end
  return all
end

-- Climb the frozen critic from `logs`, by no more than the radius; gives what it promises.
local function climb(critic, side, o, logs)
  local count = #o.tasks
  local place, slope = core.array(count), core.array(count)
  local opt = optimizer.adam({ logs = { place, slope } }, { learning_rate = o.rate })
  local before = critic:value((columns_of(side, moved(o.start, logs)))):mean()
  local now = {}
  local function present()
    for t = 1, count do
      place[t] = math.max(-o.radius, math.min(place[t], o.radius))
      now[t] = logs[t] + place[t]
    end
    return moved(o.start, now)
  end
  for _ = 1, o.steps do
    local weights = present()
    local columns, pull = columns_of(side, weights)
    local slopes, whole = critic:slopes(columns), {}
    for name, values in pairs(slopes) do -- back among the requests that do not count
      whole[name] = vector.spread(values, side.places)
    end
    local by_weight = pull(whole)
    for t = 1, count do
      slope[t] = -by_weight[t] * weights[t] / #side.kept
    end
    opt:step()
  end
  local after = critic:value((columns_of(side, present()))):mean()
  return now, after - before
end

local function named(tasks, weights)
  local map = {}
  for t, task in ipairs(tasks) do
    map[task] = weights[t]
  end
  return map
end

-- With an outcome no other ranking can be measured: the critic must beat a constant on requests
-- that were held out, or nothing moves.
local function judge_outcome(critic, held, o)
  local columns = columns_of(held, o.start, o)
  local report = critic:report(columns)
  return report.mse < report.variance, report
end

local function period(o, sides, critic, logs, number, random)
  local history = critic:fit(examples_near(sides.trained, o, logs, random), { epochs = o.epochs })
  local entry = { period = number, mse = history[#history].mse }
  if o.outcome then
    local good, report = judge_outcome(critic, sides.held, o)
    entry.held_mse, entry.held_variance = report.mse, report.variance
    if not good then
      entry.promised, entry.weights = 0, named(o.tasks, moved(o.start, logs))
      return logs, entry, false
    end
  end
  local next_logs, promised = climb(critic, sides.trained, o, logs)
  local weights = moved(o.start, next_logs)
  entry.promised, entry.weights = promised, named(o.tasks, weights)
  if not o.outcome then
    entry.trained, entry.held = mean_of(sides.trained, weights), mean_of(sides.held, weights)
  end
  return next_logs, entry, true
end

--- Move a value model's weights through a critic of a metric or an outcome.
-- make: sy.critic.new.
function room.run(make, data, given)
  local o = check_options(data, given)
  local sides = { trained = side_of(o.trained, o), held = side_of(o.held, o) }
  local critic = make({ features = feature_list(o), scale = "z", output = "linear",
    hidden = o.hidden or { 32, 16 }, learning_rate = o.learning_rate, seed = o.seed, batch = 256 })
  local random, logs = core.random(o.seed + 104729), {}
  for t = 1, #o.tasks do
    logs[t] = 0
  end
  local best = { logs = logs, period = 0, held = sides.held.start, trained = sides.trained.start }
  local history = {}
  for number = 1, o.outcome and 1 or o.periods do
    local entry, went
    logs, entry, went = period(o, sides, critic, logs, number, random)
    history[number] = entry
    if o.progress then
      o.progress(entry)
    end
    if went and (o.outcome or entry.held > best.held) then
      best = { logs = logs, period = number, held = entry.held, trained = entry.trained }
    elseif number - best.period >= o.patience then
      break
    end
  end
  local weights = named(o.tasks, moved(o.start, best.logs))
  return {
    weights = weights, model = model.new({ weights = weights }), critic = critic,
    history = history, best_period = best.period,
    trained = { start = sides.trained.start, best = best.trained,
      requests = #sides.trained.kept },
    held = { start = sides.held.start, best = best.held, requests = #sides.held.kept },
  }
end

return room
