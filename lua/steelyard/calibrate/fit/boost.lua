-- Multicalibration by boosting: again and again, the feature (or pair of features) whose segments,
-- cut by the prediction too, are worst calibrated gets a table of offsets to the logit. How often
-- is decided on rows that were held out (Hebert-Johnson et al. 2018; Tax et al. 2025 boost trees
-- instead).

local core = require("steelyard.core")
local segment = require("steelyard.calibrate.fit.segment")

local boost = {}

-- All single features, and pairs where depth is 2.
local function candidates(count, depth)
  local list = {}
  for a = 1, count do
    list[#list + 1] = { a }
  end
  for a = 1, depth > 1 and count or 0 do
    for b = a + 1, count do
      list[#list + 1] = { a, b }
    end
  end
  return list
end

-- Edges of the base map's logit between buckets of equal weight.
local function edges_of(rows, base, buckets)
  local list, between, edges = rows:curve():buckets("mass", buckets), {}, {}
  for b = 1, #list - 1 do
    between[b] = (list[b].high + list[b + 1].low) / 2
  end
  local logits = core.calibrator_new(base):apply(between, nil, true)
  for b = 1, #between do
    if #edges == 0 or logits[b] > edges[#edges] then
      edges[#edges + 1] = logits[b]
    end
  end
  return edges
end

-- What a table gains in log likelihood, penalty included, by its quadratic approximation.
local function gain_of(offsets, curvature, variance)
  local gain = 0
  for c = 1, variance > 0 and #offsets or 0 do
    gain = gain + offsets[c] ^ 2 * (curvature[c] + 1 / variance) / 2
  end
  return gain
end

-- The best table of one round, or nil where no segment stands out.
local function best_table(rows, logits, base, edges, list)
  local best, most = nil, 0
  for _, chosen in ipairs(list) do
    local cells, count = segment.cells(rows, base, edges, chosen)
    local offsets, curvature, variance = segment.offsets(rows, logits, cells, count)
    local gain = gain_of(offsets, curvature, variance)
    if gain > most then
      best, most = { features = chosen, edges = edges, offsets = offsets }, gain
    end
  end
  return best
end

-- Add tables to parts, up to `rounds`; after each, visit(parts) may say false to stop.
local function grow(rows, map, o, rounds, visit)
  local parts = { method = "boost", map = map, features = segment.specs(rows), tables = {} }
  local start = { method = "boost", map = map }
  local base, edges = segment.logits(start, rows), edges_of(rows, start, o.boost_buckets)
  local list = candidates(#rows.features, o.depth)
  for round = 1, rounds do
    local logits = segment.logits(parts, rows)
    parts.tables[round] = best_table(rows, logits, base, edges, list)
    if not parts.tables[round] or visit and not visit(parts, round) then
      break
    end
  end
  return parts
end

local function loss_of(parts, rows)
  local predictions = core.calibrator_new(parts):apply(rows.p, rows:codes())
  return core.proper_scores(predictions, rows.y, rows.w).log_loss
end

-- How many rounds help rows that were not fitted to.
local function rounds_of(rows, map, o)
  local fit, judge = rows:folds(5, o.seed)(1)
  local best = loss_of({ method = "boost", map = map }, judge)
  local rounds = 0
  grow(fit, map, o, o.rounds, function(parts, round)
    local loss = loss_of(parts, judge)
    if loss < best then
      best, rounds = loss, round
    end
    return round - rounds < 2
  end)
  return rounds
end

--- Fit on top of a map. rows: in canonical order. o: rounds, depth, boost_buckets, seed. Returns
-- the parts of a calibrator.
function boost.fit(rows, map, o)
  return grow(rows, map, o, rounds_of(rows, map, o))
end

return boost
