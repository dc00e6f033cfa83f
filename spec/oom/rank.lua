-- Ranking, whole and at k, of plain tables and arrays, with ties and groups.
local sy = require "steelyard"
local scores = sy.array({ 3, 1, 2, 2, 5, 4 })
return function()
  assert(sy.rank({ 3, 1, 2, 2, 5, 4 })[1] == 5)
  assert(sy.rank(scores, { k = 2 }))
  assert(sy.rank(scores, { groups = { 1, 1, 1, 2, 2, 2 } }))
end
