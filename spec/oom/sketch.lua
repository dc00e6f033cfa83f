-- Sketches and monitors: made, merged, saved, loaded, made into curves.
local sy = require "steelyard"
local path = "build/oom/day.sketch"
local p, y, w = { 0.1, 0.5, 0.9 }, { 0, 1, 1 }, { 1, 2, 1 }
return function()
  local a = sy.calibrate.sketch(p, y, { weights = w, bits = 3 })
  local both = sy.calibrate.merge(a, sy.calibrate.sketch(p, y, { bits = 3 }))
  assert(both:curve():summary(0.95).n == 6)
  assert(sy.calibrate.sketch.save({ a = a, both = both }, path, "note"))
  assert(assert(sy.calibrate.sketch.load(path)).both == both)
  local monitor = sy.calibrate.monitor({ bits = 3 })
  monitor:add(a)
  assert(monitor:save(path))
  assert(assert(sy.calibrate.monitor.load(path)):add(p, y).period == 2)
  os.remove(path)
end
