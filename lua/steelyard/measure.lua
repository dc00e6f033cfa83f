-- Many metrics in one pass over a log: what sy.metrics.measure does, and every metric's function
-- uses.

local core = require("steelyard.core")
local groups = require("steelyard.groups")
local options = require("steelyard.options")
local work = require("steelyard.work")

local measure = {}

--- What known tools and papers do, as defaults of the options that are not given.
measure.profiles = {
  sklearn = { gain = "linear", ties = "average", empty = "zero", negative = false },
  xgboost = { gain = "exponential", ties = "input", empty = "one" },
  lightgbm = { gain = "exponential", ties = "input", empty = "one" },
  trec = { gain = "linear", ties = "name", empty = "zero", relevance_level = 1 },
  burges = { gain = "exponential" },
  jarvelin = { gain = "linear", discount = "jarvelin" },
}

local TIES = { "input", "average", "best", "worst", "name" }

--- The options of a log and of conventions, which every metric function has.
measure.options = {
  groups = {},
  gain = { type = "string|array" },
  discount = { type = "string|array" },
  base = { type = "number" },
  ties = { type = "string", one_of = TIES },
  empty = { type = "string", one_of = { "skip", "zero", "one" } },
  names = {},
  profile = { type = "string", one_of = options.keys(measure.profiles) },
  relevance_level = { type = "number" },
  judged = { type = "array" },
  retrieved = { type = "array" },
  depth = { type = "integer", default = 0 },
  judged_only = { type = "boolean", default = false },
  weights = { type = "array" },
}

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

--- Item names as the kernels want them: per row, a number that grows with the name.
function measure.name_places(where, names, needed)
  if not needed then
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

--- Values in the order of the requests' rows.
function measure.arranged(layout, values)
  if values == nil or not layout.order then
    return values
  end
  return layout:arrange(core.array(values))
end

-- Name the first number that cannot be measured: NaN, or what is infinite where `finite` asks.
local function refuse_number(name, values, finite)
  for i = 1, #values do
    local value = values[i]
    if value ~= value or finite and math.abs(value) == math.huge then
      options.fail("%s[%d]: %s", name, i, value ~= value and "NaN" or ("%g"):format(value))
    end
  end
end

--- The same for scores and gains: what the kernels would refuse is refused here, while the rows
-- have the places that the caller knows.
function measure.arranged_numbers(layout, name, values, finite)
  if not layout.order then
    return values
  end
  values = core.array(values)
  local low, high = values:min(), values:max()
  if low and (low ~= low or finite and (low == -math.huge or high == math.huge)) then
    refuse_number(name, values, finite)
  end
  return layout:arrange(values)
end

local function refuse_negative(gains)
  local smallest = core.array(gains):min()
  if smallest and smallest < 0 then
    options.fail("gains: %.17g is negative, which profile sklearn refuses", smallest)
  end
end

-- A named convention, or a table of numbers: its name, and the numbers.
local function convention(where, key, value, names)
  if value == nil or type(value) == "string" then
    if value ~= nil then
      options.check(where, { [key] = value }, { [key] = { one_of = names } })
    end
    return value
  end
  if #value == 0 then
    options.fail("%s: option %q: an empty table", where, key)
  end
  return "table", value
end

local GAINS = { "linear", "exponential" }
local DISCOUNTS = { "log2", "jarvelin", "reciprocal", "none" }

-- The conventions that expressions leave open, from options and profile, and the tables among them.
local function conventions(where, o)
  local profile = measure.profiles[o.profile] or {}
  local gain, gain_table = convention(where, "gain", o.gain, GAINS)
  local discount, discount_table = convention(where, "discount", o.discount, DISCOUNTS)
  return {
    k = o.k,
    gain = gain or profile.gain,
    discount = discount or profile.discount,
    base = o.base,
    ties = o.ties or profile.ties,
    empty = o.empty or profile.empty,
    relevance = o.relevance_level or profile.relevance_level,
  }, gain_table, discount_table
end

--- Are these scores that are made within the pass: {columns = list of arrays, weights = numbers}?
function measure.is_deferred(scores)
  return type(scores) == "table" and type(scores.columns) == "table"
end
local is_deferred = measure.is_deferred

--- Scores as `map` maps a column: themselves, or each of the columns that they are made of.
function measure.map_scores(scores, map)
  if not is_deferred(scores) then
    return map(scores)
  end
  local columns = {}
  for t, column in ipairs(scores.columns) do
    columns[t] = map(column)
  end
  return { columns = columns, weights = scores.weights }
end

-- How many rows there are.
local function check_lengths(scores, gains)
  local size
  if is_deferred(scores) then
    size = scores.columns[1] and #scores.columns[1] or 0
  else
    options.need_numbers("scores", scores)
    size = #scores
  end
  options.need_numbers("gains", gains)
  if #gains ~= size then
    options.fail("gains: %d numbers for %d scores", #gains, size)
  end
  return size
end

local function arranged_scores(layout, scores)
  if not is_deferred(scores) or not layout.order then
    return measure.arranged_numbers(layout, "scores", scores)
  end
  return measure.map_scores(scores, function(column)
    return measure.arranged(layout, column)
  end)
end

--- Parse expressions. texts: a list; defaults: k, gain, discount, base, ties, empty, relevance.
-- Returns an object for core.measure, or nil, message where `mode` is "nil".
function measure.parse(texts, defaults, mode)
  return core.metric_parse(texts, defaults or {}, mode)
end

local function any_by_name(metrics, count)
  for i = 1, count do
    local _, _, ties = core.metric_kind(metrics, i)
    if ties == "name" then
      return true
    end
  end
  return false
end

--- A log made ready: checked, arranged request by request, with its expressions parsed.
-- o: options as measure.options and k; texts: a list of expressions.
function measure.prepare(where, scores, gains, o, texts)
  local size = check_lengths(scores, gains)
  if (measure.profiles[o.profile] or {}).negative == false and #gains > 0 then
    refuse_negative(gains)
  end
  local defaults, gain_table, discount_table = conventions(where, o)
  local layout = groups.of(o.groups, size)
  local metrics = core.metric_parse(texts, defaults)
  local names = measure.name_places(where, o.names, any_by_name(metrics, #texts))
  return {
    layout = layout,
    texts = texts,
    defaults = defaults,
    metrics = metrics,
    size = size,
    scores = arranged_scores(layout, scores),
    gains = measure.arranged_numbers(layout, "gains", gains, true),
    names = measure.arranged(layout, names),
    judged = measure.arranged(layout, o.judged),
    retrieved = o.retrieved,
    weights = o.weights,
    depth = o.depth,
    judged_only = o.judged_only,
    gain_table = gain_table,
    discount_table = discount_table,
  }
end

local function pass(log, metrics, offsets, longest, retrieved, weights, per_request, per_weight)
  return core.measure(
    log.scores, log.gains, offsets, work.get(longest), metrics, log.names, retrieved, log.judged,
    weights, log.depth, log.judged_only, log.gain_table, log.discount_table, per_request,
    per_weight
  )
end

--- Run the pass. Returns a list of {value, counted, empty}, and where wanted lists of arrays: every
-- request's values, and what it weighs.
function measure.run(log, per_request, per_weight)
  local layout = log.layout
  return pass(log, log.metrics, layout.offsets, layout.longest, log.retrieved, log.weights,
    per_request, per_weight)
end

local kinds = {}
for _, kind in ipairs(core.metric_kinds()) do
  kinds[kind.name] = kind
end

--- What is known of each metric, by name.
measure.kinds = kinds

--- Is a parameter a switch: 0 or 1, false or true?
function measure.is_switch(parameter)
  return parameter.whole and parameter.lowest == 0 and parameter.highest == 1
end

--- Measure all metrics of a log under these ties, whatever their expressions say.
function measure.set_ties(log, ties)
  log.ties = ties
  core.metric_set_ties(log.metrics, ties)
end

--- A value over all rows at once is of all requests, also of those that have none of their own.
-- Returns counted, empty. mean: what the pass over single requests found.
function measure.pooled_counts(mean, value)
  local requests = mean.counted + mean.empty
  if value ~= value then
    return 0, requests
  end
  return requests, 0
end


-- The value of a metric over all rows. Where it is none, or the order of ties is one of rows, the
-- log is measured as one request.
local function pooled_value(log, one)
  local whole = log.depth == 0 and not log.judged_only
  local value = whole and core.pooled_auc(log.scores, log.gains, one, 1, log.judged)
  if value and value == value then
    return value
  end
  return pass(log, one, core.array({ 0, log.size }, "i64"), log.size)[1].value
end

--- Metrics that are defined over all rows at once: their values are put in place of the means.
function measure.pool(log, means)
  for i = 1, #log.texts do
    if kinds[core.metric_kind(log.metrics, i)].pooled then
      if log.retrieved then
        options.fail("%s: it is over all rows, which must all be ranked; gauc goes by request",
          log.texts[i])
      end
      local one = core.metric_parse({ log.texts[i] }, log.defaults)
      if log.ties then
        core.metric_set_ties(one, log.ties)
      end
      means[i].value = pooled_value(log, one)
      means[i].counted, means[i].empty = measure.pooled_counts(means[i], means[i].value)
    end
  end
  return means
end

return measure
