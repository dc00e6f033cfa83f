-- Arithmetic over arrays, in all layouts.
local sy = require "steelyard"
local m = sy.array({ { 1, 2 }, { 3, 4 }, { 5, 6 } }, "f32")
local v = sy.vector
return function()
  local sum = v.add(m, { 10, 20 }, 0.5)
  v.accumulate(sum:column(1), m:column(2))
  v.accumulate(sum:slice(2), sum:row(1))
  v.assign(sum:row(3), m:row(2))
  assert(v.dot(v.exp(m), m) > 0 and #v.times(m, { 1, 1 }) == 3)
  assert(v.outer({ 1, 2 }, { 3, 4 }):get(2, 2) == 8)
  assert(v.spread(v.group_sums(m, { 1, 0, 2 }, 2), { 2, 1 }):get(1, 1) == 5)
end
