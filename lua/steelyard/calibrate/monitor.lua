-- A monitor of calibration: looks at every period's rows, tells the ratio of the last ones, and
-- raises an alarm when labels have left the band in which they may lie. However often and however
-- long it looks, a false alarm is no likelier than was asked for (steelyard/sketches.h derives it).
--
--   local monitor = sy.calibrate.monitor({ tolerance = 0.1, false_alarm = 0.01 })
--   if monitor:add(predictions, labels).alarm then ...

local core = require("steelyard.core")
local options = require("steelyard.options")
local sketches = require("steelyard.calibrate.sketch")

local module = {}
local Monitor = {}
Monitor.__index = Monitor

local monitor_options = {
  tolerance = { type = "number", default = 0.1 },
  false_alarm = { type = "number", default = 0.01 },
  window = { type = "integer", default = 7 },
  confidence = { type = "number", default = 0.95 },
  bits = { type = "integer", default = 7 },
}
local add_options = { weights = { type = "array" }, name = { type = "string" } }

local function within(where, name, value, good, expected)
  if not good then
    options.fail("%s: %s: expected %s, got %s", where, name, expected, options.show(value))
  end
end

local function check(where, given)
  local o = options.check(where, given, monitor_options)
  within(where, "tolerance", o.tolerance, o.tolerance >= 0 and o.tolerance < math.huge,
    "a number from 0 up")
  for _, name in ipairs({ "false_alarm", "confidence" }) do
    within(where, name, o[name], o[name] > 0 and o[name] < 1, "a number between 0 and 1")
  end
  within(where, "window", o.window, o.window >= 1, "a whole number from 1 up")
  within(where, "bits", o.bits, o.bits >= 1 and o.bits <= 12, "1 to 12")
  return o
end

local function new(settings)
  return setmetatable({
    settings = settings,
    periods = 0,
    names = {}, -- of periods, where they have any
    _ring = {}, -- the sketches of the last periods, oldest first
    _life = nil, -- the sketch of all
    _drift = nil, -- the evidence so far
    _alarm = nil, -- what was told of the first alarm: raised, since, direction
  }, Monitor)
end

--- Is the value a monitor?
function module.is(value)
  return getmetatable(value) == Monitor
end

--- The last periods together: a sketch, or nil before the first.
function Monitor:window()
  return #self._ring > 0 and sketches.merge(self._ring) or nil
end

--- All periods together: a sketch, or nil before the first.
function Monitor:lifetime()
  return self._life
end

-- ------------------------------------------------------------------------------------ looking --

-- The period's sketch, and the options, from the arguments of Monitor:add.
local function sketch_of(self, first, labels, given)
  if sketches.is(first) then
    local o = options.check("monitor:add", labels, { name = add_options.name })
    if first.bits ~= self.settings.bits then
      options.fail("monitor:add: a sketch of %d bits, but this monitor's have %d", first.bits,
        self.settings.bits)
    end
    return first, o
  end
  local o = options.check("monitor:add", given, add_options)
  return sketches.sketch(first, labels, { weights = o.weights, bits = self.settings.bits }), o
end

local function push(self, sketch)
  local ring = self._ring
  ring[#ring + 1] = sketch
  if #ring > self.settings.window then
    table.remove(ring, 1)
  end
  self._life = self._life and sketches.merge(self._life, sketch) or sketch
end

-- Take the evidence of one more period; an alarm stays raised.
local function step(self, sketch)
  self._drift = core.drift_step(self._drift, sketch.raw:evidence(self.settings.tolerance))
  local told = core.drift_tell(self._drift)
  if not self._alarm and told.log_evidence >= self:needed() then
    self._alarm = { raised = self.periods, since = told.since, direction = told.direction }
  end
  return told.log_evidence
end

--- The evidence at which the alarm is raised: ln(1 / false_alarm).
function Monitor:needed()
  return -math.log(self.settings.false_alarm)
end

--- One more period: a sketch, or predictions and labels. Tells:
--   period, name   which it was
--   n, weight      rows of the period, and their weight
--   ratio, ratio_low, ratio_high   predicted over observed in the window, with its interval
--   log_evidence, needed           evidence against the band, and how much raises the alarm
--   alarm          is it raised? And if so:
--   raised, since  the periods when it was, and from which on labels seem to have left the band
--                  (raised_name, since_name: their names)
--   direction      of the predictions: "too high" or "too low"
function Monitor:add(first, labels, given)
  local sketch, o = sketch_of(self, first, labels, given)
  self.periods = self.periods + 1
  self.names[self.periods] = o.name or ("%d"):format(self.periods)
  push(self, sketch)
  local evidence = step(self, sketch)
  local window = self:window():curve():summary(self.settings.confidence)
  local totals, alarm = sketch:totals(), self._alarm or {}
  return {
    period = self.periods,
    name = self.names[self.periods],
    n = totals.n,
    weight = totals.w,
    ratio = window.ratio,
    ratio_low = window.ratio_low,
    ratio_high = window.ratio_high,
    log_evidence = evidence,
    needed = self:needed(),
    alarm = self._alarm ~= nil,
    raised = alarm.raised,
    raised_name = self.names[alarm.raised],
    since = alarm.since,
    since_name = self.names[alarm.since],
    direction = alarm.direction,
  }
end

-- -------------------------------------------------------------------------------------- files --

local FORMAT = "steelyard monitor"

local function window_name(i)
  return ("window %d"):format(i)
end

--- Write the monitor to a file, whole or not at all: true, or nil and a message. What is loaded
-- goes on to the same bits.
function Monitor:save(path)
  options.need(type(path) == "string", "save", "a path", path)
  local list, names = {}, {}
  for i, name in ipairs(self.names) do
    names[i] = name
  end
  for i, sketch in ipairs(self._ring) do
    list[i] = { name = window_name(i), sketch = sketch.raw }
  end
  if self._life then
    list[#list + 1] = { name = "lifetime", sketch = self._life.raw }
  end
  local note = core.json_encode({
    format = FORMAT,
    version = 1,
    settings = self.settings,
    names = setmetatable(names, core.json_array),
    drift = self._drift and setmetatable(self._drift:totable(), core.json_array),
    alarm = self._alarm,
  })
  return core.sketches_save(list, note, path)
end

-- The note of a monitor's file, or nil.
local function decode(note)
  local state = core.json_decode(note)
  local good = type(state) == "table" and state.format == FORMAT and state.version == 1
  return good and state or nil
end

-- Raises where the parts of a monitor do not fit together.
local function check_whole(self, state)
  local settings = self.settings
  assert(#self._ring == math.min(self.periods, settings.window))
  for _, sketch in ipairs(self._ring) do
    assert(sketch.bits == settings.bits)
  end
  if self.periods > 0 then
    assert(self._life.bits == settings.bits)
    assert(core.drift_tell(self._drift).periods == self.periods)
  end
  local alarm = state.alarm
  assert(alarm == nil or (self.names[alarm.raised] and self.names[alarm.since]
    and type(alarm.direction) == "string"))
end

-- A monitor of a file's sketches and note; raises where they are none.
local function restore(list, state)
  local by_name = {}
  for _, entry in ipairs(list) do
    by_name[entry.name] = sketches.wrap(entry.sketch)
  end
  local self = new(check("monitor.load", state.settings))
  for i, name in ipairs(state.names) do
    assert(type(name) == "string")
    self.names[i] = name
  end
  self.periods = #self.names
  for i = 1, #list - 1 do
    self._ring[i] = by_name[window_name(i)]
  end
  self._life = by_name.lifetime
  self._drift = state.drift and core.array(state.drift, "f64")
  self._alarm = state.alarm
  check_whole(self, state)
  return self
end

--- Read a monitor from a file: the monitor, or nil and a message.
local function load(path)
  options.need(type(path) == "string", "monitor.load", "a path", path)
  local list, note = core.sketches_load(path)
  if not list then
    return nil, note
  end
  local state = decode(note)
  local ok, self = pcall(restore, list, state)
  if not ok then
    return nil, path .. ": sketches, but no monitor's"
  end
  return self
end

module.monitor = setmetatable({ load = load, is = module.is }, {
  __call = function(_, given)
    return new(check("calibrate.monitor", given))
  end,
})

--- The options of each function, for the documentation.
module.options = { monitor = monitor_options, add = add_options }

return module
