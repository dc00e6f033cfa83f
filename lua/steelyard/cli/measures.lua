-- The metrics that `steelyard eval` knows, each in one place: a name, and how to get its mean and
-- the values of the requests.

local failure = require("steelyard.cli.failure")
local options = require("steelyard.options")
local parse = require("steelyard.cli.parse")
local sy = require("steelyard")

local measures = {}

-- name -> function(scores, gains, options): mean, per request, details {counted, empty}
local registry = {
  ndcg = sy.ndcg,
  regret = sy.regret,
  dcg = function(scores, gains, o)
    local _, _, details = sy.ndcg(scores, gains, o)
    return details.dcg, details.per_request_dcg, details
  end,
}

--- The names, sorted.
measures.names = options.keys(registry)

--- "ndcg@10,dcg" to a list of {name, k, measure}; k stands for the cutoff where none is named.
function measures.parse(text, k)
  local list, seen = {}, {}
  for i, word in ipairs(parse.list("--metric", text)) do
    local name, cutoff = word:match("^(.-)@(.*)$")
    name = name or word
    if not registry[name] then
      failure.raise("--metric: no metric is called %s%s; there are %s", name,
        options.hint(name, measures.names), table.concat(measures.names, ", "))
    end
    local at = cutoff and parse.integer("--metric: " .. word, cutoff, 1) or k
    local full = at and at > 0 and ("%s@%d"):format(name, at) or name
    if seen[full] then
      failure.raise("--metric: %s is there twice", full)
    end
    seen[full] = true
    list[i] = { name = full, k = at or 0, measure = registry[name] }
  end
  return list
end

return measures
