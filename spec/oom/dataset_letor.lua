-- A data set read from .letor.
local sy = require "steelyard"
return function()
  local data = assert(sy.dataset.read("spec/oom/data/requests.letor", {
    group = "qid", labels = { "label" }, features = { "1", "2" },
  }))
  assert(#data.groups == 4 or data.groups, "no groups")
end
