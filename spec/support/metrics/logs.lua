-- What the specs of metrics over whole logs share: random logs with metrics for them, equal bits.
local core = require("steelyard.core")
local random = require("spec.support.metrics.random")
local reference = require("spec.support.metrics")
local sy = require("steelyard")

local kinds = core.metric_kinds()
local logs = {}

function logs.same_bits(a, b)
  return a == b and 1 / a == 1 / b or a ~= a and b ~= b
end

function logs.check_bits(wanted, got, what)
  assert(#wanted == #got, what)
  for i = 1, #wanted do
    if not logs.same_bits(wanted[i], got[i]) then
      error(("%s[%d]: wanted %.17g, got %.17g"):format(what, i, wanted[i], got[i]))
    end
  end
end

--- A log, its columns, and one expression for each kind that the log allows.
function logs.draw(seed, o, ties, count, most)
  local maker = random.new(sy, seed)
  local log = maker.log(count or 20, most or 12, o)
  local texts = {}
  for _, kind in ipairs(kinds) do
    if not (log.retrieved and kind.pooled) then
      texts[#texts + 1] = reference.expression(maker.metric(kind, log, ties or { "input" }, 12))
    end
  end
  local scores, gains, options = reference.columns(sy, log)
  return log, texts, scores, gains, options, maker
end

function logs.measure(scores, gains, options, texts)
  local o = {}
  for key, value in pairs(options) do
    o[key] = value
  end
  o.metrics = texts
  return sy.metrics.measure(scores, gains, o)
end

return logs
