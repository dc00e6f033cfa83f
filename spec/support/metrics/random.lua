-- Random logs and metrics for comparisons with spec/support/metrics.lua.
local make = {}

-- What a metric's own parameters may be set to, by name; one that is not here fails the specs.
local parameters = {
  p = { 0, 0.5, 0.8, 0.95, 1 }, binary = { 0, 1 }, tail = { 0, 1 }, capped = { 0, 1 },
  beta = { 0, 0.5, 1, 2, 1000 }, multiple = { 0, 0.2, 0.5, 1, 2, 3.7 }, max = { 0, 1, 3, 4, 10 },
  recall = { 0, 0.1, 0.5, 0.75, 1 }, points = { 2, 3, 11, 101 },
  a = { 1, 0, -2.5, 100 }, b = { -1, 0, 3 }, c = { 0, 1, -0.25 }, d = { 0, 1, 2 },
}

local labels = {
  binary = { 0, 0, 1 },
  graded = { 0, 0, 1, 2, 3, 4 },
  fractional = { 0, 0.25, 0.5, 0.125, 1, 2.75 },
  negative = { -1.03125, -2.4375, 0, 1, 2, 3 }, -- whose sums do not cancel to a rounding error
  none = { 0 },
  below = { -1, 0, -0.5 },
  all = { 1, 2 },
}
local label_kinds = { "binary", "graded", "fractional", "negative", "none", "below", "all" }
local whole = { "binary", "graded", "none", "all" }

--- A maker of logs and metrics from one seed.
function make.new(sy, seed)
  local random, maker = sy.random(seed), {}

  local function below(n)
    return random:below(n)
  end
  local function one_of(list)
    return list[below(#list)]
  end
  maker.below, maker.one_of = below, one_of

  -- True so many times out of ten.
  local function chance(tenths)
    return below(10) <= tenths
  end
  maker.chance = chance

  local function shuffled(n)
    local list = {}
    for i = 1, n do
      local j = below(i)
      list[i] = list[j]
      list[j] = i
    end
    return list
  end

  --- One request of up to `most` items. o: steps (few: many ties; nil: none), labels (a kind),
  -- judged, retrieved (may each request have them).
  function maker.request(most, o)
    local n, values = below(most + 1) - 1, labels[o.labels or one_of(label_kinds)]
    local request = { scores = {}, labels = {}, names = shuffled(n), judged = o.judged and {} }
    local places = shuffled(n)
    for row = 1, n do
      request.scores[row] = o.steps and below(o.steps) / 4 or places[row] / 8
      request.labels[row] = one_of(values)
      if o.judged then
        request.judged[row] = one_of({ 1, 1, 1, 0, -1 })
      end
    end
    if o.retrieved then
      request.retrieved = below(n + 1) - 1
    end
    return request
  end

  --- A log of `count` requests: a table as spec.support.metrics has them. o: as above, and tables
  -- (gain and discount tables are there, and labels whole numbers).
  function maker.log(count, most, o)
    local log = { requests = {}, largest = 0, judged = o.judged, retrieved = o.retrieved }
    for id = 1, count do
      local kind = o.labels or one_of(o.tables and whole or label_kinds)
      log.requests[id] = maker.request(most, {
        steps = o.steps, judged = o.judged, retrieved = o.retrieved, labels = kind,
      })
      for _, label in ipairs(log.requests[id].labels) do
        log.largest = math.max(log.largest, label)
      end
    end
    if o.tables then
      log.gain_table = { 0, 1, 3, one_of({ 2, 7 }), 15 }
      log.discount_table = one_of({ { 1, 0.7, 0.7, 0.5, 0.25 }, { 0, 0, 1, 2 } })
    end
    return log
  end

  local function conventions(metric, log)
    metric.gain = one_of({ "linear", "exponential", log.gain_table and "table" or "linear" })
    local table_too = log.discount_table and "table" or "log2"
    metric.discount = one_of({ "log2", "jarvelin", "reciprocal", "none", table_too })
    if metric.discount == "jarvelin" then
      metric.base = one_of({ 1.5, 2, 4, 10 })
    end
  end

  --- A metric of a kind (as core.metric_kinds describes it) with random settings.
  function maker.metric(kind, log, ties, most)
    local metric = { kind = kind.name, ties = one_of(ties), p = {} }
    if kind.cutoff and chance(7) then
      metric.k = below(most + 4) - 1
    end
    metric.relevance = chance(4) and one_of({ 1, 2, 0.5 }) or nil
    if kind.gain then
      conventions(metric, log)
    end
    for _, parameter in ipairs(kind.parameters) do
      local values = assert(parameters[parameter.name], kind.name .. ": " .. parameter.name)
      if chance(7) then
        metric.p[parameter.name] = one_of(values)
      end
    end
    return metric
  end

  return maker
end

return make
