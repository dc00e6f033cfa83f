-- Rows by the codes of features, their ranges, the largest by chance; ranks after selection.
local core = require "steelyard.core"
local p, y, w = { 0.1, 0.2, 0.3, 0.4 }, { 0, 1, 0, 1 }, { 1, 2, 1, 1 }
local a, b = { 0, 1, 0, 1 }, { 0, 0, 1, 1 }
return function()
  local codes = core.segment_compact(core.segment_cross(a, b, 2), 4, 1)
  local order, offsets = core.segment_split(codes, 4)
  assert(#core.segment_ranges(p, y, w, order, offsets) == 4)
  assert(#core.segment_maxima(p, w, { order }, { offsets }, 3, 1) == 3)
  assert(core.segment_prior({ 1, 2, 3 }, { 2, 1, 3 }))
  local first, last = core.selection_places({ 2, 1, 2, 1 }, { 1, 3, 2, 4 }, { 0, 4 })
  assert(#core.selection_shares(first, last, 1, 2, w) == 4)
end
