-- How well scores find hidden items among all that were not seen. The metrics are those of Liang
-- et al. (WWW 2018) and Lobel et al. (ICLR 2020): DCG with the discount 1 / log2(rank + 1); the
-- ideal over min(hidden, k) items, at least .1; recall and average precision over min(hidden, k),
-- at least 1.

local core = require("steelyard.core")
local options = require("steelyard.options")
local work = require("steelyard.work")

local measure = {}

local allowed = {
  seen = { type = "list" },
  metrics = { type = "list" },
  thresholds = { type = "boolean", default = false },
}
measure.options = { measure = allowed }

local KINDS = { "ndcg", "dcg", "recall", "precision", "ap", "hit", "rr" }
local known = {}
for _, kind in ipairs(KINDS) do
  known[kind] = true
end
local METRICS = { "ndcg@100", "recall@20", "recall@50" }

-- Kinds and cutoffs of names like "ndcg@100".
local function parse(where, metrics)
  local kinds, cutoffs = {}, {}
  for i, name in ipairs(metrics) do
    options.need(type(name) == "string", ("%s: metrics[%d]"):format(where, i), "a text", name)
    local kind, cutoff = name:match("^(%a+)@(%d+)$")
    if not kind then
      options.fail("%s: metrics[%d]: %q is not of the form \"ndcg@100\"", where, i, name)
    elseif not known[kind] then
      options.fail("%s: metrics[%d]: no metric is called %q%s", where, i, kind,
        options.hint(kind, KINDS))
    end
    kinds[i], cutoffs[i] = kind, tonumber(cutoff)
    if cutoffs[i] < 1 or cutoffs[i] > 2 ^ 31 - 1 then
      options.fail("%s: metrics[%d]: %q: the cutoff is a number from 1 up", where, i, name)
    end
  end
  return kinds, cutoffs
end

--- Raise where a metric's name is none ("ndcg@100"); gives its kind and cutoff.
function measure.check(where, name)
  local kinds, cutoffs = parse(where, { name })
  return kinds[1], cutoffs[1]
end

local function matrix_of(where, scores)
  options.need_numbers(where .. ": scores", scores)
  local array = core.array.is(scores) and scores or core.array(scores)
  if not array.shape[2] then
    options.fail("%s: scores: expected rows of scores, got one dimension", where)
  end
  return array
end

local candidate_options = {
  metrics = { type = "list" },
  ties = { type = "string", one_of = { "number", "worst", "best" }, default = "number" },
}
measure.options.candidates = candidate_options

--- The rank, from 1, of one positive of each row among it and its negatives, by score: NCF's
-- protocol (He et al., WWW 2017). A positive among its own negatives counts once. ties: of equal
-- scores the smaller number comes first, or the positive last or first.
-- @param scores rows x items
-- @param positives item numbers, one for each row
-- @param negatives a bag
-- @param given {metrics = {"hit@10", "ndcg@10"}, ties =}, or a list of metrics alone
-- @return {name = f64 array}, details {ranks = i64 array}
function measure.candidates(scores, positives, negatives, given)
  local where = "measure.candidates"
  if type(given) == "table" and given[1] then
    given = { metrics = given }
  end
  local o = options.check(where, given, candidate_options)
  local array = matrix_of(where, scores)
  local metrics = o.metrics or { "hit@10", "ndcg@10" }
  local kinds, cutoffs = parse(where, metrics)
  local ranks = core.sparse_candidate_ranks(array, positives, negatives, o.ties)
  local values = {}
  for i, name in ipairs(metrics) do
    values[name] = core.found_alone(kinds[i], cutoffs[i], ranks)
  end
  return values, { ranks = ranks }
end

--- Measure a ranking of the items that were not seen, highest score first, equal ones by number.
-- @param scores rows x items, f32 or f64
-- @param hidden a bag: what is to be found
-- @param given {seen = bag, metrics = {"ndcg@100", ...}, thresholds = boolean}
-- @return {name = f64 array, a number a row}, details {thresholds = f64 array: the score at the
--   largest cutoff's rank}
local function call(_, scores, hidden, given)
  local o = options.check("measure", given, allowed)
  local array = matrix_of("measure", scores)
  local metrics = o.metrics or METRICS
  local kinds, cutoffs = parse("measure", metrics)
  local columns, thresholds = core.sparse_measure(work.get(array.shape[2]), array, hidden, o.seen,
    kinds, cutoffs, o.thresholds)
  local values = {}
  for i, name in ipairs(metrics) do
    values[name] = columns[i]
  end
  return values, { thresholds = thresholds }
end

return setmetatable(measure, { __call = call })
