-- Maps through knots, and the ratio: what scikit-learn prints, closed forms, what a penalised
-- likelihood's optimum must be, degenerate data.
local check = require("spec.support.check")
local core = require("steelyard.core")
local maps = require("spec.support.maps")
local sy = require("steelyard")

local close = check.close

local function calibrator(map)
  return core.calibrator_new({ method = "test", map = map })
end

-- Predictions 1/10, 2/10 ... with labels divided by a number, so that they are within [0, 1].
local function curve_of(labels, divisor, weights)
  local p, y = {}, {}
  for i, label in ipairs(labels) do
    p[i], y[i] = i / 10, label / divisor
  end
  return core.curve(p, y, weights), p
end

local function draw(n, seed, ties)
  local random, p, y, w = sy.random(seed), {}, {}, {}
  for i = 1, n do
    local z = 2 * random:normal() - 0.5
    p[i] = 1 / (1 + math.exp(-(ties and math.floor(z * 4) / 4 or z)))
    y[i] = random:uniform() < 1 / (1 + math.exp(-(-0.5 + 0.6 * z))) and 1 or 0
    w[i] = 0.5 + random:uniform()
  end
  return p, y, w
end

local function shuffle(random, ...)
  local lists = { ... }
  for i = #lists[1], 2, -1 do
    local k = 1 + math.floor(random:uniform() * i)
    for _, list in ipairs(lists) do
      list[i], list[k] = list[k], list[i]
    end
  end
end

local function text_of(map)
  local list = {}
  for i = 1, #map.x do
    list[i] = ("%.17g %.17g"):format(map.x[i], map.y[i])
  end
  return table.concat(list, "\n")
end

local function check_rises(map, strictly, what)
  for i = 2, #map.x do
    assert.is_true(map.x[i] > map.x[i - 1], what)
    assert.is_true(map.y[i] > map.y[i - 1] or not strictly and map.y[i] == map.y[i - 1], what)
  end
end

local FITS = {
  plain = function(curve) return core.fit_isotonic(curve, "plain") end,
  centred = function(curve) return core.fit_isotonic(curve, "centred") end,
  histogram = function(curve) return core.fit_histogram(curve, 10, 1) end,
  piecewise = function(curve) return core.fit_piecewise(curve, 10, 10) end,
}

describe("fit_isotonic", function()
  it("gives what scikit-learn's tests expect", function()
    -- sklearn/tests/test_isotonic.py: test_isotonic_regression and ..._ties...; labels scaled
    local curve, p = curve_of({ 3, 7, 5, 9, 8, 7, 10 }, 20)
    local c = calibrator(core.fit_isotonic(curve, "plain"))
    for i, expected in ipairs({ 3, 6, 6, 8, 8, 8, 10 }) do
      close(expected / 20, c:evaluate(p[i]), 1e-15)
    end
    curve, p = curve_of({ 1, 41, 51, 1, 2, 5, 24 }, 100, { 1, 2, 3, 4, 5, 6, 7 })
    c = calibrator(core.fit_isotonic(curve, "plain"))
    for i, expected in ipairs({ 1, 13.95, 13.95, 13.95, 13.95, 13.95, 24 }) do
      close(expected / 100, c:evaluate(p[i]), 1e-15)
    end
  end)

  it("goes straight from block to block, and stays beyond the data", function()
    local curve = curve_of({ 1, 1, 3, 3 }, 10)
    local c = calibrator(core.fit_isotonic(curve, "plain"))
    close(0.2, c:evaluate(0.25), 1e-15)
    assert.are.equal(c:evaluate(0.1), c:evaluate(0))
    assert.are.equal(c:evaluate(0.4), c:evaluate(1))
  end)

  it("keeps ends from 0 and 1 by half a row, but no nearer than half way to the next", function()
    local map = core.fit_isotonic(curve_of({ 0, 0, 0, 1, 1 }, 1), "plain")
    close(0.5 / 4, map.y[1], 1e-15)
    close(1 - 0.5 / 3, map.y[#map.y], 1e-15)
    map = core.fit_isotonic(core.curve({ 0.1, 0.2 }, { 0, 0.01 }, { 1, 100 }), "plain")
    close(0.005, map.y[1], 1e-15)
    map = core.fit_isotonic(core.curve({ 0.1, 0.2 }, { 0.99, 1 }, { 100, 1 }), "plain")
    close(0.995, map.y[#map.y], 1e-15)
    close(0.5 / 3, core.fit_isotonic(curve_of({ 0, 0 }, 1), "plain").y[1], 1e-15)
    close(1 - 0.5 / 3, core.fit_isotonic(curve_of({ 1, 1 }, 1), "plain").y[1], 1e-15)
  end)

  it("puts the knots of centred maps at the blocks' mean predictions", function()
    local map = core.fit_isotonic(curve_of({ 3, 7, 5, 9, 8, 7, 10 }, 20), "centred")
    local x, y = { 0, 0.1, 0.25, 0.5, 0.7, 1 }, { 3, 3, 6, 8, 10, 10 }
    assert.are.equal(#x, #map.x)
    for i = 1, #x do
      close(x[i], map.x[i], 1e-15)
      close(y[i] / 20, map.y[i], 1e-3)
    end
    map = core.fit_isotonic(core.curve({ 0.1, 0.4 }, { 1, 0 }, { 1, 3 }), "centred")
    close(0.325, map.x[2], 1e-15)
    close(0.25, map.y[2], 1e-15)
  end)

  it("is ascending, strictly where centred, and has a finite log loss", function()
    for seed = 1, 10 do
      local p, y = draw(300, seed, seed % 2 == 0)
      p[1], y[1], p[2], y[2] = 0, 0, 1, 1
      local curve = core.curve(p, y)
      for _, kind in ipairs({ "plain", "centred" }) do
        local map = core.fit_isotonic(curve, kind)
        check_rises(map, kind == "centred", kind)
        local c = calibrator(map)
        assert.is_true(c:evaluate(0) > 0 and c:evaluate(1) < 1)
        if kind == "centred" then
          local before = -1
          for x = 0, 1, 0.001 do
            local value = c:evaluate(x)
            assert.is_true(value > before)
            before = value
          end
        end
      end
    end
  end)

  it("minimises the squared error under every ascending map of blocks", function()
    local p, y = draw(60, 3)
    local c = calibrator(core.fit_isotonic(core.curve(p, y), "plain"))
    local function error_of(q)
      local sum = 0
      for i = 1, #p do
        sum = sum + (q[i] - y[i]) ^ 2
      end
      return sum
    end
    local order = {}
    for i = 1, #p do
      order[i] = i
    end
    table.sort(order, function(i, k) return p[i] < p[k] end)
    local best = error_of(c:apply(p))
    local random = sy.random(5)
    for _ = 1, 300 do -- random ascending vectors near the fit
      local q, floor = {}, 0
      for _, i in ipairs(order) do
        floor = math.max(floor, math.min(1, c:evaluate(p[i]) + 0.05 * random:normal()))
        q[i] = floor
      end
      assert.is_true(error_of(q) >= best - 0.02) -- the ends' smoothing costs as much at most
    end
  end)
end)

describe("fit_histogram", function()
  it("draws the mean label of each bucket to its mean prediction", function()
    local curve = core.curve({ 0.1, 0.2, 0.3, 0.4, 0.5, 0.6 }, { 0, 1, 1, 0, 1, 1 })
    local map = core.fit_histogram(curve, 3, 2)
    assert.is_true(map.step)
    for i, expected in ipairs({ { 0.1, (1 + 2 * 0.15) / 4 }, { 0.25, (1 + 2 * 0.35) / 4 },
      { 0.45, (2 + 2 * 0.55) / 4 } }) do
      close(expected[1], map.x[i], 1e-15)
      close(expected[2], map.y[i], 1e-15)
    end
    local c = calibrator(map)
    close(map.y[1], c:evaluate(0.2), 0)
    close(map.y[2], c:evaluate(0.3), 0)
    close(map.y[1], c:evaluate(0), 0)
    close(map.y[3], c:evaluate(1), 0)
  end)

  it("is the mean predictions under an endless prior, and finite without one", function()
    local p, y = draw(500, 1)
    local map = core.fit_histogram(core.curve(p, y), 20, 1e18)
    local means = core.fit_histogram(core.curve(p, p), 20, 0)
    assert.are.equal(20, #map.y)
    for i = 1, #map.y do
      close(means.y[i], map.y[i], 1e-12)
    end
    map = core.fit_histogram(core.curve({ 0, 0.1, 0.9, 1 }, { 0, 0, 1, 1 }), 2, 0)
    close(0.5 / 3, map.y[1], 1e-15)
    close(1 - 0.5 / 3, map.y[2], 1e-15)
  end)

  it("refuses what is no number of buckets or rows", function()
    local curve = core.curve({ 0.5 }, { 1 })
    assert.has_error(function() core.fit_histogram(curve, 0, 1) end)
    assert.has_error(function() core.fit_histogram(curve, 10, -1) end)
    assert.has_error(function() core.fit_histogram(curve, 10, 0 / 0) end)
  end)
end)

describe("fit_piecewise", function()
  local SLOPE_MIN = 0.0009765625

  -- The penalised loss of a map with given values at the inner knots.
  local function loss_of(map, from, to, values, rows, prior)
    local penalty, loss, count = prior / 4, 0, to - from + 1
    for k = from, to do
      local d = values[k] - map.x[k]
      loss = loss + penalty / count * d * d / 2
      if k > from then
        local slope = (values[k] - values[k - 1]) / (map.x[k] - map.x[k - 1])
        if slope < SLOPE_MIN then
          return math.huge
        end
        loss = loss + penalty * (slope - 1) ^ 2 / 2
      end
    end
    for i = 1, #rows.p do
      local z, at = maps.logit(rows.p[i]), from
      while at < to and map.x[at + 1] <= z do
        at = at + 1
      end
      local f = z + values[at] - map.x[at]
      if at < to and z > map.x[at] then
        local share = (z - map.x[at]) / (map.x[at + 1] - map.x[at])
        f = values[at] + share * (values[at + 1] - values[at])
      end
      loss = loss + rows.w[i] * (math.max(f, 0) + math.log(1 + math.exp(-math.abs(f)))
        - rows.y[i] * f)
    end
    return loss
  end

  it("ends at the optimum of the penalised likelihood", function()
    for seed, prior in ipairs({ 0.1, 10, 300 }) do
      local p, y, w = draw(400, seed)
      local rows = { p = p, y = y, w = w }
      local map = core.fit_piecewise(core.curve(p, y, w), 6, prior)
      assert.are.equal(8, #map.x) -- six, and one at either end
      assert.is_true(map.in_logits)
      close(-40, map.x[1], 0)
      close(40, map.x[8], 0)
      close(map.y[2] - map.x[2], map.y[1] - map.x[1], 1e-12)
      close(map.y[7] - map.x[7], map.y[8] - map.x[8], 1e-12)
      local values = {}
      for k = 1, 8 do
        values[k] = map.y[k]
      end
      local best, random = loss_of(map, 2, 7, values, rows, prior), sy.random(seed)
      for t = 1, 300 do
        local near, size = {}, 10 ^ -(t % 5)
        for k = 2, 7 do
          near[k] = values[k] + size * random:normal()
        end
        assert.is_true(loss_of(map, 2, 7, near, rows, prior) >= best - 1e-5)
      end
    end
  end)

  it("is strictly ascending, where the data falls too", function()
    for seed = 1, 5 do
      local p, y = draw(300, seed)
      for i = 1, #p do
        y[i] = seed % 2 == 0 and 1 - y[i] or y[i]
      end
      for _, prior in ipairs({ 0, 1, 100 }) do
        check_rises(core.fit_piecewise(core.curve(p, y), 20, prior), true)
      end
    end
  end)

  it("is the identity under an endless prior", function()
    local p, y = draw(300, 1)
    local c = calibrator(core.fit_piecewise(core.curve(p, y), 10, 1e15))
    for i = 1, #p do
      close(p[i], c:evaluate(p[i]), 1e-10)
    end
  end)

  it("does not care what is called 1", function()
    local p, y, w = draw(400, 2)
    local flipped_p, flipped_y = {}, {}
    for i = 1, #p do
      flipped_p[i], flipped_y[i] = 1 - p[i], 1 - y[i]
    end
    local one = calibrator(core.fit_piecewise(core.curve(p, y, w), 8, 5))
    local two = calibrator(core.fit_piecewise(core.curve(flipped_p, flipped_y, w), 8, 5))
    for x = 0.02, 0.98, 0.04 do
      close(one:evaluate(x), 1 - two:evaluate(1 - x), 2e-3)
    end
  end)

  it("finds the truth in many rows, coarsened", function()
    local p, y = draw(100000, 4)
    local curve = core.curve(p, y)
    assert.is_true(#curve > 32768)
    local c = calibrator(core.fit_piecewise(curve, 20, 10))
    for x = 0.05, 0.95, 0.05 do
      close(maps.sigmoid(-0.5 + 0.6 * maps.logit(x)), c:evaluate(x), 0.02)
    end
  end)

  it("refuses what is no number of knots or rows", function()
    local curve = core.curve({ 0.5 }, { 1 })
    assert.has_error(function() core.fit_piecewise(curve, 0, 1) end)
    assert.has_error(function() core.fit_piecewise(curve, 10, -1) end)
    assert.has_error(function() core.fit_piecewise(curve, 10, 0 / 0) end)
  end)
end)

describe("fit_scale", function()
  it("makes the sums equal", function()
    close(1.5, core.fit_scale(core.curve({ 0.2, 0.4 }, { 0.5, 0.4 })).factor, 1e-15)
    close(1, core.fit_scale(core.curve({ 0.5, 0.25 }, { 1, 0 }, { 1, 2 })).factor, 1e-15)
  end)

  it("counts half a row where there are no labels or no predictions", function()
    close(0.5 / 0.6, core.fit_scale(core.curve({ 0.2, 0.4 }, { 0, 0 })).factor, 1e-15)
    close(2, core.fit_scale(core.curve({ 0, 0 }, { 1, 0 })).factor, 1e-15)
    assert.are.equal(1, core.fit_scale(core.curve({ 0, 0 }, { 0, 0 })).factor)
    assert.are.equal(1, core.fit_scale(core.curve({}, {})).factor)
  end)
end)

describe("maps through knots", function()
  it("do not see the order of rows", function()
    local p, y, w = draw(1000, 6, true)
    local random, texts = sy.random(1), {}
    for _ = 1, 5 do
      shuffle(random, p, y, w)
      for name, fit in pairs(FITS) do
        local text = text_of(fit(core.curve(p, y, w)))
        texts[name] = texts[name] or text
        assert.are.equal(texts[name], text)
      end
    end
  end)

  it("take a weight for so many rows", function()
    local p, y = draw(200, 7, true)
    local w, many_p, many_y = {}, {}, {}
    for i = 1, #p do
      w[i] = i % 4
      for _ = 1, w[i] do
        table.insert(many_p, p[i])
        table.insert(many_y, y[i])
      end
    end
    for name, fit in pairs(FITS) do
      local one = calibrator(fit(core.curve(p, y, w)))
      local two = calibrator(fit(core.curve(many_p, many_y)))
      for x = 0.01, 0.99, 0.02 do
        close(one:evaluate(x), two:evaluate(x), 1e-9, name)
      end
    end
  end)

  it("give something sensible for one row, one class, one value, and none", function()
    for _, rows in ipairs({
      { { 0.3 }, { 1 } }, { { 0.3, 0.3 }, { 1, 0 } }, { { 0 }, { 1 } }, { { 1 }, { 0 } },
      { { 0, 1 }, { 0, 1 } }, { { 0, 1 }, { 1, 0 } }, { { 0.2, 0.4 }, { 0, 0 } },
      { { 0.2, 0.4 }, { 1, 1 } }, { { 0.2, 0.4 }, { 1, 0 } }, { { 1e-300, 1 - 2 ^ -53 }, { 1, 0 } },
      { { 0.5, 0.5 + 1e-15 }, { 0, 1 } }, { {}, {} },
    }) do
      for name, fit in pairs(FITS) do
        local c = calibrator(fit(core.curve(rows[1], rows[2])))
        for x = 0, 1, 0.1 do
          local value = c:evaluate(x)
          assert.is_true(value >= 0 and value <= 1, name)
          if #rows[1] == 0 then
            close(x, value, 1e-15, name)
          elseif name ~= "piecewise" then
            assert.is_true(value > 0 and value < 1, name)
          end
        end
      end
    end
  end)
end)
