-- Value models with calibrators by segments: made, saved, loaded, scored; calibrators as JSON; the
-- contract of two versions.
local sy = require "steelyard"
local core = require "steelyard.core"
local calibrator = require "steelyard.calibrator"
local path = "build/oom/vm.json"
local one = calibrator.wrap(core.calibrator_new({
  method = "platt",
  about = '{"rows": 3}',
  map = { kind = "logistic", rate = 1, c = { 0, 1, 1, 0 }, z_low = -9, z_high = 9 },
  features = { { name = "country", values = { "de", "fr" } }, { name = "age", edges = { 30 } } },
  tables = { { features = { 1, 2 }, edges = {}, offsets = { 0.1, 0.2, 0.3, 0.4 } } },
}))
local data = {
  a = { 0.1, 0.2, 0.3 }, b = { 0.5, 0.5, 0.5 }, country = { "de", "fr", "it" }, age = { 1, 40, 2 },
}
local after = { a = { 0.1, 0.2, 0.4 }, b = data.b, country = data.country, age = data.age }
return function()
  assert(core.calibrator_save(calibrator.raw(one), path))
  local raw = assert(core.calibrator_load(path))
  assert(core.calibrator_encode(raw) == core.calibrator_encode(calibrator.raw(one)))
  local made = sy.value_model.new({
    weights = { a = 0.3, b = 0.7 }, calibrators = { a = calibrator.wrap(raw) },
  })
  assert(made:save(path))
  local vm = assert(sy.value_model.load(path))
  assert(vm:score(data))
  assert(vm:deferred(data))
  local c = sy.calibrate.contract(data, after, { value_model = vm, groups = { 1, 1, 2 } })
  assert(c.value)
end
