-- What specs ask of numbers and of errors.
local check = {}

--- Two numbers that are equal, or no further apart than a tolerance (1e-12 if nil). what: its name.
function check.close(expected, actual, tolerance, what)
  local good = expected == actual or math.abs(expected - actual) <= (tolerance or 1e-12)
  if not good then
    error(("%s: %.17g is not %.17g"):format(what or "value", actual, expected), 2)
  end
end

local function message_of(wanted, f, ...)
  local ok, message = pcall(f, ...)
  if ok then
    error("nothing was raised, wanted: " .. wanted, 3)
  elseif not tostring(message):find(wanted, 1, true) then
    error(("raised %q, wanted: %s"):format(tostring(message), wanted), 3)
  end
  return message
end

--- A call raises a message in which a text stands.
function check.raises(wanted, f, ...)
  message_of(wanted, f, ...)
end

--- The same; and the message begins with the line of a spec, which called, and not with one of the
-- library (Lua 5.1 loses sight of callers within pcall).
function check.raises_here(wanted, f, ...)
  local message = message_of(wanted, f, ...)
  if _VERSION ~= "Lua 5.1" and not message:find("^%S*spec/%S+%.lua:%d+: ") then
    error(("%q does not name the caller's line"):format(message), 2)
  end
end

return check
