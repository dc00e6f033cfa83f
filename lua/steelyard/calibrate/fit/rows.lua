-- Rows that a calibrator is fitted to: predictions, labels, weights, and codes of features. In an
-- order that is the same however they were given, so that no sum depends on it.

local core = require("steelyard.core")

local rows = {}
local Rows = {}
Rows.__index = Rows

--- No cross-validation has more folds than that.
rows.MOST_FOLDS = 1000

local function columns_of(self)
  local list = { self.p, self.y }
  list[#list + 1] = self.w
  for _, feature in ipairs(self.features) do
    list[#list + 1] = feature.codes
  end
  list[#list + 1] = self.cluster
  return list
end

--- Rows of arrays. features: as features.resolve gives them; cluster: ids of what belongs
-- together.
function rows.new(p, y, w, features, cluster)
  return setmetatable({ p = p, y = y, w = w, features = features or {}, cluster = cluster }, Rows)
end

--- The bins of curves (of sketches) as rows: of the bin's prediction and weight, the share of its
-- labels as label. All is as with the rows that were sketched, but for how they lay within bins.
-- With several curves, each is a cluster.
function rows.of_curves(curves)
  local p, y, w, cluster, count = {}, {}, {}, {}, 0
  for c, curve in ipairs(curves) do
    local arrays, labels, id = curve:arrays(), {}, {}
    for bin = 1, #arrays.p do
      labels[bin], id[bin] = math.min(arrays.y[bin] / arrays.w[bin], 1), c
    end
    p[c], y[c], w[c], cluster[c] = arrays.p, core.array(labels), arrays.w, core.array(id, "i64")
    count = count + curve:totals().n
  end
  local concat = core.array.concat
  local self = rows.new(concat(p), concat(y), concat(w), {}, #curves > 1 and concat(cluster) or nil)
  self.count = count
  return self
end

--- How many rows there are, or were sketched.
function Rows:size()
  return self.count or #self.p
end

--- The curve of these rows.
function Rows:curve()
  self._curve = self._curve or core.curve(self.p, self.y, self.w)
  return self._curve
end

--- Some of the rows, by number.
function Rows:take(order)
  local features = {}
  for i, feature in ipairs(self.features) do
    local copy = {}
    for key, value in pairs(feature) do
      copy[key] = value
    end
    copy.codes = feature.codes:gather(order)
    features[i] = copy
  end
  return rows.new(self.p:gather(order), self.y:gather(order), self.w and self.w:gather(order),
    features, self.cluster and self.cluster:gather(order))
end

--- The same rows in canonical order: equal rows are interchangeable.
function Rows:sorted()
  local sorted = self:take(core.canonical_order(columns_of(self)))
  sorted.count = self.count
  return sorted
end

--- The codes of all features, as calibrators take them; nil where there are none.
function Rows:codes()
  local list = {}
  for i, feature in ipairs(self.features) do
    list[i] = feature.codes
  end
  return #list > 0 and list or nil
end

-- Fold numbers, from 0, of folds that are alike in predictions. "each": every cluster is a fold of
-- its own.
local function deal(self, folds, seed)
  if not self.cluster then
    return core.deal_folds(columns_of(self), false, folds, seed), folds
  end
  if folds == "each" then
    local of_row, present = core.slice_values(self.cluster, rows.MOST_FOLDS)
    return of_row, of_row and #present or rows.MOST_FOLDS
  end
  return core.deal_folds({ self.cluster }, true, folds, seed), folds
end

--- Cut rows in canonical order into folds: a function that gives, for k = 1 .. count, the rows to
-- fit to and the rows to judge by, both in canonical order; and count. Nil, and how many there
-- may be, where clusters are too many for a fold each.
function Rows:folds(folds, seed)
  local of_row, count = deal(self, folds, seed)
  if not of_row then
    return nil, count
  end
  local order, offsets = core.segment_split(of_row, count)
  return function(k)
    local first, last = offsets[k] + 1, offsets[k + 1]
    local rest = {}
    if first > 1 then
      rest[#rest + 1] = order:slice(1, first - 1):copy()
    end
    if last < #order then
      rest[#rest + 1] = order:slice(last + 1, #order):copy()
    end
    -- A fold's rows stand as they did; those of several folds, one behind the other, do not.
    return self:take(core.array.concat(rest)):sorted(), self:take(order:slice(first, last):copy())
  end, count
end

return rows
