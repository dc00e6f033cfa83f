-- Calibration after selection: of the items that a score put on top, rank by rank and by how high
-- the score is.
--
-- A score that adds up predictions picks items whose predictions are too high more often than
-- others: the winner's curse. It is told apart from plain miscalibration by what the same
-- predictions are worth among all rows: by a piecewise map of many knots, fitted there. Isotonic
-- regression would not do: where it ends, which is where selected rows are, chance lifts it.

local core = require("steelyard.core")
local groups = require("steelyard.groups")
local options = require("steelyard.options")
local value_model = require("steelyard.value_model")
local work = require("steelyard.work")

local selection = {}

selection.options = {
  scores = { type = "array|string" },
  value_model = { type = "table" },
  groups = {},
  k = { type = "integer", default = 10 },
}

local DECILES = 10

-- --------------------------------------------------------------------------- what was selected --

local function scores_of(o, set)
  if o.value_model then
    options.need(value_model.is(o.value_model), "selection.value_model", "a value model",
      o.value_model)
    if o.scores then
      options.fail("selection: scores and value_model are two ways to say the same")
    elseif not set then
      options.fail("selection.value_model: it scores a data set; give scores instead")
    end
    return o.value_model:score(set)
  end
  options.need(o.scores, "selection", "scores or a value_model", nil)
  if type(o.scores) == "string" then
    options.need(set, "selection.scores", "an array or a table of numbers", o.scores)
    return set:column(o.scores)
  end
  options.need_numbers("selection.scores", o.scores)
  return core.array(o.scores)
end

-- The edges that cut scores into tenths as equal as equal scores allow.
local function decile_edges(scores)
  local sorted, n, edges = scores:gather(core.canonical_order({ scores })), #scores, {}
  for d = 1, DECILES - 1 do
    local edge = n > 0 and sorted[math.max(1, math.floor(n * d / DECILES + 0.5))]
    if edge and edge < sorted[n] and (#edges == 0 or edge > edges[#edges]) then
      edges[#edges + 1] = edge
    end
  end
  return edges, sorted[1], sorted[n]
end

--- Rank the rows. given: the option selection; input: as inputs.of gives it. Returns {k, arrange (a
-- function that brings a column into the order of the rest), first and last (the ranks that a row
-- may have where scores are equal), deciles (a code a row), edges, lowest, highest}.
function selection.of(given, input)
  local o = options.check("calibrate.report: selection", given, selection.options)
  local n = input.size
  if not n then
    options.fail("selection: sketches do not know which rows were selected")
  elseif o.k < 1 then
    options.fail("selection.k: expected a whole number from 1 up, got %s", options.show(o.k))
  end
  local scores = scores_of(o, input.set)
  if #scores ~= n then
    options.fail("selection.scores: %d numbers for %d rows", #scores, n)
  end
  local ids = o.groups
  if ids == nil and input.set then
    ids = input.set.groups
  end
  local layout = groups.of(ids, n)
  local function arrange(values)
    return values and layout:arrange(values)
  end
  scores = arrange(scores)
  local order = core.rank(scores, layout.offsets, 0, nil, work.get(layout.longest))
  local first, last = core.selection_places(scores, order, layout.offsets)
  local edges, lowest, highest = decile_edges(scores)
  return {
    k = math.min(o.k, layout.longest), arrange = arrange, first = first, last = last,
    deciles = core.slice_cut(scores, edges), edges = edges, lowest = lowest, highest = highest,
  }
end

-- ------------------------------------------------------------------------------------ measuring --

local KNOTS, PRIOR = 128, 2

-- For every row what labels its prediction has among all rows.
local function expected_labels(rows, weights)
  local curve = core.curve(rows.predictions, rows.labels, weights)
  local map = core.fit_piecewise(curve, KNOTS, PRIOR)
  return core.calibrator_new({ method = "piecewise", map = map }):apply(rows.predictions)
end

-- Rows of weights: their ratio, and how it compares with that of the same predictions overall.
local function entry_of(log, weights, confidence)
  local own = core.curve(log.p, log.y, weights):summary(confidence)
  local expected = core.curve(log.expected, log.y, weights):summary(confidence)
  return {
    n = own.n, weight = own.weight, mean_prediction = own.mean_prediction,
    mean_label = own.mean_label, expected_label = expected.mean_prediction,
    ratio = own.ratio, ratio_low = own.ratio_low, ratio_high = own.ratio_high,
    expected_ratio = own.mean_prediction / expected.mean_prediction,
    inflation = expected.ratio, inflation_low = expected.ratio_low,
    inflation_high = expected.ratio_high,
  }
end

local function by_slot(log, chosen, o)
  local list = {}
  for slot = 1, chosen.k do
    local shares = core.selection_shares(chosen.first, chosen.last, slot, slot, log.w)
    list[slot] = entry_of(log, shares, o.confidence)
    list[slot].slot = slot
  end
  return list
end

local function by_decile(log, chosen, o)
  local list, lowest = {}, chosen.lowest
  local order, offsets = core.segment_split(chosen.deciles, #chosen.edges + 1)
  for d = 1, #offsets - 1 do
    local rows = order:slice(offsets[d] + 1, offsets[d + 1])
    local part = {
      p = log.p:gather(rows), y = log.y:gather(rows), expected = log.expected:gather(rows),
    }
    list[d] = entry_of(part, log.w and log.w:gather(rows) or nil, o.confidence)
    list[d].decile = d
    list[d].above, list[d].to = lowest, chosen.edges[d] or chosen.highest
    lowest = list[d].to
  end
  return list
end

--- Calibration of rows {predictions, labels} that were selected. chosen: as selection.of gives it.
function selection.measure(rows, weights, chosen, o)
  local log = {
    p = chosen.arrange(rows.predictions), y = chosen.arrange(rows.labels),
    w = chosen.arrange(weights), expected = chosen.arrange(expected_labels(rows, weights)),
  }
  local top = core.selection_shares(chosen.first, chosen.last, 1, chosen.k, log.w)
  local result = entry_of(log, top, o.confidence)
  result.k = chosen.k
  result.slots, result.deciles = by_slot(log, chosen, o), by_decile(log, chosen, o)
  return result
end

return selection
