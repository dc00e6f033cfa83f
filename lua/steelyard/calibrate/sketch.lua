-- Sketches: what a stream of (prediction, label, weight) says, in some thousand bins that add up
-- exactly, so that merging in any order gives the same bytes.
--
--   local day = sy.calibrate.sketch(predictions, labels)
--   local week = sy.calibrate.merge(monday, tuesday, wednesday)

local core = require("steelyard.core")
local options = require("steelyard.options")

local module = {}
local Sketch = {}
Sketch.__index = Sketch

local STANDARD_BITS = 7

local function wrap(raw)
  return setmetatable({ raw = raw, bits = raw:bits(), bins = raw:size() }, Sketch)
end

--- Is the value a sketch?
function module.is(value)
  return getmetatable(value) == Sketch
end

--- A sketch of a raw one.
module.wrap = wrap

Sketch.__tostring = function(self)
  local n = self:totals().n
  return ("sketch: %.0f %s in %d %s"):format(n, n == 1 and "row" or "rows", self.bins,
    self.bins == 1 and "bin" or "bins")
end

-- ------------------------------------------------------------------------------------- making --

local sketch_options = {
  weights = { type = "array" },
  bits = { type = "integer", default = STANDARD_BITS },
}
local add_options = { weights = { type = "array" } }

local function make(predictions, labels, weights, bits)
  options.need_numbers("predictions", predictions)
  options.need_numbers("labels", labels)
  return wrap(core.sketch(predictions, labels, weights, bits))
end

-- A table {task = numbers}, and not numbers.
local function is_map(value)
  return type(value) == "table" and #value == 0 and next(value) ~= nil
end

local function of_tasks(predictions, labels, o)
  options.need(is_map(labels), "labels", "a table {task = numbers}, as predictions are", labels)
  local result = {}
  for _, task in ipairs(options.keys(predictions)) do
    if labels[task] == nil then
      options.fail("calibrate.sketch: no labels of %q%s", task,
        options.hint(task, options.keys(labels)))
    end
    local weights = o.weights
    if is_map(weights) then
      weights = weights[task]
    end
    result[task] = make(predictions[task], labels[task], weights, o.bits)
  end
  return result
end

--- A sketch of rows; of tables {task = numbers}, a table {task = sketch}.
local function sketch(predictions, labels, given)
  local o = options.check("calibrate.sketch", given, sketch_options)
  if o.bits < 1 or o.bits > 12 then
    options.fail("calibrate.sketch: bits: expected 1 to 12, got %s", options.show(o.bits))
  elseif is_map(predictions) and not module.is(predictions) then
    return of_tasks(predictions, labels, o)
  end
  return make(predictions, labels, o.weights, o.bits)
end

local function merge_two(a, b)
  return wrap(core.sketch_merge(a.raw, b.raw))
end

local function need_sketch(name, value)
  options.need(module.is(value), name, "a sketch", value)
end

--- This sketch and more rows: a new sketch.
function Sketch:add(predictions, labels, given)
  local o = options.check("sketch:add", given, add_options)
  return merge_two(self, make(predictions, labels, o.weights, self.bits))
end

--- This sketch and others: a new sketch.
function Sketch:merge(...)
  local result = self
  for i = 1, select("#", ...) do
    local other = select(i, ...)
    need_sketch(("merge: argument %d"):format(i), other)
    result = merge_two(result, other)
  end
  return result
end

local function merge_maps(list)
  local result = {}
  for i, map in ipairs(list) do
    for _, name in ipairs(options.keys(map)) do
      need_sketch(("merge: [%d].%s"):format(i, name), map[name])
      result[name] = result[name] and merge_two(result[name], map[name]) or map[name]
    end
  end
  return result
end

--- Sketches as one; of tables {name = sketch}, a table with all names. Takes them one by one, or
-- as a list.
function module.merge(...)
  local list = { ... }
  if #list == 1 and not module.is(list[1]) and type(list[1]) == "table" and #list[1] > 0 then
    list = list[1]
  end
  options.need(#list > 0, "merge", "at least one sketch", nil)
  for i, value in ipairs(list) do
    options.need(module.is(value) or is_map(value), ("merge: argument %d"):format(i),
      "a sketch, or a table {name = sketch}", value)
    if module.is(value) ~= module.is(list[1]) then
      options.fail("merge: argument %d: sketches and tables of sketches do not mix", i)
    end
  end
  if not module.is(list[1]) then
    return merge_maps(list)
  end
  local result = list[1]
  for i = 2, #list do
    result = merge_two(result, list[i])
  end
  return result
end

-- ---------------------------------------------------------------------------------- measuring --

--- The sketch as a curve, from which everything can be measured and fitted.
function Sketch:curve()
  return self.raw:curve()
end

--- Sums over its rows: n, w, p, y, brier and log loss sums, exact but for one rounding.
function Sketch:totals()
  return self:curve():totals()
end

--- Its bytes: equal for equal content.
function Sketch:bytes()
  return core.sketches_encode({ { name = "sketch", sketch = self.raw } }, "")
end

Sketch.__eq = function(a, b)
  return a:bytes() == b:bytes()
end

-- -------------------------------------------------------------------------------------- files --

local function entries_of(map)
  local list = {}
  for i, name in ipairs(options.keys(map)) do
    need_sketch("save: " .. name, map[name])
    list[i] = { name = name, sketch = map[name].raw }
  end
  return list
end

--- Write a table {name = sketch} to a file, whole or not at all: true, or nil and a message.
-- note: a text that is kept in the file.
local function save(map, path, note)
  options.need(is_map(map) and not module.is(map), "save", "a table {name = sketch}", map)
  options.need(type(path) == "string", "save", "a path", path)
  options.need(note == nil or type(note) == "string", "save: note", "a text", note)
  return core.sketches_save(entries_of(map), note or "", path)
end

--- Read a file of sketches: a table {name = sketch} and the note, or nil and a message.
local function load(path)
  options.need(type(path) == "string", "load", "a path", path)
  local list, note = core.sketches_load(path)
  if not list then
    return nil, note
  end
  local map = {}
  for _, entry in ipairs(list) do
    map[entry.name] = wrap(entry.sketch)
  end
  return map, note
end

--- Write this sketch to a file, under a name.
function Sketch:save(path, name)
  return save({ [name or "sketch"] = self }, path)
end

module.sketch = setmetatable({ load = load, save = save, is = module.is }, {
  __call = function(_, ...)
    return sketch(...)
  end,
})

--- The options of each function, for the documentation.
module.options = { sketch = sketch_options, add = add_options }

return module
