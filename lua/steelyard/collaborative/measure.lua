-- How well hidden items rank among those that were not seen: NDCG, recall, average precision and
-- others at cut-offs, a number for each user.

local core = require("steelyard.core")
local options = require("steelyard.options")
local work = require("steelyard.work")

local NAMES = { "ap", "dcg", "hit", "ndcg", "precision", "recall", "rr" }

local allowed = {
  seen = { type = "table" },
  metrics = { type = "list" },
  thresholds = { type = "integer" },
}

local measure = { options = allowed, names = NAMES }

--- "ndcg@100" -> "ndcg", 100.
function measure.parse(name)
  local metric, k = tostring(name):match("^([%a_]+)@(%d+)$")
  local known = false
  for _, one in ipairs(NAMES) do
    known = known or one == metric
  end
  if not known or tonumber(k) < 1 then
    options.fail("collaborative.measure: metrics: expected one of %s, with a cut-off (ndcg@100), "
      .. "got %s%s", table.concat(NAMES, ", "), options.show(name), options.hint(metric or
      tostring(name), NAMES))
  end
  return metric, tonumber(k)
end

--- {name = f64 array, a number for each row} for scores (rows x items) and hidden items (a bag);
-- items of the bag `seen` do not rank. thresholds = k: details.thresholds, too, the score of each
-- row's k-th best item.
local function of(_, scores, hidden, given)
  local o = options.check("collaborative.measure", given, allowed)
  local names, metrics, ks = o.metrics or { "ndcg@100" }, {}, {}
  for i, name in ipairs(names) do
    metrics[i], ks[i] = measure.parse(name)
  end
  local values, thresholds = core.cf_measure(scores, o.seen, hidden, metrics, ks, o.thresholds,
    work.threads())
  local found = {}
  for i, name in ipairs(names) do
    found[name] = values:column(i):copy()
  end
  return found, { thresholds = thresholds }
end

return setmetatable(measure, { __call = of })
