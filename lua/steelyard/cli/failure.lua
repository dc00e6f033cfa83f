-- What goes wrong on the command line, told in one line.
--
-- Three kinds of errors arrive at the top: our own (failure.raise), misuse that the library noticed
-- (its message begins with the position of the program that called it), and bugs (their position is
-- inside the library).

local failure = {}

local Failure = {}

--- Give up: bad usage or bad input, in the words of string.format.
function failure.raise(format, ...)
  error(setmetatable({ message = format:format(...) }, Failure), 0)
end

--- The value, or give up with the message, as from `value, message = dataset.read(...)`.
function failure.unless(value, message)
  if value == nil or value == false then
    failure.raise("%s", message)
  end
  return value
end

local LIBRARY = "^[^:\n]*steelyard/[%w_/]+%.lua:%d+: "

-- What a script raised that is no text: its own words, where it has some.
local function describe_object(err)
  local meta = getmetatable(err)
  if type(meta) == "table" and meta.__tostring then
    return tostring(err)
  end
  return err == nil and "an error without a message" or ("the error is a %s"):format(type(err))
end

-- An error's one line for a person, and whether it is a bug. program: the file whose positions
-- mean nothing to a user (the command itself), or nil to keep all positions.
local function describe(err, program)
  if getmetatable(err) == Failure then
    return err.message, false
  elseif type(err) ~= "string" then
    return describe_object(err), false
  end
  err = err:gsub("(module '[^\n]-' not found):.*", "%1", 1) -- without the places searched
  if err:find(LIBRARY) then
    return err:gsub(LIBRARY, "", 1), true
  end
  if program then
    local name = program:match("[^/]+$"):gsub("%p", "%%%0")
    err = err:gsub("^[^:\n]*" .. name .. ":%d+: ", "", 1)
  end
  return err, false
end

--- Call and return (status, nil), or (2, line, details) where something went wrong.
-- program: see describe. Further arguments go to the function.
function failure.guard(program, run, ...)
  local trace
  local results = table.pack(xpcall(run, function(err)
    trace = debug.traceback(type(err) == "string" and err or nil, 2)
    return err
  end, ...))
  if results[1] then
    return results[2] or 0
  end
  local message, bug = describe(results[2], program)
  if message:find("interrupted!$") then
    return 130, "interrupted"
  end
  message = message:gsub("%s*\n%s*", " ")
  if bug then
    message = "internal error: " .. message
      .. " (a bug in Steelyard; STEELYARD_DEBUG=1 shows where)"
  end
  return 2, message, trace
end

return failure
