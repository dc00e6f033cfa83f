-- Calibration: are predictions probabilities, and how they become so.
--
--   local report = sy.calibrate.report(predictions, labels)
--   local calibrator = sy.calibrate.fit(predictions, labels, { method = "auto" })
--   local better = calibrator:apply(predictions)

local calibrate = {}

-- Each function lives in a file that is loaded when it is first used.
local rooms = {
  compare = "compare",
  contract = "contract",
  fit = "fit",
  load = "fit",
  merge = "sketch",
  monitor = "monitor",
  report = "report",
  sketch = "sketch",
}

return setmetatable(calibrate, {
  __index = function(self, name)
    local file = rooms[name]
    if not file then
      return nil
    end
    local value = require("steelyard.calibrate." .. file)[name]
    rawset(self, name, value)
    return value
  end,
})
