-- Arrays: made, filled, viewed, converted, turned into tables.
local sy = require "steelyard"
return function()
  local a = sy.array({ 1, 2, 3, 4 })
  local b = sy.array(64, "f32")
  local m = sy.array({ { 1, 2 }, { 3, 4 }, { 5, 6 } }, "i32")
  assert(m:row(2)[1] == 3 and m:column(2)[3] == 6 and #a == 4 and #b == 64)
  assert(#a:totable() == 4 and tostring(m))
end
