-- steelyard calibrate watch: has calibration drifted? An alarm with a stated rate of false ones.

local core = require("steelyard.core")
local data = require("steelyard.cli.data")
local failure = require("steelyard.cli.failure")
local options = require("steelyard.options")
local output = require("steelyard.cli.output")
local parse = require("steelyard.cli.parse")
local sketches = require("steelyard.cli.calibrate.sketches")
local sy = require("steelyard")
local tables = require("steelyard.cli.table")

local watch = { summary = "raise an alarm when calibration has drifted" }

function watch.parser()
  local parser = data.parser("calibrate watch", {
    purpose = "Looks at the sketches of one window after another, and raises an alarm (exit status "
      .. "1) when labels have left the band that is tolerated. However often it is run on a "
      .. "growing list of windows, a false alarm is no likelier than --false-alarm.",
    usage = "FILE .. [--tolerance T] [--false-alarm F] [--last N]",
    examples = {
      "steelyard calibrate sketch --data examples/data/kuairand-requests.csv \\\n"
        .. "    --labels p_click=click,p_comment=comment --window 2022-04 --out april.sketch",
      "steelyard calibrate watch april.sketch",
      "steelyard calibrate watch april.sketch --tasks p_click --tolerance 0.05 --json",
    },
  })
  parser:argument("files", "Files of sketches, one a window, in order of time."):args("+")
  data.options(parser, "The alarm", {
    { "--tolerance", "T",
      "Mean labels may lie within the prediction / (1 + T) and times (1 + T). Default: 0.1." },
    { "--false-alarm", "F",
      "The probability that any of the sketches ever raises a false alarm: it is raised where the "
        .. "evidence, a log likelihood ratio, reaches ln(sketches / F). Default: 0.01." },
    { "--last", "N", "How many windows the ratio that is told is of. Default: 7." },
    { "--tasks", "NAME,..", "Only the sketches of these names. Default: all." },
  })
  parser:flag("--json", "One JSON object instead of the table.")
  return parser
end

-- All files: a list of {window = name, path =, map =}, and the names of their sketches, sorted.
local function read(given)
  sketches.check_once(given.files)
  local files, seen = {}, {}
  for i, path in ipairs(given.files) do
    local map, window = sketches.load(path)
    files[i] = { window = sketches.window_name(window), path = path, map = map }
    for name in pairs(map) do
      seen[name] = true
    end
  end
  local names = options.keys(seen)
  if given.tasks then
    local all = names
    names = parse.list("--tasks", given.tasks)
    for _, name in ipairs(names) do
      if not seen[name] then
        failure.raise("--tasks: no sketch is called %s%s", name, options.hint(name, all))
      end
    end
  end
  return files, names
end

local function fraction(given, key, option, standard)
  local value = given[key] and parse.number(option, given[key]) or standard
  if not (value > 0 and value < 1) then
    failure.raise("%s: %s is not between 0 and 1", option, given[key])
  end
  return value
end

-- What monitors are made of. The share of false alarms is that of all sketches together.
local function settings(given, names)
  local tolerance = given.tolerance and parse.number("--tolerance", given.tolerance) or 0.1
  if tolerance < 0 then
    failure.raise("--tolerance: %s is below 0", given.tolerance)
  end
  return {
    tolerance = tolerance,
    false_alarm = fraction(given, "false_alarm", "--false-alarm", 0.01) / math.max(1, #names),
    window = given.last and parse.integer("--last", given.last, 1) or 7,
  }
end

-- A list of what every monitor told, window by window, and the alarms by name.
local function look(files, names, o)
  local monitors, told, alarms = {}, setmetatable({}, core.json_array), {}
  for _, file in ipairs(files) do
    for _, name in ipairs(names) do
      local sketch = file.map[name]
      if sketch then
        o.bits = sketch.bits
        local monitor = monitors[name] or sy.calibrate.monitor(o)
        monitors[name] = monitor
        if monitor.settings.bits ~= sketch.bits then
          failure.raise("%s: sketch %q has %d bits, and %d in the files before", file.path, name,
            sketch.bits, monitor.settings.bits)
        end
        local result = monitor:add(sketch, { name = file.window })
        result.sketch = name
        told[#told + 1] = result
        alarms[name] = result.alarm and result or nil
      end
    end
  end
  return told, alarms
end

local function sentence(alarm, name)
  return ("ALARM %s: predictions are %s since %s (raised at %s)"):format(name, alarm.direction,
    alarm.since_name, alarm.raised_name)
end

local function as_text(told, alarms, o)
  local rows = {}
  for i, r in ipairs(told) do
    rows[i] = { r.name, r.sketch, ("%.0f"):format(r.n), tables.number(r.ratio, 4),
      tables.interval(r.ratio_low, r.ratio_high),
      tables.number(r.log_evidence, 2), r.alarm and "ALARM" or "" }
  end
  local lines = tables.lines({ "window", "sketch", "rows",
    ("ratio,\nlast %d"):format(o.window), "95% interval",
    ("evidence\n(of %.2f)"):format(-math.log(o.false_alarm)), "" }, rows, 2)
  lines[#lines + 1] = ""
  for _, name in ipairs(options.keys(alarms)) do
    lines[#lines + 1] = sentence(alarms[name], name)
  end
  if not next(alarms) then
    lines[#lines + 1] = "no alarm"
  end
  return table.concat(lines, "\n") .. "\n"
end

function watch.run(given)
  local files, names = read(given)
  local o = settings(given, names)
  local told, alarms = look(files, names, o)
  if given.json then
    output.write(output.json({ alarm = next(alarms) ~= nil, windows = told, alarms = alarms,
      tolerance = o.tolerance, false_alarm = o.false_alarm * math.max(1, #names) }))
  else
    output.write(as_text(told, alarms, o))
  end
  return next(alarms) and 1 or 0
end

return watch
