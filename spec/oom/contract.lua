-- The raw parts of a contract: sums of requests, their change, rows of two logs matched.
local core = require "steelyard.core"
local before, after = { 0.1, 0.2, 0.3, 0.4 }, { 0.2, 0.2, 0.3, 0.5 }
return function()
  local first = core.request_sums(before, { 0, 2, 4 }, { 0, 1, 0, 1 }, 1)
  local second = core.request_sums(after, { 0, 2, 4 })
  assert(core.scale_change(first, second).ratio > 1)
  assert(core.scale_bootstrap(first, second, 0.9, 5, 1))
  assert(core.curve_logits(core.curve(before, { 0, 0, 1, 1 })) < 0)
  assert(core.match_rows({ 0, 2, 4 }, { 1, 3, 2, 4 }, 2)[2] == 2)
end
