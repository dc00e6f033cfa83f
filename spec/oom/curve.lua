-- Calibration curves and what is measured on them.
local core = require "steelyard.core"
local p, y, w = { 0.1, 0.4, 0.4, 0.9 }, { 0, 1, 0, 1 }, { 1, 2, 1, 1 }
return function()
  local curve = core.curve(p, y, w)
  curve:arrays()
  curve:summary(0.95)
  curve:buckets("mass", 2)
  curve:corp()
  curve:isotonic()
  curve:band({ 0.5 }, 0.9, 3, 1)
  curve:smooth_error()
  curve:cumulative()
  core.proper_scores(p, y)
  assert(core.canonical_order({ { 2, 1 }, { 0, 1 } })[1] == 2)
end
