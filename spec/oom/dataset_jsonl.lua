-- A data set read from .jsonl.
local sy = require "steelyard"
return function()
  local data = assert(sy.dataset.read("spec/oom/data/requests.jsonl", {
    group = "request_id", predictions = { "p_click", "p_like" }, labels = { p_click = "click" },
  }))
  assert(#data.groups == 4 or data.groups, "no groups")
end
