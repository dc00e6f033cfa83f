-- Calibrators: maps from predictions to probabilities. sy.calibrate.fit makes them, value models
-- hold them, files keep them.
--
--   local calibrator = sy.calibrate.fit(predictions, labels)
--   local better = calibrator:apply(predictions)

local core = require("steelyard.core")
local options = require("steelyard.options")

local calibrator = {}
local Calibrator = {}
Calibrator.__index = Calibrator

--- A Lua face for what core made.
function calibrator.wrap(raw)
  local parts, features = raw:parts(), {}
  for i, feature in ipairs(parts.features or {}) do
    features[i] = feature.name
  end
  return setmetatable({
    _raw = raw,
    method = parts.method,
    features = features,
    fit = parts.about and core.json_decode(parts.about) or {},
  }, Calibrator)
end

--- Is the value a calibrator?
function calibrator.is(value)
  return getmetatable(value) == Calibrator
end

--- What core made.
function calibrator.raw(value)
  return value._raw
end

Calibrator.__tostring = function(self)
  local text = "calibrator: " .. self.method
  return #self.features == 0 and text or text .. " by " .. table.concat(self.features, ", ")
end

local function is_texts(column)
  return type(column) == "table" and type(column[1]) == "string"
end

-- Each different text once, and for every text its place among these.
local function numbered(texts)
  local names, places, seen = {}, {}, {}
  for i = 1, #texts do
    local text = texts[i]
    if not seen[text] then
      names[#names + 1] = text
      seen[text] = #names
    end
    places[i] = seen[text]
  end
  return names, core.array(places, "i32")
end

-- The codes of one feature. source: a data set, or a map {name = numbers | texts}.
local function codes_of(self, index, source, rows)
  local name = self.features[index]
  local column, names
  if source.find_prediction then
    column, names = source:column(name), source:names(name)
  else
    column = source[name]
    if column == nil then
      options.fail("calibrator: it needs the feature %s%s", options.show(name),
        options.hint(name, options.keys(source)))
    end
  end
  if #column ~= rows then
    options.fail("calibrator: feature %s has %d rows, but there are %d predictions",
      options.show(name), #column, rows)
  end
  if is_texts(column) then
    names, column = numbered(column)
  end
  if names then
    return self._raw:codes(index, names, column)
  end
  return self._raw:codes(index, column)
end

--- The codes of all features, as core takes them; nil where there are none.
function calibrator.codes(self, source, rows)
  if #self.features == 0 then
    return nil
  end
  if type(source) ~= "table" then
    options.fail("calibrator: it goes by %s: "
      .. "expected these columns (a data set or a table), got %s",
      table.concat(self.features, ", "), options.show(source))
  end
  local list = {}
  for i in ipairs(self.features) do
    list[i] = codes_of(self, i, source, rows)
  end
  return list
end

--- Predictions, calibrated: an array of the same type. features: what a calibrator by segments
-- goes by: a data set, or a table {name = column of numbers or texts}; values it has not seen
-- change nothing.
function Calibrator:apply(predictions, features)
  options.need_numbers("predictions", predictions)
  return self._raw:apply(predictions, calibrator.codes(self, features, #predictions))
end

--- One prediction, calibrated. features: {name = value}, or nil for values it has not seen.
function Calibrator:evaluate(prediction, features)
  options.need(type(prediction) == "number", "prediction", "a number", prediction)
  if not features or #self.features == 0 then
    return self._raw:evaluate(prediction)
  end
  local codes = {}
  for i, name in ipairs(self.features) do
    codes[i] = features[name] ~= nil and self._raw:code(i, features[name]) or -1
  end
  return self._raw:evaluate(prediction, codes)
end

--- The prediction that is mapped to a probability, or nil and why there is none.
function Calibrator:inverse(probability)
  options.need(type(probability) == "number", "probability", "a number", probability)
  return self._raw:inverse(probability)
end

--- What it is made of: {method, about, map, features, tables}.
function Calibrator:parts()
  return self._raw:parts()
end

--- Write it to a file, whole or not at all: true, or nil and a message.
function Calibrator:save(path)
  options.need(type(path) == "string", "save", "a path", path)
  return core.calibrator_save(self._raw, path)
end

--- A calibrator from a file, or nil and a message.
function calibrator.load(path)
  options.need(type(path) == "string", "calibrate.load", "a path", path)
  local raw, message = core.calibrator_load(path)
  if not raw then
    return nil, message
  end
  return calibrator.wrap(raw)
end

return calibrator
