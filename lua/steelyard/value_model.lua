-- Value models: the weights by which predictions become a score, and the calibrators that
-- predictions go through before.
--
--   local vm = value_model.new{ weights = { p_click = 1, p_report = -8 } }
--   local scores = vm:score(data)

local calibrator = require("steelyard.calibrator")
local core = require("steelyard.core")
local options = require("steelyard.options")
local work = require("steelyard.work")

local value_model = {}
local Model = {}
Model.__index = Model

-- Which of a calibrator's features are texts.
local function text_features(one)
  local list = {}
  for f, feature in ipairs(one and one:parts().features or {}) do
    list[f] = feature.values ~= nil
  end
  return list
end

-- A Lua face for what core made. tasks: names in order; weights, calibrators: maps (copies);
-- _calibrators: a list in order of tasks, false where there is none; _texts: text_features of each.
local function wrap(raw)
  local self = { _raw = raw, tasks = raw:tasks(), weights = {}, calibrators = {}, _texts = {} }
  local weights, calibrators = raw:weights(), raw:calibrators()
  for i, task in ipairs(self.tasks) do
    self.weights[task] = weights[i]
    calibrators[i] = calibrators[i] and calibrator.wrap(calibrators[i])
    self.calibrators[task] = calibrators[i] or nil
    self._texts[i] = text_features(calibrators[i])
  end
  self._calibrators = calibrators
  return setmetatable(self, Model)
end

--- Is the value a value model?
function value_model.is(value)
  return getmetatable(value) == Model
end

-- Names and weights, in order: a list {{task, weight}, ...} as it stands, a map sorted by name.
local function in_order(weights)
  local names, numbers = {}, {}
  if #weights > 0 then
    for i, pair in ipairs(weights) do
      if type(pair) ~= "table" or type(pair[1]) ~= "string" then
        options.fail("value_model.new: weights[%d]: expected {task, weight}", i)
      end
      names[i], numbers[i] = pair[1], pair[2]
    end
  else
    for key in pairs(weights) do
      if type(key) ~= "string" then
        options.fail("value_model.new: weights: task %s is not a text", options.show(key))
      end
    end
    names = options.keys(weights)
    for i, name in ipairs(names) do
      numbers[i] = weights[name]
    end
  end
  for i, name in ipairs(names) do
    if type(numbers[i]) ~= "number" then
      local message = "value_model.new: weight of %q: expected a number, got %s"
      options.fail(message, name, options.show(numbers[i]))
    end
  end
  return names, numbers
end

-- What core made of each name's calibrator, false where it has none; nil where none has.
local function raw_calibrators(given, names)
  if given == nil or next(given) == nil then
    return nil
  end
  local list, place = {}, {}
  for i, name in ipairs(names) do
    list[i], place[name] = false, i
  end
  for task, value in pairs(given) do
    if not place[task] then
      options.fail("value_model.new: calibrators: there is no weight of %s%s", options.show(task),
        options.hint(task, names))
    elseif not calibrator.is(value) then
      options.fail("value_model.new: calibrator of %q: expected a calibrator, got %s", task,
        options.show(value))
    end
    list[place[task]] = calibrator.raw(value)
  end
  return list
end

local new_options = { weights = { type = "table" }, calibrators = { type = "table" } }

--- A value model from weights: a map {task = weight}, whose tasks are taken in order of name, or a
-- list {{task, weight}, ...}, whose order is kept; and calibrators: {task = calibrator} of some of
-- the tasks.
function value_model.new(given)
  local o = options.check("value_model.new", given, new_options)
  if o.weights == nil then
    options.fail("value_model.new: no weights")
  end
  local names, weights = in_order(o.weights)
  return wrap(core.value_model_new(names, weights, raw_calibrators(o.calibrators, names)))
end

local function check_tasks(model, path, tasks)
  local wanted = {}
  for _, task in ipairs(tasks) do
    wanted[task] = true
    if model.weights[task] == nil then
      local message = "%s: $.weights: no weight for %q%s"
      return nil, message:format(path, task, options.hint(task, model.tasks))
    end
  end
  for _, task in ipairs(model.tasks) do
    if not wanted[task] then
      return nil, ("%s: $.weights.%s: unknown task%s"):format(path, task, options.hint(task, tasks))
    end
  end
  return model
end

local load_options = { tasks = { type = "table" } }

--- Load a value model from a file: the model, or nil and a message.
-- options: tasks, a list: the model must have weights for exactly these.
function value_model.load(path, given)
  local o = options.check("value_model.load", given, load_options)
  options.need(type(path) == "string", "value_model.load", "a path", path)
  local raw, message = core.value_model_load(path)
  if not raw then
    return nil, message
  end
  local model = wrap(raw)
  if o.tasks then
    return check_tasks(model, path, o.tasks)
  end
  return model
end

--- A value model from JSON text: the model, or nil and a message. name stands for the file there.
function value_model.parse(text, name)
  options.need(type(text) == "string", "value_model.parse", "a text", text)
  options.need(name == nil or type(name) == "string", "value_model.parse: name", "a text", name)
  local raw, message = core.value_model_parse(text, name)
  if not raw then
    return nil, message
  end
  return wrap(raw)
end

-- The predictions of the model's tasks, in its order; data: a data set, or a map {task = numbers}.
local function columns_of(self, data)
  local columns = {}
  if type(data) ~= "table" then
    options.fail("value model: expected a data set or a table of columns, got %s",
      options.show(data))
  end
  for i, task in ipairs(self.tasks) do
    local known
    if data.find_prediction then
      columns[i], known = data:find_prediction(task)
    else
      columns[i], known = data[task], options.keys(data)
    end
    if columns[i] == nil then
      local message = "value model: there is a weight for %q, but no such column%s"
      options.fail(message, task, options.hint(task, known))
    end
    if #columns[i] ~= #columns[1] then
      local message = "value model: %s has %d numbers, but %s has %d"
      options.fail(message, task, #columns[i], self.tasks[1], #columns[1])
    end
  end
  return columns
end

-- A column of the data: is it there, does it hold texts, and the names of all columns.
local function look_up(data, name)
  if data.find_prediction then
    local there = data:has(name)
    return there, there and data:names(name) ~= nil, data:column_names()
  end
  local column = data[name]
  return column ~= nil, type(column) == "table" and type(column[1]) == "string", options.keys(data)
end

-- The codes of the features of a task's calibrator; false where it has none.
local function codes_of(self, index, data, rows)
  local one, task = self._calibrators[index], self.tasks[index]
  if not one or #one.features == 0 then
    return false
  end
  for f, name in ipairs(one.features) do
    local there, has_texts, known = look_up(data, name)
    local wants_texts = self._texts[index][f]
    if not there then
      options.fail("value model: the calibrator of %q goes by the feature %q, but there is no such "
        .. "column%s", task, name, options.hint(name, known))
    elseif rows > 0 and has_texts ~= wants_texts then
      options.fail("value model: the calibrator of %q goes by %s of the feature %q, but the column "
        .. "holds %s", task, wants_texts and "texts" or "numbers", name,
        has_texts and "texts" or "numbers")
    end
  end
  return calibrator.codes(one, data, rows)
end

--- The columns, beside predictions, that the calibrators go by: a list of those that hold numbers
-- and one of those that hold texts, as sy.dataset.read's features and categorical.
function Model:features()
  local numbers, texts, seen = {}, {}, {}
  for i in ipairs(self.tasks) do
    for f, name in ipairs(self._calibrators[i] and self._calibrators[i].features or {}) do
      local list = self._texts[i][f] and texts or numbers
      if not seen[name] then
        list[#list + 1], seen[name] = name, true
      end
    end
  end
  return numbers, texts
end

--- The scores of all rows: an array, f32 where all predictions are f32, else f64. Predictions go
-- through their task's calibrator.
function Model:score(data)
  local columns, codes = columns_of(self, data), {}
  for i in ipairs(columns) do
    codes[i] = codes_of(self, i, data, #columns[1])
  end
  return self._raw:score(columns, codes)
end

-- The predictions of the model's tasks as arrays of one type, calibrated.
local function calibrated_columns(self, data)
  local columns = columns_of(self, data)
  local dtype = "f32"
  for i = 1, #columns do
    columns[i] = core.array.is(columns[i]) and columns[i] or core.array(columns[i], "f64")
    dtype = columns[i].dtype == "f32" and dtype or "f64"
  end
  for i = 1, #columns do
    local column = columns[i].dtype == dtype and columns[i] or columns[i]:copy(dtype)
    if self._calibrators[i] then
      local codes = codes_of(self, i, data, #column) or nil
      column = calibrator.raw(self._calibrators[i]):apply(column, codes)
    end
    columns[i] = column
  end
  return columns
end

--- The scores of all rows, not made yet: what metrics take in place of an array, to score each
-- request just before it is ranked. Saves the memory and the time of a whole column. Calibrated
-- predictions are made here.
function Model:deferred(data)
  local weights = {}
  for i, task in ipairs(self.tasks) do
    weights[i] = self.weights[task]
  end
  return { columns = calibrated_columns(self, data), weights = weights }
end

--- The predictions as the weights see them: {task = array}, and for a data set another one that
-- has these as predictions.
function Model:calibrated(data)
  local map, columns = {}, calibrated_columns(self, data)
  for i, task in ipairs(self.tasks) do
    map[task] = columns[i]
  end
  return map, data.with_predictions and data:with_predictions(map) or nil
end

local rank_options = {
  threads = { type = "integer" },
  ties = { type = "string", one_of = { "input", "name" }, default = "input" },
}

--- The rows in order of score, best first, request by request.
-- k: only the first k of each request (nil or 0: all). Returns an i64 array of row numbers and an
-- i64 array of offsets: request r's rows are the elements offsets[r] + 1 .. offsets[r + 1].
function Model:rank(data, k, given)
  local o = options.check("rank", given, rank_options)
  local scores = self:score(data)
  local layout, names = data.find_prediction and data.groups, nil
  if o.ties == "name" then
    options.need(layout, "rank: ties by name", "a data set with item names", data)
    names = data:name_places()
  end
  local longest = layout and layout.longest or #scores
  local scratch = o.threads and core.work(longest, o.threads) or work.get(longest)
  return core.rank(scores, layout and layout.offsets or nil, k or 0, names, scratch)
end

--- Write the model to a file, whole or not at all: true, or nil and a message.
function Model:save(path)
  options.need(type(path) == "string", "save", "a path", path)
  return self._raw:save(path)
end

--- The options of each function, for the documentation.
value_model.options = { load = load_options, rank = rank_options }

return value_model
