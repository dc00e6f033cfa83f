-- What a report is made of: predictions and labels of one task or several, from arrays, maps, a
-- data set or sketches, checked once.
--
--   many      is it several tasks?
--   tasks     their names in order ({""} for one)
--   rows      {task = {predictions, labels}}, f64 arrays; or
--   curves    {task = curve}, of sketches
--   weights   f64 array, or nil: 1 each
--   size      how many rows
--   set       the data set, where there is one

local core = require("steelyard.core")
local dataset = require("steelyard.dataset")
local options = require("steelyard.options")
local ranges = require("steelyard.calibrate.ranges")

local inputs = {}

-- A sketch, or whatever else knows its curve.
local function has_curve(value)
  if core.array.is(value) or (type(value) ~= "table" and type(value) ~= "userdata") then
    return false
  end
  local meta = getmetatable(value)
  return type(meta) == "table" and type(value.curve) == "function"
end

local function is_map(value)
  return type(value) == "table" and #value == 0 and next(value) ~= nil and not getmetatable(value)
end

-- Numbers as an f64 array; the first one that is out of the range is an error that names it.
local function checked(name, values, range)
  options.need_numbers(name, values)
  values = core.array(values, "f64")
  local row, shown = ranges.first_outside(values, range)
  if row then
    options.fail("%s[%d]: %s is %s", name, row, shown, range.why)
  end
  return values
end

local function check_size(self, name, values)
  self.size = self.size or #values
  if #values ~= self.size then
    options.fail("%s: %d numbers for %d rows", name, #values, self.size)
  end
end

local function add_rows(self, task, predictions, labels)
  local suffix = task == "" and "" or "." .. task
  local function one(name, values)
    values = checked(name .. suffix, values, ranges.share)
    check_size(self, name .. suffix, values)
    return values
  end
  self.tasks[#self.tasks + 1] = task
  self.rows[task] = {
    predictions = one("predictions", predictions), labels = one("labels", labels),
  }
end

local function add_curve(self, task, sketch)
  self.tasks[#self.tasks + 1] = task
  self.curves = self.curves or {}
  self.curves[task] = sketch:curve()
end

-- Two maps {task = numbers}, or one {task = sketch}.
local function add_map(self, predictions, labels)
  self.many = true
  options.need(labels == nil or (type(labels) == "table" and #labels == 0), "labels",
    "a map {task = numbers} as the predictions are", labels)
  for _, task in ipairs(options.keys(predictions)) do
    if has_curve(predictions[task]) then
      add_curve(self, task, predictions[task])
    elseif not labels or labels[task] == nil then
      options.fail("labels: there are none of task %s", options.show(task))
    else
      add_rows(self, task, predictions[task], labels[task])
    end
  end
  for _, task in ipairs(options.keys(labels or {})) do
    if predictions[task] == nil then
      options.fail("labels: no predictions of task %s%s", options.show(task),
        options.hint(task, options.keys(predictions)))
    end
  end
  if self.curves and self.size then
    options.fail("predictions: some tasks are sketches, others are rows")
  end
end

-- The tasks of a data set whose labels are known: those of the option labels, or of the set.
local function add_set(self, set, labels)
  self.many, self.set = true, set
  if labels then
    for _, task in ipairs(options.keys(labels)) do
      local column = labels[task]
      options.need(type(column) == "string", ("labels.%s"):format(task), "a column's name", column)
      local predictions, known = set:find_prediction(task)
      if not predictions then
        options.fail("labels: the data set has no predictions of %s%s", options.show(task),
          options.hint(task, known))
      end
      add_rows(self, task, predictions, set:column(column))
    end
  else
    for _, task in ipairs(set.tasks) do
      if set:has_label(task) then
        add_rows(self, task, set:prediction(task), set:label(task))
      end
    end
  end
  if #self.tasks == 0 then
    options.fail("calibrate.report: the data set has no labels (option labels = {task = column})")
  end
end

local function weights_of(self, weights)
  if weights == nil then
    return nil
  elseif self.curves then
    options.fail("weights: sketches have theirs already")
  elseif type(weights) == "string" then
    options.need(self.set, "weights", "an array or a table of numbers", weights)
    weights = self.set:column(weights)
  end
  weights = checked("weights", weights, ranges.weight)
  check_size(self, "weights", weights)
  return weights
end

--- Is the first argument of a report a data set, so that the second one is the options?
inputs.is_set = dataset.is

--- Gather what was given. labels: nil for sketches; o: checked options (weights, labels).
function inputs.of(predictions, labels, o)
  local self = { many = false, tasks = {}, rows = {} }
  if dataset.is(predictions) then
    add_set(self, predictions, o.labels)
  elseif o.labels then
    options.fail('calibrate.report: option "labels" is for data sets')
  elseif has_curve(predictions) then
    options.need(labels == nil, "labels", "nil, as a sketch has its labels", labels)
    add_curve(self, "", predictions)
  elseif is_map(predictions) then
    add_map(self, predictions, labels)
  else
    add_rows(self, "", predictions, labels)
  end
  self.weights = weights_of(self, o.weights)
  return self
end

return inputs
