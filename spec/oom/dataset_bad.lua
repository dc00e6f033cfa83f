-- A file that is refused: the message is made, and what was read is given back.
local sy = require "steelyard"
return function()
  local path = "spec/oom/data/requests.csv"
  local data, message = sy.dataset.read(path, { group = "request_id", predictions = { "kind" } })
  assert(data == nil, "text was taken for numbers")
  if message:find("memory", 1, true) then
    error(message)
  end
end
