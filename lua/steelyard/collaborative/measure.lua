-- How well hidden items rank among those that were not seen: NDCG, recall, average precision and
-- others at cut-offs, a number for each user.

local core = require("steelyard.core")
local options = require("steelyard.options")
local work = require("steelyard.work")

local NAMES = { "ap", "dcg", "hit", "ndcg", "precision", "recall", "rr" }

local allowed = {
  seen = { type = "table" },
  metrics = { type = "list" },
  thresholds = { type = "boolean|integer", default = false },
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

local function parse_all(names)
  local metrics, ks = {}, {}
  for i, name in ipairs(names) do
    metrics[i], ks[i] = measure.parse(name)
  end
  return metrics, ks
end

local function by_name(names, values)
  local found = {}
  for i, name in ipairs(names) do
    found[name] = values:column(i):copy()
  end
  return found
end

local candidates_options = {
  metrics = { type = "list" },
  ties = { type = "string", one_of = { "number", "worst", "best" }, default = "number" },
}
measure.candidates_options = candidates_options

--- {name = f64 array, a number for each row}: how one positive of each row (a list of item numbers)
-- ranks among its negatives (a bag), as NCF measures (He et al. 2017). A positive among its own
-- negatives is dropped there. ties: where equal scores stand: the smaller number first, or the
-- positive last or first.
function measure.candidates(scores, positives, negatives, given)
  local o = options.check("measure.candidates", given, candidates_options)
  options.need_numbers("measure.candidates: positives", positives)
  local names = o.metrics or { "hit@10", "ndcg@10" }
  local metrics, ks = parse_all(names)
  return by_name(names, core.cf_candidates(scores, positives, negatives, o.ties, metrics, ks))
end

--- {name = f64 array, a number for each row} for scores (rows x items) and hidden items (a bag);
-- items of the bag `seen` do not rank. thresholds = k: details.thresholds, too, the score of each
-- row's k-th best item (true: k is the largest cut-off).
local function of(_, scores, hidden, given)
  local o = options.check("collaborative.measure", given, allowed)
  local names = o.metrics or { "ndcg@100" }
  local metrics, ks = parse_all(names)
  local threshold = o.thresholds or nil
  if threshold == true then
    threshold = 1
    for _, k in ipairs(ks) do
      threshold = math.max(threshold, k)
    end
  end
  local values, thresholds = core.cf_measure(scores, o.seen, hidden, metrics, ks, threshold,
    work.threads())
  return by_name(names, values), { thresholds = thresholds }
end

return setmetatable(measure, { __call = of })
