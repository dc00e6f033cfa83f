-- Calibrators through the public face: chosen, saved, loaded, inverted.
local sy = require "steelyard"
local path = "build/oom/calibrator.json"
local p, y = {}, {}
for i = 1, 12 do
  p[i], y[i] = i / 13, i % 3 == 0 and 1 or 0
end
return function()
  local one = sy.calibrate.fit(p, y, { method = "platt", note = "a note" })
  assert(one:save(path))
  local again = assert(sy.calibrate.load(path))
  assert(again:apply(p)[5] == one:apply(p)[5] and again:inverse(0.3))
  assert(sy.calibrate.fit(p, y, { method = "auto", folds = 2, candidates = { "shift" } }))
  os.remove(path)
end
