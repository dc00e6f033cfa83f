-- Value models: made, saved, loaded, scored, ranked.
local sy = require "steelyard"
local path = "build/oom/vm.json"
local data = assert(sy.dataset.read("spec/oom/data/requests.csv", {
  group = "request_id", predictions = { "p_click", "p_like" },
}))
return function()
  local made = sy.value_model.new({ weights = { p_click = 0.3, p_like = 0.7 } })
  assert(made:save(path))
  local vm = assert(sy.value_model.load(path))
  assert(vm:score(data))
  assert(vm:rank(data, 2))
end
