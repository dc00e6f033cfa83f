-- Monitors: what they tell of windows, when they raise an alarm, and that a saved one goes on to
-- the same bits. That false alarms are as rare as is said is spec/c/drift_test.c's matter.
local check = require("spec.support.check")
local paths = require("spec.support.paths")
local sy = require("steelyard")

local raises = check.raises_here
local monitor_of = sy.calibrate.monitor
local sketch = sy.calibrate.sketch

-- A day's rows: predictions around 5 %, labels' means the predictions / ratio.
local function day(random, n, ratio)
  local p, y = sy.array(n), sy.array(n)
  for i = 1, n do
    p[i] = 0.1 * random:uniform()
    y[i] = random:uniform() < p[i] / ratio and 1 or 0
  end
  return p, y
end

local function days(monitor, random, count, n, ratio)
  local last
  for _ = 1, count do
    last = monitor:add(day(random, n, ratio))
  end
  return last
end

describe("a monitor", function()
  it("stays calm while predictions are right", function()
    local monitor = monitor_of({ tolerance = 0 })
    local told = days(monitor, sy.random(1), 60, 500, 1)
    assert.are.equal(60, told.period)
    assert.is_false(told.alarm)
    assert.is_nil(told.since)
    assert.is_true(told.log_evidence < told.needed)
    assert.is_true(math.abs(told.needed - math.log(100)) < 1e-15)
  end)

  it("stays calm within the band that is tolerated", function()
    local monitor = monitor_of({ tolerance = 0.2 })
    local told = days(monitor, sy.random(2), 60, 2000, 1.15)
    assert.is_false(told.alarm)
    assert.is_true(told.ratio > 1.1 and told.ratio_low > 1 and told.ratio_low < told.ratio)
  end)

  for _, case in ipairs({ { 1.4, "too high" }, { 1 / 1.4, "too low" } }) do
    it("tells when predictions became " .. case[2], function()
      local random, monitor = sy.random(3), monitor_of()
      days(monitor, random, 30, 2000, 1)
      local told
      for i = 1, 40 do
        told = monitor:add(day(random, 2000, case[1]))
        if told.alarm then
          assert.is_true(i > 1)
          break
        end
      end
      assert.is_true(told.alarm)
      assert.are.equal(case[2], told.direction)
      assert.are.equal(told.period, told.raised)
      assert.is_true(math.abs(told.since - 31) <= 4, told.since)
      local later = days(monitor, random, 20, 2000, 1)
      assert.is_true(later.alarm) -- until a new monitor is made
      assert.are.equal(told.raised, later.raised)
      assert.are.equal(told.since, later.since)
    end)
  end

  it("tells the ratio of its last periods", function()
    local random, monitor = sy.random(4), monitor_of({ window = 3 })
    local list, told = {}, nil
    for i = 1, 5 do
      list[i] = sketch(day(random, 200, 1))
      told = monitor:add(list[i], { name = "day " .. i })
    end
    local window = sy.calibrate.merge(list[3], list[4], list[5])
    local expected = window:curve():summary(0.95)
    assert.are.equal(expected.ratio, told.ratio)
    assert.are.equal(expected.ratio_low, told.ratio_low)
    assert.are.equal(expected.ratio_high, told.ratio_high)
    assert.are.equal("day 5", told.name)
    assert.are.equal(200, told.n)
    assert.is_true(monitor:window() == window)
    assert.is_true(monitor:lifetime() == sy.calibrate.merge(list))
  end)

  it("hears the same from rows as from their sketch", function()
    local a, b = monitor_of(), monitor_of()
    for i = 1, 5 do
      local p, y = day(sy.random(i), 300, 1)
      local w = sy.array(300)
      for r = 1, 300 do
        w[r] = 1 + r % 3
      end
      assert.are.same(a:add(p, y, { weights = w }), b:add(sketch(p, y, { weights = w })))
    end
  end)

  it("takes periods without rows", function()
    local monitor = monitor_of()
    local told = monitor:add({}, {})
    assert.are.equal(0, told.n)
    assert.is_true(told.ratio ~= told.ratio)
    assert.is_false(told.alarm)
  end)

  it("finds a late drift nearly as fast as an early one", function()
    local function needs(calm)
      local random, monitor = sy.random(5), monitor_of({ tolerance = 0 })
      days(monitor, random, calm, 1000, 1)
      for i = 1, 100 do
        if monitor:add(day(random, 1000, 1.5)).alarm then
          return i
        end
      end
    end
    local early, late = needs(0), needs(150)
    assert.is_true(early <= 15 and late <= 30, ("%d, %d"):format(early, late))
  end)

  it("refuses what makes no sense", function()
    raises("tolerance: expected a number from 0 up, got -1", monitor_of, { tolerance = -1 })
    raises("false_alarm: expected a number between 0 and 1, got 0", monitor_of,
      { false_alarm = 0 })
    raises("window: expected a whole number from 1 up", monitor_of, { window = 0 })
    raises('unknown option "tolerence" (did you mean "tolerance"?)', monitor_of,
      { tolerence = 1 })
    local monitor = monitor_of()
    raises("a sketch of 5 bits, but this monitor's have 7", monitor.add, monitor,
      sketch({ 0.1 }, { 1 }, { bits = 5 }))
    raises("predictions: expected an array", monitor.add, monitor, nil)
    assert.are.equal(0, monitor.periods)
  end)
end)

describe("a monitor's file", function()
  after_each(paths.clean)

  it("brings it back, to go on to the same bits", function()
    local path = paths.temporary()
    local monitor = monitor_of({ window = 3, tolerance = 0.05, false_alarm = 0.02 })
    for i = 1, 12 do
      assert.is_true(monitor:save(path))
      local other = assert(monitor_of.load(path))
      assert.is_true(monitor_of.is(other))
      local p, y = day(sy.random(i), 2000, i > 6 and 1.8 or 1)
      local name = i % 2 == 0 and "day " .. i or nil
      local a, b = monitor:add(sketch(p, y), { name = name }), other:add(sketch(p, y),
        { name = name })
      assert.are.same(a, b)
      assert.is_true(monitor:window() == other:window())
      assert.is_true(monitor:lifetime() == other:lifetime())
      monitor = other
    end
    assert.is_true(monitor:save(path))
    assert.is_true(monitor:add({ 0.1 }, { 1 }).alarm)
  end)

  it("is refused where it is none", function()
    local path = paths.temporary()
    local function refused(pattern)
      local monitor, message = monitor_of.load(path)
      assert.is_nil(monitor)
      assert.is_truthy(message:find(path .. ": " .. pattern, 1, true), message)
    end
    refused("the file is empty")
    sketch.save({ a = sketch({ 0.1 }, { 1 }) }, path)
    refused("sketches, but no monitor's")
    sketch.save({ a = sketch({ 0.1 }, { 1 }) }, path,
      '{"format": "steelyard monitor", "version": 1, "settings": {"window": -1}, "names": ["1"]}')
    refused("sketches, but no monitor's")
    sketch.save({ ["window 1"] = sketch({ 0.1 }, { 1 }) }, path,
      '{"format": "steelyard monitor", "version": 1, "settings": {}, "names": ["1"]}')
    refused("sketches, but no monitor's")
    paths.write(path, "hello")
    refused("not a file of sketches")
  end)
end)
