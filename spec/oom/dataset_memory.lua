-- A data set from memory, selected and split.
local sy = require "steelyard"
local click = sy.array({ 0.9, 0.2, 0.5, 0.7, 0.1, 0.3 })
return function()
  local data = sy.dataset.new({ predictions = { p_click = click }, groups = { 7, 7, 9, 9, 7, 5 } })
  assert(data:column("p_click"))
  assert(data:split(0.5, { seed = 1 }))
end
