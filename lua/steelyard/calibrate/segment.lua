-- Calibration by segments: an offset to the logit for every value of a feature, then for every
-- pair with the next feature, and so on, each level drawn to the one above it as strongly as the
-- data say.

local core = require("steelyard.core")
local options = require("steelyard.options")

local segment = {}

-- No more cells in one table than that.
local MOST_CELLS = 100000

--- The codes and sizes of some features (a list of their places), and how many cells they make.
local function table_of(rows, chosen)
  local codes, sizes, count = {}, {}, 1
  for i, f in ipairs(chosen) do
    codes[i], sizes[i] = rows.features[f].codes, rows.features[f].size
    count = count * sizes[i]
  end
  return codes, sizes, count
end

--- Each row's cell in a table over features and buckets of the logit, and how many cells there are.
function segment.cells(rows, logits, edges, chosen)
  local codes, sizes, count = table_of(rows, chosen)
  count = count * (#edges + 1)
  if count > MOST_CELLS then
    options.fail("calibrate.fit: the features make %.0f segments, more than %d", count, MOST_CELLS)
  end
  return core.offset_cells(logits, edges, codes, sizes), count
end

-- The mean square of offsets, uncertainty included, over the cells that have rows: the step of an
-- EM iteration for the variance of the prior.
local function next_variance(offsets, curvature, variance)
  local sum, cells = 0, 0
  for c = 1, #offsets do
    if curvature[c] > 0 then
      sum = sum + offsets[c] ^ 2 + 1 / (curvature[c] + 1 / variance)
      cells = cells + 1
    end
  end
  return cells > 0 and sum / cells or variance
end

--- Offsets of cells under the prior that explains them best (empirical Bayes by EM). Returns
-- offsets, curvature and the prior's variance.
function segment.offsets(rows, logits, cells, count)
  local variance = 0.1
  local offsets, curvature
  for _ = 1, 60 do
    offsets, curvature = core.fit_offsets(logits, rows.y, rows.w, cells, count, variance)
    local better = math.max(next_variance(offsets, curvature, variance), 1e-6)
    local change = math.abs(better - variance) / variance
    variance = better
    if change < 0.01 then
      break
    end
  end
  return offsets, curvature, variance
end

--- The features' part of a calibrator.
function segment.specs(rows)
  local specs = {}
  for i, feature in ipairs(rows.features) do
    specs[i] = feature.spec
  end
  return specs
end

--- The logits of rows under a calibrator in the making.
function segment.logits(parts, rows)
  return core.calibrator_new(parts):apply(rows.p, rows:codes(), true)
end

--- Fit the hierarchy on top of a map. rows: in canonical order, with features from the widest to
-- the narrowest. Returns the parts of a calibrator.
function segment.fit(rows, map)
  local parts = { method = "segment", map = map, features = segment.specs(rows), tables = {} }
  for f = 1, #rows.features do
    local chosen = {}
    for level = 1, f do
      chosen[level] = level
    end
    local logits = segment.logits(parts, rows)
    local cells, count = segment.cells(rows, logits, {}, chosen)
    local offsets = segment.offsets(rows, logits, cells, count)
    parts.tables[f] = { features = chosen, edges = {}, offsets = offsets }
  end
  return parts
end

return segment
