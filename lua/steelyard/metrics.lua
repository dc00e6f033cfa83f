-- Orders and ranking metrics, with every convention an option.

local core = require("steelyard.core")
local groups = require("steelyard.groups")
local options = require("steelyard.options")
local work = require("steelyard.work")

local metrics = {}

--- What known tools do, as defaults of the options that are not given.
metrics.profiles = {
  sklearn = { gain = "linear", ties = "average", empty = "zero", negative = false },
  xgboost = { gain = "exponential", ties = "input", empty = "one" },
  lightgbm = { gain = "exponential", ties = "input", empty = "one" },
  trec = { gain = "linear", ties = "name", empty = "zero" },
}

local profile_names = { "lightgbm", "sklearn", "trec", "xgboost" }
local ndcg_options = {
  groups = {},
  k = { type = "integer", default = 0 },
  gain = { type = "string", one_of = { "linear", "exponential" } },
  ties = { type = "string", one_of = { "input", "average", "best", "worst", "name" } },
  empty = { type = "string", one_of = { "skip", "zero", "one" } },
  names = {},
  profile = { type = "string", one_of = profile_names },
}
local rank_options = {
  groups = {},
  k = { type = "integer", default = 0 },
  ties = { type = "string", one_of = { "input", "name" }, default = "input" },
  names = {},
}
metrics.options = { ndcg = ndcg_options, rank = rank_options }

-- Places of texts in ascending byte order, equal texts sharing one.
local function places_of(texts)
  local sorted, place, places = {}, {}, {}
  for i = 1, #texts do
    local text = tostring(texts[i])
    if not place[text] then
      place[text] = true
      sorted[#sorted + 1] = text
    end
  end
  for i, index in ipairs(core.sort_texts(sorted)) do
    place[sorted[index]] = i
  end
  for i = 1, #texts do
    places[i] = place[tostring(texts[i])]
  end
  return core.array(places, "i32")
end

-- Item names as the kernels want them: per row, a number that grows with the name.
local function name_places(where, names, ties)
  if ties ~= "name" then
    return nil
  end
  if names == nil then
    options.fail("%s: ties by name need names=, the items' names", where)
  end
  if type(names) == "table" and type(names[1]) == "string" then
    return places_of(names)
  end
  return names
end

local function arranged(layout, values)
  if values == nil or not layout.order then
    return values
  end
  return layout:arrange(core.array(values))
end

--- Rows in order of score, best first, request by request.
-- @return i64 array of 1-based rows, and i64 array of offsets: request r's rows are the elements
-- offsets[r] + 1 to offsets[r + 1] of the first.
function metrics.rank(scores, given)
  local o = options.check("rank", given, rank_options)
  options.need_numbers("scores", scores)
  local layout = groups.of(o.groups, #scores)
  local names = name_places("rank", o.names, o.ties)
  local order, offsets = core.rank(
    arranged(layout, scores),
    layout.offsets,
    o.k,
    arranged(layout, names),
    work.get(layout.longest)
  )
  if layout.order then
    order = layout.order:gather(order)
  end
  return order, offsets
end

local function refuse_negative(gains)
  local smallest = core.array(gains):min()
  if smallest and smallest < 0 then
    options.fail("gains: %.17g is negative, which profile sklearn refuses", smallest)
  end
end

-- NDCG of every request; core.ndcg's results behind one another.
local function measure(where, scores, gains, given)
  local o = options.check(where, given, ndcg_options)
  options.need_numbers("scores", scores)
  options.need_numbers("gains", gains)
  local profile = metrics.profiles[o.profile] or {}
  local ties = o.ties or profile.ties or "input"
  if profile.negative == false and #gains > 0 then
    refuse_negative(gains)
  end
  if #gains ~= #scores then
    options.fail("gains: %d numbers for %d scores", #gains, #scores)
  end
  local layout = groups.of(o.groups, #scores)
  return core.ndcg(
    arranged(layout, scores),
    arranged(layout, gains),
    layout.offsets,
    work.get(layout.longest),
    o.k,
    o.gain or profile.gain or "linear",
    ties,
    o.empty or profile.empty or "skip",
    arranged(layout, name_places(where, o.names, ties)),
    where == "regret"
  )
end

local function details(dcg, per_request_dcg, counted, empty)
  return { dcg = dcg, per_request_dcg = per_request_dcg, counted = counted, empty = empty }
end

--- NDCG: the mean over requests, the array of the requests' values (NaN where skipped), and
-- details: dcg (mean), per_request_dcg, counted, empty.
function metrics.ndcg(scores, gains, given)
  local per_request, per_dcg, ndcg, dcg, counted, empty = measure("ndcg", scores, gains, given)
  return ndcg, per_request, details(dcg, per_dcg, counted, empty)
end

--- DCG, not normalised: the mean over the requests that count, and the requests' values.
function metrics.dcg(scores, gains, given)
  local _, per_dcg, _, dcg = measure("dcg", scores, gains, given)
  return dcg, per_dcg
end

--- Regret, 1 - NDCG: the mean over requests, the requests' values, and details as ndcg's.
function metrics.regret(scores, gains, given)
  local per_request, per_dcg, regret, dcg, counted, empty = measure("regret", scores, gains, given)
  return regret, per_request, details(dcg, per_dcg, counted, empty)
end

return metrics
