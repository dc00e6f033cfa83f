-- Significance: is the difference between two rankings' per-request values more than chance?

local core = require("steelyard.core")
local groups = require("steelyard.groups")
local options = require("steelyard.options")

local significance = {}

local TESTS = { "t", "wilcoxon", "randomisation" }
local ADJUSTMENTS = { "bonferroni", "holm", "hochberg", "bh", "by" }
local MOST_RESAMPLES = 10000000

-- From how many units on the intervals' default is "t": the others would take many seconds to tell
-- what is by then the same.
local MANY_UNITS = 100000

-- What both functions take.
local function with_common(table_)
  table_.clusters = {}
  table_.weights = { type = "array" }
  table_.confidence = { type = "number", default = 0.95 }
  table_.interval = { type = "string", one_of = { "bca", "percentile", "t" } }
  table_.resamples = { type = "integer" }
  table_.seed = { type = "integer", default = 1 }
  return table_
end

local compare_options = with_common({
  tests = { type = "string|list", default = "all" },
  zeros = { type = "string", one_of = { "drop", "pratt" }, default = "drop" },
  continuity = { type = "boolean", default = false },
})
local interval_options = with_common({})
significance.options = { compare = compare_options, interval = interval_options }

local function check_options(where, given, allowed)
  local o = options.check(where, given, allowed)
  local c, r = o.confidence, o.resamples
  if not (c > 0 and c < 1) then
    local message = "%s: confidence: expected a number between 0 and 1, got %s"
    options.fail(message, where, options.show(c))
  end
  if r and (r < 1 or r > MOST_RESAMPLES) then
    local message = "%s: resamples: expected 1 to %d, got %s"
    options.fail(message, where, MOST_RESAMPLES, options.show(r))
  end
  return o
end

local function need_length(name, values, n)
  options.need_numbers(name, values)
  if #values ~= n then
    options.fail("%s: %d numbers for %d requests", name, #values, n)
  end
end

-- Clusters as a groups object; nil where there are none.
local function layout_of(clusters, n)
  if clusters == nil then
    return nil
  end
  if not groups.is(clusters) then
    options.need(core.array.is(clusters) or type(clusters) == "table", "clusters",
      "an array or a table of ids", clusters)
    if #clusters ~= n then
      options.fail("clusters: %d ids for %d requests", #clusters, n)
    end
  end
  return groups.of(clusters, n)
end

-- The units of two systems' values, and what the requests say: {sums, weights, pairs}. first: nil
-- for the values of one system. weights: nil for 1 each.
local function units_of(first, second, o)
  local n = #second
  if o.weights then
    need_length("weights", o.weights, n)
  end
  local layout = layout_of(o.clusters, n)
  local weights, offsets = o.weights, layout and layout.offsets
  if layout and layout.order then
    core.pair_units(first, second, weights) -- its errors name the places as they were given
    first = first and layout:arrange(core.array(first))
    second = layout:arrange(core.array(second))
    weights = weights and layout:arrange(core.array(weights))
  end
  local sums, unit_weights, pairs_ = core.pair_units(first, second, weights, offsets)
  local plain = not weights and not layout
  return { sums = sums, weights = not plain and unit_weights or nil, pairs = pairs_ }
end

-- Where the mean lies: adds error, interval, confidence, low, high and, where there is no interval,
-- the reason.
local function add_interval(result, units, mean, o)
  local count = units.pairs.units
  local kind = o.interval or (count > MANY_UNITS and "t" or "bca")
  local t = core.t_test(units.sums, units.weights)
  result.error, result.interval, result.confidence = t.error, kind, o.confidence
  if count < 2 then
    local what = o.clusters and "clusters" or "requests"
    result.low, result.high = t.error, t.error -- NaN, too
    result.reason = ("an interval needs at least 2 %s that count, got %d"):format(what, count)
  elseif kind == "t" then
    local half = core.student_two_sided(1 - o.confidence, t.degrees) * t.error
    result.low, result.high = mean - half, mean + half
  else
    result.low, result.high = core.bootstrap(units.sums, units.weights, kind, o.confidence,
      o.resamples or 10000, o.seed)
  end
end

local run = {
  t = function(units)
    return core.t_test(units.sums, units.weights)
  end,
  wilcoxon = function(units, o)
    return core.wilcoxon(units.sums, units.weights, o.zeros, o.continuity)
  end,
  randomisation = function(units, o)
    return core.randomisation(units.sums, units.weights, o.resamples or 100000, o.seed)
  end,
}

-- The names of the tests to run.
local function wanted_tests(tests)
  if tests == "all" then
    return TESTS
  end
  local list = type(tests) == "string" and {} or tests
  for word in (type(tests) == "string" and tests or ""):gmatch("[^,%s]+") do
    list[#list + 1] = word
  end
  for i = 1, #list do
    if not run[list[i]] then
      options.fail("significance.compare: tests: %s is not one of %s, all%s",
        options.show(list[i]), table.concat(TESTS, ", "), options.hint(list[i], TESTS))
    end
  end
  return list
end

--- Compare two systems by their values of the same requests: what the second gains over the first.
function significance.compare(first, second, given)
  local o = check_options("significance.compare", given, compare_options)
  local tests = wanted_tests(o.tests)
  options.need_numbers("first", first)
  need_length("second", second, #first)
  local units = units_of(first, second, o)
  local p = units.pairs
  local result = {
    requests = p.requests, left_out = p.left_out, clusters = p.units,
    mean_first = p.first, mean_second = p.second,
    difference = p.difference, relative = p.difference / p.first,
    effect_size = p.difference == 0 and 0 or p.difference / p.deviation,
    wins = p.wins, ties = p.ties, losses = p.losses,
  }
  add_interval(result, units, p.difference, o)
  for _, name in ipairs(tests) do
    result[name] = run[name](units, o)
  end
  return result
end

--- The mean of one system's values, and how sure it is.
function significance.interval(values, given)
  local o = check_options("significance.interval", given, interval_options)
  options.need_numbers("values", values)
  local units = units_of(nil, values, o)
  local p = units.pairs
  local result = {
    requests = p.requests, left_out = p.left_out, clusters = p.units, mean = p.second,
  }
  add_interval(result, units, p.second, o)
  return result
end

--- p-values of many comparisons, made larger so that together they promise what each of them does.
function significance.adjust(p_values, method)
  options.need_numbers("p_values", p_values)
  for _, name in ipairs(ADJUSTMENTS) do
    if (method or "holm") == name then
      return core.adjust(p_values, name)
    end
  end
  options.fail("significance.adjust: method: %s is not one of %s%s", options.show(method),
    table.concat(ADJUSTMENTS, ", "), options.hint(method, ADJUSTMENTS))
end

return significance
