-- JSON: decoded, encoded, refused.
local sy = require "steelyard"
local text = '{"weights": {"p_click": 0.1, "p_like": [1, 2.5, true, null, "caf\\u00e9"]}, "n": 3}'
return function()
  local value = assert(sy.json.decode(text))
  assert(sy.json.encode(value))
  local nothing, message = sy.json.decode('{"weights": [1, 2')
  assert(nothing == nil, "half a document was taken")
  -- Short of memory, that is what the message says.
  if message:find("memory", 1, true) then
    error(message)
  end
end
