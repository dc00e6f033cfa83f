-- The choice of a calibrator by what it does to rows that it has not seen: by cross-validated
-- proper scores the best of those that are better than the identity by so many standard errors,
-- or the identity.

local core = require("steelyard.core")
local options = require("steelyard.options")
local significance = require("steelyard.significance")

local choose = {}

-- Predictions for held-out rows of every candidate, a list of arrays, one a fold; and these rows.
local function out_of_fold(rows, o, candidates, fit)
  local split, count = rows:folds(o.folds, o.seed)
  if not split then
    options.fail('calibrate.fit: folds: "each" is for up to %d clusters, and there are more', count)
  end
  local parts, judged = {}, {}
  for c = 1, #candidates do
    parts[c] = {}
  end
  for k = 1, count do
    local rest, held = split(k)
    judged[k] = held
    for c, name in ipairs(candidates) do
      parts[c][k] = core.calibrator_new(fit(name, rest, o)):apply(held.p, held:codes())
    end
  end
  return parts, judged
end

-- A column of rows that are cut into folds, in one piece; nil where they do not have it.
local function column(judged, key)
  local arrays = {}
  for i, rows in ipairs(judged) do
    arrays[i] = rows[key]
  end
  return arrays[1] and core.array.concat(arrays) or nil
end

-- The mean difference between two losses, and its standard error.
local function difference(first, second, held)
  local compared = significance.compare(first, second,
    { weights = held.w, clusters = held.cluster, tests = {}, interval = "t" })
  return compared.difference, compared.error
end

local function judge(name, predictions, held, before, score)
  local losses = core.row_losses(predictions, held.y, score)
  local means = core.proper_scores(predictions, held.y, held.w)
  local brier = core.curve(predictions, held.y, held.w):corp()
  local result = { method = name, log_loss = means.log_loss, brier = means.brier, mcb = brier.mcb,
    losses = losses }
  result.difference, result.error = difference(before or losses, losses, held)
  return result
end

--- Judge candidates, and the identity before them, on rows that they were not fitted to. fit(name,
-- rows, o) gives parts. Returns a list of {method, log_loss, brier, mcb, difference (to the
-- identity, of o.score; below 0 is better), error (its standard error), losses}, and the rows in
-- the order of losses.
function choose.judge(rows, o, candidates, fit)
  local parts, judged = out_of_fold(rows, o, candidates, fit)
  local held = { p = column(judged, "p"), y = column(judged, "y"), w = column(judged, "w"),
    cluster = column(judged, "cluster") }
  local list = { judge("identity", held.p, held, nil, o.score) }
  local before = list[1].losses
  for c, name in ipairs(candidates) do
    list[c + 1] = judge(name, core.array.concat(parts[c]), held, before, o.score)
  end
  return list
end

--- Choose among candidates (names from the plainest to the freest): the one with the least mean
-- loss of those that are better than the identity by more than o.standard_errors, or the identity
-- where none is. Returns the name, and the list that choose.judge gives.
function choose.pick(rows, o, candidates, fit)
  local list = choose.judge(rows, o, candidates, fit)
  local best = list[1]
  for i = 2, #list do
    local one = list[i]
    if one.difference < -o.standard_errors * one.error and one.difference < best.difference then
      best = one
    end
  end
  return best.method, list
end

return choose
