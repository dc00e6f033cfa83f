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

-- How badly a variance of the prior explains cells: minus twice the log of the marginal likelihood,
-- each cell's own estimate being normal about its offset with the variance 1 / curvature.
local function unlikeliness(cells, variance)
  local sum = 0
  for _, cell in ipairs(cells) do
    local spread = variance + 1 / cell.curvature
    sum = sum + math.log(spread) + cell.estimate ^ 2 / spread
  end
  return sum
end

-- The variance that explains best the offsets that were fitted under another one; from next to
-- nothing, which leaves cells alone, up to 10.
local LEAST, MOST = 1e-9, 10
local function likely_variance(offsets, curvature, variance)
  local cells = {}
  for c = 1, #offsets do
    if curvature[c] > 0 then
      local free = offsets[c] * (1 + 1 / (curvature[c] * variance))
      cells[#cells + 1] = { estimate = free, curvature = curvature[c] }
    end
  end
  local best, least = LEAST, unlikeliness(cells, LEAST)
  for step = -40, 10 do
    local candidate = MOST ^ (step / 10)
    local value = unlikeliness(cells, candidate)
    if value < least then
      best, least = candidate, value
    end
  end
  return best
end

--- Offsets of cells under the prior that explains them best (empirical Bayes). Returns offsets,
-- curvature and the prior's variance; 0, where the cells are as alike as chance would have them.
function segment.offsets(rows, logits, cells, count)
  local variance = 1
  for _ = 1, 3 do
    local offsets, curvature = core.fit_offsets(logits, rows.y, rows.w, cells, count, variance)
    variance = likely_variance(offsets, curvature, variance)
    if variance == LEAST then
      break
    end
  end
  local offsets, curvature = core.fit_offsets(logits, rows.y, rows.w, cells, count, variance)
  return offsets, curvature, variance > LEAST and variance or 0
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
