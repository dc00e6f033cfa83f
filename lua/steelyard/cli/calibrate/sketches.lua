-- What the commands on sketches share: files with the name of their window, and how they are told.

local failure = require("steelyard.cli.failure")
local options = require("steelyard.options")
local output = require("steelyard.cli.output")
local sy = require("steelyard")
local tables = require("steelyard.cli.table")

local sketches = {}

sketches.MOST_SEGMENTS = 10000

-- No table has more rows than that.
local MOST_ROWS = 20

--- A file's name without folders and extension.
function sketches.base_name(path)
  local name = path:match("[^/]+$") or path
  return name == "-" and "standard input" or (name:gsub("(.)%.[%w.]*$", "%1"))
end

--- Write a file, or give up. window: {first, last}, names of the first and the last window in it.
function sketches.save(map, path, window)
  failure.unless(sy.calibrate.sketch.save(map, path, sy.json.encode({ window = window })))
end

-- The windows that a file's note tells, or its own name.
local function window_of(note, path)
  local decoded = note ~= "" and sy.json.decode(note)
  local window = type(decoded) == "table" and decoded.window
  if type(window) == "table" and type(window.first) == "string"
    and type(window.last) == "string" then
    return window
  end
  local name = sketches.base_name(path)
  return { first = name, last = name }
end

--- Read a file, or give up: {name = sketch}, and its window.
function sketches.load(path)
  local map, note = sy.calibrate.sketch.load(path)
  failure.unless(map, note)
  return map, window_of(note, path)
end

--- Give up where a file is there twice: its rows would count twice.
function sketches.check_once(files)
  local seen = {}
  for _, path in ipairs(files) do
    if seen[path] then
      failure.raise("%s: the file is there twice", path)
    end
    seen[path] = true
  end
end

-- What only rows have, and a sketch knows nothing of.
local ROWS = { "data", "format", "labels", "predictions", "weight", "skip_invalid", "missing",
  "dtype", "group", "item" }

--- Give up where an option is given that is for rows. more: a command's own.
function sketches.refuse_rows(given, more)
  for _, list in ipairs({ ROWS, more }) do
    for _, key in ipairs(list) do
      if given[key] then
        failure.raise("--%s is for rows, not for --sketch", (key:gsub("_", "-")))
      end
    end
  end
end

--- The sketches of several files: {name = list, in the files' order}, and the rows of the name that
-- has most.
function sketches.load_all(files)
  local lists, counts, most = {}, {}, 0
  sketches.check_once(files)
  for _, path in ipairs(files) do
    for name, sketch in pairs((sketches.load(path))) do
      lists[name] = lists[name] or {}
      table.insert(lists[name], sketch)
      counts[name] = (counts[name] or 0) + sketch:totals().n
      most = math.max(most, counts[name])
    end
  end
  if next(lists) == nil then
    failure.raise("%s: there are no sketches in it", files[1])
  end
  return lists, most
end

--- "2022-04-08", or "2022-04-08 to 2022-04-14".
function sketches.window_name(window)
  return window.first == window.last and window.first
    or ("%s to %s"):format(window.first, window.last)
end

-- One JSON object: windows, and of each sketch what can be told in a line.
local function as_json(map, window)
  local list = {}
  for name, sketch in pairs(map) do
    local s = sketch:curve():summary(0.95)
    list[name] = { n = s.n, weight = s.weight, bins = sketch.bins, bits = sketch.bits,
      mean_prediction = s.mean_prediction, mean_label = s.mean_label, ratio = s.ratio,
      ratio_low = s.ratio_low, ratio_high = s.ratio_high, brier = s.brier, log_loss = s.log_loss }
  end
  return output.json({ window = window, sketches = list })
end

--- What was written, as text or as JSON.
function sketches.describe(map, window, given)
  if given.json then
    return as_json(map, window)
  end
  local rows, names = {}, options.keys(map)
  for i = 1, math.min(#names, MOST_ROWS) do
    local name = names[i]
    local s = map[name]:curve():summary(0.95)
    rows[i] = { name, ("%.0f"):format(s.n), ("%d"):format(map[name].bins),
      tables.number(s.mean_prediction, 6), tables.number(s.mean_label, 6),
      tables.number(s.ratio, 4) }
  end
  local lines = tables.lines({ "sketch", "rows", "bins", "mean\nprediction", "mean\nlabel",
    "ratio" }, rows)
  if #names > #rows then
    lines[#lines + 1] = ("... and %d more"):format(#names - #rows)
  end
  return ("%s\n\n%s\n\nwritten: %s\n"):format(sketches.window_name(window),
    table.concat(lines, "\n"), given.out)
end

return sketches
