-- Calibration by features: offsets by segment, shrunk, and boosting; folds and the losses of rows.
local core = require "steelyard.core"
local maps = require "spec.support.maps"
local sy = require "steelyard"

local sigmoid, logit = maps.sigmoid, maps.logit

-- Rows of segments, each with its own offset to the logit.
local function by_segment(sizes, offsets, seed)
  local random, p, y, s = sy.random(seed), {}, {}, {}
  for k, size in ipairs(sizes) do
    for _ = 1, size do
      p[#p + 1] = 0.1 + 0.6 * random:uniform()
      y[#y + 1] = random:uniform() < sigmoid(logit(p[#p]) + offsets[k]) and 1 or 0
      s[#s + 1] = "s" .. k
    end
  end
  return p, y, s
end

describe("calibration by segments", function()
  it("finds the offset of each segment that has rows enough", function()
    local offsets = { -1, -0.3, 0, 0.4, 1.2 }
    local p, y, s = by_segment({ 20000, 20000, 20000, 20000, 20000 }, offsets, 1)
    local c = sy.calibrate.fit(p, y, { method = "segment", base = "identity",
      features = sy.slices.values(s, { name = "segment" }) })
    for k, offset in ipairs(offsets) do
      local q = c:evaluate(0.4, { segment = "s" .. k })
      assert.is_true(math.abs(logit(q) - logit(0.4) - offset) < 0.06, k)
    end
    assert.are.equal(c:evaluate(0.4), c:evaluate(0.4, { segment = "never seen" }))
    assert.is_true(math.abs(c:evaluate(0.4) - 0.4) < 1e-15)
    assert.are.same({ "segment" }, c.features)
  end)

  it("draws small segments to the others", function()
    local sizes, offsets = {}, {}
    for k = 1, 30 do
      sizes[k], offsets[k] = 2000, k % 2 == 0 and 0.05 or -0.05
    end
    sizes[31], offsets[31] = 3, 0
    local p, y, s = by_segment(sizes, offsets, 2)
    for i = #y - 2, #y do
      y[i] = 1 -- three of three
    end
    local c = sy.calibrate.fit(p, y, { method = "segment", base = "platt",
      features = sy.slices.values(s, { name = "segment" }) })
    assert.is_true(math.abs(logit(c:evaluate(0.4, { segment = "s31" })) - logit(0.4)) < 0.1)
  end)

  it("goes down a hierarchy", function()
    local random, p, y, country, device = sy.random(3), {}, {}, {}, {}
    for i = 1, 40000 do
      country[i], device[i] = random:below(4), random:below(3)
      p[i] = 0.2 + 0.5 * random:uniform()
      local offset = (country[i] == 1 and 0.8 or 0)
        + (country[i] == 2 and device[i] == 2 and -1 or 0)
      y[i] = random:uniform() < sigmoid(logit(p[i]) + offset) and 1 or 0
    end
    local c = sy.calibrate.fit(p, y, { method = "segment", base = "identity", features = {
      sy.slices.values(country, { name = "country" }),
      sy.slices.values(device, { name = "device" }),
    } })
    local function offset_of(a, b)
      return logit(c:evaluate(0.4, { country = a, device = b })) - logit(0.4)
    end
    assert.is_true(math.abs(offset_of(1, 0) - 0.8) < 0.15)
    assert.is_true(math.abs(offset_of(2, 2) + 1) < 0.15)
    assert.is_true(math.abs(offset_of(2, 1)) < 0.15)
    -- Of a device never seen, the country is still known.
    assert.is_true(offset_of(1, 77) > 0.5)
  end)

  it("applies what it says row by row", function()
    local p, y, s = by_segment({ 300, 300 }, { 0.5, -0.5 }, 4)
    local c = sy.calibrate.fit(p, y, { method = "segment",
      features = sy.slices.values(s, { name = "segment" }) })
    local many = c:apply(p, { segment = s })
    for i = 1, #p, 37 do
      assert.are.equal(c:evaluate(p[i], { segment = s[i] }), many[i])
    end
    local ok, message = pcall(c.apply, c, p)
    assert.is_false(ok)
    assert.is_truthy(message:find("it goes by segment", 1, true), message)
    ok, message = pcall(c.apply, c, p, { segmemt = s })
    assert.is_false(ok)
    assert.is_truthy(message:find('did you mean "segmemt"', 1, true), message)
    local inverse, why = c:inverse(0.3)
    assert.is_nil(inverse)
    assert.is_string(why)
  end)
end)

describe("boosting", function()
  -- Wrong only where two features meet.
  local function crossed(n, seed)
    local random, p, y, a, b, noise = sy.random(seed), {}, {}, {}, {}, {}
    for i = 1, n do
      a[i], b[i], noise[i] = random:below(3), random:below(3), random:below(5)
      p[i] = 0.1 + 0.7 * random:uniform()
      local offset = a[i] == b[i] and 0.9 or -0.5
      y[i] = random:uniform() < sigmoid(logit(p[i]) + offset) and 1 or 0
    end
    return p, y, { sy.slices.values(a, { name = "a" }), sy.slices.values(b, { name = "b" }),
      sy.slices.values(noise, { name = "noise" }) }, { a = a, b = b, noise = noise }
  end

  it("finds what single features do not show", function()
    local p, y, features = crossed(20000, 5)
    local c = sy.calibrate.fit(p, y, { method = "boost", features = features })
    local q, labels, _, columns = crossed(20000, 6)
    local before = core.proper_scores(core.array(q), core.array(labels)).log_loss
    local after = core.proper_scores(c:apply(q, columns), core.array(labels)).log_loss
    local truth = {}
    for i = 1, #q do
      truth[i] = sigmoid(logit(q[i]) + (columns.a[i] == columns.b[i] and 0.9 or -0.5))
    end
    local best = core.proper_scores(core.array(truth), core.array(labels)).log_loss
    assert.is_true(before - after > 0.95 * (before - best),
      ("%g %g %g"):format(before, after, best))
    local first = c:parts().tables[1].features
    assert.are.same({ 1, 2 }, first)
  end)

  it("adds nothing where nothing is wrong", function()
    local tables = 0
    for seed = 1, 10 do
      local random, p, y, a = sy.random(seed), {}, {}, {}
      for i = 1, 3000 do
        a[i], p[i] = random:below(6), 0.1 + 0.7 * random:uniform()
        y[i] = random:uniform() < p[i] and 1 or 0
      end
      local c = sy.calibrate.fit(p, y, { method = "boost", base = "identity",
        features = sy.slices.values(a, { name = "a" }) })
      tables = tables + #c:parts().tables
      -- What is added is next to nothing.
      for i = 1, 6 do
        assert.is_true(math.abs(c:evaluate(0.5, { a = i - 1 }) - 0.5) < 0.04)
      end
    end
    assert.is_true(tables <= 4, tables)
  end)
end)

describe("folds", function()
  it("are even, and the same for every order of rows", function()
    local p = {}
    for i = 1, 103 do
      p[i] = (i * 37 % 101) / 101
    end
    local folds, dealt = core.deal_folds({ p }, false, 5, 1)
    assert.are.equal(103, dealt)
    local sizes = {}
    for i = 1, 103 do
      sizes[folds[i]] = (sizes[folds[i]] or 0) + 1
    end
    for f = 0, 4 do
      assert.is_true(sizes[f] == 20 or sizes[f] == 21)
    end
    -- As a multiset of (value, fold): equal values may swap.
    local function list_of(values, of_row)
      local list = {}
      for i = 1, #values do
        list[i] = ("%.17g:%d"):format(values[i], of_row[i])
      end
      table.sort(list)
      return list
    end
    local expected = list_of(p, folds)
    for seed = 1, 20 do
      local moved = core.array(p):gather(core.random(seed):shuffle(core.array.range(103)))
      assert.are.same(expected, list_of(moved, (core.deal_folds({ moved }, false, 5, 1))))
    end
  end)

  it("do not go by labels where predictions tie: their share is as random as the labels", function()
    local p, y = {}, {}
    for i = 1, 1000 do
      p[i], y[i] = (i % 4 + 1) / 5, math.floor(i / 4) % 2
    end
    local squares = 0
    for seed = 1, 100 do
      local folds = core.deal_folds({ p, y }, false, 5, seed)
      local labels = { [0] = 0, 0, 0, 0, 0 }
      for i = 1, 1000 do
        labels[folds[i]] = labels[folds[i]] + (y[i] - 0.5)
      end
      for f = 0, 4 do
        squares = squares + labels[f] ^ 2 / 500
      end
    end
    -- Of 4 times 50 drawn without replacement from 250 halves: 200 / 4 * (1 - 1 / 5).
    assert.is_true(math.abs(squares / 40 - 1) < 0.2, squares)
  end)

  it("keep clusters whole", function()
    local ids = {}
    for i = 1, 1000 do
      ids[i] = i * 7919 % 91
    end
    local folds, dealt = core.deal_folds({ ids }, true, 4, 9)
    assert.are.equal(91, dealt)
    local of_id, counts = {}, {}
    for i = 1, 1000 do
      of_id[ids[i]] = of_id[ids[i]] or folds[i]
      assert.are.equal(of_id[ids[i]], folds[i])
    end
    for _, fold in pairs(of_id) do
      counts[fold] = (counts[fold] or 0) + 1
    end
    for f = 0, 3 do
      assert.is_true(counts[f] == 22 or counts[f] == 23)
    end
  end)
end)

describe("the losses of rows", function()
  it("are what their names say", function()
    local p, y = { 0, 0.25, 0.5, 1, 1 }, { 0, 1, 0.5, 1, 0 }
    local log, brier = core.row_losses(p, y, "log_loss"), core.row_losses(p, y, "brier")
    for i = 1, #p do
      assert.are.equal((p[i] - y[i]) ^ 2, brier[i])
      local q = math.min(math.max(p[i], 2 ^ -52), 1 - 2 ^ -52)
      local near = -(y[i] * math.log(q) + (1 - y[i]) * math.log(1 - q))
      assert.is_true(math.abs(log[i] - near) < 1e-14 * (1 + near))
    end
    assert.are.equal(52 * math.log(2), log[5])
  end)
end)

describe("the prior of the identity", function()
  it("adds rows that say that predictions are right", function()
    local p, y = { 0.2, 0.2, 0.8 }, { 1, 0, 1 }
    local drawn = core.curve_toward_identity(core.curve(p, y), 6)
    local arrays, totals = drawn:arrays(), drawn:totals()
    assert.are.same({ 0.2, 0.8 }, arrays.p:totable())
    assert.are.same({ 6, 3 }, arrays.w:totable())
    assert.is_true(math.abs(arrays.y[1] - (1 + 4 * 0.2)) < 1e-15)
    assert.is_true(math.abs(arrays.y[2] - (1 + 2 * 0.8)) < 1e-15)
    assert.are.equal(9, totals.n)
    assert.is_true(math.abs(totals.y - (2 + 6 * 0.4)) < 1e-14)
  end)
end)
