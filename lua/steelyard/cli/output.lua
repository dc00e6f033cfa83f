-- Where results go: standard output, files replaced in one step, JSON, CSV, a progress line.

local core = require("steelyard.core")
local failure = require("steelyard.cli.failure")

local output = {}

--- Write to standard output; a full disk is an error.
function output.write(text)
  local ok, message = io.stdout:write(text)
  ok = ok and io.stdout:flush()
  if not ok then
    failure.raise("standard output: %s", message or "cannot write")
  end
end

--- Write lines to standard output.
function output.lines(lines)
  output.write(table.concat(lines, "\n") .. "\n")
end

--- Write a whole file: the old one or the new one is there, never half of one.
function output.file(path, text)
  failure.unless(core.file_write(path, text))
end

--- The same value as JSON can hold it: NaN and infinities become null.
function output.jsonable(value)
  if type(value) == "table" then
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

local function is_terminal(stream)
  return os.execute("test -t " .. stream) == true
end

-- - A function that shows one line on a terminal's standard error, and one that wipes it away. Both
-- do
-- nothing where standard error is no terminal.
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
