-- Cumulative differences and their tests: against MCGrad's printed numbers, tails to 60 digits
-- (spec/golden/calibration.py), the definition, and what chance alone would give.
local check = require("spec.support.check")
local core = require("steelyard.core")
local curves = require("spec.support.curves")
local paths = require("spec.support.paths")
local sy = require("steelyard")

local close = check.close

local golden = sy.json.decode(paths.read(paths.root .. "/spec/golden/calibration.json"))
local inf = math.huge

describe("The tests' p-values", function()
  it("are exact to 1e-10 of p, down to e^-500,000", function()
    assert.is_true(#golden > 30)
    for _, case in ipairs(golden) do
      -- An error of ln p is a relative one of p.
      local rounding = 4e-16 * case.x * case.x
      close(case.kuiper, core.kuiper_log_p(case.x), 1e-13 + rounding, "range at " .. case.x)
      close(case.ks, core.ks_log_p(case.x), 1e-13 + rounding, "maximum at " .. case.x)
    end
  end)

  -- The values that section 2.3 of the calibration research computed (facebookresearch/ecevecce,
  -- codes/pvals.py and codes/dists.py, prints -2.2e-16 for the third).
  it("are those of ecevecce, past where its own are lost", function()
    for x, p in pairs({ [2.2585549672545224] = 0.09559417556257464,
      [4.500374236241608] = 2.7133571708963e-05, [9.604586718869454] = 3.058562458508683e-21 }) do
      close(1, math.exp(core.kuiper_log_p(x)) / p, 1e-13, tostring(x))
    end
    close(1, math.exp(core.kuiper_log_p(30)) / 3.92537e-197, 1e-6)
    close(1, math.exp(core.ks_log_p(9.347180056695407)) / 1.8003125e-20, 1e-7)
  end)

  it("fall steadily from 1 to nothing", function()
    for _, f in ipairs({ core.kuiper_log_p, core.ks_log_p }) do
      local last = 0
      for i = 0, 40000 do
        local here = f(i / 1000)
        assert(here <= last, i)
        last = here
      end
      assert.equal(0, f(0))
      assert.equal(0, f(-1))
      assert.equal(0, f(0.05))
      assert.equal(-inf, f(inf))
      assert.is_true(f(0 / 0) ~= f(0 / 0))
      assert.is_true(f(1e100) < -1e199)
    end
  end)

  it("have the means of Brownian motion's range and maximum", function()
    local function mean(f)
      local sum, step = 0, 1 / 1024
      for i = 0, 20 * 1024 do
        sum = sum + math.exp(f(i * step)) * (i == 0 and 0.5 or 1)
      end
      return sum * step
    end
    close(2 * math.sqrt(2 / math.pi), mean(core.kuiper_log_p), 1e-9)
    close(math.sqrt(math.pi / 2), mean(core.ks_log_p), 1e-9)
  end)
end)

describe("Cumulative differences", function()
  -- facebookincubator/MCGrad, src/mcgrad/tests/test_metrics.py: Kuiper's statistic as it is, and by
  -- its standard deviation.
  local MCGRAD = {
    { { 0.6, 0.8, 0.2, 0.4 }, { 0, 1, 0, 1 }, nil, 0.15, 0.67082 },
    { { 0.6, 0.8, 0.2, 0.4 }, { 1, 1, 1, 1 }, nil, 0.5, 2.23607 },
    { { 0.6, 0.8, 0.2, 0.4 }, { 0, 1, 0, 0 }, nil, 0.3, 1.34164 },
    { { 0.6, 0.8, 0.2, 0.4 }, { 0, 1, 0, 0 }, { 0.4, 0.3, 0.2, 0.1 }, 0.32, 1.289317 },
    { { 0, 0, 0, 0 }, { 0, 1, 0, 0 }, nil, 0.25, inf },
    { { 1, 1, 1, 1 }, { 0, 1, 0, 0 }, nil, 0.75, inf },
    { { 0, 0, 0, 0 }, { 0, 0, 0, 0 }, nil, 0, 0 },
    { { 1, 1, 1, 1 }, { 1, 1, 1, 1 }, nil, 0, 0 },
    { { 0, 0, 0, 0 }, { 1, 1, 1, 1 }, nil, 1, inf },
    { { 1, 1, 1, 1 }, { 0, 0, 0, 0 }, nil, 1, inf },
  }

  it("are MCGrad's", function()
    for i, case in ipairs(MCGRAD) do
      local result = core.curve(case[1], case[2], case[3]):cumulative()
      close(case[4], result.range, 1e-12, "range " .. i)
      close(case[5], result.kuiper, 1e-5, "kuiper " .. i)
    end
    close(math.sqrt(0.125), core.curve({ 0.5, 0.5 }, { 0, 1 }):cumulative().sigma)
  end)

  it("are the walk's range and maximum, by definition", function()
    local random = sy.random(4)
    for _, form in ipairs({ {}, { weighted = true }, { fractions = true } }) do
      for _, kind in ipairs({ "plain", "ties", "extreme" }) do
        local p, y, w = curves.draw(random, 300, kind, form)
        local walk, low, high, most, variance, weight = 0, 0, 0, 0, 0, 0
        for _, atom in ipairs(curves.atoms(p, y, w)) do
          walk = walk + atom.y - atom.w * atom.p
          low, high = math.min(low, walk), math.max(high, walk)
          most = math.max(most, math.abs(walk))
        end
        for i = 1, #p do
          local v = w and w[i] or 1
          weight, variance = weight + v, variance + v * v * p[i] * (1 - p[i])
        end
        local result = core.curve(p, y, w):cumulative()
        close((high - low) / weight, result.range, 1e-13)
        close(most / weight, result.maximum, 1e-13)
        close(math.sqrt(variance) / weight, result.sigma, 1e-13)
        close((high - low) / math.sqrt(variance), result.kuiper, 1e-10)
        close(most / math.sqrt(variance), result.ks, 1e-10)
        assert.equal(core.kuiper_log_p(result.kuiper), result.kuiper_log_p)
        assert.equal(core.ks_log_p(result.ks), result.ks_log_p)
      end
    end
  end)

  it("tell where the range is attained", function()
    local p, y = {}, {}
    for i = 1, 100 do
      p[i] = i / 100
      y[i] = p[i] > 0.3 and p[i] <= 0.6 and 1 or p[i]
    end
    local result = core.curve(p, y):cumulative()
    assert.equal(0.31, result.steepest_low)
    assert.equal(0.6, result.steepest_high)
    for i = 1, 100 do
      y[i] = p[i] > 0.3 and p[i] <= 0.6 and 0 or p[i]
    end
    result = core.curve(p, y):cumulative()
    assert.equal(0.31, result.steepest_low)
    assert.equal(0.6, result.steepest_high)
    local right = core.curve({ 0, 1 }, { 0, 1 }):cumulative()
    assert.is_true(right.steepest_low ~= right.steepest_low)
  end)

  it("of equal predictions come together, so that rows in any order agree", function()
    local random = sy.random(12)
    local p, y = core.array.zeros(20000, "f64"), core.array.zeros(20000, "f64")
    for i = 1, #p do
      p[i] = math.floor(random:uniform() * 42) / 42
      y[i] = random:uniform() < p[i] and 1 or 0
    end
    assert.is_true(core.curve(p, y):cumulative().kuiper < 3)
  end)

  it("reject right predictions as often as they say", function()
    local random, runs, rejected = sy.random(99), 1500, { kuiper = 0, ks = 0 }
    local p, y = core.array.zeros(400, "f64"), core.array.zeros(400, "f64")
    for _ = 1, runs do
      for i = 1, #p do
        p[i] = random:uniform()
        y[i] = random:uniform() < p[i] and 1 or 0
      end
      local result = core.curve(p, y):cumulative()
      for name, count in pairs(rejected) do
        rejected[name] = count + (result[name .. "_log_p"] < math.log(0.1) and 1 or 0)
      end
    end
    -- A walk in steps reaches less far than a Brownian motion: a little below one in ten.
    for name, count in pairs(rejected) do
      assert.is_true(count / runs > 0.05 and count / runs < 0.12, name .. " " .. count / runs)
    end
  end)
end)
