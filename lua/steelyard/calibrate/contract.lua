-- The contract of scale between a ranking model and the value model behind it: does a new version
-- of the one keep the scale of the old one's predictions, and with it what the weights of the other
-- mean?
--
--   local c = contract.contract(old, new, { value_model = vm })
--   c.verdict, c.tasks.p_like.ratio, c.value.ratio, c.value.attribution.p_like

local calibrator = require("steelyard.calibrator")
local core = require("steelyard.core")
local dataset = require("steelyard.dataset")
local groups = require("steelyard.groups")
local matching = require("steelyard.calibrate.matching")
local metrics = require("steelyard.metrics")
local options = require("steelyard.options")
local value_model = require("steelyard.value_model")

local contract = {}

local WHERE = "calibrate.contract"

local contract_options = {
  tasks = { type = "list" },
  groups = {},
  labels = { type = "table" },
  join = { type = "string", one_of = { "rows", "items" }, default = "rows" },
  value_model = { type = "table" },
  value_model_after = { type = "table" },
  tolerance = { type = "number", default = 0.05 },
  confidence = { type = "number", default = 0.95 },
  interval = { type = "string", one_of = { "delta", "bootstrap" }, default = "delta" },
  resamples = { type = "integer", default = 2000 },
  seed = { type = "integer", default = 1 },
  buckets = { type = "integer", default = 10 },
  k = { type = "integer", default = 10 },
}

local function check_options(given)
  local o = options.check(WHERE, given, contract_options)
  local function demand(good, name, what)
    if not good then
      options.fail("%s: %s: expected %s, got %s", WHERE, name, what, options.show(o[name]))
    end
  end
  demand(o.tolerance > 0 and o.tolerance < 1, "tolerance", "a number between 0 and 1")
  demand(o.confidence > 0 and o.confidence < 1, "confidence", "a number between 0 and 1")
  demand(o.resamples >= 1 and o.resamples <= 1000000, "resamples", "1 to 1000000")
  demand(o.buckets >= 1 and o.buckets <= 1000, "buckets", "1 to 1000")
  demand(o.k >= 1, "k", "a number from 1 up")
  for _, name in ipairs({ "value_model", "value_model_after" }) do
    demand(o[name] == nil or value_model.is(o[name]), name, "a value model")
  end
  if o.value_model_after and not o.value_model then
    options.fail("%s: value_model_after: there is no value_model, before", WHERE)
  end
  return o
end

-- ----------------------------------------------------------------------------- the two versions --

local function known_tasks(data)
  return dataset.is(data) and data.tasks or options.keys(data)
end

-- The tasks to compare: those asked for, or else the value model's, or those that both sides have.
local function tasks_of(before, after, o)
  if o.tasks or o.value_model then
    return o.tasks or o.value_model.tasks
  end
  local there, list = {}, {}
  for _, task in ipairs(known_tasks(after)) do
    there[task] = true
  end
  for _, task in ipairs(known_tasks(before)) do
    list[#list + 1] = there[task] and task or nil
  end
  if #list == 0 then
    options.fail("%s: before and after have no task in common", WHERE)
  end
  return list
end

-- A task's predictions in data: an array of numbers from 0 to 1.
local function prediction_of(side, data, task)
  local values, known
  if dataset.is(data) then
    values, known = data:find_prediction(task)
  else
    values, known = data[task], options.keys(data)
  end
  if values == nil then
    options.fail("%s: %s has no predictions of %q%s", WHERE, side, task, options.hint(task, known))
  end
  options.need_numbers(("%s: %s: %s"):format(WHERE, side, task), values)
  values = core.array(values)
  local low, high = values:min(), values:max()
  if low and not (low >= 0 and high <= 1) then
    options.fail("%s: %s: %s: %.10g is not from 0 to 1", WHERE, side, task,
      low >= 0 and high or low)
  end
  return values
end

-- One version: predictions, and with a value model its calibrated predictions and scores, in the
-- order of the layout. rows: where the data's rows go first.
local function side_of(name, data, tasks, model, rows, layout)
  local function arrange(values)
    return layout:arrange(rows and values:gather(rows) or values)
  end
  local side = { predictions = {} }
  for _, task in ipairs(tasks) do
    local values = prediction_of(name, data, task)
    if #values ~= layout.size then
      options.fail("%s: %s: %s has %d rows, but there are %d", WHERE, name, task, #values,
        layout.size)
    end
    side.predictions[task] = arrange(values)
  end
  if model then
    side.model, side.calibrated, side.scores = model, model:calibrated(data), model:score(data)
    for task, values in pairs(side.calibrated) do
      side.calibrated[task] = arrange(values)
    end
    side.scores = arrange(side.scores)
  end
  return side
end

local function label_of(before, task, o, layout)
  if o.labels and o.labels[task] ~= nil then
    options.need_numbers(WHERE .. ": labels: " .. task, o.labels[task])
    return layout:arrange(core.array(o.labels[task]))
  elseif dataset.is(before) and before:has_label(task) then
    return before:label(task)
  end
  return nil
end

-- What is compared, and the requests: {before, after, tasks, labels, layout, offsets, units}.
local function setting_of(before, after, o)
  local function need_data(name, data)
    options.need(type(data) == "table", WHERE .. ": " .. name,
      "a data set or a table {task = predictions}", data)
  end
  need_data("before", before)
  need_data("after", after)
  local tasks = tasks_of(before, after, o)
  local rows, repeated = matching.rows(WHERE, before, after, o.join)
  local layout = dataset.is(before) and before.groups or dataset.is(after) and after.groups
    or groups.of(o.groups, #prediction_of("before", before, tasks[1]))
  local s = { tasks = tasks, layout = layout, labels = {}, repeated = repeated }
  s.before = side_of("before", before, tasks, o.value_model, nil, layout)
  s.after = side_of("after", after, tasks, o.value_model_after or o.value_model, rows, layout)
  for _, task in ipairs(tasks) do
    s.labels[task] = label_of(before, task, o, layout)
  end
  s.units, s.offsets = "requests", layout.offsets
  if layout.count == 1 then -- without requests each row is by itself
    s.units = "rows"
    s.offsets = groups.from_sizes(core.array(layout.size, "i64"):fill(1)).offsets
  end
  s.count = #s.offsets - 1
  return s
end

-- --------------------------------------------------------------------------------------- scale --

-- Where the ratio lies: low and high; NaN with a single request.
local function interval_of(before, after, change, s, o)
  if s.count < 2 then
    return change.error, change.error
  elseif o.interval == "bootstrap" then
    if before:min() < 0 or change.before <= 0 then
      options.fail("%s: interval: bootstrap needs sums above 0", WHERE)
    end
    return core.scale_bootstrap(before, after, o.confidence, o.resamples, o.seed)
  end
  local half = core.student_two_sided(1 - o.confidence, s.count - 1) * change.error
  return change.ratio - half, change.ratio + half
end

-- holds: the interval is within the tolerance; moved: it is outside; unclear: neither.
local function verdict_of(low, high, tolerance)
  if low >= 1 - tolerance and high <= 1 + tolerance then
    return "holds"
  elseif high < 1 - tolerance or low > 1 + tolerance then
    return "moved"
  end
  return "unclear"
end

-- How a column's mean changes: {mean_before, mean_after, ratio, low, high, error}; cells and cell:
-- of the rows in it alone, `rows` of them.
local function change_of(before, after, s, o, rows, cells, cell)
  local first = core.request_sums(before, s.offsets, cells, cell)
  local second = core.request_sums(after, s.offsets, cells, cell)
  local change = core.scale_change(first, second)
  local low, high = interval_of(first, second, change, s, o)
  return {
    mean_before = change.before / rows, mean_after = change.after / rows,
    ratio = change.ratio, low = low, high = high, error = change.error,
  }
end

-- The same by level: buckets of before's predictions, of equal mass.
local function levels_of(curve, before, after, s, o)
  local buckets, edges, list = curve:buckets("mass", o.buckets), {}, {}
  for i = 1, #buckets - 1 do
    edges[i] = buckets[i].high
  end
  local cells = core.slice_cut(before, edges)
  for i, bucket in ipairs(buckets) do
    list[i] = change_of(before, after, s, o, bucket.n, cells, i - 1)
    list[i].from, list[i].to, list[i].n = bucket.low, bucket.high, bucket.n
  end
  return list
end

-- What brings the new version back to the old scale: a factor, a shift of logits, a line in them.
local function mending_of(back, change)
  local line = core.fit_logistic(back, "platt", false)
  return {
    factor = change.mean_before / change.mean_after,
    shift = core.fit_logistic(back, "shift", false).c[1],
    intercept = line.c[1],
    slope = line.c[2],
    calibrator = calibrator.wrap(core.calibrator_new({
      method = "platt", map = line,
      about = '{"note": "brings a new version back to the scale of the old one"}',
    })),
  }
end

local function calibration_of(predictions, labels, o)
  local one = core.curve(predictions, labels):summary(o.confidence)
  return { ratio = one.ratio, low = one.ratio_low, high = one.ratio_high, log_loss = one.log_loss }
end

local function task_of(task, s, o)
  local before, after = s.before.predictions[task], s.after.predictions[task]
  local result = change_of(before, after, s, o, s.layout.size)
  local curve, back = core.curve(before, after), core.curve(after, before)
  result.verdict = verdict_of(result.low, result.high, o.tolerance)
  result.levels = levels_of(curve, before, after, s, o)
  result.logit_before, result.spread_before = core.curve_logits(curve)
  result.logit_after, result.spread_after = core.curve_logits(back)
  result.spread = result.spread_after / result.spread_before
  result.mend = mending_of(back, result)
  if s.labels[task] then
    result.calibration = {
      before = calibration_of(before, s.labels[task], o),
      after = calibration_of(after, s.labels[task], o),
    }
  end
  return result
end

-- --------------------------------------------------------------------------------------- value --

-- A task's part in the mean score of one version.
local function part_of(side, task, s)
  local weight = side.model.weights[task]
  if not weight then
    return 0
  end
  local sums = core.request_sums(side.calibrated[task], s.offsets)
  return weight * core.scale_change(sums, sums).before / s.layout.size
end

-- Which task moves the mean score by how much, as shares of its size before: they sum to ratio - 1
-- where that is above 0.
local function attribution_of(s, mean)
  local list = {}
  for _, side in ipairs({ s.before, s.after }) do
    for _, task in ipairs(side.model.tasks) do
      list[task] = (part_of(s.after, task, s) - part_of(s.before, task, s)) / math.abs(mean)
    end
  end
  return list
end

local function value_of(s, o)
  local before, after, layout = s.before.scores, s.after.scores, s.layout:arranged()
  local result = change_of(before, after, s, o, layout.size)
  local function metric(name, k)
    return (metrics[name](before, after, { groups = layout, k = k }))
  end
  result.verdict = verdict_of(result.low, result.high, o.tolerance)
  result.attribution = attribution_of(s, result.mean_before)
  result.k = o.k
  result.overlap = metric("overlap", o.k)
  result.top_changed = 1 - metric("overlap", 1)
  result.kendall_tau = metric("kendall_tau")
  return result
end

local RANKS = { holds = 1, unclear = 2, moved = 3 }

--- Compare two versions' predictions of the same rows. before, after: data sets, or tables {task =
-- predictions} (with columns of features that calibrators go by).
function contract.contract(before, after, given)
  local o = check_options(given)
  local s = setting_of(before, after, o)
  local result = {
    rows = s.layout.size, requests = s.layout.count, units = s.units, repeated = s.repeated,
    order = s.tasks, tasks = {},
    tolerance = o.tolerance, confidence = o.confidence, verdict = "holds", moved = {},
  }
  local function note(name, verdict)
    result.verdict = RANKS[verdict] > RANKS[result.verdict] and verdict or result.verdict
    result.moved[#result.moved + 1] = verdict == "moved" and name or nil
  end
  for _, task in ipairs(s.tasks) do
    result.tasks[task] = task_of(task, s, o)
    note(task, result.tasks[task].verdict)
  end
  if o.value_model then
    result.value = value_of(s, o)
    note("value", result.value.verdict)
  end
  return result
end

--- The options, for the documentation.
contract.options = { contract = contract_options }

return contract
