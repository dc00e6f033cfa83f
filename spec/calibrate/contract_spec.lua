-- The contract of scale between versions of a model: ratios, the value's attribution, verdicts.
local calibrators = require "spec.support.calibrators"
local core = require "steelyard.core"
local maps = require "spec.support.maps"
local sy = require "steelyard"

local sigmoid = maps.sigmoid
local contract = sy.calibrate.contract

local function raised(f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok)
  assert.truthy(message:find("contract_spec.lua:%d+: "), message)
  return (message:gsub("^.-:%d+: ", ""))
end

local function near(expected, actual, tolerance)
  local most = (tolerance or 1e-12) * math.max(1, math.abs(expected))
  assert.is_true(math.abs(expected - actual) <= most,
    ("%.17g instead of %.17g"):format(actual, expected))
end

-- n predictions, and the requests of sizes 1 to 9 that they belong to.
local function log(n, seed)
  local random, p, groups, request, left = sy.random(seed or 1), {}, {}, 0, 0
  for i = 1, n do
    if left == 0 then
      request, left = request + 1, random:below(9)
    end
    p[i], groups[i], left = sigmoid(2 * random:normal() - 2), request, left - 1
  end
  return p, groups
end

local function map(list, f)
  local out = {}
  for i, x in ipairs(list) do
    out[i] = f(x, i)
  end
  return out
end

local function without_objects(result)
  for _, task in pairs(result.tasks) do
    task.mend.calibrator = nil
  end
  return result
end

describe("the contract of scale", function()
  it("finds nothing between equals", function()
    local p, groups = log(500)
    local vm = sy.value_model.new({ weights = { a = 2 } })
    local c = contract({ a = p }, { a = p }, { groups = groups, value_model = vm })
    local a = c.tasks.a
    assert.same({ 1, 1, 1, 0 }, { a.ratio, a.low, a.high, a.error })
    assert.equal("holds", a.verdict)
    assert.equal("holds", c.verdict)
    assert.same({}, c.moved)
    assert.equal(1, a.spread)
    assert.equal(10, #a.levels)
    for _, level in ipairs(a.levels) do
      assert.equal(1, level.ratio)
    end
    assert.same({ 1, 0, 1 }, { c.value.overlap, c.value.top_changed, c.value.ratio })
    near(1, c.value.kendall_tau)
    assert.equal(0, c.value.attribution.a)
    near(0, a.mend.shift, 1e-9)
    near(1, a.mend.slope, 1e-6)
    assert.equal(1, a.mend.factor)
    assert.equal(500, c.rows)
    assert.equal("requests", c.units)
  end)

  it("finds a factor exactly", function()
    local p, groups = log(800)
    p = map(p, function(x) return x * 0.8 end)
    local q = map(p, function(x) return x * 1.2 end)
    local c = contract({ a = p, b = p }, { a = q, b = p }, { groups = groups })
    local a = c.tasks.a
    near(1.2, a.ratio)
    near(1.2, a.low)
    near(1.2, a.high)
    near(1 / 1.2, a.mend.factor)
    assert.equal("moved", a.verdict)
    assert.equal("holds", c.tasks.b.verdict)
    assert.equal("moved", c.verdict)
    assert.same({ "a" }, c.moved)
    assert.same({ "a", "b" }, c.order)
    local n = 0
    for _, level in ipairs(a.levels) do
      near(1.2, level.ratio)
      n = n + level.n
    end
    assert.equal(800, n)
    assert.is_nil(c.value)
  end)

  it("has the error of a ratio of totals", function()
    -- R = 5/4, residuals 3/4 and -3/4 (in tenths): sqrt(2 * 2 * 9/16) / 4
    local a = contract({ a = { 0.1, 0.3 } }, { a = { 0.2, 0.3 } }, { groups = { 1, 2 } }).tasks.a
    near(1.25, a.ratio)
    near(0.375, a.error)
    near(1.25 - 12.706204736432095 * 0.375, a.low, 1e-9)
    near(1.25 + 12.706204736432095 * 0.375, a.high, 1e-9)
    assert.equal("unclear", a.verdict)
    near(0.2, a.mean_before)
    near(0.25, a.mean_after)
    -- what the paired tests say of weighted units
    local p, groups = log(300, 7)
    local random = sy.random(3)
    local q = map(p, function(x) return math.min(1, x * (0.5 + random:uniform())) end)
    a = contract({ a = p }, { a = q }, { groups = groups }).tasks.a
    local layout = sy.groups.of(groups)
    local before, after = core.request_sums(p, layout.offsets), core.request_sums(q, layout.offsets)
    near(core.t_test(after, before).error, a.error, 1e-12)
  end)

  it("takes requests, not rows, as drawn independently", function()
    local p, groups = log(600)
    local random, factor = sy.random(5), {}
    local q = map(p, function(x, i)
      local g = groups[i]
      factor[g] = factor[g] or 0.5 + random:uniform() / 2
      return x * factor[g]
    end)
    local clustered = contract({ a = p }, { a = q }, { groups = groups })
    local single = contract({ a = p }, { a = q })
    assert.equal("rows", single.units)
    near(clustered.tasks.a.ratio, single.tasks.a.ratio)
    assert.is_true(clustered.tasks.a.error > 1.2 * single.tasks.a.error)
    -- ten copies of every row in its request say no more
    local pp, qq, gg = {}, {}, {}
    for i = 1, #p do
      for _ = 1, 10 do
        pp[#pp + 1], qq[#qq + 1], gg[#gg + 1] = p[i], q[i], groups[i]
      end
    end
    local copied = contract({ a = pp }, { a = qq }, { groups = gg })
    near(clustered.tasks.a.error, copied.tasks.a.error, 1e-9)
  end)

  it("covers the truth as often as it says", function()
    local random, hits, trials = sy.random(21), 0, 400
    local groups = {}
    for i = 1, 240 do
      groups[i] = math.ceil(i / 4)
    end
    for _ = 1, trials do
      local p, q, factor = {}, {}, 1
      for i = 1, 240 do
        if i % 4 == 1 then
          factor = 0.7 + 0.6 * random:uniform()
        end
        p[i] = 0.05 + 0.4 * random:uniform()
        q[i] = p[i] * factor * (0.8 + 0.4 * random:uniform())
      end
      local offsets = sy.groups.of(groups).offsets
      local before, after = core.request_sums(p, offsets), core.request_sums(q, offsets)
      local change = core.scale_change(before, after)
      local half = core.student_two_sided(0.05, 59) * change.error
      hits = hits + (math.abs(change.ratio - 1) <= half and 1 or 0)
    end
    assert.is_true(hits >= 0.915 * trials and hits <= 0.98 * trials, hits)
  end)

  it("does not see the order of rows, nor that of requests", function()
    local p, groups = log(400, 9)
    local q = map(p, function(x, i) return math.min(1, x * (1 + 0.3 * math.sin(i))) end)
    local vm = sy.value_model.new({ weights = { a = 1, b = -0.3 } })
    local function at(order)
      local function pick(list)
        return map(order, function(i) return list[i] end)
      end
      local before, after = { a = pick(p), b = pick(q) }, { a = pick(q), b = pick(p) }
      return without_objects(contract(before, after, {
        groups = pick(groups), value_model = vm, labels = { a = pick(map(p, function(x)
          return x > 0.3 and 1 or 0
        end)) },
      }))
    end
    local straight = {}
    for i = 1, #p do
      straight[i] = i
    end
    local expected = at(straight)
    expected.value.kendall_tau, expected.value.overlap, expected.value.top_changed = nil, nil, nil
    for seed = 1, 10 do
      local result = at(sy.random(seed):shuffle(core.array.range(#p)):totable())
      result.value.kendall_tau, result.value.overlap, result.value.top_changed = nil, nil, nil
      assert.same(expected, result)
    end
  end)

  it("gives the bootstrap, too, the same for a seed", function()
    local p, groups = log(900, 4)
    local q = map(p, function(x, i) return math.min(1, x * (0.9 + 0.2 * (i % 3) / 2)) end)
    local function of(more)
      local o = { groups = groups, interval = "bootstrap" }
      for key, value in pairs(more or {}) do
        o[key] = value
      end
      return contract({ a = p }, { a = q }, o).tasks.a
    end
    local delta = contract({ a = p }, { a = q }, { groups = groups }).tasks.a
    local one, again, other = of(), of(), of({ seed = 2 })
    assert.same({ one.low, one.high }, { again.low, again.high })
    assert.is_not.same({ one.low, one.high }, { other.low, other.high })
    near(delta.low, one.low, 0.01)
    near(delta.high, one.high, 0.01)
    near(delta.high - delta.low, one.high - one.low, 0.003)
    assert.truthy(raised(contract, { a = { 0, 0 } }, { a = { 0.1, 0.1 } }, {
      interval = "bootstrap" }):find("sums above 0", 1, true))
  end)

  it("judges by the tolerance", function()
    local p, groups = log(500)
    p = map(p, function(x) return x * 0.9 end)
    local function verdict(factor, tolerance)
      local q = map(p, function(x) return x * factor end)
      return contract({ a = p }, { a = q }, { groups = groups, tolerance = tolerance }).verdict
    end
    assert.equal("holds", verdict(1.04))
    assert.equal("moved", verdict(1.06))
    assert.equal("holds", verdict(1.06, 0.1))
    assert.equal("holds", verdict(0.96))
    assert.equal("moved", verdict(0.94))
    local one = contract({ a = { 0.5 } }, { a = { 0.5 } })
    assert.equal("unclear", one.verdict)
    assert.is_true(one.tasks.a.low ~= one.tasks.a.low)
    local zero = contract({ a = { 0, 0 } }, { a = { 0, 0 } })
    assert.equal("unclear", zero.verdict)
  end)

  it("tells by level, spread and mending how predictions changed", function()
    local p, groups = log(1000)
    local z = map(p, function(x) return math.log(x / (1 - x)) end)
    local a = contract({ a = p }, { a = map(z, function(x) return sigmoid(2 * x) end) },
      { groups = groups }).tasks.a
    near(2, a.spread, 1e-9)
    near(2 * a.logit_before, a.logit_after, 1e-9)
    for l = 2, 10 do
      assert.is_true(a.levels[l].ratio > a.levels[l - 1].ratio)
      assert.is_true(a.levels[l].from > a.levels[l - 1].to)
    end
    near(0.5, a.mend.slope, 1e-6)
    near(0, a.mend.intercept, 1e-6)
    a = contract({ a = p }, { a = map(z, function(x) return sigmoid(x + 0.5) end) }).tasks.a
    near(-0.5, a.mend.shift, 1e-7)
    near(1, a.spread, 1e-9)
    local q = map(z, function(x) return sigmoid(0.7 * x + 0.2) end)
    a = contract({ a = p }, { a = q }).tasks.a
    near(1 / 0.7, a.mend.slope, 1e-6)
    near(-0.2 / 0.7, a.mend.intercept, 1e-6)
    local back = a.mend.calibrator:apply(q)
    for i = 1, 20 do
      near(p[i], back[i], 1e-6)
    end
    -- Equal predictions are never split.
    a = contract({ a = { 0.2, 0.2, 0.2, 0.4 } }, { a = { 0.1, 0.2, 0.3, 0.1 } },
      { buckets = 4 }).tasks.a
    assert.equal(2, #a.levels)
    assert.same({ 3, 1 }, { a.levels[1].n, a.levels[2].n })
    near(1, a.levels[1].ratio)
    near(0.25, a.levels[2].ratio)
  end)

  it("tells how well either version is calibrated", function()
    local labels = { 1, 0, 0, 1 }
    local c = contract({ a = { 0.5, 0.25, 0.25, 0.5 } }, { a = { 1, 0.5, 0.5, 1 } },
      { labels = { a = labels } })
    near(0.75, c.tasks.a.calibration.before.ratio)
    near(1.5, c.tasks.a.calibration.after.ratio)
    assert.is_nil(contract({ a = { 0.5 } }, { a = { 0.5 } }).tasks.a.calibration)
    local data = sy.dataset.new({ predictions = { a = { 0.5, 0.25 } }, labels = { a = { 1, 0 } } })
    near(0.75, contract(data, data).tasks.a.calibration.before.ratio)
  end)

  it("refuses what it cannot compare", function()
    local function fails(...)
      return (raised(contract, ...):gsub("^calibrate%.contract: ", ""))
    end
    assert.equal("before: expected a data set or a table {task = predictions}, got 3",
      fails(3, {}))
    assert.equal("before and after have no task in common", fails({ a = { 1 } }, { b = { 1 } }))
    assert.equal('after has no predictions of "p_like" (did you mean "p_likes"?)',
      fails({ p_like = { 1 } }, { p_likes = { 1 } }, { tasks = { "p_like" } }))
    assert.equal("after: a has 1 rows, but there are 2", fails({ a = { 1, 0 } }, { a = { 1 } }))
    assert.equal("before: a: 1.5 is not from 0 to 1", fails({ a = { 0, 1.5 } }, { a = { 0, 1 } }))
    assert.equal("after: a: -1 is not from 0 to 1", fails({ a = { 0, 1 } }, { a = { -1, 1 } }))
    assert.truthy(fails({ a = { 0, 1 } }, { a = { 0 / 0, 1 } }):find("is not from 0 to 1"))
    for option, value in pairs({ tolerance = 0, confidence = 1, resamples = 0, buckets = 0, k = 0 })
    do
      assert.truthy(fails({ a = { 1 } }, { a = { 1 } }, { [option] = value }):find("^" .. option))
    end
    assert.equal("after: expected a data set or a table {task = predictions}, got nil",
      fails({ p = { 0.5 } }, nil))
    assert.equal("value_model: expected a value model, got a table",
      fails({ a = { 1 } }, { a = { 1 } }, { value_model = {} }))
    assert.equal("value_model_after: there is no value_model, before",
      fails({ a = { 1 } }, { a = { 1 } }, {
        value_model_after = sy.value_model.new({ weights = { a = 1 } }) }))
    assert.equal('join = "items" needs two data sets',
      fails({ a = { 1 } }, { a = { 1 } }, { join = "items" }))
    assert.equal('unknown option "tolerence" (did you mean "tolerance"?)',
      fails({ a = { 1 } }, { a = { 1 } }, { tolerence = 1 }))
    assert.truthy(fails({ a = { 1, 1 } }, { a = { 1, 1 } }, { groups = { 1 } }))
  end)
end)

describe("the contract of a value", function()
  it("says which task moves it", function()
    local p, groups = log(600)
    p = map(p, function(x) return x / 2 end)
    local r = log(600, 2)
    local vm = sy.value_model.new({ weights = { a = 2, b = -1 / 2, c = 1 } })
    local before = { a = p, b = r, c = p }
    local after = { a = map(p, function(x) return 1.5 * x end), b = map(r, function(x)
      return x / 2
    end), c = p }
    local c = contract(before, after, { groups = groups, value_model = vm })
    local value = c.value
    local sum = 0
    for _, share in pairs(value.attribution) do
      sum = sum + share
    end
    near(value.ratio - 1, sum)
    assert.equal(0, value.attribution.c)
    near(2 * 0.5 * c.tasks.a.mean_before / value.mean_before, value.attribution.a)
    near(0.25 * c.tasks.b.mean_before / value.mean_before, value.attribution.b)
    near(vm:score(before):mean(), value.mean_before)
    assert.same({ "a", "b", "value" }, c.moved)
    -- A value below 0 that falls by half.
    local negative = sy.value_model.new({ weights = { a = -1 } })
    c = contract({ a = p }, { a = map(p, function(x) return 1.5 * x end) },
      { groups = groups, value_model = negative })
    near(1.5, c.value.ratio)
    near(-0.5, c.value.attribution.a)
    assert.equal("moved", c.value.verdict)
  end)

  it("goes by calibrated predictions, and by either version's value model", function()
    local p, groups = log(300)
    local q = map(p, function(x) return x / 2 end)
    local old = sy.value_model.new({ weights = { a = 1 } })
    local new = sy.value_model.new({ weights = { a = 1, b = 1 }, calibrators = {
      a = require("steelyard.calibrator").wrap(core.calibrator_new({
        method = "ratio", map = { kind = "scale", rate = 1, factor = 2 },
      })),
    } })
    local c = contract({ a = p }, { a = q, b = map(p, function() return 0.001 end) },
      { groups = groups, value_model = old, value_model_after = new })
    near(0.5, c.tasks.a.ratio)
    near(0, c.value.attribution.a)
    near(0.001 / c.value.mean_before, c.value.attribution.b)
    near(1 + c.value.attribution.b, c.value.ratio)
    local segments = sy.value_model.new({ weights = { a = 1 }, calibrators = {
      a = calibrators.new("platt", calibrators.segments),
    } })
    local before, after = { a = p }, { a = q }
    for _, side in ipairs({ before, after }) do
      side.country = map(p, function(_, i) return i % 2 == 0 and "de" or "fr" end)
      side.age = map(p, function(_, i) return i % 50 end)
      side.slot = map(p, function(_, i) return i % 5 end)
    end
    c = contract(before, after, { tasks = { "a" }, groups = groups, value_model = segments })
    near(segments:score(before):mean(), c.value.mean_before)
    near(segments:score(after):mean(), c.value.mean_after)
  end)

  it("compares the orders", function()
    local vm = sy.value_model.new({ weights = { a = 1 } })
    local c = contract({ a = { 0.9, 0.5, 0.1, 0.8, 0.2 } }, { a = { 0.5, 0.9, 0.1, 0.8, 0.2 } },
      { groups = { 1, 1, 1, 2, 2 }, value_model = vm, k = 2 })
    assert.equal(0.5, c.value.top_changed)
    assert.equal(1, c.value.overlap)
    near((1 / 3 + 1) / 2, c.value.kendall_tau)
    assert.equal(2, c.value.k)
  end)
end)

describe("two versions of a log", function()
  local P = { 0.1, 0.2, 0.3, 0.4, 0.5, 0.6 }
  local function data(requests, items, p)
    return sy.dataset.new({ predictions = { a = p or P }, groups = requests, items = items })
  end
  local REQUESTS, ITEMS = { "x", "x", "x", "y", "y", "z" }, { "i", "j", "k", "i", "j", "i" }

  it("are matched row by row", function()
    local c = contract(data(REQUESTS), data(REQUESTS, nil, { 0.2, 0.4, 0.6, 0.8, 1, 1 }))
    assert.equal(3, c.requests)
    assert.equal(0, c.repeated)
    assert.equal('calibrate.contract: before and after have other requests, or in another order '
      .. '(join = "items" looks rows up)',
      raised(contract, data(REQUESTS), data({ "x", "x", "y", "y", "y", "z" })))
    assert.equal('calibrate.contract: before and after have other requests, or in another order '
      .. '(join = "items" looks rows up)',
      raised(contract, data(REQUESTS), data({ "x", "x", "x", "w", "w", "z" })))
    assert.equal("calibrate.contract: before has 6 rows, but after has 2",
      raised(contract, data(REQUESTS), data({ "x", "x" }, nil, { 1, 1 })))
  end)

  it("are matched by request and item", function()
    local order = { 6, 4, 2, 3, 1, 5 }
    local function pick(list)
      return map(order, function(i) return list[i] end)
    end
    local after = data(pick(REQUESTS), pick(ITEMS), pick(map(P, function(x) return x * 1.25 end)))
    local c = contract(data(REQUESTS, ITEMS), after, { join = "items" })
    near(1.25, c.tasks.a.ratio)
    near(1.25, c.tasks.a.low)
    near(1.25, c.tasks.a.high)
    assert.equal("moved", c.verdict)
    local items = pick(ITEMS)
    items[1] = "j"
    assert.equal('calibrate.contract: groups "z", item "i" is not as often in before as in after',
      raised(contract, data(REQUESTS, ITEMS), data(pick(REQUESTS), items), { join = "items" }))
    assert.equal('calibrate.contract: join = "items": after has no item names (item=)',
      raised(contract, data(REQUESTS, ITEMS), data(REQUESTS), { join = "items" }))
    -- The same item twice in a request: in order.
    local twice = { "i", "i", "k", "i", "j", "i" }
    c = contract(data(REQUESTS, twice), data(REQUESTS, twice), { join = "items" })
    assert.equal(1, c.repeated)
    assert.equal(1, c.tasks.a.ratio)
    assert.equal(0, c.tasks.a.error)
    assert.truthy(raised(contract, data(REQUESTS, twice), data(REQUESTS, ITEMS), { join = "items" })
      :find("is not as often", 1, true))
  end)

  it("may be one data set with other predictions", function()
    local before = data(REQUESTS)
    local c = contract(before, before:with_predictions({ a = map(P, function(x)
      return x / 2
    end) }))
    assert.equal(0.5, c.tasks.a.ratio)
    local vm = sy.value_model.new({ weights = { a = 3 } })
    c = contract(before, before, { value_model = vm })
    assert.equal(1, c.value.ratio)
  end)

  it("may be narrow", function()
    local c = contract({ a = sy.array(P, "f32") }, { a = sy.array(P) })
    near(1, c.tasks.a.ratio, 1e-6)
    assert.equal("holds", c.verdict)
  end)
end)

describe("sums by request", function()
  it("are exact whatever the order, and may be of a cell alone", function()
    local offsets = core.array({ 0, 3, 3, 5 }, "i64")
    local values, cells = { 0.1, 0.2, 0.3, -1, 1 }, core.array({ 0, 1, 0, 1, 1 }, "i32")
    assert.same({ 0.6, 0, 0 }, map(core.request_sums(values, offsets):totable(), function(x)
      return tonumber(("%.12g"):format(x))
    end))
    assert.equal(core.request_sums({ 0.3, 0.1, 0.2 }, { 0, 3 })[1],
      core.request_sums({ 0.1, 0.2, 0.3 }, { 0, 3 })[1])
    assert.equal(0.2, core.request_sums(values, offsets, cells, 1)[1])
    assert.equal(0, core.request_sums({ 1e-200, -1e-200 }, { 0, 2 })[1])
    assert.truthy(raised(core.request_sums, { 1, 0 / 0 }, { 0, 2 }):find("values[2]", 1, true))
    raised(core.request_sums, { 1 }, { 0, 2 })
    raised(core.request_sums, { 1 }, { 0, 1 }, { 1, 2 })
    raised(core.scale_change, { 1 }, { 1, 2 })
    local change = core.scale_change({ 0, 0 }, { 1, 1 })
    assert.equal(math.huge, change.ratio)
  end)
end)
