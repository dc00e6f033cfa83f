-- Orders and ranking metrics, with every convention an option. Each metric of the registry is a
-- function here; sy.metrics.measure takes many in one pass.

local core = require("steelyard.core")
local groups = require("steelyard.groups")
local measure = require("steelyard.measure")
local options = require("steelyard.options")
local slicing = require("steelyard.slicing")
local work = require("steelyard.work")

local metrics = { profiles = measure.profiles }

local rank_options = {
  groups = {},
  k = { type = "integer", default = 0 },
  ties = { type = "string", one_of = { "input", "name" }, default = "input" },
  names = {},
}

--- Rows in order of score, best first, request by request.
-- @return i64 array of 1-based rows, and i64 array of offsets: request r's rows are the elements
-- offsets[r] + 1 to offsets[r + 1] of the first.
function metrics.rank(scores, given)
  local o = options.check("rank", given, rank_options)
  options.need_numbers("scores", scores)
  local layout = groups.of(o.groups, #scores)
  local names = measure.name_places("rank", o.names, o.ties == "name")
  local order, offsets = core.rank(
    measure.arranged_numbers(layout, "scores", scores),
    layout.offsets,
    o.k,
    measure.arranged(layout, names),
    work.get(layout.longest)
  )
  if layout.order then
    order = layout.order:gather(order)
  end
  return order, offsets
end

local function with(base, more)
  local all = {}
  for key, spec in pairs(base) do
    all[key] = spec
  end
  for key, spec in pairs(more) do
    all[key] = spec
  end
  return all
end

-- --------------------------------------------------------------------- one function per metric --

-- The options of a metric's function: those of all, without what it has no use for, and its own.
local function options_of(kind)
  local all = with(measure.options, {})
  if kind.cutoff then
    all.k = { type = "integer", default = 0 }
  end
  if not kind.gain then
    all.gain, all.discount, all.base = nil, nil, nil
  end
  for _, parameter in ipairs(kind.parameters) do
    all[parameter.name] = { type = measure.is_switch(parameter) and "number|boolean" or "number" }
  end
  return all
end

-- "rbp(p=0.8)": the metric's own parameters as an expression.
local function expression(kind, o)
  local settings = {}
  for _, parameter in ipairs(kind.parameters) do
    local value = o[parameter.name]
    if type(value) == "boolean" then
      value = value and 1 or 0
    end
    if value then
      settings[#settings + 1] = ("%s=%.17g"):format(parameter.name, value)
    end
  end
  return #settings > 0 and ("%s(%s)"):format(kind.name, table.concat(settings, ","))
    or kind.name
end

local function details(mean)
  return { counted = mean.counted, empty = mean.empty }
end

-- The function of a metric: mean, every request's value, {counted, empty}.
local function metric_function(kind)
  local allowed = options_of(kind)
  metrics.options[kind.name] = allowed
  return function(scores, gains, given)
    local o = options.check(kind.name, given, allowed)
    local log = measure.prepare(kind.name, scores, gains, o, { expression(kind, o) })
    local means, each = measure.run(log, true)
    local mean = measure.pool(log, means)[1]
    return mean.value, each[1], details(mean)
  end
end

metrics.options = { rank = rank_options }
for name, kind in pairs(measure.kinds) do
  metrics[name] = metric_function(kind)
  if kind.alias then
    metrics[kind.alias] = metrics[name]
  end
end

-- --------------------------------------------------------------- NDCG and regret, DCG beside it --

local function beside_dcg(name)
  local allowed = options_of(measure.kinds[name])
  return function(scores, gains, given)
    local o = options.check(name, given, allowed)
    local log = measure.prepare(name, scores, gains, o, { name, "dcg" })
    local means, each = measure.run(log, true)
    local more = details(means[1])
    more.dcg, more.per_request_dcg = means[2].value, each[2]
    return means[1].value, each[1], more
  end
end

--- NDCG: the mean over requests, the array of the requests' values (NaN where skipped), and
-- details: dcg (mean), per_request_dcg, counted, empty.
metrics.ndcg = beside_dcg("ndcg")

--- Regret, 1 - NDCG: the mean over requests, the requests' values, and details as ndcg's.
metrics.regret = beside_dcg("regret")

-- ------------------------------------------------------------------------ many metrics at once --

local measure_options = with(measure.options, {
  metrics = { type = "string|list", default = "ndcg" },
  k = { type = "integer", default = 0 },
  per_request = { type = "boolean", default = true },
  range = { type = "boolean", default = false },
  by = { type = "table" },
})
metrics.options.measure = measure_options

--- "ndcg@10, rbp(p=0.8)" as a list of expressions: commas inside brackets part nothing.
function metrics.split(text)
  options.need(type(text) == "string", "metrics.split", "a text", text)
  local list, depth, start = {}, 0, 1
  for at = 1, #text + 1 do
    local c = at > #text and "," or text:sub(at, at)
    if c == "(" then
      depth = depth + 1
    elseif c == ")" then
      depth = depth - 1
    elseif c == "," and (depth <= 0 or at > #text) then
      list[#list + 1] = text:sub(start, at - 1):match("^%s*(.-)%s*$")
      start = at + 1
    end
  end
  return list
end

local function expressions(value)
  local list = type(value) == "string" and metrics.split(value) or value
  if #list == 0 then
    options.fail("measure: option \"metrics\": an empty list")
  end
  local seen = {}
  for i = 1, #list do
    options.need(type(list[i]) == "string", ("metrics[%d]"):format(i), "a text", list[i])
    if seen[list[i]] then
      options.fail("metrics: %s is there twice", list[i])
    end
    seen[list[i]] = true
  end
  return list
end

-- The mean of every metric with ties put best and worst, and in how many requests these differ.
local function ranges(scores, gains, o, texts, result)
  local values = {}
  for _, ties in ipairs({ "best", "worst" }) do
    local log = measure.prepare("measure", scores, gains, o, texts)
    measure.set_ties(log, ties)
    local means, each = measure.run(log, true)
    values[ties] = each
    for i, mean in ipairs(measure.pool(log, means)) do
      result[i][ties] = mean.value
    end
  end
  for i = 1, #texts do
    local _, _, pairs_ = core.pair_units(values.best[i], values.worst[i])
    result[i].tied = pairs_.wins + pairs_.losses
  end
end

--- Measure many metrics in one pass.
-- @return a list of {name, kind, k, mean, counted, empty, per_request, weights}, in the order of
-- the expressions and also by their texts; with range, best, worst and tied (how many requests'
-- value the order of equal scores changes); with by, slices (see steelyard.slices).
function metrics.measure(scores, gains, given)
  local o = options.check("measure", given, measure_options)
  local texts, by = expressions(o.metrics), o.by and slicing.check(o.by)
  local log = measure.prepare("measure", scores, gains, o, texts)
  local keep = o.per_request or by ~= nil
  local means, each, weights = measure.run(log, keep, keep)
  measure.pool(log, means)
  local result = { groups = log.layout }
  for i, text in ipairs(texts) do
    local name, k = core.metric_kind(log.metrics, i)
    local one = {
      name = text,
      kind = name,
      k = k,
      mean = means[i].value,
      counted = means[i].counted,
      empty = means[i].empty,
      per_request = o.per_request and each[i] or nil,
      weights = o.per_request and weights[i] or nil,
    }
    result[i], result[text] = one, one
  end
  if by then
    result.slices = slicing.measure(by, log, each, weights)
  end
  if o.range then
    ranges(scores, gains, o, texts, result)
  end
  return result
end

--- What every metric is: a list of {name, alias, help, source, parameters ...}.
function metrics.list()
  return core.metric_kinds()
end

return metrics
