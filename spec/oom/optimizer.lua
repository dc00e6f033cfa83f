-- Optimizers: made, moved, saved as a state and restored.
local sy = require "steelyard"
local w, g = sy.array({ { 1, 2 }, { 3, 4 } }, "f32"), sy.array({ { 1, -1 }, { 0, 2 } }, "f32")
return function()
  local opt = sy.optimizer.adam({ w = { w, g, l2 = 0.1 } }, { clip_norm = 1 })
  assert(opt:step().norm > 0)
  local other = sy.optimizer.adam({ w = { w, g } })
  other:set_state(opt:state(), opt:tensors())
  assert(other.steps == 1 and other:tensors()["w.first"]:get(1, 1) > 0)
end
