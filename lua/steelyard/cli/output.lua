-- Where results go: standard output, files replaced in one step, JSON, CSV, a progress line.

local calibrator = require("steelyard.calibrator")
local core = require("steelyard.core")
local failure = require("steelyard.cli.failure")
local options = require("steelyard.options")

local output = {}

--- Write to standard output; a full disk is an error.
function output.write(text)
  local ok, message = io.stdout:write(text)
  if ok then
    ok, message = io.stdout:flush()
  end
  if not ok then
    failure.raise("standard output: %s", message)
  end
end

--- Write a whole file: the old one or the new one is there, never half of one.
function output.file(path, text)
  failure.unless(core.file_write(path, text))
end

--- Give up now, before the work, where output.file could not write later. paths: by option;
-- source: the path of the log, or paths of several files by option, which no result replaces.
function output.check(paths, source)
  local taken = {}
  for option, path in pairs(type(source) == "table" and source or { ["--data"] = source }) do
    taken[path] = option
  end
  for _, option in ipairs(options.keys(paths)) do
    local path = paths[option]
    if path == "-" then
      failure.raise("%s: - is no file's name", option)
    elseif taken[path] then
      failure.raise("%s: %s is the file of %s, too", option, path, taken[path])
    end
    taken[path] = option
    failure.unless(core.file_check(path))
  end
end

--- The same value as JSON can hold it: NaN and infinities become null, calibrators what they are in
-- files.
function output.jsonable(value)
  if calibrator.is(value) then
    return core.json_decode(core.calibrator_encode(calibrator.raw(value)))
  elseif type(value) == "table" then
    local copy = {}
    for key, member in pairs(value) do
      copy[key] = output.jsonable(member)
    end
    return getmetatable(value) == core.json_array and setmetatable(copy, core.json_array) or copy
  elseif type(value) == "number" and (value ~= value or math.abs(value) == math.huge) then
    return core.json_null
  elseif core.array.is(value) then
    return output.jsonable(value:totable())
  end
  return value
end

--- A value as indented JSON text.
function output.json(value)
  return core.json_encode(output.jsonable(value), { indent = true }) .. "\n"
end

--- The shortest text that reads back as the same number (f32: as the same f32).
function output.number(value, dtype)
  if value ~= value then
    return ""
  end
  local first = dtype == "f32" and 6 or 15
  for digits = first, 17 do
    local text = ("%." .. digits .. "g"):format(value)
    local back = tonumber(text)
    if dtype == "f32" then
      back = string.unpack("f", string.pack("f", back))
    end
    if back == value then
      return text
    end
  end
  return ("%.17g"):format(value)
end

--- A CSV field, quoted where it must be (RFC 4180).
function output.field(text)
  if text:find('[",\r\n]') then
    return '"' .. text:gsub('"', '""') .. '"'
  end
  return text
end

--- A line of CSV, without its end.
function output.record(fields)
  local quoted = {}
  for i, text in ipairs(fields) do
    quoted[i] = output.field(text)
  end
  return table.concat(quoted, ",")
end

local function is_terminal(stream)
  return os.execute("test -t " .. stream) == true
end

--- A function that shows one line on a terminal's standard error (nil where that is no terminal),
-- and one that wipes it away.
function output.progress()
  if not is_terminal(2) then
    return nil, function() end
  end
  local shown, last = 0, -1
  local function show(text)
    local now = core.clock()
    if now - last < 0.1 then
      return
    end
    last = now
    io.stderr:write("\r", text, (" "):rep(shown - #text))
    io.stderr:flush()
    shown = #text
  end
  local function wipe()
    if shown > 0 then
      io.stderr:write("\r", (" "):rep(shown), "\r")
      io.stderr:flush()
      shown = 0
    end
  end
  return show, wipe
end

return output
