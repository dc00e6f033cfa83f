-- Calibration by feature: for every value of every feature, and for the intersections of two; and
-- which of all these segments is off by more than the worst of so many would be by chance.

local core = require("steelyard.core")
local options = require("steelyard.options")
local slices = require("steelyard.slices")
local slicing = require("steelyard.slicing")

local fields = {}

-- Rows that the simulation may visit in all, some 3 ns each.
local BUDGET = 2e8
local RESAMPLES = { 999, 499, 199, 99 }
-- So many of the worst intersections are told of.
local SHOWN = 20

-- -------------------------------------------------------------------------------- the features --

-- What one feature is: slices, a column's name, or numbers or texts.
local function to_slices(name, value, set)
  if slices.is(value) then
    return value
  elseif type(value) == "string" then
    options.need(set, ("by.%s"):format(name), "slices (sy.slices), numbers or texts", value)
    return slices.values(set:column(value), { name = name, names = set:names(value) })
  end
  options.need(type(value) == "table" or core.array.is(value), ("by.%s"):format(name),
    "slices (sy.slices), numbers or texts", value)
  return slices.values(value, { name = name })
end

-- {name, slices} pairs in order: of one slices, a list of slices or columns, or a map by name.
local function in_order(by, set)
  local list = {}
  if slices.is(by) or type(by) == "string" then
    by = { by }
  end
  if #by > 0 then
    for i = 1, #by do
      local one = by[i]
      local good = slices.is(one) or (set and type(one) == "string")
      options.need(good, ("by[%d]"):format(i),
        set and "slices (sy.slices) or a column's name" or "slices (sy.slices)", one)
      list[i] = { slices.is(one) and one.name or one, one }
    end
  else
    for i, name in ipairs(options.keys(by)) do
      list[i] = { name, by[name] }
    end
  end
  return list
end

--- The option `by` as a list of {name, codes, labels}: a code from 0 for every row (-1: none) and
-- what codes stand for.
function fields.of(by, set, size)
  local list, seen = {}, {}
  for i, pair in ipairs(in_order(by, set)) do
    local name, value = pair[1], pair[2]
    if seen[name] then
      options.fail("by: %s is there twice", name)
    end
    seen[name] = true
    local codes, labels = slicing.of_rows(to_slices(name, value, set), size)
    list[i] = { name = name, codes = codes, labels = labels }
  end
  return list
end

-- --------------------------------------------------------------------------------- the segments --

-- Rows in an order that does not depend on how they came, predictions ascending; codes with them.
local function arrange(rows, weights, features)
  local columns = { rows.predictions, rows.labels, weights }
  for _, feature in ipairs(features) do
    columns[#columns + 1] = feature.codes
  end
  local order = core.canonical_order(columns)
  local log = {
    p = rows.predictions:gather(order),
    y = rows.labels:gather(order),
    w = weights and weights:gather(order) or nil,
    codes = {},
  }
  for i, feature in ipairs(features) do
    log.codes[i] = feature.codes:gather(order)
  end
  return log
end

-- Segments of codes that at least `least` rows have: kept[s] is the code of the s-th.
local function segments_of(log, codes, count, least)
  local compact, kept = core.segment_compact(codes, count, least)
  local order, offsets = core.segment_split(compact, #kept)
  local _, _, _, statistic = core.segment_ranges(log.p, log.y, log.w, order, offsets)
  return { order = order, offsets = offsets, kept = kept, statistic = statistic, count = #kept }
end

local function curve_of(log, segments, s)
  local rows = segments.order:slice(segments.offsets[s] + 1, segments.offsets[s + 1])
  return core.curve(log.p:gather(rows), log.y:gather(rows), log.w and log.w:gather(rows) or nil)
end

-- What is told of a segment.
local function entry_of(curve, statistic, confidence)
  local summary, cumulative = curve:summary(confidence), curve:cumulative()
  return {
    n = summary.n, weight = summary.weight,
    mean_prediction = summary.mean_prediction, mean_label = summary.mean_label,
    ratio = summary.ratio, ratio_low = summary.ratio_low, ratio_high = summary.ratio_high,
    kuiper = cumulative.kuiper, kuiper_log_p = cumulative.kuiper_log_p,
    deviation = statistic,
  }
end

-- ------------------------------------------------------------------------------------ shrinkage --

-- How far the counts of a segment are from Poisson's: what sum of w y varies by over what it is.
-- Close to 1 - p without weights; but predictions near 1 say little of it where they are wrong.
local function dispersion(totals)
  return math.max(totals.wwpq, totals.wwp / 64) / totals.p
end

-- Ratios, drawn towards the overall one the more the fewer labels a value has.
local function shrink(values, totals)
  local expected, observed = {}, {}
  for i, t in ipairs(totals) do
    local k = t.p > 0 and dispersion(t) or 1
    expected[i], observed[i] = t.p / k, t.y / k
  end
  local mean, shape = core.segment_prior(expected, observed)
  for i, value in ipairs(values) do
    if shape == math.huge then
      value.shrunk_ratio = 1 / mean
    else
      value.shrunk_ratio = (expected[i] + shape / mean) / (observed[i] + shape)
    end
  end
  return { ratio = 1 / mean, labels = shape }
end

-- ---------------------------------------------------------------------------------- one feature --

local BUCKETS = { 3, 5, 10 }

-- Errors of a feature as a whole, by the names of those who defined them.
local function add_errors(field, values, curves)
  local weight, with_labels, relative, smoothed, gap = 0, 0, 0, 0, 0
  for _, value in ipairs(values) do
    local w, difference = value.weight, math.abs(value.mean_prediction - value.mean_label)
    if w > 0 then
      weight = weight + w
      gap = gap + w * difference
      smoothed = smoothed + w * math.abs(value.shrunk_ratio - 1)
      if value.mean_label > 0 then
        with_labels = with_labels + w
        relative = relative + w * difference / value.mean_label
      end
    end
  end
  field.field_rce = relative / with_labels
  field.field_rce_smoothed = smoothed / weight
  field.field_ece = { umc = gap / weight }
  for _, count in ipairs(BUCKETS) do
    local plain, weighted, of = 0, 0, 0
    for i, value in ipairs(values) do
      if value.weight > 0 then
        local _, errors = curves[i]:buckets("mass", count)
        plain, of = plain + errors.expected, of + 1
        weighted = weighted + errors.expected * value.weight
      end
    end
    field.field_ece["desc" .. count] = plain / of
    field.field_ece["desc" .. count .. "_weighted"] = weighted / weight
  end
end

local function measure_one(log, feature, codes, o)
  local field = { name = feature.name, values = setmetatable({}, core.json_array) }
  local segments = segments_of(log, codes, #feature.labels, 1)
  local curves, totals = {}, {}
  for s = 1, segments.count do
    curves[s] = curve_of(log, segments, s)
    totals[s] = curves[s]:totals()
    field.values[s] = entry_of(curves[s], segments.statistic[s], o.confidence)
    field.values[s].value = feature.labels[segments.kept[s] + 1]
  end
  field.shrinkage = shrink(field.values, totals)
  add_errors(field, field.values, curves)
  return field, segments
end

-- ---------------------------------------------------------------------------- the worst of many --

-- All segments that are looked at: lists of rows (orders, offsets) for the simulation, and of
-- {statistic, entry or how to make it}.
local function new_family()
  return { orders = {}, offsets = {}, members = {}, visits = 0 }
end

local function join(family, segments, member)
  family.orders[#family.orders + 1] = segments.order
  family.offsets[#family.offsets + 1] = segments.offsets
  family.visits = family.visits + #segments.order
  for s = 1, segments.count do
    local one = member(s)
    one.statistic, one.place = segments.statistic[s], #family.members + 1
    family.members[one.place] = one
  end
end

-- A feature's values with enough rows.
local function join_values(family, log, field, segments, codes, count, least)
  local entries = {}
  for s = 1, segments.count do
    entries[segments.kept[s]] = field.values[s]
  end
  local large = segments_of(log, codes, count, least)
  join(family, large, function(s)
    return { entry = entries[large.kept[s]], by = { field.name } }
  end)
end

local function join_pair(family, log, a, b, codes_a, codes_b, o)
  local size = #b.labels
  local codes = core.segment_cross(codes_a, codes_b, size)
  local segments = segments_of(log, codes, #a.labels * size, o.least)
  join(family, segments, function(s)
    return {
      by = { a.name, b.name },
      make = function()
        local code = segments.kept[s]
        local entry = entry_of(curve_of(log, segments, s), segments.statistic[s], o.confidence)
        entry.value = { a.labels[math.floor(code / size) + 1], b.labels[code % size + 1] }
        return entry
      end,
    }
  end)
end

-- How often labels are drawn: as asked, or as many as the time allows; 0: not at all.
local function resamples_of(o, visits)
  if o.resamples then
    return o.resamples
  end
  for _, count in ipairs(RESAMPLES) do
    if count * visits <= BUDGET then
      return count
    end
  end
  return 0
end

-- p-values of all members, that the worst of them holds for all: by drawing labels.
local function simulate(family, log, count, seed, ranked)
  local maxima = core.segment_maxima(log.p, log.w, family.orders, family.offsets, count, seed)
  local sorted = maxima:totable()
  table.sort(sorted)
  local above = count
  for i = #ranked, 1, -1 do -- ascending statistics
    while above > 0 and sorted[count - above + 1] < ranked[i].statistic do
      above = above - 1
    end
    ranked[i].adjusted_p = (1 + above) / (1 + count)
  end
end

-- The same by the tail of the Kuiper distribution, and Holm's correction.
local function correct(ranked)
  local worst = -math.huge
  for i, member in ipairs(ranked) do
    local log_p = core.kuiper_log_p(member.statistic) + math.log(#ranked - i + 1)
    worst = math.max(worst, math.min(log_p, 0))
    member.adjusted_p = math.exp(worst)
  end
end

-- "country = de, hour = 1 - 5"
local function label_of(by, value)
  local parts = {}
  for i, name in ipairs(by) do
    parts[i] = ("%s = %s"):format(name, type(value) == "table" and value[i] or value)
  end
  return table.concat(parts, ", ")
end

local function finish(member)
  local entry = member.entry or member.make()
  entry.adjusted_p = member.adjusted_p
  return entry
end

-- A member as a segment of its own that says of what.
local function describe(member)
  local segment = {}
  for key, value in pairs(finish(member)) do
    segment[key] = value
  end
  segment.by, segment.segment = member.by, label_of(member.by, segment.value)
  return segment
end

local function search(family, log, o)
  local ranked = {}
  for i, member in ipairs(family.members) do
    ranked[i] = member
  end
  table.sort(ranked, function(a, b)
    if a.statistic ~= b.statistic then
      return a.statistic > b.statistic
    end
    return a.place < b.place
  end)
  local count = resamples_of(o, family.visits + #log.p)
  local result = {
    looked_at = #ranked, method = count > 0 and "simulation" or "holm", resamples = count,
    worst = setmetatable({}, core.json_array),
  }
  if count > 0 then
    simulate(family, log, count, o.seed, ranked)
  else
    correct(ranked)
  end
  for i, member in ipairs(ranked) do
    if member.entry then
      finish(member)
    end
    if i <= SHOWN then
      result.worst[i] = describe(member)
    end
  end
  return result
end

--- Calibration by features (as fields.of gives them) of rows {predictions, labels}. o: confidence,
-- depth, least, resamples, seed. Returns a list of fields, and the search for the worst segment.
function fields.measure(rows, weights, features, o)
  local log = arrange(rows, weights, features)
  local list, family = setmetatable({}, core.json_array), new_family()
  for i, feature in ipairs(features) do
    local field, segments = measure_one(log, feature, log.codes[i], o)
    list[i] = field
    join_values(family, log, field, segments, log.codes[i], #feature.labels, o.least)
  end
  if o.depth > 1 then
    for i = 1, #features do
      for j = i + 1, #features do
        join_pair(family, log, features[i], features[j], log.codes[i], log.codes[j], o)
      end
    end
  end
  return list, search(family, log, o)
end

return fields
